import polars as pl
from synthetic import DOMAINS, make_items, responses_of

from akb.items import items_frame
from akb.rules import compare_rules

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


def test_scored_options_are_not_text_to_be_read():
    assert compare_rules(responses_of(ITEMS, "b", "audio", [True] * 40), items_frame(ITEMS)).is_empty()
