"""Grounded questions on what sounds are called, proven with WordNet's glosses.

Each entry names a word, a part of the gloss that singles out its sense, and words that an expert
would not accept in its place: WordNet's senses overlap more than its synsets show, so the wrong
options are chosen by hand, and the predicate sees to it that none shares the sense.

    list(GENERATORS["animals.word_for_sound"](0))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from akb.benchmark.grounded.craft import wordnet
from akb.benchmark.grounded.craft.templates import Sketch, Sketcher, Templates


class Entry(NamedTuple):
    """A word for a sound, the part of its gloss that singles out the sense, and safe wrong options."""

    word: str
    gloss: str
    wrong: tuple[str, ...]


def _entries(text: str) -> tuple[Entry, ...]:
    rows = [line.split("|") for line in text.strip().splitlines()]
    return tuple(
        Entry(word.strip(), gloss.strip(), tuple(w.strip() for w in wrong.split(","))) for word, gloss, wrong in rows
    )


WORDS = {
    "animals": _entries("""
bray | cry of an ass | bleat, moo, whinny, grunt
bleat | sound of sheep or goats | bray, whinny, moo, cackle
caw | made by corvine birds | coo, gobble, honk, cluck
gobble | made by a turkey cock | honk, quack, coo, caw
honk | cry of a goose | quack, cluck, gobble, coo
cluck | sound made by a hen | coo, honk, quack, caw
coo | made by a pigeon | caw, cluck, gobble, hoot
caterwaul | cat in heat | purr, yelp, bay, hiss
bay | hound on the scent | purr, whinny, bleat, bray
whinny | made by a horse | bray, bleat, moo, grunt
cheep | weak cry of a young bird | caw, honk, hoot, squawk
purr | contented cat | caterwaul, hiss, growl, yelp
crow | cry of a cock | cluck, gobble, caw, quack
stridulation | made by some insects by rubbing | echolocation, purring, drumming, hissing
quack | sound of a duck | honk, coo, caw, cluck
"""),
    "household_tools": _entries("""
gurgle | bottle with a narrow neck | plop, sizzle, patter, drip
clink | short light metallic sound | thud, rustle, creak, squelch
water hammer | steam in pipes | white noise, ground hum, flutter echo, wolf tone
creak | creak of the floorboards | sizzle, jingle, plop, hum
tick | he counted the ticks | drone, hiss, rumble, squeal
plop | without a splash | gurgle, sizzle, patter, slosh
rat-a-tat | short sharp taps | creak, gurgle, drone, swish
click-clack | a succession of clicks | drone, whistle, rumble, sizzle
sizzle | a sizzling noise | plop, creak, clank, thud
rustle | silk clothing or leaves | creak, patter, hum, squeak
"""),
    "machines_vehicles": _entries("""
chug | dull explosive noise made by an engine | whir, screech, clang, hiss
whir | something in rapid motion | thud, clank, honk, chug
toot | blast of a horn | whir, chug, clank, rattle
grinding | as of the grinding of gears | ticking, humming, tooting, whirring
clickety-clack | fast and rhythmic click-clack | vroom, toot, whir, hiss
throbbing | strong rhythmic beat | screeching, whirring, hissing, squealing
"""),
    "materials_impacts": _entries("""
thud | heavy dull sound | clink, ping, twang, sizzle
thunk | dull hollow sound | ping, tinkle, rustle, screech
ping | sharp high-pitched resonant sound | clatter, squelch, boom, creak
clang | loud resonant repeating noise | thud, rustle, plop, squelch
decrepitation | breaking up of certain crystals | stridulation, cavitation, reverberation, sibilation
twang | as of a plucked string | thud, splash, crunch, rumble
splat | single splash | ping, twang, clink, creak
squish | soft mud being walked on | crunch, clink, clatter, ping
crunch | footsteps on the gravel path | squish, splash, ping, twang
crackle | sharp sound of snapping noises | hum, drone, gurgle, thud
tinkle | small bell | boom, clatter, twang, creak
"""),
    "nature_weather": _entries("""
thunderclap | single sharp crash of thunder | rumble, drizzle, gust, backwash
susurration | indistinct sound of people whispering | reverberation, stridulation, crepitation, ululation
patter | quick succession of light rapid sounds | rumble, howl, boom, drone
swoosh | sudden rush of a fluid | patter, crackle, rumble, drip
drip | falling drop by drop | rumble, crackle, whistle, roar
rumble | low dull continuous noise | crackle, patter, whistle, drip
thunder | air expanding along the path of a bolt | hail, surf, sonic boom, avalanche
"""),
    "alarms_signals": _entries("""
knell | announce a death or a funeral | fanfare, reveille, buzz, chime
beep | short high tone produced as a signal | rumble, toll, clatter, wail
toll | sound of a bell being struck | beep, buzz, whistle, hoot
angelus | Roman Catholic churches to announce | knell, tocsin, curfew, matins
bong | dull resonant sound as of a bell | beep, whistle, hiss, squeal
"""),
    "acoustic_scenes": _entries("""
hubbub | loud confused noise from many sources | knell, volley, whine, drone
din | loud harsh or strident noise | thud, toll, boom, drone
murmur | low continuous indistinct sound | chant, lisp, stammer, chatter
trample | heavy treading or stomping | shuffle, patter, clatter, slam
clip-clop | horse's hoofs hitting | pitter-patter, crunch, squish, tick
skirl | chanter of) a bagpipe | strum, toll, peal, blare
report | the sound of a gun firing | peal, rumble, knell, thud
"""),
}  # fmt: skip

_STEMS = (
    "Which word names this: “{}”?",
    "A dictionary defines a word for a sound as “{}”. Which word is it?",
    "“{}”: which of these words has this meaning?",
    "Which of these words means “{}”?",
)


def _sense(word: str, gloss: str) -> wordnet.Synset:
    return wordnet.synset(word, "n", gloss)


def names_sound(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option is a word for the noun sense that args single out, or for a kind of it."""
    sense = _sense(args["word"], args["gloss"])
    accepted = {lemma.lower() for s in (sense, *wordnet.hyponyms(sense)) for lemma in s.lemmas}
    return option.lower() in accepted


def _shown(entry: Entry) -> str | None:
    """The definition, unless it gives the word away."""
    definition = _sense(entry.word, entry.gloss).definition
    stems = [part[:4] for part in entry.word.lower().replace("-", " ").split()]
    return None if any(stem in definition.lower() for stem in stems) else wordnet.without_remarks(definition)


def _template(subcategory: str) -> Sketcher:
    def word_for_sound(rng: Random) -> Iterator[Sketch]:
        entries = list(WORDS[subcategory])
        rng.shuffle(entries)
        for entry in entries:
            definition = _shown(entry)
            if definition is not None:
                args = {"word": entry.word, "gloss": entry.gloss}
                yield Sketch(rng.choice(_STEMS).format(definition), entry.word, entry.wrong, args)

    return word_for_sound


def _registered(subcategory: str) -> Templates:
    templates = Templates(subcategory, "WordNet 3.0", skill="recall")
    check: Callable[[Mapping[str, Any], str], bool] = templates.check(names_sound)
    templates.template(check)(_template(subcategory))
    return templates


_ALL = [_registered(subcategory) for subcategory in WORDS]
GENERATORS = {name: generator for t in _ALL for name, generator in t.generators.items()}
CHECKS = {name: check for t in _ALL for name, check in t.checks.items()}
