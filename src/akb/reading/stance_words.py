"""The words by which a clause states, weighs, grants, reports or denies the options in it, as patterns.

They are matched against lower-case clauses in which an option is a sign (`option_signs`); `stances` says what each
decides. A pattern named for what stands before an option is searched, one for what stands behind it matched.
"""

from __future__ import annotations

import re

from akb.reading.option_signs import M

BREAK = re.compile(
    r"[.!?]+(?=[\s\"')]|$)|;|\n|\s(?:-+>?|→)\s|\.\.\.|[()]"
    r"|(?<!\banswer)(?<!\bchoice)(?<!\boption)(?<!\bpick)(?<!\bguess)(?<!\boptions)"
    rf"(?<!\bis)(?<!\bbe)(?<!{M}):(?=\s)(?!(?<=(?:right|wrong|false):)\s*{M})(?!(?<=\btrue:)\s*{M})"
    r"|,\s*(?=(?:but|yet|so|and|while|whereas|although|though|even|however|which|with|it|it's|this|that|that's|the|whose|twice|half|double|(?:two|three|four|five|ten)\s+times"
    r"|i|i'd|i'm"
    r"|i'll|my|we|you|others|specifically|more\s+(?:specifically|precisely|exactly)|to\s+be|namely|based|given|judging|then|hence|therefore|thus|there|no|nope|wait|actually|sorry|leaving|because|since|if"
    r"|only|now|should|ah|oh|most"
    rf"|still|albeit|in|on)\b|{M})"
    r"|(?<!nothing\s)(?<!anything\s)(?<!everything\s)(?<!all\s)(?<!none\s)(?<!only\s)\b(?=but\b)"
    r"|,\s*(?=\w+\s+as\s+[\ue000-\uf8ff])|,?\s*\b(?=or,?\s+(?:rather|better)\b|i\s+mean\b)|(?<!\bnot\s)\b(?=(?:yet"
    r"|however|nevertheless|nonetheless|although|though|even\s+though|even\s+if|while|whereas|because|since|so"
    r"|therefore|hence|albeit)\b)",
)

# -- Stances ------------------------------------------------------------------------------------------------------

_BE = (
    r"(?:is|are|was|were|be|been|seems?|looks?|sounds?|appears?|would\s+be|must\s+be|should\s+be|can\s+be"
    r"|could\s+be|has\s+been|have\s+been)"
)
_ADVERB = (
    r"(?:(?!part|superf|seem|appar|init|near|poss|poten|argu)\w+ly\s+|also\s+|just\s+|simply\s+|both\s+|all\s+"
    r"|to\s+be\s+|so\s+|very\s+|quite\s+|still\s+)*"
)
NO = (
    r"(?:\bnot\b|n't\b|\bnever\b|\bcannot\b|\bneither\b|\bnor\b|\bno\b|\bnone\b|\bnobody\b|\bnothing\b"
    r"|\bno\s+one\b|\bhardly\b|\bscarcely\b|\bbarely\b)"
)
YET = re.compile(  # a denial that denies nothing
    r"\bno\s+doubt\b|\bwithout\s+(?:a\s+|any\s+)?doubt\b|\bnot\s+only\b|\bnot\s+just\b|\b(?:can't|cannot|can\s+not"
    r"|couldn't|could"
    r"\s+not|won't)\s+(?:be\s+)?(?:rule[sd]?|exclude[sd]?|dismiss|eliminate[sd]?|deny|denied|help)(?:\s+out)?\b"
    r"|\bnot\s+(?:im|un|in)\w+|\bno\s+(?:question|matter|wonder|other\s+than)\b|\bwithout\s+question\b|\bwhy\s+not\b"
    r"|\bnot\s+(?:entirely\s+|fully\s+|quite\s+)?(?:sure|certain)\b|\bnever\s+doubted\b|\bnothing\s+but\b"
    r"|\bnone\s+but\b|\bnone\s+other\b|\b(?:process\s+of|by|through|via)\s+elimination\b",
)
DENYING = re.compile(
    r"\brul(?:es?|ed|ing)\s+out\b|\brul(?:es?|ed|ing)\s*$|\bexclud\w*|\beliminat\w*|\breject\w*|\bdismiss\w*"
    r"|\bdiscard\w*"
    r"|\bdisagree\w*\s+(?:with|that)\b|\bdoubt\w*|\bcorrection\s+(?:to|of)\b|\brefus\w*|\bcontradict\w*"
    r"|\bconflicts?\b|\bimpossible\b|\bunlikely\b|\bincorrect\b|\bwrong\b|\bfalse\s*:"
    r"|\bmistak\w*|\bagainst\b|\bscrap\b|\bretract\b|\btake\s+back\b|\bdrop\b|\bunlike\b|\binstead\s+of\b"
    r"|\brather\s+than\b"
    r"|\bas\s+opposed\s+to\b|\bcontrary\s+to\b|\bfar\s+from\b|\bwithout\b|\bexcept\w*|\bother\s+than\b"
    r"|\banything\s+but\b"
    r"|\b(?:taken\s+for|confused\s+with)\b|\bdistinct\s+from\b|\bdifferent\s+from\b|\black\w*|\babsence\s+of\b|\btoo\s+\w+\s+(?:for|to\s+be)\b"
    r"|\bunable\b|\bdeny\b"
    r"|\b(?:more|less|fewer|(?!other|rather)\w+er)\s+than\s*$"
    r"|\b(?:non|un|semi|anti|pseudo|quasi)-\s*$|\b(?:mistake|error|inaccurate|misleading)\s+to\b"
    r"|\bden(?:y|ies|ied)\b|\bavoid\w*|\babsent\b|\bminus\b|\bcross(?:ed|ing)?\s+(?:off|out)\b",
)
DENIED = re.compile(
    rf"[\s\"',]*(?:{_BE}\s+{_ADVERB}(?:a\s+|an\s+|the\s+)?(?:\w+\s+)?)?"
    r"(?:wrong|incorrect|false|out|unlikely|impossible|implausible|improbable|excluded|ruled\s+out|eliminated"
    r"|rejected|dismissed"
    r"|mistaken|mistake|error|inaccurate|misleading|absent|missing|unsupported|inconsistent|irrelevant|distractors?|trap|red\s+herring"
    r"|decoy|inaccurate"
    r"|nonsense|off|untenable|crossed\s+out|invalid|less\s+\w+|least\s+\w+|too\s+\w+|worse|missed)\b"
    r"|[\s\"',]*(?:\w+ly\s+)?(?:fails?|contradicts?|conflicts?|lacks?|clash(?:es)?|misses|drops?\s+out"
    r"|falls?\s+(?:short|away|flat)|loses?"
    r"|disagrees?|goes\s+against|makes?\s+(?:no|little|less|hardly\s+any)\s+sense|has\s+no|have\s+no|aside\b"
    r"|behind\b|gets?\s+(?:nowhere|excluded|eliminated|ruled\s+out)|out\b)"
    rf"|[\s\"',]*(?:\w+\s+){{0,2}}?(?:\w+n't|cannot|(?:{_BE}|can|could|do|does|did|would|will|may|must|should|has"
    rf"|have)\s+(?:\w+ly\s+)?(?:not|never|no|nowhere|neither|hardly|in\s+no\s+way|by\s+no\s+means))\b"
    r"|[\s\"']*[:=|-]\s*[\"'(]*(?:no|nope|not|wrong|incorrect|false|unlikely|excluded|eliminated|absent|impossible|implausible|✗|❌)",
)
WEIGHED = re.compile(
    r"\b(?:might|may|maybe|perhaps|possibl[ey]|could|potentially|conceivabl[ey]|plausible|either|considered"
    r"|considering|weighing"
    r"|torn|between|whether|unsure|hesitat\w+|candidates?|options?\s+(?:are|would)|looked\s+at|seem(?:s|ed|ing)?"
    r"|appears?|versus|vs|toss-up|compar\w+|to\s+be\s+said\s+for|debating)\b",
)
CONCEDED = re.compile(
    r"\b(?:although|though|even\s+though|even\s+if|despite|in\s+spite|notwithstanding|regardless|no\s+matter|albeit"
    r"|if|unless|granted|admittedly|^\W*(?:true|sure|yes)(?=,)|tempt\w+|attractive|at\s+first|first(?:ly)?"
    r"|initial(?:ly)?|originally"
    r"|previously|earlier|before|almost(?!\s+certainly)|nearly|used\s+to|close(?:\s+call)?|resembl\w+|similar|hints?\s+(?:of|at)"
    r"|traces?|fair|possibilit\w+|case\s+for|argue"
    r"|argument|was\s+(?:going|about|inclined|tempted|leaning)|inclined|obvious|usual|popular|na[iï]ve|common"
    r"|typical|textbook|intuitive"
    r"|expected|example|instinct|impression|second(?!\s+(?:listen|look|hearing|thought|pass|time|try))|runner-up|2nd|3rd|partially|partly|i\s+(?:said|answered|wrote|put)"
    r"|good\s+guess|distract\w*|confus\w*|(?:would|i'd|could|might)\s+have\s+(?:said|been|chosen|picked|thought"
    r"|expected|guessed)|would\s+(?:need|require|have|sound"
    r"|expect|explain|mean|imply|suggest|be\s+(?:possible|tempting|plausible|a\s+good|my\s+second))|were"
    r"|too\s+quickly|guessed|thought|as\s+much\s+as|loud)\b",
)
WOULD = re.compile(  # "A dog would bark": what would be heard, if it were
    r"\s+would(?:\s+(?:have|typically|usually|normally|probably|rather|instead|then))*\s+"
    r"(?!have\b|be\b|been\b|fit|match|suit|work|do\b|explain|account|make|made|seem|win|still|also|best|therefore|thus|remain"
    r"|stay|appear|my\b|definitely|clearly|certainly|indeed|likely|most)\w+"
)
SURE = re.compile(
    r"\b(?:my|best|final)\s+(?:best\s+|only\s+|final\s+)?(?:guess|bet|answer|choice|pick)\b|\bmore\s+plausible\b"
    r"|\bfinally\b|\b(?:first|1st|top)\s+(?:choice|pick|candidate)\b|(?<!was\s)\binclined\s+to\s+(?=say|pick|choose|go\b|answer|think|believe)|\bif\s+i\s+(?:had|have|must|were|ever)\b"
    r"|\bbefore\s+(?:\w+ly\s+)?(?:settling|choosing|deciding|picking|landing|arriving)\b"
)
STATED = re.compile(
    r"\b(?:answer|choice|option|solution|response|selection|conclusion|pick|guess|verdict|bet|one|letter|decision"
    r"|vote|money)s?\b"
    r"[^\ue000-\uf8ff]{0,40}?(?:\b(?:is|was|be|are|remains|stays|becomes|being)\b|[:=→]|->|-"
    r"|\bto)[^\ue000-\uf8ff]{0,25}$"
    r"|\b(?:choose|chose|pick|picked|select|selected|go(?:ing)?\s+(?:with|for)|went\s+(?:with|for)|say|answer"
    r"|opt(?:ed)?\s+for"
    r"|(?:settled?|settling)\s+(?:on|for)|choosing|picking|selecting|stick\s+(?:with|to)|stay\s+with|vote\s+(?:for|goes\s+to)|bet\s+on"
    r"|lean(?:ing)?(?:\s+(?:more\s+)?towards?)?|favou?rs?"
    r"|prefer|accept|take|put|mark|said|conclude[sd]?(?:\s+(?:that|on))?|decided?\s+(?:on|for)|endorse|believe"
    r"|think|make\s+(?:it|that)|call\s+it"
    r"|points?\s+(?:only\s+)?to|suggests?|indicates?|matches|consistent\s+with|keep|leav(?:es?|ing)|left\s+with|means"
    r"|supports?|confirms?|settles?\s+it|(?:argues?|speaks?)\s+for|gives|yields|equals)"
    r"\s*[:,]?\s*(?:it\s+is\s+|it's\s+|that\s+|on\s+|us\s+with\s+|only\s+|just\s+|clearly\s+|definitely\s+"
    r"|it\s+must\s+be\s+)*[\"'(]*$"
    r"|\b(?:it|this|that|sound|source|speaker|instrument|clip|recording)\s*(?:'s|\s+(?:is|was|must\s+be"
    r"|has\s+to\s+be|would\s+be|should\s+(?:be|have\s+been)|can\s+only\s+be))"
    r"(?:\s+(?:\w+ly|more|most|likely|rather|indeed|in\s+fact|really|now|of|from|likelier))*\s*$"
    r"|\b(?:right|true|correct)\s*:\s*$"
    r"|\bwhat\s+(?:\w+\s+){1,4}?(?:is|was)\s+(?:the\s+|an?\s+)?$"
    r"|\b(?:change|revise|switch|amend|correct|update)d?\s+(?:it|that|this|my\s+\w+)\s+to\s*$"
    r"|\b(?:most|more)\s+(?:likely|probabl[ey]|plausibl[ey]),?\s*$|\b(?:hear|only|must\s+be|has\s+to\s+be|so|thus"
    r"|hence|therefore|then|is|be),?\s*$"
    r"|^\W*(?:and\s+|but\s+|so\s+|yes,?\s+|no,?\s+|rather\s+|instead\s+|just\s+|hence\s+|thus\s+|therefore\s+"
    r"|yet\s+|still\s+|clearly\s+|definitely\s+)*\W*(?:(?:on|in|by|at|for|after|all)\s+(?!example|instance"
    r"|first)\w+(?:\s+\w+)?,?\s*)?$",
)
_GOOD = (
    r"(?:correct|right|best|true|accurate|answer|choice|pick|one\s+(?:that|which)|sense|left|favou?rite|winner"
    r"|first(?=[.!]?\s*$)|what\s+(?:i|we|is)"
    r"|(?:(?:more|most)\s+(?:\w+ly\s+)?\w+|better|best|closer|closest|stronger|strongest|likelier"
    r"|likeliest)(?!\s+(?:than|common)))\b"
)
RIGHT = re.compile(
    rf"[\s\"',]*(?:is|are|remains?|stays|must\s+be|has\s+to\s+be|should\s+be|can\s+only\s+be|was\s+indeed|as"
    rf"|makes?)\s+{_ADVERB}(?:the\s+|my\s+|a\s+|an\s+)?{_ADVERB}"
    rf"(?:(?:much|far|slightly|even|only|clearly|obvious|one|good|likely|probable|single)\s+)*{_GOOD}"
    r"|\s+(?:in\s+(?:total|all)|altogether)\b"
    r"|[\s\"',]*(?:it\s+is|wins?|fits?|match(?:es)?|suits?|explains?|works?|remains?|prevails?|stands?|holds?"
    r"|survives?|does|is)\b(?!\s+(?:not|less|un|im))\s*(?:$|best|better|every\w*|all|the\s+\w+|most|well|perfectly"
    r"|exactly|what)"
    r"|[\s\"']*[:=|-]\s*[\"'(]*(?:yes|correct|right|true|most\s+likely|best|likely|✓|✔|✅)",
)
BETTER = re.compile(
    rf"[\s\"',]*(?:{_BE}|would\s+(?:still\s+)?be|has|have|fits?|makes|match(?:es)?)\s+{_ADVERB}(?:the\s+|a\s+"
    rf"|an\s+)?(?:(?:much|far|slightly|even|the)\s+)*(?:more\b(?!\s+common)|better|closer|stronger|likelier|best"
    rf"|(?:most\s+(?!common|obvious)\w+))\b",
)
THAN = re.compile(
    rf"({M})[^\ue000-\uf8ff]{{0,30}}?\b(?:(more|better|closer|stronger|likelier|greater|sooner|rather|instead)"
    rf"|(less|worse|weaker))\b[^\ue000-\uf8ff]{{0,40}}?\b(?:than|to|for)\s+({M})"
    rf"|\b(?:(?:closer|nearer)\s+to|prefer|favou?r|choose|chose|pick|take|rank|put|like)\w*\s+({M})\s*(?:to|over|above|before|(?:more\s+)?than(?:\s+to)?"
    rf"|and\s+not|not|rather\s+than|instead\s+of|ahead\s+of|against)\s+({M})"
    rf"|\bless\s+({M})\s+than\s+({M})"
    rf"|({M})\s*,?\s*(?:rather\s+than|instead\s+of|and\s+not|not|over|as\s+opposed\s+to|unlike|beats|edges\s+out|outweighs|trumps"
    rf"|and\s+(?:certainly|definitely)\s+not|but\s+(?:certainly|definitely)?\s*not|but\s+not)\s+({M})",
)

# -- What is taken back -------------------------------------------------------------------------------------------

BACK = re.compile(
    r"\bwait\b|\bhang\s+on\b|\bhold\s+on\b|\bhmm+\b|\bactually\b|\bsorry\b|\bapolog\w+|\boops\b|\bscratch\s+that\b"
    r"|\bstrike\s+that\b|\b(?:ignore|disregard|forget|scrap)\s+(?:that|it|this|my)\b"
    r"|\b(?:i\s+)?(?:retract|withdraw)\b|\btake\s+(?:that|it|this)?\s*back\b|\bi\s+mean(?:t)?\b|\bcorrect(?:ion"
    r"|ed)\b|\b(?:revised?|updated?|amended|new)\s+(?:answer|choice)\b"
    r"|\b(?:chang(?:e|ed|ing)|revised?|correct)\s+(?:my|it\s+to)|\bi\s+correct\b|(?<!be\sa\s)\bmistake\b(?!\s+to\b)|\bi\s+was\s+(?:wrong|mistaken)\b|\bi\s+mis\w+|\bmy\s+(?:bad"
    r"|error)\b|\b(?:let\s+me|i\s+must|i\s+should|i\s+need\s+to)\s+(?:re\w+|think|correct|listen)\b"
    r"|\bon\s+(?:second\s+thoughts?|reflection|closer\s+\w+|further\s+\w+)\b|\bthinking\s+(?:again|about\s+it)\b"
    r"|\bcome\s+to\s+think\b|\bor,?\s+(?:rather|better)\b|\b(?:overlooked|forgot|mixed\s+up|slip)\b"
    r"|\bnot\s+so\s+fast\b|\bthat(?:'s|\s+is|\s+was)\s+(?:not\s+(?:right|correct|it)|wrong|incorrect|a\s+mistake"
    r"|an\s+error)\b|\b(?:it|that)\s+should\s+(?:be|have\s+been)\b"
    r"|\bafter\s+re\w+|\bedit\b|\bupdate\b|\berratum\b|^[^\w\ue000-\uf8ff]*(?:no(?=\s*(?:[,.:;!-]|$|wait))|nope|not\s+quite"
    r"|not\s+really|er+|um+|uh+)\b|\bthink\s+again\b|\b(?:i\s+)?(?:now\s+)?(?:reconsider\w*)\b|^[^\w\ue000-\uf8ff]*(?:having|upon"
    r"|after|in\s+(?:the\s+end|fact|truth|reality)|eventually|ultimately)\b|\bi\s+should\s+have\b|\b(?:change|make"
    r"|switch)\s+(?:that|it|this)\b|\blet\s+me\s+(?:change|take|switch|try|go)\b|\bnow\s+(?:i|it)\b|\bi\s+now\b",
)


FAVOUR = re.compile(r"\bin\s+favou?r\s+of\s*$")
FROM_TO = re.compile(
    rf"\b(?:i|i'd|i've|i'll|we)\s+(?:\w+\s+)?(?:switch|chang|revis|mov)\w*\s+(?:my\s+\w+\s+)?from\s+({M})\s+to\s+({M})"
)
RANKED = re.compile(rf"({M})\s*>\s*(?={M})(?=({M}))")
MARK = re.compile("[✓✔✅☑✗✘❌✖]")  # "Cat: meows ✓"
REFINES = re.compile(r"\b(?:specifically|precisely|exactly|namely)\b|\bto\s+be\s+(?:precise|exact|specific)\b")
ALSO = re.compile(r"\b(?:also|too|as\s+well|equally|likewise|just\s+as\s+\w+|no\s+less\s+\w+)\b")
EQUAL = re.compile(r"\bjust\s+as\s+\w+|\bno\s+less\s+\w+")
TINGE = re.compile(
    r"\s+(?:influence|element|undertone|overtone|flavou?r|accent|tinge)s?\b"
)  # "with country influences"
UNTRUE = re.compile(
    r"\W*(?:but\s+|yet\s+|however,?\s+)*(?:it|that|this|which)\s*(?:'s|\s+(?:is|was|can|would|does"
    r"|seems?))?\s*(?:\w+ly\s+)?(?:not\b|n't\b|cannot\b|wrong|incorrect"
    r"|false|a\s+mistake|an\s+error|isn't|wasn't|can't|doesn't)|\W*(?:no|nope|wrong|incorrect|false)\W*$"
    r"|\W*(?:i\s+(?:don't|do\s+not)\s+(?:think|believe)\s+(?:so|that|it)|i\s+(?:disagree|doubt\s+(?:it|that)))\b",
)
_SAYS = (  # of one who says, now or then; and of several, or after "would"
    r"(?:says|said|saying|thinks|(?<!more\s)(?<!some\s)(?<!second\s)(?<!further\s)thought|argues|argued|claims|claimed|asks|asked|suggests|suggested|believes"
    r"|believed|assumes|assumed|answers|answered|guessed|expects|expected"
    r"|wonders|chooses|chose|picks|picked|selects|selected|wrote|writes|told|insists|insisted|proposes|proposed"
    r"|maintains|prefers|preferred|voted|votes|(?:goes|went)\s+(?:for|with)|reads|quotes|quoted|put|puts|opted|opts)\b"
)
_SAY = (
    r"(?:say|think|argue|claim|ask|suggest|believe|assume|answer|guess|expect|wonder|choose|pick|select|write|tell"
    r"|insist|propose|maintain|prefer|vote|go\s+(?:for|with)|opt|hear|call|take|put)\b"
)
_WOULD = r"(?:\s+(?:\w+ly|also|often|always|once|first|rather|still|have|has|had|even|else|people|listeners?|who))*"
_SEVERAL = (
    r"(?:some|others?|people|many|most(?!\s+\w+ly)|you|they|anyone|someone|somebody|everyone|everybody|one|those"
    r"|(?!thus\b|is\b|was\b|as\b|this\b|has\b|sounds\b|options\b)[a-z]+s)"
)
OTHERS = re.compile(
    rf"\b(?:some|someone|somebody|anyone|others?|another|people|many|most(?!\s+\w+ly)|everyone|everybody|one|you"
    rf"|they|he|she|whoever|(?:the|a|an|my|this|that|our|your|another|one|some"
    rf"|other)(?:\s+\w+){{1,3}}?){_WOULD}\s+{_SAYS}"
    rf"|\b{_SEVERAL}{_WOULD}\s+{_SAY}|\b(?:would|might|may|could|will){_WOULD}\s+{_SAY}"
    r"|\baccording\s+to\s+(?!me|the\s+(?:caption|transcript|audio|description|recording|sound|evidence|context"
    r"|clip))|\bin\s+the\s+(?:example|question|prompt)\b"
    r"|(?<!when\s)(?<!if\s)(?<!once\s)\b(?:asked|told|quoting)\b|\bit\s+(?:has\s+been|was|is\s+(?:\w+\s+)?)\s*(?:suggested|said|argued|claimed"
    r"|thought|proposed|believed)\b",
)
OWN = re.compile(
    r"\b(?:i|we)\b|\b(?:the|this|that)\s+(?:caption|transcript|audio|description|recording|sound|evidence|context"
    r"|clip|speaker|voice|text|clue|hint)s?\b"
)
OTHERS_AFTER = re.compile(
    rf"[\s\"',]*(?:is|was|would\s+be)\s+(?:what|the\s+\w+)\s+(?!i\b|we\b|is\b)(?:\w+\s+)*?(?:{_SAYS}|(?:would"
    rf"|might|may|will)\s+\w+)|[\s\"',]*(?:says?|said)\s"
)
MEANS = re.compile(  # "Option A is a dog": what the options are, not which is right
    r"\W*(?:\w+ly\s+)?(?:is|says?|claims?|states?|means|refers\s+to|stands\s+for|=|describes)(?:\s+(?:that|it|is"
    r"|to|a|an|the|of))*\W*"
)
NOTHING_BUT = re.compile(
    r"\b(all|everything|nothing|none|any\w*|every\s+\w+)\s+(?:but|except(?:\s+for)?|other\s+than)\s*$"
)
PERHAPS = re.compile(r"\W*(?:(?:maybe|perhaps|possibly|probably|likely|is\s+it)\b\W*)?")
FOUND = re.compile(r"\b(?:find|finds|consider|deem|judge|rate|regard)\s*$")
MORE = re.compile(
    r"\s+(?:to\s+be\s+|as\s+)?(?:the\s+|much\s+|far\s+)*(?:more|most|better|best|stronger|strongest|likelier"
    r"|likeliest|right|correct)\b"
)
TRUE = re.compile(r"\W*(?:true|granted|admittedly)\W*")
THOUGH_I = re.compile(r"\b(?:al)?though\s+(?=i\b|my\b|the\s+(?:\w+\s+)?answer\b)")
AGREED = re.compile(
    r"\W*(?:(?:and|so)\s+)?(?:i|we)\s+(?:\w+ly\s+|also\s+|do\s+)?(?:agree|concur)(?:\s+with\s+(?:it|that|this|them|him|her))?\W*"
)
RELATIVE = re.compile(
    r"\W*(?:whose|(?:the\s+)?(?:relative|parallel)\s+of|(?:\w+\s+times|twice|half|double)\s+(?!as\b|the\b))"
)
SURELY = re.compile(r"\W*(?:yes|definitely|certainly|absolutely|surely|indeed|of\s+course|without\s+(?:a\s+)?doubt)\W*")
QUOTED = re.compile(r"\"[^\"\n]*?[\ue000-\uf8ff][^\"\n]*?\"")
RULED = re.compile(r"\s*out\b")
SENTENCE = re.compile(r"[.!?;\n]\s*$")
GROUNDS = re.compile(r"\W*(?:because|since|as)\b")
OPENING = re.compile(
    r"\W*(?:while|whereas|although|though|even\s+though|even\s+if"
    r"|if(?!\s+(?:i|we)\s+(?:must|ha(?:d|ve)\s+to|were\s+to|am)\b)|despite|in\s+spite|(?:as\s+)?\w+\s+as)\b"
)
BUT = re.compile(r"\W*(?:but|yet|however|so|still|nevertheless|nonetheless)\b|\s*i\b")

# Without one of these the patterns cannot match; looking for them is far faster.
BACK_SIGNS = (
    "wait", "hold on", "hang on", "hmm", "actually", "sorry", "apolog", "oops", "scratch", "strike", "ignore",
    "disregard", "forget", "scrap", "retract", "withdraw", "back", "i mean", "correct", "revise", "updated",
    "amended", "new ", "mistake", "i was", "i mis", "my bad", "error", "let me", "i must", "i should", "i need",
    "thought", "reflection", "closer", "further", "thinking", "come to", "or rather", "or, ", "or better",
    "overlooked", "forgot", "mixed up", "slip", "so fast", "wrong", "not right", "not it", "should", "after re",
    "edit", "update", "erratum", "no,", "no.", "no:", "no;", "no!", "no -", "no wait", "having", "upon", "after",
    "in the end", "in fact", "in truth", "in reality", "eventually", "ultimately", "make that", "make it", "change",
    "switch", "nope", "not quite", "not really", "er", "um", "uh", "think again", "reconsider", "now",
)  # fmt: skip
TELLING_SIGNS = (
    "say", "said", "think", "thought", "argu", "claim", "ask", "suggest", "believ", "assum", "answers", "answered",
    "answer ", "guess", "expect", "wonder", "choose", "chose", "pick", "select", "wr", "tell", "told", "insist",
    "propos", "maintain", "prefer", "vote", "go", "went", "read", "quot", "put", "opt", "hear", "call", "take",
    "according", "in the", "would", "might", "may", "could", "will",
)  # fmt: skip

CONTEST_SIGNS = (
    "retract", "withdraw", "take", "scratch", "forget",
    "not", "n't", "no ", "nor ", "neither", "never", "none", "nobody", "out", "wrong", "false", "correct",
    "possible", "likely", "doubt", "rather", "instead", "except", "other than", "anything", "refus", "reject",
    "dismiss", "discard", "disagree", "unlike", "far from", "without", "absen", "?", "but", "fail", "contra",
    "conflict", "lack", "if ", "who", "avoid", "against", "hardly", "scarcely", "barely", "eliminat", "exclud",
    "strike", "cross", "mis", "deny", "denie", "worse", "less", "least", "off", "too ", "invalid", "trap", "decoy",
    "distract", "says", "said", "think", "thought", "claim", "ask",
)  # fmt: skip
