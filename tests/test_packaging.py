"""What `pip install .` promises: the commands over finished tables, with what pyproject declares and nothing more."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
# Modules that bear another name than their package, and what packages bring along themselves.
_MODULES = {"pyyaml": "yaml", "ruamel.yaml": "ruamel"}
_BROUGHT = {"_polars_runtime_32", "polars_runtime_32", "pydantic_core", "annotated_types", "typing_extensions"}
_BROUGHT |= {"typing_inspection", "_yaml", "akb", "_ruamel_yaml"}
_ALONE = """
import sys
allowed = set(sys.argv.pop(1).split(",")) | set(sys.stdlib_module_names)
class Alone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in allowed and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"{name} is not declared", name=name)
sys.meta_path.insert(0, Alone())
from akb.cli import main
main()
"""


def declared() -> set[str]:
    names = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    plain = [re.split(r"[<>=! ]", name)[0] for name in names]
    return {_MODULES.get(name, name) for name in plain}


def akb(*arguments: str) -> subprocess.CompletedProcess[str]:
    allowed = ",".join(declared() | _BROUGHT)
    command = [sys.executable, "-c", _ALONE, allowed, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_predictions_are_scored_with_what_is_declared_and_nothing_more(tmp_path: Path) -> None:
    item = {"id": "1", "question": "?", "choices": ["Man", "Woman"], "answer": "Woman", "task": "sound"}
    item |= {"category": "Reasoning", "sub-category": "Source", "difficulty": "easy"}
    (tmp_path / "items.json").write_text(json.dumps([item]))
    (tmp_path / "mine.jsonl").write_text(json.dumps({"id": "1", "text": "Woman"}) + "\n")
    done = akb("score", str(tmp_path / "items.json"), str(tmp_path / "mine.jsonl"), "--field", "text")
    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout


def test_every_command_can_be_listed_with_what_is_declared() -> None:
    done = akb("--help")
    assert done.returncode == 0, done.stderr
    assert {"score", "why", "reproduce"} <= set(re.findall(r"^    (\w+)", done.stdout, re.MULTILINE))


def test_a_command_that_needs_more_names_the_package_and_the_remedy() -> None:
    done = akb("doctor", "--configfile", str(ROOT / "config/smoke.yaml"), "--offline")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "soundfile` is not installed" in done.stderr and "make env" in done.stderr


def test_nothing_that_is_declared_without_an_extra_pulls_torch() -> None:
    assert not declared() & {"torch", "transformers", "vllm", "accelerate"}


def test_the_conda_environment_is_filled_from_the_lock_by_the_script_that_snakemake_runs() -> None:
    environment = yaml.safe_load((ROOT / "envs/akb.yaml").read_text(encoding="utf-8"))
    assert environment.keys() == {"channels", "dependencies"} and all(
        isinstance(entry, str) for entry in environment["dependencies"]
    ), "a `pip:` list can say neither --no-deps nor where the lock is"
    script = ROOT / "envs/akb.post-deploy.sh"  # by this name Snakemake finds it
    subprocess.run(["bash", "-n", script], check=True)
