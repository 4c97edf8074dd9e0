"""A small version of `benchmarks/coverage.py`: the intervals cover what they say, as far as few worlds can show."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def held():
    spec = importlib.util.spec_from_file_location("coverage_worlds", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_worlds"] = module  # where its data classes look for their own module
    spec.loader.exec_module(module)
    count, rng = module.Count(), np.random.default_rng(3)
    for _ in range(12):
        module.judge(module.World((0.2, 0.3, 0.5), units=40), rng, count, "three")
    return {claim: np.mean(values) for claim, values in count.held.items()}


@pytest.mark.parametrize(
    "claim",
    [
        "an accuracy",
        "an accuracy in one domain",
        "a gain",
        "a pooled gain",
        "distances to the best, all at once",
        "the set holds a best backbone",
    ],
)
def test_intervals_cover(held, claim):
    assert held[f"three: {claim}"] >= 0.75  # 9 of 12 at least: by chance below that once in 500 runs at 95 %


def test_sentences_are_true(held):
    assert held["three: sentence on the gain"] >= 0.75
    assert held["three: headline names the best among its own"] >= 0.75
