"""Which of four hits is smeared longest by a coder's blocks, and which loss of packets leaves no gap.

A hit at 90 ms in blocks of 50 ms has 40 ms of noise before it, one at 110 ms has 10 ms.
"""

from __future__ import annotations

from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, of_a_kind

CODECS = Rankings("codec_artefacts", "arithmetic: blocks and packets")


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
        "A coder spreads its noise evenly over each block of samples; the first block begins at 0 ms, and blocks do not overlap. In which recording of {occasion} does noise precede the hit for {}?",
        most="longest",
        least="the shortest time",
    ),
    _hits,
    skill="computation",
    margin=5.0,
    close=30.0,
    seen=(lambda c: c["hit"], lambda c: c["block"], lambda c: c["block"] / c["rate"]),
)

_SCHEMES = {
    "next": "each packet also carries a copy of the one before it",
    "second": "each packet also carries a copy of the packet two before it",
    "both": "each packet also carries copies of the two before it",
    "parity": "in each group of four (1–4, 5–8, 9–12) any single lost packet can be computed from the rest",
}


def has_gap(scheme: str, lost: list[int], **_: Any) -> float:
    """1 where a packet stays missing. Packets after the last one named have all arrived."""
    if scheme == "parity":
        return float(len({(n - 1) // 4 for n in lost}) < len(lost))
    copies = {"next": (1,), "second": (2,), "both": (1, 2)}[scheme]
    return float(any(all(n + c in lost for c in copies) for n in lost))


def said_lost(lost: list[int]) -> str:
    """Packets 2, 3, 7 and 11."""
    return "Packets " + ", ".join(map(str, lost[:-1])) + f" and {lost[-1]}"


def _losses(rng: Random) -> Drawn:
    scheme = rng.choice(list(_SCHEMES))
    drawn = [sorted(rng.sample(range(1, 13), 3 if scheme == "parity" else 4)) for _ in range(24)]
    odd = rng.random() < 0.5
    cases = of_a_kind(odd, lambda value, _: [{"lost": x} for x in drawn if has_gap(scheme, x) == value], rng)
    return {"scheme": scheme, "say": _SCHEMES[scheme]}, cases


CODECS.add(
    "loss_without_a_gap",
    has_gap,
    said_lost,
    {
        "least": [
            "{occasion} is protected against loss: {say}. Of packets 1 to 12, which loss leaves no gap in the speech?"
        ],
        "most": [
            "{occasion} is protected against loss: {say}. Of packets 1 to 12, which loss alone leaves a gap in the speech?"
        ],
    },
    _losses,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["lost"][0], lambda c: c["lost"][-1]),
    tier="medium",
)

GENERATORS, CHECKS, SURE = CODECS.generators, CODECS.checks, CODECS.sure
