"""A response with every option that it names, by letter, text or both, as one sign, and lists of options as one too.

So one grammar holds for letters and texts (`stances`), and the period of "B. Drum" ends no sentence.

    signed("(B) Cat or a dog.", form)  # ("\ue002.", [{1}, {0}, {0, 1}])
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from akb.reading.option_form import Form, index_of

FIRST = 0xE000  # private use; what a response may hold of it is made a space
M = "[\ue000-\uf8ff]"  # any sign, in a pattern
_PREDICATE = (
    r"(?:is|are|was|were|isn't|wasn't|and|or|nor|but|yet|to|over|than|versus|vs|because|since|as|while|whereas|although"
    r"|though|rather|instead|seems?|looks?|sounds?|appears?|fits?|match(?:es)?|fails?|wins?|works?|remains?|makes?|may"
    r"|might|must|can|cannot|can't|could|couldn't|would|wouldn't|should|will|won't|does|doesn't|has|had|hasn't|lacks?"
    r"|contradicts?|conflicts?|comes|goes|stays|stands|it\s+is|out|too|also|with|wrongly|here|then|so|not|if|for"
    r"|from|on"
    r"|against|above|below|ahead|after|beats|first|before|earlier|instead|best|better|being|that's|nevertheless"
    r"|nonetheless|though|however|all\s+the\s+same)\b"
)
_LETTER = re.compile(r"(?<![\w#'&-])(?<!N/)(?<!n/)(?:\(([A-Za-z])\)|\[([A-Z])\]|([A-Z])(?![\w#'&]|-\w))")
_BEHIND = re.compile(r"[).:\]]*[ \t]*[(\"']?")
_NO_LABEL = re.compile(r"\s+(?:major|minor|sharp|flat|natural|notes?|scales?|chords?|strings?|keys?)\b", re.IGNORECASE)
_ARTICLE_A = re.compile(rf"[ \t]+(?!{_PREDICATE})(?:[a-z]|[A-Z]\w)")
_NO_PRONOUN = re.compile(r"\s*(?:$|[.,;:)!?\n])|\s+(?:is|fits|seems|and\s+[A-Z]\b|or\s+[A-Z]\b)")
_STEP = re.compile(r"\b(?:step|question|part|clip|audio|figure|example|problem)\s*$", re.IGNORECASE)
_NUMBERED = re.compile(r"^[ \t]*\d+[.)]\s", re.MULTILINE)
_ORDINAL = re.compile(r"[.)]\s+\w|:\s")
_VERB = re.compile(r"[ \t]+[a-z]{3,}[^s\W]s\s+\w")  # "A explains it", where other letters are options
_CALLED = re.compile(r"\b(?:option|choice|letter)\s+$", re.IGNORECASE)


_Span = tuple[int, int, int]


def option_spans(plain: str, form: Form) -> Iterator[_Span]:
    """(start, end, option index) of each place that names an option, in order, none within another."""
    texts, single = _texts(plain, form)
    letters = {letter[3] for letter in _LETTER.finditer(plain)} - {None, "A", "I"}
    for letter in _LETTER.finditer(plain):
        sign = letter[1] or letter[2] or letter[3]
        index = form.letters.find(sign.upper())
        if not 0 <= index < form.n or any(start <= letter.start() < end for start, end, _ in texts):
            continue
        behind = _BEHIND.match(plain, letter.end())
        reach = behind.end() if behind else letter.end()
        described = next(
            (
                text
                for text in (*texts, *single)
                if reach <= text[0] <= reach + 4
                and not plain[reach : text[0]].strip(" athenAT")
                and text[2] in form.same[index]
            ),
            None,
        )
        if described:
            texts = [text for text in texts if text != described]
            single = [text for text in single if text != described]
            texts.append((letter.start(), described[1], index))
        elif not form.notes and _is_label(plain, letter, sign, bool(letters), form):
            texts.append((letter.start(), letter.end(), index))
    at = 0
    for start, end, index in sorted(texts):
        if start >= at:
            yield start, end, index
            at = end


def _texts(plain: str, form: Form) -> tuple[list[_Span], list[_Span]]:
    """(where options' texts are, where those of one letter may be: each may be the label of another option too)."""
    texts: list[_Span] = []
    single: list[_Span] = []
    numbered = "\n" in plain and len(_NUMBERED.findall(plain)) > 1
    for match in form.text.finditer(plain):
        start, end = match.span()
        if match[0].isdigit() and _ORDINAL.match(plain, end):  # "Step 1:", "2. What is …"
            line = plain[plain.rfind("\n", 0, start) + 1 : start]
            if _STEP.search(line) or (not line.strip() and numbered):
                continue
        kind = single if end - start == 1 and match[0].isalpha() else texts
        kind.append((start, end, index_of(match, form)))
    return texts, single


def _is_label(plain: str, letter: re.Match[str], sign: str, others: bool, form: Form) -> bool:
    """Whether a letter without a text behind it is a label. others: whether other letters stand bare in the text."""
    if letter[3] is None:
        return not (sign.islower() and sign.upper() in form.plain)
    if _NO_LABEL.match(plain, letter.end()):
        return False
    if sign not in "AI" or _CALLED.search(plain, max(0, letter.start() - 10), letter.start()):
        return True
    if sign == "I":
        return bool(_NO_PRONOUN.match(plain, letter.end()))
    return not _ARTICLE_A.match(plain, letter.end()) or (others and bool(_VERB.match(plain, letter.end())))


_WRAPPED = re.compile(
    rf"(?:\b(?:the|an?|options?|choices?|letters?"
    rf"|number)\s+)*([\"'(\[{{]+\s*)?({M})(?(1)[\"')\]}}]*)(?:\s*[(\[]\s*({M})\s*[)\]])?",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"{M}(?:\s*/\s*{M}){{2,}}|{M}(?:\s*,\s*{M})*\s*,?\s*(?:\band\b|\bor\b|\bnor\b|\bas\s+well\s+as\b|/|&)\s*(?:else\s+)?{M}"
    rf"|(?:(?<=tell )|(?<=distinguish )|(?<=separate )){M}\s+from\s+{M}|(?:(?<=: )"
    rf"|(?<=not )|(?<=out )){M}(?:\s*,\s*{M})+(?=\s*(?:[.;\n)]|$))|{M}(?:\s*,\s*{M})+(?=\s*,?\s*(?:and|or|nor)\b)"
)


def is_sign(character: str) -> bool:
    """Whether a character of a signed text stands for options."""
    return "\ue000" <= character <= "\uf8ff"


def signed(plain: str, form: Form) -> tuple[str, list[frozenset[int]]]:
    """(the text with a sign for each option or list of options, the options of each sign)."""
    pieces: list[str] = []
    groups: list[frozenset[int]] = []
    at = 0
    plain = re.sub(M, " ", plain)
    for start, end, index in option_spans(plain, form):
        if len(groups) > _SIGNS_AT_MOST:
            break
        pieces += [plain[at:start], chr(FIRST + len(groups))]
        groups.append(frozenset((index,)))
        at = end
    text = "".join(pieces) + plain[at:]

    def one(found: re.Match[str]) -> str:
        if found[3]:
            first, second = ord(found[2]) - FIRST, ord(found[3]) - FIRST
            groups[first] = groups[first] | groups[second]
        return found[2]

    def echoed(found: re.Match[str]) -> str:
        options = frozenset().union(*(groups[ord(sign) - FIRST] for sign in re.findall(M, found[0])))
        return " " if len(options) > 2 else found[0]

    def listed(found: re.Match[str]) -> str:
        signs = [ord(sign) - FIRST for sign in found[0] if is_sign(sign)]
        groups.append(frozenset().union(*(groups[sign] for sign in signs)))
        return chr(FIRST + len(groups) - 1)

    text = _ECHO.sub(echoed, _WRAPPED.sub(one, _TAG.sub(".", text)))
    return _LIST.sub(listed, text), groups


_ECHO = re.compile(rf"{M}(?:[\s.;|]+{M}){{2,}}")  # the options, repeated
_TAG = re.compile(  # ", isn't it?", ", actually."
    r",\s*(?:(?:is|was|does|did|has|would)n't|right|correct|no|yes)(?:\s+(?:it|that|he|she|they))?\s*\?"
    r"|,\s*(?:actually|i\s+(?:think|guess|believe|suppose))\s*(?:[.!]|$)",
    re.IGNORECASE,
)
_SIGNS_AT_MOST = 60  # a response that names more is looping
