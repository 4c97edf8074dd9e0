"""Each formula against a value worked out by hand or known from textbooks."""

import json

import pytest

from akb.benchmark.grounded.craft.formulas import FORMULAS
from akb.benchmark.grounded.craft.quantities import Quantities, is_quantity

WORKED = [
    ("echo_distance_ms", {"speed": 343, "ms": 20}, 3.43),
    ("two_speeds_lead", {"distance": 1500, "fast": 1500, "slow": 340}, 3.4118),
    ("speed_in_air", {"celsius": 20}, 343.42),
    ("stopped_pipe", {"speed": 343, "length": 0.25}, 343),
    ("doppler_approach", {"frequency": 400, "velocity": 34.3, "speed": 343}, 444.44),
    ("doppler_recede", {"frequency": 440, "velocity": 34.3, "speed": 343}, 400),
    ("doppler_listener", {"frequency": 500, "velocity": 34.3, "speed": 343}, 550),
    ("firing_rate", {"rpm": 3000, "cylinders": 4}, 100),
    ("rpm_of_firing", {"frequency": 100, "cylinders": 4}, 3000),
    ("passing_rate", {"rpm": 1200, "parts": 5}, 100),
    ("level_at", {"level": 90, "near": 1, "far": 10}, 70),
    ("line_level_at", {"level": 80, "near": 10, "far": 100}, 70),
    ("level_sum", {"one": 60, "other": 60}, 63.01),
    ("level_rest", {"total": 63.0103, "part": 60}, 60),
    ("total_snr", {"one": 60, "other": 60}, 56.99),
    ("noise_in_band", {"level": 60, "full": 20000, "band": 200}, 40),
    ("odd_harmonic", {"frequency": 100, "place": 2}, 500),
    ("third_order_low", {"low": 1000, "high": 1200}, 800),
    ("thd_percent", {"second": 3, "third": 4}, 5),
    ("harmonic_level", {"percent": 1}, -40),
    ("percent_of_level", {"decibels": 40}, 1),
    ("compression_ratio", {"rate": 44100, "bits": 16, "channels": 2, "kbps": 128}, 11.025),
    ("loss_percent", {"lost": 30, "seconds": 60, "ms": 20}, 1),
    ("sabine", {"volume": 1000, "area": 100}, 1.61),
    ("added_absorption", {"volume": 1000, "before": 2, "after": 1}, 80.5),
    ("decay", {"time": 0.5, "rt60": 1.5}, 20),
    ("rt_from_slope", {"decibels": 20, "time": 0.5}, 1.5),
    ("comb_first_notch", {"delay": 1}, 500),
    ("comb_first_notch_path", {"metres": 0.343, "speed": 343}, 500),
    ("round_trip_latency", {"samples": 480, "rate": 48000, "buffers": 3}, 0.03),
    ("rc_cutoff", {"ohms": 10000, "nanofarads": 10}, 1591.55),
    ("octaves_between", {"low": 100, "high": 1600}, 4),
    ("roll_off", {"order": 4, "octaves": 2}, 48),
    ("clock_drift", {"ppm": 10, "minutes": 60}, 0.036),
    ("speed_cents", {"percent": 5.946309}, 100),
    ("wrong_rate_pitch", {"frequency": 440, "right": 44100, "wrong": 48000}, 478.91),
    ("mass_law", {"decibels": 30, "factor": 2}, 36.02),
    ("fall_time", {"height": 44.1, "speed": 343}, 3.127),
    ("bar_length_frequency", {"frequency": 400, "factor": 2}, 100),
    ("helmholtz", {"frequency": 100, "factor": 0.25}, 200),
    ("aeolian_tone", {"wind": 10, "millimetres": 4}, 500),
    ("cricket_celsius", {"chirps": 110}, 20),
    ("on_share", {"on": 1, "off": 3}, 25),
    ("rail_joints", {"rail": 25, "kmh": 90}, 1),
]


@pytest.mark.parametrize(("name", "figures", "expected"), WORKED, ids=[w[0] for w in WORKED])
def test_formula(name: str, figures: dict[str, float], expected: float) -> None:
    assert FORMULAS[name](**figures) == pytest.approx(expected, rel=1e-3)


def test_figures_that_belie_their_names_are_neither_asked_about_nor_proven() -> None:
    low_above_high = {"formula": "third_order_low", "figures": {"low": 1300, "high": 1200}}
    assert not is_quantity(low_above_high, "1,400 Hz")
    assert is_quantity({"formula": "third_order_low", "figures": {"low": 1200, "high": 1300}}, "1,100 Hz")

    asked = Quantities("distortion_clipping")
    stems = [f"Two tones of {{low}} Hz and {{high}} Hz, question {i}: where is the lower product?" for i in range(9)]
    slips = [lambda low, high: low + high, lambda low, high: 2 * low, lambda low, high: 3 * high]
    asked.add("below", "third_order_low", "Hz", stems, {"low": [900, 1300], "high": [1200, 1500]}, slips)
    figures = [
        json.loads(c.proof)["args"]["figures"] for c in asked.templates.generators["distortion_clipping.below"](0)
    ]
    assert len(figures) == 3
    assert all(each["low"] < each["high"] for each in figures)
