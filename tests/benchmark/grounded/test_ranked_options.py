"""“Which of these four …”: nothing but knowledge leads to the right option, and each asks in many ways."""

from __future__ import annotations

import json
import re
from itertools import pairwise

from akb.benchmark.candidates import Candidate
from akb.benchmark.grounded.craft import ranked
from akb.benchmark.grounded.scenes import ranked_arrivals
from akb.benchmark.grounded.signals import (
    ranked_pitch,
)

# Asked seldom.
PUZZLES = ("acoustic_scenes.where_in_that_order", "codec_artefacts.longest_pre_echo")


def test_length_does_not_point_at_the_right_option(rankings: dict[str, list[Candidate]]) -> None:
    for name, found in rankings.items():
        longest = sum(len(c.answer) > max(map(len, c.distractors)) for c in found)
        shortest = sum(len(c.answer) < min(map(len, c.distractors)) for c in found)
        assert max(longest, shortest) <= 0.4 * len(found), name


def test_the_greatest_level_is_seldom_the_loudest_tone(rankings: dict[str, list[Candidate]]) -> None:
    found = [c for c in rankings["decibels_levels.loudest_tone"] if "loudest" in c.question]
    levels = [[int(o.split(" at ")[1].split()[0]) for o in (c.answer, *c.distractors)] for c in found]
    assert sum(own[0] == max(own) for own in levels) < 0.5 * len(found)


def test_a_template_asks_in_many_ways(rankings: dict[str, list[Candidate]]) -> None:
    for name, found in rankings.items():
        openings = {" ".join(c.question.split()[:4]) for c in found}
        assert len(openings) >= (4 if name in PUZZLES else 5), name
        assert not [c for c in found if re.search("[{}]|  | $", c.question) or not c.question[0].isupper()]


def test_no_two_results_are_alike_and_none_is_ahead_on_every_count(
    rankings: dict[str, list[Candidate]],
) -> None:
    def results(c: Candidate) -> list[float]:
        args = json.loads(c.proof)["args"]
        value = ranked._MODELS[args["model"]][0]
        return sorted(value(**args["shared"], **case) for case in args["cases"])

    for name, found in rankings.items():
        for c in found:
            r = results(c)
            assert set(r) == {0.0, 1.0} or min(b - a for a, b in pairwise(r)) > 0.01, (name, c)
    for c in rankings["nature_weather.order_of_thunder"]:
        args = json.loads(c.proof)["args"]
        key = next(case for case in args["cases"] if ranked_arrivals.said_bolt(**case) == c.answer)
        best = max if args["place"] == "most" else min
        assert any(key[what] != best(case[what] for case in args["cases"]) for what in ("struck", "away"))


def test_each_missing_partial_breaks_one_rule(rankings: dict[str, list[Candidate]]) -> None:
    for c in rankings["spectrum_fourier.partial_of_a_plucked_string"]:
        args = json.loads(c.proof)["args"]
        string = {k: v for k, v in args["shared"].items() if k != "say"}
        broken = [ranked_pitch.broken(**string, **case) for case in args["cases"]]
        assert sorted(broken) in ([[], [0], [1], [2]], [[], [], [], broken[0]])


def test_what_is_added_has_always_been_folded(rankings: dict[str, list[Candidate]]) -> None:
    for c in rankings["sampling_aliasing.added_partial"]:
        args = json.loads(c.proof)["args"]
        assert all(case["order"] * case["tone"] > args["shared"]["rate"] / 2 for case in args["cases"])


def test_a_single_pure_tone_is_not_the_odd_one_out_by_form(rankings: dict[str, list[Candidate]]) -> None:
    for c in rankings["distortion_clipping.one_pure_tone"]:
        forms = [re.sub(r"clipped|(half|full)-wave rectified", "bent", o) for o in (c.answer, *c.distractors)]
        forms = [" ".join(re.findall(r"bent|ring|low|high", form)) for form in forms]
        assert forms[0] in forms[1:]


def test_the_greatest_level_is_seldom_the_tone_that_is_heard(rankings: dict[str, list[Candidate]]) -> None:
    for name in ("noise_snr.tone_beside_noise", "decibels_levels.tone_at_the_threshold"):
        found = [c for c in rankings[name] if json.loads(c.proof)["args"]["place"] == "most"]
        levels = [
            [int(o.split(" at ")[1].split()[0].replace("−", "-")) for o in (c.answer, *c.distractors)] for c in found
        ]
        assert sum(own[0] == max(own) for own in levels) < 0.5 * len(found)
