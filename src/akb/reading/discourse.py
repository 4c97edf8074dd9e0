"""How what is said is meant: taken back, weighed, conceded, reported, or no longer the model's answer at all.

An answer that was corrected is not the answer ("C. Sorry, I meant D"); of two, one that was only weighed or granted
("A is tempting but B is correct"), or put into another's mouth ("some would say A"), gives way to the other. These
rules know places in a text, not options; `extraction` asks them only where a response could not be read, or be
read wrongly, without them.

    granted("A is tempting but B is correct.", 0, 1)  # True
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# -- What a base model goes on to write -------------------------------------------------------------------------

_NEXT = re.compile(
    r"\n[ \t]*(?:[#*>-]+[ \t]*)?(?:(?:next|another|new|second|third)[ \t]+)?(?:question|q|human|user|assistant|system"
    r"|problem|exercise|example|input|instruction|task|audio|clip|passage|description|caption|transcript|choices|options)"
    r"[ \t]*\d*[ \t]*(?:[:.)\n]|\*\*)"
    # A question, and options or an answer behind it.
    r"|\n[ \t]*(?:\d+[.)][ \t]+)?[^\n]{8,300}\?[ \t*]*(?=\n(?:[\s\S]{0,400}?\n)?"
    r"[ \t*]*(?:\(?[A-Z][.)][ \t]|answer[ \t]*:))"
    r"|\n[ \t]*(?:\[INST\]|-{3,}[ \t]*\n)"
    # A word to somebody who is to be asked again.
    r"|\n[ \t]*(?:here(?:'s|\s+is)\s+(?:another|the\s+next)|please\s+(?:select|choose|answer|pick)"
    r"|now\s+(?:try|answer))\b",
    re.IGNORECASE,
)
_TURN_ENDS = re.compile(r"<\|[\w-]{2,24}\|>|</s>|<eos>|<end_of_turn>|<\|eot")


def before_next(text: str) -> str | None:
    """What stands before the question that a base model asks itself next; None if it asks none."""
    at = _NEXT.search(text)
    return text[: at.start()] if at and text[: at.start()].strip() else None


def own_turn(text: str) -> str:
    """A response up to the mark that ends its turn."""
    at = _TURN_ENDS.search(text)
    return text[: at.start()] if at and text[: at.start()].strip() else text


# -- What is taken back -------------------------------------------------------------------------------------------

_TAKEN_BACK = re.compile(
    r"\bsorry\b[,:]?\s*i\s+meant?\b|\bi\s+mean(?:t)?\b(?!\s+(?:that|what))|\bcorrection\b\s*[:,-]|\b(?:scratch"
    r"|strike|ignore)\s+that\b"
    r"|\bi\s+take\s+(?:that|it)\s+back\b|\b(?:change|revise|correct)\s+my\s+(?:answer|mind|choice)\b(?:\s+to\b)?"
    r"|\bi\s+made\s+(?:a\s+mistake|an\s+error)\b|\bi\s+was\s+(?:wrong|mistaken)\b|\bi\s+(?:misspoke|misread"
    r"|misheard)\b|\bmy\s+(?:mistake|bad|error)\b|\boops\b"
    r"|\b(?:let\s+me|i\s+must|i\s+should|i\s+need\s+to)\s+(?:reconsider|rethink|think\s+again"
    r"|correct\s+(?:myself|that)|revise)\b",
    re.IGNORECASE,
)
_TURNED = re.compile(
    r"(?:[.!?;,]|\s-|\n)\s*(?:but\s+)?(?:(?:oh\s+)?no,?\s+)?(?:wait|hold\s+on|hmm+|actually|or\s+rather"
    r"|rather(?!\s+than)|sorry|apologies"
    r"|on\s+(?:second\s+thoughts?|reflection|closer\s+\w+|further\s+\w+)|thinking\s+again"
    r"|come\s+to\s+think\s+of\s+it)\b(?:,?\s*no\b)?"
    r"|,\s*(?:(?:more\s+)?(?:specifically|precisely|exactly)|to\s+be\s+(?:precise|exact|specific)|namely)\b"
    r"|[.!;]\s*no\b(?=\s*,)|\?\s*(?:no|nope|not\s+quite|not\s+really)\b|(?:-|\.\.\.|,)\s*(?:er+|uh+|um+"
    r"|no)\b(?=\s*[,.-])|\b(?:edit|update|erratum)\s*:",
    re.IGNORECASE,
)
# Without one of these neither pattern can match; looking for them is far faster.
_TURN_SIGNS = (
    "sorry", "i mean", "correct", "that", "take it back", " my ", "mistake", "i was ", "i mis", "oops", "let me",
    "i must", "i should", "i need", "wait", "hold on", "hmm", "actually", "rather", "thought", "reflection", "closer",
    "further", "thinking", "apolog", "specific", "precise", "exact", "namely",
    "edit", "update", "erratum", "? n", "?\nn", "?n", " no,", " no.", " no ", " no-", "er,", "um,", "uh,", "er.", "er-",
)  # fmt: skip
_FILLERS = re.compile(
    r"[\s,.:;!-]*(?:(?:no|so|that|it|it's|that's|is|was|be|should|would|make|i|i'd|think|say|the|answer|correct"
    r"|right|must|rather|instead)"
    r"\b(?!\s*\))[\s,.:;!-]*)*",
    re.IGNORECASE,
)
_MARKS_AT_MOST = 6  # from the end: nobody takes back more, but a model that loops writes thousands
_CLAUSE_END = re.compile(r"[.,;!?](?=\s|$)|\n")


def corrections(text: str, low: str) -> Iterator[tuple[str, str, str, bool]]:
    """(what stood before, what follows, its first clause, whether the former is certainly taken back), last first."""
    if not any(sign in low for sign in _TURN_SIGNS):
        return
    marks = [(m, True) for m in _TAKEN_BACK.finditer(text)] + [(m, False) for m in _TURNED.finditer(text)]
    for mark, certain in sorted(marks, key=lambda found: -found[0].end())[:_MARKS_AT_MOST]:
        if not text[: mark.start()].strip():
            continue
        after = text[mark.end() :]
        skip = _FILLERS.match(after)
        start = skip.end() if skip else 0
        end = _CLAUSE_END.search(after, start)
        yield text[: mark.start()], after, after[start : end.start() if end else len(after)].strip(), certain


# -- What is only granted, weighed or reported ------------------------------------------------------------------

# The period of "B. Drum" ends nothing.
_PERIOD = (
    r"(?:(?<!\b[A-Z])\.(?=\s|$)"
    r"|\.(?=\s*$|\s+(?:I|I'd|I'm|The|But|So|However|It|This|That|My|Others|Let|No|Still|On|Wait)\b))"
)
_BOUNDARY = re.compile(
    _PERIOD + r"|[!?;:,](?=\s|$)|\n|\s-\s|\b(?:but|yet|however|nevertheless|nonetheless|so|therefore|hence)\b",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"\b(?:might|may|could|possible|possibly|perhaps|maybe|plausible|tempting|attractive|close|reasonable"
    r"|seems?|seemed|appears?|appeared"
    r"|looks?|looked|sounds?|sounded|resembles?|similar|at\s+first|first|initially|originally|previously"
    r"|earlier|before|considered|torn"
    r"|leaning|leaned|inclined|tempted|if|although|though|while|despite|whether|either|between|compared|hints?"
    r"|guess|was|granted|obvious|usual|popular|na[iï]ve|common|expected|typical|textbook|intuitive|(?<!i\s)would)\b|\?",
    re.IGNORECASE,
)
_REPORT_ENDS = re.compile(_PERIOD + r"|[!?;]\s|\n|,\s(?:but|so)\s|\",\s|\bwrong:", re.IGNORECASE)
# What a caption or a speaker says is evidence; what a user or a teacher says is somebody's answer.
_SAYS = r"(?:says?|said|thinks?|thought|argues?|claim(?:s|ed)?|ask(?:s|ed)?|suggest(?:s|ed)?|believe[sd]?|assumes?)"
_REPORTED = re.compile(
    r"\baccording\s+to\s+(?:the\s+(?:user|question|prompt|author|listener)|some|others|you)\b"
    r"|\b(?:some|someone|somebody|anyone|others?|people|many|one|you|they|he|she|listeners?"
    r"|(?:the|a|an)\s+(?:\w+\s+)?(?:user|question|prompt|author|listener|person|annotator|novice"
    r"|student))\b[^.;\n]{0,30}?"
    rf"\b(?:{_SAYS}|answer|answers|answered|guess|expect|wonder|choose|pick)\b"
    r"|\b(?:the|a|an|my)\s+(?!caption|transcript|description|audio|recording|clip|text|sound|speaker|voice)\w+\s+"
    rf"(?:(?:has|had|once|also)\s+)?{_SAYS}\b",
    re.IGNORECASE,
)


def granted(text: str, start: int, end: int) -> bool:
    """Whether what stands between `start` and `end` is weighed, granted, doubted or another's, in its own clause."""
    left = 0
    for boundary in _BOUNDARY.finditer(text, 0, start):
        left = boundary.start() if boundary[0][0] not in ".!?;:,\n" else boundary.end()
    right = _BOUNDARY.search(text, end)
    stop = right.end() if right and right[0] == "?" else right.start() if right else len(text)
    clause = text[left:start] + " _ " + text[end:stop]
    return bool(_GRANTED.search(clause)) or anothers(text, start)


def anothers(text: str, at: int) -> bool:
    """Whether `at` stands in a quotation, or the sentence before it says that somebody else says it."""
    if text.count('"', 0, at) % 2 and '"' in text[at:]:
        return True
    begin = 0
    for end in _REPORT_ENDS.finditer(text, 0, at):
        begin = end.end()
    return bool(_REPORTED.search(text, begin, at))
