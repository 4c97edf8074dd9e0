"""Tables as Markdown."""

from __future__ import annotations

from akb.markdown import markdown_table


def test_a_table_is_set_with_numbers_to_the_right() -> None:
    assert markdown_table(["Backbone", "n"], [["m", 1], ["longer name", "1,200"]], numbers=1) == (
        "| Backbone    |     n |\n|:------------|------:|\n| m           |     1 |\n| longer name | 1,200 |\n"
    )


def test_cells_stand_as_they_are_and_a_bar_parts_none() -> None:
    assert "| 007 | a\\|b | 1e5 |" in markdown_table(["a", "b", "c"], [["007", "a|b", "1e5"]])


def test_a_cell_of_several_lines_stays_one_row() -> None:
    assert len(markdown_table(["a"], [["one\ntwo"]]).splitlines()) == 3


def test_no_rows_still_have_their_head() -> None:
    assert markdown_table(["a", "b"], [], numbers=1).splitlines()[0].split() == ["|", "a", "|", "b", "|"]
