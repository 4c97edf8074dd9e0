"""The `akb` command: its subcommands live in modules of their own, each with `add_parser` and `run`.

akb score ITEMS PREDICTIONS --field NAME
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from akb.errors import guard

# A subcommand's module has add_parser(commands), which sets `run`. Import nothing heavy at its top.
COMMANDS = (
    "akb.analysis.score_command",
    "akb.analysis.floor_command",
    "akb.analysis.predict_command",
    "akb.analysis.diff_command",
    "akb.analysis.items_command",
    "akb.orchestration.why",
    "akb.report.reproduce_command",
    "akb.benchmark.proofs",
    "akb.benchmark.blind_draw",
    "akb.benchmark.review_command",
    "akb.preflight.pin",
    "akb.preflight.doctor",
    "akb.preflight.plan",
)


@guard
def main() -> None:
    """Run one subcommand. Ends with status 1 and a message for faults that the user can mend."""
    parser = argparse.ArgumentParser(
        prog="akb", description="Which LLM should be the backbone of my audio language model?"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        importlib.import_module(module).add_parser(commands)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # `akb score … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
