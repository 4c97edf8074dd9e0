"""What people have filled in is not written over, and is not left where a build would.

The forms that go out lie below `results`, which belongs to the workflow; what comes back lies elsewhere. Until it has
been moved there, nothing replaces it.

    require_unfilled([Path("results/benchmark/review/tasks.csv")], "benchmark.decisions")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from akb.benchmark.spreadsheets import read_sheet
from akb.errors import AkbError

# What people write; `reviewer` alone may be filled in by whoever hands the form out.
_WRITTEN = ("verdict", "reason", "comment", "new_question", "new_answer", "new_distractors")


def require_unfilled(forms: Iterable[Path], key: str) -> None:
    """Raise AkbError for a form that holds what a person wrote, naming the setting `key` under which it belongs."""
    for form in forms:
        if form.exists() and (rows := _filled(form)):
            raise AkbError(
                f"{rows} rows of this form have been filled in; it would be written over",
                where=str(form),
                remedy=f"move it to resources/decisions/, name it there under `{key}`, and build again",
            )


def _filled(form: Path) -> int:
    try:
        sheet = read_sheet(form, ("name", "verdict"))
    except AkbError:
        return 1  # a person saved it in a form that cannot be read: all the more reason to keep it
    return sum(any(row.cells.get(column, "").strip() for column in _WRITTEN) for row in sheet.rows)


def require_elsewhere(results: Path, named: Mapping[str, Iterable[str]]) -> None:
    """Raise AkbError for reviewers' files that lie where builds write. named: the files by their setting."""
    home = results.resolve()
    inside = [
        (key, name)
        for key, names in named.items()
        for name in names
        if (path := Path(name).resolve()).is_relative_to(home) or path.parent.parts[-2:] == ("benchmark", "review")
    ]
    if inside:
        raise AkbError(
            "files that people filled in lie where builds write, and would be lost: "
            + ", ".join(f"{name} (`{key}`)" for key, name in inside),
            where=str(results),
            remedy="; ".join(f"mv {name} resources/decisions/ and name it there" for _, name in inside),
        )


def require_there(names: Iterable[str], key: str) -> list[str]:
    """The names, if all are files. Raises AkbError for those that are not there yet."""
    names = list(names)
    absent = [name for name in names if not Path(name).is_file()]
    if absent:
        raise AkbError(
            f"a reviewers' file is named and is not there yet: {', '.join(absent)}",
            where=f"`{key}` of the configuration",
            remedy="put it there, or take it off the list until it has come back",
        )
    return names
