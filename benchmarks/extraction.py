"""How fast free-text responses are read and scored, on one core.

The responses are a mixture of what models write: mostly short answers, some sentences, some long
explanations and thinking, some that cannot be read; options differ from item to item, as in a
benchmark of 2,000 items, each asked `--passes` times.

    python benchmarks/extraction.py --json
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Callable

from akb.analysis.other_toolkits import RULES, ScoredItem, score_predictions

WORDS = (
    "dog cat bird cow rain wind thunder piano violin drum flute trumpet engine siren bell clock door laughter "
    "speech whisper cough footsteps water fire glass metal wood train aeroplane helicopter guitar choir"
).split()
KINDS = ("low", "high", "distant", "close", "soft", "sharp", "steady", "broken")

# (share of the responses, how one is written from letter, text and another option's text)
FORMS: list[tuple[float, Callable[[str, str, str], str]]] = [
    (0.30, lambda letter, text, other: letter),
    (0.14, lambda letter, text, other: f"{letter}. {text}"),
    (0.14, lambda letter, text, other: f"({letter})"),
    (0.12, lambda letter, text, other: f"The answer is ({letter}) {text}."),
    (0.10, lambda letter, text, other: text),
    (0.05, lambda letter, text, other: f"**{letter}. {text}**"),
    (0.04, lambda letter, text, other: f'{{"answer": "{letter}"}}'),
    (0.04, lambda letter, text, other: f"{letter}, because it is not {other}, which would sound different."),
    (
        0.03,
        lambda letter, text, other: f"<think>{other}? No: {'it fades and returns, ' * 12}so {text}.</think>{letter}",
    ),
    (0.02, lambda letter, text, other: f"I hear it fade and return for some time. Therefore, the answer is {letter}."),
    (0.01, lambda letter, text, other: "I'm sorry, but I cannot listen to audio."),
    (0.01, lambda letter, text, other: f"It could be {text} or {other}."),
]


def corpus(items: int, seed: int) -> tuple[list[ScoredItem], dict[str, str | None]]:
    """Items with four options each, and one response to each in the mixture above."""
    draw = random.Random(seed)
    phrases = [f"{kind} {word}" for kind in KINDS for word in WORDS]
    scored, responses = [], {}
    for number in range(items):
        options = tuple(draw.sample(phrases, 4))
        chosen, other = draw.sample(range(4), 2)
        (form,) = draw.choices([form for _, form in FORMS], [share for share, _ in FORMS])
        scored.append(ScoredItem(str(number), options, draw.randrange(4), {"category": KINDS[number % len(KINDS)]}))
        responses[str(number)] = form("ABCD"[chosen], options[chosen], options[other])
    return scored, responses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--passes", type=int, default=50, help="how many models answer the items")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    runs = [corpus(arguments.items, arguments.seed)]
    draw = random.Random(arguments.seed)
    items = runs[0][0]
    for _ in range(arguments.passes - 1):  # other models: other answers to the same items
        responses: dict[str, str | None] = {}
        for item in items:
            chosen, other = draw.sample(range(4), 2)
            (form,) = draw.choices([form for _, form in FORMS], [share for share, _ in FORMS])
            responses[item.id] = form("ABCD"[chosen], item.options[chosen], item.options[other])
        runs.append((items, responses))

    result: dict[str, object] = {
        "responses": arguments.items * arguments.passes,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    for rule in RULES:
        started = time.process_time()
        boards = [score_predictions(items, responses, rule) for _, responses in runs]
        seconds = time.process_time() - started
        result[f"{rule}_per_second"] = round(arguments.items * arguments.passes / seconds)
        result[f"{rule}_unread"] = sum(board.total.invalid for board in boards)
    print(json.dumps(result, indent=2) if arguments.json else "\n".join(f"{k:22} {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
