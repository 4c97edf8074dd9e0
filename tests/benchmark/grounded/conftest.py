"""What several tests of grounded questions look at."""

from __future__ import annotations

from itertools import islice

import pytest

from akb.benchmark.candidates import Candidate
from akb.benchmark.grounded.scenes import ranked_arrivals, ranked_levels, ranked_sources
from akb.benchmark.grounded.signals import (
    ranked_blocks,
    ranked_chains,
    ranked_filters,
    ranked_loudness,
    ranked_microphones,
    ranked_pitch,
    ranked_samples,
)

MODULES = (
    ranked_arrivals, ranked_levels, ranked_sources, ranked_chains, ranked_filters, ranked_loudness, ranked_microphones,
    ranked_blocks, ranked_pitch, ranked_samples,
)  # fmt: skip


@pytest.fixture(scope="session")
def rankings() -> dict[str, list[Candidate]]:
    """By template: the first 24 questions of each that asks which of four."""
    return {name: list(islice(made(1), 24)) for module in MODULES for name, made in module.GENERATORS.items()}
