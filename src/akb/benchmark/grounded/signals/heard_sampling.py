"""What sampling, quantising and resampling do to what is heard, proven by doing it.

for candidate in GENERATORS["sampling_aliasing.sweep_without_filter"](seed): ...
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from akb.benchmark.grounded.craft.hearing import Outcomes
from akb.benchmark.grounded.craft.signal_tools import (
    Signal,
    band,
    band_level,
    level,
    noise,
    spectrum,
    strongest,
    times,
    tone,
)

SAMPLING, BITS, FORMATS = Outcomes("sampling_aliasing"), Outcomes("quantisation_bit_depth"), Outcomes("formats_codecs")


def turns(rate: float, top: float) -> str:
    """How often the pitch of a sampled upward sweep changes direction."""
    t = times(2.0, rate)
    samples = np.sin(np.pi * top * t * t / 2.0)
    size = 256
    frames = [samples[i : i + size] for i in range(0, len(samples) - size, size)]
    pitch = np.array([strongest(frame, rate) for frame in frames])
    smooth = np.convolve(pitch, np.ones(5) / 5, mode="valid")
    moves = np.sign(np.round(np.diff(smooth) / (rate / size) * 2))
    moves = moves[moves != 0]
    runs = [1]
    for before, after in pairwise(moves):
        runs = [*runs, 1] if before != after else [*runs[:-1], runs[-1] + 1]
    return str(sum(run >= 4 for run in runs) - 1)


SAMPLING.add(
    "sweep_without_filter",
    turns,
    {
        "0": "It rises from beginning to end",
        "1": "It rises, then falls back",
        "2": "It rises, falls and rises again",
        "3": "It rises and falls twice over",
    },
    [
        "A sine sweep climbs steadily from near 0 Hz to {say_top} kHz. A converter without an anti-aliasing filter samples it at {say_rate} kHz. What does the played-back pitch do?",
        "Someone forgets the anti-aliasing filter and samples, at {say_rate} kHz, a test tone that glides from the lowest bass up to {say_top} kHz. How does its pitch move on playback?",
        "A test tone that glides up from 0 to {say_top} kHz has been digitised at {say_rate} kHz, no anti-aliasing filter being there. Which course does the pitch take?",
        "A plug-in synthesises a naive, unfiltered sweep from 0 to {say_top} kHz in a {say_rate} kHz session. What does one hear?",
    ],
    [
        {"rate": rate, "top": round(rate / 2 * part), "say_rate": f"{rate / 1000:g}", "say_top": f"{round(rate / 2 * part) / 1000:g}"}
        for rate in (8000, 10000, 12000, 16000, 20000, 24000)
        for part in (0.8, 1.7, 2.7, 3.7)
    ],
    tier="medium",
)  # fmt: skip


def at_wrong_rate(recorded: float, played: float) -> str:
    """How far a recording moves in pitch when its samples are played at another rate."""
    samples = tone(500, 1.0, recorded)
    steps = 12 * np.log2(strongest(samples, played) / strongest(samples, recorded))
    seconds = len(samples) / played
    for name, pitch in (("up", 12), ("down", -12), ("up a little", 1.5), ("down a little", -1.5)):
        if abs(steps - pitch) < 0.2 and (seconds < 1) == (pitch > 0):
            return name
    return ""


_UP = [(11.025, 22.05), (16, 32), (22.05, 44.1), (24, 48), (44.1, 88.2), (48, 96)]
_SLIGHT = [(11.025, 12), (22.05, 24), (44.1, 48), (88.2, 96)]
SAMPLING.add(
    "played_at_wrong_rate",
    at_wrong_rate,
    {
        "up": "An octave higher, in half the time",
        "down": "An octave lower, in twice the time",
        "up a little": "One to two semitones higher, slightly faster",
        "down a little": "One to two semitones lower, slightly slower",
    },
    [
        "A broadcast recorded at {say_a} kHz is opened by a player that takes its samples for {say_b} kHz ones. How does it come out?",
        "The header of a {say_a} kHz dictation wrongly says {say_b} kHz. How does the speaker sound?",
        "An interface is clocked at {say_b} kHz while the program sends it a {say_a} kHz song unchanged. How does the song sound?",
        "For a film, music at {say_a} kHz is dropped into a {say_b} kHz project without conversion. What is heard?",
    ],
    [
        {"recorded": a * 1000, "played": b * 1000, "say_a": f"{a:g}", "say_b": f"{b:g}"}
        for one, other in _UP + _SLIGHT
        for a, b in ((one, other), (other, one))
    ],
    tier="medium",
)  # fmt: skip


def reach(rates: list[float], cut: float = 1e9, seed: int = 0) -> str:
    """How high the spectrum of noise reaches after sharp conversion through all these rates, in kHz."""
    rate = 96000.0
    content = np.fft.rfft(noise(0.25, rate, seed))
    frequencies = np.fft.rfftfreq(round(0.25 * rate), 1 / rate)
    for step in rates:
        content[frequencies > min(step / 2, cut)] = 0
    signal = np.fft.irfft(content)
    found = [top for top in (4, 8, 12, 16, 22) if band_level(signal, rate, (top - 0.9) * 1000, top * 1000) > -35]
    return str(max(found, default=""))


_REACH = {"4": "Up to 4 kHz", "8": "Up to 8 kHz", "12": "Up to 12 kHz", "16": "Up to 16 kHz"}
_CHAINS = [(a, b, c) for a in (8, 16, 24, 32, 48, 96) for b in (8, 16, 24, 32, 48, 96) for c in (16, 24, 32, 44.1, 48) if len({a, b, c}) == 3 and min(a, b, c) < c]  # fmt: skip
SAMPLING.add(
    "reach_after_conversions",
    reach,
    _REACH,
    [
        "Cymbals are recorded at {say_a} kHz, converted to {say_b} kHz for an editor and delivered at {say_c} kHz, each time properly. How far does their spectrum reach in the end?",
        "A sampler library at {say_a} kHz passes through a {say_b} kHz device and is archived as a {say_c} kHz file. How high can its spectrogram be filled?",
        "Applause taken at {say_a} kHz is resampled to {say_b} kHz and later to {say_c} kHz, with good filters. Up to which frequency is there still sound?",
        "A {say_a} kHz field recording is sent through a {say_b} kHz link and stored at {say_c} kHz. What is the highest part of the hiss of rain that survives?",
    ],
    [
        {"rates": [a * 1000, b * 1000, c * 1000], "say_a": f"{a:g}", "say_b": f"{b:g}", "say_c": f"{c:g}"}
        for a, b, c in _CHAINS
    ],
    tier="medium",
)  # fmt: skip


def folded(rate: float, frequency: float, filtered: bool) -> str:
    """Where a tone is heard after sampling, with or without an anti-aliasing filter."""
    if filtered and frequency > rate / 2:
        return "silent"
    heard = strongest(np.sin(2 * np.pi * frequency * times(0.5, rate)), rate)
    if abs(heard - frequency) < 5:
        return "same"
    return "lower" if heard < 0.8 * frequency and heard > 150 else "hum" if 1 < heard < 60 else ""


SAMPLING.add(
    "tone_and_its_fate",
    folded,
    {
        "same": "At the pitch that it had",
        "lower": "At a false, lower pitch",
        "silent": "Not at all: it is gone",
        "hum": "As a hum or throb in the deep bass",
    },
    [
        "A dog whistle of {say_tone} kHz is digitised at {say_rate} kHz {say_filter}. How does it come back on loudspeakers that can play anything?",
        "An ultrasonic cleaner's {say_tone} kHz tone meets a {say_rate} kHz converter {say_filter}. How is it there in the recording?",
        "A laboratory tone of {say_tone} kHz goes into a converter that runs at {say_rate} kHz {say_filter}. How does it stand in the recording?",
        "A bat detector's calibration tone of {say_tone} kHz is sampled at {say_rate} kHz {say_filter}. How does an analyser find it in the file?",
    ],
    [
        {"rate": rate * 1000.0, "frequency": tone_khz * 1000.0, "filtered": filtered, "say_rate": f"{rate:g}", "say_tone": f"{tone_khz:g}",
         "say_filter": "behind a good anti-aliasing filter" if filtered else "without any filter"}
        for rate in (32, 44.1, 48)
        for tone_khz, filtered in [(0.3 * rate, False), (0.4 * rate, True), (0.42 * rate, False), (0.7 * rate, False), (0.64 * rate, False),
                                   (0.8 * rate, False), (0.7 * rate, True), (0.9 * rate, True), (rate - 0.04, False), (rate + 0.03, False), (rate + 0.045, False), (0.58 * rate, True)]
    ],
    tier="medium",
)  # fmt: skip


def rounded(peak: float, dither: bool) -> str:
    """What rounding to whole steps makes of a 1 kHz sine whose peak is given in steps."""
    rate = 48000.0
    x = peak * tone(1000, 0.5, rate)
    rng = np.random.default_rng(1)
    noisy = x + (rng.random(len(x)) - rng.random(len(x)) if dither else 0.0)
    y = np.round(noisy)
    if not y.any():
        return "silence"
    frequencies, magnitudes = spectrum(y, rate)
    power = magnitudes**2
    harmonic = np.abs(frequencies / 1000 - np.round(frequencies / 1000)) < 0.01
    first = power[np.abs(frequencies - 1000) < 10].sum()
    over = 10 * np.log10(power[harmonic & (frequencies > 1500)].sum() / first)
    hiss = 10 * np.log10(power[~harmonic].sum() / first)
    if hiss < -70 and over < -70:
        return "clean"
    if over > -20 and hiss < -35:
        return "buzz"
    return "hiss" if hiss > -12 and over < hiss - 6 else ""


BITS.add(
    "rounded_sine",
    rounded,
    {
        "silence": "Nothing: every sample is rounded to zero",
        "buzz": "A rough buzz on the pitch of the tone",
        "hiss": "The tone, within an even hiss",
        "clean": "The tone, with nothing audible beside it",
    },
    [
        "A sine whose peak is {say_peak} quantisation steps is rounded to whole steps {say_dither}, then turned up until it fills the scale. What is heard?",
        "Before its samples are rounded to whole steps {say_dither}, a pure tone swings {say_peak} steps to either side of zero. The result is played loudly. How does it sound?",
        "At the end of a fade-out, a flute-like tone is left with a peak of {say_peak} steps of the file's format. It is stored {say_dither} and amplified. What remains?",
        "A test tone of {say_peak} steps peak is converted to integers {say_dither}; a listener brings it up to normal loudness. What comes out?",
    ],
    [
        {"peak": peak, "dither": dither, "say_peak": f"{peak:,g}", "say_dither": "with triangular dither" if dither else "without dither"}
        for peaks, dither in (
            ((0.2, 0.25, 0.3, 0.35, 0.4, 0.45), False),
            ((0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3), False),
            ((0.3, 0.4, 0.6, 0.8, 1.2, 0.7), True),
            ((20000, 28000, 30000, 100000, 500000), True),
            ((24000, 32000, 200000), False),
        )
        for peak in peaks
    ],
    tier="medium",
)  # fmt: skip


def signal_and_noise(before_gain: float, bits: int, new_bits: int, after_gain: float) -> str:
    """How signal and quantisation noise move against a plain recording with `bits`; gains in dB."""
    rate, rng = 48000.0, np.random.default_rng(2)
    x = 0.25 * tone(997, 0.5, rate)

    def quantised(values: Signal, depth: int) -> Signal:
        step = 2.0 / 2**depth
        whole: Signal = np.round(values / step + rng.random(len(x)) - rng.random(len(x)))
        stored: Signal = step * whole
        return stored

    def parts(values: Signal) -> tuple[float, float]:
        gain = float(values @ x / (x @ x))
        return 20 * np.log10(gain), level(values - gain * x)

    plain = parts(quantised(x, bits))
    changed = quantised(x * 10 ** (before_gain / 20), bits)
    if new_bits != bits:
        changed = quantised(x * 10 ** (before_gain / 20), new_bits)
    changed = changed * 10 ** (after_gain / 20)
    signal, floor = (after - before for after, before in zip(parts(changed), plain, strict=True))

    def way(change: float) -> str:
        return "rises" if change > 3 else "falls" if change < -3 else "stays" if abs(change) < 1 else "?"

    return {("rises", "rises"): "both rise", ("falls", "stays"): "signal falls", ("stays", "falls"): "noise falls", ("stays", "rises"): "noise rises"}.get((way(signal), way(floor)), "")  # fmt: skip


BITS.add(
    "signal_and_quantisation_noise",
    signal_and_noise,
    {
        "both rise": "Music and quantisation noise both rise",
        "signal falls": "The music falls, the quantisation noise stays",
        "noise falls": "The music stays, the quantisation noise falls",
        "noise rises": "The music stays, the quantisation noise rises",
    },
    [
        "A string quartet was recorded in {bits} bits with dither. Now {say_change}. What changes in what is heard?",
        "Think of a {bits}-bit recording of a quiet guitar, made with dither. If {say_change}, how do music and noise move?",
        "With everything else as it was for a dithered {bits}-bit piano recording, {say_change}. What happens to the two levels?",
    ],
    [
        {"bits": bits, "before_gain": before, "new_bits": new, "after_gain": after, "say_change": words}
        for bits in (8, 10, 12, 14, 16)
        for before, new, after, words in (
            (0, bits, 12, "the finished file is turned up by 12 dB in playback"),
            (0, bits, 20, "a listener adds 20 dB of gain behind the converter"),
            (-12, bits, 0, "the take is repeated with 12 dB less gain before the converter"),
            (-18, bits, 0, "the take is repeated with the microphone turned down by 18 dB"),
            (0, bits + 4, 0, f"the take is repeated in {bits + 4} bits at the same gain"),
            (0, bits + 2, 0, f"the take is repeated at the same gain with {bits + 2}-bit words"),
            (0, bits - 3, 0, f"the take is repeated at the same gain in {bits - 3} bits"),
            (-12, bits, 12, "the take is repeated 12 dB too low and the file turned up to the old loudness"),
            (-18, bits, 18, "the take is repeated 18 dB too low and the file brought back up by 18 dB"),
        )
    ],
    tier="medium",
)  # fmt: skip


def fade(depth: int, dither: bool, gate: float, floating: bool, decay: float) -> str:
    """How a decaying tone ends: stored in so many bits, with dither, behind a gate at a level in dBFS, or in floats."""
    rate = 16000.0
    t = times(2.5, rate)
    fall = 0.5 * np.exp(-decay * t)
    x = fall * np.sin(2 * np.pi * 440 * t)
    step, rng = 2.0 / 2**depth, np.random.default_rng(3)
    if gate > -200:
        loud = fall > 10 ** (gate / 20)
        return "cut" if 20 * np.log10(0.5 * np.exp(-5.5 * t[loud][-1])) > -40 else ""
    if floating:
        return "smooth"
    y = step * np.round((x + (step * (rng.random(len(x)) - rng.random(len(x))) if dither else 0.0)) / step)
    tail = y[-round(0.3 * rate) :]
    if dither:
        return "hiss" if level(tail) > -80 and tail.any() else ""
    last = int(np.flatnonzero(y)[-1])
    late = y[last - round(0.05 * rate) : last]
    return "grit" if not tail.any() and len(np.unique(late)) <= 3 and level(late) > -80 else ""


BITS.add(
    "end_of_a_fade",
    fade,
    {
        "grit": "It turns into a gritty buzz, then stops dead",
        "hiss": "It sinks evenly into a steady hiss",
        "smooth": "It thins out smoothly into silence",
        "cut": "It breaks off while still plainly loud",
    },
    [
        "{say_what} dies away in a file {say_how}. Turned up loudly, how does the end sound?",
        "How does the end of {say_what} sound under amplification when it is stored {say_how}?",
        "An engineer listens with much gain to the last second of {say_what}, stored {say_how}. What is heard?",
    ],
    [
        {"depth": depth, "dither": dither, "gate": gate, "floating": floating, "decay": decay, "say_what": what, "say_how": how}
        for decay, what in ((5.5, "a synthesised chord"), (5.0, "a synthesised bell"), (6.0, "a computed pluck"), (4.8, "a computed gong"))
        for depth, dither, gate, floating, how in (
            (8, False, -999, False, "with 8 bits and no dither"),
            (10, False, -999, False, "with 10 bits, undithered"),
            (8, True, -999, False, "with 8 bits and triangular dither"),
            (10, True, -999, False, "with 10 bits and proper dither"),
            (24, False, -999, True, "as 32-bit floating-point numbers"),
            (24, False, -30, True, "as floats behind a noise gate that shuts at −30 dBFS"),
            (24, False, -24, True, "in 24 bits behind a gate with its threshold at −24 dBFS"),
        )
    ],
    tier="medium",
)  # fmt: skip


def left_over(kind: str, index: int) -> str:
    """What is left when a processed copy of a piece is subtracted from it, sample by sample."""
    rate = 48000.0
    rng = np.random.default_rng(4)
    x = 0.05 * band(noise(0.5, rate, index), rate, 40, 20000) + 0.2 * tone(220, 0.5, rate)
    made = {
        "same": x,
        "dulled": band(x, rate, 0, 11000),
        "softer": 0.5 * x,
        "flipped": -x,
        "late": np.roll(x, 1),
        "coarse": np.round(x * 127 + rng.random(len(x)) - rng.random(len(x))) / 127,
    }
    rest = x - made[kind]
    if not rest.any():
        return "silence"
    alike = float(rest @ x / np.sqrt((rest @ rest) * (x @ x)))
    if alike > 0.999:
        return "louder" if level(rest) > level(x) + 3 else "softer" if level(rest) < level(x) - 3 else ""
    if (
        abs(band_level(rest, rate, 2000, 3000) - band_level(rest, rate, 14000, 15000)) < 1.5
        and level(rest) < level(x) - 15
    ):
        return "hiss"
    bass, treble = (
        band_level(rest, rate, *edges) - band_level(x, rate, *edges) for edges in ((100, 1000), (12000, 19000))
    )
    if treble > bass + 12:
        return "treble" if bass < -60 else "thin"
    return ""


FORMATS.add(
    "null_test",
    left_over,
    {
        "silence": "Complete silence",
        "treble": "Only the top of the treble",
        "softer": "The music, complete but softer",
        "louder": "The music, complete but louder",
        "hiss": "A faint, steady hiss",
        "thin": "The music, thin and without bass",
    },
    [
        "{say_what} is subtracted, sample by sample, from its original: {say_how}. What is left to hear?",
        "For a null test, {say_what} is laid under the original with reversed polarity and summed. The copy was {say_how2}. What remains?",
    ],
    [
        {"kind": kind, "index": number, "say_what": what, "say_how": f"the copy was {how}", "say_how2": how}
        for number, what in enumerate(("a copy of a pop song", "a copy of an orchestral take", "a copy of a drum loop", "a copy of a live recording"))
        for kind, how in (
            ("same", "packed as FLAC and unpacked again"),
            ("dulled", "cut off above 11 kHz by its encoder and left alone below, without any delay"),
            ("softer", "exported with the fader at half amplitude"),
            ("flipped", "made through a cable with swapped signal wires, at equal level"),
            ("late", "exported one sample late"),
            ("coarse", "requantised to 8 bits with dither"),
        )
    ],
    tier="medium",
)  # fmt: skip


FORMATS.add(
    "reach_through_formats",
    reach,
    _REACH,
    [
        "{say_what} goes through a chain: {say_chain}. How high does its spectrum reach at the end?",
        "{say_what} passes through these formats in turn: {say_chain}. Up to which frequency is anything left of it?",
        "An archivist finds a WAV file of {say_what}, sampled at 96 kHz. Its history: {say_chain}. How far up will the spectrogram be filled?",
    ],
    [
        {"rates": list(rates), "cut": cut, "seed": seed, "say_what": what, "say_chain": chain}
        for seed, what in enumerate(("a cymbal recording", "applause", "a rain recording", "a brass band"))
        for rates, cut, chain in (
            ((48000,), 4000, "a WAV file sampled at 48 kHz, an encoder that cuts everything above 4 kHz, a lossless archive"),
            ((44100, 8000, 48000), 1e9, "a CD, a telephone file sampled at 8 kHz, a WAV file sampled at 48 kHz"),
            ((96000, 16000), 1e9, "a master sampled at 96 kHz, a dictation file sampled at 16 kHz, a FLAC file sampled at 96 kHz"),
            ((16000, 44100), 1e9, "a recorder that samples at 16 kHz, an MP3 file at 320 kbit/s, a CD"),
            ((96000, 24000), 1e9, "a master sampled at 96 kHz, a game file sampled at 24 kHz, a lossless file sampled at 48 kHz"),
            ((48000,), 12000, "a film mix sampled at 48 kHz, a codec that drops what lies above 12 kHz, a 24-bit WAV file"),
            ((48000,), 16000, "a WAV file sampled at 48 kHz, an MP3 encoder with a low-pass at 16 kHz, an upload sampled at 96 kHz"),
            ((32000, 48000), 1e9, "a digital radio feed sampled at 32 kHz, a WAV file sampled at 48 kHz, a lossless archive"),
        )
    ],
    tier="medium",
)  # fmt: skip

GENERATORS = {**SAMPLING.generators, **BITS.generators, **FORMATS.generators}
CHECKS = {**SAMPLING.checks, **BITS.checks, **FORMATS.checks}
