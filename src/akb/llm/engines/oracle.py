"""An engine that knows the answers and gives a chosen share of them: for tests of everything around it.

Whether a request is answered rightly depends on its place among all that are asked in its rotation and
on nothing else, so an interrupted run ends in the same answers as an undisturbed one, every rotation of
an item in the same answer, and every consecutive stretch of n items is right in `accuracy` × n of them,
to within one.

    Backbone(name="oracle", engine="oracle", …, engine_options={"accuracy": 0.7})
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from akb.errors import AkbError
from akb.llm.engine import STOP, Backbone, Output, Request
from akb.reading.letters import letter_at

_RIGHT, _WRONG = math.log(0.9), math.log(0.1)


class OracleEngine:
    """Answers from `Request.known_answer`. Option `delay_seconds` makes each item take that long."""

    def __init__(self, backbone: Backbone, asked: Sequence[Request]) -> None:
        accuracy = backbone.engine_options.get("accuracy", 1.0)
        if not isinstance(accuracy, int | float) or not 0 <= accuracy <= 1:
            raise AkbError(
                f"the oracle's accuracy is {accuracy!r}",
                where=f"backbone {backbone.name}, engine_options",
                remedy="give a number from 0 to 1",
            )
        self._delay = float(backbone.engine_options.get("delay_seconds", 0.0))
        self._right: dict[Request, bool] = {}
        places: Counter[int] = Counter()
        for request in asked:
            place = places[request.rotation]
            places[request.rotation] += 1
            right = math.floor((place + 1) * accuracy + 1e-9) > math.floor(place * accuracy + 1e-9)
            self._right.setdefault(request, right)

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield an output for every request, in order."""
        for index, request in enumerate(requests):
            if self._delay:
                time.sleep(self._delay)
            yield index, _reply(request, self._right.get(request, False))

    def close(self) -> None:
        """Nothing to release."""


def _reply(request: Request, right: bool) -> Output:
    if not request.options or request.known_answer is None:
        return Output(text="I hear nothing.", output_tokens=3, finish=STOP)
    count = len(request.options)
    chosen = request.known_answer if right else (request.known_answer + 1) % count
    if request.mode == "generate":
        shown = (chosen - request.rotation) % count
        text = f"The answer is ({letter_at(shown)}) {request.options[chosen]}."
        return Output(text=text, output_tokens=8, finish=STOP)
    return Output(
        option_logprobs=tuple(_RIGHT if option == chosen else _WRONG for option in range(count)),
        letter_mass=1.0 if request.mode == "letter" else None,
    )
