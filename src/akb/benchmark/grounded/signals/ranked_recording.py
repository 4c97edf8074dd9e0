"""Which of four set-ups, files, losses or partials: by pick-up patterns, bit rates, repair of packets and nodes.

A figure-of-eight whose side faces the drum hears less of it than a cardioid turned away but near.
"""

from __future__ import annotations

from math import cos, log2, log10, radians
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings

MICROPHONES, FORMATS = Rankings("microphones_recording"), Rankings("formats_codecs")
CODECS, SPECTRUM = Rankings("codec_artefacts"), Rankings("spectrum_fourier")

# First-order patterns: the pressure part (Eargle, The Microphone Book, 2004).
_PATTERNS = {"omni": 1.0, "cardioid": 0.5, "supercardioid": 0.37, "hypercardioid": 0.25, "figure-of-eight": 0.0}


def picked_up(pattern: str, degrees: float, away: float) -> float:
    """Level in dB of an even source in the open, by the angle to the microphone's axis and the distance in metres."""
    part = _PATTERNS[pattern]
    return 20 * log10(max(abs(part + (1 - part) * cos(radians(degrees))), 0.03)) - 20 * log10(away)


def said_pattern(pattern: str, degrees: float, away: float) -> str:
    return f"{pattern[:1].upper() + pattern[1:]}, {degrees:g}° off its axis, {away:g} m away"


def _set_ups(rng: Random) -> Drawn:
    return {}, [
        {"pattern": pattern, "degrees": rng.choice((0, 30, 60, 90, 110, 120, 135, 150, 180)), "away": rng.choice((0.5, 1, 1.5, 2, 3, 4))}
        for pattern in rng.sample(list(_PATTERNS), 4)
    ]  # fmt: skip


MICROPHONES.add(
    "drum_at_an_angle",
    picked_up,
    said_pattern,
    {
        "least": [
            "A drum is picked up, in the open and without proximity effect, by four microphones of equal sensitivity on their axes. Which picks up least of it?",
            "Four microphones, equally sensitive to the front, stand around a drum in a meadow. In which is it weakest?",
        ],
        "most": [
            "A drum is picked up, in the open and without proximity effect, by four microphones of equal sensitivity on their axes. Which picks up most of it?",
            "Four microphones, equally sensitive to the front, stand around a drum in a meadow. In which is it strongest?",
        ],
        "second": ["Four microphones, equally sensitive to the front, stand around a drum in a meadow. In which is it the second strongest?"],
    },
    _set_ups,
    margin=2.5,
    close=8.0,
    seen=(lambda c: c["degrees"], lambda c: c["away"]),
    tier="hard",
)  # fmt: skip


def separation(pattern: str, voice: float, drum_angle: float, drum: float) -> float:
    """By how many dB a voice on the axis stands above an equally strong drum; distances in metres."""
    return picked_up(pattern, 0, voice) - picked_up(pattern, drum_angle, drum)


def said_separation(pattern: str, voice: float, drum_angle: float, drum: float) -> str:
    name = pattern[:1].upper() + pattern[1:]
    return f"{name}: voice at {voice * 100:g} cm, drum at {drum:g} m and {drum_angle:g}°"


def _separations(rng: Random) -> Drawn:
    return {}, [
        {"pattern": pattern, "voice": rng.choice((0.1, 0.2, 0.3, 0.4, 0.6, 0.8)), "drum_angle": rng.choice((30, 60, 90, 110, 120, 135, 150, 180)), "drum": rng.choice((1, 1.5, 2, 3, 4))}
        for pattern in rng.sample(list(_PATTERNS), 4)
    ]  # fmt: skip


MICROPHONES.add(
    "voice_above_drum",
    separation,
    said_separation,
    {
        "most": [
            "A voice sings straight into the microphone; a drum, off its axis, spills in. Room and proximity effect aside, which set-up sets the voice furthest above the drum?",
        ],
        "least": [
            "A voice sings straight into the microphone; a drum, off its axis, spills in. Room and proximity effect aside, in which set-up is the drum strongest beside the voice?",
        ],
    },
    _separations,
    margin=3.0,
    close=9.0,
    seen=(lambda c: c["voice"], lambda c: c["drum"], lambda c: c["drum_angle"]),
    tier="hard",
)

# What a second takes, in kbit (IEC 60908, ITU-T G.711, ETSI EN 300 401 and the formats' own arithmetic).
_RATES = {
    "CD audio": 1411.2,
    "an MP3 at 320 kbit/s": 320.0,
    "an MP3 at 128 kbit/s": 128.0,
    "a mono WAV of 16 bits at 48 kHz": 768.0,
    "a stereo WAV of 24 bits at 96 kHz": 4608.0,
    "stereo DSD64": 5644.8,
    "a six-channel WAV of 24 bits at 48 kHz": 6912.0,
    "an ISDN telephone call": 64.0,
    "AAC at 256 kbit/s": 256.0,
    "a mono WAV of 8 bits at 8 kHz": 64.0,
    "a stereo WAV of 32-bit floats at 48 kHz": 3072.0,
    "Opus at 96 kbit/s": 96.0,
    "a mono WAV of 16 bits at 16 kHz": 256.0,
}
_DURATIONS = {10: "10 s", 20: "20 s", 30: "30 s", 60: "1 min", 120: "2 min", 180: "3 min", 300: "5 min", 600: "10 min", 1200: "20 min", 1800: "30 min", 2700: "45 min", 3600: "1 h"}  # fmt: skip


def size(what: str, seconds: int) -> float:
    """Octaves of kbit."""
    return log2(_RATES[what] * seconds)


def said_size(what: str, seconds: int) -> str:
    return f"{_DURATIONS[seconds]} of {what}"


def _sizes(rng: Random) -> Drawn:
    aim = rng.choice((60000, 120000, 250000))
    cases = []
    for what in rng.sample(list(_RATES), 4):
        near = [s for s in _DURATIONS if 0.4 < _RATES[what] * s / aim < 2.5]
        cases.append({"what": what, "seconds": rng.choice(near or list(_DURATIONS))})
    return {}, cases


FORMATS.add(
    "largest_recording",
    size,
    said_size,
    {
        "most": ["Which of these recordings fills the most bytes, headers left aside?", "Four recordings are stored side by side. Which takes up the most room?"],
        "least": ["Which of these recordings fills the fewest bytes, headers left aside?", "Four recordings are stored side by side. Which takes up the least room?"],
        "second": ["Four recordings are stored side by side. Which is the second largest?"],
    },
    _sizes,
    margin=0.3,
    close=1.2,
    seen=(lambda c: c["seconds"], lambda c: _RATES[c["what"]]),
    tier="hard",
)  # fmt: skip


def repaired(scheme: str, lost: list[int]) -> int:
    """How many packets stay missing."""
    gone = set(lost)
    if scheme == "next":  # each packet carries the one before once more
        left = {n for n in gone if n + 1 in gone}
    elif scheme == "second":  # each carries the one two before
        left = {n for n in gone if n + 2 in gone}
    elif scheme == "both":  # the one before and the one two before
        left = {n for n in gone if n + 1 in gone and n + 2 in gone}
    else:  # parity: of each group of four in a row (1 to 4, 5 to 8 …) any single one can be computed
        groups = [(n - 1) // 4 for n in gone]
        left = {n for n in gone if groups.count((n - 1) // 4) > 1}
    return len(left)


_SCHEMES = {
    "next": "each packet also carries a copy of the one before it",
    "second": "each packet also carries a copy of the packet two before it",
    "both": "each packet also carries copies of the two before it",
    "parity": "in each group of four (1–4, 5–8, 9–12) any single lost packet can be computed from the rest",
}


def has_gap(scheme: str, lost: list[int]) -> float:
    return float(repaired(scheme, lost) > 0)


def said_lost(lost: list[int]) -> str:
    return "Packets " + ", ".join(map(str, lost[:-1])) + f" and {lost[-1]}"


def _losses(rng: Random) -> Drawn:
    scheme = rng.choice(list(_SCHEMES))
    whole = rng.random() < 0.5
    cases: list[dict[str, object]] = []
    for place in range(4):
        while True:
            lost = sorted(rng.sample(range(1, 13), 3 if scheme == "parity" else 4))
            if has_gap(scheme, lost) == (0.0 if (place == 0) == whole else 1.0):
                break
        cases.append({"lost": lost})
    return {"scheme": scheme, "say": _SCHEMES[scheme]}, cases


CODECS.add(
    "loss_without_a_gap",
    lambda scheme, lost, say="": has_gap(scheme, lost),
    said_lost,
    {
        "least": ["A call is protected against loss: {say}. Of packets 1 to 12, which loss leaves no gap in the speech?"],
        "most": ["A call is protected against loss: {say}. Of packets 1 to 12, which loss alone leaves a gap in the speech?"],
    },
    _losses,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["lost"][0], lambda c: c["lost"][-1], lambda c: c["lost"][-1] - c["lost"][0]),
    tier="hard",
)  # fmt: skip


def smeared(block: int, rate: int, hit: int) -> float:
    """Milliseconds of noise before a hit: from the start of the transform block in which it falls; hit in ms."""
    return hit % (1000 * block / rate)


def said_smeared(block: int, rate: int, hit: int) -> str:
    return f"Blocks of {block} at {rate // 1000} kHz, a hit at {hit} ms"


def _smears(rng: Random) -> Drawn:
    return {}, [
        {"block": b, "rate": r, "hit": rng.choice(range(30, 190, 10))}
        for b, r in rng.sample(((1024, 32000), (2048, 32000), (512, 16000), (1024, 16000), (960, 48000), (1920, 48000), (480, 48000), (960, 24000), (480, 24000), (480, 16000), (800, 16000), (1600, 32000), (2400, 48000)), 4)
    ]  # fmt: skip


CODECS.add(
    "longest_pre_echo",
    smeared,
    said_smeared,
    {
        "most": ["A coder spreads quantisation noise evenly over each transform block; blocks follow one another without overlap from 0 ms. Which drum hit is preceded by noise for longest?"],
        "least": ["A coder spreads quantisation noise evenly over each transform block; blocks follow one another without overlap from 0 ms. Which drum hit is preceded by noise for the shortest time?"],
    },
    _smears,
    margin=5.0,
    close=25.0,
    seen=(lambda c: c["hit"], lambda c: c["block"], lambda c: c["block"] / c["rate"]),
    tier="hard",
)  # fmt: skip


def sounding(pluck: int, pickup: int, touched: int, partial: int) -> float:
    """1 where a partial of a string is excited, let sound, and picked up."""
    return float(partial % pluck != 0 and partial % pickup != 0 and partial % touched == 0)


def said_partial(partial: int) -> str:
    return f"The {partial}th" if partial not in (2, 3, 22, 23) else f"The {partial}{'nd' if partial % 10 == 2 else 'rd'}"


def _partials(rng: Random) -> Drawn:
    pluck, pickup = rng.sample((3, 4, 5, 6, 7, 8), 2)
    touched = rng.choice((1, 2, 3))
    heard = rng.random() < 0.6
    shared = {"pluck": pluck, "pickup": pickup, "touched": touched}
    cases = []
    for place in range(4):
        pool = [n for n in range(4, 21) if sounding(**shared, partial=n) == (1.0 if (place == 0) == heard else 0.0)]
        if not pool:
            return _partials(rng)
        cases.append({"partial": rng.choice(pool)})
    return shared | {"say": {1: "left open", 2: "touched in the middle", 3: "touched at a third"}[touched]}, cases


SPECTRUM.add(
    "partial_of_a_plucked_string",
    lambda pluck, pickup, touched, partial, say="": sounding(pluck, pickup, touched, partial),
    said_partial,
    {
        "most": ["An ideal string, plucked at 1/{pluck} of its length, has a small pickup at 1/{pickup} and is {say}. Which partial of the open string does the pickup deliver?"],
        "least": ["An ideal string, plucked at 1/{pluck} of its length, has a small pickup at 1/{pickup} and is {say}. Which of these partials of the open string does the pickup not deliver?"],
    },
    _partials,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["partial"],),
    tier="hard",
)  # fmt: skip

_FAMILIES = (MICROPHONES, FORMATS, CODECS, SPECTRUM)
GENERATORS = {name: made for family in _FAMILIES for name, made in family.generators.items()}
CHECKS = {name: check for family in _FAMILIES for name, check in family.checks.items()}
SURE = {name: check for family in _FAMILIES for name, check in family.sure.items()}
