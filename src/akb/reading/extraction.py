"""Which option did a free-text response choose? An index, or a named reason why none can be read.

Rules, in the order in which they are tried; the first that finds an answer decides, and two
different answers at one level are `two_answers`, never a guess:

1. the whole response is a letter, an option's text, or both ("B", "(b)", "**B.** Piano");
2. a structured answer: `<answer>`, JSON, `\\boxed{}`;
3. "Final answer: …";
4. a stated answer ("The answer is …", "… is correct", "I choose …") or a letter that leads the
   response ("B, because unlike A …");
5. a weaker statement ("It is …") or an option's text that leads the response;
6. exactly one option mentioned anywhere, negated mentions ("not A, B or C") left out.

Before these, what a base model goes on to ask itself is cut off, and an answer that is taken back counts no more ("C.
Sorry, I meant D"); where answers differ, those that are only weighed, granted or reported give way (`discourse`).

What rules 3 to 6 find is held against what the response's clauses say of each option, denied, weighed, granted,
another's word or stated (`stances`): where they differ and no clause states its option firmly, nothing is read.

Longer options win over those they contain ("Electric piano" over "Piano"). "A" and "I" followed by a
word are an article and a pronoun. Thinking blocks are cut first.

    extract("The answer is (B) Piano.", ("Drum", "Piano"))  # (1, None)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from akb.reading.discourse import anothers, before_next, corrections, granted, own_turn
from akb.reading.letters import LETTERS
from akb.reading.option_form import Answer, Form, Reason, form_of, index_of
from akb.reading.option_places import NEGATED_AFTER, denied_before, linked, mentions, value_at
from akb.reading.response_text import answer_tag, plain_text, split_thinking, structured
from akb.reading.stances import contested, judged
from akb.reading.tongues import in_english

__all__ = ["Answer", "Reason", "extract"]


def extract(text: str, options: Sequence[str], *, letters: str = LETTERS) -> Answer:
    """Read the chosen option out of `text`.

    options: the texts in the order in which they were shown; `letters[i]` labelled option i.
    Returns (index in shown order, None) or (None, reason). Of identical options the first is
    returned, unless a letter names another.
    """
    form = form_of(options if type(options) is tuple else tuple(options), letters)
    return form.whole(text) or _read(text, form)


def _read(text: str, form: Form) -> Answer:
    if not text.strip():
        return None, "empty"
    if "<" in text or "[" in text or "◁" in text:
        _, text, closed = split_thinking(text)
        if not closed:
            return None, "unclosed_thinking"
        if not text.strip():
            return None, "empty"
        text = answer_tag(text) or own_turn(text)
    if "\n" in text and (head := before_next(text)) and (answer := _led_by(head, form)):
        return answer  # a base model that has answered goes on with the next question
    if "Q:" in text:
        text = _REPLY.sub(r"\1Answer:", text)
    if form.numbers and "=" in text:
        text = _SUM.sub("= ", text)
    values = structured(text)
    if values:
        found = [_read_value(value, form) for value in values]
        answer = _agree(found, form)
        if answer and answer[1] == "two_answers":
            answer = _last_value(text, form) or answer
        if answer:
            return answer
    plain = form.spelled(in_english(_as_it_was(plain_text(text)), form.plain))
    return form.whole(plain) or _turned_round(plain, form) or _sentences(plain, form)


def _as_it_was(plain: str) -> str:
    """`plain` without what would have been: "If it weren't for the barking, I'd say B."."""
    return _UNREAL.sub(" ", plain) if any(sign in plain for sign in _UNREAL_SIGNS) else plain


_UNREAL = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=\n))\s*(?:if\s+it\s+(?:weren't|were\s+not|wasn't)\s+for|were\s+it\s+not\s+for"
    r"|had\s+(?:there|it|this|that|the\s+\w+)\s+(?:not\s+)?been)\b[^;!?\n]*?"
    r"(?=[.;!?](?=\s|$)|\n|,?\s+(?:but|so|yet|however)\b|$)",
    re.IGNORECASE,
)
_UNREAL_SIGNS = ("eren't", "ere not", "asn't", "ere it", "ad ")  # without one of which it cannot match

_REPLY = re.compile(r"(\bQ:[^\n]*?[?\n]\s*)A:")  # "Q: Which? A: B": no option A


_TURNED = re.compile(r"\s*([^\s,(][^,(\n]{0,60}?)\s*(?:,\s*([^,().\n]{1,60})|\(\s*([^()\n]{1,60}?)\s*\))[\s.!]*")


def _turned_round(plain: str, form: Form) -> Answer | None:
    """The option that a whole response names as an index does: "piano (electric)", where "electric piano" is one."""
    if len(plain) > 130 or not (turned := _TURNED.fullmatch(plain)):
        return None
    first, second = turned[1], turned[2] or turned[3]
    return form.short.get(f"{second} {first}".lower()) if len(second) > 1 and len(first) > 1 else None


# "2 + 3 = 5" names 5; what it is made of is no answer.
_TERM = r"\d+(?:\.\d+)?(?:\s*[A-Za-z]{1,8})??"
_SUM = re.compile(rf"(?<![\w.])(?:{_TERM}\s*[-+*/×·x÷−]\s*)+{_TERM}\s*=\s*(?=-?\d)")


def _last_value(text: str, form: Form) -> Answer | None:
    """The structured answer behind the last place where one was taken back; None if nothing was."""
    for before, after, _, _ in corrections(text, text.lower()):
        if structured(before) and (values := structured(after)):
            return _agree([_read_value(value, form) for value in values], form)
    return None


def _read_value(value: str, form: Form) -> Answer:
    """Read a structured answer's value, which has no words around it."""
    plain = form.spelled(plain_text(value))
    return form.whole(plain, cue=False) or _sentences(plain, form)


def _led_by(head: str, form: Form) -> Answer | None:
    """The answer that a text begins with, if it begins with one."""
    plain = form.spelled(plain_text(head)).strip()
    found = form.whole(plain, cue=False) or value_at(plain, 0, form, closed=True)
    return found if found and found[0] is not None else None


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


_SUBJECT = (
    r"(?:answer|choice|option|opt|pick|guess|verdict|response|selection|conclusion|solution)\b"
    r"(?![ \t]*[(\[\"']?(?-i:[A-Z])\b(?!\s*:))"
)
_IS = r"(?:\b(?:is|was|be|are|remains|stays|becomes)\b(?!\s*n['o]t\b)|[:=→]|->|-(?=\s)|\n)"
_FINAL = re.compile(rf"\bfinal\s+{_SUBJECT}[^.\n:;]{{0,40}}?{_IS}\s*", re.IGNORECASE)
_STATED = re.compile(
    rf"\b(?<!not the )(?<!wrong )(?<!\ban )(?<!another )(?<!second )(?<!third )(?<!2nd )(?<!3rd )"
    rf"{_SUBJECT}[^.\n:;]{{0,40}}?{_IS}\s*"
    r"|\bi(?:'d|'ll|\s+would|\s+will|\s+must|\s+do)?\s+(?:choose|pick|select|go\s+(?:with|for)|say|answer|guess"
    r"|opt\s+for)\s+"
    r"|\bi(?:'m|\s+am)\s+(?:going\s+(?:with|for)|inclined\s+to\s+(?:pick|choose|select|say|answer|go\s+(?:with|for)))\s+|\bi(?:'ll|\s+will)?\s+(?:settle|stick|stay|vote|lean"
    r"|bet)\s+(?:on|with|for|towards?)\s+|\bmy\s+(?:vote|money)\s+(?:goes\s+to|is\s+on)\s+"
    r"|\b(?:change|revise)\s+(?:it|my\s+(?:answer|choice|mind))\s+to\s+"
    r"|\bi\s+(?:think|believe|guess)\s+(?=\(?[A-Z]\b)(?!I\b)|^\s*(?:choose|pick|select)\s+|\bans(?:\.|:|\s)\s*"
    r"|(?:答案|正解|正确选项|选择?|選択)\s*(?:应该)?[是为為はが:]*\s*"
    r"|\b(?:antwort|respuesta|réponse|resposta|risposta|ответ)\b[^.\n]{0,20}?(?:\b(?:ist|es|est|é|è|lautet)\b|:|—)\s*",
    re.IGNORECASE | re.MULTILINE,
)
_WEAK = re.compile(
    r"\b(?:it|this|that|sound|source|speaker|instrument)\s*(?:'s|\s(?:is|was|must\s+be|would\s+be|sounds\s+like"
    r"|seems\s+to\s+be|"
    r"appears\s+to\s+be|could\s+be|might\s+be|is\s+likely|is\s+most\s+likely))\s+|\b(?:therefore|thus|hence"
    r"|so)\b,?\s+|\bi\s+(?:can\s+|clearly\s+)?hear\s+",
    re.IGNORECASE,
)
# "More likely B", "By elimination, D".
_LIKELIER = re.compile(
    r"\b(?:more\s+likely|more\s+probably|likelier|most\s+likely|most\s+probably)\s+(?:it\s+is\s+|it's\s+"
    r"|to\s+be\s+)?|\bby\s+elimination\b,?\s*"
    r"|\b(?:no|without(?:\s+a)?)\s+doubt\b[,:]?\s*(?:that\s+)?(?:it\s+is\s+|it's\s+)?"
    r"|\bleaning\s+(?:more\s+)?towards?\s+",
    re.IGNORECASE,
)
_LIKELIER_SIGNS = ("likely", "probabl", "elimination", "doubt", "leaning")
_LEFT = re.compile(
    r"\b(?:leaves?|leaving|left|gives|giving|yields)\s+(?:only\s+|us\s+(?:with\s+)?|with\s+)?", re.IGNORECASE
)
_ALL_BUT = re.compile(
    r"\b(?:all|everything|every\s+\w+|each|any\w*|nothing|none|no\s+\w+)(?:\s+(?:the\s+)?(?:options?|choices?"
    r"|answers?))?\s+"
    r"(?:but|except(?:\s+for)?|other\s+than)\s+(.{1,80}?)\s+(?:is|are|can\s+be|could\s+be|fits?|makes?)\b",
    re.IGNORECASE,
)
_DENIED_CUE = re.compile(r"\b(?:not|cannot|never|hardly|neither)\b|n't\b", re.IGNORECASE)
_CORRECT = re.compile(
    r"[\s\"')\].,:]*(?:is|are|was|seems?|looks?|sounds?|would\s+be|must\s+be|should\s+be|appears\s+to\s+be)\s+"
    r"(?:(?:the|most|likely|probably|clearly|definitely|indeed|to\s+be)\s+)*"
    r"(?:(?:correct|right|best|true|accurate)\b|answer\b|one\s+that\s+fits|most\s+(?:likely|plausible"
    r"|appropriate|probable)"
    r"|(?:a\s+|the\s+)?(?:much\s+|far\s+|slightly\s+)?(?:more\s+(?:likely|plausible|probable|fitting)|(?:better"
    r"|best|closest|stronger)\s+\w+))"
    r"|[\s\"')\]]+(?:fits?|match(?:es)?|suits?|works?)\b(?:\s+\w+){0,3}?\s+(?:best|better)\b"
    r"|[\s\"')\]]+makes?\s+(?:the\s+)?(?:most|more)\s+sense\b"
    r"|[\s\"')\]]+(?:as\s+)?the\s+(?:(?:only|best|right|correct|likely)\s+)*(?:answer|choice)\b"
    r"|[\s\"')\]]+it\s+is(?=[.!]|$)|\s+(?:in\s+(?:total|all)|altogether)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\bi\s+(?:can(?:not|'t|\s+not)|could(?:\s+not|n't)|do(?:\s+not|n't)|am\s+(?:not\s+able|unable)|won't"
    r"|will\s+not|'m)\b"
    r"(?!\s+(?:think|believe|hear\s+any|choose|agree))"
    r"(?:\s+(?:sorry|(?:currently\s+|actually\s+)?(?:able|unable)|know|have|hear|listen|determine|tell|answer"
    r"|access|process|"
    r"identify|provide|assist|help|analy[sz]e|say|play|comply|be|make|confidently|accurately|directly))"
    r"|\bi'm\s+(?:sorry|unable|not\s+(?:able|sure))|\bsorry\b,?\s+(?:but\s+)?i|\bas\s+an?\s+(?:ai"
    r"|(?:large\s+)?language\s+model)"
    r"|\b(?:can(?:not|'t)|could\s+not)\s+be\s+(?:determined|answered|identified)|\b(?:unable"
    r"|impossible)\s+to\s+(?:determine|answer|tell|say)"
    r"|\bnot\s+enough\s+(?:information|context)|\binsufficient\s+information|\bno\s+audio\b.{0,30}\b(?:provided"
    r"|attached|given)"
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
_CORRECT_SIGNS = (
    "correct", "right", "best", "true", "accurate", "the answer", "the choice", "fits", "most", "more ", "better",
    "closest", "it is", "in total", "in all", "altogether",
)  # fmt: skip
_STATED_SIGNS = (  # of a text in ASCII; others are looked through whole
    "answer", "choice", "opt", "pick", "guess", "verdict", "respon", "select", "conclusion", "solution", "choose", "go",
    "say", "inclined", "settle", "stick", "stay", "vote", "lean", "bet", "change", "revise", "think", "believe", "ans",
    "antwort", "respuesta", "resposta", "risposta",
)  # fmt: skip
_WEIGHED_AT_MOST = 40  # answers; a model that says more is looping
_ALSO = re.compile(r"\b(?:also|too|as\s+well|equally|just\s+as\s+\w+|no\s+less\s+\w+)\b", re.IGNORECASE)
_VERDICT = re.compile(r"(?:^|[.;!?]\s|\n)\s*\(?([A-Z])\)?\s*:")
_CONTRAST = re.compile(r"\b(?:but|yet|however|nevertheless|still)\b,?", re.IGNORECASE)
_CONTRAST_SIGNS = ('"', "but ", "yet", "however", "nevertheless", "still")
_TURN = re.compile(r"\b(?:but|however|nevertheless|still|that\s+said|so|therefore)\b", re.IGNORECASE)


_Found = tuple[Answer, int, int]  # an answer, and where in the text it is said


def _sentences(plain: str, form: Form) -> Answer:
    """Rules 3 to 6 on cleaned text, held against what the clauses say of each option."""
    if not form.notes and len(plain) < 60 and _LETTERS.fullmatch(plain) and len(set(re.findall("[A-Z]", plain))) > 1:
        return None, "two_answers"
    index, reason = _by_rules(plain, form)
    if form.polar or (index is None and reason not in ("two_answers", "no_answer", "only_negated", "refusal")):
        return index, reason
    if index is not None and not contested(plain, form, index):
        return index, None
    found = judged(_drop_echo(plain, form)[1], form)
    if reason == "refusal" and not (found.firm and found.denied):
        return None, reason
    if index is None:
        return (
            (found.index, None) if found.index is not None and (found.firm or reason == "no_answer") else (None, reason)
        )
    if not found.named & form.same[index]:
        return index, None  # named in a way that only the rules know
    if found.index is None:
        if found.denied & form.same[index]:
            return None, "only_negated"
        return None, "two_answers" if len(found.named) > 1 else "no_answer"
    if found.index in form.same[index]:
        return index, None
    return (found.index, None) if found.firm or index in found.denied else (None, "two_answers")


_LETTERS = re.compile(r"\W*[A-Z](?:[.,;)/\s]+\(?[A-Z])+\W*")  # "A. B. C. D."


def _by_rules(plain: str, form: Form) -> Answer:
    """Rules 3 to 6 on cleaned text."""
    echoed, rest = _drop_echo(plain, form)
    low = rest.lower()
    listed = ":" in rest and len(set(_VERDICT.findall(rest))) > 1  # "A: plausible. B: …" leads with nothing
    for before, after, clause, certain in corrections(rest, low):
        if _answers(before, form) and (answer := _corrected(after, clause, certain, form)):
            return answer
    refusal = _refusal(rest, form) if any(sign in low for sign in _REFUSAL_SIGNS) else None
    if found := _stated(rest, low, form, scan=not refusal, lead=not (echoed or listed)):
        answer = _weighed(found, rest, form)
        if answer and answer[0] is not None and any(sign in low for sign in _CONTRAST_SIGNS):
            return _outweighed(found, rest, form) or answer
        if answer:
            return answer
    if refusal:
        turn = _TURN.search(rest, refusal.end())
        answer = _by_rules(rest[turn.end() :], form) if turn else None
        return answer if answer and answer[0] is not None else (None, "refusal")
    if answer := _weakly(rest, form, lead=not (echoed or listed)):
        return answer
    if echoed:
        return None, "two_answers"
    named = list(mentions(rest, form))
    if listed and len({m.index for m in named}) < len(set(_VERDICT.findall(rest))):
        return None, "two_answers"
    return _agree([(m.index, None) for m in named if not m.negated], form) or (
        None,
        "only_negated" if named else "no_answer",
    )


def _stated(rest: str, low: str, form: Form, *, scan: bool, lead: bool) -> list[_Found]:
    """Rules 3 and 4: what is said to be the answer, or leads the response."""

    def said(cues: re.Pattern[str], scan: bool = scan) -> list[_Found]:
        found = ((_value_after(rest, cue, form, scan), cue.end(), cue.end()) for cue in cues.finditer(rest))
        return [(value, start, end) for value, start, end in found if value]

    if "final" in low and (found := said(_FINAL)) and _weighed(found, rest, form):
        return found
    found = said(_STATED) if not low.isascii() or any(sign in low for sign in _STATED_SIGNS) else []
    if any(sign in low for sign in _LIKELIER_SIGNS):
        found += said(_LIKELIER, scan=False)
    if any(sign in low for sign in _CORRECT_SIGNS) and _CORRECT.search(rest):
        found += _called_right(rest, form)
    if "leav" in low or "giv" in low or "yield" in low:
        found += [found_one for found_one in said(_LEFT, scan=False) if found_one[0][0] is not None]
    if " but " in low or "except" in low or "other than" in low:
        found += [
            ((value[0], None), m.start(), m.end()) for m in _ALL_BUT.finditer(rest) if (value := _named(m[1], form))
        ]
    if lead and (value := value_at(rest, 0, form, texts=False)):
        found.append((value, 0, 0))
    return found


def _called_right(rest: str, form: Form) -> Iterator[_Found]:
    """Options of which the response says that they are right; several that are so together are two answers."""
    named = mentions(rest, form)
    for place, mention in enumerate(named):
        said = None if mention.negated or NEGATED_AFTER.match(rest, mention.end) else _CORRECT.match(rest, mention.end)
        if said:
            before = named[place - 1] if place else None
            together = before and before.index not in form.same[mention.index] and linked(rest, before, mention)
            several = together and "are" in said[0].lower().split()
            yield (None, "two_answers") if several else (mention.index, None), mention.start, mention.end


def _outweighed(found: Sequence[_Found], rest: str, form: Form) -> Answer | None:
    """What stands behind a turn ("but it is B") where all that is stated before is granted, or another's words."""
    last = max(end for _, _, end in found)
    if not all(granted(rest, start, end) for _, start, end in found):
        return None
    turn = _CONTRAST.search(rest, last)
    after = rest[turn.end() :] if turn else ""
    if not after and all(anothers(rest, start) for _, start, _ in found):
        after = rest[last:]
    weak = _weakly(after, form, lead=False) if after else None
    return weak if weak and weak[0] is not None else None


def _weakly(rest: str, form: Form, *, lead: bool) -> Answer | None:
    """Rule 5: what is said to be heard, or an option's text that leads the response."""
    found: list[_Found] = [
        (value, cue.end(), cue.end())
        for cue in _WEAK.finditer(rest)
        if not denied_before(rest, cue.start()) and (value := value_at(rest, cue.end(), form))
    ]
    if lead and (value := value_at(rest, 0, form, closed=True)):
        found.append((value, 0, 0))
    return _weighed(found, rest, form)


def _weighed(found: Sequence[_Found], rest: str, form: Form) -> Answer | None:
    """One answer out of several; where they differ, those that are only weighed, granted or reported give way."""
    answer = _agree([value for value, _, _ in found], form)
    if answer is None or answer[0] is not None or not 1 < len(found) <= _WEIGHED_AT_MOST:
        return answer
    firm = [value for value, start, end in found if not granted(rest, start, end)]
    return _agree(firm, form) or answer


def _corrected(after: str, clause: str, certain: bool, form: Form) -> Answer | None:
    """The answer after a correction; None if nothing there is one, and what stood before may hold."""
    if value := _named(clause, form):
        return value
    low = after.lower()
    answer = _weighed(_stated(after, low, form, scan=False, lead=False), after, form)
    answer = answer or _weakly(after, form, lead=False)
    if answer or not (certain or after.strip()):
        return answer
    named = list(mentions(after, form))
    left = _agree([(m.index, None) for m in named if not m.negated], form)
    if certain:
        return left or (None, "only_negated" if named else "no_answer")
    if left and _ALSO.search(after):
        return None, "two_answers"
    return (None, "only_negated") if named and not left else None


def _answers(before: str, form: Form) -> bool:
    """Whether there is an answer that could be taken back."""
    if value_at(before, 0, form) or any(value_at(before, cue.end(), form) for cue in _STATED.finditer(before)):
        return True
    return bool(mentions(before, form))


def _named(words: str, form: Form) -> Answer | None:
    """The option that these words are, whole, with or without an article."""
    return form.whole(words) or form.whole(_ARTICLE.sub("", words))


_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\w\w)", re.IGNORECASE)


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


_A_LETTER = re.compile(r"[\s\"'(]*[B-HJ-Z]\b(?!['#])")  # a letter that could not be read is no reason to look elsewhere
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_SENTENCE = 400  # characters after a cue that may still belong to its sentence


def _value_after(plain: str, cue: re.Match[str], form: Form, scan: bool) -> Answer | None:
    """The answer stated right after a cue, or else the only one in the cue's sentence."""
    if denied_before(plain, cue.start()):
        return None
    at = cue.end()
    value = None if _DENIED_CUE.search(cue[0]) else value_at(plain, at, form)
    if value or not scan or _A_LETTER.match(plain, at):
        return value
    end = _SENTENCE_END.search(plain, at, at + _SENTENCE)
    stop = end.start() if end else min(len(plain), at + _SENTENCE)
    found = [(m.index, None) for m in mentions(plain, form, at, stop) if not m.negated]
    answer = _agree(found, form)
    return answer if answer and answer[0] is not None else None
