"""Where a response names an option: by letter, by text, by both, negated, or joined to another.

All functions take cleaned text (`response_text.plain_text`) and the options' `Form`.

    value_at("(B) Piano", 0, form)  # (1, None)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from akb.reading.option_form import Answer, Form, index_of


@dataclass(frozen=True, slots=True)
class Mention:
    """An option named between `start` and `end`; `negated` if it is ruled out, `letter` if by its letter."""

    start: int
    end: int
    index: int
    negated: bool
    letter: bool


# -- One answer at one place --------------------------------------------------------------------------------------

_MARKS = re.compile(r"[\s\"'(\[{:=,-]*")
_SKIP = re.compile(
    r"[\s\"'(\[{:=,-]*(?:(?:option|choice|letter|answer|number|definitely|certainly|unmistakably|obviously"
    r"|undoubtedly|surely|most\s+likely|likely|probably|clearly|indeed|"
    r"actually|simply|either|both|that|that's|it's|it\s+is|is|as\s+follows|opción|opzione|選択肢|选项)\b[\s\"'(\[{:=-]*)*",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_LABEL = re.compile(r"([A-Za-z])(?!\w|'\w|#|-\w|&)")
_AFTER_LABEL = re.compile(r"(?=(\s*))[\s).:\]}},;\"'-]*")
_CONNECTOR = re.compile(
    r"[\s\"')\]}]*(?:$|[^\w\s])|[ \t]*\n|\s+(?:because|since|as|is|are|was|were|and|or|but|for|due|given|based|which|"
    r"with|would|seems|looks|sounds|rather|instead|not|even|though|although|while|whereas|despite|if|when"
    r"|unless|here|too|also|again|then|so)\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"[\s\"')\]}]*(?:$|[^\w\s])|[ \t]*\n|\s+(?:because|since|as|and|or|but|rather|not|even|though|although"
    r"|while|whereas|despite)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"[\s\"')\]]*(?:,|/|&|;|,?\s*\b(?:and|or|und|oder|y|o|as\s+well\s+as|along\s+with"
    r"|together\s+with)\b)\s*(?:(?:also|maybe|possibly|perhaps)\s+)?[\"'(\[]*",
    re.IGNORECASE,
)
_LABEL_BEHIND = re.compile(r"[\s\"',]*[(\[]\s*(?:option\s+|choice\s+|letter\s+)?([A-Z])\s*[)\]]", re.IGNORECASE)
_NOT = re.compile(r"(?:not|neither|never|nor|isn't|none)\b", re.IGNORECASE)


def value_at(plain: str, at: int, form: Form, *, texts: bool = True, closed: bool = False) -> Answer | None:
    """The letter, the text or both that stand at `at`; None if there is neither.

    texts: a text without a letter counts. closed: such a text must end a clause ("Dog." but not
    "Dog sounds are absent").
    """
    marks, words = _MARKS.match(plain, at), _SKIP.match(plain, at)
    assert marks is not None and words is not None  # both can match nothing
    whole = form.text.match(plain, marks.end())
    at = whole.start() if whole and whole.end() > words.end() else words.end()  # an option may begin with "both"
    called = _CALLED.search(plain, max(0, at - 10), at)  # "option B": a letter, whatever the options' texts
    named = form.text.match(plain, at)
    start = at
    if named and named[0] == "a" and _ARTICLE.match(plain, at) and index_of(named, form) not in form.lower_letters:
        named = None  # "a B": no option "A"
    if not named and (article := _ARTICLE.match(plain, at)):
        start = article.end()
        named = form.text.match(plain, start)
    if _NOT.match(plain, at) and not named:
        return None
    label = _label_at(plain, at, form)
    if label is not None:
        index, end, described = label
        if named and named.end() - at > 1 and not described:
            label = None  # "A major" is an option's text
        elif named and not described and not called:  # an option's text is this very letter
            text_index = index_of(named, form)
            if index >= form.n or text_index in form.lower_letters:
                by_text = index >= form.n or plain[at].islower()
                return _and_more(plain, end, text_index if by_text else index, form)
            behind = _LABEL_BEHIND.match(plain, named.end())
            if behind and form.letters.find(behind[1].upper()) in form.same[text_index]:
                return text_index, None
            if index in form.same[text_index]:
                return _and_more(plain, end, index, form)
            if _as_a_note(plain, at, form):
                return _and_more(plain, end, text_index, form)
            return None, "ambiguous_letter"
        elif index >= form.n:
            return None, "letter_out_of_range"
        elif described and index not in form.same[described[0]]:
            if plain[at] in "AaIi" and plain[at + 1 : at + 2].isspace():
                return (_and_more(plain, described[1], described[0], form)) if texts else None
            return None, "letter_text_conflict"
        else:
            return _and_more(plain, described[1] if described else end, index, form)
    if not named or not texts or (closed and not _CLAUSE_ENDS.match(plain, named.end())):
        return None
    index = index_of(named, form)
    behind = _LABEL_BEHIND.match(plain, named.end())
    if behind:
        letter = form.letters.find(behind[1].upper())
        if letter not in form.same[index]:
            return None, "letter_text_conflict"
        return letter, None
    if NEGATED_AFTER.match(plain, named.end()):
        return None
    return _and_more(plain, named.end(), index, form)


def _label_at(plain: str, at: int, form: Form) -> tuple[int, int, tuple[int, int] | None] | None:
    """(option index, end of the letter, (index, end) of the option text behind it) of a letter at `at`."""
    match = _LABEL.match(plain, at)
    if not match:
        return None
    letter = match[1]
    index = form.letters.find(letter.upper())
    if index < 0:
        return None
    end = match.end()
    gap = _AFTER_LABEL.match(plain, end)
    assert gap is not None
    behind = gap.end()
    article = _ARTICLE.match(plain, behind)
    named = form.text.match(plain, behind) or (form.text.match(plain, article.end()) if article else None)
    spaced = gap.end() == gap.end(1) and "\n" not in gap[1] and gap[1] != ""  # only blanks behind the letter
    described = (index_of(named, form), named.end()) if named else None
    if described and plain[end : end + 1] in ",;" and described[0] not in form.same[min(index, form.n - 1)]:
        described = None  # "B, dog sounds are absent": no description of B
    if NEGATED_AFTER.match(plain, described[1] if described else end) or (not described and _DENIED.match(plain, end)):
        return None
    if spaced and not described and not _CONNECTOR.match(plain, end):
        return None  # "A low hum", "C major"
    if letter in "aIi" and spaced and not (described and described[0] == index):
        return None  # an article, a pronoun
    if letter == "A" and spaced and _LIKE_NOUN.match(plain, end) is None and not described:
        return None
    if letter.islower() and described is None and re.match(r"\s+\w", plain[end : end + 2]):
        return None
    return index, end, described


_NOTED = re.compile(
    r"\b(?:note|pitch|tone|tonic|root)\s+(?:(?:is|was|of|in|name)\s+)*(?:(?:most\s+)?likely\s+|probably\s+)?[\"'(]*$",
    re.IGNORECASE,
)


_DESCRIBED = re.compile(r"[A-Za-z][).:\]]+\s*[A-G]\b")  # "B. A": a label and its text


def _as_a_note(plain: str, at: int, form: Form) -> bool:
    """Whether the words before a letter say that it is a note's name, and no label: "the pitch is D"."""
    return form.notes and bool(_NOTED.search(plain, max(0, at - 40), at)) and not _DESCRIBED.match(plain, at)


_LIKE_NOUN = re.compile(
    r"\s*(?:$|[\n(/&-])|\s+(?:because|since|as|is|are|was|and|or|but|seems|rather|not)\b", re.IGNORECASE
)


def _and_more(plain: str, end: int, index: int, form: Form) -> Answer:
    """`index`, unless another answer is joined to it ("B or C", "dog and cat")."""
    more = _MORE.match(plain, end)
    if more:
        named = form.text.match(plain, more.end())
        if not named and (article := _ARTICLE.match(plain, more.end())):
            named = form.text.match(plain, article.end())
        label = _label_at(plain, more.end(), form)
        comma = more[0].strip(" \"')]") in (",", ";")
        other: int | None = None
        if label is not None and label[0] < form.n and (not comma or _ENDS.match(plain, label[1])):
            other = label[0]
        elif named and (not comma or _ENDS.match(plain, named.end())):
            other = index_of(named, form)
        if other is not None and other not in form.same[index]:
            return None, "two_answers"
    return index, None


_ENDS = re.compile(r"[\s\"')\]]*(?:$|[.,;\n]|\b(?:and|or)\b)")

# -- Mentions anywhere ------------------------------------------------------------------------------------------

_LOOSE_LABEL = re.compile(
    r"(?<!\w)(?:[(\[]([A-Za-z])[)\]]|(?:options?|choices?|letter|answer)\s+\(?([A-Z])(?!\w|'|\s+(?!and|or|is"
    r"|was|but)[a-z])"
    r"|(?<=but )([A-Z])(?=[\s.,;:)!?]|$)|(?<=not )([A-Z])(?=[\s.,;:)!?]|$)|(?<=n't )([A-Z])(?=[\s.,;:)!?]|$)"
    r"|(?<=is )([A-Z])(?=[.,;:)!?]|$)|(?<=be )([A-Z])(?=[.,;:)!?]|$)|(?<=nor )([A-Z])(?=[\s.,;:)!?]|$)"
    r"|(?<=or )([A-Z])(?=[\s.,;:)!?]|$)|(?<=and )([A-Z])(?=[.,;:)!?]|$)|(?<=either )([A-Z])(?=\s)"
    r"|(?<=[A-Z], )([A-Z])(?=\s*(?:,|or\b|and\b|nor\b))|^([A-Z])(?=,\s*\(?[A-Z]\b)"
    r"|(?<=between )([A-Z])(?=\s+and\b)|(?<=both )([A-Z])(?=\s+and\b)|(?<=makes )([A-Z])(?=\s+the\b)"
    r"|(?<=unlike )([A-Z])(?=[\s.,;:)!?]|$)|^([A-Z])(?=[.):])"
    r"|([A-Z])(?=\s+(?:is|was|seems|fits|and\s+[A-Z]\s+are|it\s+is)\b)|([A-Z])(?=:\s+(?:yes|correct|true)\b))",
    re.MULTILINE,
)
_DENIAL = (
    r"(?:\b(?:not|cannot|never|(?<!no )(?<!without )(?<!without a )doubt|doubtful|doubts"
    r"|no\s+way|anything\s+but|nothing"
    r"|no\s+(?:sign|evidence|hint|trace|indication)s?|hardly|scarcely|barely|unlikely|far\s+from"
    r"|(?:mistake|error|wrong|incorrect|inaccurate|misleading)\s+to)|n't)"
)
_BETWEEN = (
    r"(?:be|to|is|was|it|it's|its|that|this|if|whether|the|an?|option|choice|answer|letter|correct|right|best"
    r"|likely|really|actually|possibly|ever|even|quite|necessarily|simply|from|suggests?|indicates?|points?"
    r"|think|believe|say|claim|sound|like|would|could|can|go|with|choose|pick|select|for)"
)
_DENIED_BEFORE = re.compile(_DENIAL + r"\s+(?:" + _BETWEEN + r"\s+)*$", re.IGNORECASE)
_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:not|unlike|neither|nor|never|without|excluding|exclude[sd]?|eliminat(?:e[sd]?|ing)|except"
    r"|rather\s+than|instead\s+of|"
    r"(?:more|less|fewer|(?!other|rather)\w+er)\s+than|"
    r"no(?=[ \t])|cannot|rules?\s+out|ruled\s+out|ruling\s+out|different\s+from|opposed\s+to|against)|n't)"
    r"\s+(?:(?:be|to|is|an?|the|option|choice|answer|letter|of|any|really|actually|sound|like)\s+)*[\s\"'(\[]*$"
    r"|" + _DENIAL + r"\s+(?:" + _BETWEEN + r"\s+)*[\s\"'(\[]*$"
    r"|\b(?:non|un|semi|anti|pseudo|quasi)-$",  # "non-human"
    re.IGNORECASE,
)
NEGATED_AFTER = re.compile(
    r"[\s\"')\].]*\s*(?:(?:is|are|was|does|do|did|can|could|would|seems?|has|have)\s*(?:not\b|n't)|can't\b|cannot\b"
    r"|(?:is|are|was|seems?|looks?|would\s+be|can\s+be|could\s+be|sounds?)\s+(?:clearly\s+|also\s+"
    r"|definitely\s+|probably\s+)?"
    r"(?:incorrect|wrong|false|(?:a\s+)?mistake|(?:an\s+)?error|mistaken|inaccurate|misleading|unlikely"
    r"|ruled\s+out|eliminated|excluded|impossible|implausible|irrelevant|out\b"
    r"|less\s+likely))",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:option|choice|letter)\s+\W?$", re.IGNORECASE)
# "A: no", "Dog - false", `"B": "no"`
_DENIED = re.compile(r"[\s)\"']*[:=-]\s*[\"'(]*(?:no|not|wrong|incorrect|false)\b", re.IGNORECASE)
_KEY = re.compile(r"(?<!answer )\bkey\s+(?:is|was|of)\s+[\"'(]*$", re.IGNORECASE)
_OWN_LABEL = re.compile(r"[(\[]?\b[A-Z](?:[).:\]]+\s*|\s+)$")  # "not (B) Cat": what stands before the text
_REACH = 64  # how many characters before a mention may negate it


def mentions(plain: str, form: Form, start: int = 0, stop: int | None = None) -> list[Mention]:
    """Options named between `start` and `stop`, by text or by an unmistakable letter, in their order."""
    found = sorted(_single_mentions(plain, form, start, len(plain) if stop is None else stop), key=lambda m: m.start)
    if len(found) > 1 and any(mention.negated for mention in found):
        _spread(plain, found)
    return found


def linked(plain: str, first: Mention, second: Mention) -> bool:
    """Whether two mentions stand in one list: "A, B or C"."""
    return bool(_LINK.fullmatch(plain, first.end, second.start))


_LINK = re.compile(
    r"[\s\"')\].:]*(?:,|/|&|,?\s*\b(?:and|or|nor)\b)\s*(?:an?\s+|the\s+)?[\s\"'(\[]*(?:[A-Z][).:\]]+\s*)?",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)


def _spread(plain: str, found: list[Mention]) -> None:
    """Rule out whole lists: "not A, B or C" and "A, B and C are wrong" negate all three. Changes `found`."""
    runs: list[list[int]] = [[0]]
    for index in range(1, len(found)):
        if linked(plain, found[index - 1], found[index]):
            runs[-1].append(index)
        else:
            runs.append([index])
    for run in runs:
        first, last = found[run[0]], found[run[-1]]
        listed = len(run) > 1 and _OR.search(plain, first.end, last.start)
        if len(run) > 1 and (NEGATED_AFTER.match(plain, last.end) or (first.negated and listed)):
            for index in run:
                found[index] = replace(found[index], negated=True)


def _single_mentions(plain: str, form: Form, start: int, stop: int) -> Iterator[Mention]:
    spans: list[tuple[int, int]] = []
    for match in form.text.finditer(plain, start, stop):
        one_letter = match.end() - match.start() == 1 and match[0].isalpha()
        if one_letter and _CALLED.search(plain, max(0, match.start() - 10), match.start()):
            continue  # "option C" is a letter
        if one_letter and not match[0].isupper():
            continue  # an option "A" is not the article
        spans.append(match.span())
        if one_letter and not form.short.get(match[0].lower()) and not _as_a_note(plain, match.start(), form):
            continue  # the text of one option and the label of another
        yield Mention(*match.span(), index_of(match, form), ruled_out(plain, *match.span()), False)
    for match in _LOOSE_LABEL.finditer(plain, start, stop):
        group = match.lastindex or 1
        index = form.letters.find(match[group].upper())
        at, end = match.span(group)
        if form.notes and _KEY.search(plain, max(0, at - 20), at):
            continue  # "The key is A": A minor or option A
        if 0 <= index < form.n and not any(s <= at < e for s, e in spans):
            denied = ruled_out(plain, at, end) or bool(_DENIED.match(plain, end))
            yield Mention(at, match.end(), index, denied, True)


def denied_before(plain: str, at: int) -> bool:
    """Whether what stands at `at` is denied by the words before it: "I don't think that …"."""
    return bool(_DENIED_BEFORE.search(plain[max(0, at - _REACH) : at]))


def ruled_out(plain: str, start: int, end: int) -> bool:
    """Whether what stands between `start` and `end` is ruled out by the words around it: "not A", "A is wrong"."""
    before = _OWN_LABEL.sub("", plain[max(0, start - _REACH) : start])
    return bool(_NEGATED_BEFORE.search(before) or NEGATED_AFTER.match(plain, end))
