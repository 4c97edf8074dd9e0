"""The engine_options of an `openai` backbone, checked, and where its key comes from.

options = read_options(backbone); key = read_key(options, backbone)
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from akb.errors import AkbError
from akb.llm.engine import Backbone
from akb.llm.engines.openai.limits import Prices


@dataclass(frozen=True)
class Options:
    """The engine_options of an `openai` backbone.

    omit: request parameters that the model refuses, such as "temperature" or "seed". extra_body: sent
    with every request. ledger: the folder of the usage ledger. audio_format: how sound is sent, "wav" or
    "mp3"; audio_megabytes: the most that the server takes of one clip, as sent.
    """

    base_url: str | None = None
    api_key_env: str | None = None
    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_seconds: float = 120.0
    max_attempts: int = 6
    first_backoff_seconds: float = 1.0
    budget_usd: float | None = None
    prices: Prices | None = None
    omit: tuple[str, ...] = ()
    extra_body: dict[str, Any] = field(default_factory=dict)
    ledger: str | None = None
    audio_format: Literal["wav", "mp3"] = "wav"
    audio_megabytes: float = 20.0


def read_options(backbone: Backbone) -> Options:
    """Check a backbone's engine_options. Raises AkbError for an unknown or wrong one, or a key in plain sight."""
    where = f"backbone {backbone.name}, engine_options"
    given = backbone.engine_options
    if {"api_key", "key", "token"} & given.keys():
        raise AkbError(
            "an API key must not stand in the configuration",
            where=where,
            remedy="remove it, put the key in an environment variable, and name that variable in `api_key_env`",
        )
    unknown = sorted(given.keys() - Options.__dataclass_fields__.keys())
    if unknown:
        raise AkbError(
            f"unknown options: {', '.join(unknown)}",
            where=where,
            remedy="choose among " + ", ".join(Options.__dataclass_fields__),
        )
    try:
        options = msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise AkbError(
            f"a wrong option: {error}", where=where, remedy="mend it; config/README.md explains it"
        ) from None
    if options.concurrency < 1 or options.max_attempts < 1 or options.timeout_seconds <= 0:
        raise AkbError(
            "concurrency, max_attempts and timeout_seconds must be above 0", where=where, remedy="give larger values"
        )
    if options.budget_usd is not None and options.prices is None:
        raise AkbError(
            "a budget needs prices",
            where=where,
            remedy="add `prices: {input_per_million: …, output_per_million: …}` in US dollars, as published",
        )
    return options


def read_key(options: Options, backbone: Backbone) -> str:
    """The API key from the environment. A server of one's own needs none unless `api_key_env` is set."""
    name = options.api_key_env or (None if options.base_url else "OPENAI_API_KEY")
    if name is None:
        return "none"  # never the default key: this server is not the one it belongs to
    key = os.environ.get(name, "").strip()
    if not key:
        raise AkbError(
            f"the environment variable {name} is not set",
            where=f"backbone {backbone.name}",
            remedy=f"export {name}=… in the shell that starts the run, or name another variable in `api_key_env`",
        )
    return key
