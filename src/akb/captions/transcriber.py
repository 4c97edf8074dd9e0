"""Whisper transcripts of short clips: encoded at their own length, decoded in batches.

Whisper's usual window of 30 s makes a clip of two seconds as dear as one of thirty. The encoder takes
any length, but a clip that ends without silence is transcribed over and over: the decoder has learnt
to stop where nothing is said any more. Of 34 short clips, 16 looped with one second of silence after
them, 10 with three, 3 with six; four are given, and the rest is cut where the text repeats itself.
Clips of equal padded length are encoded and decoded together; a longer clip is cut into windows.
A multilingual model says with its first token which language it hears, window by window, and then
transcribes in that language.

    for batch in Transcriber(Path("results/checkpoints/whisper-tiny.en")).run(waves): ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from akb.audio.clips import RATE
from akb.audio.whisper_encoder import layer_states
from akb.batching import batches
from akb.errors import AkbError
from akb.models.model_files import check_files

Samples = NDArray[np.float32]

_GRID = RATE
_TRAILING = 4 * RATE
_WINDOW = 30 * RATE
_BATCH = 32
# Speech runs to some five words a second; decoding further only prolongs what was invented.
_TOKENS_PER_SECOND = 8
_TOKENS_AT_LEAST = 8
# A phrase that is said three times in a row was invented, not heard.
_REPEATS = 3
# Nobody says so many words twice over at such a rate: long phrases count as invented the second time already.
_LONG_PHRASE = 5  # words
_FASTEST = 4.0  # words a second
# A word with the space before it, or one character of Chinese, Japanese, Thai or Lao, which write without spaces.
_NO_SPACES = "\\u0e00-\\u0eff\\u3040-\\u30ff\\u3400-\\u9fff"
_UNSPACED = re.compile(f"[{_NO_SPACES}]")
_UNIT = re.compile(rf"\s*(?:[{_NO_SPACES}]|[^\s{_NO_SPACES}]+)")


@dataclass(frozen=True)
class Heard:
    """One window's transcript and how sure the model is of it.

    logprob: mean natural log-probability of its tokens. no_speech: probability that nothing is said.
    language: ISO code of the likeliest language, "" for a model of one language; language_share: its
    probability among all languages.
    """

    text: str
    logprob: float
    no_speech: float
    language: str = ""
    language_share: float = 1.0


class Transcriber:
    """A Whisper model from a Hugging Face folder, decoding greedily.

    Where it is surer than `most_no_speech` that nothing is said, it writes nothing.
    """

    most_no_speech = 0.6

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Raises AkbError if the folder holds no Whisper model."""
        from transformers import WhisperForConditionalGeneration, WhisperProcessor

        check_files(folder)
        try:
            self._processor: Any = WhisperProcessor.from_pretrained(folder)
            dtype = torch.float32 if device == "cpu" else torch.bfloat16
            model: Any = WhisperForConditionalGeneration.from_pretrained(folder, dtype=dtype)
            self._model: Any = model.to(device).eval()
        except (OSError, ValueError) as error:
            raise AkbError(
                f"the speech recogniser cannot be loaded: {error}",
                where=str(folder),
                remedy=f"build it again: snakemake --cores 8 {folder}/fingerprint.json",
            ) from error
        tokenizer = self._processor.tokenizer
        self._start = tokenizer.convert_tokens_to_ids("<|startoftranscript|>")
        self._after_language = tokenizer.convert_tokens_to_ids(["<|transcribe|>", "<|notimestamps|>"])
        self._end = tokenizer.eos_token_id
        vocabulary = tokenizer.get_vocab()
        self._languages = _language_tokens(self._model.generation_config, vocabulary)
        # The two names that Whisper's tokenizers have for it.
        self._silence = vocabulary.get("<|nospeech|>", vocabulary.get("<|nocaptions|>"))
        # Special tokens and timestamps are never part of a transcript.
        self._banned = torch.tensor([i for i in range(self._end, self._model.config.vocab_size) if i != self._end])

    @property
    def multilingual(self) -> bool:
        """Whether the model tells languages apart."""
        return bool(self._languages)

    def windows(self, wave: Samples) -> int:
        """How many windows a clip is cut into."""
        return max(1, -(-len(wave) // _WINDOW))

    def run(self, waves: Sequence[Samples]) -> Iterator[list[tuple[tuple[int, int], Heard]]]:
        """Transcribe 16 kHz mono clips; yield ((clip, window), heard) in batches as they are finished."""
        pieces = [
            (clip, window, wave[window * _WINDOW : (window + 1) * _WINDOW])
            for clip, wave in enumerate(waves)
            for window in range(self.windows(wave))
        ]
        lengths = [min(-(-(len(piece) + _TRAILING) // _GRID) * _GRID, _WINDOW) for _, _, piece in pieces]
        for chosen in batches(lengths, rows=_BATCH, equal=True):
            batch = [pieces[index] for index in chosen]
            results = self._decode([piece for _, _, piece in batch], lengths[chosen[0]])
            yield [((clip, window), heard) for (clip, window, _), heard in zip(batch, results, strict=True)]

    @torch.inference_mode()
    def _decode(self, pieces: Sequence[Samples], length: int) -> list[Heard]:
        padded = [np.pad(piece, (0, length - len(piece))) for piece in pieces]
        mel = self._processor.feature_extractor(
            padded, sampling_rate=RATE, return_tensors="pt", padding=False, truncation=False
        ).input_features
        device, dtype = self._model.device, self._model.dtype
        encoder = self._model.get_encoder()
        *_, states = layer_states(encoder, mel.to(device, dtype))
        first = self._step(torch.tensor([[self._start]] * len(pieces), device=device), states, None)
        no_speech = first.logits[:, 0].softmax(-1)[:, self._silence].cpu().numpy()
        languages, tokens = self._begin(first.logits[:, 0])
        out = self._step(tokens, states, first.cache)
        most = _TOKENS_AT_LEAST + int(max(map(len, pieces)) / RATE * _TOKENS_PER_SECOND)
        written: list[list[int]] = [[] for _ in pieces]
        sums, alive = np.zeros(len(pieces)), no_speech <= self.most_no_speech
        for _ in range(most if alive.any() else 0):
            last = out.logits[:, -1]
            last[:, self._banned] = -torch.inf
            logprobs = last.log_softmax(-1)
            best = logprobs.argmax(-1)
            gained = logprobs.gather(1, best[:, None])[:, 0].cpu().numpy()
            for row, token in enumerate(best.tolist()):
                if alive[row]:
                    sums[row] += gained[row]
                    written[row].append(token)
                    repeat = repeated(written[row])
                    del written[row][len(written[row]) - repeat :]
                    alive[row] = token != self._end and not repeat
            if not alive.any():
                break
            out = self._step(best[:, None], states, out.cache)
        texts = self._processor.tokenizer.batch_decode(written, skip_special_tokens=True)
        return [
            Heard(
                without_repeats(text.strip(), len(piece) / RATE),
                float(total / max(len(ids), 1)),
                float(silent),
                *language,
            )
            for text, piece, total, ids, silent, language in zip(
                texts, pieces, sums, written, no_speech, languages, strict=True
            )
        ]

    def _step(self, tokens: torch.Tensor, states: torch.Tensor, cache: Any) -> _Step:
        """Logits `[clips, tokens, vocabulary]` of further tokens."""
        out = self._model.model.decoder(
            input_ids=tokens, encoder_hidden_states=states, past_key_values=cache, use_cache=True
        )
        return _Step(self._model.proj_out(out.last_hidden_state).float(), out.past_key_values)

    def _begin(self, logits: torch.Tensor) -> tuple[list[tuple[str, float]], torch.Tensor]:
        """(language code, its share) of each clip, and the prompt's tokens after the first, `[clips, tokens]`."""
        if not self._languages:
            alone = self._after_language[1:]
            return [("", 1.0)] * len(logits), torch.tensor([alone] * len(logits), device=logits.device)
        codes, ids = list(self._languages), list(self._languages.values())
        shares, best = logits[:, ids].softmax(-1).max(-1)
        found = [(codes[index], share) for index, share in zip(best.tolist(), shares.tolist(), strict=True)]
        rows = [[self._languages[code], *self._after_language] for code, _ in found]
        return found, torch.tensor(rows, device=logits.device)


@dataclass(frozen=True)
class _Step:
    logits: torch.Tensor
    cache: Any


def _language_tokens(generation: Any, vocabulary: Mapping[str, int]) -> dict[str, int]:
    """Language code → token of a multilingual model; {} for a model of one language."""
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    if not getattr(generation, "is_multilingual", False):
        return {}
    known = getattr(generation, "lang_to_id", None) or vocabulary
    return {code: known[f"<|{code}|>"] for code in LANGUAGES if f"<|{code}|>" in known}


def language_name(code: str) -> str:
    """The English name of a language by Whisper's code: "Spanish" for "es"."""
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    return str(LANGUAGES.get(code, code)).title()


def repeated(tokens: Sequence[int]) -> int:
    """How many tokens at the end say again what stands before them: 0, or two repeats of a phrase."""
    for size in range(1, len(tokens) // _REPEATS + 1):
        phrase = tokens[-size:]
        if all(tokens[-size * k : len(tokens) - size * (k - 1)] == phrase for k in range(2, _REPEATS + 1)):
            return size * (_REPEATS - 1)
    return 0


def without_repeats(text: str, seconds: float) -> str:
    """The text with phrases that were invented by saying them again taken out; case and punctuation do not matter.

    That is a phrase three times in a row; or a long one twice, or begun again, if all the words are
    more than can be said in `seconds`. In scripts without spaces a character counts as half a word.
    """
    said = _UNIT.findall(text)
    words = ["".join(c for c in unit.casefold() if c.isalnum()) for unit in said]
    lengths = [0.5 if _UNSPACED.search(unit) else 1.0 for unit in said]
    hurried = sum(lengths) > _FASTEST * max(seconds, 0.1)
    for size in range(1, len(words) // 2 + 1):
        for start in range(len(words) - 2 * size + 1):
            phrase, length = words[start : start + size], sum(lengths[start : start + size])
            count = 1
            while words[start + count * size : start + (count + 1) * size] == phrase:
                count += 1
            if (count >= _REPEATS and length >= 1) or (count > 1 and length >= _LONG_PHRASE and hurried):
                end = start + count * size
                rest = words[end:]
                if len(rest) < size and rest == phrase[: len(rest)]:
                    end = len(words)  # begun once more, and cut off
                return without_repeats("".join(said[: start + size] + said[end:]), seconds)
    return text
