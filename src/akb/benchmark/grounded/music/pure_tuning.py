"""Grounded questions on singers who tune every interval purely: where do they end?

drift([("perfect fifth", 1)] * 4 + [("major third", -1), ("octave", -1), ("octave", -1)])  # 21.5 cents
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import SIZES, a_size, an, capital, listed, scenes
from akb.benchmark.grounded.music.heard_melodies import PURE

TUNING = Templates("intervals_pitch", "arithmetic: pure intervals", skill="inference")
GENERATORS, CHECKS = TUNING.generators, TUNING.checks

RATIOS = {**{i: r for i, r in PURE.items() if "tenth" not in i}, "octave": (2, 1)}
SAID = {
    (sign, large): f"Too {side} by {much}"
    for sign, side in ((1, "high"), (-1, "low"))
    for large, much in ((True, "40 cents or more"), (False, "about 20 cents"))
}


def drift(moves: Sequence[tuple[str, int]]) -> float:
    """Cents between the end of a chain of pure intervals and where equal temperament would end."""
    return sum(side * (1200 * log2(RATIOS[i][0] / RATIOS[i][1]) - 100 * SIZES.index(i)) for i, side in moves)


def outcome(moves: Sequence[tuple[str, int]]) -> tuple[int, bool] | None:
    """Sign and size class; None where the chain does not return to its key or neither class is clear."""
    cents = drift(moves)
    if sum(side * SIZES.index(i) for i, side in moves) or not (19 < abs(cents) < 24 or 40 < abs(cents) < 80):
        return None
    return (1 if cents > 0 else -1), abs(cents) > 40


@TUNING.check
def drifts_to(args: Mapping[str, Any], option: str) -> bool:
    """The chain's end, reckoned in pure ratios, lies as the option says."""
    found = outcome([tuple(m) for m in args["moves"]])
    return found is not None and SAID[found] == option


@TUNING.template(drifts_to, tier="hard")
def pure_return(rng: Random) -> Iterator[Sketch]:
    kinds = sorted(RATIOS)
    players = scenes(
        rng, "cellist", "violinist", "viola player", "trombonist", "soprano", "tenor", "alto", "bass singer", "viol player", "theremin player",
        "slide guitarist", "fretless bass player", "choir", "double bass player", "fiddler", "string quartet", "oud player",
    )  # fmt: skip
    while True:
        for wanted in rng.sample(sorted(SAID), 4):
            while True:
                moves = [(rng.choice(kinds), rng.choice((1, -1))) for _ in range(rng.choice((4, 4, 5)))]
                heights = [0]
                for interval, side in moves:
                    heights.append(heights[-1] + side * SIZES.index(interval))
                turns_back = any(a[0] == b[0] and a[1] != b[1] for a, b in pairwise(moves))
                # Less than two octaves: someone can sing it. Not back at the first note before the end.
                if outcome(moves) == wanted and not turns_back and max(heights) - min(heights) < 20 and 0 not in heights[1:-1]:  # fmt: skip
                    break
            path = listed([f"{'up' if side > 0 else 'down'} {a_size(SIZES.index(i))}" for i, side in moves])
            who = an(next(players))
            stem = rng.choice([
                f"{capital(path)}: on a piano these steps lead back to the start. If {who} tunes every step pure instead, how far from the starting note does that end?",
                f"On a piano, {path} leads back to the start. Where does {who} end who tunes every step pure instead?",
            ])  # fmt: skip
            yield Sketch.of(stem, [SAID[wanted], *(t for w, t in SAID.items() if w != wanted)], {"moves": [list(m) for m in moves]}, f"{drift(moves):+.1f} cents")  # fmt: skip
