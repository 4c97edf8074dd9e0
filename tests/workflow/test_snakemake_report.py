"""Snakemake's own `--report`: the page, every table and every figure are in it, each with its caption."""

from __future__ import annotations

import zipfile

import pytest
from smoke_project import ROOT, Project

CAPTIONS = sorted((ROOT / "workflow/report/captions").glob("*.rst"))


@pytest.mark.slow
def test_the_report_of_snakemake_holds_tables_and_figures_with_captions(pretended: Project) -> None:
    pretended.make("all", "--report", "shown.zip")
    with zipfile.ZipFile(pretended.path("shown.zip")) as found:
        names = found.namelist()
        shown = "\n".join(found.read(name).decode(errors="replace") for name in names if name.endswith(".html"))
    held = {name.rsplit("/", 1)[-1] for name in names}
    tables = [path.stem for path in CAPTIONS if (pretended.path(f"results/smoke/tables/{path.stem}.csv")).exists()]
    assert len(tables) > 10
    assert {"report.html", "correlation_heatmap.svg", "cascade_vs_audio.svg"} <= held, sorted(held)
    for caption in CAPTIONS:
        assert caption.read_text(encoding="utf-8").split(":")[0].split("``")[0].split("'")[0][:40] in shown, (
            caption.name
        )
