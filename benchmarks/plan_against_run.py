"""How near `akb plan` comes to what a finished run took, stage by stage.

    python benchmarks/plan_against_run.py results                     by assumptions alone
    python benchmarks/plan_against_run.py results --earlier OTHER     and with what an earlier run took

A stage's ratio is what was estimated for the jobs that have a record over what they took; the aim is 1.5 either way
after one run. With `--earlier` the rates come from another run than the one that is compared. Status 1 where a stage
misses.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from akb.preflight.amounts import work_of
from akb.preflight.calibration import finished, measured_factors
from akb.preflight.plan import RATES, STAGES, stage_of
from akb.preflight.study import study_of
from akb.settings.checking import read_settings

ROOT = Path(__file__).parents[1]
AIM = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--earlier", type=Path, help="the results of an earlier run")
    parser.add_argument("--configfile", type=Path, default=ROOT / "config/config.yaml")
    given = parser.parse_args()
    settings = read_settings(given.configfile).model_copy(update={"results": str(given.results.absolute())})
    rates = yaml.safe_load((ROOT / RATES).read_text(encoding="utf-8"))
    study = study_of(settings, rates, Path())
    factors = measured_factors(given.earlier, study) if given.earlier else {}
    took, planned = defaultdict[str, float](float), defaultdict[str, float](float)
    for task, seconds in finished(given.results, study):
        took[stage_of(task.rule)] += seconds
        planned[stage_of(task.rule)] += work_of(task, study).seconds * factors.get(task.rule, 1.0)
    print("| stage | took, s | planned, s | ratio |\n|---|--:|--:|--:|")
    missed = []
    for stage in [*STAGES, "other"]:
        if stage in took:
            ratio = planned[stage] / took[stage]
            missed += [stage] if not 1 / AIM <= ratio <= AIM else []
            print(f"| {stage} | {took[stage]:.0f} | {planned[stage]:.0f} | {ratio:.2f} |")
    whole = sum(planned.values()) / sum(took.values())
    print(f"| all | {sum(took.values()):.0f} | {sum(planned.values()):.0f} | {whole:.2f} |")
    if missed:
        print(f"Not within {AIM}: {', '.join(missed)}.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
