"""Score any toolkit's prediction file against MMAU's, MMAR's or our own items, under a named rule.

`official` is the benchmarks' published rule (`string_match`), `robust` reads the answer out of the
response (`extraction`). A missing prediction stays in the denominator and is counted. Items and
predictions are JSON lists or JSONL, joined by `id`; items may also be one of our Parquet tables.

    score_predictions(read_scored_items(items), read_predictions(path, "model_output"), "robust").total.accuracy
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from akb.errors import AkbError
from akb.items import read_items
from akb.reading.extraction import extract
from akb.reading.string_match import matches, words

Rule = Literal["official", "robust"]
RULES: tuple[Rule, ...] = get_args(Rule)

# What scores are broken down by: MMAU's, MMAR's and our own names, where the items have them.
FIELDS = ("task", "modality", "domain", "category", "sub-category", "subcategory", "difficulty")


@dataclass(frozen=True)
class ScoredItem:
    """An item as scoring needs it. `answer` is the index of the right option, `question` the stem where it is told."""

    id: str
    options: tuple[str, ...]
    answer: int
    fields: Mapping[str, str]
    question: str = ""


@dataclass(frozen=True)
class Tally:
    """Counts of one group of items.

    n counts every item. missing: no prediction. invalid: a prediction from which no answer can be
    read; under the official rule, one without a word.
    """

    n: int = 0
    correct: int = 0
    missing: int = 0
    invalid: int = 0

    @property
    def accuracy(self) -> float:
        """Correct items as a fraction of all items, 0 to 1."""
        return self.correct / self.n if self.n else 0.0

    def as_dict(self) -> dict[str, float]:
        """The counts and the accuracy, as `akb score --json` prints them."""
        return {
            "n": self.n,
            "correct": self.correct,
            "missing": self.missing,
            "invalid": self.invalid,
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True)
class Scoreboard:
    """A prediction file's score: in all, by field and value, and why answers could not be read."""

    rule: Rule
    total: Tally
    by: Mapping[str, Mapping[str, Tally]]
    reasons: Mapping[str, int] = field(default_factory=dict)
    right: frozenset[str] = frozenset()  # ids of the items that were answered rightly

    def as_dict(self) -> dict[str, Any]:
        """{"total": counts, "by": {field: {value: counts}}}."""
        return {
            "total": self.total.as_dict(),
            "by": {name: {value: t.as_dict() for value, t in values.items()} for name, values in self.by.items()},
        }


def verdict(prediction: str | None, item: ScoredItem, rule: Rule) -> tuple[bool, str | None]:
    """(whether it is right, None or the reason why it was not read) of one prediction."""
    if prediction is None:
        return False, "missing"
    if rule == "official":
        right = matches(prediction, item.options, item.answer)
        return right, None if right or words(prediction) else "empty"
    index, reason = extract(prediction, item.options)
    if index is None:
        return False, reason
    gold, chosen = item.options[item.answer], item.options[index]
    return index == item.answer or chosen.strip() == gold.strip(), None  # some MMAU items list an option twice


def score_predictions(items: Sequence[ScoredItem], predictions: Mapping[str, str | None], rule: Rule) -> Scoreboard:
    """Score `predictions` (item id → response, None for none) over all `items`."""
    groups: dict[tuple[str, str], list[int]] = {}
    total = [0, 0, 0, 0]  # wrong, correct, missing, invalid
    reasons: Counter[str] = Counter()
    right_ids = []
    for item in items:
        right, reason = verdict(predictions.get(item.id), item, rule)
        outcome = 0
        if right:
            outcome = 1
            right_ids.append(item.id)
        elif reason:
            outcome = 2 if reason == "missing" else 3
            reasons[reason] += 1
        total[outcome] += 1
        for pair in item.fields.items():
            counts = groups.get(pair)
            if counts is None:
                counts = groups[pair] = [0, 0, 0, 0]
            counts[outcome] += 1
    by: dict[str, dict[str, Tally]] = {}
    for (name, value), counts in sorted(groups.items(), key=lambda g: (FIELDS.index(g[0][0]), g[0][1])):
        by.setdefault(name, {})[value] = _tally(counts)
    return Scoreboard(rule, _tally(total), by, dict(reasons.most_common()), frozenset(right_ids))


def _tally(counts: Sequence[int]) -> Tally:
    return Tally(n=sum(counts), correct=counts[1], missing=counts[2], invalid=counts[3])


@dataclass(frozen=True)
class RuleEffect:
    """What the scoring rule alone moves: the same predictions under both rules.

    gained: ids right under `robust` alone; lost: ids right under `official` alone.
    """

    official: Scoreboard
    robust: Scoreboard
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def moved(self) -> float:
        """Accuracy under `robust` minus that under `official`, -1 to 1."""
        return self.robust.total.accuracy - self.official.total.accuracy


def compare_rules(items: Sequence[ScoredItem], predictions: Mapping[str, str | None]) -> RuleEffect:
    """Score the same predictions under both rules and say which items the rule decides."""
    official = score_predictions(items, predictions, "official")
    robust = score_predictions(items, predictions, "robust")
    return RuleEffect(
        official,
        robust,
        gained=tuple(item.id for item in items if item.id in robust.right - official.right),
        lost=tuple(item.id for item in items if item.id in official.right - robust.right),
    )


# -- Files ----------------------------------------------------------------------------------------------


def read_scored_items(path: Path) -> list[ScoredItem]:
    """Read items with MMAU's or MMAR's fields, or one of our Parquet tables.

    Raises AkbError naming file and row for a malformed row, an id that stands twice, or an answer
    that is not among its options.
    """
    if path.suffix == ".parquet":
        return [
            ScoredItem(
                i.item_id, i.options, i.answer, {"category": i.category, "subcategory": i.subcategory}, i.question
            )
            for i in read_items(path)
        ]
    items: dict[str, ScoredItem] = {}
    for where, row in _rows(path):
        key = _id(row, where)
        if key in items:
            raise _fault(f"the id {key!r} stands twice", where, "keep one row for each item")
        options = row.get("choices", row.get("options"))
        if not isinstance(options, list) or not options or not all(isinstance(option, str) for option in options):
            raise _fault("`choices` is not a list of texts", where, "give every item its options under `choices`")
        answer = row.get("answer")
        if isinstance(answer, str) and answer in options:
            index = options.index(answer)
        elif isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer < len(options):
            index = answer
        else:
            raise _fault(
                f"the answer {answer!r} is not one of the choices", where, "give the right option's text as `answer`"
            )
        fields = {name: _value(row[name]) for name in FIELDS if name in row}
        items[key] = ScoredItem(key, tuple(options), index, fields, str(row.get("question", "")))
    if not items:
        raise AkbError("there are no items", where=str(path), remedy="name a JSON list or JSONL file of items")
    return list(items.values())


def read_predictions(path: Path, name: str, known: Iterable[str] | None = None) -> dict[str, str | None]:
    """Read {id: response} from a JSON list or JSONL; the response is the text under `name`.

    known: the items' ids; an id outside them is an error. A row without the field, or with null, is
    a missing prediction; a field that no row has is an error.
    Raises AkbError naming file and row.
    """
    ids = None if known is None else set(known)
    rows: dict[str, str] = {}
    predictions: dict[str, str | None] = {}
    seen_fields: dict[str, None] = {}
    found = False
    for where, row in _rows(path):
        key = _id(row, where)
        if key in rows:
            raise _fault(f"the id {key!r} stands twice, first in {rows[key]}", where, "keep one prediction per item")
        if ids is not None and key not in ids:
            raise _fault(f"no item has the id {key!r}", where, "score the file against the items it was made from")
        response = row.get(name)
        if response is not None and not isinstance(response, str):
            raise _fault(f"`{name}` is {type(response).__name__}, not text", where, "give the model's response as text")
        found = found or name in row
        seen_fields.update(dict.fromkeys(row))
        rows[key] = where.rpartition(", ")[2]
        predictions[key] = response
    if not found:
        have = ", ".join(seen_fields) or "no rows"
        raise AkbError(
            f"no row has the field `{name}`", where=str(path), remedy=f"name one of its fields with --field: {have}"
        )
    return predictions


def _rows(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    """("file, row n", row) of a JSON list or of JSONL."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise AkbError("the file does not exist", where=str(path), remedy="check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise AkbError(f"the file cannot be read: {error}", where=str(path), remedy="give a UTF-8 text file") from error
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except json.JSONDecodeError as error:
            raise AkbError(
                f"not valid JSON: {error}", where=f"{path}, line {error.lineno}", remedy="give a JSON list or JSONL"
            ) from error
        numbered: Iterable[tuple[int, Any]] = enumerate(listed, start=1)
    else:
        numbered = _json_lines(text, path)
    for row, value in numbered:
        where = f"{path}, row {row}"
        if not isinstance(value, dict):
            raise _fault(f"not an object but {type(value).__name__}", where, "give one JSON object per row")
        yield where, value


def _json_lines(text: str, path: Path) -> Iterable[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise _fault(
                    f"not valid JSON: {error.msg}",
                    f"{path}, row {number}",
                    "give a JSON list, or one JSON object a line",
                ) from error


def _id(row: Mapping[str, Any], where: str) -> str:
    key = row.get("id", row.get("item_id"))
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise _fault("there is no `id`", where, "give every row the id of its item")
    return str(key)


def _value(value: Any) -> str:
    """A field's value as text; MMAU spells some as a list of one, in JSON or as text."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return "none"
    text = str(value)
    return text[2:-2] if text.startswith("['") and text.endswith("']") and text.count("'") == 2 else text


def _fault(what: str, where: str, remedy: str) -> AkbError:
    return AkbError(what, where=where, remedy=remedy)
