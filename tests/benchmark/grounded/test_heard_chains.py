"""Glides, hum, stereo and echoes after several steps: signals made and measured, examples worked by hand."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from scipy.signal import hilbert

from akb.benchmark import proofs
from akb.benchmark.grounded.craft.signal_tools import Signal, band, level, noise, strongest, times
from akb.benchmark.grounded.scenes import heard_sides
from akb.benchmark.grounded.signals import glides, heard_chains, heard_steps

MODULES = (heard_sides, glides, heard_chains, heard_steps)
RATE = 240000.0
PUZZLES = {
    "sampling_aliasing.glide_through_steps", "spectrum_fourier.glide_through_mixers",
    "microphones_recording.voice_after_steps", "reverberation.order_after_reversals",
}  # fmt: skip


def test_every_template_gives_enough_that_is_beyond_doubt() -> None:
    for module in MODULES:
        for name, made in module.GENERATORS.items():
            found = list(islice(made(1), 24))
            # Puzzles are asked seldom.
            assert len(found) == (8 if name in PUZZLES else 24), name
            assert proofs.verify(found).faults == ()


def stepped(x: Signal, kind: str, figure: float) -> Signal:
    """A tone after one step of a glide's, at 240 kHz."""
    at = 1000 * figure
    if kind in ("lower", "upper"):
        # A single sideband, by the analytic signal.
        turning = np.exp(2j * np.pi * at * times(len(x) / RATE, RATE))
        return np.real((np.conj(hilbert(x)) if kind == "lower" else hilbert(x)) * turning)
    if kind == "octave":
        return x**2 - np.mean(x**2)
    if kind == "sample":
        held = np.zeros(len(x))
        every = round(RATE / at)
        held[::every] = x[::every]
        return band(held, RATE, 0, at / 2)
    return x


def heard(frequency: float, steps: list[list[object]]) -> float:
    """Where a tone ends, in kHz. Playing at another speed is a change of what a second is."""
    speed = 1.0
    x = np.sin(2 * np.pi * 1000 * frequency * times(0.1, RATE))
    for kind, figure in steps:
        amount = float(str(figure))
        if kind == "speed":
            speed *= amount
        elif kind != "turn":
            x = stepped(x, str(kind), amount / speed)
    return strongest(x, RATE) * speed / 1000


@pytest.mark.parametrize("name", list(glides.GENERATORS))
def test_glides_end_where_made_tones_do(name: str) -> None:
    for c in islice(glides.GENERATORS[name](1), 12):
        args = json.loads(c.proof)["args"]
        if any(kind == "sample" and not (240 / figure).is_integer() for kind, figure in args["steps"]):
            continue
        if any(kind == "speed" for kind, _ in args["steps"][:-1]):
            continue
        start, end = (heard(f, args["steps"]) for f in args["glide"])
        if sum(kind == "turn" for kind, _ in args["steps"]) % 2:
            start, end = end, start
        said = [float(w) for w in c.answer.replace(" kHz", "").split() if w.replace(".", "").isdigit()]
        assert [start, end] == pytest.approx(said, abs=0.02), c.question


def test_a_glide_worked_by_hand() -> None:
    # 3.5 → 2.5 kHz, sampled at 4 kHz: 0.5 → 1.5; mirrored at 6 kHz: 5.5 → 4.5; doubled: 11 → 9.
    assert glides.through((3.5, 2.5), [["sample", 4], ["lower", 6], ["speed", 2]]) == (11, 9)
    assert glides.through((1, 2), [["turn", 0], ["lower", 5]]) == (3, 4)
    assert glides.through((1.5, 2.5), [["sample", 4]]) is None  # it turns on its way


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ([["add", 10], ["add", 20]], "high"),  # 10 ms is half a period of 50 Hz
        ([["sub", 20], ["add", 5]], "none"),  # 20 ms is a whole one of 50 Hz, and two of 100 Hz
        ([["speed", 2], ["add", 5]], "high"),  # 100 and 200 Hz now: 5 ms is half a period of the lower
        ([["speed", 0.5], ["sub", 20]], "low"),  # 25 and 50 Hz: half a period of one, a whole one of the other
        ([["sub", 10], ["speed", 2]], "low"),
        ([["add", 20], ["speed", 2]], "both"),
    ],
)
def test_hum_worked_by_hand(steps: list[list[object]], left: str) -> None:
    assert heard_chains.hum_left(steps) == left


@pytest.mark.parametrize(
    ("sound_level", "gain", "bits", "dither", "outcome"),
    [
        (-110, 6, 16, False, "silence"),  # peaks at −104 dBFS; half a step of 16 bits lies at −96
        (-110, 18, 16, False, "buzz"),
        (-110, 18, 16, True, "hiss"),
        (-40, 30, 16, True, "clean"),
    ],
)
def test_faint_tones_worked_by_hand(sound_level: int, gain: int, bits: int, dither: bool, outcome: str) -> None:
    assert heard_chains.faint_tone(sound_level, gain, bits, dither) == outcome


def test_a_voice_ends_where_made_channels_have_it() -> None:
    for c in heard_steps.GENERATORS["microphones_recording.voice_after_steps"](1):
        figures = json.loads(c.proof)["args"]["figures"]
        voice = noise(0.05, 8000.0)
        gains = {"left": (1, 0), "right": (0, 1), "centre": (1, 1), "opposite": (1, -1)}[figures["first"]]
        left, right = (gain * voice for gain in gains)
        for step in figures["steps"]:
            left, right = {
                "swap": (right, left), "invert": (left, -right), "ms": (left + right, left - right),
                "mono": (left + right, left + right), "mute left": (0 * left, right), "mute right": (left, 0 * right),
                "copy left": (left, left), "difference": (left - right, left - right),
            }[step]  # fmt: skip
        loud = (level(left) > -60, level(right) > -60)
        alike = level(left - right) < -60
        assert (
            c.answer
            == {
                (True, False): "On the left alone",
                (False, True): "On the right alone",
                (False, False): "Nowhere: it is silent",
                (True, True): "In the centre" if alike else "On both sides, polarity opposed",
            }[loud]
        )


@pytest.mark.parametrize(
    ("steps", "heard_as"),
    [
        (["echo", "reverse"], "Low, high, middle, first softly, then loudly"),
        (["reverse", "echo"], "Low, high, middle, first loudly, then softly"),
        (["reverse", "mirror", "echo"], "High, low, middle, first loudly, then softly"),
        (["echo", "mirror", "reverse"], "High, low, middle, first softly, then loudly"),
    ],
)
def test_orders_worked_by_hand(steps: list[str], heard_as: str) -> None:
    args = {"tones": ["middle", "high", "low"], "steps": steps}
    assert heard_steps.is_order_after(args, heard_as)
    assert not heard_steps.is_order_after({**args, "tones": ["middle", "low", "high"]}, heard_as)


def test_no_order_is_found_by_its_first_tone() -> None:
    for c in heard_steps.GENERATORS["reverberation.order_after_reversals"](1):
        firsts = [(o.split(",")[0], "first softly" in o) for o in (c.answer, *c.distractors)]
        assert firsts.count(firsts[0]) == 2


@pytest.mark.parametrize(
    ("left", "right", "late_left", "late_right", "louder_left", "heard_at"),
    [
        (3.4, 3.4, 20, 0, 4, "right"),  # the right one leads; 4 dB do not make up for it
        (3.4, 6.8, 10, 0, 0, "middle"),  # the delay makes up for the distance
        (3.4, 6.8, 10, 0, -18, "right"),  # both at once, but the right one is far stronger
        (3.4, 6.8, 30, 0, 8, ""),  # the right one leads by 20 ms, but is much weaker than the left
        (3.4, 3.4, 0, 100, 0, "twice"),
        (3.4, 34, 0, 10, 0, "twice"),  # 90 ms by distance and delay
        (3.4, 34, 110, 0, -4, "right"),  # the left one comes 20 ms after the right
        (3.4, 6.8, 0, 0, 0, "left"),
        (3.4, 3.4, 1, 0, 0, ""),  # summing localisation: somewhere between
    ],
)
def test_precedence_worked_by_hand(
    left: float, right: float, late_left: float, late_right: float, louder_left: float, heard_at: str
) -> None:
    assert heard_sides.side(left, right, late_left, late_right, louder_left) == heard_at


@pytest.mark.parametrize(
    "name",
    [
        "recording_faults.hum_after_copies", "quantisation_bit_depth.faint_tone_after_reduction",
        "room_acoustics.voice_from_two_loudspeakers",
    ],
)  # fmt: skip
def test_each_outcome_is_right_equally_often(name: str) -> None:
    counts = Counter(c.answer for c in proofs.generators()[name](1))
    assert len(counts) == 4 and max(counts.values()) == min(counts.values())
