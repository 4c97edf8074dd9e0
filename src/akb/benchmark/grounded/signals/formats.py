"""Grounded questions on audio data: bit rates, sizes, durations, compression, frames, file headers, MIDI.

Every answer is proven by the formula of its quantity in bits and seconds, evaluated anew.

    for candidate in GENERATORS["formats_codecs.pcm_size"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from random import Random

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

FORMATS = Templates("formats_codecs", "arithmetic: audio data sizes", skill="computation")
GENERATORS, CHECKS = FORMATS.generators, FORMATS.checks

FORMULAS: Formulas = {
    "pcm_rate": lambda a: a["rate_hz"] * a["bits"] * a["channels"],
    "pcm_bits": lambda a: a["rate_hz"] * a["bits"] * a["channels"] * a["seconds"],
    "pcm_seconds": lambda a: a["capacity"] / (a["rate_hz"] * a["bits"] * a["channels"]),
    "coded_bits": lambda a: a["bit_rate"] * a["seconds"],
    "coded_seconds": lambda a: a["capacity"] / a["bit_rate"],
    "ratio": lambda a: a["rate_hz"] * a["bits"] * a["channels"] / a["bit_rate"],
    "frame_seconds": lambda a: a["frame"] / a["rate_hz"],
    "frames": lambda a: a["seconds"] * a["rate_hz"] / a["frame"],
    "packet_bits": lambda a: a["bit_rate"] * a["packet_s"],
    "block_align": lambda a: a["channels"] * a["bits"],
    "byte_rate": lambda a: a["channels"] * a["bits"] // 8 * a["rate_hz"],
    "average_rate": lambda a: a["size"] / a["seconds"],
    "saved": lambda a: 100 * (1 - a["coded"] / a["raw"]),
    "with_header": lambda a: a["bit_rate"] + a["header"] * 8 / a["packet_s"],
    "midi_ticks": lambda a: a["ppq"] * a["quarters"],
    "tick_seconds": lambda a: 60 / a["bpm"] / a["ppq"],
}  # fmt: skip
equals = FORMATS.check(formula_check(FORMULAS, rel=0.015))
CHANNELS = {1: "mono", 2: "stereo", 6: "5.1-channel"}


def drawn_format(rng: Random) -> tuple[int, int, int, str]:
    """Sampling rate in Hz, bits, channels, and these in words."""
    channels = rng.choice([1, 1, 2, 2, 6])
    rate = rng.choice([44100, 48000, 96000] + [8000, 16000, 22050, 24000, 32000] * (channels < 6))
    bits = rng.choice([16, 16, 24, 24, 32] + [8] * (channels < 6))
    return rate, bits, channels, f"{bits}-bit {CHANNELS[channels]} PCM at {plain(rate / 1000)} kHz"


@FORMATS.template(equals)
def pcm_size(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, bits, channels, words = drawn_format(rng)
        seconds = rng.choice([10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 1800, 3600])
        time = f"{seconds} s" if seconds < 60 else f"{plain(seconds / 60)} min"
        stem = rng.choice([
            f"How much storage do {time} of uncompressed {words} take (1 MB = 1,000,000 bytes), headers aside?",
            f"A recorder writes {words}. How large is the audio data of a take of {time}, in megabytes of a million bytes?",
            f"About how large is a WAV file with {time} of {words}? (1 MB = 10⁶ bytes)",
        ])  # fmt: skip
        right = rate * bits * channels * seconds / 8e6
        if not 0.3 < right < 5000:
            continue
        yield Sketch.of(stem, same_form([right * f for f in (1, 8, 2, 0.5, 0.25, 0.125)], "MB"), {"of": "pcm_bits", "rate_hz": rate, "bits": bits, "channels": channels, "seconds": seconds}, "rate × bytes per sample × channels × time")  # fmt: skip


@FORMATS.template(equals)
def pcm_time(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, bits, channels, words = drawn_format(rng)
        megabytes = rng.choice([10, 16, 20, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000, 2000, 4000])
        stem = rng.choice([
            f"How many minutes of uncompressed {words} fit in {megabytes:,} MB (1 MB = 10⁶ bytes)?",
            f"A device has {megabytes:,} MB (10⁶ bytes each) free and records {words} without compression. How long can it record?",
            f"After how much time does a buffer of {megabytes:,} MB (1 MB = 10⁶ bytes) fill up with raw {words}?",
        ])  # fmt: skip
        right = megabytes * 8e6 / (rate * bits * channels) / 60
        if not 1 < right < 900:
            continue
        yield Sketch.of(stem, same_form([right * f for f in (1, 0.125, 2, 0.5, 8, 4)], "min"), {"of": "pcm_seconds", "capacity": megabytes * 8e6, "rate_hz": rate, "bits": bits, "channels": channels}, "capacity ÷ (rate × bytes per sample × channels)")  # fmt: skip


@FORMATS.template(equals)
def coded_size(rng: Random) -> Iterator[Sketch]:
    codecs = {
        "MP3": [96, 128, 160, 192, 256, 320],
        "AAC": [64, 96, 128, 192, 256],
        "Opus": [16, 24, 32, 48, 64, 96, 128],
        "Vorbis": [96, 112, 160, 192],
    }
    while True:
        name = rng.choice(sorted(codecs))
        rate, minutes, back = (
            rng.choice(codecs[name]),
            rng.choice([2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120]),
            rng.random() < 0.4,
        )
        if back:
            megabytes = rng.choice([5, 8, 10, 12, 15, 16, 20, 25, 32, 40, 50, 64, 100])
            stem = rng.choice([
                f"How long does {name} audio at a constant {rate} kbit/s play from a file of {megabytes} MB (1 MB = 10⁶ bytes)?",
                f"A phone has {megabytes} MB left (1 MB = 10⁶ bytes). How long a recording in {name} at {rate} kbit/s still fits?",
            ])  # fmt: skip
            right = megabytes * 8e6 / (rate * 1000) / 60
            yield Sketch.of(stem, same_form([right * f for f in (1, 0.125, 2, 0.5, 8, 1.5)], "min"), {"of": "coded_seconds", "capacity": megabytes * 8e6, "bit_rate": rate * 1000}, "size in bits ÷ bit rate")  # fmt: skip
            continue
        stem = rng.choice([
            f"How large is a {minutes}-minute {name} file at a constant {rate} kbit/s (1 MB = 10⁶ bytes)?",
            f"A podcast of {minutes} minutes is encoded as {name} at {rate} kbit/s, constant. About how many megabytes (10⁶ bytes) must listeners download?",
            f"What amount of data does {minutes} min of {name} streaming at a constant {rate} kbit/s use? (1 MB = 10⁶ bytes)",
        ])  # fmt: skip
        right = rate * 1000 * minutes * 60 / 8e6
        yield Sketch.of(stem, same_form([right * f for f in (1, 8, 2, 0.5, 0.125, 1 / 6, 1.25)], "MB"), {"of": "coded_bits", "bit_rate": rate * 1000, "seconds": minutes * 60}, "bit rate × time ÷ 8")  # fmt: skip


@FORMATS.template(equals)
def compression_ratio(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, bits, channels, words = drawn_format(rng)
        coded = rng.choice([8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320])
        right = rate * bits * channels / (coded * 1000)
        if not 3 < right < 60:
            continue
        stem = rng.choice([
            f"Audio in {words} is coded at {coded} kbit/s. By about which factor is it compressed?",
            f"A codec turns {words} into {coded} kbit/s. What is the compression ratio?",
        ])  # fmt: skip
        options = [
            amount(v, 1)
            for v in (right, right / 2, right * 2, right / 8 if right > 8 else right * 4, right * 1.5, right / 1.6)
        ]
        yield Sketch.of(stem, options, {"of": "ratio", "rate_hz": rate, "bits": bits, "channels": channels, "bit_rate": coded * 1000}, "PCM bit rate ÷ coded bit rate")  # fmt: skip


@FORMATS.template(equals, limit=36)
def frame_time(rng: Random) -> Iterator[Sketch]:
    coders = {
        1152: "MP3 (MPEG-1 Layer III) codes audio in frames of 1,152 samples per channel",
        1024: "AAC-LC codes audio in frames of 1,024 samples per channel",
        4096: "A FLAC encoder cuts audio into blocks of 4,096 samples per channel",
    }
    while True:
        size, rate = rng.choice([1152, 1024, 4096]), rng.choice([32000, 44100, 48000, 16000, 96000])
        if size == 1152 and rate not in (32000, 44100, 48000):
            continue
        seconds = rng.choice([0, 0, 10, 24, 30, 60, 120])
        verb = coders[size]
        if seconds:
            right = seconds * rate / size
            stem = rng.choice([
                f"{verb}. About how many of these make up {seconds} s at {plain(rate / 1000)} kHz?",
                f"{verb}. How many are needed for {seconds} s at {plain(rate / 1000)} kHz, if the last may be part empty?",
            ])  # fmt: skip
            options = [amount(ceil(v)) for v in (right, right * 2, right / 2, right * 8, right * 1.152, right * 0.7)]
            yield Sketch.of(stem, options, {"of": "frames", "seconds": seconds, "rate_hz": rate, "frame": size, "absolute": 1}, "samples ÷ frame size")  # fmt: skip
            continue
        stem = rng.choice([
            f"{verb}. How long is one at {plain(rate / 1000)} kHz?",
            f"{verb}. At a sampling rate of {plain(rate / 1000)} kHz, what stretch of sound does each one cover?",
        ])  # fmt: skip
        right = size / rate * 1000
        yield Sketch.of(stem, same_form([right * f for f in (1, 2, 0.5, 0.25, 4, 1.5)], "ms"), {"of": "frame_seconds", "frame": size, "rate_hz": rate}, "samples ÷ rate")  # fmt: skip
