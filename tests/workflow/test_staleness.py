"""What makes what stale: exactly which jobs a change brings, by dry run; docs/staleness.md is this table."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import yaml
from smoke_jobs import ASKED, BACKBONES, CAPTIONED, END, LEARNT, MADE, REVIEWED, SELECTION, SHOWN, branch, each
from smoke_project import Project

DOCUMENT = Path(__file__).parents[2] / "docs/staleness.md"
SOURCE = "resources/audio_sources.yaml"
# Sources with a recording of a dog.
BARKING = [
    name
    for name, entry in yaml.safe_load((DOCUMENT.parents[1] / SOURCE).read_text(encoding="utf-8"))["sources"].items()
    if "dog" in entry.get("sounds", {})
]
WEIGHTS = "data/gamma/model.safetensors"


# The order of the document.
BEFORE = (
    "audio_source mini instructions features candidates hygiene review_tasks merge near_duplicates "
    "select_items freeze akb_items caption gather_captions compose_captions probe_prompts cascade_prompts published"
).split()
AFTER = ("gather_scores", "tables", "costs", "paper_tables", "figures", "report", "item_pages", "manifest")
OF_A_BACKBONE = ("checkpoint", "text_inference", "distil", "finetune", "listen", "score")


@dataclass(frozen=True)
class Row:
    """A change, in the words of docs/staleness.md; how it is made; and exactly the jobs that run."""

    change: str
    make: Callable[[Project], object]
    jobs: frozenset[str]


def row(change: str, make: Callable[[Project], object], jobs: Iterable[str]) -> Row:
    return Row(change, make, frozenset(jobs))


def touch_everything(project: Project) -> None:
    for folder in ("config", "resources", "data", "workflow", "src", "envs"):
        for path in project.path(folder).rglob("*"):
            if path.is_file():
                path.touch()


def wordnet(project: Project) -> None:
    """A folder of another WordNet than Debian's."""
    for name in ("noun", "verb", "adj", "adv"):
        project.path(f"data/wordnet/data.{name}").parent.mkdir(exist_ok=True)
        project.path(f"data/wordnet/data.{name}").write_text(name, encoding="utf-8")
    os.environ["AKB_WORDNET"] = str(project.path("data/wordnet"))


def older(path: Path) -> None:
    """Other content of the same length, with an earlier time: what `cp -p` and `rsync -a` bring."""
    path.write_text("[]", encoding="utf-8")
    os.utime(path, (1, 1))


def put(project: Project, name: str) -> None:
    project.path(name).parent.mkdir(parents=True, exist_ok=True)
    project.path(name).write_text("{}", encoding="utf-8")


def clone(project: Project) -> None:
    """Copy all files anew, in another order and with new times, as a clone with results copied in has them."""
    for name in ("results", ".snakemake", "src", "resources", "config", "data", "workflow"):
        old, new = project.path(name), project.path(f"{name}-copied")
        shutil.copytree(old, new, symlinks=True, copy_function=shutil.copy)
        shutil.rmtree(old)
        new.rename(old)


WORDS = {"caption mini words 0", "gather_captions mini words", "compose_captions mini combined"} | CAPTIONED
EVERYTHING = frozenset({"everything"})
TABLE = [
    # The benchmark.
    row(
        "a question edited in `authored`",
        lambda p: p.edit("config/smoke/authored/animals.yaml", "Which animal barks?", "Which of these animals barks?"),
        {"candidates", "hygiene", "review_tasks"} | REVIEWED,
    ),
    row(
        "a decision added to a reviewer's file",
        lambda p: p.append("data/decisions.csv", "smoke-animals-1,768d4848b50d009f,me,accept,,2026-01-01,,,\n"),
        REVIEWED,
    ),
    row(
        "a reviewer's file, named under `adjudications` in place of `decisions`",
        lambda p: p.configure(lambda c: c["benchmark"].update(adjudications=c["benchmark"].pop("decisions"))),
        REVIEWED,
    ),
    row(
        "`benchmark.items`",
        lambda p: p.configure(lambda c: c["benchmark"].update(items=8)),
        {"akb_items", "probe_prompts"} | ASKED,
    ),
    row(
        "a limit of the selection, such as `benchmark.hard`",
        lambda p: p.configure(lambda c: c["benchmark"].update(hard=0.5)),
        SELECTION | ASKED,
    ),
    # Prompts and captions.
    row(
        "which captioners a benchmark is asked with, `audio_benchmarks.<name>.captioners`",
        lambda p: p.configure(lambda c: c["audio_benchmarks"]["mini"].update(captioners=["combined"])),
        CAPTIONED,
    ),
    row(
        "the probe's template, `config/prompts/probe.yaml`",
        lambda p: p.append("config/prompts/probe.yaml", "\n# new\n"),
        {"probe_prompts"} | ASKED,
    ),
    row(
        "the cascade's template, `config/prompts/cascade.yaml`",
        lambda p: p.append("config/prompts/cascade.yaml", "\n# new\n"),
        CAPTIONED,
    ),
    row(
        "the same, replaced by one with an older time, as `rsync -a` brings it",
        lambda p: older(p.path("config/prompts/cascade.yaml")),
        CAPTIONED,
    ),
    row(
        "how options are asked, `config/prompts/asking.yaml`",
        lambda p: p.append("config/prompts/asking.yaml", "\n# new\n"),
        ASKED | each("distil") | LEARNT,
    ),
    row(
        "a caption in a captioner's file",
        lambda p: p.append("data/captions.jsonl", '{"id": "x", "caption": "A dog barks."}\n'),
        WORDS,
    ),
    row(
        "the same, replaced by one with an older time",
        lambda p: older(p.path("data/captions.jsonl")),
        WORDS,
    ),
    row(
        "the order of a composed captioner's parts, `of`",
        lambda p: p.configure(lambda c: c["captioners"]["combined"]["of"].reverse()),
        {"compose_captions mini combined"} | CAPTIONED,
    ),
    row(
        "a captioner's code, `captioners.py`",
        lambda p: p.append("src/akb/captions/captioners.py", "\nnew = 1\n"),
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
        lambda p: p.configure(lambda c: c["backbones"].update(delta={"source": {"random": "tiny-llama", "seed": 4}})),
        {"checkpoint delta"} | branch("delta") | END,
    ),
    row(
        "a backbone removed",
        lambda p: p.configure(lambda c: c["backbones"].pop("beta")),
        END,
    ),
    row(
        "a second seed under `lalm.seeds`",
        lambda p: p.configure(lambda c: c["lalm"].update(seeds=[0, 1])),
        {f"{rule} {backbone} 1" for rule in ("finetune", "listen") for backbone in BACKBONES} | each("score") | END,
    ),
    row(
        "a backbone's `display` name",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"]["display"].update(name="Alpha the First")),
        SHOWN,
    ),
    row(
        "a backbone's `display` colour",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"]["display"].update(colour="#aa3300")),
        SHOWN,
    ),
    row(
        "weights in a model's `folder`",
        lambda p: p.path(WEIGHTS).write_text("other", encoding="utf-8"),
        {"checkpoint gamma"} | branch("gamma") | END,
    ),
    row(
        "the same, replaced by weights with an older time",
        lambda p: older(p.path(WEIGHTS)),
        {"checkpoint gamma"} | branch("gamma") | END,
    ),
    row(
        "any other file of a model's `folder`: code, tokenizer, a template in a subfolder",
        lambda p: put(p, "data/gamma/additional_chat_templates/tools.jinja"),
        {"checkpoint gamma"} | branch("gamma") | END,
    ),
    row(
        "a packaged model's own entry in `resources/checkpoints.yaml`",
        lambda p: p.edit(
            "resources/checkpoints.yaml", "origin: sentence-transformers", "origin: Sentence-transformers"
        ),
        {"checkpoint minilm", "near_duplicates"} | SELECTION | ASKED,
    ),
    row(
        "a comment or another model's entry in `resources/checkpoints.yaml`",
        lambda p: (
            p.append("resources/checkpoints.yaml", "\n# A comment.\n"),
            p.edit("resources/checkpoints.yaml", "origin: google/gemma", "origin: Google/gemma"),
        ),
        set(),
    ),
    row(
        "a backbone's `scoring`, `rotations`, `engine`",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"].update(scoring="letter", engine="vllm")),
        each("text_inference", "score", backbones=("alpha",)) | END,
    ),
    row(
        "a backbone's `distil_engine`",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"].update(distil_engine="vllm")),
        each("distil", "finetune", "listen", "score", backbones=("alpha",)) | END,
    ),
    row(
        "a backbone's `dtype` or `thinking`",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"].update(dtype="bfloat16")),
        branch("alpha") | END,
    ),
    row(
        "one branch's files deleted",
        lambda p: shutil.rmtree(p.path("results/smoke/models/alpha")),
        branch("alpha") | END,
    ),
    # What lies outside: sounds, dictionaries, a user's own defaults.
    row(
        "a source's own entry in `resources/audio_sources.yaml`",
        lambda p: p.edit(SOURCE, "cat: [Animal/Cat.mp3, ", "cat: ["),
        {"audio_source scratch"} | MADE,
    ),
    row(
        "what a label means there",
        lambda p: p.edit(SOURCE, "dog: [animal, a dog]", "dog: [animal, one dog]"),
        {*(f"audio_source {name}" for name in BARKING)} | MADE,
    ),
    row("a comment in it", lambda p: p.append(SOURCE, "\n# A comment.\n"), set()),
    row(
        "another WordNet than Debian's, in `AKB_WORDNET` or on the machine",
        wordnet,
        {"candidates", "hygiene", "review_tasks"} | REVIEWED,
    ),
    row(
        "the user's defaults of `accelerate launch`",
        lambda p: put(p, "data/hub/accelerate/default_config.yaml"),
        LEARNT,
    ),
    # Training.
    row(
        "`lalm.training`",
        lambda p: p.configure(lambda c: c["lalm"]["training"].update(lr=0.0003)),
        LEARNT,
    ),
    row(
        "one backbone's own `training`",
        lambda p: p.configure(lambda c: c["backbones"]["beta"].update(training={"steps": 5})),
        each("finetune", "listen", "score", backbones=("beta",)) | END,
    ),
    row(
        "which connector listens, `lalm.connector`",
        lambda p: p.configure(lambda c: c["lalm"].update(connector="best")),
        each("listen", "score") | END,
    ),
    # Code.
    row(
        "a module that only training reaches, `finetuning.py`",
        lambda p: p.append("src/akb/lalm/finetuning.py", "\nnew = 1\n"),
        LEARNT,
    ),
    row(
        "a module that only figures reach, `figure_heatmap.py`",
        lambda p: p.append("src/akb/report/figures/heatmap.py", "\nnew = 1\n"),
        {"published", "figures", "report", "manifest"},
    ),
    row(
        "a module that everything reaches, `atomic.py`",
        lambda p: p.append("src/akb/atomic.py", "\nnew = 1\n"),
        EVERYTHING,
    ),
    row(
        "comments, docstrings, formatting",
        lambda p: (
            p.edit("src/akb/atomic.py", '"""Outputs appear whole', '"""New words. Outputs appear whole'),
            p.append("src/akb/errors.py", "\n\n# A comment.\n"),
            p.edit("workflow/scripts/score.py", "import argparse", "# A comment.\nimport argparse"),
        ),
        set(),
    ),
    # What changes nothing that is computed.
    row("`downloads` moved", lambda p: p.configure(lambda c: c.update(downloads="elsewhere")), set()),
    row("files touched, same content", touch_everything, set()),
    row("a fresh clone, `results/` and `.snakemake/metadata/` copied in", clone, set()),
    row(
        "`resources`: threads, memory, time, GPUs, partition, where it runs",
        lambda p: p.configure(
            lambda c: c.update(
                resources={
                    "finetune": {"memory_gb": 3, "threads": 1, "partition": "gpu", "gpus": 1},
                    "features": {"gpus": 1, "max_minutes": 5},
                    "checkpoint": {"local": False},
                }
            )
        ),
        set(),
    ),
    row(
        "how fast a backbone runs: `engine_options` such as `threads`, `batch_tokens`, `gpu_memory_utilization`, "
        "`concurrency`",
        lambda p: p.configure(lambda c: c["backbones"]["alpha"].update(engine_options={"batch_tokens": 64})),
        set(),
    ),
    row(
        "in how much memory it is trained: `part_tokens`, `checkpointing`, `shard_backbone` of `lalm.training`",
        lambda p: p.configure(lambda c: c["lalm"]["training"].update(part_tokens=4096, checkpointing=True)),
        set(),
    ),
    row(
        "keys of the configuration in another order",
        lambda p: p.configure(lambda c: c["lalm"].update(training=dict(reversed(c["lalm"]["training"].items())))),
        set(),
    ),
    row(
        "a lock file updated",
        lambda p: p.append("envs/cpu.lock", "new-package==1.0\n"),
        set(),
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.change)
def test_a_change_brings_exactly_these_jobs(pretended: Project, row: Row) -> None:
    with mock.patch.dict(os.environ):
        row.make(pretended)
        expected = pretended.would_run("all", "--forceall") if row.jobs == EVERYTHING else row.jobs
        assert pretended.would_run() == expected


def in_words(jobs: frozenset[str]) -> str:
    """Jobs as docs/staleness.md names them: rules, whose backbones, and what follows from every score."""
    if jobs in (EVERYTHING, frozenset()):
        return "".join(jobs) or "nothing"
    tools = {job for job in jobs if job.startswith("checkpoint ") and job.split()[1] not in (*BACKBONES, "delta")}
    rules = {job.split()[0] for job in jobs - tools}
    backbones = {job.split()[1] for job in jobs - tools if job.split()[0] in OF_A_BACKBONE}
    whose = " of each backbone" if len(backbones) == len(BACKBONES) else " of that backbone"
    parts = [
        "`checkpoint` of that model" if tools else "",
        ", ".join(f"`{rule}`" for rule in BEFORE if rule in rules),
        ", ".join(f"`{rule}`" for rule in OF_A_BACKBONE if rule in rules) + (whose if backbones else ""),
        "all that compares backbones" if rules >= END else ", ".join(f"`{rule}`" for rule in AFTER if rule in rules),
    ]
    assert rules <= {*BEFORE, *OF_A_BACKBONE, *AFTER}
    return "; ".join(part for part in parts if part)


def test_the_document_is_this_table() -> None:
    expected = "".join(f"| {row.change} | {in_words(row.jobs)} |\n" for row in TABLE)
    assert expected in DOCUMENT.read_text(encoding="utf-8"), "docs/staleness.md should hold these rows:\n" + expected


def test_nothing_has_changed_and_nothing_would_run(pretended: Project) -> None:
    assert pretended.would_run() == set()


def test_one_branch_can_be_asked_for_alone(pretended: Project) -> None:
    shutil.rmtree(pretended.path("results/smoke/models"))
    assert pretended.would_run("results/smoke/models/alpha/scores.parquet") == branch("alpha")


def test_forcing_one_branch_leaves_the_others_alone(pretended: Project) -> None:
    forced = pretended.would_run("all", "--forcerun", "results/smoke/models/beta/responses.parquet")
    assert forced == each("text_inference", "score", backbones=("beta",)) | END


def test_a_folder_of_captions_is_an_input_by_the_files_in_it(pretended: Project) -> None:
    for name in ("data-00000-of-00001.arrow", "state.json"):
        put(pretended, f"data/saved/{name}")
    pretended.configure(lambda c: c["captioners"]["words"].update(file="data/saved"))
    assert "data/saved/data-00000-of-00001.arrow, data/saved/state.json" in pretended.make("all", "--dry-run")
