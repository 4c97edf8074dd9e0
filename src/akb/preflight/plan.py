"""`akb plan`: what a run would take before it is started: jobs, GPU-hours, wall time, tokens, dollars, disk.

The jobs are those of a dry run, so what is up to date costs nothing. Each is estimated by a formula (`amounts`) from
assumed rates (`resources/rates.yaml`); what earlier jobs of its rule really took in `results/` corrects them.

    akb plan                                         the default configuration
    akb plan --configfile config/paper.yaml --explain
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from tabulate import tabulate

from akb.errors import AkbError
from akb.orchestration.why import Job, dry_run
from akb.preflight import machine
from akb.preflight.amounts import Task, Work, work_of
from akb.preflight.calibration import measured_factors
from akb.preflight.fits import fits, training_needs
from akb.preflight.study import Study, study_of
from akb.settings.checking import read_settings
from akb.settings.configuration import loose_revisions

RATES = "resources/rates.yaml"
# The stages of the pipeline, and the rules of each.
STAGES = {
    "models": ("checkpoint",),
    "benchmark": (
        "candidates write_candidates stemless hygiene review_tasks review_page editor_page merge "
        "near_duplicates select_items freeze akb_items"
    ).split(),
    "audio": (
        "audio_source mini mini_unseen import_benchmark import_training_set training_instructions instructions"
    ).split(),
    "captions": "caption caption_by_llm gather_captions compose_captions".split(),
    "features": ("features",),
    "text inference": "probe_prompts cascade_prompts text_inference text_inference_api ask_as_well".split(),
    "distillation": ("distil",),
    "fine-tuning": ("finetune",),
    "listening": ("listen",),
    "analysis": "score gather_scores tables figures published item_pages paper_tables costs report manifest".split(),
}
_STAGE_OF = {rule: stage for stage, rules in STAGES.items() for rule in rules}


@dataclass
class Total:
    """The jobs of one stage, or of one backbone in it."""

    jobs: int = 0
    seconds: float = 0.0
    gpu_seconds: float = 0.0
    tokens: float = 0.0
    dollars: float = 0.0
    gigabytes: float = 0.0
    formulas: list[str] = field(default_factory=list)

    def add(self, task: Task, work: Work, dollars_per_gpu_hour: float) -> None:
        self.jobs += 1
        self.seconds += work.seconds
        self.gpu_seconds += work.seconds * task.gpus
        self.tokens += work.tokens_read + work.tokens_written
        self.dollars += work.dollars + work.seconds * task.gpus / 3600 * dollars_per_gpu_hour
        self.gigabytes += work.gigabytes
        self.formulas.append(work.formula)


def stage_of(rule: str) -> str:
    """The stage that a rule belongs to."""
    return _STAGE_OF.get(rule, "other")


def task_of(job: Job) -> Task:
    """A job of a dry run as a task."""
    wildcards = dict(part.split("=", 1) for part in job.wildcards.split(", ") if "=" in part)
    gpus = re.search(r"\bgpu=(\d+)", job.resources)
    return Task(job.rule, wildcards, int(gpus[1]) if gpus else 0)


def totals(tasks: Sequence[Task], study: Study, factors: Mapping[str, float]) -> dict[tuple[str, str], Total]:
    """(stage, backbone or "") → what its jobs take, in the order of the stages."""
    found: dict[tuple[str, str], Total] = defaultdict(Total)
    for task in tasks:
        work = work_of(task, study)
        factor = factors.get(task.rule)
        if factor is not None:
            formula = f"({work.formula}) × {factor:.2f} as measured"
            work = replace(work, seconds=work.seconds * factor, formula=formula)
        found[stage_of(task.rule), task.backbone].add(task, work, study.rates["dollars_per_gpu_hour"])
    order = [*STAGES, "other"]
    return dict(sorted(found.items(), key=lambda entry: (order.index(entry[0][0]), entry[0][1])))


def wall_seconds(found: Mapping[tuple[str, str], Total], gpus: int) -> float:
    """How long it takes at least with so many GPUs at once; without any GPU, job after job."""
    on_gpus = sum(total.gpu_seconds for total in found.values())
    beside = sum(total.seconds for total in found.values() if not total.gpu_seconds)
    return beside + on_gpus / max(gpus, 1)


def shown(found: Mapping[tuple[str, str], Total], study: Study, gpus: int, explain: bool) -> str:
    """The plan as a table, by stage and backbone, and what it rests on."""
    rows, whole = [], Total()
    for (stage, name), total in found.items():
        rows.append(_row(stage, name, total))
        whole.jobs += total.jobs
        whole.seconds += total.seconds
        whole.gpu_seconds += total.gpu_seconds
        whole.tokens += total.tokens
        whole.dollars += total.dollars
        whole.gigabytes += total.gigabytes
    rows.append(_row("all", "", whole))
    head = ["stage", "backbone", "jobs", "hours", "GPU-hours", "M tokens", "US $", "GB"]
    lines = [tabulate(rows, head, floatfmt=".2f", colalign=("left", "left", *["right"] * 6))]
    if explain:
        for (stage, name), total in found.items():
            lines += ["", f"{stage} {name}".rstrip(), *(f"  {text}" for text in dict.fromkeys(total.formulas))]
    at_once = f"on {gpus} GPUs at once" if whole.gpu_seconds else "job after job"
    lines += ["", f"At least {_hours(wall_seconds(found, gpus))} h {at_once}."]
    lines += [f"Assumed: {text}." for text in study.assumed]
    return "\n".join(lines)


def as_json(found: Mapping[tuple[str, str], Total], study: Study) -> str:
    """The plan's numbers for other programs: an entry a stage and backbone, "" for what all share."""
    stages = [
        {
            "stage": stage,
            "backbone": name,
            "jobs": total.jobs,
            "hours": total.seconds / 3600,
            "gpu_hours": total.gpu_seconds / 3600,
            "tokens": total.tokens,
            "usd": total.dollars,
            "gigabytes": total.gigabytes,
        }
        for (stage, name), total in found.items()
    ]
    return json.dumps({"stages": stages, "assumed": list(study.assumed)}, indent=2, ensure_ascii=False)


def _row(stage: str, name: str, total: Total) -> list[object]:
    hours = total.seconds / 3600, total.gpu_seconds / 3600, total.tokens / 1e6
    return [stage, name, total.jobs, *hours, total.dollars, total.gigabytes]


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f}" if seconds >= 360 else f"{seconds / 3600:.2f}"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb plan [--configfile FILE] [--target FILE] [--rates FILE] [--gpus N] [--explain] [--json]`."""
    parser = commands.add_parser("plan", help="say what a run would take: time, GPU-hours, tokens, dollars, disk")
    parser.add_argument("--configfile", type=Path, default=Path("config/config.yaml"))
    parser.add_argument("--target", default="all", help="what is to be built: all, or a file")
    parser.add_argument("--rates", type=Path, default=Path(RATES), help="assumptions to begin with")
    parser.add_argument("--gpus", type=int, default=8, help="how many can be used at once")
    parser.add_argument("--whole", action="store_true", help="as if nothing had been built yet")
    parser.add_argument("--explain", action="store_true", help="the formula behind each number")
    parser.add_argument("--json", action="store_true", help="print JSON: what `akb predict --plan` reads")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> None:
    settings = read_settings(given.configfile)
    try:
        rates = yaml.safe_load(given.rates.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise AkbError(f"the rates cannot be read: {error}", where=str(given.rates), remedy=f"copy {RATES}") from error
    study = study_of(settings, rates, Path())
    print("Planning …", file=sys.stderr)
    os.environ["AKB_UNPINNED"] = "1"  # a plan fetches nothing; what is not pinned is told below
    force = ["--forceall"] if given.whole else []
    jobs = dry_run(given.target, ["--configfile", str(given.configfile), *force])
    tasks = [task_of(job) for job in jobs if job.rule != "all"]
    if not tasks and not given.json:
        print("Everything is up to date: nothing would run.")
        return
    factors = measured_factors(Path(settings.results), study)
    found = totals(tasks, study, factors)
    if given.json:
        print(as_json(found, study))
        return
    print(shown(found, study, given.gpus, given.explain))
    told = ", ".join(f"{rule} × {factor:.2f}" for rule, factor in sorted(factors.items()))
    measured = f"Measured in {settings.results}: {told}." if told else "Nothing measured yet."
    print(f"{measured} Other speeds are those of {given.rates}.")
    seen = machine.seen()
    for finding in fits(training_needs(study), study, seen.gpu_memory, seen.memory):
        if finding.level == "wrong" or given.explain:
            print(f"{finding.subject}: {finding.what}.")
    if loose := loose_revisions(settings):
        print(f"{len(loose)} revisions are no full commits, and a run refuses them: akb pin {given.configfile}")
