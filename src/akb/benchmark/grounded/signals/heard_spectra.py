"""What filters, beats, windows and nonlinear devices do to what is heard or seen, proven by making the signals.

for candidate in GENERATORS["spectrum_fourier.filtered_tone"](seed): ...
"""

from __future__ import annotations

import numpy as np

from akb.benchmark.grounded.craft.hearing import Outcomes
from akb.benchmark.grounded.craft.signal_tools import (
    band,
    band_level,
    envelope,
    harmonic_tone,
    level,
    noise,
    periodicity,
    spectrum,
    strongest,
    times,
    tone,
)

SPECTRUM, DISTORTION, BANDWIDTH = (
    Outcomes("spectrum_fourier"),
    Outcomes("distortion_clipping"),
    Outcomes("bandwidth_response"),
)
_RATE = 16000.0


def through_filter(pitch: float, low: float, high: float) -> str:
    """What is left of a tone rich in harmonics between two frequencies."""
    whole = harmonic_tone(pitch, 0.5, _RATE)
    rest = band(whole, _RATE, low, high)
    if level(rest) < level(whole) - 60:
        return "nothing"
    frequencies, magnitudes = spectrum(rest, _RATE)
    partials = [
        n
        for n in range(1, 21)
        if magnitudes[np.abs(frequencies - n * pitch) < 6].max(initial=0) > 0.02 * magnitudes.max()
    ]
    if partials == [1]:
        return "dull"
    if len(partials) == 1 and partials[0] >= 4:
        return "whistle"
    if len(partials) >= 5 and 3 <= partials[0] <= 6 and abs(periodicity(rest, _RATE, 60, 600) / pitch - 1) < 0.03:
        return "thin"
    return ""


SPECTRUM.add(
    "filtered_tone",
    through_filter,
    {
        "dull": "A dull, flute-like tone at the old pitch",
        "thin": "A thin, bass-less tone at the old pitch",
        "whistle": "A pure whistle far above the old pitch",
        "nothing": "Next to nothing at all",
    },
    [
        "A {say_what} of {pitch} Hz, rich in harmonics, passes an ideal filter that lets through {say_band}. What is heard?",
        "Only {say_band} is left of a {say_what} whose fundamental is {pitch} Hz, with all harmonics. How does it sound?",
        "Somebody filters a {say_what} ({pitch} Hz, a full harmonic series) so that {say_band} remains. What is the result?",
    ],
    [
        {"pitch": pitch, "low": low, "high": high, "say_what": what, "say_band": words}
        for pitch, what in ((110, "bowed cello note"), (130, "bassoon note"), (150, "sung vowel"), (175, "sawtooth tone"), (196, "trombone note"), (220, "reed organ note"))
        for low, high, words in (
            (0, 1.5 * pitch, f"what lies below {1.5 * pitch:g} Hz"),
            (0.6 * pitch, 1.4 * pitch, f"a narrow band around {pitch} Hz"),
            (3.5 * pitch, 8000, f"what lies above {3.5 * pitch:g} Hz"),
            (2.5 * pitch, 8000, f"everything above {2.5 * pitch:g} Hz"),
            (5.6 * pitch, 6.4 * pitch, f"{5.6 * pitch:g} to {6.4 * pitch:g} Hz"),
            (7.7 * pitch, 8.3 * pitch, f"the band from {7.7 * pitch:g} to {8.3 * pitch:g} Hz"),
            (0, 0.6 * pitch, f"what lies below {0.6 * pitch:g} Hz"),
            (2.2 * pitch, 2.8 * pitch, f"the band from {2.2 * pitch:g} to {2.8 * pitch:g} Hz"),
        )
    ],
    tier="medium",
)  # fmt: skip


def two_tones(low: float, high: float) -> str:
    """How two equal tones are heard together, by the beats of their sum and the ear's bandwidth (Glasberg and Moore)."""
    together = tone(low, 2.0, _RATE) + tone(high, 2.0, _RATE)
    width = 24.7 * (4.37 * (low + high) / 2000 + 1)
    slow = envelope(together, _RATE, 0.004)[800:-800]
    depth = (slow.max() - slow.min()) / slow.max()
    if depth < 0.05:
        return "one"
    if high - low > 2.2 * width:
        return "two"
    beat = strongest(slow - slow.mean(), _RATE)
    return "swell" if beat < 8 else "rough" if 35 < beat < 0.8 * width else ""


SPECTRUM.add(
    "two_tones_together",
    two_tones,
    {
        "one": "A single steady tone",
        "swell": "A single tone that swells and fades",
        "rough": "A rough, rattling sound",
        "two": "Two smooth tones side by side",
    },
    [
        "Two equally strong sine tones, {low} Hz and {high} Hz, sound together. What does a listener hear?",
        "On two signal generators {low} Hz and {high} Hz are set, both sines, equally loud, mixed into one loudspeaker. How does the mixture sound?",
        "A hearing test mixes pure tones of {low} and {high} Hz at equal level. Which impression results?",
        "What impression do sines of {low} Hz and {high} Hz, equally loud and in one ear, make together?",
    ],
    [
        {"low": low, "high": low + apart}
        for low in (400, 500, 600, 700, 800, 1000)
        for apart in (0, 1, 2, 4, 5, 40, 50, 60, 300, 400, 500)
    ],
    tier="medium",
)  # fmt: skip


def resolved(window: float, apart_hz: float, apart_s: float) -> str:
    """Whether a spectrogram with a Hann window of so many seconds parts two steady tones, and two clicks."""
    rate = 16000.0
    size = round(window * rate)
    pair = tone(1000, window, rate) + np.cos(2 * np.pi * (1000 + apart_hz) * times(window, rate))
    magnitudes = np.abs(np.fft.rfft(pair * np.hanning(size), 16 * size))
    frequencies = np.fft.rfftfreq(16 * size, 1 / rate)
    at = [magnitudes[int(np.abs(frequencies - f).argmin())] for f in (1000, 1000 + apart_hz / 2, 1000 + apart_hz)]
    tones = min(at[0], at[2]) / max(at[1], 1e-9)
    clicks = np.zeros(2 * round(apart_s * rate) + 4 * size)
    first = 2 * size
    clicks[first] = clicks[first + round(apart_s * rate)] = 1
    power = np.convolve(clicks, np.hanning(size) ** 2, mode="same")
    centre = power[first + round(apart_s * rate / 2)] / power[first]
    seen = (tones > 3, centre < 0.1)
    clear = (tones > 3 or tones < 1.1) and (centre < 0.1 or centre > 0.9)
    return {(True, True): "both", (True, False): "tones", (False, True): "clicks", (False, False): "neither"}[seen] if clear else ""  # fmt: skip


SPECTRUM.add(
    "what_a_spectrogram_parts",
    resolved,
    {
        "both": "The two tones and the two clicks",
        "tones": "The two tones, but not the clicks",
        "clicks": "The two clicks, but not the tones",
        "neither": "Neither the tones nor the clicks",
    },
    [
        "A spectrogram has windows of {say_window} ms. In the recording two whistles {apart_hz} Hz apart sound at once, and later two clicks {say_apart} ms apart. What is seen as two?",
        "With an analysis window of {say_window} ms, one looks at a pair of steady tones with a spacing of {apart_hz} Hz and at a double click with a gap of {say_apart} ms. Which pairs are parted?",
        "Two whistles lie {apart_hz} Hz apart, and a finger snap echoes after {say_apart} ms. Which of these shows as double in a spectrogram made with {say_window} ms windows?",
    ],
    [
        {"window": ms / 1000, "apart_hz": apart_hz, "apart_s": gap / 1000, "say_window": f"{ms}", "say_apart": f"{gap}"}
        for ms in (4, 5, 8, 10, 20, 40, 50, 80, 100)
        for apart_hz in (10, 20, 50, 100, 200, 500)
        for gap in (2, 5, 10, 20, 50, 100, 200)
    ],
    tier="medium",
)  # fmt: skip


def bent(kind: str, drive: float) -> str:
    """Which partials a device adds to a sine of 200 Hz; drive: how hard it is pushed."""
    x = tone(200, 0.5, _RATE)
    y = {
        "clip": np.clip(drive * x, -1, 1),
        "half": np.maximum(x, 0) * drive,
        "one side": np.minimum(drive * x, 0.6),
        "full": np.abs(x) * drive,
        "gain": x * drive,
        "square": drive * x * x,
    }[kind]
    y = y - y.mean()
    frequencies, magnitudes = spectrum(y, _RATE)
    strong = {n for n in range(1, 12) if magnitudes[np.abs(frequencies - 200 * n) < 8].max() > 0.01 * magnitudes.max()}
    if strong == {1}:
        return "none"
    if 1 not in strong and all(n % 2 == 0 for n in strong):
        return "octave"
    if all(n % 2 for n in strong):
        return "odd"
    return "all" if {1, 2} <= strong else ""


DISTORTION.add(
    "partials_of_a_bent_sine",
    bent,
    {
        "none": "Nothing new: it stays a single pure tone",
        "odd": "The third, fifth and further odd harmonics",
        "all": "Even harmonics, the octave first, beside the old tone",
        "octave": "The octave in place of the old tone",
    },
    ["A pure low tone is sent through {say_what}. What does it gain in partials?", "{say_what} gets a sine wave as its input. What is heard at the output beside or in place of it?", "What turns up in the sound when a flute-like sine runs into {say_what}?"],
    [
        {"kind": kind, "drive": drive, "say_what": what}
        for kind, drive, what in (
            ("clip", 3.0, "a stage that cuts off both half-waves at the same height"),
            ("clip", 5.0, "a fuzz box that clips tops and bottoms alike"),
            ("clip", 20.0, "a comparator that turns everything into a square wave"),
            ("clip", 2.0, "a converter driven 6 dB over full scale, on both sides alike"),
            ("clip", 4.0, "two equal diodes, back to back, that limit the swing in both directions"),
            ("half", 1.0, "a single diode that passes only the positive half-waves"),
            ("half", 2.0, "a loudspeaker whose cone can move outward but not inward"),
            ("one side", 1.5, "an amplifier that flattens the tops of the wave and leaves the bottoms alone"),
            ("one side", 2.5, "a valve stage so biased that only the positive peaks are cut"),
            ("one side", 4.0, "a limiter circuit with a fault: it acts on positive swings alone"),
            ("full", 1.0, "a bridge rectifier that folds the negative half-waves up"),
            ("full", 2.0, "an octave pedal that takes the absolute value of the signal"),
            ("full", 3.0, "a program that drops the minus sign of every sample, then removes the offset"),
            ("square", 1.0, "a multiplier that squares the signal, behind it a filter against the constant part"),
            ("square", 2.0, "a ring modulator that gets this very signal at both of its inputs"),
            ("gain", 0.5, "an attenuator that halves every sample"),
            ("gain", 3.0, "a clean amplifier with plenty of headroom"),
            ("gain", -1.0, "a cable with exchanged wires, which inverts the polarity"),
            ("gain", -0.3, "an inverting stage that works within its range"),
            ("gain", 0.1, "a resistor network that lowers the level by 20 dB"),
        )
    ],
    tier="medium",
)  # fmt: skip


def speech_through(low: float, high: float) -> str:
    """Which of a hum of m (100 to 400 Hz) and a hiss of s (5 to 9 kHz) a band leaves."""
    rate = 32000.0
    hum, hiss = band(noise(0.5, rate, 1), rate, 100, 400), band(noise(0.5, rate, 2), rate, 5000, 9000)
    change = [level(band(part, rate, low, high)) - level(part) for part in (hum, hiss)]
    if any(-25 < c < -1 for c in change):
        return ""
    lost = (change[0] < -25, change[1] < -25)
    return {(False, False): "neither", (True, False): "hum", (False, True): "hiss", (True, True): "both"}[lost]


BANDWIDTH.add(
    "what_speech_loses",
    speech_through,
    {
        "hiss": "The hiss of “s” suffers, the hum of “m” does not",
        "hum": "The hum of “m” suffers, the hiss of “s” does not",
        "both": "The hum of “m” and the hiss of “s” both suffer",
        "neither": "Neither the hum of “m” nor the hiss of “s” suffers",
    },
    ["{say_how} passes only {say_band}. Which parts of a speaking voice does it cost?", "A voice goes through {say_how2}, which lets through {say_band} and nothing else. What is missed?", "Of a newsreader's voice, {say_how2} keeps {say_band}. Which sounds are harmed?"],
    [
        {"low": low, "high": high, "say_how": how[:1].upper() + how[1:], "say_how2": how, "say_band": words}
        for low, high, how, words in (
            (50, 4000, "a worn-out hearing aid", "50 Hz to 4 kHz"),
            (20, 3000, "an old loudspeaker", "what lies below 3 kHz"),
            (80, 3500, "a worn tape head", "80 Hz to 3.5 kHz"),
            (0, 4500, "an AM radio channel", "sound up to 4.5 kHz"),
            (0, 2000, "a thick door", "little but sound below 2 kHz"),
            (500, 15000, "a tiny tweeter-like loudspeaker", "500 Hz to 15 kHz"),
            (800, 12000, "a low-cut filter set much too high", "800 Hz to 12 kHz"),
            (1000, 16000, "a cheap headset's loudspeaker", "what lies between 1 kHz and 16 kHz"),
            (600, 10000, "a megaphone of good quality", "600 Hz to 10 kHz"),
            (2000, 14000, "an exciter's solo output", "2 kHz to 14 kHz"),
            (600, 3000, "a field telephone", "600 Hz to 3 kHz"),
            (1000, 3000, "a “small radio” effect", "1 kHz to 3 kHz"),
            (500, 2500, "an intercom in a lift", "500 Hz to 2.5 kHz"),
            (700, 4000, "a toy walkie-talkie", "700 Hz to 4 kHz"),
            (800, 2200, "a short-wave set's narrow filter", "800 Hz to 2.2 kHz"),
            (40, 12000, "an FM studio link", "40 Hz to 12 kHz"),
            (50, 14000, "a good podcast microphone", "50 Hz to 14 kHz"),
            (20, 10000, "a hi-fi cassette deck", "20 Hz to 10 kHz"),
            (60, 11000, "a wideband conference codec", "60 Hz to 11 kHz"),
            (80, 15000, "a studio's rumble filter", "80 Hz to 15 kHz"),
        )
    ],
    tier="medium",
)  # fmt: skip


def equalised(low: float, high: float, gain: float) -> str:
    """Which way a pink spectrum's weight moves when a band is raised or lowered."""
    content = np.fft.rfft(noise(1.0, 32000.0, 9))
    frequencies = np.fft.rfftfreq(32000, 1 / 32000.0)
    content[1:] /= np.sqrt(frequencies[1:])
    before = np.fft.irfft(content)
    content[(frequencies >= low) & (frequencies <= high)] *= 10 ** (gain / 20)
    after = np.fft.irfft(content)
    change = [
        band_level(after, 32000.0, *edges) - band_level(before, 32000.0, *edges)
        for edges in ((30, 150), (150, 400), (2000, 5000), (6000, 14000))
    ]
    found = [abs(c) > 3 for c in change]
    if sum(found) != 1:
        return ""
    place = found.index(True)
    return ("boom", "mud", "edge", "air")[place] if change[place] > 0 else ("light", "hollow", "far", "dark")[place]


BANDWIDTH.add(
    "equalised_mix",
    equalised,
    {
        "boom": "More boom and weight",
        "mud": "More warmth, or mud",
        "edge": "More edge and presence",
        "air": "More sparkle and air",
        "light": "Less boom and weight",
        "hollow": "Less warmth and body",
        "far": "Less edge and presence",
        "dark": "Less sparkle and air",
    },
    ["An equaliser sets the band from {say_band} to {say_gain} dB in {say_what}. What does one chiefly notice?", "In {say_what}, {say_band} is set to {say_gain} dB. Which change describes the result best?"],
    [
        {"low": low, "high": high, "gain": gain, "say_band": words, "say_gain": f"{gain:+g}".replace("-", "−"), "say_what": what}
        for gain, what in ((6, "a pop mix"), (8, "a piano recording"), (-8, "a full orchestra"), (-12, "a rock song"))
        for low, high, words in (
            (30, 150, "30 to 150 Hz"),
            (20, 140, "20 to 140 Hz"),
            (150, 400, "150 to 400 Hz"),
            (160, 380, "160 to 380 Hz"),
            (2000, 5000, "2 to 5 kHz"),
            (2200, 4800, "2.2 to 4.8 kHz"),
            (6000, 14000, "6 to 14 kHz"),
            (6500, 15000, "6.5 to 15 kHz"),
        )
    ],
    tier="easy",
)  # fmt: skip

GENERATORS = {**SPECTRUM.generators, **DISTORTION.generators, **BANDWIDTH.generators}
CHECKS = {**SPECTRUM.checks, **DISTORTION.checks, **BANDWIDTH.checks}
