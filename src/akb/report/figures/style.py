"""The look that the figures share, and saving them so that a rerun gives the same bytes.

INK and SURFACE are exact colours on purpose: the report exchanges them for its own, so that a figure
follows the page into dark mode.

    with style(): figure = plt.figure(); …; save(figure, [Path("a.pdf"), Path("a.png")])
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

from akb.atomic import atomic_path

INK = "#1f2531"
FAINT = "#8b919c"
SURFACE = "#fefefe"
COLUMN_INCHES = 3.3  # of a two-column paper

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same on every machine
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.unicode_minus": True,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.direction": "out",
    "figure.facecolor": SURFACE,
    "axes.facecolor": "none",
    "savefig.facecolor": SURFACE,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "svg.hashsalt": "akb",
    "svg.fonttype": "path",
}
# No dates and no versions in the files: the same figure is the same bytes.
_METADATA: dict[str, dict[str, Any]] = {
    ".pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the project's style, and close every figure afterwards."""
    with plt.rc_context(_RC):
        try:
            yield
        finally:
            plt.close("all")


def save(figure: Any, targets: Iterable[Path]) -> None:
    """Write `figure` to each target in the format of its suffix (pdf, png, svg), whole or not at all.

    A figure with a layout engine keeps its width to the point; another is cut to what is drawn.
    """
    box: dict[str, Any] = {} if figure.get_layout_engine() else {"bbox_inches": "tight", "pad_inches": 0.12}
    for target in targets:
        with plt.rc_context(_RC), atomic_path(target) as temporary:
            figure.savefig(temporary, dpi=220, metadata=_METADATA[target.suffix], **box)
            if target.suffix == ".svg":
                temporary.write_text(_told(temporary.read_text(encoding="utf-8")), encoding="utf-8")


def svg_of(figure: Any) -> str:
    """`figure` as SVG whose text stays text: for the report's page, which sets it in its own letters."""
    buffer = io.StringIO()
    with plt.rc_context(_RC | {"svg.fonttype": "none", "savefig.facecolor": "none"}):
        figure.savefig(buffer, format="svg", metadata=_METADATA[".svg"])
    return _told(buffer.getvalue())


def tip_id(text: str) -> str:
    """The `gid` of a mark that says `text` when it is pointed at: a title in SVG, nothing in other formats."""
    return f"tip:{text}"


def _told(svg: str) -> str:
    """Marks with a `tip_id` as groups with a title, which is what browsers show."""
    return re.sub(r'<g id="tip:([^"]*)">', r'<g class="tip"><title>\1</title>', svg)
