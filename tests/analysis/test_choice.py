"""What to choose now: chances in worlds whose best is known, and forecasts where a backbone was not heard."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.choice import MEASURED, PAPER, UNKNOWN, chances_of, choices, shrunk
from akb.analysis.published import published_families, published_scores
from akb.analysis.scores import graded, score
from akb.items import items_frame

ACCURACY = Path(__file__).parents[2] / "resources/published/accuracy.csv"
PUBLISHED, FAMILIES = published_scores(ACCURACY), published_families(ACCURACY)


def table(responses, items):
    return choices(graded(responses, items), score(responses, items), PUBLISHED, "combined", {}, seed=1)


@pytest.mark.slow
def test_the_chance_to_be_best_holds_what_it_says_where_the_spread_is_not_known():
    rng = np.random.default_rng(0)
    said, came = [], []
    for _ in range(6000):
        true = 0.5 + rng.uniform(0.005, 0.08) * rng.normal(size=5)
        deviations = 0.035 * rng.normal(size=(300, 5))
        said.append(chances_of(shrunk(true + 0.035 * rng.normal(size=5), deviations, seed=1))[0])
        came.append(true == true.max())
    said, came = np.concatenate(said), np.concatenate(came)
    for tenth in range(10):
        here = (said * 10).astype(int).clip(0, 9) == tenth
        assert came[here].mean() == pytest.approx(said[here].mean(), abs=0.05), (tenth, here.sum())


def test_equals_share_the_chance_and_nobody_regrets_the_only_one():
    best, top, regret = chances_of(np.array([[0.5, 0.5], [0.5, 0.5]]))
    assert best.tolist() == [0.5, 0.5] and top.tolist() == [1, 1] and regret.tolist() == [0, 0]
    assert chances_of(np.array([[0.3], [0.4]]))[2].tolist() == [0]


def test_a_backbone_that_was_not_heard_is_forecast_from_the_papers_where_the_benchmark_is_theirs():
    akb, mmau = make_items("akb", 400, DOMAINS), make_items("mmau", 400, DOMAINS, seed=1)
    parts = []
    for name, knows in (("weak", 0.7), ("strong", 0.85)):
        parts.append(responses_of(akb, name, "probe", [i < 400 * knows for i in range(400)]))
        right = [i < 400 * (knows - 0.2) for i in range(400)]
        parts.append(responses_of(mmau, name, "cascade", right, captioner="combined"))
    found = table(pl.concat(parts), items_frame([*akb, *mmau]))
    assert found["basis"].to_list() == [PAPER, PAPER]
    assert found["backbone"].to_list() == ["strong", "weak"]
    assert found["best"][0] > 0.6 and found["best"].sum() == pytest.approx(1)
    assert found["regret"][0] < found["regret"][1]


def test_a_backbone_that_no_forecast_reaches_is_in_no_chance():
    akb, mini = make_items("akb", 100, DOMAINS), make_items("mini", 100, DOMAINS, seed=1)
    parts = [responses_of(akb, name, "probe", [True] * 100) for name in ("heard", "unheard")]
    parts.append(responses_of(mini, "heard", "audio", [i < 50 for i in range(100)]))
    found = {row["backbone"]: row for row in table(pl.concat(parts), items_frame([*akb, *mini])).to_dicts()}
    assert found["heard"]["basis"] == MEASURED and found["heard"]["best"] == 1
    assert found["unheard"]["basis"] == UNKNOWN and found["unheard"]["best"] is None
