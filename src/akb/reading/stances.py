"""What a response says of each option that it names: stated, only named, weighed, another's word, or denied.

A response is cut into clauses, with every option that it names, or list of options, as one sign, so that one
grammar holds for letters and texts. Each clause takes a stance towards the options in it; what is stated last after
an answer was taken back counts. What the words do not decide stays undecided: a wrong reading is worse than none.

    judged("A fails on every count; only B fits.", form).index  # 1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from akb.reading.option_form import Form
from akb.reading.option_places import denied_before, ruled_out
from akb.reading.option_signs import FIRST, is_sign, option_spans, signed
from akb.reading.stance_words import (
    AGREED,
    ALSO,
    BACK,
    BACK_SIGNS,
    BETTER,
    BREAK,
    BUT,
    CONCEDED,
    CONTEST_SIGNS,
    DENIED,
    DENYING,
    EQUAL,
    FAVOUR,
    FOUND,
    FROM_TO,
    GROUNDS,
    MARK,
    MEANS,
    MORE,
    NO,
    NOTHING_BUT,
    OPENING,
    OTHERS,
    OTHERS_AFTER,
    OWN,
    PERHAPS,
    QUOTED,
    RANKED,
    REFINES,
    RELATIVE,
    RIGHT,
    RULED,
    SENTENCE,
    STATED,
    SURE,
    SURELY,
    TELLING_SIGNS,
    THAN,
    THOUGH_I,
    TINGE,
    TRUE,
    UNTRUE,
    WEIGHED,
    WOULD,
    YET,
)

Stance = Literal["stated", "named", "weighed", "conceded", "denied"]


@dataclass(frozen=True)
class Judgement:
    """index: the one option that is chosen, None for none. firm: it is stated, and nothing else is.

    named: the options that are named at all. denied: those that are denied, and nowhere stated.
    """

    index: int | None
    firm: bool
    named: frozenset[int]
    denied: frozenset[int]


_RANKS: tuple[Stance, ...] = ("stated", "named", "weighed")


def contested(plain: str, form: Form, index: int) -> bool:
    """Whether `judged` may say anything else than `index`: it may not where all others are plainly ruled out."""
    low = plain.lower()
    signs = any(sign in low for sign in CONTEST_SIGNS)
    others = False
    for start, end, option in option_spans(plain, form):
        if option in form.same[index]:
            if signs and denied_before(plain, start):
                return True
        elif ruled_out(plain, start, end):
            others = True
        else:
            return True
    return signs and not (others and _LEADS.match(plain))


_LEADS = re.compile(r"\W*[A-Z]\b[).,]")  # "B, because it is not …"


def judged(plain: str, form: Form) -> Judgement:
    """What the response says of its options, all in all."""
    text, groups = signed(plain, form)
    text = text.lower()
    turns = any(sign in text for sign in BACK_SIGNS)
    tellers = any(sign in text for sign in TELLING_SIGNS)
    said: list[tuple[Stance, frozenset[int]]] = []
    seen: set[int] = set()
    quoted = [
        quote.span()
        for quote in (QUOTED.finditer(text) if '"' in text else ())
        if len(quote[0].split()) > 1 and len(quote[0]) < len(text.strip()) - 2
    ]
    granting = False  # whether the sentence began with "True, …"
    others = False  # whether the sentence reports what somebody else says
    for start, clause, end in _clauses(text):
        if not text[:start].strip() or SENTENCE.search(text, max(0, start - 4), start) or BUT.match(clause):
            others = granting = False
        back = BACK.search(clause) if turns else None
        names_one = any(is_sign(character) for character in clause)
        if said and not names_one and UNTRUE.match(clause):
            said[-1] = ("denied" if said[-1][0] != "stated" else "conceded", said[-1][1])
        elif (
            said
            and not names_one
            and said[-1][0] != "denied"
            and (SURELY.fullmatch(clause) or AGREED.fullmatch(clause))
        ):
            said[-1] = ("stated", said[-1][1])
        elif said and not ALSO.search(clause) and (back or (names_one and REFINES.match(clause.strip(" more,")))):
            said = [
                ("conceded" if stance in ("stated", "named", "weighed") else stance, options)
                for stance, options in said
            ]
        own = BACK.sub(_without_back, clause) if back else clause
        relative = bool(said) and bool(RELATIVE.match(own))
        for at, stance, options in _stances(text, start, own, end, groups, others, tellers):
            if stance == "stated" and len(options) > 1:
                stance = "weighed"  # "A or B", "both A and B": of these another word may choose
            elif stance == "stated" and GROUNDS.match(own):
                stance = "named"
            elif relative and stance != "denied":
                stance = "conceded"
            if stance != "denied" and any(first < start + at < last for first, last in quoted):
                stance = "conceded"
            if ALSO.search(own) and stance in ("stated", "named", "weighed"):  # as much as what was said before
                otherwise: Stance = "conceded" if said and EQUAL.search(own) else stance
                stance = next((rank for rank in _RANKS if any(rank == one for one, _ in said)), otherwise)
            said.append(("conceded" if granting and stance != "denied" else stance, options))
            seen |= options
        granting = granting or bool(TRUE.fullmatch(clause))
        if tellers and (told := _told(clause)):
            others = not any(is_sign(character) for character in clause[told.end() :])
    return _in_all(said, seen)


def _without_back(found: re.Match[str]) -> str:
    """What takes something back, blank; but of "I was wrong to say A" the denial stays."""
    if "wrong" in found[0] or "mistaken" in found[0]:
        return found[0]
    return "".join(character if is_sign(character) else " " for character in found[0])


def _in_all(said: list[tuple[Stance, frozenset[int]]], seen: set[int]) -> Judgement:
    by: dict[Stance, set[int]] = {"stated": set(), "named": set(), "weighed": set(), "conceded": set(), "denied": set()}
    for stance, options in said:
        by[stance] |= options
    denied = frozenset(by["denied"] - by["stated"])
    for stance in _RANKS:
        left = by[stance] - denied
        if len(left) == 1:
            (index,) = left
            rest = seen - left - denied  # of which something else is said
            if stance == "weighed" and rest:
                break
            firm = stance == "stated" or (stance == "named" and rest <= by["conceded"])
            return Judgement(index, firm, frozenset(seen), denied)
        if left:
            break
    return Judgement(None, False, frozenset(seen), denied)


def _stances(
    text: str, start: int, clause: str, end: str, groups: list[frozenset[int]], others: bool, tellers: bool
) -> Iterator[tuple[int, Stance, frozenset[int]]]:
    """(where in the clause, what is said, of which options)."""
    signs = [(at, groups[ord(sign) - FIRST]) for at, sign in enumerate(clause) if is_sign(sign)]
    if not signs:
        return
    won: dict[str, Stance] = {}
    for than in THAN.finditer(clause):
        one, _, less, other, preferred, over, fewer, most, _, that = than.groups()
        if fewer:
            won[fewer], won[most] = "denied", "stated"
        elif one:
            won[one], won[other] = ("denied", "stated") if less else ("stated", "denied")
        elif preferred:
            won[preferred], won[over] = "stated", "denied"
        else:
            won[that] = "denied"
    for turned in FROM_TO.finditer(clause):
        won[turned[1]], won[turned[2]] = "conceded", "stated"
    for ranked in RANKED.finditer(clause):
        won.setdefault(ranked[1], "stated")
        won[ranked[2]] = "denied"
    opens = not text[:start].strip() or bool(SENTENCE.search(text, max(0, start - 4), start))
    previous = 0
    for place, (at, options) in enumerate(signs):
        before = clause[previous:at]
        after = clause[at + 1 : signs[place + 1][0] if place + 1 < len(signs) else len(clause)]
        meant = (place + 1 < len(signs) and signs[place + 1][1] == options and MEANS.fullmatch(after)) or (
            place > 0 and signs[place - 1][1] == options and MEANS.fullmatch(before)
        )
        stance: Stance | None = "named" if meant else won.get(clause[at])
        if place + 1 < len(signs):
            after += clause[signs[place + 1][0]]  # "A is B": nothing ends behind "is"
        yield at, stance or _stance(before, after, opens, end.startswith("?"), others, tellers), options
        previous = at + 1


def _told(words: str) -> re.Match[str] | None:
    """Where the words say last that somebody else says something, unless they then say what the model itself says."""
    found = list(OTHERS.finditer(words))
    return found[-1] if found and not OWN.search(words, max(0, found[-1].start() - 3)) else None


def _stance(before: str, after: str, opens: bool, asked: bool, others: bool, tellers: bool) -> Stance:
    but = NOTHING_BUT.search(before)
    if but and but[1].startswith("any"):
        return "stated" if re.search(NO, before[: but.start()]) else "denied"
    if but and after.strip():
        return "stated"
    if (favour := FAVOUR.search(before)) and not re.search(NO, before[: favour.start()]):
        return "stated"
    plainly = YET.sub(" ", before)
    if re.search(NO, plainly) or DENYING.search(plainly) or (DENIED.match(after) and not YET.search(after)):
        return "denied"
    if RULED.match(after) and "rul" in before.lower():
        return "denied"
    if mark := MARK.search(after):
        return "stated" if mark[0] in "✓✔✅☑" else "denied"
    if others or asked or (tellers and (_told(before) or OTHERS_AFTER.match(after))):
        return "weighed" if asked and not others and PERHAPS.fullmatch(before) else "conceded"
    if (opens and OPENING.match(before)) or WOULD.match(after) or TINGE.match(after):
        return "conceded"
    if BETTER.match(after) or (FOUND.search(before) and MORE.match(after)) or RIGHT.match(after):
        return "stated"
    hedged = SURE.sub(" ", (before if opens else THOUGH_I.sub(" ", before)) + " _ " + after)
    if CONCEDED.search(hedged):
        return "conceded"
    if WEIGHED.search(hedged):
        return "weighed"
    if plainly != before and not re.search(r"doubt|question|only|wonder|matter|elimination", before):
        return "conceded"
    return "stated" if STATED.search(before) and (before.strip() or not re.match(r"\s+\w", after)) else "named"


def _clauses(text: str) -> Iterator[tuple[int, str, str]]:
    """(where it starts, a clause, the sign that ends it)."""
    at = 0
    for end in BREAK.finditer(text):
        if text[at : end.start()].strip():
            yield at, text[at : end.start()], end[0]
            at = end.end()
        elif end[0]:
            at = end.end()
    if text[at:].strip():
        yield at, text[at:], ""
