"""Which of four hits has noise before it longest, by the blocks of a coder.

A hit at 90 ms in blocks of 50 ms has 40 ms of noise before it, one at 110 ms has 10 ms.
"""

from __future__ import annotations

from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways
from akb.benchmark.grounded.craft.wordings import blended

CODECS = Rankings("codec_artefacts", "arithmetic: blocks of samples")


def smeared(block: int, rate: int, hit: int) -> float:
    """Milliseconds of noise before a hit, from the start of the transform block in which it falls; rate in kHz."""
    return hit % (block / rate)


def said_hit(block: int, rate: int, hit: int) -> str:
    """Blocks of 1,024 at 32 kHz, a hit at 90 ms."""
    return f"Blocks of {block:,} at {rate} kHz, a hit at {hit} ms"


_BLOCKS = ((640, 32), (320, 32), (960, 48), (1920, 48), (480, 48), (960, 24), (480, 24), (480, 16), (800, 16), (1600, 32), (2400, 48))  # fmt: skip


def _hits(rng: Random) -> Drawn:
    # No hit where a block begins, for that could be counted to either block.
    return {}, [
        {"block": b, "rate": r, "hit": rng.choice([hit for hit in range(30, 190, 5) if smeared(b, r, hit) > 2])}
        for b, r in rng.sample(_BLOCKS, 4)
    ]


CODECS.add(
    "longest_pre_echo",
    smeared,
    said_hit,
    both_ways(
        *blended(
            "castanets; a glockenspiel; a snare drum; a woodblock; a triangle",
            "A coder spreads its noise evenly over each block of samples; the first block begins at 0 ms, and blocks do not overlap. In which recording of {thing} does noise precede the hit {}?",
            "Before a hit on {thing}, noise is heard from the start of the block that holds it. Blocks follow each other without overlap from 0 ms on. Where does this pre-echo last {}?",
            "Which coding of {thing} has pre-echo {}, if blocks lie end to end from 0 ms and the noise of each fills it evenly?",
            "Blocks of samples start at 0 ms and do not overlap; quantisation noise fills the whole block in which {thing} strikes. In which case does it run ahead of the stroke {}?",
        ),
        most="longest",
        least="for the shortest time",
    ),
    _hits,
    skill="computation",
    limit=8,
    margin=5.0,
    close=30.0,
    seen=(lambda c: c["hit"], lambda c: c["block"], lambda c: c["block"] / c["rate"]),
)

GENERATORS, CHECKS, SURE = CODECS.generators, CODECS.checks, CODECS.sure
