"""Candidates from authors, imports and LLMs: read faithfully, refused with file and place."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from akb.benchmark.authored import read_authored
from akb.benchmark.candidates import Candidate, distinct, read_candidates, require_known, write_candidates
from akb.benchmark.imports import read_import
from akb.benchmark.taxonomy import read_taxonomy
from akb.benchmark.writing import read_writing_template, writing_requests, written
from akb.errors import AkbError

ROOT = Path(__file__).parents[2]
TAXONOMY = read_taxonomy(ROOT / "config/smoke/taxonomy.yaml")
GOOD = {"question": "Which animal barks?", "answer": "dog", "distractors": ["cat", "cow", "hen"], "rationale": "Plain."}


def test_every_shipped_authored_question_is_well_formed() -> None:
    files = sorted((ROOT / "resources/authored").glob("*.yaml"))
    assert sum(len(read_authored(path)) for path in files) > 1254  # 20 % more than the 1,045 selected


def test_a_malformed_authored_question_is_named(tmp_path: Path) -> None:
    path = tmp_path / "animals.yaml"
    path.write_text('- {id: a-1, question: "Why?", answer: 3, distractors: [a, b, c]}\n')
    with pytest.raises(AkbError, match="rationale is missing; answer is not str") as error:
        read_authored(path)
    assert "animals.yaml, entry 1" in str(error.value)


@pytest.mark.parametrize(("changes", "fault"), [({}, "the id a-1"), ({"id": "a-2"}, "this question")])
def test_an_authored_question_that_stands_twice_is_named(tmp_path: Path, changes: dict[str, str], fault: str) -> None:
    path = tmp_path / "animals.yaml"
    path.write_text(json.dumps([GOOD | {"id": "a-1"}, GOOD | {"id": "a-1"} | changes]))
    with pytest.raises(AkbError, match=f"{fault} stands in entry 1 already") as error:
        read_authored(path)
    assert "animals.yaml, entry 2" in str(error.value)


def test_two_candidates_of_one_name_are_named_with_their_sources() -> None:
    one = Candidate("animals", "Which barks?", "dog", ("cat", "cow", "hen"), "t", "authored", given_name="a")
    other = Candidate("rhyme", "Which rhymes?", "cat", ("dog", "cow", "hen"), "t", "mine.csv", given_name="a")
    with pytest.raises(AkbError, match=r"authored, animals: 'Which barks\?' and mine\.csv, rhyme"):
        distinct([one, other])


def animals(path: Path, *answers: Any) -> list[Candidate]:
    """What is imported of one question for each answer."""
    question = {"question": "Which barks?", "options": ["cat", "dog", "cow"], "subcategory": "animals"}
    path.write_text("".join(json.dumps(question | {"answer": answer}) + "\n" for answer in answers))
    return read_import(path)


@pytest.mark.parametrize("answers", [["dog"], ["B"], ["b"], [1, 0], ["1", "0"], [2, 3]])
def test_an_imported_answer_is_text_letter_or_number(tmp_path: Path, answers: list[Any]) -> None:
    found = animals(tmp_path / "mine.jsonl", *answers)[0]
    assert (found.answer, found.distractors) == ("dog", ("cat", "cow"))


def test_numbers_that_may_count_from_0_or_from_1_are_refused_with_both_readings(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match=r"number from 0 \('dog'\) or its number from 1 \('cat'\)"):
        animals(tmp_path / "mine.jsonl", 1, 2)


def test_an_empty_column_keeps_the_letters_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "question,option_1,option_2,option_3,option_4,answer,subcategory\nWhich moos?,dog,,cow,pig,C,animals\n"
    )
    (found,) = read_import(tmp_path / "mine.csv")
    assert (found.answer, found.distractors) == ("cow", ("dog", "pig"))


@pytest.mark.parametrize("columns", ["choice_1,choice_2,choice_3", "A,B,C", "opt a,opt b,opt c"])
@pytest.mark.parametrize("key", ["3", "C", "Cow"])
def test_an_empty_cell_of_options_keeps_its_place_whatever_its_column_is_called(
    tmp_path: Path, columns: str, key: str
) -> None:
    rows = [f"Question,{columns},Answer,Subcategory", f"?,Dog,,Cow,{key},S", f"x,Dog,Pig,Cow,{key},S"]
    (tmp_path / "q.csv").write_text("\n".join(rows))
    assert [found.answer for found in read_import(tmp_path / "q.csv")] == ["Cow", "Cow"]


def test_a_question_of_blanks_alone_is_missing(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("question,A,B,answer,subcategory\n  ,x,y,A,S\n")
    with pytest.raises(AkbError, match="question is missing"):
        read_import(tmp_path / "q.csv")


def test_a_question_keeps_its_name_when_its_file_is_renamed_and_with_an_id_when_it_is_mended(tmp_path: Path) -> None:
    def names(file: str, question: str, **more: str) -> list[tuple[str, str]]:
        row = {"question": question, "options": ["a", "b"], "answer": "a", "subcategory": "animals", **more}
        (tmp_path / file).write_text(json.dumps(row) + "\n")
        return [(c.name, c.template) for c in read_import(tmp_path / file)]

    assert names("one.jsonl", "Which?") == names("two.jsonl", "Which?")
    assert names("one.jsonl", "Wich?", id="w-1") == names("two.jsonl", "Which?", id="w-1") == [("w-1", "import/w-1")]
    assert names("one.jsonl", "Which?", template="t")[0][1] == "import/t"


def test_an_unknown_subcategory_is_refused_with_the_one_that_may_be_meant() -> None:
    stray = Candidate("Animal", "Which barks?", "dog", ("cat", "cow", "hen"), "t", "s")
    with pytest.raises(AkbError, match="'Animal', 1 questions, did you mean 'animals'"):
        require_known([stray], TAXONOMY, "mine.csv")


def test_a_text_that_a_number_sign_cuts_off_is_warned_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = "- id: a\n  question: Which key?\n  answer: C # minor\n  distractors: [D, E, 'F # minor']\n"
    entry += "  rationale: Plain.\n"
    (tmp_path / "animals.yaml").write_text(entry)
    assert read_authored(tmp_path / "animals.yaml")[0].answer == "C"
    said = capsys.readouterr().err
    assert "line 3" in said and "'# minor'" in said and said.count("line ") == 1


def test_an_imported_csv_has_numbered_options(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    row = {"question": "Which barks?", "option_1": "cat", "option_2": "dog", "answer": "dog", "subcategory": "animals"}
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, row.keys())
        writer.writeheader()
        writer.writerow(row)
    assert read_import(path)[0].distractors == ("cat",)


def test_an_import_without_a_right_option_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"question": "?", "options": ["a"], "answer": "z", "subcategory": "animals"}) + "\n")
    with pytest.raises(AkbError, match=r"mine\.jsonl, row 1"):
        read_import(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mine.jsonl", '{"question": '),
        ("mine.jsonl", "[1, 2]"),
        ("mine.csv", "question,option_1,option_2,answer,subcategory\nWhich barks, or howls?,cat,dog,dog,animals\n"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(AkbError, match=f"{name}, row 1"):
        read_import(tmp_path / name)


def test_a_writer_is_asked_about_each_subcategory_and_seed_in_different_words() -> None:
    template = read_writing_template(ROOT / "config/prompts/write.yaml")
    requests = writing_requests(TAXONOMY, template, per_subcategory=3, seeds=[0, 1], temperature=0.8)
    assert len(requests) == len({r.item_id for r in requests}) == len(TAXONOMY) * 6
    assert len({r.user for r in requests}) == len(TAXONOMY) * 3


def test_what_is_no_question_is_kept_with_its_reason() -> None:
    texts = [json.dumps(GOOD), "I would rather not.", json.dumps(GOOD | {"distractors": ["cat"]})]
    texts.append(json.dumps(GOOD | {"answer": "dog" * 40}))
    responses: Any = [SimpleNamespace(item_id=f"animals/{i}", invalid=None, text=t) for i, t in enumerate(texts)]
    candidates, failures = written(responses, "m")
    assert [c.answer for c in candidates] == ["dog"]
    assert [f.reason.split(":")[0] for f in failures] == ["not_json", "schema", "cut_off"]


def test_candidates_survive_their_table_and_repeats_are_left_out(tmp_path: Path) -> None:
    one = Candidate("animals", "Which barks?", "dog", ("cat", "cow", "hen"), "t", "s", given_name="a")
    write_candidates(distinct([one, one]), TAXONOMY, tmp_path / "c.parquet")
    assert read_candidates(tmp_path / "c.parquet") == [one]
