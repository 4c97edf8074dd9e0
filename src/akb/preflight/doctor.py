"""`akb doctor`: is everything there that a run will need? In under a minute, without a GPU job, before hours are spent.

A line each: fine, to look at, or wrong with its remedy; status 1 if anything is wrong.

    akb doctor --configfile config/paper.yaml
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from akb.errors import AkbError
from akb.models.hub import told
from akb.preflight import inputs, machine
from akb.preflight.findings import Finding, shown, wrong
from akb.preflight.fits import fits, training_needs
from akb.preflight.plan import RATES
from akb.preflight.study import study_of
from akb.settings.checking import read_settings
from akb.settings.configuration import Settings, backbone


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb doctor [--configfile FILE] [--offline] [--cluster]`."""
    parser = commands.add_parser("doctor", help="check that everything is there that a run will need")
    parser.add_argument("--configfile", type=Path, default=Path("config/config.yaml"))
    parser.add_argument("--offline", action="store_true", help="do not ask the hub")
    parser.add_argument("--cluster", action="store_true", help="jobs will run on other machines")
    parser.set_defaults(run=_run)


def diagnose(settings: Settings, seen: machine.Machine, *, offline: bool, cluster: bool) -> list[Finding]:
    """Every check, on the machine that was seen."""
    from akb.preflight.matches import matches  # it reads sound, which the bare package and its `akb --help` cannot

    rates = yaml.safe_load(Path(RATES).read_text(encoding="utf-8"))
    study = study_of(settings, rates, Path())
    weights = sum(model.parameters * rates["bytes_per_parameter"] for model in study.models.values() if not model.api)
    heard = sum(benchmark.seconds for benchmark in study.benchmarks.values()) + study.training_seconds
    shape = settings.lalm.features
    features = heard * 50 / shape.pool * len(shape.layers) * 1280 * 2
    results = Path(settings.results)
    return [
        *machine.driver(seen, _most_gpus(settings)),
        *machine.memory(seen, _memory(settings)),
        *fits(training_needs(study), study, seen.gpu_memory, seen.memory),
        *machine.disk(results, (weights + features) / 1e9),
        *machine.writable(results),
        *machine.writable(Path(settings.downloads)),
        *machine.shared(results, cluster),
        *machine.ports(),
        *inputs.revisions(settings),
        *([] if offline else inputs.hub(settings, _ask)),
        *inputs.files(settings),
        *matches(settings),
        *inputs.keys(settings),
        *inputs.scores(settings),
        *inputs.endings(settings),
    ]


def _run(given: argparse.Namespace) -> None:
    try:
        settings = read_settings(given.configfile)
    except AkbError as error:
        print(shown([wrong(f"configuration {given.configfile}", error.what, error.remedy)]))
        sys.exit(1)
    findings = diagnose(settings, machine.seen(), offline=given.offline, cluster=given.cluster)
    print(shown(findings))
    sys.exit(1 if any(finding.level == "wrong" for finding in findings) else 0)


def _ask(hub: str, revision: str) -> None:
    import huggingface_hub

    with told(f"{hub}@{revision}"):
        huggingface_hub.HfApi().auth_check(hub)


def _most_gpus(settings: Settings) -> int:
    return max((int(amount) for amount in _asked(settings, "gpus")), default=0)


def _memory(settings: Settings) -> dict[str, float]:
    requests = settings.resources
    return {
        rule: float(size)
        for rule in type(requests).model_fields
        if (size := getattr(getattr(requests, rule), "memory_gb", None))
    }


def _asked(settings: Settings, key: str) -> Sequence[float]:
    """What all rules ask for, those of single backbones among them."""
    requests = [settings.resources, *(backbone(settings, name).resources for name in settings.backbones)]
    amounts = (getattr(getattr(each, rule), key, None) for each in requests for rule in type(each).model_fields)
    return [amount for amount in amounts if amount]
