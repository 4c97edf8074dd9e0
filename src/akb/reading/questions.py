"""Multiple-choice questions from files that others made: options in any shape, a key whose meaning the file decides.

Options may be a list, an object of letters, a JSON text, a text with labels ("(a) dog (b) crow"), columns
(`option_1`, … or `A`, `B`, …), or stand in the question itself. The key may be the right option's text, its letter,
its number from 0 or from 1, or letter and text. What it is, is decided for the whole file: the one reading that fits
every row. If two fit that differ, or none does, it is an error. An option that is empty keeps its place, so that a
key counts rightly.

    questions, meaning = read_questions(read_records(path), Fields(options="choices"))
"""

from __future__ import annotations

import ast
import html
import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from akb.errors import AkbError
from akb.reading.files import IDS, PATHS, absent, at, name_of, own_name
from akb.reading.inline_options import inline_options
from akb.reading.letters import LETTERS

MEANINGS = ("text", "letter", "index0", "index1", "labelled")
_CALLED = {
    "text": "the right option's text",
    "letter": "its letter",
    "index0": "its number from 0",
    "index1": "its number from 1",
    "labelled": "letter and text",
}


@dataclass(frozen=True)
class Fields:
    """What a file calls things; "" for what is looked for under the usual names. options: one field, or several
    columns, by commas. answer_is: one of MEANINGS, where the file cannot tell."""

    id: str = ""
    question: str = "question"
    options: str = ""
    answer: str = "answer"
    audio: str = ""
    domain: str = ""
    category: str = ""
    subcategory: str = ""
    difficulty: str = ""
    answer_is: str = ""


@dataclass(frozen=True)
class Question:
    """A question as its file has it. options: every place, an empty one too; answer: the right place.

    audio: what the file says of the sound: a path, or {"bytes", "path"}.
    """

    where: str
    id: str
    text: str
    options: tuple[str, ...]
    answer: int
    audio: Any
    record: Mapping[str, Any] = field(repr=False)

    def shown(self) -> tuple[tuple[str, ...], int, list[str]]:
        """(options without empty and repeated ones, the right one's place, the texts that are repeated)."""
        first: dict[str, str] = {}
        for option in filter(str.strip, self.options):
            first.setdefault(option.strip(), option)
        shown = list(first.values())
        counts = Counter(option.strip() for option in self.options if option.strip())
        answer = shown.index(first[self.options[self.answer].strip()])
        return tuple(shown), answer, [first[text] for text, count in counts.items() if count > 1]


def read_questions(records: Iterable[tuple[str, Mapping[str, Any]]], fields: Fields) -> tuple[list[Question], str]:
    """(the questions, what the file's key means in words). Raises AkbError naming file and row."""
    rows = [(where, record, *_asked(record, fields, where)) for where, record in records]
    if not rows:
        return [], "no rows"
    keys = [_key(record, fields, where, [text for _, text in options]) for where, record, _, options in rows]
    meaning, answers = _decided(
        [(where, options, key) for (where, _, _, options), key in zip(rows, keys, strict=True)], fields
    )
    found: dict[str, Question] = {}
    for number, ((where, record, text, options), answer) in enumerate(zip(rows, answers, strict=True), start=1):
        question = Question(
            where,
            _id(record, fields, number, where),
            text,
            tuple(o for _, o in options),
            answer,
            _audio(record, fields),
            record,
        )
        if not question.options[answer].strip():
            raise _fault(f"the key names an empty option, number {answer + 1}", where, "mend the key or the options")
        if question.id in found:
            raise _fault(
                f"the id {question.id!r} stands twice, first in {found[question.id].where}",
                where,
                "keep one row for each item",
            )
        found[question.id] = question
    return list(found.values()), f"the key is {meaning}"


def told_of(record: Mapping[str, Any], answer: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """(the options that a record carries, in any shape; the texts that its key, under `answer`, may mean among them).

    Both are empty for what the record does not carry, or carries in no shape that is known.
    """
    try:
        _, options = _asked(record, Fields(), "")
    except AkbError:
        return (), frozenset()
    texts = tuple(text.strip() for _, text in options)
    key = record.get(answer)
    if absent(key) or isinstance(key, Mapping | list):
        return texts, frozenset()
    places = {read(key, options) for read in _READINGS.values()}
    return texts, frozenset(texts[place] for place in places if place is not None)


# -- Options ------------------------------------------------------------------------------------------------------

_Options = list[tuple[str, str]]  # (label or "", text)
_COLUMN = re.compile(r"(?:option|choice|opt|answer|candidate)s?[ _.-]?(\d+|[a-z])|([a-z])", re.IGNORECASE)
_LETTER = r"([A-Za-z\uff21-\uff3a\uff41-\uff5a])"  # full-width ones too
_SIGN = r"[)\].:\uff09\uff1a\uff0e\u3001]"
_LABELLED = re.compile(
    rf"(?:(?:option|choice)\s+)?(?:"
    rf"[(\[]?{_LETTER}{_SIGN}\s+|[(\[<\uff08\u3010]{_LETTER}[)\]>\uff09\u3011]:?\s*|{_LETTER}{_SIGN}(?=[^\s.:]{{2}})"
    rf"|{_LETTER}\s*[-\u2013\u2014=>|/]+\s+(?!flat|sharp|natural)(?=[^\W\d_]{{2}})|{_LETTER}\t\s*|\*\*{_LETTER}{_SIGN}?\*\*{_SIGN}?\s*|([\u249c-\u24e9])\s*"
    rf")",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\(?(\d{1,2})[).:]\s+|\((\d{1,2})\)\s*")


def _asked(record: Mapping[str, Any], fields: Fields, where: str) -> tuple[str, _Options]:
    """(the question without options that stand in it, its options). Raises AkbError."""
    text = _text(record, fields.question, where)
    options = _given(record, fields, where)
    if not options:
        text, options = inline_options(text)
    if not options:
        raise _fault(
            "there are no options",
            where,
            "give a list under `options` or `choices`, columns option_1, option_2, …, or name their field",
        )
    labels = [label.upper() for label, _ in options]
    if doubled := next((label for label in labels if label and labels.count(label) > 1), ""):
        raise _fault(f"two options are called {doubled!r}", where, "give each option a label of its own")
    if all(labels) and sorted(labels) == list(LETTERS[: len(labels)]):
        options = sorted(options, key=lambda option: option[0].upper())  # "(B) Woman | (A) Man": A is the first
    elif all(map(str.isdecimal, labels)) and len(set(labels)) == len(labels):
        options = sorted(options, key=lambda option: int(option[0]))
    return text, options


def _given(record: Mapping[str, Any], fields: Fields, where: str) -> _Options:
    if fields.options and "," in fields.options and fields.options not in record:
        return [("", _option(_at(record, name.strip()), where)) for name in fields.options.split(",")]
    for name in [fields.options] if fields.options else ("choices", "options", "multi_choice", "mcq_options"):
        value = _at(record, name)
        if not absent(value) and value not in ("", []):
            return _unfolded(value, where)
        if fields.options and value in ("", [], None) and name in record:
            return []
    if fields.options:
        return []
    columns: dict[str, str] = {}
    for name in record:
        place = _COLUMN.fullmatch(str(name))
        if place and str(name).lower() not in ("answer",):
            columns[str(name)] = place[1] or place[2]
    columns = {name: place for name, place in columns.items() if len(name) > 1} | _from_a_on(columns)
    order = sorted(columns, key=lambda name: (not columns[name].isdigit(), columns[name].zfill(4).lower()))
    kinds = {re.sub(r"(?:\d+|[A-Za-z])$", "", name).lower() for name in order}
    if len(order) < 2 or len(kinds) > 1:
        return []
    if order[0].endswith(".1") and (bare := order[0].removesuffix(".1")) in record and bare != fields.answer:
        columns[bare] = "1"  # pandas calls columns of one name option, option.1, option.2
        order.insert(0, bare)
    numbers = [columns[name].isdigit() and int(columns[name]) for name in order]
    numbered = all(columns[name].isdigit() for name in order) and min(numbers) > 0  # which a key may count from 0
    options = [("" if numbered else columns[name], _option(record[name], where)) for name in order]
    while options and not options[-1][1].strip():
        options.pop()  # rows of a CSV have as many cells as the longest
    return options


def is_option_column(name: str) -> bool:
    """Whether a column may hold options by its name: `option_2`, `choice b`, `C`."""
    return bool(_COLUMN.fullmatch(name)) or "option" in name


def _from_a_on(columns: Mapping[str, str]) -> dict[str, str]:
    """Of the columns that are called by one letter, those from A on, in one case: `n` and `t` hold something else."""
    for first in "Aa":
        run = list(itertools.takewhile(columns.__contains__, (chr(ord(first) + place) for place in range(26))))
        if len(run) > 1:
            return {name: columns[name] for name in run}
    return {}


def _unfolded(value: Any, where: str) -> _Options:
    if isinstance(value, str):
        text = value.strip()
        if (text[:1] in "[{" and text[-1:] in "]}") or (text[:2] in ("('", '("') and text.endswith(")")):
            try:
                value = json.loads(text)
            except (json.JSONDecodeError, RecursionError):
                try:
                    value = _printed_array(text) or ast.literal_eval(text)
                except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
                    raise _fault(
                        f"the options {text[:60]!r} are neither JSON nor a list", where, "mend this row"
                    ) from error
        else:
            text = _BREAK.sub("\n", text)
            labelled = inline_options(text)
            if labelled[1]:
                return labelled[1]
            parts = next((text.split(sign) for sign in ("\n", "|", "\t", ";") if sign in text), None)
            if not parts:
                raise _fault(
                    f"`choices` is not a list of texts but {text[:60]!r}",
                    where,
                    "part the options by lines, `|` or `;`",
                )
            value = [part.strip() for part in parts]
            if "\n" in text:
                value = list(filter(None, value))  # a blank line is no option
            elif not value[-1]:
                value.pop()  # the last sign ends the last option
            if all(map(_BULLET.match, value)):
                value = [_BULLET.sub("", part) for part in value]
    if isinstance(value, Mapping):
        if {"label", "text"} <= value.keys():  # ARC's form
            labels, texts = value["label"], value["text"]
            if not isinstance(labels, list) or not isinstance(texts, list) or len(labels) != len(texts):
                raise _fault(
                    f"`label` and `text` are no two lists of one length: {labels!r}, {texts!r}", where, "mend this row"
                )
            called = ["" if absent(label) else str(label) for label in labels]
            return [
                (label if label.isalpha() or label.isdecimal() else "", _option(text, where))
                for label, text in zip(called, texts, strict=True)
            ]
        letters = sorted(str(text).upper() for text in value.values())
        if letters == list(LETTERS[: len(value)]) and all(len(str(label)) > 1 for label in value):
            return [(str(letter).upper(), str(text)) for text, letter in value.items()]  # {"Dog": "A", "Cat": "B"}
        return [(_LABEL_WORD.sub("", str(label).strip("(). ")), _option(text, where)) for label, text in value.items()]
    if not isinstance(value, Sequence):
        raise _fault(f"`choices` is not a list of texts but {value!r}", where, "give every item its options as a list")
    if value and all(isinstance(part, Mapping) for part in value):
        for label, text in _LABEL_AND_TEXT:
            if all({label, text} <= part.keys() for part in value):
                return [(str(part[label]), _option(part[text], where)) for part in value]
    texts = [_option(option, where) for option in value]
    marks = [_LABELLED.match(text) for text in texts]
    labels = [_letter_of(mark) for mark in marks]
    gaps = 2 if len(texts) > 2 else 0  # options that were taken out
    known = set(labels) <= set(LETTERS[: len(texts) + gaps]) and "A" in labels
    if len(texts) > 1 and known and len(set(labels)) == len(texts):
        return [(label, text[mark.end() :]) for label, text, mark in zip(labels, texts, marks, strict=True) if mark]
    return [("", text) for text in texts]


def _letter_of(mark: re.Match[str] | None) -> str:
    """The letter of a label as a capital: "B" of "(b) Dog" and of a full-width or circled one."""
    letter = next(filter(None, mark.groups()), "") if mark else ""
    return unicodedata.normalize("NFKC", letter).strip("()").upper()


_BREAK = re.compile(r"<br\s*/?>|\\n(?=\s*(?:\W?[A-Za-z0-9]\W))", re.IGNORECASE)
_BULLET = re.compile(r"[-*\u2022\u00b7]\s+")
_LABEL_WORD = re.compile(r"(?:option|choice|opt|answer)[ _.-]?(?=[A-Za-z]$)", re.IGNORECASE)
_LABEL_AND_TEXT = [(label, text) for label in ("label", "key", "letter", "id") for text in ("text", "value", "content")]
_QUOTED = re.compile(r"'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"")


def _printed_array(text: str) -> list[str] | None:
    """The texts of `['Dog' 'Cat']`, as NumPy prints an array; to Python that would be one text, DogCat."""
    inner = text.strip()[1:-1]
    found = _QUOTED.findall(inner)
    if len(found) < 2 or _QUOTED.sub("", inner).strip():
        return None
    return [ast.literal_eval(quoted) for quoted in found]


def _option(value: Any, where: str) -> str:
    if absent(value):
        return ""
    if isinstance(value, Mapping | list):
        raise _fault(f"an option is no text: {value!r}", where, "give each option as text")
    return value if isinstance(value, str) else _number(value)


def _number(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# -- The key ------------------------------------------------------------------------------------------------------


# What a field of keys is usually called.
KEYS = ("answer", "answer_gt", "correct_answer", "answer_key", "answerKey", "gold", "target", "label", "correct")
_CUED = re.compile(
    r"(?:(?:correct|right|final)\s+)?(?:answer|option|choice|opt)\s*(?:is\s+|[:_ -]\s*)(?=\S)"
    r"|(?:option|choice|opt)(?=[A-Z]$)",
    re.IGNORECASE,
)


def _key(record: Mapping[str, Any], fields: Fields, where: str, texts: Sequence[str]) -> Any:
    """What the answer's field says; "Answer: B" and "option_2" are B and 2 unless an option is called so."""
    name = own_name(record, fields.answer)
    if fields.answer == Fields.answer and name not in record:
        usual = [other for other in KEYS if own_name(record, other) in record]
        name = own_name(record, usual[0]) if len(usual) == 1 else name
    value = _at(record, name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        value = str(value)  # a key that is "true", where options say so
    if absent(value) or (isinstance(value, str) and not value.strip()) or isinstance(value, Mapping | list):
        have = "" if name in record else f"; the row has {', '.join(map(str, record))}"
        raise _fault(
            f"the answer {value!r} is no key{have}", where, f"give the right option under `{name}`, or name its field"
        )
    if isinstance(value, str) and value not in texts:
        value = _bare(value)
        column = own_name(record, value)
        if value not in texts and column in record and _COLUMN.fullmatch(column) and len(column) > 1:
            return _option(record[column], where)  # "option_2", where there is such a column
        if value not in texts and (cue := _CUED.match(value)):
            return value[cue.end() :]
    return value


_WRAPPED = re.compile(r"\*\*(.+)\*\*|\*(.+)\*|`(.+)`|\"(.+)\"|<(.+)>|\\boxed\{(.+)\}|\((\d+)\)", re.DOTALL)
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))  # signs without width


def _bare(key: str) -> str:
    """A key without what a program or a hand put around it: marks of Markdown, quotation marks, signs without width."""
    key = key.translate(_UNSEEN).strip()
    while wrapped := _WRAPPED.fullmatch(key):
        key = next(part for part in wrapped.groups() if part).strip()
    return key


def _by_text(key: Any, options: _Options) -> int | None:
    texts = [text for _, text in options]
    wanted = key if isinstance(key, str) else _number(key)
    if wanted in texts:
        return texts.index(wanted)
    for fold in (
        str.strip,
        lambda text: " ".join(text.split()).casefold(),
        _plain,
        lambda text: _NUMBERED.sub("", text.strip(), count=1).casefold(),  # "Dog" of "1. Dog"
        _amount,
    ):
        alike = [place for place, text in enumerate(texts) if fold(text) == fold(wanted)]
        if alike and len({texts[place].strip() for place in alike}) == 1:
            return alike[0]
    return None


def _plain(text: str) -> str:
    """A text without what differs from keyboard to keyboard: composed signs, quotation marks, a final period."""
    text = html.unescape(unicodedata.normalize("NFKC", text).translate(_UNSEEN)).translate(_QUOTES)
    return " ".join(text.split()).casefold().rstrip(".,; ")


def _amount(text: str) -> str:
    """A number without zeros at its end: 0.50, as an author wrote it, is 0.5, as a program reads it."""
    text = text.strip()
    return f"{float(text):.12g}" if re.fullmatch(r"-?\d+\.\d+|-?\d+", text) else f"= {text}"


_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014\u2212\u2044\u00d7", "''\"\"---/x")


def _by_letter(key: Any, options: _Options) -> int | None:
    if (own := [label for label, _ in options]) and all(map(str.isdecimal, own)) and _plain_number(key) in own:
        return own.index(_plain_number(key))  # ARC labels some of its questions 1 to 4
    if not isinstance(key, str):
        return None
    letter = unicodedata.normalize("NFKC", key).strip().strip("().[]: ")
    labels = [
        label if label and not label.isdecimal() else LETTERS[place] if place < 26 else ""
        for place, (label, _) in enumerate(options)
    ]
    for called in (labels, [label.upper() for label in labels]):
        if (wanted := letter if called is labels else letter.upper()) in called:
            return called.index(wanted)
    return None


def _plain_number(key: Any) -> str:
    return "" if isinstance(key, bool) else _number(key).strip()


def _by_number(first: int) -> Callable[[Any, _Options], int | None]:
    def read(key: Any, options: _Options) -> int | None:
        if isinstance(key, str) and re.fullmatch(r"\s*\d+(?:\.0+)?\s*", key):
            key = float(key)
        if isinstance(key, float) and key.is_integer():
            key = int(key)
        if not isinstance(key, int):
            return None
        if own := _own_numbers(options):  # the options say themselves which is which
            return own.index(key) if key in own else None
        return key - first if 0 <= key - first < len(options) else None

    return read


def _own_numbers(options: _Options) -> list[int]:
    """The numbers that all options carry: as labels, or from 0 or 1 on before their texts. Empty if not all do."""
    labels = [int(label) for label, _ in options if label.isdecimal()]
    if len(set(labels)) == len(options):
        return labels
    marks = [_ORDINAL.match(text) for label, text in options if not label]
    numbers = [int(mark[1] or mark[2]) for mark in marks if mark]
    first = numbers[0] if numbers else -1
    return numbers if first in (0, 1) and numbers == list(range(first, first + len(options))) else []


_ORDINAL = re.compile(r"\(?(\d{1,2})[).]\s+|\((\d{1,2})\)\s*")  # "1. Dog"; "1: 2" is a ratio


_LABELLED_KEY = re.compile(r"\(?([A-Za-z])\s*[).:-]\s*|\(([A-Za-z])\)\s*")


_LETTER_AND_BRACKETS = re.compile(r"([A-Za-z])\s*\((.+)\)", re.DOTALL)  # "B (Cat)"


def _by_both(key: Any, options: _Options) -> int | None:
    if not isinstance(key, str):
        return None
    key = unicodedata.normalize("NFKC", key).strip()
    mark = _LABELLED_KEY.match(key) or _LETTER_AND_BRACKETS.fullmatch(key)
    if not mark:
        return None
    letter = _by_letter(mark[1] or mark[2], options)
    text = _by_text(key[mark.end() :] or mark[2], options)
    return letter if letter is not None and text is not None and options[text][1] == options[letter][1] else None


_READINGS: dict[str, Callable[[Any, _Options], int | None]] = {
    "text": _by_text,
    "letter": _by_letter,
    "index0": _by_number(0),
    "index1": _by_number(1),
    "labelled": _by_both,
}


def _decided(rows: Sequence[tuple[str, _Options, Any]], fields: Fields) -> tuple[str, list[int]]:
    """(what the key means in this file, in words; the right places). Raises AkbError if nothing in the file decides."""
    names = [fields.answer_is] if fields.answer_is else list(MEANINGS)
    # A key that names an empty place is no reading, unless it is the only one: then `read_questions` says so.
    read = {name: [_filled(_READINGS[name](key, options), options) for _, options, key in rows] for name in names}
    if not any(None not in places for places in read.values()):
        read = {name: [_READINGS[name](key, options) for _, options, key in rows] for name in names}
    whole = {name: [place for place in places if place is not None] for name, places in read.items()}
    fitting = [name for name in names if len(whole[name]) == len(rows)]
    if not fitting:
        best = max(names, key=lambda name: len(whole[name]))
        place = read[best].index(None)
        where, options, key = rows[place]
        others = f", as it is in {len(whole[best])} of {len(rows)} rows" if whole[best] else ""
        texts = ", ".join(repr(text) for _, text in options)
        raise _fault(
            f"the answer {key!r} is not one of the choices {texts}"
            + (f": it is not {_CALLED[best]}{others}" if others else ""),
            where,
            "give the right option's text as `answer`, or its letter, in every row alike",
        )
    for name in fitting[1:]:
        for (where, options, key), one, other in zip(rows, whole[fitting[0]], whole[name], strict=True):
            if options[one][1].strip() != options[other][1].strip():
                raise _fault(
                    f"the key {key!r} may be {_CALLED[fitting[0]]} ({options[one][1]!r}) or {_CALLED[name]} "
                    f"({options[other][1]!r}), and no row of the file decides",
                    where,
                    f"say which, with answer_is: {fitting[0]} or {name} (`akb score --answer-is`), or give texts",
                )
    if fitting[0] == "letter" and not fields.answer_is:
        for (where, options, key), place in zip(rows, whole["letter"], strict=True):
            _require_uncontested(str(key), place, options, where)
    numbered = fitting[0].startswith("index") and all(_own_numbers(options) for _, options, _ in rows)
    return _CARRIED if numbered else _CALLED[fitting[0]], whole[fitting[0]]


def _require_uncontested(key: str, place: int, options: _Options, where: str) -> None:
    """Raise AkbError for a letter with which another option begins than the one in its place: `B Cat | A Dog`."""
    if any(label for label, _ in options):
        return
    marks = [_LABELLED.match(text) or _BARE_LABEL.match(text) for _, text in options]
    begun = [_letter_of(mark) for mark in marks]
    signed = all(_LABELLED.match(text) for _, text in options)
    wanted = unicodedata.normalize("NFKC", key).strip().strip("().[]: ").upper()
    if len(set(begun)) < len(begun) or not (signed or sorted(begun) == list(LETTERS[: len(begun)])):
        return
    if wanted in begun and begun.index(wanted) != place:
        raise _fault(
            f"the key {key!r} may be the option that begins so ({options[begun.index(wanted)][1]!r}) or the one in "
            f"its place ({options[place][1]!r})",
            where,
            "take the letters out of the options' texts, or say with answer_is: letter (`akb score --answer-is`) that "
            "a key counts places",
        )


_BARE_LABEL = re.compile(r"([A-Z])\s+(?!(?:major|minor|maj|min|sharp|flat|natural|note|string|chord)\b)\S")

_CARRIED = "the number that its option carries"


def _filled(place: int | None, options: _Options) -> int | None:
    return place if place is not None and options[place][1].strip() else None


# -- The rest -----------------------------------------------------------------------------------------------------


def _id(record: Mapping[str, Any], fields: Fields, number: int, where: str) -> str:
    names = [fields.id] if fields.id else [name for name in IDS if own_name(record, name) in record][:1]
    if not names:
        raise _fault("there is no `id`", where, "give every row the id of its item, or name the field that holds it")
    try:
        return name_of(_at(record, names[0]))
    except ValueError as error:
        raise _fault(f"there is no `id`: {error}", where, "give every row the id of its item") from error


def _audio(record: Mapping[str, Any], fields: Fields) -> Any:
    names = [fields.audio] if fields.audio else [name for name in PATHS if own_name(record, name) in record]
    for name in names:
        value = _at(record, name)
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not absent(value) and value != "":
            return value
    return None


def _text(record: Mapping[str, Any], name: str, where: str) -> str:
    value = _at(record, name)
    if isinstance(value, Mapping | list):
        raise _fault(f"the question is no text: {value!r}", where, f"give a text under `{name}`, or name its field")
    return "" if absent(value) else str(value)


def _at(record: Mapping[str, Any], name: str) -> Any:
    try:
        return at(record, name)
    except LookupError:
        return None


def _fault(what: str, where: str, remedy: str) -> AkbError:
    return AkbError(what, where=where, remedy=remedy)
