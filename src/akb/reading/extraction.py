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
from collections.abc import Sequence

from akb.reading.option_form import Answer, Form, Reason, bare_text, form_of, index_of, without_cue
from akb.reading.option_places import NEGATED_AFTER, mentions, value_at
from akb.reading.response_text import answer_tag, plain_text, split_thinking, structured

__all__ = ["LETTERS", "Answer", "Reason", "extract"]

LETTERS = "ABCDEFGHIJ"


def extract(text: str, options: Sequence[str], *, letters: str = LETTERS) -> Answer:
    """Read the chosen option out of `text`.

    options: the texts in the order in which they were shown; `letters[i]` labelled option i.
    Returns (index in shown order, None) or (None, reason). Of identical options the first is
    returned, unless a letter names another.
    """
    form = form_of(options if type(options) is tuple else tuple(options), letters)
    bare = bare_text(text)
    found = form.short.get(bare) or form.short.get(without_cue(bare))
    return found or _read(text, form)


def _read(text: str, form: Form) -> Answer:
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
    bare = bare_text(plain)
    return form.short.get(bare) or form.short.get(without_cue(bare)) or _sentences(plain, form)


def _read_value(value: str, form: Form) -> Answer:
    """Read a structured answer's value, which has no words around it."""
    plain = plain_text(value)
    return form.short.get(bare_text(plain)) or _sentences(plain, form)


def _agree(found: Sequence[Answer], form: Form) -> Answer | None:
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


def _sentences(plain: str, form: Form) -> Answer:
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
            for m in mentions(rest, form)
            if not m.negated and _CORRECT.match(rest, m.end) and not NEGATED_AFTER.match(rest, m.end)
        ]
    if not echoed and (lead := value_at(rest, 0, form, texts=False)):
        found.append(lead)
    if answer := _agree(found, form):
        return answer
    if refusal:
        turn = _TURN.search(rest, refusal.end())
        answer = _sentences(rest[turn.end() :], form) if turn else None
        return answer if answer and answer[0] is not None else (None, "refusal")
    found = [value for cue in _WEAK.finditer(rest) if (value := value_at(rest, cue.end(), form))]
    if not echoed and (lead := value_at(rest, 0, form, closed=True)):
        found.append(lead)
    if answer := _agree(found, form):
        return answer
    if echoed:
        return None, "two_answers"
    named = list(mentions(rest, form))
    left = [(m.index, None) for m in named if not m.negated]
    return _agree(left, form) or (None, "only_negated" if named else "no_answer")


def _refusal(plain: str, form: Form) -> re.Match[str] | None:
    """A refusal that is not part of an option's own text ("None of the above")."""
    spans: list[tuple[int, int]] | None = None
    for refusal in _REFUSAL.finditer(plain):
        if spans is None:
            spans = [m.span() for m in form.text.finditer(plain)]
        if not any(start < refusal.end() and refusal.start() < end for start, end in spans):
            return refusal
    return None


_LISTED = re.compile(r"^[ \t(]*([A-Z])[.):][ \t)]*(.*)$", re.MULTILINE)


def _drop_echo(plain: str, form: Form) -> tuple[bool, str]:
    """Whether the response repeats the list of options, and the text without that list."""
    if plain.count("\n") < 1:
        return False, plain
    lines = []
    for line in _LISTED.finditer(plain):
        index = form.letters.find(line[1])
        named = form.text.match(line[2])
        if 0 <= index < form.n and named and index in form.same[index_of(named, form)]:
            lines.append((index, line))
    if len({index for index, _ in lines}) < 2:
        return False, plain
    for _, line in reversed(lines):
        plain = plain[: line.start()] + plain[line.end() :]
    return True, plain


_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_SENTENCE = 400  # characters after a cue that may still belong to its sentence


def _value_after(plain: str, at: int, form: Form, scan: bool) -> Answer | None:
    """The answer stated right after a cue, or else the only one in the cue's sentence."""
    value = value_at(plain, at, form)
    if value or not scan:
        return value
    end = _SENTENCE_END.search(plain, at, at + _SENTENCE)
    stop = end.start() if end else min(len(plain), at + _SENTENCE)
    found = [(m.index, None) for m in mentions(plain, form, at, stop) if not m.negated]
    answer = _agree(found, form)
    return answer if answer and answer[0] is not None else None
