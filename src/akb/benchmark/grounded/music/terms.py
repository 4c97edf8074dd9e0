"""Grounded questions on musical terms, genres and forms, from WordNet's glosses.

A term is asked for by its gloss, or its gloss by the term. Rivals, whose meanings overlap, are
never set against each other; terms that share a synset are the same answer to the predicate.

    for candidate in GENERATORS["notation_terms.term_for_gloss"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Sketcher, Templates

SOURCE = "WordNet 3.0: glosses"

# Term: part of speech and the words of the gloss that pick the sense.
TERMS = {
    "notation_terms": {
        "legato": ("a", "without breaks"), "staccato": ("a", "disconnected parts"), "pizzicato": ("a", "plucked"), "arpeggio": ("n", "rapid succession"),
        "glissando": ("n", "rapid series"), "tremolo": ("n", "tremulous effect"), "crescendo": ("n", "increase in loudness"), "decrescendo": ("n", "decrease in loudness"),
        "rallentando": ("a", "decreasing in tempo"), "accelerando": ("n", "increasing tempo"), "fermata": ("n", "prolongation"), "cadenza": ("n", "brilliant solo"),
        "ostinato": ("n", "repeated over"), "obbligato": ("n", "without change"), "vibrato": ("n", "pulsating effect"), "leitmotiv": ("n", "melodic phrase"), "rubato": ("n", "flexible tempo"),
        "sforzando": ("n", "strong initial attack"), "spiccato": ("n", "bounces lightly"), "a cappella": ("a", "without instrumental"), "clef": ("n", "indicating the pitch"),
        "accidental": ("n", "musical notation"), "staff": ("n", "five horizontal"), "descant": ("n", "decorative musical"), "coda": ("n", "closing section of a musical"), "libretto": ("n", "words of an opera"),
        "refrain": ("n", "soloist is joined"),
    },
    "genres_styles": {
        "waltz": ("n", "music composed in triple"), "mazurka": ("n", "Polish national"), "bolero": ("n", "Spanish dance"), "gavotte": ("n", "old formal French"), "habanera": ("n", "Cuban dance"),
        "fado": ("n", "Portuguese"), "bluegrass": ("n", "country music"), "zydeco": ("n", "Louisiana"), "reggae": ("n", "West Indies"),
        "bebop": ("n", "early form of modern jazz"), "boogie-woogie": ("n", "instrumental version"), "swing": ("n", "style of jazz"), "blues": ("n", "melancholy sound"),
        "hornpipe": ("n", "performed by sailors"), "tarantella": ("n", "whirling Italian"), "barcarole": ("n", "gondoliers"),
        "samba": ("n", "dance from Brazil"), "schottische": ("n", "German round dance"), "pavane": ("n", "court dance"), "rap": ("n", "rhyming lyrics"), "polka": ("n", "Bohemian dance"),
    },
    "form_texture": {
        "fugue": ("n", "repeated a fifth above"), "canon": ("n", "imitated exactly"), "monophony": ("n", "single vocal part"), "homophony": ("n", "one dominant voice"),
        "counterpoint": ("n", "simultaneous sound"), "overture": ("n", "beginning of an opera"), "toccata": ("n", "baroque musical"), "etude": ("n", "exercise"), "suite": ("n", "loosely connected"),
        "medley": ("n", "series of songs"), "concerto": ("n", "orchestra and a soloist"), "intermezzo": ("n", "between acts"), "motet": ("n", "choral composition with sacred"), "aria": ("n", "elaborate song for solo"),
        "recitative": ("n", "natural rhythms of speech"), "round": ("n", "voices follow each other"), "nocturne": ("n", "pensive lyrical"), "cantata": ("n", "religious text"), "quartet": ("n", "composition for four"),
        "symphony": ("n", "long and complex sonata"),
    },
}  # fmt: skip
RIVALS = (
    {"canon", "round", "fugue", "counterpoint"}, {"suite", "medley"}, {"cantata", "motet"}, {"motet", "round", "canon", "fugue", "counterpoint"}, {"glissando", "arpeggio", "legato"}, {"tremolo", "vibrato"}, {"rubato", "rallentando", "accelerando"},
    {"coda", "cadenza"}, {"spiccato", "staccato"}, {"blues", "boogie-woogie"}, {"swing", "bebop", "boogie-woogie"}, {"reggae", "habanera"}, {"pavane", "gavotte"}, {"polka", "schottische"}, {"waltz", "mazurka", "bolero"}, {"concerto", "symphony"},
    {"monophony", "aria", "recitative"}, {"crescendo", "sforzando", "accelerando"}, {"ostinato", "leitmotiv", "refrain"}, {"overture", "intermezzo"}, {"toccata", "etude", "nocturne"}, {"homophony", "monophony"}, {"habanera", "bolero"},
)  # fmt: skip


def gloss_of(term: str, subcategory: str) -> str:
    """The term's meaning in WordNet, without remarks in brackets and after semicolons."""
    from akb.benchmark.grounded.craft.wordnet import synset, without_remarks

    return without_remarks(synset(term, *TERMS[subcategory][term]).definition.partition(";")[0])


def rivals(one: str, other: str) -> bool:
    return any({one, other} <= group for group in RIVALS)


KINDS = {
    "notation_terms": "musical term",
    "genres_styles": "style or dance",
    "form_texture": "musical form, texture or piece",
}


def templates(subcategory: str) -> Templates:
    """The two templates of a subcategory, with their predicates."""
    made = Templates(subcategory, SOURCE, skill="recall")
    terms, kind = TERMS[subcategory], KINDS[subcategory]

    @made.check
    def means(args: Mapping[str, Any], option: str) -> bool:
        """A sense of the option has the gloss in WordNet."""
        from akb.benchmark.grounded.craft.wordnet import senses

        return any(args["part"] in s.gloss for s in senses(option, args["pos"]))

    @made.check
    def is_meaning(args: Mapping[str, Any], option: str) -> bool:
        """The option is the gloss, remarks aside, of the term's sense that is asked about."""
        return option == gloss_of(args["term"], subcategory)

    def term_for_gloss(rng: Random) -> Iterator[Sketch]:
        for term in rng.sample(sorted(terms), len(terms)):
            gloss = gloss_of(term, subcategory)
            if any(term[:5] in word for word in gloss.split()):
                continue
            stem = rng.choice([
                f"Which {kind} is described as “{gloss}”?",
                f"“{gloss[0].upper() + gloss[1:]}”: which {kind} does this describe?",
                f"A dictionary entry reads “{gloss}”. For which {kind}?",
            ])  # fmt: skip
            others = [t for t in sorted(terms) if t != term and not rivals(t, term)]
            yield Sketch.of(
                stem, [term, *rng.sample(others, 6)], {"pos": terms[term][0], "part": terms[term][1]}, gloss
            )

    def gloss_for_term(rng: Random) -> Iterator[Sketch]:
        for term in rng.sample(sorted(terms), len(terms)):
            glosses = {t: gloss_of(t, subcategory) for t in sorted(terms) if t == term or not rivals(t, term)}
            right = glosses.pop(term)
            # Others of about its length, so that length tells nothing.
            others = sorted(glosses.values(), key=lambda g: abs(len(g) - len(right)))[:7]
            stem = rng.choice([
                f"What does “{term}” mean in music?" if subcategory == "notation_terms" else f"What is meant by “{term}” in music?",
                f"Which description fits the {kind} “{term}”?",
            ])  # fmt: skip
            if not any(term[:5] in word for word in right.split()):
                yield Sketch.of(stem, [right, *others], {"term": term}, right)

    sketchers: list[Sketcher] = [term_for_gloss, gloss_for_term]
    for check, sketcher in zip((means, is_meaning), sketchers, strict=True):
        made.template(check, limit=30)(sketcher)
    return made


_MADE = [templates(subcategory) for subcategory in TERMS]
GENERATORS = {name: generator for made in _MADE for name, generator in made.generators.items()}
CHECKS = {name: check for made in _MADE for name, check in made.checks.items()}
