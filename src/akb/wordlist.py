"""Words that people know: frequent (wordfreq), in WordNet as ordinary words, and in CMUdict.

wordfreq's packaged table gives each word's frequency in centibels; only the data file is read.

    common_words(3.6)[:3]  ->  the most frequent first
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import files

import msgspec

from akb import pronunciations, wordnet
from akb.errors import AkbError

# Not for a questionnaire.
_UNWELCOME = frozenset(
    "rape raped rapist slut whore bitch cunt fuck shit piss nigger nigga negro fag faggot porn penis vagina anal anus "
    "dick cock tits tit boob sex sexy sexual nazi kike spic chink coon dyke retard tranny suicide incest orgasm semen "
    "sperm horny erotic nude naked molest pussy bastard damn crap hell ass arse butt fart turd wank jew jap gook hoe "
    "hooker pimp prostitute rectum nipple breast clit dildo bra thong kill murder corpse suck sucks damned bomb terrorist gun massacre "
    "pedophile paedophile satanic breasts corpses suck sucks damned kirk homo cum kat toby pissed douche goddamn goddamned dammit vaginal penile sexually homosexual homosexuality virgin virginity colon diarrhea obese killing killed murderer murdered nazis bloody crotch groin pee poo "
    "abortion genocide slave slavery lynch drug cocaine heroin meth opium cannabis weed".split()
)

_UNWELCOME_STARTS = ("fuck", "shit", "bitch", "cunt", "whor", "slut", "porn", "rapi", "mastur", "prostit", "panzer", "momma")

# Names, clippings and abbreviations that WordNet also has as rare ordinary words.
_NAMES = frozenset(
    "christ chad beth mac jack gen bob mag doe rick pic neo kinda cant newton tony kelly jean jim joe john ray rod ted "
    "tom tim sam ben dan don ron roy ken kim lee lou max meg mel mike miles nick pat pete phil rob russ sally sandy "
    "sean sid stan sue tad tina van vic will bill billy bobby carol chris colin dale dave dean dick dolly eve faith "
    "frank gene george glen grant guy hal harry jerry jenny jill jimmy josh judy june kate kay kerry kit kitty lance "
    "larry laurel mark martin marc mary matt may nancy ned norm paris paul peg penny robin rose ross roger ruby rusty "
    "sal sherry ty victor wally warren wayne web pres prof dem rep repo info intro demo memo combo limo typo mod mom "
    "mum pas app apps auto bio bro bros com con cop fab fav gonna gotta wanna isn ain don doc dos fro ins int "
    "jones jung kris lang lam leon les levi lin mae mai mali marge marina mars mba med mel mil min mon mrs ms nan "
    "nat nay ness nil nix nos num oman ora org pam pan pap par pax pee pol pom por pro psi pub pun pup pur que rad "
    "ram ran ras rec ref reg rem res rev rex rho ria rip ron rue rum sac sag sas sax sci sec sen ser shay sib sic sir "
    "sol sos spa sri sse ssh sta std ste ster tau tec tel ten tor tot tri tsar tux uni ute vas vet via vie viz von "
    "vox wan wat ways wee wen wis wit wog won wow yam yap yaw yay yea yen yep yer yew yon zap zed zen zinc zip ale "
    "dwell hades haired aired pic pics gram cutter tins whit whist watt watts ohm amp carson lennon holmes lister "
    "sever cape bean lord earl baron duke chancellor victoria regina elder sioux mitt romney bush carter lincoln "
    "ford reed reid lowe lowes moss nash hays swift wells crow dee bey bier blvd sheen sheer".split()
)


@cache
def frequencies() -> dict[str, float]:
    """Zipf frequency (log10 of occurrences per billion words) of each English word in wordfreq's large list."""
    listed = [f for f in files("wordfreq") or [] if f.name == "large_en.msgpack.gz"]
    if not listed:
        raise AkbError(
            "wordfreq is installed without its English table",
            where="wordfreq/data/large_en.msgpack.gz",
            remedy="install wordfreq 3.1 from the lock file",
        )
    _, *by_centibel = msgspec.msgpack.decode(gzip.decompress(listed[0].read_binary()))
    return {word: 9 - cb / 100 for cb, words in enumerate(by_centibel) for word in words}


@cache
def common_words(zipf: float = 3.5) -> tuple[str, ...]:
    """Words of at least that Zipf frequency that CMUdict pronounces and WordNet defines, most frequent first.

    Proper names, abbreviations, words of fewer than three letters and words unfit for a questionnaire are left out.
    """
    return tuple(
        word
        for word, value in frequencies().items()
        if value >= zipf
        and len(word) > 2
        and word.isascii()
        and word.isalpha()
        and word not in _UNWELCOME | _NAMES
        and not word.startswith(_UNWELCOME_STARTS)
        and pronunciations.pronunciations(word)
        and wordnet.is_common_lemma(word)
        and not wordnet.is_name(word)
    )
