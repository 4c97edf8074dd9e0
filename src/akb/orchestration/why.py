"""Why a file would be built again, in one screen and in the user's words.

Snakemake's dry run names every job with a reason; most jobs run only because another would. What is
left are the causes: a changed input, option, module, a missing file. Those are told first.

    akb why results/scores.parquet
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from akb.errors import AkbError
from akb.orchestration.codedigest import changed_modules, read_digests, shown_module

_FIELD = re.compile(r"^    (\w+): (.*)$")
_CHANGE = re.compile(r"before: (?P<before>.*?) now: (?P<now>.*?) ?(?:; |$)", re.DOTALL)
_BY_ANOTHER = "Input files updated by another job: "
_SHOWN = 12


@dataclass(frozen=True)
class Job:
    """A job of a dry run. causes: why it would run by itself; empty if only because others would."""

    rule: str
    wildcards: str
    output: tuple[str, ...]
    causes: tuple[str, ...]
    after: tuple[str, ...]  # inputs that other jobs would write
    resources: str = ""  # as Snakemake prints them

    @property
    def title(self) -> str:
        return f"{self.rule} ({self.wildcards})" if self.wildcards else self.rule


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb why FILE [-- snakemake options]`."""
    parser = commands.add_parser("why", help="say why a file would be built again")
    parser.add_argument("file", help="a file or target that the workflow builds")
    parser.add_argument("snakemake", nargs="*", help="after --: options for Snakemake, such as --configfile FILE")
    parser.set_defaults(run=lambda given: print(explain(given.file, dry_run(given.file, given.snakemake))))


def dry_run(target: str, arguments: Sequence[str]) -> list[Job]:
    """The jobs that `snakemake target` would run. Raises AkbError with Snakemake's words if it refuses."""
    command = [sys.executable, "-m", "snakemake", target, "--dry-run", "--cores", "1", "--nocolor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr + done.stdout).strip()
        if "MissingRuleException" in said:
            remedy = (
                "name a file as it stands below the results folder, or a target; `snakemake --summary` lists the files"
            )
            raise AkbError("no rule of the workflow builds it, with this configuration", where=target, remedy=remedy)
        shown = 1 if "Traceback (most recent call last)" in said else 6
        told = "Snakemake refuses: " + "\n".join(said.splitlines()[-shown:])
        raise AkbError(told, where=target, remedy="mend what it names, and ask again")
    return parse(done.stdout + done.stderr)


def parse(text: str) -> list[Job]:
    """The jobs in the text of a dry run."""
    jobs = []
    for block in re.split(r"\n(?=(?:local)?(?:rule|checkpoint) \w+:\n)", "\n" + text)[1:]:
        head, *lines = block.splitlines()
        fields = {m[1]: m[2] for line in lines if (m := _FIELD.match(line))}
        jobs.append(
            Job(
                rule=head.split()[1].rstrip(":"),
                wildcards=fields.get("wildcards", ""),
                output=tuple(fields.get("output", "").split(", ")),
                causes=tuple(_causes(fields.get("reason", ""))),
                after=tuple(_after(fields.get("reason", ""))),
                resources=fields.get("resources", ""),
            )
        )
    return jobs


def explain(target: str, jobs: Sequence[Job]) -> str:
    """What would run for `target`, and the causes behind it."""
    if not jobs:
        return f"{target} is up to date: nothing would run."
    roots = [job for job in jobs if job.causes]
    others = [job.title for job in jobs if not job.causes and job.rule != "all"]
    lines = [f"{target} would be built again: {len(jobs)} job{'s' if len(jobs) > 1 else ''} would run.", "", "Because:"]
    for job in roots[:_SHOWN]:
        lines += [f"  {job.title}", *(f"      {cause}" for cause in job.causes)]
    if len(roots) > _SHOWN:
        lines.append(f"  … and {len(roots) - _SHOWN} more jobs of their own accord")
    if others:
        lines += ["", "And so, since their inputs would be new:", *(f"  {title}" for title in others[:_SHOWN])]
        if len(others) > _SHOWN:
            lines.append(f"  … and {len(others) - _SHOWN} more")
    return "\n".join(lines)


def _after(reason: str) -> list[str]:
    start = reason.find(_BY_ANOTHER)
    return reason[start + len(_BY_ANOTHER) :].split("; ")[0].split(", ") if start >= 0 else []


def _causes(reason: str) -> list[str]:
    causes = []
    if "Forced execution" in reason:
        causes.append("you asked for it by force")
    for start, words in (
        ("Missing output files: ", "it is not there yet: {}"),
        ("Incomplete output files: ", "a run was cut short while writing {}"),
        ("Updated input files: ", "this input changed: {}"),
    ):
        if (found := reason.find(start)) >= 0:
            files = reason[found + len(start) :].split("; ")[0]
            if files and files != "<none>":
                causes.append(words.format(files))
    if "Set of input files has changed" in reason:
        words = "something was added, removed or renamed, or replaced by a file with an older time"
        causes.append(f"it has other inputs than last time ({words})")
    if "Code has changed" in reason:
        causes.append("its rule in workflow/rules/ changed")
    if "Software environment definition" in reason:
        causes.append("the software environment changed")
    if "Params have changed" in reason:
        causes += _param_causes(reason)
    return causes


def _param_causes(reason: str) -> list[str]:
    change = _CHANGE.search(reason)
    if not change:
        return ["a parameter changed"]
    before, now = _values(change["before"]), _values(change["now"])
    causes, old_code, new_code = [], read_digests(before), read_digests(now)
    if old_code and new_code:
        changed = map(shown_module, changed_modules(old_code, new_code))
        causes.append("its code changed: " + ", ".join(changed))
    old_options, new_options = _options(before), _options(now)
    for name in sorted(old_options.keys() | new_options.keys()):
        if old_options.get(name) != new_options.get(name):
            causes.append(f"{name}: {old_options.get(name, 'not given')} → {new_options.get(name, 'not given')}")
    return causes or ["a parameter changed"]


def _values(text: str) -> list[str]:
    try:
        values = ast.literal_eval(f"[{text}]")
    except (ValueError, SyntaxError):
        return []
    return [str(value) for value in values]


def _options(values: Sequence[str]) -> dict[str, str]:
    """Every command-line option among the values, as --name → text."""
    found = {}
    for value in values:
        for part in re.split(r"(?:^| )(?=--[a-z])", value):
            if part.startswith("--"):
                name, _, given = part.strip().partition(" ")
                found[name] = given or "on"
    return found
