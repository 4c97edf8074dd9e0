"""`akb diff`: two results folders, which scores moved, by which items, and what differs behind them.

akb diff results.before results --items moved.csv
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from akb.errors import AkbError

if TYPE_CHECKING:
    import polars as pl


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `diff` to the command line."""
    parser = commands.add_parser("diff", help="which scores moved between two results folders, by which items, and why")
    parser.add_argument("a", type=Path, metavar="RESULTS_A")
    parser.add_argument("b", type=Path, metavar="RESULTS_B")
    parser.add_argument("--items", type=Path, metavar="CSV", help="write every item that earns more or less in B")
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compare and print. Raises AkbError naming the folder."""
    from akb.analysis.run_differences import run_differences
    from akb.tables import write_csv

    moved, items = run_differences(_answers(arguments.a), _answers(arguments.b), arguments.seed)
    if not len(moved):
        raise AkbError(
            "no run and item stands in both results", where=f"{arguments.a}, {arguments.b}", remedy="name two others"
        )
    print(
        "A to B in %, over the items of both; p of a sign test; items that moved, by what differs: the item itself, the"
    )
    print("way of asking, the stored request (prompt or weights), or nothing of these\n")
    for row in moved.to_dicts():
        name = " ".join(
            str(row[key]) for key in ("backbone", "setting", "benchmark", "captioner", "control") if row[key]
        )
        alone = f", {row['only_a']} items in A alone, {row['only_b']} in B" if row["only_a"] or row["only_b"] else ""
        print(
            f"{name}: {row['accuracy_a']:.1f} to {row['accuracy_b']:.1f} ({row['moved']:+.1f}, {row['low']:+.1f} to "
            f"{row['high']:+.1f}), n {row['n']}{alone}; +{row['gained']} -{row['lost']}, p {row['p']:.2g}; item "
            f"{row['by_item']}, mode {row['by_mode']}, request {row['by_request']}, nothing {row['by_nothing']}"
        )
    for line in _behind(arguments.a, arguments.b):
        print(line)
    if arguments.items:
        write_csv(items, arguments.items)


def _answers(folder: Path) -> pl.DataFrame:
    import polars as pl

    from akb.analysis.run_differences import answers_of
    from akb.tables import ITEMS, RESPONSES, read_table

    questions = [folder / "benchmark/akb.parquet", *sorted(folder.glob("audio/*/items.parquet"))]
    text = sorted(folder.glob("models/*/responses.parquet"))
    heard = sorted(folder.glob("models/*/lalm/*/audio-*.parquet"))
    found = [path for path in text + heard if path.name != "audio-beside.parquet"]
    if not found:
        raise AkbError("there are no responses", where=str(folder), remedy="name a results folder that was built")
    items = pl.concat([read_table(path, ITEMS) for path in questions if path.is_file()] or [pl.DataFrame(schema=ITEMS)])
    return answers_of(pl.concat([read_table(path, RESPONSES) for path in found]), items)


def _behind(a: Path, b: Path) -> Iterator[str]:
    """What the manifests say differs: packages, and the fingerprints of weights."""
    from akb.orchestration.reproduce import read_manifest

    if not all((folder / "manifest.json").is_file() for folder in (a, b)):
        yield "\nNot both folders have a manifest.json: nothing is known of packages and weights."
        return
    was, now = (read_manifest(folder / "manifest.json") for folder in (a, b))
    packages = [_versions(manifest) for manifest in (was, now)]
    for name in sorted(packages[0].keys() | packages[1].keys()):
        before, after = (", ".join(sorted(found.get(name, {"none"}))) for found in packages)
        if before != after:
            yield f"package {name}: {before} to {after}"
    prints = [_fingerprints(manifest) for manifest in (was, now)]
    for name in sorted(prints[0].keys() & prints[1].keys()):
        if prints[0][name] != prints[1][name]:
            yield f"weights {name}: another fingerprint"


def _versions(manifest: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for packages in manifest["environments"].values():
        for name, version in packages.items():
            found.setdefault(name, set()).add(version)
    return found


def _fingerprints(manifest: Mapping[str, Any]) -> dict[str, str]:
    outputs = manifest["outputs"].items()
    return {Path(path).parent.name: entry["sha256"] for path, entry in outputs if Path(path).name == "fingerprint.json"}
