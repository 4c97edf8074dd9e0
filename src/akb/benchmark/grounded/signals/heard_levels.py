"""What meters and mixes do, and what microphones and channels let through, proven by making the signals.

for candidate in GENERATORS["decibels_levels.two_sources"](seed): ...
"""

from __future__ import annotations

import numpy as np

from akb.benchmark.grounded.craft.hearing import Outcomes
from akb.benchmark.grounded.craft.signal_tools import Signal, level, noise, times, tone

LEVELS, MICROPHONES = Outcomes("decibels_levels"), Outcomes("microphones_recording")
_RATE = 16000.0


def joined(alike: float, second: float) -> str:
    """How the level changes when a second sound joins one; alike: 1 the same, −1 with turned polarity, 0 unrelated."""
    first, other = noise(1.0, _RATE, 1), noise(1.0, _RATE, 2)
    added = (alike * first if alike else other) * 10 ** (second / 20)
    change = level(first + added) - level(first)
    for name, low, high in (("same", -0.1, 0.5), ("3", 2.7, 3.3), ("6", 5.7, 6.3), ("gone", -1000, -40)):
        if low <= change <= high:
            return name
    return ""


LEVELS.add(
    "two_sources",
    joined,
    {
        "same": "Hardly at all",
        "3": "Up by about 3 dB",
        "6": "Up by about 6 dB",
        "gone": "Down to almost nothing",
    },
    ["{say_scene}. Which way does the reading on the meter go?", "{say_scene}. How does the measured level change?"],
    [
        {"alike": alike, "second": second, "say_scene": scene}
        for alike, second, scene in (
            (0, 0.0, "A second singer, no softer and no louder than the first, joins with another melody"),
            (0, 0.01, "Beside one humming transformer a second is switched on, equally strong but not locked to the first"),
            (0, -0.01, "To a track of hiss another track of hiss is added, equally strong and recorded separately"),
            (0, 0.02, "Rain on a roof is mixed with a stream that by itself reads the same on the meter"),
            (0, -0.02, "Two audience microphones far apart in a stadium pick up equally strong, unrelated cheering; the second fader is opened after the first"),
            (0, 0.03, "A second lawnmower, as loud as the first, starts beside it at a slightly different speed"),
            (1, 0.0, "A mono voice is copied to a second track, sample for sample, and both faders are up where one was"),
            (1, 0.01, "A second loudspeaker, as far away as the first, starts to play the same bass note in step with it"),
            (1, -0.01, "A centred vocal, equal in both channels, is heard from left plus right, which are added without being halved, instead of from the left alone"),
            (1, 0.02, "By mistake one and the same drum recording is imported twice, aligned to the sample, and mixed without any other change"),
            (1, -0.02, "A synthesiser's output is split by a cable into two mixer inputs with equal gain where there was one before"),
            (1, 0.03, "Two subwoofers side by side receive the same signal; the second is added to the first at equal gain"),
            (-1, 0.0, "A track is doubled, the copy's polarity is inverted, and both are mixed at equal gain"),
            (-1, 0.0005, "Noise-cancelling headphones add to a drone its exact mirror image, equally strong at the ear"),
            (-1, -0.0005, "One channel of a dual-mono recording has its wires swapped; left and right are then summed to mono"),
            (-1, 0.0007, "A loudspeaker next to an identical one is connected with plus and minus exchanged; both play a deep bass tone to a point midway in front"),
            (-1, -0.0007, "The side signal of a recording that is identical left and right is listened to instead of its left channel"),
            (-1, 0.0003, "A feed of the programme is mixed, polarity inverted and at matched gain, into the very same programme"),
            (0, -20.0, "To a roaring waterfall comes a whispering visitor, 20 dB weaker at the meter"),
            (0, -18.0, "Next to a lorry a bicycle rattles past, 18 dB weaker than the lorry alone"),
            (0, -25.0, "Hiss 25 dB below a steady organ chord is added to the chord"),
            (0, -16.0, "A refrigerator, 16 dB weaker than the vacuum cleaner beside it, starts to run while the cleaner is on"),
            (0, -22.0, "In front of a brass band somebody closes a case with a snap 22 dB weaker than the band"),
            (0, -30.0, "A wristwatch ticks 30 dB below the conversation that is being metered"),
        )
    ],
    tier="medium",
)  # fmt: skip


def peak_and_average(kind: str, amount: float) -> str:
    """How peak and average level move when a piece is treated."""
    x = 0.25 * noise(1.0, _RATE, 3) * (1 + 0.5 * tone(2, 1.0, _RATE))
    x /= np.abs(x).max() * 2
    gain = 10 ** (amount / 20)
    if kind == "gain":
        y = x * gain
    elif kind == "limit":
        y = np.clip(x * gain, -0.5, 0.5)
    elif kind == "click":
        y = x.copy()
        y[100] = gain * 0.5
    else:  # a clipper without make-up
        y = np.clip(x, -0.5 / gain, 0.5 / gain)
    peak = 20 * np.log10(np.abs(y).max() / np.abs(x).max())
    average = level(y) - level(x)

    def way(change: float, least: float) -> str:
        return "up" if change > least else "down" if change < -least else "same" if abs(change) < 0.3 else "?"

    found = (way(peak, 1.5), way(average, 1.5))
    return {("up", "up"): "both up", ("down", "down"): "both down", ("same", "up"): "average up", ("up", "same"): "peak up"}.get(found, "")  # fmt: skip


LEVELS.add(
    "peak_and_loudness",
    peak_and_average,
    {
        "both up": "The peak meter and the loudness meter both rise",
        "both down": "The peak meter and the loudness meter both fall",
        "average up": "Only the loudness meter rises",
        "peak up": "Only the peak meter rises",
    },
    ["{say_act}. How do the readings of a sample-peak meter and a loudness meter change over the whole piece?", "{say_act}. What do a peak meter and a loudness meter show for the piece as a whole, compared with before?"],
    [
        {"kind": kind, "amount": amount, "say_act": act}
        for kind, amount, act in (
            ("gain", 3.0, "A mix that peaks far below full scale is turned up by 3 dB"),
            ("gain", 4.0, "A podcast with plenty of headroom gets 4 dB more gain before export"),
            ("gain", 6.0, "The samples of a quiet lute recording are all doubled, and none clips"),
            ("gain", 5.0, "A mastering engineer pushes the output fader of an unlimited chain up by 5 dB; nothing reaches full scale"),
            ("gain", -3.0, "The master fader is pulled down by 3 dB"),
            ("gain", -6.0, "All samples of a song are halved"),
            ("gain", -4.0, "A streaming service plays a loud track 4 dB lower to match its target"),
            ("gain", -10.0, "A pad of 10 dB is put between a synthesiser and the recorder"),
            ("limit", 6.0, "A limiter with its ceiling at the song's old peak is driven 6 dB harder"),
            ("limit", 8.0, "Before a brick-wall limiter whose ceiling is the old peak value, the gain is raised by 8 dB"),
            ("limit", 5.0, "A mix is clipped at its former peak after a boost of 5 dB"),
            ("limit", 10.0, "For a commercial, a voice is compressed hard and then brought back up to its old peak"),
            ("click", 9.0, "Into a dense recording slips a single-sample click, 9 dB above everything else"),
            ("click", 6.0, "A drop-out in a transfer leaves one lone spike of 6 dB above the music's highest point"),
            ("click", 8.0, "A stylus hits one speck of dust: a tick shorter than a millisecond rises 8 dB above an otherwise unchanged transfer"),
            ("click", 4.0, "An edit leaves one wild sample, 4 dB above all others, in a choir recording"),
        )
    ],
    tier="medium",
)  # fmt: skip


def vanished(operation: str, order: int) -> str:
    """Which of four parts of a stereo mix is gone after a channel operation; order: how the parts are handed out."""
    parts = {
        name: noise(0.5, _RATE, seed) for seed, name in enumerate(("equal", "left", "right", "opposite"), start=order)
    }
    silent = np.zeros(round(0.5 * _RATE))
    stereo: dict[str, tuple[Signal, Signal]] = {
        "equal": (parts["equal"], parts["equal"]),
        "left": (parts["left"], silent),
        "right": (silent, parts["right"]),
        "opposite": (parts["opposite"], -parts["opposite"]),
    }
    result = {
        name: {"sum": left + right, "difference": left - right, "left": left, "right": right}[operation]
        for name, (left, right) in stereo.items()
    }
    gone = [name for name, signal in result.items() if level(signal) < -60]
    return gone[0] if len(gone) == 1 else ""


for _number, (_a, _b, _c, _d) in enumerate(
    (("voice", "guitar", "piano", "synth pad"), ("bass", "banjo", "fiddle", "organ"), ("narrator", "crowd", "traffic", "wind"), ("trumpet", "violin", "cello", "choir"))
):  # fmt: skip
    MICROPHONES.add(
        f"gone_from_stereo_{_number + 1}",
        vanished,
        {
            "equal": f"The {_a}, equal in both channels",
            "left": f"The {_b}, in the left channel alone",
            "right": f"The {_c}, in the right channel alone",
            "opposite": f"The {_d}, in both with opposite polarity",
        },
        [
            f"In a stereo file the {_a}, {_b}, {_c} and {_d} are placed in four ways, as the options say. {{say_act}}. Which of them is silent then?",
            f"A stereo production holds {_a}, {_b}, {_c} and {_d}. {{say_act}}. Which one can no longer be heard?",
        ],
        [
            {"operation": operation, "order": _number * 10 + variant, "say_act": act}
            for operation, acts in (
                ("sum", ("A kitchen radio plays the sum of both channels", "A mono club system adds left to right")),
                ("difference", ("A karaoke plug-in subtracts right from left", "A faulty headphone plug, its ground broken, gives the difference of the channels")),
                ("left", ("Somebody listens with the left earphone only", "An exporter keeps the first, left, channel and discards the other")),
                ("right", ("A cable passes the right channel only", "A phone on its side plays nothing but the right channel")),
            )
            for variant, act in enumerate(acts)
        ],
        tier="medium",
    )  # fmt: skip


def moved(level_change: float, distance: float, treatment: float) -> str:
    """How direct sound and reverberation at a microphone move: speech level in dB, distance factor, absorption factor."""
    t = times(1.0, _RATE)
    burst = noise(1.0, _RATE, 5) * (t < 0.05)

    def heard(gain: float, factor: float, absorbing: float) -> tuple[float, float]:
        tail = noise(1.0, _RATE, 6) * np.exp(-6.9 * t / (1.5 / absorbing)) * 0.01
        content = np.fft.rfft(burst, 2 * len(t)) * np.fft.rfft(tail, 2 * len(t))
        reverberant = np.fft.irfft(content)[: len(t)]
        return level(gain * burst / factor), level(gain * reverberant)

    before, after = heard(1, 1, 1), heard(10 ** (level_change / 20), distance, treatment)
    direct, late = (b - a for a, b in zip(before, after, strict=True))

    def way(change: float) -> str:
        return "up" if change > 1.2 else "down" if change < -1.2 else "same" if abs(change) < 0.2 else "?"

    return {("up", "same"): "near", ("down", "same"): "far", ("up", "up"): "loud", ("same", "down"): "dry", ("same", "up"): "wet"}.get((way(direct), way(late)), "")  # fmt: skip


ROOMS = Outcomes("room_acoustics")
ROOMS.add(
    "direct_and_reverberant",
    moved,
    {
        "near": "The direct sound grows, the reverberation stays",
        "far": "The direct sound shrinks, the reverberation stays",
        "loud": "The direct sound and the reverberation both grow",
        "dry": "The direct sound stays, the reverberation shrinks",
        "wet": "The direct sound stays, the reverberation grows",
    },
    ["{say_act}. What changes at the microphone?", "{say_act}. What does the recording show, by the usual picture of a room with an even reverberant field?"],
    [
        {"level_change": gain, "distance": factor, "treatment": absorbing, "say_act": act}
        for gain, factor, absorbing, act in (
            (0, 0.5, 1, "In a church the microphone is moved from 4 m to 2 m before the speaker"),
            (0, 0.25, 1, "A presenter in a gymnasium comes from 2 m to half a metre from the microphone"),
            (0, 0.4, 1, "To make a choir in a cathedral sound clearer, the main microphone goes from 10 m to 4 m away"),
            (0, 0.3, 1, "Instead of at arm's length, a witness in an echoing hall speaks at a third of the distance to the microphone"),
            (0, 2.0, 1, "In a swimming hall the interviewer steps back from 0.5 m to 1 m"),
            (0, 3.0, 1, "A flautist in a stone chapel walks from 1 m to 3 m away from the microphone, playing as before"),
            (0, 4.0, 1, "A lecturer in a bare hall paces from 1 m to 4 m before the microphone"),
            (0, 2.5, 1, "The microphone before a string trio in a large hall is moved from 2 m to 5 m away"),
            (6, 1, 1, "An actor in an empty theatre, without moving, doubles the sound pressure of the voice"),
            (10, 1, 1, "A trumpeter in a hall, on the same spot, plays 10 dB louder"),
            (8, 1, 1, "Without any other change the loudspeaker in a lecture room is turned up by 8 dB"),
            (4, 1, 1, "From piano to mezzo forte, 4 dB more, goes a singer who stands still in a foyer"),
            (0, 1, 2.0, "Thick curtains double the absorption of a rehearsal hall; player and microphone stay"),
            (0, 1, 3.0, "An audience fills a concert hall and triples its absorption; pianist and microphone are where they were"),
            (0, 1, 2.5, "A classroom gets an absorbing ceiling; teacher and microphone are as before"),
            (0, 1, 1.8, "Carpets and sofas arrive in a bare living room between two takes with the same set-up"),
            (0, 1, 0.5, "Before the second take, with the same set-up, all curtains and carpets are carried out of the room"),
            (0, 1, 0.4, "A shower cubicle is tiled between two takes; singer and microphone stay in place"),
            (0, 1, 0.6, "The audience leaves after the rehearsal, and the quartet plays again for the unmoved microphone"),
            (0, 1, 0.45, "A hall's absorbing panels are turned to their reflecting side; nobody moves"),
        )
    ],
    tier="medium",
)  # fmt: skip

GENERATORS = {**LEVELS.generators, **MICROPHONES.generators, **ROOMS.generators}
CHECKS = {**LEVELS.checks, **MICROPHONES.checks, **ROOMS.checks}
