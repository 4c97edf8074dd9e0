"""A quota that cannot be filled is told with its cause: the limit that binds, the candidates' fates, the remedy."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from akb.benchmark.audit import CONFLICT, FLAGGED, HELD, OPEN, REJECTED, SELECTED, UNKNOWN
from akb.benchmark.selection import Entry, Limits, select
from akb.benchmark.shortfall import binding, require_filled
from akb.benchmark.taxonomy import Subcategory
from akb.errors import AkbError

TAXONOMY = {name: Subcategory(name, "Birds", 2, "About birds.") for name in ("song", "calls")}


def entry(number: int, **changes: object) -> Entry:
    plain = Entry(f"c{number}", "song", f"t{number}", "none", number, 0, 0.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def held(entries: list[Entry], limits: Limits, quota: int = 4) -> dict[str, str]:
    return binding(entries, select(entries, {"song": quota}, limits), {"song": quota}, limits)


def test_a_filled_quota_is_held_back_by_nothing() -> None:
    assert held([entry(i) for i in range(4)], Limits(longest_right=1)) == {}


@pytest.mark.parametrize(
    ("entries", "limits", "limit"),
    [
        ([entry(i, template="one") for i in range(9)], Limits(per_template=3), "per_template"),
        ([entry(i, longest_right=1.0) for i in range(9)], Limits(longest_right=0.5), "longest_right"),
        ([entry(i) for i in range(3)], Limits(longest_right=1), ""),
        ([entry(i, cluster=0) for i in range(9)], Limits(longest_right=1), ""),
        (
            [entry(i, template="one", longest_right=1.0) for i in range(9)],
            Limits(per_template=2, longest_right=0.5),
            "per_template and longest_right",
        ),
    ],
)
def test_the_limit_that_binds_is_named(entries: list[Entry], limits: Limits, limit: str) -> None:
    assert held(entries, limits) == {"song": limit}


def audit(*fates: str, stranger: bool = False) -> pl.DataFrame:
    rows = [("song", fate) for fate in fates] + [("calls", SELECTED)] * 2
    rows += [("Song", f"{UNKNOWN}: Song")] if stranger else []
    return pl.DataFrame(rows, schema=["subcategory", "fate"], orient="row")


def refused(table: pl.DataFrame) -> AkbError:
    with pytest.raises(AkbError) as error:
        require_filled(table, TAXONOMY, where="mine/taxonomy.yaml", audit_path="results/audit.csv")
    return error.value


def test_a_full_benchmark_is_not_refused() -> None:
    require_filled(audit(SELECTED, SELECTED), TAXONOMY, where="t", audit_path="a")


def test_the_message_counts_every_fate_and_names_the_file_it_read() -> None:
    error = refused(audit(SELECTED, REJECTED, f"{FLAGGED}: article", f"{FLAGGED}: empty", stranger=True))
    assert "song: 1 short of 2 (4 candidates: 2 flagged, 1 selected, 1 rejected by reviewers)" in error.what
    assert "1 candidates are of a subcategory that the taxonomy lacks: 'Song'" in error.what
    assert "mine/taxonomy.yaml" in error.where
    assert "results/audit.csv" in error.where
    assert "adjudicate" not in error.remedy


@pytest.mark.parametrize(
    ("fate", "remedy"),
    [
        (CONFLICT, "adjudicate (1 wait in review/conflicts.csv"),
        (OPEN, "1 for another reviewer's word"),
        (f"{HELD}longest_right", "loosen `benchmark.longest_right`"),
    ],
)
def test_the_remedy_is_the_one_that_helps(fate: str, remedy: str) -> None:
    assert remedy in refused(audit(SELECTED, fate)).remedy
