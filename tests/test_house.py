"""The rooms of the library: nothing escapes the code digest, no stage reaches into another's private names."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from akb.orchestration.codedigest import PACKAGE, escapes, module_name

MODULES = sorted(PACKAGE.rglob("*.py"))
_A_FEW_LINES = 500  # letters of a syntax tree
RULES = Path(__file__).parents[1] / "workflow" / "rules"
FOR_PEOPLE = re.compile(r"""\bbuilt\([^()]*\.(?:csv|md)["']""")  # a built CSV or Markdown file, by its path


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_no_module_escapes_the_code_digest(path: Path) -> None:
    assert escapes(path) == []


def test_no_stage_reaches_into_another_s_private_names() -> None:
    assert [found for path in MODULES for found in _private_imports(path)] == []


def _private_imports(path: Path) -> list[str]:
    stage = module_name(path).split(".")[0]
    return [
        f"{path.relative_to(PACKAGE)}, line {node.lineno}: {node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("akb.")
        for alias in node.names
        if alias.name.startswith("_") and (node.module or "").split(".")[1] != stage
    ]


def test_no_function_of_some_length_stands_in_two_modules() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                found[ast.dump(ast.Module(body, []))].append(f"{path.relative_to(PACKAGE)}: {node.name}")
    assert [places for body, places in found.items() if len(places) > 1 and len(body) > _A_FEW_LINES] == []


def sections_of(rules: str) -> dict[str, dict[str, str]]:
    """By rule and section (input, output, …), what stands there; comments left out."""
    text = re.sub(r"^ *#.*\n", "", rules, flags=re.M)
    found = {}
    for name, body in re.findall(r"^ *rule (\w+):\n((?:(?!^ *rule ).*\n?)*)", text, flags=re.M):
        parts = re.split(r"^ {4,8}(\w+):(?=\s)", body, flags=re.M)
        found[name] = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


def read_for_programs(rules: str) -> list[str]:
    """Where rules read a CSV or Markdown file that a rule made; the manifest alone may, for it takes digests of all."""
    sections = sections_of(rules)
    outputs = {
        (rule, name): text
        for rule, parts in sections.items()
        for name, text in re.findall(r"^ +(\w+)=((?:.|\n(?! +\w+=))*)", parts.get("output", ""), flags=re.M)
    }
    found = []
    for rule, parts in sections.items():
        for section, text in parts.items():
            if section == "output" or rule == "manifest":
                continue
            taken = [outputs.get(pair, "") for pair in re.findall(r"\brules\.(\w+)\.output\.(\w+)", text)]
            taken += [sections[other]["output"] for other in re.findall(r"\brules\.(\w+)\.output\b(?!\.)", text)]
            found += [f"{rule}, {section}" for told in (text, *taken) if FOR_PEOPLE.search(told)]
    return found


def test_what_is_written_for_people_no_rule_reads() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.smk")}
    assert len(sections_of("\n".join(files.values()))) > 30
    assert not FOR_PEOPLE.search(files["inputs.smk"])  # whose functions name what rules read
    assert read_for_programs("\n".join(files.values())) == []


@pytest.mark.parametrize(
    "taken", ['built("a.csv")', "rules.one.output.csv", "rules.one.output", 'expand(built("{a}.md"))']
)
def test_a_rule_that_reads_what_is_for_people_is_found(taken: str) -> None:
    one = (
        'rule one:\n    output:\n        a=built("a.parquet"),\n        csv=built("a.csv"),\n    shell:\n        "x"\n'
    )
    two = f"rule two:\n    input:\n        a={taken},\n    output:\n        b=built('b.csv'),\n"
    assert read_for_programs(f"{one}\n{two}") == ["two, input"]
    assert read_for_programs(f"{one}\n{two.replace(taken, 'rules.one.output.a')}") == []
