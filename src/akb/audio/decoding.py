"""Sound files of any kind as mono samples: all that is in them, whatever their headers say, or the reason why not.

libsndfile reads what it knows, by blocks, so that no header's length is believed before the samples are there. It stops
where a header says so, which is wrong for files that were joined: FLAC streams and MP3s behind one another, or MP3s
under a wrong Xing header, go to FFmpeg (PyAV), which is as well kept and reads to the end; so does what libsndfile
cannot open. Chained OGG streams, of which FFmpeg drops some, are read one by one. A WAV whose data chunk claims no
length, or a wrong one, has it set right first.

Two channels are their mean, but for opposite phases, which the mean would cancel (it loses 10 dB, of the whole or for a
tenth of the time): then it is the louder one. More are weighted by their names as a downmix to stereo is (ITU-R
BS.775): front 1, centre and surround 0.7, no LFE; where that cancels them, it is the loudest.
Float samples beyond ±1 are scaled to a peak of 1; samples that are no numbers are refused.

    samples, rate = read_sound(Path("dog.mp3"))
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from akb.errors import AkbError
from akb.reading.impostors import impostor

Samples = npt.NDArray[np.float32]

RATES = (1_000, 384_000)  # Hz
CHANNELS = 32
LONGEST_FILE = 2 * 3600  # seconds
_BLOCK = 1 << 17  # frames
_HEADERLESS = {".gsm": ("GSM610", 8000), ".raw": ("PCM_16", 16000)}
# Of the channels' energy is left in their mean: opposite phases, as voices next to each other never are.
_CANCELLED = 0.1
_CANCELLED_TIME = 0.1  # of the time that something is heard
_AUDIBLE = 1e-3  # of the loudest stretch's energy
_WHOLE = 0.98  # of an OGG's length by its pages: what is less has lost some
_FIRST_BLOCK = 8192  # samples, Vorbis' longest block: of a stream that begins within a packet the first is lost
_SLACK = 4 * 1152  # samples by which an MP3's frames may outnumber those that are played: padding at both ends
_MINE = "replace the file by the sound that it should be, or take its row out"
_MP3 = re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfb]")
_JSON = re.compile(rb"\s*[{\[]")  # a server's message
_LINE = re.compile(rb"[\x20-\x7e]*[/.\\][\x20-\x7e]*\s*")  # a path
_LOST_BYTE = "\ufffd".encode()  # what a decoder of text writes for a byte that is none
_MOST_LOST = 0.1  # of a sound's bytes by chance: far less


def read_sound(source: Path | bytes, name: str = "", remedy: str = _MINE) -> tuple[Samples, int]:
    """(mono samples between -1 and 1, their rate in Hz) of a file or of its content.

    Besides what libsndfile and FFmpeg know it reads headerless GSM 06.10 at 8 kHz (`.gsm`) and little-endian 16-bit PCM
    at 16 kHz (`.raw`). name: for messages. Raises AkbError naming the file, with `remedy` where none is better.
    """
    where = name or (str(source) if isinstance(source, Path) else "a sound within a data set")
    suffix = source.suffix.lower() if isinstance(source, Path) else ""
    content = source if isinstance(source, bytes) else _content(source, where, remedy)
    if suffix in _HEADERLESS:
        subtype, rate = _HEADERLESS[suffix]
        return _sndfile(content, where, remedy, format="RAW", subtype=subtype, channels=1, samplerate=rate)
    if not content:
        raise AkbError("a clip is an empty file", where=where, remedy=remedy)
    _refuse_impostors(content, where)
    streams = _ogg_streams(content) if content.startswith(b"OggS") else _joined(content)
    if len(streams) > 1:
        parts = [read_sound(stream, where, remedy) for stream in streams]
        rate = parts[0][1]
        whole = np.concatenate([soxr.resample(part, own, rate) if own != rate else part for part, own in parts])
        return np.asarray(whole, dtype=np.float32), rate
    if content[:4] in (b"RIFF", b"RIFX") and content[8:12] == b"WAVE":
        content = _whole_wav(content)
    if content.startswith(b".snd"):
        content = content[:8] + b"\xff\xff\xff\xff" + content[12:]  # of unknown length: up to the end
    if _MP3.match(content):
        content = _without_inner_tags(content)
    if content.startswith(b"fLaC\x00") and not _is_joined_flac(content):
        _refuse_lost_frames(content, where, remedy)
        content = _without_total(content)
    try:
        if _is_joined_flac(content):
            return _ffmpeg(content, where, remedy, suffix)
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            many, subtype, frames, rate = file.channels > 2, file.subtype, file.frames, file.samplerate
        mpeg = subtype.startswith("MPEG")
        most = round(_mp3_seconds(content) * rate) if mpeg else 0
        if many or most > frames + _SLACK:
            return _ffmpeg(content, where, remedy, suffix)
        # libsndfile's MP3 blocks differ in their last bits from the whole, which clips are named for.
        samples, rate = _sndfile(content, where, remedy, block=most + _SLACK if mpeg else _BLOCK)
        expected = _ogg_seconds(content) * rate if content.startswith(b"OggS") else 0
        if len(samples) < min(expected * _WHOLE, expected - _FIRST_BLOCK):
            raise AkbError("a clip is damaged in the middle", where=where, remedy=remedy)
        return samples, rate
    except soundfile.LibsndfileError:
        return _ffmpeg(content, where, remedy, suffix)


def _content(path: Path, where: str, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        missing = not path.exists()
        what = "a clip is missing" if missing else f"a clip cannot be read: {error}"
        raise AkbError(what, where=where, remedy=remedy) from error


def _refuse_impostors(content: bytes, where: str) -> None:
    found = impostor(content)
    if _JSON.match(content[:512]):
        found = ("JSON", "download it again: the server sent a message, not the sound")
    elif content.startswith(b"PK\x03\x04"):
        found = ("a ZIP archive", "unpack it")
    elif found is None and content.count(_LOST_BYTE) * 3 > len(content) * _MOST_LOST:
        found = ("what is left of bytes that a program read as text", "copy or download it again, as binary")
    elif found is None and len(content) < 1000 and _LINE.fullmatch(content):
        text = content.decode("ascii").strip()
        found = (
            f"a line of text ({text[:60]})",
            "fetch the file that it points to, if it is a link that was not followed",
        )
    if found:
        raise AkbError(f"a clip cannot be read: it is {found[0]}, not a sound", where=where, remedy=found[1] or _MINE)


# -- Headers ------------------------------------------------------------------------------------------------------


def _whole_wav(content: bytes) -> bytes:
    """A WAV file whose data chunk has the length that it has: 0, "unknown" and too short ones are set right."""
    order = "<" if content.startswith(b"RIFF") else ">"
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack(order + "I", content[at + 4 : at + 8])[0]
        if name == b"data":
            end = at + 8 + size
            behind = end + size % 2
            ends_well = end >= len(content) - 1 or (
                size > 0 and (_is_chunk(content, behind, order) or content.startswith(_TAGS, behind))
            )
            if size == 0 and _is_chunk(content, at + 8, order):
                return content  # no samples, and other chunks behind
            if ends_well and size not in (0, 0xFFFFFFFF):
                return content
            rest = min(len(content) - at - 8, 0xFFFFFFF0)
            total = struct.pack(order + "I", min(len(content) - 8, 0xFFFFFFF0))
            return content[:4] + total + content[8 : at + 4] + struct.pack(order + "I", rest) + content[at + 8 :]
        at += 8 + size + size % 2
    return content


_TAGS = (b"ID3", b"TAG", b"APETAGEX")  # which some programs put behind any sound


def _is_chunk(content: bytes, at: int, order: str) -> bool:
    """Whether a chunk of a WAV file begins here: a name of printable characters, and a length that fits."""
    name = content[at : at + 4]
    if len(content) < at + 8 or not re.fullmatch(rb"[A-Za-z0-9_ ]{4}", name):
        return False
    size: int = struct.unpack(order + "I", content[at + 4 : at + 8])[0]
    return at + 8 + size <= len(content) + 1


def _ogg_streams(content: bytes) -> list[bytes]:
    """The streams of an OGG file that follow one another: each begins with first pages behind other pages."""
    starts, others = [0], False
    for page in re.finditer(rb"OggS\x00([\x00-\x07])", content):
        first = bool(page[1][0] & 2)
        if first and others:
            starts.append(page.start())
            others = False
        others |= not first
    return [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]


def _ogg_seconds(content: bytes) -> float:
    """How long an OGG stream is by the positions on its pages; 0 if it does not say, as beside a picture's stream."""
    pages = re.findall(rb"OggS\x00[\x00-\x07](.{8})(.{4})", content, re.DOTALL)
    positions = [at for page, _ in pages if 0 < (at := int.from_bytes(page, "little")) < 1 << 62]
    if len({stream for _, stream in pages}) > 1 or not positions:
        return 0
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        rate = 48000 if b"OpusHead" in content[:64] else file.samplerate
    return (positions[-1] - positions[0]) / rate  # a stream that was cut out of another begins later


def _joined(content: bytes) -> list[bytes]:
    """The WAV, AIFF, AU or MP4 files that follow one another in `content`, where each ends as its header says."""
    parts = []
    while (end := _own_end(content)) and _kind(content[end : end + 12]) == _kind(content[:12]):
        parts.append(content[:end])
        content = content[end:]
    return [*parts, content]


def _kind(start: bytes) -> str:
    """What a file is by its first twelve bytes, of those whose header says where they end; else ""."""
    for name, at, mark in (("WAV", 8, b"WAVE"), ("AIFF", 8, b"AIF"), ("AU", 0, b".snd"), ("MP4", 4, b"ftyp")):
        if start[at : at + len(mark)] == mark and start[:4] == {"WAV": b"RIFF", "AIFF": b"FORM"}.get(name, start[:4]):
            return name
    return ""


def _own_end(content: bytes) -> int:
    """Where a file ends by its header; 0 if none says so."""
    kind, numbers = _kind(content[:12]), content[4:12]
    if kind == "AU" and len(numbers) == 8:
        offset, size = struct.unpack(">II", numbers)
        return int(offset + size) if size != 0xFFFFFFFF else 0
    if kind == "MP4":
        at = 0
        while at + 8 <= len(content) and (at == 0 or content[at + 4 : at + 8] != b"ftyp"):
            size = struct.unpack(">I", content[at : at + 4])[0]
            if size < 8:
                return 0  # up to the end of the file, or of 64 bits
            at += size
        return at
    if not kind:
        return 0
    if kind == "WAV" and (following := re.search(rb"RIFF.{4}WAVEfmt ", content[12:], re.DOTALL)):
        return 12 + following.start()  # whatever the length that it claims: a program that streams knows none
    end = 8 + int(struct.unpack("<I" if kind == "WAV" else ">I", numbers[:4])[0])
    return end + end % 2


def _without_total(content: bytes) -> bytes:
    """A FLAC file that says nothing of its length: libsndfile stops where a header says so, right or wrong."""
    return content[:21] + bytes([content[21] & 0xF0]) + bytes(4) + content[26:]


def _refuse_lost_frames(content: bytes, where: str, remedy: str) -> None:
    """Raises AkbError for a FLAC whose frames do not follow one another: a decoder passes over what is damaged."""
    import av

    try:
        with av.open(io.BytesIO(content), "r") as container:
            packets = [p for p in container.demux(container.streams.audio[0]) if p.size and p.pts is not None]
            frames = [(int(p.pts or 0), int(p.duration)) for p in packets if p.duration]
    except (av.FFmpegError, IndexError):
        return  # the reader itself says what is wrong
    total = int.from_bytes(content[21:26], "big") & 0xFFFFFFFFF
    # A stream that was cut out of a longer one begins later, and its header knows nothing of the end.
    at = 0 if frames and sum(frames[-1]) == total else frames[0][0] if frames else 0
    for start, length in frames:
        if start > at + length // 2:
            raise AkbError("a clip is damaged in the middle", where=where, remedy=remedy)
        at = start + length


def _is_joined_flac(content: bytes) -> bool:
    return content.startswith(b"fLaC") and content.find(b"fLaC\x00\x00\x00\x22", 4) > 0


_TAG = re.compile(rb"ID3[\x02-\x04][\x00-\x09].([\x00-\x7f]{4})|TAG", re.DOTALL)
_NEXT = re.compile(rb"ID3[\x02-\x04]|TAG|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfb]")


def _without_inner_tags(content: bytes) -> bytes:
    """An MP3 without the tags between files that were joined: to a decoder they are damage."""
    kept, at = [], 0
    for tag in _TAG.finditer(content, 10):
        if tag.start() < at:
            continue
        size = 128
        if tag[1]:
            size = 10
            for place, part in enumerate(reversed(tag[1])):
                size += part << 7 * place
        if _NEXT.match(content, tag.start() + size):  # else it is a chance of samples, or ends the file
            kept.append(content[at : tag.start()])
            at = tag.start() + size
    return b"".join([*kept, content[at:]]) if kept else content


def _mp3_seconds(content: bytes) -> float:
    """How long the frames of an MP3 are, by its frames and not by its header, whatever their rates are."""
    import av

    total = 0.0
    try:
        with av.open(io.BytesIO(content), "r") as container:
            for packet in container.demux(container.streams.audio[0]):
                if packet.size and packet.duration and packet.time_base:
                    total += float(packet.duration * packet.time_base)
    except (av.FFmpegError, IndexError):
        return total
    return total


# -- Samples ------------------------------------------------------------------------------------------------------


def _sndfile(content: bytes, where: str, remedy: str, block: int = _BLOCK, **options: Any) -> tuple[Samples, int]:
    try:
        with soundfile.SoundFile(io.BytesIO(content), **options) as file:
            _require_bounds(file.samplerate, file.channels, where, remedy)
            blocks = _blocks(file, block)
            return _mono(
                blocks, file.samplerate, where, remedy, scaled=file.subtype in ("FLOAT", "DOUBLE")
            ), file.samplerate
    except soundfile.LibsndfileError as error:
        if options:
            raise AkbError(f"a clip cannot be read: {error}", where=where, remedy=remedy) from error
        raise


def _blocks(file: soundfile.SoundFile, size: int) -> Iterator[Samples]:
    while len(block := file.read(size, dtype="float32", always_2d=True)):
        yield block


class _Cancelled(Exception):
    """The mixture of several channels is silence, and the channels are not. channel: the one that counts most."""

    def __init__(self, channel: int) -> None:
        self.channel = channel


def _ffmpeg(content: bytes, where: str, remedy: str, suffix: str, only: int | None = None) -> tuple[Samples, int]:
    """What FFmpeg reads, to the end of the content; a last packet that is cut off is left out.

    only: of more than two channels this one alone.
    """
    import av

    try:
        with av.open(io.BytesIO(content), "r") as container:
            if not container.streams.audio:
                raise AkbError("a clip cannot be read: it holds no sound", where=where, remedy=remedy)
            stream = container.streams.audio[0]
            if stream.codec_context is None:
                raise AkbError("a clip cannot be read: nothing here decodes its samples", where=where, remedy=remedy)
            codec = stream.codec_context.name
            if suffix in (".wav", ".flac", ".ogg", ".mp3") and codec in ("aac", "alac", "ac3", "wmav2"):
                raise AkbError(
                    f"a clip cannot be read: it is {codec.upper()} under the name of a {suffix[1:].upper()} file",
                    where=where,
                    remedy="give it its own ending (.m4a or .aac), or convert it with FFmpeg",
                )
            rate = int(stream.rate or 0)
            _require_bounds(rate, stream.channels, where, remedy)
            weights = _weights(stream.layout.name, [channel.name for channel in stream.layout.channels])
            if weights is not None and only is not None:
                weights = np.eye(len(weights), dtype=np.float32)[only]
            frames = _frames(container, stream, rate, av.FFmpegError, where, remedy)
            return _mono(frames, rate, where, remedy, weights=weights, scaled=codec.startswith("pcm_f")), rate
    except _Cancelled as cancelled:
        return _ffmpeg(content, where, remedy, suffix, cancelled.channel)
    except av.FFmpegError as error:
        raise AkbError(f"a clip cannot be read: {error.strerror}", where=where, remedy=remedy) from error


def _frames(
    container: Any, stream: Any, rate: int, failure: type[Exception], where: str, remedy: str
) -> Iterator[Samples]:
    """The frames at `rate`, the stream's first; what was joined to it may have another, or other channels."""
    import av

    broken, heard = 0, False
    layout, kind = stream.layout.name, None
    resampler: Any = None
    for packet in container.demux(stream):
        if broken and packet.size:
            raise AkbError("a clip is damaged in the middle", where=where, remedy=remedy)
        try:
            decoded = list(packet.decode())
        except failure:
            broken += 1
            continue
        for frame in decoded:
            frame.pts = None  # a stream that follows another begins at 0 again
            own = (frame.sample_rate, frame.layout.name, frame.format.name)
            if own != kind:
                yield from _flushed(resampler)
                # Packed: PyAV's arrays of planes crash beyond eight channels.
                resampler, kind = av.AudioResampler(format="flt", layout=layout, rate=rate), own
            for part in resampler.resample(frame):
                heard = True
                yield _unpacked(part)
    yield from _flushed(resampler)
    if broken and not heard:
        raise AkbError("a clip cannot be read: it is damaged", where=where, remedy=remedy)


def _flushed(resampler: Any) -> Iterator[Samples]:
    """What a resampler still holds."""
    for part in resampler.resample(None) if resampler is not None else ():
        if part.samples:
            yield _unpacked(part)


def _unpacked(frame: Any) -> Samples:
    """The samples `[time, channel]` of a frame that holds its channels in turn."""
    return np.asarray(frame.to_ndarray().reshape(frame.samples, -1), dtype=np.float32)


def _weights(layout: str, names: list[str]) -> Samples | None:
    """How much of each channel goes into one, for more than two; None: the rule for one and two."""
    if len(names) < 3:
        return None
    parts = {"FL": 1.0, "FR": 1.0, "FC": 2 * 0.7071, "LFE": 0.0, "LFE2": 0.0}
    weights = np.array([parts.get(name, 0.7071) for name in names], dtype=np.float32)
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _mono(
    blocks: Iterator[Samples],
    rate: int,
    where: str,
    remedy: str,
    *,
    scaled: bool,
    weights: Samples | None = None,
) -> Samples:
    """One channel out of several; see the module's text. scaled: samples beyond ±1 are no codec's overshoot.

    Raises _Cancelled where more than two channels cancel each other out.
    """
    mixed: list[Samples] = []
    channels: list[list[Samples]] = [[], []]
    energies = np.zeros(3)  # of the mean, of the first channel, of the second
    weighted = np.zeros(1 if weights is None else 1 + len(weights))  # of the mixture, and of each channel in it
    count = 0
    for block in blocks:
        if not len(block):
            break
        count += len(block)
        if count > LONGEST_FILE * rate:
            raise AkbError(f"a clip is longer than {LONGEST_FILE // 3600} hours", where=where, remedy="cut it")
        if weights is not None and block.shape[1] == len(weights):
            part = block @ weights
            weighted += [_energy(part), *(_energy(channel) for channel in (block * weights).T)]
        else:
            part = block.mean(axis=1)
            if block.shape[1] == 2:
                channels[0].append(block[:, 0])
                channels[1].append(block[:, 1])
                energies += [_energy(part), _energy(block[:, 0]), _energy(block[:, 1])]
        mixed.append(part)
    if not mixed:
        return np.zeros(0, dtype=np.float32)
    samples = np.concatenate(mixed)
    if channels[0] and _cancels(samples, [np.concatenate(channel) for channel in channels], rate):
        samples = np.concatenate(channels[int(energies[2] > energies[1])])
    if not np.isfinite(samples).all():
        raise AkbError("samples that are no numbers", where=where, remedy=remedy)
    if np.count_nonzero(weighted[1:]) > 1 and weighted[0] < _CANCELLED * weighted[1:].sum():
        raise _Cancelled(int(weighted[1:].argmax()))
    peak = float(np.abs(samples).max())
    if scaled and peak > 1:
        samples = samples / np.float32(peak)
    return np.asarray(samples, dtype=np.float32)


def _cancels(mean: Samples, channels: list[Samples], rate: int) -> bool:
    """Whether two channels cancel each other out in their mean, of the whole or for a part of what is heard."""
    left, own = _energy(mean), sum(map(_energy, channels)) / 2
    if not own > 0:  # silence, or no numbers
        return False
    if left < _CANCELLED * own:
        return True
    size = rate // 10
    starts = np.arange(0, len(mean), size)
    energies = [np.add.reduceat(part.astype(np.float64) ** 2, starts) for part in (mean, *channels)]
    each = (energies[1] + energies[2]) / 2
    heard = each > _AUDIBLE * each.max()
    return bool((energies[0][heard] < _CANCELLED * each[heard]).mean() > _CANCELLED_TIME)


def _energy(samples: Samples) -> float:
    return float((samples.astype(np.float64) ** 2).sum())


def _require_bounds(rate: int, channels: int, where: str, remedy: str) -> None:
    if not RATES[0] <= rate <= RATES[1]:
        raise AkbError(f"a clip claims {rate} samples a second", where=where, remedy=f"mend its header; {remedy}")
    if not 1 <= channels <= CHANNELS:
        raise AkbError(f"a clip claims {channels} channels", where=where, remedy=f"mend its header; {remedy}")
