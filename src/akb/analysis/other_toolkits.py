"""Score any toolkit's prediction file against MMAU's, MMAR's or our own items, under a named rule.

`official` is the benchmarks' published rule (`string_match`), `robust` reads the answer out of the
response (`extraction`). A missing prediction stays in the denominator and is counted. Items and
predictions come in any form that `reading.files` knows, joined by `id`; items may also be one of our Parquet tables.

    score_predictions(read_scored_items(items), read_predictions(path, "model_output"), "robust").total.accuracy
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from akb.errors import AkbError
from akb.items import read_items
from akb.reading.extraction import extract
from akb.reading.files import IDS, absent, at, is_parquet, name_of, own_name, read_records
from akb.reading.questions import KEYS, Fields, read_questions, told_of
from akb.reading.string_match import matches, words
from akb.tables import ITEMS

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


def mark_prediction(prediction: str | None, item: ScoredItem, rule: Rule) -> tuple[bool, str | None]:
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
        right, reason = mark_prediction(predictions.get(item.id), item, rule)
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


def effect_of_rules(items: Sequence[ScoredItem], predictions: Mapping[str, str | None]) -> RuleEffect:
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


def read_scored_items(path: Path, fields: Fields = Fields()) -> list[ScoredItem]:  # noqa: B008 - frozen
    """Read questions of any benchmark (`reading.questions`), or one of our Parquet tables.

    Of a table that was imported, an item goes by its own id and by the one that the benchmark gave it: see
    `read_predictions`. Raises AkbError naming file and row.
    """
    if _is_own(path):
        return [
            ScoredItem(
                i.item_id, i.options, i.answer, {"category": i.category, "subcategory": i.subcategory}, i.question
            )
            for i in read_items(path)
        ]
    questions, _ = read_questions(read_records(path, keyed=("id", fields.answer)), fields)
    if not questions:
        raise AkbError(
            "there are no items", where=str(path), remedy="name a file of items: JSON, JSONL, CSV or Parquet"
        )
    return [
        ScoredItem(
            question.id,
            question.options,
            question.answer,
            {
                name: _value(question.record[own])
                for name in FIELDS
                if (own := own_name(question.record, name)) in question.record
            },
            question.text,
        )
        for question in questions
    ]


def given_ids(path: Path) -> dict[str, str]:
    """{the id that a benchmark gave an item: our id} of one of our tables; nothing for another file."""
    if not _is_own(path):
        return {}
    own = [(source.partition(": ")[2].split("; ")[0], item_id) for source, item_id in _sources(path)]
    counts = Counter(name for name, _ in own)
    return {name: item_id for name, item_id in own if name and counts[name] == 1}


def _is_own(path: Path) -> bool:
    """Whether a file is one of our items tables. What cannot be read is left to the reader of records to refuse."""
    try:
        return path.is_file() and is_parquet(path) and set(ITEMS) <= set(pl.read_parquet_schema(path))
    except (OSError, pl.exceptions.PolarsError):
        return False


def _sources(path: Path) -> list[tuple[str, str]]:
    return [(item.source, item.item_id) for item in read_items(path) if item.clip_id]


@dataclass(frozen=True)
class OtherVersion:
    """What a prediction file says of the items themselves and the items do not: another version of a benchmark.

    rows: how many of its rows differ. first: the first of them, in words. orders: of each item whose options a row
    lists in another order than the items do, that order, as places among the item's options.
    """

    rows: int = 0
    first: str = ""
    orders: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def read_predictions(
    path: Path, name: str, known: Iterable[str] | None = None, called: Mapping[str, str] | None = None
) -> dict[str, str | None]:
    """Read {id: response}: JSON, JSONL, CSV, Parquet, or an object `{id: response}`; the response stands under `name`.

    known: the items' ids; an id outside them is an error. called: other names of the items. A row without the field,
    with null or NaN, is a missing prediction; a field that no row has is an error. A row that repeats another with the
    same response, as the padding of the last batch does, is one prediction. Raises AkbError naming file and row.
    """
    ids = None if known is None else set(known)
    rows: dict[str, str] = {}
    predictions: dict[str, str | None] = {}
    seen_fields: dict[str, None] = {}
    found = False
    for where, row in read_records(path, keyed=("id", name)):
        key = _id(row, where)
        key = (called or {}).get(key, key)
        if ids is not None and key not in ids and key.endswith(".0") and key[:-2] in ids:
            key = key[:-2]  # what pandas makes of whole numbers beside an empty cell
        if ids is not None and key not in ids:
            raise _fault(f"no item has the id {key!r}", where, "score the file against the items it was made from")
        try:
            response = at(row, name)
            found = True
        except LookupError:
            response = None
        if isinstance(response, list) and len(response) == 1:
            (response,) = response  # one of n samples
        if absent(response) or (path.suffix.lower() in (".csv", ".tsv") and not str(response).strip()):
            response = None
        elif not isinstance(response, str):
            inner = (
                [f"{name}.{part}" for part in response if isinstance(part, str)]
                if isinstance(response, Mapping)
                else []
            )
            raise _fault(
                f"`{name}` is {type(response).__name__}, not text",
                where,
                f"name what lies within it: --field {' or '.join(inner)}"
                if inner
                else "give the model's response as text",
            )
        earlier = predictions.get(key)
        if earlier is not None and response is not None and earlier.strip() != response.strip():
            what = f"the id {key!r} stands twice with different responses, first in {rows[key]}"
            raise _fault(what, where, "keep one prediction per item")
        seen_fields.update(dict.fromkeys(row))
        if predictions.get(key) is None:
            rows[key] = where.removeprefix(f"{path}, ")
            predictions[key] = response
    if not found:
        have = ", ".join(seen_fields) or "no rows"
        raise AkbError(
            f"no row has the field `{name}`", where=str(path), remedy=f"name one of its fields with --field: {have}"
        )
    return predictions


def other_version(
    path: Path, items: Sequence[ScoredItem], name: str, called: Mapping[str, str] | None = None
) -> OtherVersion:
    """Whether a prediction file carries options or keys other than the items': predictions for another version.

    name: the field of the responses, which is no key whatever it is called. Options are compared as sets, since a
    toolkit may have shuffled them; keys by the texts that they may mean. Rows that carry neither say nothing.
    """
    by_id = {item.id: item for item in items}
    differing: list[str] = []
    orders: dict[str, tuple[int, ...]] = {}
    for where, row in read_records(path, keyed=("id", name)):
        key = _id(row, where)
        item = by_id.get((called or {}).get(key, key))
        if item is None:
            continue
        whole, row = row, {field: value for field, value in row.items() if field != name}
        answer = next((field for field in _GOLD if not absent(row.get(field))), "")
        options, meant = told_of(row, answer)
        places = {_plain(option): place for place, option in enumerate(item.options)}
        own = set(places)
        if own == set(map(_plain, options)) and len(own) == len(options) == len(item.options):
            order = tuple(places[_plain(option)] for option in options)
            if order != tuple(range(len(order))) and _responds(whole, name):
                orders.setdefault(item.id, order)
        gold = _plain(item.options[item.answer])
        told = row.get(answer)
        if options and {_plain(option) for option in options} != own:
            differing.append(f"{where}: item {key} with the options {', '.join(options)}")
        # Without options a letter or number may count shuffled ones; a text that is another option's is another key.
        elif (gold not in {_plain(text) for text in meant}) if meant else _another_text(told, options, gold):
            differing.append(f"{where}: item {key} with the key {told!r}, not {gold!r}")
    return OtherVersion(len(differing), differing[0] if differing else "", orders)


def _responds(row: Mapping[str, Any], name: str) -> bool:
    """Whether a row holds a response: of several about one item the first that does is its prediction."""
    try:
        response = at(row, name)
    except LookupError:
        return False
    return not absent(response) and bool(str(response).strip())


# In predictions, `label` and `correct` rather say what a model chose, and whether it was right.
_GOLD = (*(name for name in KEYS if name not in ("label", "correct")), "ground_truth")


def in_their_order(items: Sequence[ScoredItem], orders: Mapping[str, tuple[int, ...]]) -> list[ScoredItem]:
    """The items with their options in the order in which a model was shown them: a letter that it gives counts so."""
    return [
        replace(item, options=tuple(item.options[place] for place in order), answer=order.index(item.answer))
        if (order := orders.get(item.id))
        else item
        for item in items
    ]


def _another_text(key: Any, options: Sequence[str], gold: str) -> bool:
    """Whether a key without options beside it is a text, and not the right option's."""
    return not options and isinstance(key, str) and len(key.strip()) > 1 and _plain(key) != gold


def _plain(option: str) -> str:
    """An option's text without a label of its own."""
    return _OWN_LABEL.sub("", option.strip(), count=1)


_OWN_LABEL = re.compile(r"\(?[A-Z][).:]\s+|\([A-Z]\)\s*")


def _id(row: Mapping[str, Any], where: str) -> str:
    names = (own_name(row, name) for name in (*IDS, "custom_id"))
    value = next((row[name] for name in names if not absent(row.get(name))), None)
    try:
        return name_of(value)
    except ValueError as error:
        have = f"; the row has {', '.join(map(str, row))}" if value is None else ""
        raise _fault(
            f"there is no `id`: {error}{have}",
            where,
            f"give every row the id of its item, under one of {', '.join(IDS)}",
        ) from error


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
