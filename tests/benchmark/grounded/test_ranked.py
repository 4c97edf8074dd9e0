"""“Which of these four …”: examples worked by hand, signals made and measured, options in balance."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest

from akb.benchmark import proofs
from akb.benchmark.candidates import Candidate
from akb.benchmark.grounded.craft import ranked
from akb.benchmark.grounded.craft.equal_loudness import a_weighting, phons, threshold
from akb.benchmark.grounded.craft.masking import bark, beside_noise
from akb.benchmark.grounded.craft.signal_tools import Signal, band, level, periodicity, spectrum, strongest, times, tone
from akb.benchmark.grounded.scenes import ranked_arrivals, ranked_levels, ranked_sources
from akb.benchmark.grounded.signals import (
    ranked_blocks,
    ranked_chains,
    ranked_filters,
    ranked_microphones,
    ranked_pitch,
    ranked_samples,
)

# Asked seldom.
PUZZLES = ("acoustic_scenes.where_in_that_order", "codec_artefacts.longest_pre_echo")


def test_every_template_gives_enough_that_is_beyond_doubt(rankings: dict[str, list[Candidate]]) -> None:
    assert {name: len(found) for name, found in rankings.items() if len(found) != 24} == dict.fromkeys(PUZZLES, 8)
    assert proofs.verify([c for found in rankings.values() for c in found]).faults == ()


def made_up(margin: float) -> ranked.Rankings:
    family = ranked.Rankings("animals")

    def drawn(rng: Random) -> ranked.Drawn:
        return {"shift": 1}, [{"height": height} for height in rng.sample(range(40), 4)]

    family.add(
        "made_up", lambda shift, height: shift + height, lambda height: f"A bird at {height} m, twice",
        ranked.both_ways("Which sits {}, by {shift}?", most="highest", least="lowest"), drawn, margin=margin, close=30,
    )  # fmt: skip
    return family


def test_cases_that_are_too_near_to_the_right_one_are_not_drawn() -> None:
    for c in made_up(5.0).generators["animals.made_up"](1):
        heights = [int(o.split()[3]) for o in (c.answer, *c.distractors)]
        assert min(abs(h - heights[0]) for h in heights[1:]) >= 5
        assert heights[0] == (max(heights) if "highest" in c.question else min(heights))


def test_a_case_within_the_margin_could_be_defended_and_is_not_sure() -> None:
    made_up(5.0)
    cases = [{"height": h} for h in (1, 2, 20, 23)]
    args = {"model": "animals.made_up", "place": "most", "shared": {"shift": 0}, "cases": cases}
    assert [ranked.is_placed(args, f"A bird at {h} m, twice") for h in (1, 2, 20, 23)] == [False, False, True, True]
    assert not ranked.is_surely_placed(args, "A bird at 23 m, twice")
    assert not ranked.is_placed(args, "A bird at 30 m, twice")


@pytest.mark.parametrize(
    ("frequency", "sound_level", "loudness"),
    [(1000, 40, 40), (1000, 80, 80), (100, 64.4, 40), (63, 73.1, 40), (4000, 36.6, 40)],
)  # the standard's own tables of contours
def test_loudness_levels_are_those_of_iso_226(frequency: float, sound_level: float, loudness: float) -> None:
    assert phons(frequency, sound_level) == pytest.approx(loudness, abs=0.6)


def test_a_weighting_is_that_of_the_standard() -> None:
    found = [a_weighting(f) for f in (63, 100, 250, 1000, 4000, 8000, 16000)]
    assert found == pytest.approx([-26.2, -19.1, -8.6, 0, 1.0, -1.1, -6.6], abs=0.15)


def test_masking_reaches_upwards_further_than_downwards_and_the_more_the_louder() -> None:
    assert (bark(100), bark(1000), bark(4000)) == pytest.approx((1.0, 8.5, 17.3), abs=0.2)
    assert beside_noise(1000, 90, 500, 50) == 1.0  # four barks below: masked are some 90 − 4 × 25 dB
    assert beside_noise(1000, 90, 2000, 35) == 0.0  # four and a half above: some 90 − 4.5 × 10 dB at the least
    assert beside_noise(1000, 60, 2000, 42) == 1.0
    assert beside_noise(1000, 60, 1050, 40) == 0.0
    assert beside_noise(1000, 60, 125, 10) == 0.0  # below the threshold in quiet
    assert threshold(125) == 22.1


def test_thirds_are_rough_low_down_and_smooth_high_up() -> None:
    assert ranked_pitch.is_rough(48, 4) == 1.0  # C3 and E3 lie 34 Hz apart
    assert ranked_pitch.is_rough(84, 4) == 0.0  # C6 and E6 lie 272 Hz apart
    assert ranked_pitch.is_rough(84, 1) == 1.0  # C6 and C♯6 lie 62 Hz apart
    assert ranked_pitch.said_pair(48, 4) == "C3 and E3" and ranked_pitch.frequency(69) == 440


def test_the_common_fundamental_is_the_period_of_the_sum(rankings: dict[str, list[Candidate]]) -> None:
    for c in rankings["spectrum_fourier.pitch_of_a_mixture"][:8]:
        parts = [int(p) for p in c.answer.replace(",", "").replace(" and", "").replace(" Hz", "").split()]
        together = sum((np.cos(2 * np.pi * p * times(0.5, 32000.0)) for p in parts), np.zeros(16000))
        pitch = 12 * np.log2(periodicity(together, 32000.0, 50, 700))
        assert pitch == pytest.approx(ranked_pitch.virtual_pitch(parts), abs=0.4)


def test_a_string_lacks_partials_with_a_node_where_it_is_plucked_or_heard() -> None:
    for partial in range(4, 21):
        plucked, heard = np.sin(np.pi * partial / 5), np.sin(np.pi * partial / 4)
        touched = abs(np.sin(np.pi * partial / 2)) < 1e-9
        expected = abs(plucked * heard) > 1e-9 and touched
        assert ranked_pitch.sounding(5, 4, 2, partial) == float(expected)


@pytest.mark.parametrize(("low", "high", "order"), [(1000, 1300, 2), (1000, 1300, 3), (600, 1000, 3), (500, 800, 2)])
def test_the_lowest_product_is_that_of_a_bent_pair(low: int, high: int, order: int) -> None:
    pair = tone(low, 1.0, 32000.0) + tone(high, 1.0, 32000.0)
    frequencies, magnitudes = spectrum(pair**order, 32000.0)
    heard = frequencies[(magnitudes > 0.01 * magnitudes.max()) & (frequencies > 20)]
    lowest = float(min(f for f in heard if abs(f - low) > 5 and abs(f - high) > 5))
    assert 12 * np.log2(lowest) == pytest.approx(ranked_pitch.lowest_product(low, high, order), abs=0.3)


def made(frequency: float, stages: list[list[object]]) -> Signal:
    """A sine through stages, at 96 kHz."""
    x = tone(frequency, 0.5, 96000.0)
    for kind, figure in stages:
        if kind == "clip":
            x = np.clip(x, -0.05, 0.05)
        elif kind in ("half", "full"):
            x = np.maximum(x, 0) if kind == "half" else np.abs(x)
        elif kind == "ring":
            x = x * np.cos(2 * np.pi * float(str(figure)) * times(0.5, 96000.0))
        else:
            x = band(x, 96000.0, *((0, float(str(figure))) if kind == "low" else (float(str(figure)), 48000)))
        x = x - x.mean()
        x = x / np.abs(x).max()
    return x


def test_a_tone_is_pure_where_the_made_signal_has_a_single_partial() -> None:
    rng, seen = Random(1), Counter[float]()
    while min(seen[0.0], seen[1.0]) < 4:
        case = ranked_chains._staged(rng, rng.choice((("bent", "cut"), ("ring", "cut"), ("bent", "ring"))))
        if ranked_chains._is_clear(**case):
            magnitudes = spectrum(made(case["tone"], case["stages"]), 96000.0)[1]
            peaks = (magnitudes[1:-1] > magnitudes[:-2]) & (magnitudes[1:-1] > magnitudes[2:])
            single = int((peaks & (magnitudes[1:-1] > 0.01 * magnitudes.max())).sum()) == 1
            assert ranked_chains.purity(**case) == float(single), case
            seen[float(single)] += 1


def test_dynamics_worked_by_hand() -> None:
    stages = [["gain", 10, 1], ["compress", -30, 4], ["limit", -20, 1]]
    # −40 → −30 → −30; 0 → 10 → −20 → −20
    assert ranked_chains.span(-40, 0, stages) == pytest.approx(10)
    # −50 → −60 → −50; −10 → −10 → 0
    assert ranked_chains.span(-50, -10, [["expand", -40, 2], ["gain", 10, 1]]) == pytest.approx(50)
    assert ranked_chains.said_dynamics(stages) == "Raised 10 dB, compressed 4:1 above −30 dB, limited at −20 dB"


def test_filters_reach_and_noise_worked_by_hand() -> None:
    # Two octaves below a high-pass of second order: 24 dB, and 0.0 dB of the low-pass.
    assert ranked_filters.filtered(400, 2, 1600, 4, 100, -10) == pytest.approx(-34, abs=0.3)
    assert ranked_filters.filtered(400, 2, 1600, 4, 12800, 0) == pytest.approx(-72, abs=0.3)
    assert 2 ** ranked_filters.reach([["speed", 0.5], ["rate", 16], ["speed", 2]]) == pytest.approx(16)
    assert 2 ** ranked_filters.reach([["rate", 16], ["speed", 2], ["low", 10]]) == pytest.approx(10)
    assert ranked_filters.clearance([["gain", 40], ["noise", -80], ["gain", -20]]) == pytest.approx(60)
    assert ranked_filters.clearance([["noise", -80], ["gain", 40], ["gain", -20]]) == pytest.approx(20)


@pytest.mark.parametrize(("frequency", "rate"), [(15, 20), (27, 20), (9, 24), (33, 16), (46, 20)])
def test_a_tone_folds_as_its_samples_do(frequency: int, rate: int) -> None:
    assert strongest(tone(1000 * frequency, 0.5, 1000 * rate), 1000 * rate) == pytest.approx(
        1000 * ranked_samples.fold(frequency, rate)
    )


def test_pitch_after_two_rates_is_that_of_the_samples() -> None:
    samples = tone(13000, 0.5, 20000.0)
    heard = strongest(samples, 10000.0) / 1000
    assert np.log2(heard) == pytest.approx(ranked_samples.final_pitch(13, 20, 10), abs=0.01)


@pytest.mark.parametrize(("at", "bits", "gain", "second"), [(-12, 12, 0, 0), (-36, 16, 24, 10), (-48, 12, 36, 12)])
def test_noise_of_rounding_is_that_of_rounded_samples(at: int, bits: int, gain: int, second: int) -> None:
    x = 10 ** (at / 20) * np.sin(np.arange(200000) * 0.61803)
    y = np.round(x * 2 ** (bits - 1)) / 2 ** (bits - 1)
    if second:
        y = np.round(y * 10 ** (gain / 20) * 2 ** (second - 1)) / 2 ** (second - 1) / 10 ** (gain / 20)
    assert level(x) - level(y - x) == pytest.approx(ranked_samples.cleanness(at, bits, gain, second), abs=1.5)


def test_blocks_worked_by_hand() -> None:
    assert ranked_blocks.smeared(1600, 32, 120) == pytest.approx(20)  # blocks of 50 ms: 100 to 150
    assert ranked_blocks.smeared(960, 48, 135) == pytest.approx(15)


def test_microphones_worked_by_hand() -> None:
    assert ranked_microphones.picked_up("cardioid", 90, 1) == pytest.approx(-6.02, abs=0.01)
    assert ranked_microphones.picked_up("omni", 120, 2) == pytest.approx(-6.02, abs=0.01)
    assert ranked_microphones.picked_up("figure-of-eight", 180, 1) == pytest.approx(0)
    assert ranked_microphones.picked_up("hypercardioid", 110, 1) < -25
    assert ranked_microphones.separation("cardioid", 0.5, 90, 2) == pytest.approx(18.06, abs=0.05)
    assert [ranked_microphones.is_noticed("angle", a) for a in (0.3, 1.5, 5)] == [0.0, 0.5, 1.0]


def test_a_null_counts_as_weakest_or_is_not_asked_about(rankings: dict[str, list[Candidate]]) -> None:
    nulls = ("Figure-of-eight, 90°", "Hypercardioid, 110°", "Cardioid, 180°")
    for c in rankings["microphones_recording.drum_at_an_angle"]:
        others = [o for o in (c.answer, *c.distractors) if o.startswith(nulls)]
        if "weak" in c.question and others:
            assert others == [c.answer] or len(others) > 1, c


def test_arrivals_worked_by_hand() -> None:
    assert ranked_arrivals.thunder(2, 3.4) == pytest.approx(12)
    assert ranked_arrivals.arrival("A shot", 2, 680, "air", True) == pytest.approx(6)
    assert ranked_arrivals.arrival("A sonar ping", 1, 3000, "water", False) == pytest.approx(3)
    # Bell at 0 m, drum at 1,020 m one second later: at 680 m bell 2 s, drum 2 s; nearer to the bell it comes first.
    assert ranked_arrivals.heard_in_order([0, 1020], [0, 1], 680) == 0.5
    assert ranked_arrivals.heard_in_order([0, 1020], [0, 1], 340) == 1.0
    assert ranked_arrivals.heard_in_order([0, 1020], [0, 1], 1000) == 0.0


def test_levels_worked_by_hand() -> None:
    assert ranked_levels.at_listener("point", 1, 70, 40) == pytest.approx(58, abs=0.1)
    assert ranked_levels.at_listener("line", 2, 70, 40) == pytest.approx(67, abs=0.1)
    assert ranked_levels.at_listener("diffuse", 1, 70, 40) == 70
    # 1 kHz: an octave above 500 Hz, so 6 dB; 4 m: 12 dB.
    assert ranked_levels.reaching(1000, 90, 4) == pytest.approx(72, abs=0.1)
    assert ranked_levels.reaching(2000, 90, 4) == pytest.approx(36, abs=0.1)
    assert 2 ** ranked_levels.tail(2, "absorbing area doubled", "compressed 4:1") == pytest.approx(4)


def crests(move: str, speed: float, base: float) -> float:
    """The frequency of a siren by when its crests arrive, 1 being the speed of sound and time in milliseconds."""
    sent = np.arange(200) / base
    if move in ("towards", "away", "wall ahead", "wall behind"):
        listener = 1e6 if move in ("towards", "wall ahead") else -1e6
        # The reflected path: towards the wall that lies on the other side of the listener.
        mirror = listener if move in ("towards", "away") else -listener
        return float(1 / np.diff(sent + np.abs(mirror - speed * sent)).mean())
    if move in ("to source", "from source"):
        sign = -1 if move == "to source" else 1
        arrived = (sent + 100) / (1 - sign * speed)
        return float(1 / np.diff(arrived).mean())
    if move == "echo ahead":
        at_wall = sent + (1e6 - speed * sent)
        return float(1 / np.diff((at_wall + 1e6) / (1 + speed)).mean())
    return base


@pytest.mark.parametrize("move", list(ranked_sources._MOVES))
def test_sirens_sound_as_their_crests_arrive(move: str) -> None:
    heard = 12 * np.log2(crests(move, 0.15, 0.5) * 1000)
    assert ranked_sources.doppler(0.15, move, 500) == pytest.approx(heard, abs=0.01)


def test_sources_worked_by_hand() -> None:
    assert ranked_sources.raised("bar_half") == pytest.approx(24)
    assert ranked_sources.raised("string_double") == pytest.approx(6)
    assert ranked_sources.raised("pipe_close") == pytest.approx(-12)
    # A four-cylinder four-stroke engine at 3,000 turns fires 100 times a second.
    assert ranked_sources.machine_note("four-stroke", 4, 3000) == pytest.approx(12 * np.log2(100))
    assert ranked_sources.machine_note("blades", 3, 1200) == pytest.approx(12 * np.log2(60))
    assert ranked_sources.bat_heard("heterodyne", 45, 42) == pytest.approx(12 * np.log2(3000))
