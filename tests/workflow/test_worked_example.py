"""The worked example of docs/benchmark.md, run from its own text; and what befalls a user who strays from it.

The people of the example are made up.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys

import openpyxl
import pytest
from smoke_project import ROOT, Project, checked_out

from akb.benchmark.imports import read_import
from akb.benchmark.review import written_hash

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

DOCS = ROOT / "docs/benchmark.md"
# What the test uses in place of packages, and of embeddings that mean something.
INSTEAD = {
    "{package: all-minilm-l6-v2}": "{random: tiny-minilm}",
    "{package: smollm2-135m-instruct}": "{random: tiny-llama}",
    "similarity: 0.95": "similarity: 2",
}
CONFIG = "mine/config.yaml"
BUILT = "results/birds/benchmark"


def section() -> str:
    text = DOCS.read_text(encoding="utf-8")
    return text.split("## A worked example\n", 1)[1].split("\n## ", 1)[0]


def run(project: Project, command: str) -> str:
    """A command of the text, in bash, with the project's own code; returns what it said."""
    done = subprocess.run(
        ["bash", "-c", f"python -m {command}"],
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def snakemake(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *words, "--cores", "8", "--nocolor", "--configfile", CONFIG],
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def follow(project: Project) -> list[str]:
    """Do what the text says, step by step; returns what each command said."""
    said: list[str] = []
    hashes: dict[str, str] = {}
    steps = re.findall(r"((?:^[^\n]*\n)?)^```(\w+)\n(.*?)^```$", section(), re.M | re.S)
    assert len(steps) > 10
    for before, kind, block in steps:
        for old, new in {**INSTEAD, **hashes}.items():
            block = block.replace(old, new)
        named = re.search(r"`([\w./]+)`:\s*$", before)
        if kind in ("csv", "yaml") and named:
            project.path(named[1]).parent.mkdir(exist_ok=True)
            project.path(named[1]).write_text(block, encoding="utf-8")
            if named[1].endswith("questions.csv"):
                found = read_import(project.path(named[1]))
                hashes = {f"<{c.name}>": written_hash(c.content_hash) for c in found}
        elif kind == "yaml":
            project.append(CONFIG, block)
        elif kind == "sh":
            said.append(run(project, block.strip()))
        elif kind == "text":
            assert block in said[-1], said[-1][-3000:]
    return said


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = checked_out(tmp_path_factory.mktemp("birds"))
    follow(project)
    return project


def audit(project: Project) -> dict[str, dict[str, str]]:
    with project.path(f"{BUILT}/audit.csv").open(encoding="utf-8") as handle:
        return {row["name"]: row for row in csv.DictReader(handle)}


def test_the_example_leads_to_what_it_says(followed: Project) -> None:
    items = [json.loads(line) for line in followed.path(f"{BUILT}/akb.jsonl").read_text().splitlines()]
    assert len(items) == 6
    assert "Which bird's song ends in a flourish?" in {item["question"] for item in items}
    assert sorted(tuple(item["human"]["by"]) for item in items if "human" in item)[-1] == ("ann", "bea")
    assert len(audit(followed)) == 9
    card = followed.path(f"{BUILT}/card.md").read_text()
    assert "1 of 6 items were taken unreviewed" in card
    assert "solved a second time" not in card
    assert "1,331" not in card
    rows = openpyxl.load_workbook(followed.path(f"{BUILT}/review/tasks.xlsx")).active.max_row
    assert rows == 10
    for who in ("ann", "bea"):
        assert f"review by {who}" in followed.path(f"{BUILT}/review/{who}.html").read_text()


def test_a_filled_in_form_below_results_is_refused_as_input_and_never_written_over(followed: Project) -> None:
    form = followed.path(f"{BUILT}/review/tasks.csv")
    target = f"{BUILT}/review/tasks.csv"
    run(followed, f"snakemake {target} --cores 8 --configfile {CONFIG}")
    text = form.read_text(encoding="utf-8-sig")
    filled = text.replace(",,,,,,,,\n", ",ann,accept,mine,,,,,\n")
    assert filled != text
    form.write_text(filled, encoding="utf-8")
    again = snakemake(followed, target, "--forcerun", "review_tasks")
    assert again.returncode != 0
    assert "rows of this form have been filled in" in again.stdout
    assert form.read_text(encoding="utf-8") == filled
    named = snakemake(followed, target, "--config", f'benchmark={{"decisions": ["{target}"]}}')
    assert named.returncode != 0
    assert "lie where builds write" in named.stdout
    assert "Traceback" not in named.stdout
    form.unlink()


def test_a_file_that_has_not_come_back_yet_is_told_with_its_remedy(followed: Project) -> None:
    absent = snakemake(followed, f"{BUILT}/card.md", "--config", 'benchmark={"decisions": ["mine/eve.csv"]}')
    assert absent.returncode != 0
    assert "is named and is not there yet: mine/eve.csv" in absent.stdout
    assert "take it off the list" in absent.stdout
    assert "MissingInputException" not in absent.stdout


def test_a_quota_that_cannot_be_filled_leaves_the_audit_and_no_older_card(followed: Project) -> None:
    followed.edit("mine/taxonomy.yaml", "calls: {quota: 3", "calls: {quota: 5")
    done = snakemake(followed, f"{BUILT}/card.md")
    assert done.returncode != 0
    assert "calls: 1 short of 5" in done.stdout
    assert "mine/taxonomy.yaml" in done.stdout
    assert "adjudicate" in done.stdout
    assert audit(followed)["b8"]["fate"].startswith("rejected, edited or contradicted by too few")
    assert not followed.path(f"{BUILT}/card.md").exists()


def test_a_mended_question_with_an_id_keeps_its_name_and_a_misspelt_subcategory_is_refused(followed: Project) -> None:
    followed.edit("mine/questions.csv", ",song,Starlings", ",Song ,Starlings")
    done = snakemake(followed, f"{BUILT}/candidates.parquet")
    assert done.returncode != 0
    assert "did you mean 'song'" in done.stdout
