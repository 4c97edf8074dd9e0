"""What a check found: fine, or what is wrong and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "warning", "wrong"]
_SIGNS: dict[Level, str] = {"fine": "✓", "warning": "!", "wrong": "✗"}


@dataclass(frozen=True)
class Finding:
    """One line of a report. remedy is empty where all is fine."""

    level: Level
    subject: str
    what: str
    remedy: str = ""


def fine(subject: str, what: str) -> Finding:
    return Finding("fine", subject, what)


def warning(subject: str, what: str, remedy: str) -> Finding:
    return Finding("warning", subject, what, remedy)


def wrong(subject: str, what: str, remedy: str) -> Finding:
    return Finding("wrong", subject, what, remedy)


def shown(findings: Sequence[Finding]) -> str:
    """The findings as lines, what is wrong last, where it is still on the screen."""
    order: list[Level] = ["fine", "warning", "wrong"]
    lines = []
    for finding in sorted(findings, key=lambda finding: order.index(finding.level)):
        lines.append(f"{_SIGNS[finding.level]} {finding.subject}: {finding.what}")
        if finding.remedy:
            lines.append(f"    remedy: {finding.remedy}")
    counts = {level: sum(finding.level == level for finding in findings) for level in order}
    lines.append(f"{counts['fine']} fine, {counts['warning']} to look at, {counts['wrong']} wrong.")
    return "\n".join(lines)
