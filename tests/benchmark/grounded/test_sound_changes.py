"""Sound changes and what questions make of them: examples worked by hand."""

from collections import Counter
from random import Random

import pytest

from akb.benchmark import proofs
from akb.benchmark.grounded.speech import changed_words, counted, junctures, ladders, lines, recombined, sound_changes
from akb.benchmark.grounded.speech.processes import ACCENT, CHILD, HEALTH, is_clear, together
from akb.benchmark.grounded.speech.sure_words import sounds, words

EVERY = {**CHILD, **ACCENT, **HEALTH}
DEVOICING = "word-final devoicing of obstruents"
CLUSTERS = "reduction of word-initial s-clusters to their second consonant"
LIQUIDS = "omission of the liquid in word-initial clusters"
BET = {"processes": [LIQUIDS, DEVOICING], "word": "bet"}
NOSE, LISP, VOICING = (
    "denasal speech (/m n ŋ/ as /b d ɡ/)",
    "an interdental lisp (/s z/ as /θ ð/)",
    "voicing of voiceless stops",
)
MOVED = {"word": "bit", "first": "becomes bilabial, its manner and voicing kept", "last": "is devoiced"}
ENGLISH = {"processes": ["H-dropping", "/v/ in place of /w/"], "words": ["thumb", "quick", "who", "wreck", "whole"]}
FINAL_T_D = "deletion of /t d/ at the end of word-final clusters"


@pytest.mark.parametrize(
    ("process", "word", "heard"),
    [
        ("velar fronting", "cake", "T EY T"),
        ("velar fronting", "sing", "S IH N"),
        ("stopping of fricatives", "save", "T EY B"),
        ("gliding of /r/", "train", "T W EY N"),
        (CLUSTERS, "stone", "T OW N"),
        (CLUSTERS, "sleep", "L IY P"),
        (CLUSTERS, "soap", "S OW P"),
        (DEVOICING, "bag", "B AE K"),
        (DEVOICING, "baggy", "B AE G IY"),
        ("prevocalic voicing of word-initial stops", "pig", "B IH G"),
        ("deletion of word-final consonants", "boat", "B OW"),
        ("deletion of word-final consonants", "out", "AW"),
        ("deletion of word-final consonants", "key", "K IY"),
        ("deaffrication of /tʃ/", "cheek", "SH IY K"),
        (LIQUIDS, "blue", "B UW"),
        ("TH-fronting", "three", "F R IY"),
        ("TH-stopping", "thin", "T IH N"),
        ("H-dropping", "heat", "IY T"),
        ("/l/ in place of /r/", "rate", "L EY T"),
        ("the vowel of “sheep” in “ship” words", "bit", "B IY T"),
        (FINAL_T_D, "past", "P AE S"),
        (FINAL_T_D, "build", "B IH L"),
        (FINAL_T_D, "bolt", "B OW L T"),
        (FINAL_T_D, "late", "L EY T"),
        ("denasal speech (/m n ŋ/ as /b d ɡ/)", "moon", "B UW D"),
        ("an interdental lisp (/s z/ as /θ ð/)", "zoos", "DH UW DH"),
        ("devoicing of all obstruents", "badge", "P AE CH"),
        ("spirantisation of /p b/ to /f v/", "pub", "F AH V"),
    ],
)
def test_a_process_changes_what_it_should(process: str, word: str, heard: str) -> None:
    assert EVERY[process].change(sounds(word)) == tuple(heard.split())


@pytest.mark.parametrize(
    ("process", "word"),
    [
        ("stopping of fricatives", "thin"),  # at the lips or at the teeth
        (DEVOICING, "bags"),  # the last consonant, or the cluster
        (FINAL_T_D, "bolt"),  # some leave out this one, too
        ("deletion of word-final consonants", "cart"),  # a cluster where /r/ is spoken
        ("deletion of word-final consonants", "table"),  # a syllabic consonant
        ("stopping of fricatives", "style"),  # /t/ twice, or once
        ("gliding of /r/", "bird"),
        ("prevocalic voicing of word-initial stops", "play"),
        ("H-dropping", "behave"),  # some drop this one, too
        ("TH-fronting", "this"),  # /d/ in London
        ("the vowel of “bed” in “bad” words", "bank"),
    ],
)
def test_a_word_on_which_descriptions_differ_is_not_clear(process: str, word: str) -> None:
    assert not is_clear(sounds(word), [EVERY[process]] * 2)


def test_a_word_whose_outcome_hangs_on_the_order_is_not_clear() -> None:
    listed = [HEALTH["denasal speech (/m n ŋ/ as /b d ɡ/)"], HEALTH["devoicing of all obstruents"]]
    assert not is_clear(sounds("note"), listed)  # d or t
    assert is_clear(sounds("zoo"), listed)


def test_processes_that_exclude_each_other_are_not_asked_about_together() -> None:
    assert not [p for p in together(ACCENT) if {p[0].name, p[1].name} == {"TH-fronting", "TH-stopping"}]


@pytest.mark.parametrize("word", ["worry", "asthma", "booth", "version", "statue", "parse"])
def test_a_word_with_two_british_or_american_readings_is_left_out(word: str) -> None:
    assert word not in words()


@pytest.mark.parametrize(
    ("check", "args", "option", "expected"),
    [
        ("speaker_age.said_alike", {"processes": ["velar fronting", CLUSTERS]}, "ski – tea", True),
        ("speaker_age.said_alike", {"processes": ["velar fronting", CLUSTERS]}, "ski – see", False),
        ("accent_dialect.said_alike", {"processes": ["H-dropping", DEVOICING]}, "hat – add", True),
        ("health_state.comes_out_as", {"processes": [NOSE, VOICING], "word": "tongue"}, "dug", True),
        ("health_state.comes_out_as", {"processes": [NOSE, VOICING], "word": "tongue"}, "tug", False),
        ("speaker_age.meant", BET, "bread", True),
        ("speaker_age.meant", BET, "beg", False),
        ("health_state.all_kept", {"processes": [NOSE, LISP]}, "fig, cut, rug", True),
        ("health_state.all_kept", {"processes": [NOSE, LISP]}, "fig, six, rug", False),
        ("accent_dialect.how_many", ENGLISH, "Three", True),
        ("accent_dialect.how_many", ENGLISH, "Four", False),
        ("articulation.reshaped", MOVED, "pip", True),
        ("articulation.reshaped", MOVED, "pit", False),
        ("articulation.how_many_with", {"class": "z", "words": ["rose", "dose", "boxes", "cats"]}, "Two", True),
        ("articulation.all_voiced", {}, "rose, wisdom, eyes", True),
        ("articulation.all_voiced", {}, "dose, wisdom, eyes", False),
        ("pronunciation.is_assembled", {"words": ["knight", "said", "laughed"]}, "net", True),
        ("pronunciation.is_assembled", {"words": ["knight", "said", "laughed"]}, "neat", False),
        ("pronunciation.gives_word", {}, "knife", True),  # fine
        ("pronunciation.gives_word", {}, "smart", False),
        ("rhyme.reversed_rhymes", {"word": "gnome"}, "bone", True),
        ("rhyme.reversed_rhymes", {"word": "saint"}, "faint", False),
        ("rhyme.all_rhyme", {}, "doubt, out, drought, trout", True),
        ("rhyme.all_rhyme", {}, "food, rude, flood, feud", False),
        ("minimal_pairs.between", {"words": ["sake", "scene", "main"]}, "sane", True),
        ("minimal_pairs.between", {"words": ["sake", "scene", "main"]}, "seek", False),
        ("minimal_pairs.is_ladder", {}, "strike – streak – street", True),
        ("minimal_pairs.is_ladder", {}, "home – some – hum", False),
        ("homophones.holds_homophones", {}, "heal, role, least, roll", True),
        ("homophones.holds_homophones", {}, "pane, least, lease, cite", False),
        ("homophones.alike_after_loss", {}, "great – gate", True),
        ("homophones.alike_after_loss", {}, "threat – treat", False),
        ("connected_speech.same_sounds", {}, "bay trade – bait raid", True),
        ("connected_speech.same_sounds", {}, "car bounce – card ounce", False),
        ("connected_speech.assimilates", {"where": "in the first phrase only"}, "walked back, home ground", True),
        ("connected_speech.assimilates", {"where": "in both phrases"}, "walked back, home ground", False),
        ("connected_speech.doubles", {"where": "in the second phrase only"}, "his sister, tough phone", True),
        ("stress.stressed_alike", {"end": "end"}, "reduction, elevation, attention, reminder", True),
        ("stress.stressed_alike", {"end": "start"}, "reduction, elevation, attention, reminder", False),
        ("stress.has_rhythm", {"rhythm": "da-DUM-da-da-DUM"}, "delight connected", False),
        ("stress.has_rhythm", {"rhythm": "da-DUM-da-da-DUM"}, "delighted delight", True),
        ("syllables.has_shapes", {"shapes": ["CCVC", "CVCC"]}, "queen – box", True),
        ("syllables.has_shapes", {"shapes": ["CCVC", "CVCC"]}, "knock – box", False),
        ("syllables.has_total", {"total": 6}, "stretched, improved, courthouse", False),
        ("syllables.has_total", {"total": 5}, "stretched, improved, courthouse", True),
    ],
)  # fmt: skip
def test_a_predicate_decides(check: str, args: dict[str, object], option: str, expected: bool) -> None:
    assert proofs.checks()[check](args, option) is expected


def test_what_an_option_becomes_must_not_be_open_to_doubt() -> None:
    args = {"processes": ["stopping of fricatives", DEVOICING]}
    assert proofs.checks()["speaker_age.said_alike"](args, "thin – kite")  # so it is no wrong option either
    assert not proofs.sure_checks()["speaker_age.said_alike"](args, "thin – tin")


def test_every_count_is_right_equally_often() -> None:
    for sketcher in (counted.words_with_sound,):
        sketches = sketcher(Random(1))
        assert set(Counter(next(sketches).answer for _ in range(16)).values()) == {4}


def test_the_lines_of_two_phrases_show_all_four_cases() -> None:
    sketch = next(junctures.doubled_consonant(Random(1)))
    wheres = ["in both phrases", "in the first phrase only", "in the second phrase only", "in neither phrase"]
    check = proofs.checks()["connected_speech.doubles"]
    assert sorted(sum(check({"where": w}, o) for o in (sketch.answer, *sketch.wrong)) for w in wheres) == [1, 1, 1, 1]


def test_each_wrong_word_lacks_one_of_three_minimal_pairs() -> None:
    sketch = next(ladders.pair_with_all(Random(1)))
    one_only = proofs.checks()["minimal_pairs.between"]
    held = [sum(one_only({"words": [w]}, wrong) for w in sketch.args["words"]) for wrong in sketch.wrong]
    assert held == [2, 2, 2]


def test_no_option_repeats_the_word_that_is_asked_about() -> None:
    for sketcher in (recombined.turned_and_moved, recombined.backwards_rhyme):
        sketches = sketcher(Random(2))
        for _ in range(10):
            sketch = next(sketches)
            assert sketch.args["word"] not in (sketch.answer, *sketch.wrong)


def test_modules_offer_the_templates_of_their_subcategories() -> None:
    offered = [n for m in (sound_changes, changed_words, lines) for n in m.GENERATORS]
    assert Counter(n.partition(".")[0] for n in offered) == {
        "speaker_age": 5, "accent_dialect": 4, "health_state": 4, "homophones": 2, "rhyme": 1, "stress": 2,
    }  # fmt: skip
