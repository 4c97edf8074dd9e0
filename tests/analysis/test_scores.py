import polars as pl
import pytest
from synthetic import CATEGORIES, draw, make_items, responses_of, world

from akb.analysis.scores import answers, chance, graded, invalid_reasons, score
from akb.errors import AkbError
from akb.items import items_frame
from akb.tables import SCORES

ITEMS = make_items("akb", 120, CATEGORIES)
FRAME = items_frame(ITEMS)


def oracle(accuracy: float, **extra: object) -> pl.DataFrame:
    return responses_of(ITEMS, "oracle", "probe", draw(120, accuracy, 0), **extra)


@pytest.mark.parametrize("accuracy", [0.0, 0.25, 0.7, 1.0])
def test_an_oracle_comes_out_as_its_accuracy(accuracy):
    whole = score(oracle(accuracy), FRAME).filter(domain="all").row(0, named=True)
    assert whole["accuracy"] == pytest.approx(accuracy)
    assert whole["low"] <= accuracy <= whole["high"]


def test_scores_have_their_schema_and_every_category():
    frame = score(oracle(0.7), FRAME)
    assert dict(frame.schema) == dict(SCORES)
    assert set(frame["domain"]) == {"all", *CATEGORIES}
    assert frame.filter(pl.col("domain") != "all")["n"].sum() == 120


def test_an_invalid_response_is_wrong_and_counted():
    responses = oracle(1.0, mode="generate")
    first = pl.col("item_id").is_in([item.item_id for item in ITEMS[:30]])
    responses = responses.with_columns(
        answer=pl.when(~first).then("answer"), invalid=pl.when(first).then(pl.lit("refusal"))
    )
    whole = score(responses, FRAME).filter(domain="all").row(0, named=True)
    assert (whole["n"], whole["correct"], whole["invalid"]) == (120, 90, 30)
    assert invalid_reasons(responses).row(0, named=True)["reason"] == "refusal"


def test_a_missing_response_is_an_error_not_a_smaller_denominator():
    with pytest.raises(AkbError, match="no response: 2 items"):
        score(oracle(0.7).head(118), FRAME)


def test_a_response_to_an_unknown_item_is_an_error():
    with pytest.raises(AkbError, match="unknown item"):
        score(oracle(0.7), FRAME.head(100))


def test_a_response_that_stands_twice_is_an_error():
    responses = oracle(0.7)
    with pytest.raises(AkbError, match="twice"):
        score(pl.concat([responses, responses.head(1)]), FRAME)


def test_rotations_are_averaged_before_the_choice():
    """Rotation 0 narrowly prefers option 0, rotation 1 clearly option 1: the mean prefers option 1."""
    item = ITEMS[0]
    both = pl.concat([responses_of([item], "b", "probe", [True], rotation=r) for r in (0, 1)])
    both = both.with_columns(option_logprobs=pl.Series([[-1.0, -1.1, -9.0, -9.0], [-3.0, -0.2, -9.0, -9.0]]))
    assert answers(both)["chosen"].to_list() == [[1]]


def test_one_failed_rotation_makes_the_item_invalid():
    both = pl.concat([responses_of(ITEMS, "b", "probe", [True] * 120, rotation=r) for r in (0, 1)])
    failed = (pl.col("rotation") == 1) & (pl.col("item_id") == ITEMS[0].item_id)
    both = both.with_columns(
        answer=pl.when(~failed).then("answer"),
        option_logprobs=pl.when(~failed).then("option_logprobs"),
        invalid=pl.when(failed).then(pl.lit("prompt_too_long")),
    )
    whole = score(both, FRAME).filter(domain="all").row(0, named=True)
    assert (whole["correct"], whole["invalid"]) == (119, 1)


def test_nan_logprobs_are_invalid_not_an_answer():
    responses = oracle(1.0).with_columns(option_logprobs=pl.lit([float("nan"), -1.0, -2.0, -3.0]))
    assert answers(responses)["invalid"].unique().to_list() == ["nan_logits"]


def test_free_text_rotations_vote_and_votes_that_tie_share_the_point():
    """Not the earliest rotation's answer: who always says "A" would be right wherever the right option comes first."""
    item = ITEMS[0]
    votes = pl.concat([responses_of([item], "b", "probe", [True], mode="generate", rotation=r) for r in range(4)])
    assert answers(votes.with_columns(answer=pl.Series([2, 1, 1, 0])))["chosen"].to_list() == [[1]]
    assert answers(votes.with_columns(answer=pl.Series([2, 1, 1, 2])))["chosen"].to_list() == [[1, 2]]


@pytest.mark.parametrize("letter", [0, 1, 3])
def test_a_backbone_that_always_names_one_letter_earns_a_guess_under_full_rotation(letter):
    always = pl.concat([responses_of(ITEMS, "b", "probe", [True] * 120, mode="generate", rotation=r) for r in range(4)])
    always = always.with_columns(answer=(pl.col("rotation") + letter) % 4)
    whole = score(always, FRAME).filter(domain="all").row(0, named=True)
    assert (whole["accuracy"], whole["tied"], whole["invalid"]) == (0.25, 120, 0)


def scored(*rotations: list[float] | None, answer: int = 0) -> pl.DataFrame:
    """Responses to one item: its log-probabilities under each rotation; None for one that failed."""
    item = ITEMS[0]
    both = pl.concat([responses_of([item], "b", "probe", [True], rotation=r) for r in range(len(rotations))])
    values = [row or [0.0] for row in rotations]
    tied = [row is not None and row.count(max(row)) > 1 for row in rotations]
    reasons = ["tie" if tie else None if row else "prompt_too_long" for tie, row in zip(tied, rotations, strict=True)]
    given = [None if reason else row.index(max(row)) for reason, row in zip(reasons, values, strict=True)]
    return both.with_columns(
        answer=pl.Series(given, dtype=pl.Int64),
        invalid=pl.Series(reasons, dtype=pl.String),
        option_logprobs=pl.Series(list(rotations), dtype=pl.List(pl.Float64)),
    )


def test_a_tie_among_options_shares_the_point_and_is_counted():
    right = ITEMS[0].answer
    wrong = (right + 1) % 4
    two = [-1.0 if option in (right, wrong) else -5.0 for option in range(4)]
    others = [-5.0 if option == right else -1.0 for option in range(4)]
    for logprobs, earned in ((two, 0.5), ([-1.0] * 4, 0.25), (others, 0.0)):
        row = graded(scored(logprobs), FRAME.head(1)).row(0, named=True)
        assert (row["correct"], row["tied"], row["invalid"]) == (earned, True, None)
    whole = score(scored(two), FRAME.head(1)).filter(domain="all").row(0, named=True)
    assert (whole["n"], whole["correct"], whole["tied"], whole["invalid"]) == (1, 0.5, 1, 0)


def test_a_tied_rotation_is_settled_by_the_mean_over_all():
    assert answers(scored([-1.0, -1.0, -9.0, -9.0], [-2.0, -1.5, -9.0, -9.0]))["chosen"].to_list() == [[1]]


def test_rotations_that_cancel_out_are_a_tie_whatever_their_order():
    logprobs = ([-0.1, -0.7, -9.0, -9.0], [-0.7, -0.1, -9.0, -9.0], [-0.3, -0.3, -9.0, -9.0])
    assert answers(scored(*logprobs))["chosen"].to_list() == [[0, 1]]


def test_a_rotation_that_failed_voids_the_item_even_beside_a_tie():
    found = answers(scored([-1.0, -1.0, -9.0, -9.0], None)).row(0, named=True)
    assert (found["chosen"], found["invalid"]) == ([], "prompt_too_long")


def test_every_run_of_a_whole_world_is_scored_over_all_items():
    responses, items = world()
    frame = score(responses, items).filter(domain="all")
    assert len(frame) == 3 * (1 + 4 + 2)
    assert set(frame.filter(setting="probe")["n"]) == {240}
    assert set(frame.filter(pl.col("setting") != "probe")["n"]) == {150}


def test_question_types_partition_the_items():
    frame = score(oracle(0.7), FRAME, by="subcategory")
    assert frame.filter(pl.col("domain") != "all")["correct"].sum() == frame.filter(domain="all")["correct"][0]


def test_graded_says_which_items_are_right():
    assert graded(oracle(0.7), FRAME)["correct"].sum() == 84


def test_chance_is_the_mean_of_one_over_options():
    both = items_frame([*make_items("akb", 10, ["A"], options=4), *make_items("akb", 10, ["B"], options=2)])
    assert chance(both).filter(domain="all")["chance"][0] == pytest.approx(0.375)
