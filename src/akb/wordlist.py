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
    "abortion anal anus arse ass bastard bitch bloody bomb boob bra breast breasts butt cannabis chink clit cocaine "
    "cock colon coon corpse corpses crap crotch cum cunt dammit damn damned diarrhea dick dildo douche drug dyke "
    "erotic fag faggot fart fuck genocide goddamn goddamned gook groin gun hell heroin hoe homo homosexual "
    "homosexuality hooker horny incest jap jew kat kike kill killed killing kirk lynch massacre meth molest murder "
    "murdered murderer naked nazi nazis negro nigga nigger nipple nude obese opium orgasm paedophile pedophile pee "
    "penile penis pimp piss pissed poo porn prostitute pussy rape raped rapist rectum retard satanic semen sex "
    "sexual sexually sexy shit slave slavery slut sperm spic suck sucks suicide terrorist thong tit tits toby "
    "tranny turd vagina vaginal virgin virginity wank weed whore".split()
)

_UNWELCOME_STARTS = (
    "fuck",
    "shit",
    "bitch",
    "cunt",
    "whor",
    "slut",
    "porn",
    "rapi",
    "mastur",
    "prostit",
    "panzer",
    "momma",
)

# Names, clippings and abbreviations that WordNet also has as rare ordinary words.
_NAMES = frozenset(
    "ain aired ale amp app apps auto baron bean ben beth bey bier bill billy bio blvd bob bobby bro bros bush cant "
    "cape carol carson carter chad chancellor chris christ colin com combo con cop crow cutter dale dan dave dean "
    "dee dem demo dick doc doe dolly don dos duke dwell earl elder eve fab faith fav ford frank fro gen gene george "
    "glen gonna gotta gram grant guy hades haired hal harry hays holmes info ins int intro isn jack jean jenny "
    "jerry jill jim jimmy joe john jones josh judy june jung kate kay kelly ken kerry kim kinda kit kitty kris lam "
    "lance lang larry laurel lee lennon leon les levi limo lin lincoln lister lord lou lowe lowes mac mae mag mai "
    "mali marc marge marina mark mars martin mary matt max may mba med meg mel memo mike mil miles min mitt mod mom "
    "mon moss mrs ms mum nan nancy nash nat nay ned neo ness newton nick nil nix norm nos num ohm oman ora org pam "
    "pan pap par paris pas pat paul pax pee peg penny pete phil pic pics pol pom por pres pro prof psi pub pun pup "
    "pur que rad ram ran ras ray rec reed ref reg regina reid rem rep repo res rev rex rho ria rick rip rob robin "
    "rod roger romney ron rose ross roy ruby rue rum russ rusty sac sag sal sally sam sandy sas sax sci sean sec "
    "sen ser sever shay sheen sheer sherry sib sic sid sioux sir sol sos spa sri sse ssh sta stan std ste ster sue "
    "swift tad tau tec ted tel ten tim tina tins tom tony tor tot tri tsar tux ty typo uni ute van vas vet via vic "
    "victor victoria vie viz von vox wally wan wanna warren wat watt watts wayne ways web wee wells wen whist whit "
    "will wis wit wog won wow yam yap yaw yay yea yen yep yer yew yon zap zed zen zinc zip".split()
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
