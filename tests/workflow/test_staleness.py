"""What makes what stale: exactly which jobs a change brings, by dry run; docs/staleness.md is this table."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Project, jobs

DOCUMENT = Path(__file__).parents[2] / "docs/staleness.md"
BACKBONES = ("alpha", "beta", "gamma")


def each(*rules: str, backbones: tuple[str, ...] = BACKBONES) -> set[str]:
    """These rules' jobs for each backbone; distillation has one shard, hearing one benchmark."""
    extra = {"distil": " 0", "listen": " mini"}
    return {f"{rule} {backbone}{extra.get(rule, '')}" for rule in rules for backbone in backbones}


def branch(backbone: str) -> set[str]:
    """Everything that is one backbone's alone, its checkpoint apart."""
    return each("text_inference", "distil", "finetune", "listen", "score", backbones=(backbone,))


END = {"gather_scores", "tables", "figures", "report", "manifest"}
SHOWN = {"figures", "report", "manifest"}
SELECTION = {"select_items", "freeze", "akb_items", "probe_prompts"}
ASKED = each("text_inference", "score") | END
REVIEWED = {"merge"} | SELECTION | ASKED
CAPTIONED = {"cascade_prompts mini"} | ASKED
LEARNT = each("finetune", "listen", "score") | END
WEIGHTS = "data/gamma/model.safetensors"


@dataclass(frozen=True)
class Row:
    """A change, in the words of docs/staleness.md; what runs, in words; the change itself; and exactly the jobs."""

    change: str
    reruns: str
    make: Callable[[Project], object]
    jobs: frozenset[str]


def row(change: str, reruns: str, make: Callable[[Project], object], jobs: Iterable[str]) -> Row:
    return Row(change, reruns, make, frozenset(jobs))


def touch_everything(project: Project) -> None:
    for folder in ("config", "resources", "data", "workflow", "src", "envs"):
        for path in project.path(folder).rglob("*"):
            if path.is_file():
                path.touch()


def clone(project: Project) -> None:
    """Copy all files anew, in another order and with new times, as a clone with results copied in has them."""
    for name in ("results", ".snakemake", "src", "resources", "config", "data", "workflow"):
        old, new = project.path(name), project.path(f"{name}-copied")
        shutil.copytree(old, new, symlinks=True, copy_function=shutil.copy)
        shutil.rmtree(old)
        new.rename(old)


NOTHING = "nothing"
EVERYTHING = frozenset({"everything"})
TABLE = [
    # The benchmark.
    row(
        "a question edited in `authored`",
        "the making of the benchmark, the probe's prompts, each backbone's text answers and scores, the tables",
        lambda p: p.edit("config/smoke/authored/animals.yaml", "Which animal barks?", "Which of these animals barks?"),
        {"candidates", "hygiene", "review_tasks"} | REVIEWED,
    ),
    row(
        "a decision added to a reviewer's file",
        "from the merging of decisions on",
        lambda p: p.append("data/decisions.csv", "smoke-animals-1,768d4848b50d009f,me,accept,,2026-01-01,,,\n"),
        REVIEWED,
    ),
    row(
        "`benchmark.items`",
        "the choice of items that are asked, and what asks them",
        lambda p: p.configure(lambda c: c["benchmark"].update(items=8)),
        {"akb_items", "probe_prompts"} | ASKED,
    ),
    # Prompts and captions.
    row(
        "the probe's template, `config/prompts/probe.yaml`",
        "the probe's prompts, each backbone's text answers and scores, the tables; no LALM",
        lambda p: p.append("config/prompts/probe.yaml", "\n# new\n"),
        {"probe_prompts"} | ASKED,
    ),
    row(
        "the cascade's template, `config/prompts/cascade.yaml`",
        "the cascade's prompts, and the same",
        lambda p: p.append("config/prompts/cascade.yaml", "\n# new\n"),
        CAPTIONED,
    ),
    row(
        "how options are asked, `config/prompts/asking.yaml`",
        "each backbone's text answers and scores, the tables",
        lambda p: p.append("config/prompts/asking.yaml", "\n# new\n"),
        ASKED,
    ),
    row(
        "a caption in a captioner's file",
        "that captioner, the cascade's prompts, each backbone's text answers and scores, the tables",
        lambda p: p.append("data/captions.jsonl", '{"id": "x", "caption": "A dog barks."}\n'),
        {"caption mini words 0", "gather_captions mini words"} | CAPTIONED,
    ),
    row(
        "a captioner's code, `captioners.py`",
        "the captioners, and the same",
        lambda p: p.append("src/akb/captioners.py", "\nnew = 1\n"),
        {
            *(f"caption mini {name} 0" for name in ("acoustics", "words")),
            *(f"gather_captions mini {name}" for name in ("acoustics", "words")),
            "compose_captions mini combined",
        }
        | CAPTIONED,
    ),
    # Backbones.
    row(
        "a backbone added",
        "its branch and the tables",
        lambda p: p.configure(lambda c: c["backbones"].update(delta={"source": {"random": "tiny-llama", "seed": 4}})),
        {"checkpoint delta"} | branch("delta") | END,
    ),
    row(
        "a backbone removed",
        "the tables",
        lambda p: p.configure(lambda c: c["backbones"].pop("beta")),
        END,
    ),
    row(
        "a backbone's `display` name",
        "the figures and the report",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"]["display"].update(name="Alpha the First")),
        SHOWN,
    ),
    row(
        "a backbone's `display` colour",
        "the figures and the report",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"]["display"].update(colour="#aa3300")),
        SHOWN,
    ),
    row(
        "weights in a model's `folder`",
        "that checkpoint and its branch, the tables",
        lambda p: p.path(WEIGHTS).write_text("other", encoding="utf-8"),
        {"checkpoint gamma"} | branch("gamma") | END,
    ),
    row(
        "a backbone's `scoring`",
        "its text answers, its LALM, its scores; the tables",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"].update(scoring="letter")),
        branch("alpha") | END,
    ),
    row(
        "one branch's files deleted",
        "that branch and the tables",
        lambda p: shutil.rmtree(p.path("results/smoke/models/alpha")),
        branch("alpha") | END,
    ),
    # Training.
    row(
        "`lalm.training`",
        "each LALM's training, its answers, scores; the tables",
        lambda p: p.configure(lambda c: c["lalm"]["training"].update(lr=0.0003)),
        LEARNT,
    ),
    row(
        "one backbone's own `training`",
        "the training of that LALM, its answers, scores; the tables",
        lambda p: p.configure(lambda c: c["backbones"]["beta"].update(training={"steps": 5})),
        each("finetune", "listen", "score", backbones=("beta",)) | END,
    ),
    # Code.
    row(
        "a module that only training reaches, `finetuning.py`",
        "each LALM's training and what follows from it",
        lambda p: p.append("src/akb/finetuning.py", "\nnew = 1\n"),
        LEARNT,
    ),
    row(
        "a module that only figures reach, `figure_heatmap.py`",
        "the figures (the study's and the published ones) and the report",
        lambda p: p.append("src/akb/figure_heatmap.py", "\nnew = 1\n"),
        SHOWN | {"published"},
    ),
    row(
        "a module that everything reaches, `atomic.py`",
        "everything",
        lambda p: p.append("src/akb/atomic.py", "\nnew = 1\n"),
        EVERYTHING,
    ),
    row(
        "comments, docstrings, formatting",
        NOTHING,
        lambda p: (
            p.edit("src/akb/atomic.py", '"""Outputs appear whole', '"""New words. Outputs appear whole'),
            p.append("src/akb/errors.py", "\n\n# A comment.\n"),
            p.edit("workflow/scripts/score.py", "import argparse", "# A comment.\nimport argparse"),
        ),
        set(),
    ),
    # What changes nothing that is computed.
    row("files touched, same content", NOTHING, touch_everything, set()),
    row("a fresh clone, `results/` and `.snakemake/metadata/` copied in", NOTHING, clone, set()),
    row(
        "`resources`: threads, memory, time, partition",
        NOTHING,
        lambda p: p.configure(lambda c: c.update(resources={"finetune": {"memory_gb": 3, "threads": 1}})),
        set(),
    ),
    row(
        "keys of the configuration in another order",
        NOTHING,
        lambda p: p.configure(lambda c: c["lalm"].update(training=dict(reversed(c["lalm"]["training"].items())))),
        set(),
    ),
    row(
        "a lock file updated",
        "nothing: a new torch need not cost a week. `akb reproduce` names the packages that differ",
        lambda p: p.append("envs/cpu.lock", "new-package==1.0\n"),
        set(),
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.change)
def test_a_change_brings_exactly_these_jobs(pretended: Project, row: Row) -> None:
    row.make(pretended)
    expected = pretended.would_run("all", "--forceall") if row.jobs == EVERYTHING else row.jobs
    assert pretended.would_run() == expected


def test_the_document_is_this_table() -> None:
    expected = "".join(f"| {row.change} | {row.reruns} |\n" for row in TABLE)
    found = "".join(line for line in DOCUMENT.read_text(encoding="utf-8").splitlines(True) if line.startswith("| "))
    assert found.split("\n", 1)[1] == expected, "docs/staleness.md should hold these rows:\n" + expected


def test_nothing_has_changed_and_nothing_would_run(pretended: Project) -> None:
    assert pretended.would_run() == set()


def test_one_branch_can_be_asked_for_alone(pretended: Project) -> None:
    shutil.rmtree(pretended.path("results/smoke/models"))
    assert pretended.would_run("results/smoke/models/alpha/scores.parquet") == branch("alpha")


def test_forcing_one_branch_leaves_the_others_alone(pretended: Project) -> None:
    forced = pretended.would_run("all", "--forcerun", "results/smoke/models/beta/responses.parquet")
    assert forced == each("text_inference", "score", backbones=("beta",)) | END


@pytest.mark.slow
def test_an_edited_question_is_all_that_is_computed(built: Project) -> None:
    built.edit("config/smoke/authored/animals.yaml", "Which animal barks?", "Which of these animals barks?")
    before, expected = built.records(), built.would_run()
    assert jobs(built.make("all")) == expected
    new = {name: len(keys) - len(before[name]) for name, keys in built.records().items()}
    assert new == dict.fromkeys(BACKBONES, 1)
    assert not computed_twice(built)
    assert built.would_run() == set()


@pytest.mark.slow
def test_a_decision_that_changes_nothing_computes_nothing(built: Project) -> None:
    """A reviewer accepts a question as it is: the prompts come out as the same bytes."""
    accept(built)
    before = built.records()
    assert jobs(built.make("all")) == REVIEWED
    assert built.records() == before
    assert built.would_run() == set()


@pytest.mark.slow
def test_after_identical_bytes_the_next_call_runs_only_what_it_needs(built: Project) -> None:
    """Within one call Snakemake runs all that stands below a job; called in two steps, it sees what stayed the same."""
    accept(built)
    built.make("results/smoke/prompts/probe.parquet")
    assert built.would_run() <= {"manifest"}


@pytest.mark.slow
def test_one_branch_really_built_leaves_the_others_alone(built: Project) -> None:
    shutil.rmtree(built.path("results/smoke/models/alpha"))
    others = [path for name in ("beta", "gamma") for path in built.path(f"results/smoke/models/{name}").rglob("*")]
    times = {path: path.stat().st_mtime_ns for path in others}
    assert jobs(built.make("results/smoke/models/alpha/scores.parquet")) == branch("alpha")
    assert {path: path.stat().st_mtime_ns for path in others} == times


def accept(project: Project) -> None:
    """Add a reviewer's decision: the first question of the review tasks is right as it is."""
    with project.path("results/smoke/benchmark/review/tasks.csv").open(encoding="utf-8") as handle:
        task = next(csv.DictReader(handle))
    project.append("data/decisions.csv", f"{task['name']},{task['content_hash']},me,accept,,2026-01-01T00:00:00,,,\n")


def computed_twice(project: Project) -> set[str]:
    return {key for keys in project.records().values() for key, times in Counter(keys).items() if times > 1}
