import polars as pl
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.scoring_rules import compare_rules
from akb.items import Item, items_frame

ITEMS = make_items("mini", 40, DOMAINS)


def test_a_right_letter_alone_is_lost_by_the_published_rule():
    responses = responses_of(ITEMS, "b", "cascade", [True] * 40, captioner="x", mode="generate")
    row = compare_rules(responses.with_columns(text=pl.lit("B")), items_frame(ITEMS)).row(0, named=True)
    assert (row["robust"], row["official"], row["moved"]) == (1, 0, -100)


def test_both_rules_agree_on_an_option_repeated_word_for_word():
    responses = responses_of(ITEMS, "b", "cascade", [True] * 40, captioner="x", mode="generate")
    said = pl.Series([item.options[item.answer] for item in ITEMS])
    row = compare_rules(responses.with_columns(text=said), items_frame(ITEMS)).row(0, named=True)
    assert (row["robust"], row["official"]) == (1, 1)


def test_of_scored_options_the_published_rule_reads_the_chosen_ones_text():
    right = [True] * 30 + [False] * 10
    row = compare_rules(responses_of(ITEMS, "b", "audio", right), items_frame(ITEMS)).row(0, named=True)
    assert (row["mode"], row["n"], row["robust"], row["official"], row["moved"]) == ("option", 40, 0.75, 0.75, 0)


def test_a_wrong_option_with_the_right_ones_words_is_right_by_the_published_rule_alone():
    item = Item.make("mini", "Which?", ["a dog then a cat", "a cat then a dog"], 0, category="Sound", clip_id="c")
    row = compare_rules(responses_of([item], "b", "audio", [False]), items_frame([item])).row(0, named=True)
    assert (row["robust"], row["official"], row["moved"]) == (0, 1, 100)


def test_an_invalid_response_is_wrong_by_both_rules():
    unread = responses_of(ITEMS, "b", "audio", [True] * 40).with_columns(
        answer=pl.lit(None, pl.Int64), option_logprobs=None, invalid=pl.lit("nan_logits")
    )
    unread = unread.cast({"option_logprobs": pl.List(pl.Float64)})
    row = compare_rules(unread, items_frame(ITEMS)).row(0, named=True)
    assert (row["n"], row["robust"], row["official"]) == (40, 0, 0)


def test_a_mean_over_rotations_is_not_compared():
    runs = [responses_of(ITEMS, "b", "audio", [k == 0] * 40, rotation=k) for k in (0, 1)]
    row = compare_rules(pl.concat(runs), items_frame(ITEMS)).row(0, named=True)
    assert (row["n"], row["robust"], row["official"]) == (40, 1, 1)
