"""Whisper transcripts of short clips: encoded at their own length, decoded in batches.

Whisper's usual window of 30 s makes a clip of two seconds as dear as one of thirty. The encoder takes
any length, but a clip that ends without silence is transcribed over and over: the decoder has learnt
to stop where nothing is said any more. Of 34 short clips, 16 looped with one second of silence after
them, 10 with three, 3 with six; four are given, and the rest is cut where the text repeats itself.
Clips of equal padded length are encoded and decoded together; a longer clip is cut into windows.

    for batch in Transcriber(Path("results/checkpoints/whisper-tiny.en")).run(waves): ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from akb.audio.whisper_encoder import layer_states
from akb.errors import AkbError
from akb.models.model_files import check_files

SAMPLE_RATE = 16_000
Samples = NDArray[np.float32]

_GRID = SAMPLE_RATE
_TRAILING = 4 * SAMPLE_RATE
_WINDOW = 30 * SAMPLE_RATE
_BATCH = 32
# Speech runs to some five words a second; decoding further only prolongs what was invented.
_TOKENS_PER_SECOND = 8
_TOKENS_AT_LEAST = 8
# A phrase of at most so many tokens that is said three times in a row was invented, not heard.
_LONGEST_REPEAT = 12
_REPEATS = 3


@dataclass(frozen=True)
class Heard:
    """One window's transcript and how sure the model is of it.

    logprob: mean natural log-probability of its tokens. no_speech: probability that nothing is said.
    """

    text: str
    logprob: float
    no_speech: float


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
        names = ["<|startoftranscript|>"]
        if getattr(self._model.generation_config, "is_multilingual", False):
            names += ["<|en|>", "<|transcribe|>"]
        self._prompt = tokenizer.convert_tokens_to_ids([*names, "<|notimestamps|>"])
        self._end = tokenizer.eos_token_id
        vocabulary = tokenizer.get_vocab()
        # The two names that Whisper's tokenizers have for it.
        self._silence = vocabulary.get("<|nospeech|>", vocabulary.get("<|nocaptions|>"))
        # Special tokens and timestamps are never part of a transcript.
        self._banned = torch.tensor([i for i in range(self._end, self._model.config.vocab_size) if i != self._end])

    def windows(self, wave: Samples) -> int:
        """How many windows a clip is cut into."""
        return max(1, -(-len(wave) // _WINDOW))

    def run(self, waves: Sequence[Samples]) -> Iterator[list[tuple[tuple[int, int], Heard]]]:
        """Transcribe 16 kHz mono clips; yield ((clip, window), heard) in batches as they are finished."""
        buckets: dict[int, list[tuple[int, int, Samples]]] = defaultdict(list)
        for clip, wave in enumerate(waves):
            for window in range(self.windows(wave)):
                piece = wave[window * _WINDOW : (window + 1) * _WINDOW]
                length = min(-(-(len(piece) + _TRAILING) // _GRID) * _GRID, _WINDOW)
                buckets[length].append((clip, window, piece))
        for length, pieces in sorted(buckets.items()):
            for start in range(0, len(pieces), _BATCH):
                batch = pieces[start : start + _BATCH]
                results = self._decode([piece for _, _, piece in batch], length)
                yield [((clip, window), heard) for (clip, window, _), heard in zip(batch, results, strict=True)]

    @torch.inference_mode()
    def _decode(self, pieces: Sequence[Samples], length: int) -> list[Heard]:
        padded = [np.pad(piece, (0, length - len(piece))) for piece in pieces]
        mel = self._processor.feature_extractor(
            padded, sampling_rate=SAMPLE_RATE, return_tensors="pt", padding=False, truncation=False
        ).input_features
        device, dtype = self._model.device, self._model.dtype
        encoder = self._model.get_encoder()
        *_, states = layer_states(encoder, mel.to(device, dtype))
        tokens = torch.tensor([self._prompt] * len(pieces), device=device)
        most = _TOKENS_AT_LEAST + int(max(map(len, pieces)) / SAMPLE_RATE * _TOKENS_PER_SECOND)
        written: list[list[int]] = [[] for _ in pieces]
        sums, alive, cache = np.zeros(len(pieces)), np.ones(len(pieces), bool), None
        no_speech: Any = None
        for _ in range(most):
            out = self._model.model.decoder(
                input_ids=tokens, encoder_hidden_states=states, past_key_values=cache, use_cache=True
            )
            cache = out.past_key_values
            logits = self._model.proj_out(out.last_hidden_state).float()
            if no_speech is None:
                no_speech = logits[:, 0].softmax(-1)[:, self._silence].cpu().numpy()
                alive &= no_speech <= self.most_no_speech
            last = logits[:, -1]
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
            tokens = best[:, None]
        texts = self._processor.tokenizer.batch_decode(written, skip_special_tokens=True)
        return [
            Heard(text.strip(), float(total / max(len(ids), 1)), float(silent))
            for text, total, ids, silent in zip(texts, sums, written, no_speech, strict=True)
        ]


def repeated(tokens: Sequence[int]) -> int:
    """How many tokens at the end say again what stands before them: 0, or two repeats of a phrase."""
    for size in range(1, min(_LONGEST_REPEAT, len(tokens) // _REPEATS) + 1):
        phrase = tokens[-size:]
        if all(tokens[-size * k : len(tokens) - size * (k - 1)] == phrase for k in range(2, _REPEATS + 1)):
            return size * (_REPEATS - 1)
    return 0
