"""The token in which a model ends its answer: what its chat template puts after an assistant's turn.

The tokenizer's own end token is another one for some families (Phi-4-mini, Gemma): a target that ended in it would
teach what the frozen model never writes.

    end = end_of_turn(chat, tokenizer, stop_tokens(model, tokenizer))
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from akb.errors import AkbError
from akb.llm.chat import Chat


def stop_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokens at which a model stops: those of its generation settings, and its tokenizer's end token."""
    configured = model.generation_config.eos_token_id
    ends = configured if isinstance(configured, list) else [configured]
    return sorted({end for end in [*ends, tokenizer.eos_token_id] if end is not None})


def end_of_turn(chat: Chat, tokenizer: Any, stops: Collection[int]) -> int:
    """The first token after an assistant's last turn; where a template puts none (GLM-4), that of the user's next turn,
    if the model stops there; else, and without a template, the tokenizer's end token.

    Raises AkbError if the model would not stop at it.
    """
    for number, text in enumerate(chat.after_answer()):
        tokens = list(tokenizer(text, add_special_tokens=False)["input_ids"])
        first = next((token for token in tokens if tokenizer.decode([token]).strip()), None)
        if first is not None and first in stops:
            return int(first)
        if first is not None and number == 0:
            known = ", ".join(repr(tokenizer.decode([stop])) for stop in sorted(stops)) or "nothing"
            raise AkbError(
                f"the chat template ends an answer with {tokenizer.decode([first])!r}, and the model stops "
                f"elsewhere: at {known}",
                where=f"backbone {chat.name}",
                remedy="add that token to `eos_token_id` in the checkpoint's generation_config.json",
            )
    if tokenizer.eos_token_id is None:
        raise AkbError(
            "nothing says which token ends an answer: the tokenizer has no end token",
            where=f"backbone {chat.name}",
            remedy="set `eos_token` in the checkpoint's tokenizer_config.json",
        )
    return int(tokenizer.eos_token_id)
