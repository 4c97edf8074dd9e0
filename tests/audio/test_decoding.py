"""Sixty and more sound files of every make: all their samples are read, or they are refused for what they are."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from akb.audio.clips import decode, is_silent
from akb.audio.decoding import LONGEST_FILE, read_sound
from akb.errors import AkbError

RATE = 16000
SECONDS = 1.0


def tone(rate: int = RATE, seconds: float = SECONDS, hertz: float = 440.0, level: float = 0.5) -> Any:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def written(samples: Any, rate: int, form: str, subtype: str) -> bytes:
    content = io.BytesIO()
    soundfile.write(content, samples, rate, format=form, subtype=subtype)
    return content.getvalue()


def by_ffmpeg(codec: str, form: str, rate: int = RATE, layout: str = "mono", channels: Any = None) -> bytes:
    """A file that FFmpeg writes; channels `[channels, samples]`, a tone in each if None."""
    content = io.BytesIO()
    with av.open(content, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        count = len(stream.layout.channels)
        samples = np.stack([tone(rate)] * count) if channels is None else np.asarray(channels, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate = rate
        for part in av.AudioResampler(format=stream.format.name, rate=rate, frame_size=stream.frame_size or 0).resample(
            frame
        ):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return content.getvalue()


WAV = written(tone(), RATE, "WAV", "PCM_16")
DATA = WAV.index(b"data")


def resized(size: int, content: bytes = WAV) -> bytes:
    return content[: DATA + 4] + struct.pack("<I", size) + content[DATA + 8 :]


def mp3(mode: str = "CONSTANT", rate: int = RATE) -> bytes:
    content = io.BytesIO()
    with soundfile.SoundFile(
        content, "w", rate, 1, "MPEG_LAYER_III", format="MP3", bitrate_mode=mode, compression_level=0.5
    ) as file:
        file.write(tone(rate))
    return content.getvalue()


def without_xing(content: bytes) -> bytes:
    """An MP3 of variable bit rate whose first frame no longer says how long it is."""
    return content.replace(b"Xing", b"\0\0\0\0").replace(b"Info", b"\0\0\0\0")


def wrong_xing(content: bytes, frames: int) -> bytes:
    at = max(content.find(b"Xing"), content.find(b"Info"))
    assert at > 0
    return content[: at + 8] + struct.pack(">I", frames) + content[at + 12 :]


def made() -> dict[str, tuple[Callable[[], bytes], float, str]]:
    """name → (how its content is made, how many seconds it holds, its ending)."""
    files: dict[str, tuple[Callable[[], bytes], float, str]] = {}
    for rate in (8000, 11025, 16000, 22050, 44100, 48000, 96000):
        files[f"wav {rate}"] = (lambda rate=rate: written(tone(rate), rate, "WAV", "PCM_16"), 1, ".wav")
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"):
        files[f"wav {subtype}"] = (lambda subtype=subtype: written(tone(), RATE, "WAV", subtype), 1, ".wav")
    for form, subtype in (
        ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"), ("W64", "PCM_16"), ("RF64", "PCM_16"),
        ("NIST", "PCM_16"), ("WAVEX", "PCM_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"),
        ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"),
    ):  # fmt: skip
        files[f"{form} {subtype}"] = (
            lambda form=form, subtype=subtype: written(tone(), RATE, form, subtype),
            1,
            f".{form.lower()}",
        )
    for codec, form in (
        ("aac", "mp4"), ("aac", "adts"), ("ac3", "ac3"), ("alac", "mp4"), ("libopus", "webm"),
        ("pcm_s16le", "matroska"),
    ):  # fmt: skip
        files[f"{codec} {form}"] = (lambda codec=codec, form=form: by_ffmpeg(codec, form, 48000), 1, ".m4a")
    for times in (2, 3):
        for form, subtype in (("OGG", "VORBIS"), ("OGG", "OPUS"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")):
            files[f"{form} {subtype} joined {times} times"] = (
                lambda form=form, subtype=subtype, times=times: written(tone(), RATE, form, subtype) * times,
                times,
                f".{form.lower()}",
            )
    files["mp3 variable"] = (lambda: mp3("VARIABLE"), 1, ".mp3")
    files["mp3 average"] = (lambda: mp3("AVERAGE"), 1, ".mp3")
    files["mp3 variable without Xing"] = (lambda: without_xing(mp3("VARIABLE")), 1, ".mp3")
    files["mp3 constant without Info"] = (lambda: without_xing(mp3()), 1, ".mp3")
    files["mp3 with a Xing header of 5 frames"] = (lambda: wrong_xing(mp3("VARIABLE"), 5), 1, ".mp3")
    files["mp3 with a Xing header of 5000 frames"] = (lambda: wrong_xing(mp3("VARIABLE"), 5000), 1, ".mp3")
    files["mp3 of two kinds joined"] = (lambda: mp3() + mp3("VARIABLE"), 2, ".mp3")
    files["mp3 joined to one of a higher rate"] = (lambda: mp3() + mp3(rate=44100), 2, ".mp3")
    files["mp3 joined to one of a lower rate"] = (lambda: mp3(rate=44100) + mp3(), 2, ".mp3")
    tag = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)
    files["mp3 joined with tags between"] = (lambda: mp3() + b"TAG" + bytes(125) + tag + mp3(), 2, ".mp3")
    files["mp3 behind a tag"] = (lambda: b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + mp3(), 1, ".mp3")
    files["mp3 named wav"] = (mp3, 1, ".wav")
    files["wav with data size 0"] = (lambda: resized(0), 1, ".wav")
    files["wav with unknown data size"] = (lambda: resized(0xFFFFFFFF), 1, ".wav")
    files["wav with half the data size"] = (lambda: resized(RATE), 1, ".wav")
    files["wav with twice the data size"] = (lambda: resized(4 * RATE), 1, ".wav")
    files["wav cut off"] = (lambda: WAV[: len(WAV) // 2], 0.5, ".wav")
    files["wav cut off at an odd byte"] = (lambda: WAV[: len(WAV) // 2 + 1], 0.5, ".wav")
    files["wav with chunks before and behind"] = (
        lambda: WAV[:DATA] + b"LIST\x04\0\0\0abcd" + WAV[DATA:] + b"LIST\x04\0\0\0abcd", 1, ".wav",
    )  # fmt: skip
    files["raw"] = (lambda: (tone() * 32767).astype("<i2").tobytes(), 1, ".raw")
    files["raw that begins with a bracket"] = (lambda: b"{[" + (tone() * 32767).astype("<i2").tobytes()[2:], 1, ".raw")
    files["gsm"] = (lambda: written(tone(8000), 8000, "RAW", "GSM610"), 1, ".gsm")
    return files


FILES = made()


def test_the_corpus_has_sixty_files() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_all_samples_are_read_whatever_the_header_says(tmp_path: Path, name: str) -> None:
    make, seconds, ending = FILES[name]
    path = tmp_path / f"sound{ending}"
    path.write_bytes(make())
    samples = decode(path)
    assert abs(len(samples) / RATE - seconds) < 0.13 * max(1, seconds), len(samples) / RATE
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    heard = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(heard.argmax() * RATE / len(middle) - 440) < 8
    assert 0.25 < np.percentile(np.abs(middle), 99) < 0.75  # a codec may ring where streams are joined
    assert not is_silent(samples[-RATE // 4 :])  # the last part too


@pytest.mark.parametrize("name", ["FLAC PCM_16", "OGG VORBIS", "wav 16000", "wav PCM_24"])
def test_what_needs_no_mending_is_read_as_libsndfile_reads_it(tmp_path: Path, name: str) -> None:
    make, _, ending = FILES[name]
    path = tmp_path / f"sound{ending}"
    path.write_bytes(make())
    whole, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert np.array_equal(decode(path), whole.mean(axis=1))


def stereo(left: Any, right: Any, form: str = "WAV", subtype: str = "PCM_16") -> bytes:
    return written(np.stack([left, right], axis=1), RATE, form, subtype)


def test_opposite_phases_are_not_averaged_into_silence() -> None:
    samples = decode(stereo(tone(), -tone()))
    assert np.abs(samples).max() > 0.4
    louder = decode(stereo(tone(level=0.3), -tone(level=0.301)))
    assert np.abs(louder).max() > 0.29


def test_one_silent_channel_leaves_half_of_the_other() -> None:
    assert abs(np.abs(decode(stereo(tone(), 0 * tone()))).max() - 0.25) < 0.01


@pytest.mark.parametrize(("channel", "share"), [(0, 0.207), (1, 0.207), (2, 0.293), (3, 0.0), (4, 0.146), (5, 0.146)])
@pytest.mark.parametrize("codec", ["pcm_s16le", "flac"])
def test_five_channels_and_one_are_mixed_by_rule(channel: int, share: float, codec: str) -> None:
    channels = np.zeros((6, RATE), dtype=np.float32)
    channels[channel] = tone()
    samples = decode(by_ffmpeg(codec, "wav" if codec.startswith("pcm") else "flac", layout="5.1", channels=channels))
    assert abs(np.abs(samples).max() - 0.5 * share) < 0.01


@pytest.mark.parametrize("level", [1.5, 32768.0])
def test_float_samples_beyond_one_are_scaled(level: float) -> None:
    samples = decode(written(tone(level=level), RATE, "WAV", "FLOAT"))
    assert 0.99 < np.abs(samples).max() <= 1.0
    assert (np.abs(samples) > 0.999).mean() < 0.05  # scaled, not clipped


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_refused(wrong: float) -> None:
    samples = tone()
    samples[100] = wrong
    with pytest.raises(AkbError, match="no numbers"):
        decode(written(samples, RATE, "WAV", "FLOAT"))


@pytest.mark.parametrize(
    ("at", "value", "what"), [(24, 2_000_000_000, "samples a second"), (24, 1, "samples a second")]
)
def test_a_rate_that_no_sound_has_is_refused(at: int, value: int, what: str) -> None:
    with pytest.raises(AkbError, match=what):
        decode(WAV[:at] + struct.pack("<I", value) + WAV[at + 4 :])


def test_a_file_that_is_too_long_is_refused_before_it_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akb.audio.decoding.LONGEST_FILE", 0.5)
    with pytest.raises(AkbError, match="longer than"):
        decode(WAV)
    assert LONGEST_FILE == 7200


@pytest.mark.parametrize(
    ("content", "ending", "what", "remedy"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", ".wav", "a web page", "download it again"),
        (b"\n<html><body>404", ".mp3", "a web page", "download it again"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n",
            ".wav",
            "a Git LFS pointer",
            "git lfs pull",
        ),
        (b'{"message": "Not Found"}', ".flac", "JSON", "download it again"),
        (b"PK\x03\x04rest", ".wav", "a ZIP archive", "unpack"),
        (b"", ".wav", "an empty file", "replace"),
        (b"RIFF", ".wav", "cannot be read", "replace"),
        (bytes(range(256)) * 8, ".wav", "cannot be read", "replace"),
        (WAV[:44], ".wav", None, None),
    ],
)
def test_what_is_no_sound_is_named_for_what_it_is(
    tmp_path: Path, content: bytes, ending: str, what: str | None, remedy: str
) -> None:
    path = tmp_path / f"mine{ending}"
    path.write_bytes(content)
    if what is None:
        assert not len(decode(path))
        return
    with pytest.raises(AkbError) as raised:
        decode(path)
    assert what in raised.value.what and remedy in raised.value.remedy and "mine" in raised.value.where
    assert "unpacked anew" not in raised.value.remedy


def test_aac_under_the_name_of_a_wav_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.wav"
    path.write_bytes(by_ffmpeg("aac", "adts", 48000))
    with pytest.raises(AkbError, match="AAC under the name of a WAV") as raised:
        decode(path)
    assert ".m4a" in raised.value.remedy


def test_a_picture_without_sound_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as container:
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(AkbError, match="no sound"):
        decode(content.getvalue())


def test_damage_in_the_middle_is_refused_and_at_the_end_is_left_out() -> None:
    flac = written(tone(seconds=3), RATE, "FLAC", "PCM_16")
    samples, rate = read_sound(flac[: len(flac) * 2 // 3])
    assert 1.5 < len(samples) / rate < 2.2


@pytest.mark.parametrize("mark", [b"BZh9", b"\xfd7zXZ\x00", b"\x93NUMPY", b"\xef\xbb\xbf<html>", b"<!-- a -->\n<html>"])
def test_archives_arrays_and_pages_of_any_kind_are_named(mark: bytes) -> None:
    with pytest.raises(AkbError, match=r"it is an? .*, not a sound"):
        decode(mark + bytes(300))


def test_wav_files_that_were_joined_are_read_to_the_end() -> None:
    assert len(decode(WAV + WAV)) == 2 * RATE
    assert len(decode(WAV + written(tone(8000), 8000, "WAV", "FLOAT") + WAV)) == 3 * RATE


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 10, 4 * RATE])
def test_wav_files_that_were_joined_are_read_whatever_length_each_claims(size: int) -> None:
    streamed = resized(size, WAV[:4] + struct.pack("<I", size) + WAV[8:])
    assert np.array_equal(decode(streamed * 2), np.tile(decode(WAV), 2))


@pytest.mark.parametrize(
    "tag", [b"ID3\x03\0\0\0\0\x07\x00" + bytes(range(256)) * 3, b"TAG" + b"x" * 125, b"APETAGEX" + b"x" * 90]
)
def test_a_tag_behind_a_wav_is_no_sound(tag: bytes) -> None:
    assert np.array_equal(decode(WAV + tag), decode(WAV))


def test_an_au_file_is_read_whole_whatever_length_its_header_claims() -> None:
    au = written(tone(), RATE, "AU", "PCM_16")
    for size in (0, RATE, 4 * RATE, 0xFFFFFFFF):
        assert np.array_equal(decode(au[:8] + struct.pack(">I", size) + au[12:]), decode(au))


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_an_ogg_that_lacks_pages_in_its_middle_is_refused(subtype: str) -> None:
    noise = np.random.default_rng(0).standard_normal(6 * RATE).astype(np.float32) * 0.1
    ogg = written(noise, RATE, "OGG", subtype)
    third = len(ogg) // 3
    with pytest.raises(AkbError, match="damaged in the middle"):
        decode(ogg[:third] + ogg[2 * third :])
    assert abs(len(decode(ogg)) / RATE - 6) < 0.1
    assert 2 < len(decode(ogg[: 2 * third])) / RATE < 5  # cut off: what there is


def test_a_short_ogg_whose_first_block_is_lost_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of one cut out of a longer stream within a packet: its pages count a block that cannot be decoded."""
    ogg = written(tone(44100, 0.9), 44100, "OGG", "VORBIS")
    samples = len(read_sound(ogg)[0])
    for lost, read in ((1024, True), (4096, True), (20000, False)):
        monkeypatch.setattr("akb.audio.decoding._ogg_seconds", lambda _, n=lost: (samples + n) / 44100)
        if read:
            assert len(read_sound(ogg)[0]) == samples
        else:
            with pytest.raises(AkbError, match="damaged in the middle"):
                read_sound(ogg)


@pytest.mark.parametrize(("layout", "signs"), [("quad", (1, -1, 1, -1)), ("5.1", (1, -1, 0, 0, 0, 0))])
def test_channels_that_cancel_each_other_out_are_not_mixed_into_silence(layout: str, signs: tuple[int, ...]) -> None:
    channels = np.stack([sign * tone() for sign in signs]).astype(np.float32)
    assert np.abs(decode(by_ffmpeg("pcm_s16le", "wav", layout=layout, channels=channels))).max() > 0.4


def test_a_kind_of_samples_that_nothing_decodes_is_refused() -> None:
    halves = WAV[:20] + struct.pack("<HHIIHH", 3, 1, RATE, 2 * RATE, 2, 16) + WAV[36:]  # float samples of 16 bits
    with pytest.raises(AkbError, match="cannot be read"):
        decode(halves)


@pytest.mark.parametrize("channels", [9, 12, 32])
def test_more_channels_than_a_loudspeaker_set_has_are_mixed(channels: int) -> None:
    samples = decode(written(np.stack([tone()] * channels, axis=1), RATE, "WAV", "PCM_16"))
    assert len(samples) == RATE and abs(np.abs(samples).max() - 0.5) < 0.01


@pytest.mark.parametrize(
    "content",
    [written(tone(), RATE, "AIFF", "PCM_16"), written(tone(), RATE, "AU", "PCM_16"), by_ffmpeg("aac", "mp4", 48000)],
    ids=["AIFF", "AU", "MP4"],
)
def test_files_that_were_joined_are_read_whole(content: bytes) -> None:
    assert abs(len(decode(content * 2)) / len(decode(content)) - 2) < 0.01


@pytest.mark.parametrize("total", [0, RATE // 2, 2 * RATE])
def test_a_flac_is_read_whole_whatever_length_its_header_claims(total: int) -> None:
    flac = written(tone(), RATE, "FLAC", "PCM_16")
    assert np.array_equal(decode(flac[:22] + struct.pack(">I", total) + flac[26:]), decode(flac))


def test_a_flac_that_lacks_frames_in_its_middle_is_refused() -> None:
    flac = written(tone(seconds=3), RATE, "FLAC", "PCM_16")
    for damaged in (flac[:5000] + bytes(200) + flac[5200:], flac[:5000] + flac[9000:]):
        with pytest.raises(AkbError, match="damaged in the middle"):
            decode(damaged)


@pytest.mark.parametrize("gain", [-1.0, -0.9, -0.7])
def test_phases_that_are_nearly_opposite_are_no_silence(gain: float) -> None:
    assert abs(np.abs(decode(stereo(tone(), gain * tone()))).max() - 0.5) < 0.01
    assert abs(np.abs(decode(stereo(tone(), -np.roll(tone(), 1)))).max() - 0.5) < 0.01


def test_opposite_phases_of_a_part_are_no_silence_there() -> None:
    left = np.concatenate([tone(), tone()])
    samples = decode(stereo(left, np.concatenate([tone(), -tone()])))
    assert np.abs(samples[RATE:]).max() > 0.4


def test_voices_next_to_each_other_are_their_mean() -> None:
    draw = np.random.default_rng(0)
    left, right = (0.2 * draw.standard_normal((2, RATE))).astype(np.float32)
    assert np.abs(decode(stereo(left, right)) - (left + right) / 2).max() < 1e-3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"../../raw/dog.wav\n", "a line of text"),
        (b"/annex/objects/SHA256E-s123--abc.wav\n", "a git-annex pointer"),
        (b"dog.wav\0" + bytes(249) + b"ustar\0" + bytes(300), "a tar archive"),
        (WAV.decode("utf-8", "replace").encode(), "read as text"),
    ],
)
def test_pointers_and_bytes_that_were_taken_for_text_are_named(content: bytes, said: str) -> None:
    with pytest.raises(AkbError, match=said):
        decode(content)


def test_a_silent_pair_of_channels_is_silence_and_nothing_to_warn_of(recwarn: pytest.WarningsRecorder) -> None:
    assert not np.abs(decode(stereo(0 * tone(), 0 * tone()))).any()
    assert not recwarn.list


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_a_sound_flac_of_any_encoder_lacks_nothing(rate: int) -> None:
    channels = np.stack([tone(rate, seconds=2), 0.5 * tone(rate, seconds=2)])
    made = by_ffmpeg("flac", "flac", rate, "stereo", channels)
    assert len(decode(made)) == 2 * RATE == len(decode(written(channels.T, rate, "FLAC", "PCM_24")))
