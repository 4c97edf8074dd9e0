"""Whether a backbone can become an audio language model at all: asked when it is loaded, before anything is spent.

require_hearing(reader, "my-backbone")
"""

from __future__ import annotations

import torch

from akb.errors import AkbError
from akb.llm.tree_reader import TreeReader

_SLOTS = 4


def require_hearing(reader: TreeReader, name: str) -> None:
    """Raise AkbError unless what stands in the place of tokens reaches the model's scores, gradients come back to it,
    and what follows a token does not change its score."""
    tokens = torch.randint(reader.config.vocab_size, (4,), generator=torch.Generator().manual_seed(0)).tolist()
    table = reader.model.get_input_embeddings()
    with torch.no_grad():
        audio = table(torch.tensor([[tokens[0]] * _SLOTS], device=reader.device)).float()
    audio = audio.detach().requires_grad_()
    stem = [tokens[1], *[0] * _SLOTS, tokens[2]]
    try:
        found = reader.plain_logprobs([stem], [tokens[:2]], audio, 1)[0]
        torch.autograd.backward(found.sum())
        with torch.no_grad():
            other = reader.plain_logprobs([stem], [[tokens[0], tokens[3]]], audio, 1)[0]
    except (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise _refusal(name, f"it cannot be run with audio among its tokens: {error}") from error
    if not torch.isfinite(found).all():
        raise _refusal(name, "its scores are not numbers: the weights are damaged, or too large for their precision")
    if audio.grad is None or not torch.isfinite(audio.grad).all() or not bool(audio.grad.any()):
        raise _refusal(name, "what stands in the place of its token embeddings does not reach its scores")
    if abs(float(found[0].detach() - other[0])) > (1e-4 if reader.model.dtype == torch.float32 else 1e-2):
        raise _refusal(name, "a token's score depends on what follows it: it is not a causal language model")


def _refusal(name: str, why: str) -> AkbError:
    return AkbError(
        f"no audio language model can be made of this backbone: {why}",
        where=f"backbone {name}",
        remedy="set `lalm: false` for it; probe and cascade need nothing of this",
    )
