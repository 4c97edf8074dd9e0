"""Whisper's encoder at a clip's own length, layer by layer, for whoever reads its states.

The model in transformers insists on 30 s windows; a clip of 2 s then costs fifteen times what it needs.

    *_, last = layer_states(model.get_encoder(), mel)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.nn.functional import gelu


def layer_states(encoder: Any, mel: torch.Tensor) -> Iterator[torch.Tensor]:
    """The states after each layer, `[clips, frames, width]`, of mel spectra `[clips, mels, 2 × frames]`.

    They stand at the first positions of the encoder's embedding. Its closing norm belongs to the last layer, as in
    Whisper's own outputs.
    """
    x = gelu(encoder.conv1(mel))
    x = gelu(encoder.conv2(x)).transpose(1, 2)
    x = x + encoder.embed_positions.weight[: x.shape[1]]
    for index, layer in enumerate(encoder.layers, start=1):
        out = layer(x, None)
        x = out[0] if isinstance(out, tuple) else out
        yield encoder.layer_norm(x) if index == len(encoder.layers) else x
