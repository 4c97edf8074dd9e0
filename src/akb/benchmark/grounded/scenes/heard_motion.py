"""What motion, reflections and treatments of noise and reverberation do to what is heard, proven by making the signals.

for candidate in GENERATORS["room_acoustics.passing_source"](seed): ...
"""

from __future__ import annotations

import numpy as np

from akb.benchmark.grounded.craft.hearing import Outcomes
from akb.benchmark.grounded.craft.signal_tools import Signal, band_level, envelope, level, noise, times, tone
from akb.benchmark.grounded.signals.heard_levels import ROOMS

REVERBERATION, NOISE = Outcomes("reverberation"), Outcomes("noise_snr")
_RATE, _SPEED = 8000.0, 343.0


def passing(start: float, speed: float, aside: float, circle: bool) -> str:
    """How the pitch of a 500 Hz source moves: it starts so many metres before the listener, aside from the path."""
    t = times(3.0, _RATE)
    place = start + speed * t
    distance = np.full_like(t, abs(start)) if circle else np.hypot(place, aside)
    arrival = t + distance / _SPEED
    heard = np.interp(np.arange(arrival[0], arrival[-1], 1 / _RATE), arrival, np.unwrap(2 * np.pi * 500 * t))
    pitch = np.diff(heard) * _RATE / (2 * np.pi)
    first, last = float(pitch[200:1200].mean()), float(pitch[-1200:-200].mean())
    if first > 508 and last < 492:
        return "slides"
    if abs(first - 500) < 2 and abs(last - 500) < 2:
        return "same"
    if abs(first - last) < 3:
        return "higher" if first > 508 else "lower" if first < 492 else ""
    return ""


ROOMS.add(
    "passing_source",
    passing,
    {
        "slides": "It slides from too high to too low",
        "same": "It stays what it is at the source",
        "higher": "It is too high throughout, and steady",
        "lower": "It is too low throughout, and steady",
    },
    ["{say_scene}. How does the pitch at the listener compare with that at the source?", "{say_scene}. What does the listener notice of the pitch, against the pitch at the source?"],
    [
        {"start": start, "speed": speed, "aside": aside, "circle": circle, "say_scene": scene}
        for start, speed, aside, circle, scene in (
            (-45.0, 30.0, 3.0, False, "An ambulance, siren on one steady note, drives past a pedestrian at the kerb at 30 m/s"),
            (-30.0, 20.0, 2.0, False, "A cyclist with a steady horn, far faster than a walker, overtakes a listener and rides on"),
            (-60.0, 40.0, 5.0, False, "An express train whistles on one note while it rushes through a station with waiting passengers"),
            (-37.0, 25.0, 4.0, False, "A motor boat with an even hum passes close by a swimmer at full speed"),
            (-52.0, 35.0, 6.0, False, "A racing car at constant revs flashes past the stand"),
            (-20.0, 0.0, 0.0, False, "A steady siren sounds from a parked van while the whole air is still and the listener rests"),
            (-30.0, 0.0, 30.0, True, "A model aeroplane with an even hum circles the pilot, who stands exactly in the middle"),
            (-15.0, 0.0, 15.0, True, "A loudspeaker with one steady note is swung round the listener on a rope, always at the same distance"),
            (-6.0, 0.0, 2.0, False, "A passenger listens to the horn of the very car that both sit in, which drives at 40 m/s"),
            (-12.0, 0.0, 5.0, False, "Two lorries drive side by side at exactly equal speed; one driver hears the other's steady horn"),
            (-300.0, 30.0, 0.0, False, "A fire engine with a one-note siren comes straight at the listener at 30 m/s and is still far off"),
            (-400.0, 40.0, 0.0, False, "A locomotive, whistling on one note, heads for a man beside a straight track; it is hundreds of metres away yet"),
            (-250.0, 20.0, 0.0, False, "A speedboat with a steady engine note makes straight for the pier where the listener stands, still a long way out"),
            (-500.0, 50.0, 0.0, False, "A drone with constant motor speed flies straight towards its operator from afar"),
            (40.0, 30.0, 0.0, False, "A motorbike with an even exhaust note has passed and rides straight away at 30 m/s"),
            (60.0, 25.0, 0.0, False, "The last carriage's loudspeaker gives a steady tone as the train leaves in a straight line"),
            (30.0, 40.0, 0.0, False, "A police car with a one-note siren races away down a straight road"),
            (50.0, 20.0, 0.0, False, "An ice-cream van holds one note on its horn while it drives straight away from the children"),
        )
    ],
    tier="medium",
)  # fmt: skip


def reflected(kind: str, delay: float) -> str:
    """How a clap with reflections is heard, by their number, spacing and delay in seconds."""
    response = np.zeros(round(1.5 * _RATE))
    response[0] = 1
    rng = np.random.default_rng(7)
    if kind == "single":
        response[round(delay * _RATE)] += 0.7
    elif kind == "regular":
        for n in range(1, 30):
            if round(n * delay * _RATE) < len(response):
                response[round(n * delay * _RATE)] += 0.9**n
    else:
        response += rng.standard_normal(len(response)) * 0.2 * np.exp(-6.9 * times(1.5, _RATE) / delay)
    strong = np.flatnonzero(np.abs(response) > 0.05)
    if len(strong) == 2:
        gap = (strong[1] - strong[0]) / _RATE
        return "colour" if gap < 0.012 else "echo" if gap > 0.12 else ""
    gaps = np.diff(strong) / _RATE
    if gaps.std() < 0.05 * gaps.mean():
        return "flutter" if 0.012 < gaps.mean() < 0.08 else ""
    return "tail" if gaps.mean() < 0.002 else ""


ROOMS.add(
    "clap_and_reflections",
    reflected,
    {
        "colour": "A single clap, its timbre changed",
        "echo": "Two separate claps, one after the other",
        "flutter": "A clap with a fast, buzzing rattle behind it",
        "tail": "A clap that dies away in a smooth wash",
    },
    ["A hand clap, and {say_how}. What is heard?", "Somebody claps once; {say_how}. How does that sound to the listener?"],
    [
        {"kind": kind, "delay": delay, "say_how": how}
        for kind, delay, how in (
            ("single", 0.003, "one strong reflection from a table top follows after 3 ms"),
            ("single", 0.005, "a single reflection from the floor comes 5 ms later, nearly as strong"),
            ("single", 0.002, "the only reflection, from a music stand, is 2 ms late"),
            ("single", 0.008, "one wall close by returns it 8 ms after the direct sound"),
            ("single", 0.01, "one reflecting panel gives it back after 10 ms, everything else is soft"),
            ("single", 0.3, "a lone cliff returns it after 0.3 s"),
            ("single", 0.5, "across a lake a single façade sends it back half a second later"),
            ("single", 0.2, "the back wall of an otherwise dead hall returns it after 200 ms"),
            ("single", 0.4, "in a snowy field only a distant barn reflects it, 400 ms later"),
            ("single", 0.15, "the far stand of an empty stadium gives it back after 150 ms, nothing else does"),
            ("regular", 0.02, "it runs to and fro between two hard parallel walls, 20 ms a round trip, all other surfaces soft"),
            ("regular", 0.03, "two bare corridor walls pass it back and forth every 30 ms"),
            ("regular", 0.025, "between a tiled floor and a hard ceiling it bounces every 25 ms, the walls being draped"),
            ("regular", 0.04, "two façades of an alley throw it to each other, one return every 40 ms"),
            ("regular", 0.015, "it zigzags in a narrow passage, one reflection every 15 ms"),
            ("diffuse", 1.5, "thousands of irregular reflections fade over a second and a half"),
            ("diffuse", 2.0, "a church scatters it into a dense mass of reflections that takes 2 s to fade"),
            ("diffuse", 1.0, "a stairwell of many oblique surfaces returns it from everywhere for a second"),
            ("diffuse", 1.2, "a concert hall with rough walls breaks it up into countless weak reflections"),
            ("diffuse", 3.0, "a cave with ragged walls sends back reflections without number for 3 s"),
        )
    ],
    tier="easy",
)  # fmt: skip


def tail_of(kind: str, seconds: float) -> str:
    """What marks the reverberation of a short note: seconds is its reverberation time, or the pre-delay."""
    t = times(3.0, _RATE)
    rng = np.random.default_rng(8)
    wash = rng.standard_normal(len(t)) * np.exp(-6.9 * t / (1.8 if kind == "late" else seconds))
    dry = np.zeros(len(t))
    dry[0] = 20
    if kind == "gated":
        wash[t > 0.25] = 0
    if kind == "late":
        wash = np.concatenate([np.zeros(round(seconds * _RATE)), wash])[: len(t)]
    whole = dry + wash
    if kind == "reversed":
        whole = whole[::-1].copy()
    slow = 20 * np.log10(envelope(whole, _RATE, 0.02) + 1e-6)
    quiet = np.flatnonzero(slow > slow.max() - 45)
    first, peak, last = int(quiet[0]), int(slow.argmax()), int(quiet[-1])
    if peak - first > 0.3 * _RATE:
        return "swell"
    after = slow[peak : last + 1]
    gap = after[round(0.03 * _RATE) : round(0.09 * _RATE)]
    if gap.max() < slow.max() - 60:
        return "gap"
    step = slow[: len(t) - 400] - slow[400:]
    if step[round(0.1 * _RATE) :].max() > 40:
        return "chop"
    return "smooth" if (last - peak) > 0.5 * _RATE else ""


REVERBERATION.add(
    "shape_of_a_tail",
    tail_of,
    {
        "smooth": "It dies away evenly behind the hit",
        "chop": "It is dense and is suddenly chopped off",
        "swell": "It swells up and ends with the hit",
        "gap": "It starts after a short silence behind the hit",
    },
    ["{say_how}. How does the reverberation of a snare hit sound?", "{say_how}. What does a listener notice about the reverberation round each drum hit?"],
    [
        {"kind": kind, "seconds": seconds, "say_how": how}
        for kind, seconds, how in (
            ("plain", 1.5, "A plate reverberator with a decay time of 1.5 s is put on a snare drum without further treatment"),
            ("plain", 2.0, "A snare is recorded in a stone church with 2 s of reverberation"),
            ("plain", 1.2, "The drums are sent to a hall program of 1.2 s, with nothing behind it"),
            ("plain", 2.5, "An untreated convolution with a cathedral's response of 2.5 s is laid on the drums"),
            ("gated", 2.0, "A noise gate behind a 2 s reverberator closes a quarter of a second after each hit"),
            ("gated", 3.0, "A room microphone in a hall of 3 s is gated by the snare, open for 250 ms"),
            ("gated", 2.5, "An impulse response of 2.5 s is cut at 0.25 s and used on the drums"),
            ("gated", 1.8, "A gate, keyed by the dry drum, shuts a long reverberation after 0.25 s"),
            ("reversed", 1.5, "A take with 1.5 s of reverberation is played backwards"),
            ("reversed", 2.0, "The tape with a reverberant hit (2 s) is turned round and played from its end"),
            ("reversed", 1.2, "An editor reverses the hit together with its 1.2 s of hall"),
            ("reversed", 2.5, "The impulse response of a church (2.5 s) is used with time running backwards, aligned so that it ends with the hit"),
            ("late", 0.12, "A reverberator's pre-delay is set to 120 ms and the dry drum is mixed in"),
            ("late", 0.15, "The send to a plate passes a tape delay of 150 ms first; the dry hit is heard as well"),
            ("late", 0.2, "Between the dry snare and the start of its artificial hall there are 200 ms of pre-delay"),
            ("late", 0.18, "The reverberation is shifted 180 ms to the right on its track, the dry hit left in place"),
        )
    ],
    tier="medium",
)  # fmt: skip


def hiss_between(kind: str, amount: float) -> str:
    """How steady hiss under phrases behaves after a treatment: in the pauses, under the words, and in its colour."""
    rate = 16000.0
    t = times(2.0, rate)
    talking = (t % 1.0) < 0.5
    words: Signal = tone(400, 2.0, rate) * talking
    hiss = 0.02 * noise(2.0, rate, 11)
    loud = envelope(words + hiss, rate, 0.03)
    gain = {
        "gate": np.where(loud > 0.1, 1.0, 10 ** (-amount / 20)),
        "compress": np.minimum(1.0, 0.03 / loud) ** (amount / 20),
        "low-pass": np.ones_like(t),
        "gain": np.full_like(t, 10 ** (-amount / 20)),
    }[kind]
    y = hiss * gain
    signal = words * gain
    if kind == "low-pass":
        content = np.fft.rfft(y)
        content[np.fft.rfftfreq(len(y), 1 / rate) > amount] = 0
        y = np.fft.irfft(content)
    make_up = level(words) - level(signal)
    pause = level(y[~talking]) + (make_up if kind == "compress" else 0) - level(hiss[~talking])
    under = level(y[talking]) + (make_up if kind == "compress" else 0) - level(hiss[talking])
    dull = band_level(y, rate, 5000, 8000) < band_level(y, rate, 500, 2000) - 20
    if dull:
        return "dull"
    if pause > 6 and abs(under) < 3:
        return "swells"
    if pause < -12 and abs(under) < 3:
        return "with words"
    return "same" if abs(pause - under) < 1 else ""


NOISE.add(
    "hiss_under_speech",
    hiss_between,
    {
        "with words": "The hiss is there with the words and gone between them",
        "swells": "The hiss swells up in every pause between the words",
        "dull": "The hiss is steady, but without its sharp treble",
        "same": "The hiss keeps its colour and its distance to the words",
    },
    ["{say_how}. What happens to the steady hiss of the recording?", "Under an interview lies even tape hiss. {say_how}. How does the hiss behave now?"],
    [
        {"kind": kind, "amount": amount, "say_how": how}
        for kind, amount, how in (
            ("gate", 40.0, "A noise gate closes whenever nobody speaks"),
            ("gate", 30.0, "An expander lowers whatever is softer than the words by 30 dB, at once"),
            ("gate", 60.0, "An editor cuts the pauses to digital silence"),
            ("gate", 25.0, "An automatic mixer pulls the channel down by 25 dB as soon as the speaker stops"),
            ("compress", 15.0, "A compressor with a low threshold and a fast release squeezes the voice, and the output is brought back to the old loudness"),
            ("compress", 12.0, "An automatic level control turns the gain up quickly whenever it gets quiet"),
            ("compress", 18.0, "A broadcast processor evens out loud and soft within a fraction of a second and is then turned up"),
            ("compress", 10.0, "A phone's recording app keeps raising its gain within a moment when the input gets weaker"),
            ("low-pass", 3000.0, "A low-pass filter at 3 kHz is laid over the whole recording"),
            ("low-pass", 2500.0, "Everything above 2.5 kHz is filtered away"),
            ("low-pass", 4000.0, "A steep treble cut from 4 kHz upward is applied throughout"),
            ("low-pass", 3500.0, "The programme goes through a telephone-like filter that ends at 3.5 kHz"),
            ("gain", 6.0, "The whole file is turned down by 6 dB"),
            ("gain", 12.0, "The finished programme is normalised 12 dB lower"),
            ("gain", -6.0, "A listener turns the volume up by 6 dB"),
            ("gain", -10.0, "The recording is copied without loss and played 10 dB louder"),
        )
    ],
    tier="medium",
)  # fmt: skip

GENERATORS = {**ROOMS.generators, **REVERBERATION.generators, **NOISE.generators}
CHECKS = {**ROOMS.checks, **REVERBERATION.checks, **NOISE.checks}
