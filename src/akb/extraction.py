"""Which option did a free-text response choose? An index, or a named reason why none can be read.

Rules, in the order in which they are tried; the first that finds an answer decides, and two
different answers at one level are `two_answers`, never a guess:

1. the whole response is a letter, an option's text, or both ("B", "(b)", "**B.** Piano");
2. a structured answer: `<answer>`, JSON, `\\boxed{}`;
3. "Final answer: …";
4. a stated answer ("The answer is …", "… is correct", "I choose …") or a letter that leads the
   response ("B, because unlike A …");
5. a weaker statement ("It is …") or an option's text that leads the response;
6. exactly one option mentioned anywhere, negated mentions ("not A") left out.

Longer options win over those they contain ("Electric piano" over "Piano"). "A" and "I" followed by a
word are an article and a pronoun. Thinking blocks are cut first.

    extract("The answer is (B) Piano.", ("Drum", "Piano"))  # (1, None)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from akb.response_text import UNSPACED, answer_tag, plain_text, split_thinking, structured

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

LETTERS = "ABCDEFGHIJ"


def extract(text: str, options: Sequence[str], *, letters: str = LETTERS) -> Answer:
    """Read the chosen option out of `text`.

    options: the texts in the order in which they were shown; `letters[i]` labelled option i.
    Returns (index in shown order, None) or (None, reason). Of identical options the first is
    returned, unless a letter names another.
    """
    form = _form(options if type(options) is tuple else tuple(options), letters)
    bare = _bare(text)
    found = form.short.get(bare) or form.short.get(_uncue(bare))
    return found or _read(text, form)


# -- What is known of one option tuple ----------------------------------------------------------------


class _Form:
    """Everything that depends on the options alone, built once per option tuple.

    short: bare whole responses → answers. same: per option, the indices with the same text.
    lower_letters: options whose text is one lower-case letter, which no label looks like.
    """

    def __init__(self, options: tuple[str, ...], letters: str) -> None:
        plain = [plain_text(option).strip() for option in options]
        if len(plain) > 1 and all(
            (match := _OWN_LABEL.match(option)) and match[1] == letters[i : i + 1] for i, option in enumerate(plain)
        ):
            plain = [_OWN_LABEL.sub("", option) for option in plain]  # options that carry their own "(A) "
        self.n, self.letters, self.plain = len(plain), letters, plain
        keys = [_bare(option) for option in plain]
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
                del self.short[letter]  # label of one option, text of another: `_value_at` looks closer
            if keys[i]:
                for mark in (". ", ") ", ": ", " - ", ".", " "):
                    self.short.setdefault(f"{letter}{mark}{keys[i]}", (i, None))

    @cached_property
    def text(self) -> re.Pattern[str]:
        """Any option's text, one group for each distinct one. Compiled only for responses that need it."""
        options = [self.plain[i] for i in self.groups]
        patterns = [_text_pattern(option) for option in options]
        if len(set(patterns)) < len(patterns):  # they differ in punctuation alone
            patterns = [re.escape(option) for option in options]
        edges = [_edges(option) for option in options]
        if len(set(edges)) == 1:  # nearly always; one pair of edges compiles five times faster than one for each option
            before, after = edges[0]
            inner = "|".join(f"({pattern})" for pattern in patterns)
            return re.compile(f"{before}(?:{inner}){after}", re.IGNORECASE)
        each = (f"{before}({pattern}){after}" for pattern, (before, after) in zip(patterns, edges, strict=True))
        return re.compile("|".join(each) or r"(?!)", re.IGNORECASE)


_form = lru_cache(maxsize=65536)(_Form)


_GAP = r"\W+"  # compiles far faster than the characters that `_SPLIT` names
_SPLIT = re.compile(r"(?:(?!(?<![^\s(])-\d)[\s,;:'\"()\-!?])+")
_OWN_LABEL = re.compile(r"\(?([A-Z])[.):]\s+|\(([A-Z])\)\s*")


def _text_pattern(option: str) -> str:
    """A pattern for an option's text that forgives punctuation and spacing between its words."""
    pieces = [piece for piece in _SPLIT.split(option.rstrip(" .,;:!?'\"")) if piece]
    return _GAP.join(map(re.escape, pieces)) if pieces else re.escape(option)


def _edges(option: str) -> tuple[str, str]:
    """What must stand around an option: whole words and whole numbers, so no "3" in "3.5" and no "F" in "F#"."""
    core = option.strip(" .,;:!?'\"()") or option
    before = after = ""
    if _is_word(core[0]):
        before = r"\b" + (r"(?<!\d[.,/:])(?<![-−+])" if core[0].isdigit() else "")
    if _is_word(core[-1]):
        after = r"\b(?!#)" + (r"(?![.,/:]\d|\s?%)" if core[-1].isdigit() else "")
    return before, after


def _is_word(character: str) -> bool:
    """Whether `character` belongs to a word that spaces set off: Chinese or Thai words are not."""
    return (character.isalnum() or character == "_") and not UNSPACED.match(character)


# -- Short answers -----------------------------------------------------------------------------------------

_EDGE_LEFT = " \t\r\n*_`\"'“”‘’$([{<"
_EDGE_RIGHT = " \t\r\n*_`\"'“”‘’$)]}>.!:,;"
_CUES = ("the answer is", "the correct answer is", "correct answer:", "final answer:", "answer:", "option", "answer is")


def _bare(text: str) -> str:
    """`text` in lower case without wrapping marks: what a short answer is looked up by."""
    return text.lstrip(_EDGE_LEFT).rstrip(_EDGE_RIGHT).replace("*", "").lower()


def _uncue(bare: str) -> str:
    """A bare response without the usual words before the answer."""
    if bare.startswith(_CUES):
        for cue in _CUES:
            if bare.startswith(cue) and not bare[len(cue) : len(cue) + 1].isalnum():
                return bare[len(cue) :].lstrip(_EDGE_LEFT + ":").rstrip(_EDGE_RIGHT)
    return bare


# -- Reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    index: int
    negated: bool
    letter: bool


def _read(text: str, form: _Form) -> Answer:
    if not text.strip():
        return None, "empty"
    if "<" in text or "[" in text or "◁" in text:
        _, text, closed = split_thinking(text)
        if not closed:
            return None, "unclosed_thinking"
        if not text.strip():
            return None, "empty"
        text = answer_tag(text) or text
    values = structured(text)
    if values:
        found = [_read_value(value, form) for value in values]
        answer = _agree(found, form)
        if answer:
            return answer
    plain = plain_text(text)
    bare = _bare(plain)
    return form.short.get(bare) or form.short.get(_uncue(bare)) or _sentences(plain, form)


def _read_value(value: str, form: _Form) -> Answer:
    """Read a structured answer's value, which has no words around it."""
    plain = plain_text(value)
    return form.short.get(_bare(plain)) or _sentences(plain, form)


def _agree(found: Sequence[Answer], form: _Form) -> Answer | None:
    """One answer out of several readings; None if none was found."""
    indices = [index for index, _ in found if index is not None]
    for _, reason in found:
        if reason in ("two_answers", "letter_text_conflict", "ambiguous_letter", "letter_out_of_range"):
            return None, reason
    if not indices:
        return None
    if all(index in form.same[indices[0]] for index in indices):
        return indices[0], None
    return None, "two_answers"


_SUBJECT = r"(?:answer|choice|option|response|selection|conclusion|solution)\b(?!\s*[(\[\"']?(?-i:[A-J])\b(?!\s*:))"
_IS = r"(?:\b(?:is|was|be|are)\b(?!\s*n['o]t\b)|[:=→]|->|-(?=\s)|\n)"
_FINAL = re.compile(rf"\bfinal\s+{_SUBJECT}[^.\n:;]{{0,40}}?{_IS}\s*", re.IGNORECASE)
_STATED = re.compile(
    rf"\b(?<!not the )(?<!wrong ){_SUBJECT}[^.\n:;]{{0,40}}?{_IS}\s*"
    r"|\bi(?:'d|'ll|\s+would|\s+will|\s+must|\s+do)?\s+(?:choose|pick|select|go\s+(?:with|for)|say|answer|opt\s+for)\s+"
    r"|\bi\s+(?:think|believe|guess)\s+(?=\(?[A-Z]\b)(?!I\b)|^\s*(?:choose|pick|select)\s+|\bans(?:\.|:|\s)\s*"
    r"|(?:答案|正解|正确选项|选择?|選択)\s*(?:应该)?[是为為はが:]*\s*"
    r"|\b(?:antwort|respuesta|réponse|resposta|risposta|ответ)\b[^.\n]{0,20}?(?:\b(?:ist|es|est|é|è|lautet)\b|:|—)\s*",
    re.IGNORECASE | re.MULTILINE,
)
_WEAK = re.compile(
    r"\b(?:it|this|that|sound|source|speaker|instrument)\s*(?:'s|\s(?:is|was|must\s+be|would\s+be|sounds\s+like|seems\s+to\s+be|"
    r"appears\s+to\s+be|could\s+be|might\s+be|is\s+likely|is\s+most\s+likely))\s+|\b(?:therefore|thus|hence|so)\b,?\s+",
    re.IGNORECASE,
)
_CORRECT = re.compile(
    r"[\s\"')\].,:]*(?:is|are|was|seems?|looks?|sounds?|would\s+be|must\s+be|should\s+be|appears\s+to\s+be)\s+"
    r"(?:(?:the|most|likely|probably|clearly|definitely|indeed|to\s+be)\s+)*"
    r"(?:(?:correct|right|best|true|accurate)\b|answer\b|one\s+that\s+fits|most\s+(?:likely|plausible|appropriate|probable))",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\bi\s+(?:can(?:not|'t|\s+not)|could(?:\s+not|n't)|do(?:\s+not|n't)|am\s+(?:not\s+able|unable)|won't|will\s+not|'m)\b"
    r"(?!\s+(?:think|believe|hear\s+any|choose|agree))"
    r"(?:\s+(?:sorry|(?:currently\s+|actually\s+)?(?:able|unable)|know|have|hear|listen|determine|tell|answer|access|process|"
    r"identify|provide|assist|help|analy[sz]e|say|play|comply|be|make|confidently|accurately|directly))"
    r"|\bi'm\s+(?:sorry|unable|not\s+(?:able|sure))|\bsorry\b,?\s+(?:but\s+)?i|\bas\s+an?\s+(?:ai|(?:large\s+)?language\s+model)"
    r"|\b(?:can(?:not|'t)|could\s+not)\s+be\s+(?:determined|answered|identified)|\b(?:unable|impossible)\s+to\s+(?:determine|answer|tell|say)"
    r"|\bnot\s+enough\s+(?:information|context)|\binsufficient\s+information|\bno\s+audio\b.{0,30}\b(?:provided|attached|given)"
    r"|\bnone\s+of\s+(?:the|these|those)\b",
    re.IGNORECASE,
)
# Substrings without which the patterns above cannot match; testing for them is ten times faster.
_REFUSAL_SIGNS = (
    "not",
    "n't",
    "sorry",
    "i'm",
    "unable",
    "model",
    "an ai",
    "none",
    "insufficient",
    "impossible",
    "no audio",
)
_CORRECT_SIGNS = ("correct", "right", "best", "true", "accurate", "is the answer", "are the answer", "fits", "most")
_TURN = re.compile(r"\b(?:but|however|nevertheless|still|that\s+said|so|therefore)\b", re.IGNORECASE)


def _sentences(plain: str, form: _Form) -> Answer:
    """Rules 3 to 6 on cleaned text."""
    echoed, rest = _drop_echo(plain, form)
    low = rest.lower()
    refusal = _refusal(rest, form) if any(sign in low for sign in _REFUSAL_SIGNS) else None

    def stated(cues: re.Pattern[str]) -> list[Answer]:
        return [value for cue in cues.finditer(rest) if (value := _value_after(rest, cue.end(), form, not refusal))]

    if "final" in low and (answer := _agree(stated(_FINAL), form)):
        return answer
    found = stated(_STATED)
    if any(sign in low for sign in _CORRECT_SIGNS):
        found += [
            (m.index, None)
            for m in _mentions(rest, form)
            if not m.negated and _CORRECT.match(rest, m.end) and not _NEGATED_AFTER.match(rest, m.end)
        ]
    if not echoed and (lead := _value_at(rest, 0, form, texts=False)):
        found.append(lead)
    if answer := _agree(found, form):
        return answer
    if refusal:
        turn = _TURN.search(rest, refusal.end())
        answer = _sentences(rest[turn.end() :], form) if turn else None
        return answer if answer and answer[0] is not None else (None, "refusal")
    found = [value for cue in _WEAK.finditer(rest) if (value := _value_at(rest, cue.end(), form))]
    if not echoed and (lead := _value_at(rest, 0, form, closed=True)):
        found.append(lead)
    if answer := _agree(found, form):
        return answer
    if echoed:
        return None, "two_answers"
    mentions = list(_mentions(rest, form))
    left = [(m.index, None) for m in mentions if not m.negated]
    return _agree(left, form) or (None, "only_negated" if mentions else "no_answer")


def _refusal(plain: str, form: _Form) -> re.Match[str] | None:
    """A refusal that is not part of an option's own text ("None of the above")."""
    spans: list[tuple[int, int]] | None = None
    for refusal in _REFUSAL.finditer(plain):
        if spans is None:
            spans = [m.span() for m in form.text.finditer(plain)]
        if not any(start < refusal.end() and refusal.start() < end for start, end in spans):
            return refusal
    return None


_LISTED = re.compile(r"^[ \t(]*([A-Z])[.):][ \t)]*(.*)$", re.MULTILINE)


def _drop_echo(plain: str, form: _Form) -> tuple[bool, str]:
    """Whether the response repeats the list of options, and the text without that list."""
    if plain.count("\n") < 1:
        return False, plain
    lines = []
    for line in _LISTED.finditer(plain):
        index = form.letters.find(line[1])
        named = form.text.match(line[2])
        if 0 <= index < form.n and named and index in form.same[_index(named, form)]:
            lines.append((index, line))
    if len({index for index, _ in lines}) < 2:
        return False, plain
    for _, line in reversed(lines):
        plain = plain[: line.start()] + plain[line.end() :]
    return True, plain


def _index(match: re.Match[str], form: _Form) -> int:
    return form.groups[(match.lastindex or 1) - 1]


# -- One answer at one place ------------------------------------------------------------------------------

_MARKS = re.compile(r"[\s\"'(\[{:=,-]*")
_SKIP = re.compile(
    r"[\s\"'(\[{:=,-]*(?:(?:option|choice|letter|answer|number|definitely|most\s+likely|likely|probably|clearly|indeed|"
    r"actually|simply|either|both|that|that's|it's|it\s+is|is|as\s+follows|opción|opzione|選択肢|选项)\b[\s\"'(\[{:=-]*)*",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_LABEL = re.compile(r"([A-Za-z])(?!\w|['#]|-\w|&)")
_AFTER_LABEL = re.compile(r"(?=(\s*))[\s).:\]}},;\"'-]*")
_CONNECTOR = re.compile(
    r"[\s\"')\]}]*(?:$|[^\w\s])|[ \t]*\n|\s+(?:because|since|as|is|are|was|were|and|or|but|for|due|given|based|which|"
    r"with|would|seems|looks|sounds|rather|instead|not)\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"[\s\"')\]}]*(?:$|[^\w\s])|[ \t]*\n|\s+(?:because|since|as|and|or|but|rather|not)\b", re.IGNORECASE
)
_MORE = re.compile(
    r"[\s\"')\]]*(?:,|/|&|;|,?\s*\b(?:and|or|und|oder|y|o)\b)\s*(?:(?:also|maybe|possibly|perhaps)\s+)?", re.IGNORECASE
)
_LABEL_BEHIND = re.compile(r"[\s\"',]*[(\[]\s*(?:option\s+|choice\s+|letter\s+)?([A-Z])\s*[)\]]", re.IGNORECASE)
_NOT = re.compile(r"(?:not|neither|never|nor|isn't|none)\b", re.IGNORECASE)


_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_SENTENCE = 400  # characters after a cue that may still belong to its sentence


def _value_after(plain: str, at: int, form: _Form, scan: bool) -> Answer | None:
    """The answer stated right after a cue, or else the only one in the cue's sentence."""
    value = _value_at(plain, at, form)
    if value or not scan:
        return value
    end = _SENTENCE_END.search(plain, at, at + _SENTENCE)
    stop = end.start() if end else min(len(plain), at + _SENTENCE)
    found = [(m.index, None) for m in _mentions(plain, form, at, stop) if not m.negated]
    answer = _agree(found, form)
    return answer if answer and answer[0] is not None else None


def _value_at(plain: str, at: int, form: _Form, *, texts: bool = True, closed: bool = False) -> Answer | None:
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
            text_index = _index(named, form)
            if index >= form.n or text_index in form.lower_letters:
                by_text = index >= form.n or plain[at].islower()
                return _and_more(plain, end, text_index if by_text else index, form)
            behind = _LABEL_BEHIND.match(plain, named.end())
            if behind and form.letters.find(behind[1].upper()) in form.same[text_index]:
                return text_index, None
            if index in form.same[text_index]:
                return _and_more(plain, end, index, form)
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
    index = _index(named, form)
    behind = _LABEL_BEHIND.match(plain, named.end())
    if behind:
        letter = form.letters.find(behind[1].upper())
        if letter not in form.same[index]:
            return None, "letter_text_conflict"
        return letter, None
    if _NEGATED_AFTER.match(plain, named.end()):
        return None
    return _and_more(plain, named.end(), index, form)


def _label_at(plain: str, at: int, form: _Form) -> tuple[int, int, tuple[int, int] | None] | None:
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
    described = (_index(named, form), named.end()) if named else None
    if described and plain[end : end + 1] in ",;" and described[0] not in form.same[min(index, form.n - 1)]:
        described = None  # "B, dog sounds are absent": no description of B
    if _NEGATED_AFTER.match(plain, described[1] if described else end) or (not described and _DENIED.match(plain, end)):
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


_LIKE_NOUN = re.compile(
    r"\s*(?:$|[\n(/&-])|\s+(?:because|since|as|is|was|and|or|but|seems|rather|not)\b", re.IGNORECASE
)


def _and_more(plain: str, end: int, index: int, form: _Form) -> Answer:
    """`index`, unless another answer is joined to it ("B or C", "dog and cat")."""
    more = _MORE.match(plain, end)
    if more:
        named = form.text.match(plain, more.end())
        label = _label_at(plain, more.end(), form)
        comma = more[0].strip(" \"')]") in (",", ";")
        other: int | None = None
        if label is not None and label[0] < form.n and (not comma or _ENDS.match(plain, label[1])):
            other = label[0]
        elif named and (not comma or _ENDS.match(plain, named.end())):
            other = _index(named, form)
        if other is not None and other not in form.same[index]:
            return None, "two_answers"
    return index, None


_ENDS = re.compile(r"[\s\"')\]]*(?:$|[.,;\n]|\b(?:and|or)\b)")

# -- Mentions anywhere --------------------------------------------------------------------------------------

_LOOSE_LABEL = re.compile(
    r"(?<!\w)(?:[(\[]([A-Ja-j])[)\]]|(?:options?|choices?|letter|answer)\s+\(?([A-J])(?!\w|'|\s+(?!and|or|is|was|but)[a-z])"
    r"|(?<=but )([A-J])(?=[\s.,;:)!?]|$)|(?<=not )([A-J])(?=[\s.,;:)!?]|$)|(?<=n't )([A-J])(?=[\s.,;:)!?]|$)"
    r"|(?<=is )([A-J])(?=[.,;:)!?]|$)|(?<=be )([A-J])(?=[.,;:)!?]|$)|(?<=nor )([A-J])(?=[\s.,;:)!?]|$)"
    r"|(?<=or )([A-J])(?=[\s.,;:)!?]|$)|(?<=and )([A-J])(?=[.,;:)!?]|$)|(?<=either )([A-J])(?=\s)"
    r"|(?<=unlike )([A-J])(?=[\s.,;:)!?]|$)|^([A-J])(?=[.):])"
    r"|([A-J])(?=\s+(?:is|was|seems|fits|and\s+[A-J]\s+are|it\s+is)\b)|([A-J])(?=:\s+(?:yes|correct|true)\b))",
    re.MULTILINE,
)
_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:not|unlike|neither|nor|never|without|excluding|exclude[sd]?|eliminat(?:e[sd]?|ing)|except|rather\s+than|instead\s+of|"
    r"no|cannot|rules?\s+out|ruled\s+out|ruling\s+out|different\s+from|opposed\s+to|against)|n't)"
    r"\s+(?:(?:be|to|is|an?|the|option|choice|answer|letter|of|any|really|actually|sound|like)\s+)*[\s\"'(\[]*$",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"[\s\"')\].]*\s*(?:(?:is|are|was|does|do|did|can|could|would|seems?|has|have)\s*(?:not\b|n't)|can't\b|cannot\b"
    r"|(?:is|are|was|seems?|looks?|would\s+be|can\s+be|could\s+be|sounds?)\s+(?:clearly\s+|also\s+|definitely\s+|probably\s+)?"
    r"(?:incorrect|wrong|false|unlikely|ruled\s+out|eliminated|excluded|impossible|implausible|irrelevant|out\b|less\s+likely))",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:option|choice|letter)\s+\W?$", re.IGNORECASE)
_DENIED = re.compile(r"[\s)]*[:=-]\s*(?:no|not|wrong|incorrect|false)\b", re.IGNORECASE)  # "A: no"
_REACH = 48  # how many characters before a mention may negate it


def _mentions(plain: str, form: _Form, start: int = 0, stop: int | None = None) -> Iterator[_Mention]:
    """Options named between `start` and `stop`, by text or by an unmistakable letter."""
    stop = len(plain) if stop is None else stop
    spans: list[tuple[int, int]] = []
    for match in form.text.finditer(plain, start, stop):
        one_letter = match.end() - match.start() == 1 and match[0].isalpha()
        if one_letter and _CALLED.search(plain, max(0, match.start() - 10), match.start()):
            continue  # "option C" is a letter
        if one_letter and not match[0].isupper():
            continue  # an option "A" is not the article
        spans.append(match.span())
        yield _Mention(*match.span(), _index(match, form), _negated(plain, *match.span()), False)
    for match in _LOOSE_LABEL.finditer(plain, start, stop):
        group = match.lastindex or 1
        index = form.letters.find(match[group].upper())
        at, end = match.span(group)
        if 0 <= index < form.n and not any(s <= at < e for s, e in spans):
            denied = _negated(plain, at, end) or bool(_DENIED.match(plain, end))
            yield _Mention(at, match.end(), index, denied, True)


def _negated(plain: str, start: int, end: int) -> bool:
    return bool(_NEGATED_BEFORE.search(plain[max(0, start - _REACH) : start]) or _NEGATED_AFTER.match(plain, end))
