"""Tables, items and outputs: checked, whole or not at all, and named when they are wrong."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from akb import atomic, tables
from akb.errors import AkbError
from akb.items import Item, read_items, write_items


def item(question: str = "What barks?", options: tuple[str, ...] = ("dog", "cat"), answer: int = 0) -> Item:
    return Item.make("mini", question, options, answer, category="Sound")


def test_items_survive_writing_and_reading(tmp_path: Path) -> None:
    items = [item(), item("Was miaut? – „Katze“", ("Hund", "Katze"), 1)]
    write_items(items, tmp_path / "items.parquet")
    assert read_items(tmp_path / "items.parquet") == items


def test_an_edited_option_makes_another_item() -> None:
    assert item().item_id != item(options=("dog", "cow")).item_id


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (item(options=("dog", "dog ")), "two options are the same"),
        (item(answer=2), "answer 2 is not the index of an option"),
        (item(question=" "), "the question is empty"),
        (item(options=("dog",)), "fewer than two options"),
        (item(options=("dog", "")), "an option is empty"),
    ],
)
def test_an_item_that_cannot_be_asked_is_named_with_file_and_row(tmp_path: Path, bad: Item, reason: str) -> None:
    with pytest.raises(AkbError, match=reason) as error:
        write_items([item(), bad], tmp_path / "items.parquet")
    assert "items.parquet, row 2" in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_table_without_its_schema_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "captions.parquet"
    pl.DataFrame({"clip_id": ["a"], "captioner": [1], "txt": ["x"]}).write_parquet(path)
    with pytest.raises(AkbError) as error:
        tables.read_table(path, tables.CAPTIONS)
    for fault in ("missing column text", "unknown column txt", "captioner is Int64"):
        assert fault in str(error.value)


def test_a_truncated_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "captions.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(AkbError, match=r"captions\.parquet"):
        tables.read_table(path, tables.CAPTIONS)


def test_no_rows_still_have_their_schema(tmp_path: Path) -> None:
    tables.write_table(tables.frame_of([], tables.SCORES), tmp_path / "scores.parquet", tables.SCORES)
    assert tables.read_table(tmp_path / "scores.parquet", tables.SCORES).is_empty()


def response(answer: int | None, invalid: str | None) -> dict[str, object]:
    return {"item_id": "barks", "backbone": "tiny", "rotation": 2, "answer": answer, "invalid": invalid}


@pytest.mark.parametrize(
    ("answer", "invalid", "fault"),
    [(None, None, "neither an answer nor a reason"), (0, "tie", "the answer 0 and yet the reason tie")],
)
def test_a_response_has_either_an_answer_or_a_reason(
    tmp_path: Path, answer: int | None, invalid: str | None, fault: str
) -> None:
    rows = [response(1, None), response(None, "tie"), response(answer, invalid)]
    frame = tables.frame_of(rows, tables.RESPONSES)
    with pytest.raises(AkbError, match=fault) as error:
        tables.write_table(frame, tmp_path / "responses.parquet", tables.RESPONSES)
    assert "1 of 3 responses" in str(error.value) and "to item barks, rotation 2" in str(error.value)
    assert not list(tmp_path.iterdir())
    frame.write_parquet(tmp_path / "responses.parquet")
    with pytest.raises(AkbError, match=fault):
        tables.read_table(tmp_path / "responses.parquet", tables.RESPONSES)


def test_responses_with_answers_or_reasons_are_read_back(tmp_path: Path) -> None:
    frame = tables.frame_of([response(0, None), response(None, "no_answer")], tables.RESPONSES)
    tables.write_table(frame, tmp_path / "responses.parquet", tables.RESPONSES)
    assert tables.read_table(tmp_path / "responses.parquet", tables.RESPONSES).equals(frame)


def test_what_people_read_stands_beside_what_rules_read(tmp_path: Path) -> None:
    frame = tables.frame_of([{"name": "a", "cluster": 3}], tables.CLUSTERS)
    tables.write_with_csv(frame.select("cluster", "name"), tmp_path / "clusters.parquet", tables.CLUSTERS)
    assert (tmp_path / "clusters.csv").read_text() == "name,cluster\na,3\n"
    assert tables.read_table(tmp_path / "clusters.parquet", tables.CLUSTERS).equals(frame)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic.atomic_path(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]
    assert target.read_text() == "old"


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "stale").touch()
    with atomic.atomic_path(target) as temporary:
        temporary.mkdir()
        (temporary / "fresh").touch()
    assert [p.name for p in target.iterdir()] == ["fresh"]


def test_too_little_space_is_said_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="needs 1000000000.0 GB"):
        atomic.require_space(tmp_path / "not" / "yet", 1e9, "the test")
