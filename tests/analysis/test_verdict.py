"""Each sentence of the report's answer: with its sign, where things are level, and where something is missing."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from akb.analysis.gains import GAINS, POOLED
from akb.analysis.leads import LEADS
from akb.analysis.verdict import correlation_warning, gain_sentences, verdict
from akb.estimates import smallest_significant_r


def ranking(*accuracies: tuple[str, float, bool], setting: str = "audio", **more: Any) -> pl.DataFrame:
    """One ranking from (backbone, accuracy, possibly best), best first."""
    first = accuracies[0][1]
    rows = [
        {
            "setting": setting,
            "among": setting,
            "rank": rank,
            "backbone": name,
            "accuracy": accuracy,
            "shrunk": accuracy,
            "behind": 100 * (first - accuracy),
            "low": 0.0,
            "high": 100 * (first - accuracy) + 5,
            "possibly_best": possibly,
            "beats_chance": True,
            "chance": 0.25,
            "trainings": 3 if setting == "audio" else None,
            "n": 1000,
        }
        | more
        for rank, (name, accuracy, possibly) in enumerate(accuracies, start=1)
    ]
    return pl.DataFrame(rows, schema=LEADS, orient="row")


CLEAR = ranking(("a", 0.7, True), ("b", 0.5, False))
OPEN = ranking(("a", 0.7, True), ("b", 0.69, True))


def said(*frames: pl.DataFrame, names: dict[str, str] | None = None) -> str:
    return " ".join(verdict(pl.concat(frames), names or {}).sentences)


def headline(*frames: pl.DataFrame) -> str:
    return verdict(pl.concat(frames), {}).headline


def test_a_clear_winner_is_named_alone():
    assert headline(CLEAR) == "a."
    assert "With 95 % the best is a." in said(CLEAR)
    expected = (
        "b stands 20.0 points behind; behind the best, whichever that is, 0.0 to 25.0 (95 %, for all at once), and is"
    )
    assert expected in said(CLEAR)


def test_rivals_that_may_be_the_best_are_named_too():
    table = ranking(("a", 0.7, True), ("b", 0.69, True), ("c", 0.5, False))
    assert verdict(table, {"a": "Alpha"}).headline == "Alpha, or b."
    assert "With 95 % the best is among Alpha and b." in said(table, names={"a": "Alpha"})
    assert "and may itself be the best" in said(table)


def test_where_nobody_is_ruled_out_the_headline_says_so():
    assert headline(OPEN) == "a leads, but no rival is ruled out."


def test_level_rivals_are_level():
    assert "b stands level with it; behind the best" in said(ranking(("a", 0.7, True), ("b", 0.7, True)))


def test_the_leader_is_bounded_too():
    assert "a itself stands at most 5.0 points behind the best." in said(OPEN)


def test_by_ear_nobody_is_ruled_out_by_one_training_each():
    once = ranking(("a", 0.7, True), ("b", 0.5, True), trainings=1)
    assert headline(once) == "a leads, but no rival is ruled out: each was trained once."
    assert "over items alone" in said(once)
    assert "ruled out" not in said(once) and "95 % the best" not in said(once)
    assert "over items alone" not in said(CLEAR)


def test_text_settings_are_not_trained():
    assert headline(ranking(("a", 0.7, True), ("b", 0.5, False), setting="cascade")) == "a."


def test_the_winners_luck_is_said_where_there_is_some():
    assert "shrunk towards the others, it is right in 66.0 %" in said(
        ranking(("a", 0.7, True), ("b", 0.6, True), shrunk=0.66)
    )
    assert "luck" not in said(OPEN)


def test_a_setting_in_which_nobody_beats_a_guess_chooses_nobody():
    none = ranking(("a", 0.26, True), ("b", 0.24, True), beats_chance=False)
    assert headline(none) == "No choice can be made: by audio-grounded answering no backbone is told from a guess."


def test_one_backbone_is_no_winner():
    assert headline(ranking(("a", 0.7, True))) == "a is the only backbone measured."


def test_one_audio_model_beside_several_cascades_decides_nothing():
    tables = (ranking(("a", 0.7, True)), ranking(("b", 0.6, True), ("c", 0.4, False), setting="cascade"))
    assert headline(*tables) == "b."
    assert "By audio-grounded answering only a was measured" in said(*tables)


def test_nothing_measured_is_said():
    assert headline(ranking(("a", 0.7, True)).head(0)) == "No backbone has been measured yet."


def test_no_guess_is_named_where_none_is_known():
    assert "a guess" not in said(ranking(("a", 0.7, True), ("b", 0.5, False), chance=None))


NONE = "By the cascade alone no choice can be made"


def cheap(*accuracies: tuple[str, float, bool], **more: Any) -> str:
    """What is said of a cascade among three backbones that were heard, of which a is the best."""
    heard = ranking(("a", 0.7, True), ("b", 0.5, False), ("c", 0.4, False))
    own = ranking(*accuracies, setting="cascade")
    common = ranking(*accuracies, setting="cascade", among="audio", **more)
    return verdict(pl.concat([heard, own, common]), {}).sentences[-1]


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        (
            [("a", 0.6, True), ("b", 0.4, False), ("c", 0.3, False)],
            "By the cascade alone the choice would be a, which agrees.",
        ),
        (
            [("b", 0.6, True), ("a", 0.4, False)],
            "By the cascade alone the choice would be b (one not measured so), which rules the first out.",
        ),
        (
            [("b", 0.6, True), ("a", 0.6, True), ("c", 0.1, False)],
            "By the cascade alone the choice would be b or a, which leaves the first in.",
        ),
        (
            [("b", 0.6, True), ("a", 0.59, True)],
            f"{NONE}: it rules out none of the two (one not measured so). Its first is another, b.",
        ),
        (
            [("a", 0.6, True), ("b", 0.59, True)],
            f"{NONE}: it rules out none of the two (one not measured so). Its first is the same.",
        ),
        ([("a", 0.6, True)], "By the cascade alone no choice can be made: it measured one backbone of these."),
    ],
)
def test_what_a_cheap_score_would_have_chosen(accuracies, expected):
    assert cheap(*accuracies) == expected


def test_a_cheap_score_at_chance_chooses_nobody():
    sentence = cheap(("a", 0.27, True), ("b", 0.25, True), beats_chance=False)
    because = "no backbone is told from a guess, right in 25.0 % (the first: 27.0 %)."
    assert sentence == f"By the cascade alone no choice can be made: {because}"


def test_backbones_that_were_not_trained_are_no_candidates_of_a_cheap_choice():
    """The cascade's own first is not among those that were heard."""
    own = ranking(("z", 0.9, True), ("a", 0.6, False), ("b", 0.4, False), setting="cascade")
    common = ranking(("a", 0.6, True), ("b", 0.4, False), setting="cascade", among="audio")
    assert verdict(pl.concat([CLEAR, own, common]), {}).sentences[-1].endswith("the choice would be a, which agrees.")


def gains_of(*rows: tuple[str, str, float, float, float], control: str = "no_audio") -> pl.DataFrame:
    records = [
        {
            "backbone": b,
            "setting": "audio",
            "benchmark": m,
            "control": control,
            "domain": "all",
            "gain": g,
            "low": low,
            "high": high,
            "n": 180,
        }
        for b, m, g, low, high in rows
    ]
    return pl.DataFrame(records, schema=GAINS, orient="row")


@pytest.mark.parametrize(
    ("gain", "low", "high", "sure"),
    [
        (21.3, 15.4, 27.2, "(95 % +15.4 to +27.2, 180 items)."),
        (-6.0, -9.0, -3.0, "(95 % −9.0 to −3.0, 180 items): a loss."),
        (2.0, -1.0, 5.0, "; that is not told apart from nothing."),
        (0.0, 0.0, 5.0, "; that is not told apart from nothing."),
    ],
)
def test_a_gain_has_two_sides(gain, low, high, sure):
    (sentence,) = gain_sentences(gains_of((POOLED, "mini", gain, low, high)), "audio", None, "Hearing")
    assert sure in sentence


def test_every_benchmark_has_its_gain():
    table = gains_of(
        (POOLED, "mini", 21.3, 15.4, 27.2), ("a", "mini", 22.0, 9.0, 31.0), ("b", "mini", 5.0, -1.0, 9.0),
        (POOLED, "mmau", 5.7, 1.0, 9.0), ("a", "mmau", -5.7, -9.0, -1.0),
    )  # fmt: skip
    first, second = gain_sentences(table, "audio", None, "Hearing")
    assert "+21.3 points on mini" in first and "one of two backbones shows a gain." in first
    assert "+5.7 points on mmau" in second and "none of one backbone shows a gain, and one a loss." in second


def test_a_gain_that_was_not_measured_is_not_spoken_of():
    swapped = gains_of((POOLED, "mini", 5.0, 1.0, 9.0), control="swapped_audio")
    assert gain_sentences(swapped, "audio", None, "Hearing") == []
    assert gain_sentences(gains_of(), "audio", None, "Hearing") == []


def test_three_backbones_make_a_correlation_meaningless():
    assert "means nothing" in correlation_warning(3)
    assert "0.997" in correlation_warning(3)


def test_cells_that_rest_on_fewer_models_have_their_own_threshold():
    both = correlation_warning(17, 8)
    assert "0.482" in both and "0.707" in both
    assert correlation_warning(8, 8) == correlation_warning(8)
    assert "no correlation to speak of" in correlation_warning(9, 1)


def test_the_significant_r_is_the_textbook_one():
    assert smallest_significant_r(10) == pytest.approx(0.632, abs=5e-4)


def test_of_many_rivals_the_nearest_are_named_and_the_rest_are_counted():
    many = ranking(*((f"m{i:02}", 0.7 - i / 100, i < 10) for i in range(17)))
    assert headline(many) == "m00, or one of nine others."
    text = said(many)
    assert "m03 stands 3.0 points behind" in text and "m04 stands" not in text
    assert "The other 13 stand 4.0 to 16.0 points behind; six of them may be the best." in text
    assert "With 95 % the best is among ten of them: the first, and those with a question mark below." in text
