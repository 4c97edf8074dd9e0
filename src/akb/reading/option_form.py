"""Everything that depends on an item's options alone, built once per option tuple and kept.

Short responses are looked up in a dictionary of all the usual renderings; a pattern that finds any
option's text, longer options first, is compiled only when a response needs it.

    form_of(("Piano", "Electric piano"), "ABCD").short["b. electric piano"]  # (1, None)
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from akb.reading.response_text import UNSPACED, plain_text

Reason = Literal[
    "empty",  # nothing was returned, or nothing after the thinking
    "unclosed_thinking",  # the response ends inside its thinking block
    "refusal",  # the model says that it cannot or will not answer
    "two_answers",  # different options with equal claims
    "letter_text_conflict",  # "B. Dog" where B is another option
    "letter_out_of_range",  # "E" where there are four options
    "ambiguous_letter",  # "B" where B is the label of one option and the text of another
    "only_negated",  # options are only ruled out
    "no_answer",  # no option is named
]
Answer = tuple[int | None, Reason | None]


class Form:
    """Everything that depends on the options alone, built once per option tuple.

    short: bare whole responses → answers. same: per option, the indices with the same text. cased: bare texts, in lower
    case, that several options have in different cases: there case is the question, and a text must be said in its own.
    numbers: whether any is one.
    polar: options that also affirm or deny other words ("no"). lower_letters: options whose text is one lower-case
    letter, which no label looks like.
    """

    def __init__(self, options: tuple[str, ...], letters: str) -> None:
        letters = letters[: max(_LETTERS_AT_LEAST, len(options))]
        plain = [plain_text(option).strip() for option in options]
        self.notes = any(map(_NOTE.fullmatch, plain))
        self.idioms = [idiom for word, idiom in _IDIOMS.items() if any(option.lower() == word for option in plain)]
        plain = [self.spelled(option) for option in plain]
        if len(plain) > 1 and all(
            (match := _OWN_LABEL.match(option)) and match[1] == letters[i : i + 1] for i, option in enumerate(plain)
        ):
            plain = [_OWN_LABEL.sub("", option) for option in plain]  # options that carry their own "(A) "
        numbered = [_OWN_NUMBER.match(option) for option in plain]
        if len(plain) > 1 and all(match and match[1] == str(i) for i, match in enumerate(numbered, start=1)):
            plain = [_OWN_NUMBER.sub("", option) for option in plain]
        else:
            numbered = []
        self.polar = any(option.lower() in _POLAR for option in plain)
        self.numbers = any(option[:1].isdigit() or option[1:2].isdigit() for option in plain)
        self.n, self.letters, self.plain = len(plain), letters, plain
        keys = [bare_text(option) for option in plain]
        spelt: dict[str, set[str]] = {}
        for option, key in zip(plain, keys, strict=True):
            spelt.setdefault(key, set()).add(bare_text(option, fold=False))
        self.cased = frozenset(key for key, ways in spelt.items() if len(ways) > 1)
        if self.cased:
            keys = [
                bare_text(option, fold=False) if key in self.cased else key
                for option, key in zip(plain, keys, strict=True)
            ]
        self.same = [frozenset(j for j, other in enumerate(keys) if other == key) for key in keys]
        self.lower_letters = frozenset(i for i, text in enumerate(plain) if len(text) == 1 and text.islower())
        first: dict[str, int] = {}
        for i, key in enumerate(keys):
            if key:
                first.setdefault(key, i)
        # Longest first, so that an option wins over those that it contains.
        self.groups = sorted(first.values(), key=lambda i: -len(plain[i]))  # regex group - 1 → option index
        self.short: dict[str, Answer] = {key: (i, None) for key, i in first.items()}
        for i, letter in enumerate(letters[: self.n].lower()):
            taken = first.get(letter)
            if taken is None:
                self.short[letter] = (i, None)
            elif i not in self.same[taken]:
                del self.short[letter]  # label of one option, text of another: `value_at` looks closer
            if numbered:
                self.short.setdefault(str(i + 1), (i, None))
            if keys[i]:
                for mark in (". ", ") ", ": ", " - ", ".", " "):
                    self.short.setdefault(f"{letter}{mark}{keys[i]}", (i, None))

    def whole(self, text: str, *, cue: bool = True) -> Answer | None:
        """The option that `text` is as a whole, with or (cue) without words like "the answer is" before it."""
        bare = bare_text(text)
        if not self.cased:
            return self.short.get(bare) or (self.short.get(without_cue(bare)) if cue else None)
        for low in (bare, without_cue(bare)) if cue else (bare,):
            kept = bare_text(text, fold=False)
            kept = kept[kept.lower().rfind(low) :][: len(low)] if low in self.cased else low
            if found := self.short.get(kept):
                return found
        return None

    def spelled(self, plain: str) -> str:
        """`plain` with notes as signs ("F sharp" becomes "F#"), where the options are notes or keys.

        And without the idioms ("that's right", "at once") whose words are an option.
        """
        for idiom in self.idioms:
            plain = idiom.sub(" ", plain)
        return _RELATED.sub(" another ", _SPOKEN_NOTE.sub(_note, plain)) if self.notes else plain

    @cached_property
    def text(self) -> re.Pattern[str]:
        """Any option's text, one group for each distinct one. Compiled only for responses that need it."""
        options = [self.plain[i] for i in self.groups]
        patterns = [_text_pattern(option) for option in options]
        if len(set(patterns)) < len(patterns):  # they differ in punctuation alone
            patterns = [re.escape(option) for option in options]
        flags = re.IGNORECASE
        if self.cased:
            flags = re.NOFLAG
            patterns = [
                pattern if bare_text(option) in self.cased else f"(?i:{pattern})"
                for option, pattern in zip(options, patterns, strict=True)
            ]
        edges = [_edges(option) for option in options]
        if len(set(edges)) == 1:  # nearly always; one pair of edges compiles five times faster than one for each option
            before, after = edges[0]
            inner = "|".join(f"({pattern})" for pattern in patterns)
            return re.compile(f"{before}(?:{inner}){after}", flags)
        each = (f"{before}({pattern}){after}" for pattern, (before, after) in zip(patterns, edges, strict=True))
        return re.compile("|".join(each) or r"(?!)", flags)


form_of = lru_cache(maxsize=65536)(Form)


_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_IDIOMS = {
    word: re.compile(idiom, re.IGNORECASE)
    for word, idiom in {
        "right": r"\b(?:that's|that\s+is|you're|you\s+are|all|quite)\s+right\b(?=\s*(?:$|[.,;!?]|that\b))"
        r"|\bright\s+(?:now|away|after|before|at|from|here|there)\b",
        "question": r"(?<=answer )to\s+(?:the|this)\s+question\b",
        "left": r"\bleft\s+with\b",
        "one": r"\b(?:first|second|third|last|other|this|that|which|no|any|every|each|same|best|right|correct)\s+one\b"
        r"|\bone\s+by\s+one\b|\bone\s+(?:of|another|could|can|would|might|may|must|should)\b",
        "no": r"\bno\s+(?:idea|clue|wonder|problem|worries|matter|(?:way|means)\s+(?:to|of)\b|audio\b(?=.{0,30}"
        r"(?:provided|attached|given)))",
        "once": r"\bat\s+once\b|\bonce\s+(?:again|more|upon)\b",
    }.items()
}
_POLAR = ("yes", "no", "true", "false")
# "E" is out of range where there are four options, and so is "J"; "S" is nobody's label.
_LETTERS_AT_LEAST = 10
_NOTE = re.compile(r"[A-G](?:[#b]|[ -]?(?:sharp|flat))?(?:[ -]?(?:major|minor|maj|min|m|\d)\b.*)?", re.IGNORECASE)
_SPOKEN_NOTE = re.compile(r"\b([A-G]|[b-g])[ -]?(?i:(sharp|flat))\b")
# A key or note to which the answer is only related: "the relative minor of C major", "a fifth above D".
_RELATED = re.compile(
    r"\b(?:(?:relative|parallel)(?:\s+(?:minor|major))?(?:\s+key)?\s+(?:of|to)"
    r"|(?:sub)?dominant\s+of|(?:second|third|fourth|fifth|sixth|seventh|octave|semitone|tone|step)s?"
    r"\s+(?:above|below|from))\s+(?:the\s+key\s+of\s+)?[A-G](?![a-z])(?:[#b]|)(?:[ -](?:major|minor))?\b(?!#)"
    r"|\b[A-G](?:[#b]|)[ -](?:major|minor)'s\s+(?:relative|parallel|(?:sub)?dominant)(?:[ -](?:major|minor))?\b",
)
_GAP, _NO_GAP = r"\W+", r"\W*"  # compile far faster than the characters that `_SPLIT` names
_SPLIT = re.compile(r"(?:(?!(?<![^\s(])-\d)[\s,;:'\"()\-!?])+")
_OWN_NUMBER = re.compile(r"\(?(\d{1,2})[.):]\s+")
_OWN_LABEL = re.compile(r"\(?([A-Z])[.):]\s+|\(([A-Z])\)\s*")


def _text_pattern(option: str) -> str:
    """A pattern for an option's text that forgives punctuation and spacing between its words."""
    pieces = [piece for piece in _SPLIT.split(option.rstrip(" .,;:!?'\"")) if piece]
    if not pieces:
        return re.escape(option)
    pattern = re.escape(pieces[0])
    for before, piece in pairwise(pieces):
        pattern += (_GAP if not _may_join(before, piece) else _NO_GAP) + re.escape(piece)
    return pattern


def _may_join(before: str, piece: str) -> bool:
    """Whether two words of an option are one to some who write them: "doorbell", "120bpm", but not "adog"."""
    if not piece.isalpha():
        return False
    return before[-1].isdigit() or (before.isalpha() and min(len(before), len(piece)) > 2)


def _edges(option: str) -> tuple[str, str]:
    """What must stand around an option: whole words and whole numbers, so no "3" in "3.5" and no "F" in "F#"."""
    core = option.strip(" .,;:!?'\"()") or option
    before = after = ""
    if _is_word(core[0]):
        before = r"\b" + (r"(?<!\d[.,/:])(?<![-−+])(?<!\s\.)(?<!^\.)" if core[0].isdigit() else "")
        if core.lower() in _COUNTS:
            before += r"(?<!ty[- ])"  # "twenty-one"
        if core[0].isdigit():
            before += r"(?<!\d or )"  # "3/4 or 6/8" is not 3/4
            before += r"(?<!over )(?<!above )(?<!below )(?<!under )"  # bounds, and what an octave lies above
            before += r"(?<!\d to )(?<!\d and )" if core[-1].isalpha() else ""  # "5 to 10 minutes" is not "10 minutes"
    if _is_word(core[-1]):
        after = r"\b(?!#|'n'|-(?:like|ish|esque|type|style|sounding)\b)"
        after += r"(?![.,/:-]\d|\s?%|\+(?!\s*\d))" if core[-1].isdigit() else ""
        after += r"(?!\s+or\s+\d)" if core[0].isdigit() else ""
        if core.lower() in _COUNTS:
            after += r"(?![- ](?:hundred|thousand|dozen|(?:and a )?(?:half|quarter))\b)"
    return before, after


def _note(spoken: re.Match[str]) -> str:
    return spoken[1].upper() + ("#" if spoken[2].lower() == "sharp" else "b")


def _is_word(character: str) -> bool:
    """Whether `character` belongs to a word that spaces set off: Chinese or Thai words are not."""
    return (character.isalnum() or character == "_") and not UNSPACED.match(character)


_EDGE_LEFT = " \t\r\n*_`\"'“”‘’$([{<"
_EDGE_RIGHT = " \t\r\n*_`\"'“”‘’$)]}>.!:,;"
_CUES = ("the answer is", "the correct answer is", "correct answer:", "final answer:", "answer:", "option", "answer is")


def bare_text(text: str, *, fold: bool = True) -> str:
    """`text` in lower case (unless not to be folded) without wrapping marks: what a short answer is looked up by."""
    bare = text.lstrip(_EDGE_LEFT).rstrip(_EDGE_RIGHT).replace("*", "")
    return bare.lower() if fold else bare


def without_cue(bare: str) -> str:
    """A bare response without the usual words before the answer."""
    if bare.startswith(_CUES):
        for cue in _CUES:
            if bare.startswith(cue) and not bare[len(cue) : len(cue) + 1].isalnum():
                return bare[len(cue) :].lstrip(_EDGE_LEFT + ":").rstrip(_EDGE_RIGHT)
    return bare


def index_of(match: re.Match[str], form: Form) -> int:
    return form.groups[(match.lastindex or 1) - 1]
