"""`akb score`: any toolkit's predictions against MMAU's, MMAR's and our own items."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from akb.analysis.other_toolkits import effect_of_rules, read_predictions, read_scored_items, score_predictions
from akb.errors import AkbError
from akb.items import Item, write_items

MMAU = [
    {
        "id": f"u{n}",
        "question": "?",
        "choices": ["Man", "Woman", "Child"],
        "answer": "Woman",
        "task": ["sound", "music"][n % 2],
        "category": ["Reasoning", "['Reasoning']", ["Reasoning"], "Information"][n % 4],
        "sub-category": "Source",
        "difficulty": "easy",
    }
    for n in range(8)
]
MMAR = [
    {"id": "r0", "choices": ["Yes", "No"], "answer": "No", "modality": "mix", "category": "Signal", "sub-category": "S"}
]


def write(path: Path, rows: list[Any], lines: bool = False) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) if lines else json.dumps(rows, indent=1), encoding="utf-8")
    return path


def said(texts: list[str | None]) -> list[dict[str, Any]]:
    return [{"id": f"u{n}", "output": text} for n, text in enumerate(texts)]


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return write(tmp_path / "items.json", MMAU)


def score(items: Path, predictions: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "akb.cli", "score", items, predictions, "--field", "output", *more]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


TEXTS = ["Woman", "B", "The answer is (B) Woman.", "(A) Man", "I cannot hear it.", "", None]  # and u7 has no row


@pytest.mark.parametrize("lines", [False, True])
def test_json_output_has_its_shape_and_counts_every_item(items: Path, tmp_path: Path, lines: bool) -> None:
    done = score(items, write(tmp_path / "p", said(TEXTS), lines), "--rule", "robust", "--json")
    assert done.returncode == 0, done.stderr
    board = json.loads(done.stdout)
    assert board["total"] == {"n": 8, "correct": 3, "missing": 2, "invalid": 2, "accuracy": 0.375}
    assert list(board["by"]) == ["task", "category", "sub-category", "difficulty"]
    assert board["by"]["category"]["Reasoning"]["n"] == 6
    assert sum(value["n"] for value in board["by"]["task"].values()) == 8


def test_the_official_rule_reads_no_letters(items: Path, tmp_path: Path) -> None:
    done = score(items, write(tmp_path / "p", said(TEXTS)), "--rule", "official", "--json")
    assert json.loads(done.stdout)["total"] == {"n": 8, "correct": 2, "missing": 2, "invalid": 1, "accuracy": 0.25}


def test_the_table_names_what_was_not_read_and_what_the_rule_moves(items: Path, tmp_path: Path) -> None:
    printed = score(items, write(tmp_path / "p", said(TEXTS))).stdout
    assert "37.5%" in printed
    assert "refusal 1" in printed
    assert "official 25.0%, robust 37.5% (+12.5%)" in printed


def test_what_the_rule_alone_moves(items: Path) -> None:
    effect = effect_of_rules(read_scored_items(items), {"u0": "B", "u1": "Woman", "u2": "(A) Woman"})
    assert effect.gained == ("u0",)
    assert effect.lost == ("u2",)  # a letter against its own text
    assert effect.moved == 0.0


def test_no_predictions_are_wrong_not_absent(items: Path) -> None:
    assert score_predictions(read_scored_items(items), {}, "robust").total.as_dict() == {
        "n": 8, "correct": 0, "missing": 8, "invalid": 0, "accuracy": 0.0,
    }  # fmt: skip


def test_an_option_listed_twice_counts_by_its_text(tmp_path: Path) -> None:
    row = {"id": "u0", "choices": ["Dog", "Cat", "Dog"], "answer": "Dog"}
    board = score_predictions(read_scored_items(write(tmp_path / "i", [row])), {"u0": "C"}, "robust")
    assert board.total.correct == 1


def test_mmar_fields(tmp_path: Path) -> None:
    board = score_predictions(read_scored_items(write(tmp_path / "i", MMAR, lines=True)), {"r0": "No"}, "official")
    assert list(board.by) == ["modality", "category", "sub-category"]
    assert board.total.accuracy == 1.0


def test_our_own_items(tmp_path: Path) -> None:
    item = Item.make("akb", "What barks?", ["dog", "cat"], 0, category="Sound", subcategory="animals")
    write_items([item], tmp_path / "items.parquet")
    board = score_predictions(read_scored_items(tmp_path / "items.parquet"), {item.item_id: "A"}, "robust")
    assert board.by["category"]["Sound"].correct == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"id": "u0", "output": "A"}, {"id": "u0", "output": "B"}], "row 2"),
        ([{"id": "u0", "output": "A"}, {"id": "zz", "output": "B"}], "row 2"),
        ([{"id": "u0", "output": "A"}, {"output": "B"}], "row 2"),
        ([{"id": "u0", "output": "A"}, ["u1", "B"]], "row 2"),
        ([{"id": "u0", "output": "A"}, {"id": "u1", "output": 3}], "row 2"),
        ([{"id": "u0", "response": "A"}], "id, response"),
        ([], "no rows"),
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_faulty_predictions_name_file_and_row(
    items: Path, tmp_path: Path, rows: list[Any], told: str, lines: bool
) -> None:
    path = write(tmp_path / "bad.jsonl", rows, lines)
    known = [item.id for item in read_scored_items(items)]
    with pytest.raises(AkbError, match=r"bad\.jsonl") as caught:
        read_predictions(path, "output", known)
    assert told in str(caught.value)


def test_a_broken_line_names_its_row(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"id": "u0", "output": "A"}\n{"id": "u1", "outp')
    with pytest.raises(AkbError, match="row 2"):
        read_predictions(tmp_path / "p.jsonl", "output")


@pytest.mark.parametrize(
    "change", [{"answer": "Robot"}, {"choices": "Man"}, {"choices": []}, {"id": "u1"}, {"id": None}, {"answer": 9}]
)
def test_faulty_items_name_file_and_row(tmp_path: Path, change: dict[str, Any]) -> None:
    path = write(tmp_path / "items.json", [MMAU[1], {**MMAU[0], **change}])
    with pytest.raises(AkbError, match=r"items\.json, row 2"):
        read_scored_items(path)


def test_a_fault_ends_the_command_with_its_message_alone(items: Path, tmp_path: Path) -> None:
    done = score(items, tmp_path / "nowhere.json")
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    items = read_scored_items(write(tmp_path / "i", [{**MMAU[0], "id": 7}]))
    assert read_predictions(write(tmp_path / "p", [{"id": "7", "output": "B"}]), "output", [i.id for i in items])


def test_what_padding_repeats_is_one_prediction(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", [{"id": "u0", "output": "A"}, {"id": "u0", "output": "A"}], lines=True)
    assert read_predictions(path, "output", ["u0"]) == {"u0": "A"}


def test_ids_as_floats_and_predictions_that_are_nan_or_null(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        '[{"id": 1.0, "output": NaN}, {"id": 2.0, "output": "B"}, {"id": 3, "output": null}]'
    )
    assert read_predictions(tmp_path / "p.json", "output", ["1", "2", "3"]) == {"1": None, "2": "B", "3": None}


def test_an_object_of_ids_and_answers(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"u0": "A", "u1": null}')
    assert read_predictions(tmp_path / "p.json", "output", ["u0", "u1"]) == {"u0": "A", "u1": None}
    (tmp_path / "p.json").write_text('{"u0": {"output": "A"}, "u1": {"output": "B"}}')
    assert read_predictions(tmp_path / "p.json", "output", ["u0", "u1"]) == {"u0": "A", "u1": "B"}


def test_items_may_have_letters_as_keys_and_options_with_labels_of_their_own(tmp_path: Path) -> None:
    row = {"id": "u0", "choices": ["(B) Woman", "(A) Man"], "answer": "B"}
    (item,) = read_scored_items(write(tmp_path / "i.json", [row]))
    assert item.options == ("Man", "Woman") and item.answer == 1
    assert score_predictions([item], {"u0": "B"}, "robust").total.correct == 1


def test_imported_items_go_by_the_ids_that_their_benchmark_gave(tmp_path: Path) -> None:
    item = Item.make(
        "sakura", "?", ["dog", "cat"], 0, category="Sound", clip_id="sakura-7", source="sakura: 7; shown once: dog"
    )
    write_items([item], tmp_path / "items.parquet")
    done = score(tmp_path / "items.parquet", write(tmp_path / "p.json", [{"id": 7, "output": "A"}]), "--json")
    assert json.loads(done.stdout)["total"]["correct"] == 1, done.stderr


@pytest.mark.parametrize(
    ("row", "told"), [({"choices": ["Man", "Woman", "Robot"]}, "Robot"), ({"answer": "Man"}, "'Man'"), ({}, "")]
)
def test_predictions_for_another_version_are_told(items: Path, tmp_path: Path, row: dict[str, Any], told: str) -> None:
    rows = [{**MMAU[0], "output": "Woman"}, {**MMAU[1], "output": "Woman", **row}]
    done = score(items, write(tmp_path / "p.json", rows))
    assert done.returncode == 0 and ("1 rows" in done.stderr) == bool(told) and told in done.stderr


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"options": {"A": "Man", "B": "Girl", "C": "Child"}}, "with the options Man, Girl, Child"),
        ({"A": "Man", "B": "Girl", "C": "Child"}, "with the options"),
        ({"choices": json.dumps(["Man", "Girl"])}, "with the options"),
        ({"choices": ["Man", "Woman", "Child"], "answer": "A"}, "with the key 'A', not 'Woman'"),
        ({"choices": ["Man", "Woman", "Child"], "answer": 0}, "with the key 0"),
        ({"choices": ["Woman", "Man", "Child"], "answer": "A"}, ""),
        ({"choices": ["(A) Man", "(B) Woman", "(C) Child"], "answer": "(B) Woman"}, ""),
        ({"answer": "B"}, ""),
        ({"ground_truth": "Man"}, "with the key 'Man'"),
        ({"correct_answer": "Man"}, "with the key 'Man'"),
        ({"correct": "True", "label": "Man"}, ""),
    ],
)
def test_options_and_keys_of_a_prediction_file_are_read_as_questions_are(
    items: Path, tmp_path: Path, row: dict[str, Any], told: str
) -> None:
    done = score(items, write(tmp_path / "p", [{"id": "u0", "output": "Woman", **row}]))
    assert told in done.stderr
    assert bool(told) == ("another version" in done.stderr)


@pytest.mark.parametrize(
    ("shown", "response", "right"),
    [
        (["Woman", "Man", "Child"], "A", 1),
        (["Woman", "Man", "Child"], "B", 0),
        ({"C": "Woman", "A": "Child", "B": "Man"}, "C", 1),
        (["(B) Woman", "(A) Man", "(C) Child"], "B", 1),
        (["Woman", "Man", "Child"], "(B) Woman", 0),
    ],
)
def test_a_letter_is_read_in_the_order_of_options_that_the_predictions_list(
    items: Path, tmp_path: Path, shown: Any, response: str, right: int
) -> None:
    done = score(items, write(tmp_path / "p", [{"id": "u0", "output": response, "options": shown}]), "--json")
    assert json.loads(done.stdout)["total"]["correct"] == right
    assert ("of 1 items in another order" in done.stderr) == (shown != ["(B) Woman", "(A) Man", "(C) Child"])


def test_the_order_of_options_is_that_of_the_row_that_has_the_response(items: Path, tmp_path: Path) -> None:
    rows = [
        {"output": None, "options": ["Woman", "Man", "Child"]},
        {"output": "B", "options": ["Child", "Woman", "Man"]},
    ]
    done = score(items, write(tmp_path / "p", [{"id": "u0", **row} for row in rows]), "--json")
    assert json.loads(done.stdout)["total"]["correct"] == 1


@pytest.mark.parametrize(
    "whole",
    [
        {"predictions": {"u0": "A", "u1": "B"}},
        {"model": "x", "predictions": {"u0": {"output": "A"}, "u1": {"output": "B"}}},
        {"config": {"a": 1}, "samples": [{"id": "u0", "output": "A"}, {"id": "u1", "output": "B"}]},
        {"id": {"0": "u0", "1": "u1"}, "output": {"0": "A", "1": "B"}},
        {"id": ["u0", "u1"], "output": ["A", "B"]},
    ],
)
def test_predictions_may_lie_within_one_name_or_stand_by_columns(tmp_path: Path, whole: dict[str, Any]) -> None:
    (tmp_path / "p.json").write_text(json.dumps(whole))
    assert read_predictions(tmp_path / "p.json", "output", ["u0", "u1"]) == {"u0": "A", "u1": "B"}


def test_what_scores_are_broken_down_by_may_be_spelled_in_another_case(tmp_path: Path) -> None:
    row = {"id": "u0", "options": ["Dog", "Cat"], "answer": "Dog", "Domain": "sound"}
    (item,) = read_scored_items(write(tmp_path / "i.json", [row]))
    assert item.fields == {"domain": "sound"}


def test_two_runs_in_one_file_are_refused_with_their_names(tmp_path: Path) -> None:
    rows = [{"id": "u0", "output": "A"}]
    (tmp_path / "p.json").write_text(json.dumps({"run1": rows, "run2": rows}))
    with pytest.raises(AkbError, match="several lists: run1, run2"):
        read_predictions(tmp_path / "p.json", "output", ["u0"])


def test_the_field_of_the_responses_is_no_key_whatever_it_is_called(items: Path, tmp_path: Path) -> None:
    done = score(items, write(tmp_path / "p", [{"id": "u0", "output": "x", "answer": "Man"}]), "--field", "answer")
    assert "another version" not in done.stderr


def test_ids_with_a_point_and_empty_cells_of_a_csv(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,output\n7.0,Cat\n8.0,\n", encoding="utf-8")
    assert read_predictions(tmp_path / "p.csv", "output", ["7", "8"]) == {"7": "Cat", "8": None}


def test_a_response_may_stand_within_a_field_or_be_the_only_one_of_a_list(tmp_path: Path) -> None:
    rows = [{"id": 1, "out": {"text": ["Cat"]}}, {"id": 2, "out": {"text": "Dog"}}]
    assert read_predictions(write(tmp_path / "p", rows), "out.text") == {"1": "Cat", "2": "Dog"}


def test_items_may_be_an_object_of_ids(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text(json.dumps({"x": {"choices": ["Dog", "Cat"], "answer": "Cat"}}), encoding="utf-8")
    assert [item.id for item in read_scored_items(path)] == ["x"]


def test_a_key_of_two_readings_is_said_on_the_command_line(tmp_path: Path) -> None:
    items = write(tmp_path / "i.json", [{"id": "u0", "choices": ["1", "2", "3"], "answer": 1}])
    predictions = write(tmp_path / "p.json", [{"id": "u0", "output": "2"}])
    done = score(items, predictions)
    assert done.returncode == 1 and "no row of the file decides" in done.stderr and "Traceback" not in done.stderr
    assert json.loads(score(items, predictions, "--answer-is", "index0", "--json").stdout)["total"]["correct"] == 1


def test_a_response_within_an_object_is_told_by_what_lies_there(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "1", "out": {"content": "A", "role": "x"}}')
    with pytest.raises(AkbError, match="is dict, not text") as raised:
        read_predictions(path, "out")
    assert "--field out.content" in raised.value.remedy


@pytest.mark.parametrize("name", ["ID", "custom_id", "Item_Id"])
def test_the_id_may_be_spelled_otherwise_and_a_row_without_one_says_what_it_has(tmp_path: Path, name: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({name: 1, "out": "A"}))
    assert read_predictions(path, "out", ["1"]) == {"1": "A"}
    path.write_text('{"number": 1, "out": "A"}')
    with pytest.raises(AkbError, match="the row has number, out"):
        read_predictions(path, "out")


def test_blanks_make_no_other_response_and_no_response_at_all(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,out\n1,A\n1,A \n2,  \n")
    assert read_predictions(path, "out") == {"1": "A", "2": None}
