"""Reviewers' files: whatever a spreadsheet made of them is read, or refused by row with what it looks like.

All people and verdicts here are made up.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from akb.benchmark.candidates import Candidate
from akb.benchmark.decision_files import DecisionFile, altered_texts, read_decisions
from akb.benchmark.filled_forms import require_elsewhere, require_there, require_unfilled
from akb.benchmark.merging import MergeRules, merge
from akb.benchmark.review import Decision, decisions_csv, shown_options, task, tasks_csv, tasks_workbook
from akb.benchmark.spreadsheets import looks_altered, plain, safe
from akb.errors import AkbError

HEAD = "name,content_hash,reviewer,verdict,reason,time,new_question,new_answer,new_distractors"
CANDIDATE = Candidate("rhyme", "Which word rhymes with “cät”?", "bat", ("dog", "=cow", "ɛgg"), "t", "s", given_name="r")
HASH = CANDIDATE.content_hash


def read(path: Path, **options: bool) -> DecisionFile:
    return read_decisions([path], **options)[0]


def table(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8", name: str = "ann.csv") -> Path:
    path = folder / name
    path.write_bytes(("\n".join([head, *rows]) + "\n").encode(encoding))
    return path


def refused(path: Path, **options: bool) -> str:
    with pytest.raises(AkbError) as error:
        read(path, **options)
    return str(error.value)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_separators_and_encodings_of_spreadsheets_are_read(tmp_path: Path, sign: str, encoding: str) -> None:
    head, row = HEAD.replace(",", sign), f"r,q{HASH},Änn,accept,schön„,,,,".replace(",", sign)
    (found,) = read(table(tmp_path, row, head=head, encoding=encoding)).decisions
    assert (found.content_hash, found.reviewer, found.reason) == (HASH, "Änn", "schön„")


def test_a_file_that_names_its_separator_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ann.csv"
    path.write_text(f"sep=;\n{HEAD.replace(',', ';')}\nr;{HASH};ann;accept;;;;;\n")
    assert len(read(path).decisions) == 1


def test_headers_and_verdicts_may_be_capitalised(tmp_path: Path) -> None:
    path = table(tmp_path, f"r,{HASH},ann,Accept ,,,,,", head=HEAD.replace("new_question", "New question").title())
    assert read(path).decisions[0].verdict == "accept"


@pytest.mark.parametrize("harmed", ["1234567890123450", "1.23456789012346E+15", "1,23457E+15", "1.23E+15"])
def test_a_hash_that_became_a_number_is_recognised_as_far_as_it_is_one(harmed: str) -> None:
    class Digits(Candidate):
        content_hash = "1234567890123456"  # type: ignore[assignment]

    digits = Digits("rhyme", "Which?", "a", ("b", "c", "d"), "t", "s", given_name="r")
    result = merge([digits], [Decision("r", harmed, "ann", "accept", origin="ann.csv, row 2")], [], MergeRules())
    if harmed == "1.23E+15":  # too little is left of it
        assert result.status["r"] == "unreviewed"
        assert "a number that a spreadsheet made" in result.stale[0][1]
    else:
        assert result.status["r"] == "accepted"
        assert "ann.csv, row 2" in result.notes[0]


def test_the_written_hash_is_no_number_and_no_date() -> None:
    text = tasks_csv([task(CANDIDATE, "Phonetic", [])])
    assert text.startswith("\ufeff")
    assert f"r,q{HASH}," in text


def test_the_same_text_under_another_name_is_the_same_question() -> None:
    result = merge([CANDIDATE], [Decision("old/name", HASH, "ann", "reject")], [], MergeRules())
    assert (result.status["r"], result.stale) == ("rejected", [])


def test_ann_in_two_spellings_is_one_reviewer() -> None:
    given = [Decision("r", HASH, "Ann", "accept"), Decision("r", HASH, " ann", "accept")]
    assert merge([CANDIDATE], given, [], MergeRules(minimum=2)).status["r"] == "unreviewed"


@pytest.mark.parametrize(
    ("time", "iso"),
    [
        ("01.05.2026 10:00", "2026-05-01T10:00"),
        ("13/5/2026 9:05", "2026-05-13T09:05"),
        ("5/13/2026", "2026-05-13"),
        ("2026-05-01 10:00:00", "2026-05-01 10:00:00"),
        ("2026/5/1 9:05", "2026-05-01T09:05"),
        ("5/13/2026 2:05 PM", "2026-05-13T14:05"),
        ("5/13/2026 12:05 am", "2026-05-13T00:05"),
    ],
)
def test_local_times_are_read_where_they_have_one_reading(tmp_path: Path, time: str, iso: str) -> None:
    assert read(table(tmp_path, f"r,{HASH},ann,accept,,{time},,,")).decisions[0].time == iso


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"r,{HASH},ann,accept,,1/5/2026 10:00,,,", "2026-01-05 or 2026-05-01"),
        (f"r,{HASH},ann,accept,,46143.4,,,", "a spreadsheet's number for a date"),
        (f"r,{HASH},ann,edit,,,,03-Apr,", "new_answer '03-Apr' looks like a date"),
        (f"r,{HASH},ann,edit,,,,,3. Mrz", "new_distractors '3. Mrz' looks like a date"),
        (f"r,{HASH},ann,edit,,,,1.2E+15,", "new_answer '1.2E+15' looks like a number"),
        (f"r,{HASH},ann,,,,,bat,", "new_answer without a verdict"),
        ("r", "8 cells too few: content_hash, reviewer"),
        (f"r,{HASH},ann,accept,a,,,,,b", "1 cells more than columns"),
    ],
)
def test_what_cannot_be_repaired_is_refused_by_row(tmp_path: Path, row: str, fault: str) -> None:
    said = refused(table(tmp_path, f"x,{'0' * 16},ann,accept,,,,,", row))
    assert fault in said
    assert "ann.csv, row 3" in said


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    one = table(tmp_path, "r,h,ann,maybe,,,,,", "r,h,ann,edit,,,,,")
    other = table(tmp_path, "r,h,,accept,,,,,", name="bea.csv")
    with pytest.raises(AkbError) as error:
        read_decisions([one, other])
    for part in ("ann.csv, row 2: the verdict 'maybe'", "ann.csv, row 3: an edit without", "bea.csv, row 2: reviewer"):
        assert part in str(error.value)


def test_rows_that_hold_no_decision_are_told(tmp_path: Path) -> None:
    file = read(table(tmp_path, f"r,{HASH},ann,,odd,,,,", f"s,{HASH},ann", f"t,{HASH}"))
    assert file.ignored == ["row 2: reason without a verdict", "row 3: 6 cells too few, so that it has no verdict"]
    assert file.notes == [
        "2 rows have too few cells, and the missing ones count as empty: rows 3, 4",
        "it holds no decision: every verdict is empty",
    ]


def test_a_workbook_of_tasks_comes_back_as_it_was_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "tasks.xlsx"
    path.write_bytes(tasks_workbook([task(CANDIDATE, "Phonetic", [])]))
    assert path.read_bytes() == tasks_workbook([task(CANDIDATE, "Phonetic", [])])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    columns = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, columns["options"]).data_type == "s"
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"accept,reject,edit"'
    for column, value in {"reviewer": "ann", "verdict": "edit", "new_answer": 3.0, "time": None}.items():
        sheet.cell(2, columns[column], value)
    book.save(path)
    (found,) = read(path).decisions
    assert (found.name, found.content_hash, found.verdict, found.new_answer) == ("r", HASH, "edit", "3")
    assert altered_texts([read(path)], {HASH: (CANDIDATE.question, shown_options(CANDIDATE))}) == ([], [])


def test_every_sheet_of_tasks_in_a_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet, verdict in ((book.active, ""), (book.create_sheet("filled in"), "accept"), (book.create_sheet(), "")):
        sheet.append(HEAD.split(","))
        sheet.append(["r", HASH, "ann", verdict, "", "", "", "", ""])
    book.create_sheet("notes").append(["something", "else"])
    book.save(tmp_path / "ann.xlsx")
    found = read(tmp_path / "ann.xlsx")
    assert [decision.verdict for decision in found.decisions] == ["accept"]
    assert "3 sheets of tasks: 'Sheet', 'filled in'" in found.notes[0]
    book["Sheet"].cell(2, 4, "reject")
    book.save(tmp_path / "ann.xlsx")
    assert "decides on it in sheet 'Sheet', row 2 too" in refused(tmp_path / "ann.xlsx")


def test_a_date_in_a_workbook_s_new_text_is_refused(tmp_path: Path) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["r", HASH, "ann", "edit", "", "", "", datetime(2026, 4, 3), ""])
    book.save(tmp_path / "ann.xlsx")
    assert "looks like a date that a spreadsheet made" in refused(tmp_path / "ann.xlsx")


@pytest.mark.parametrize(
    ("verdict", "question", "new", "fault", "note"),
    [
        ("accept", "Which word rhymes with “hat”?", "", 1, 0),
        ("accept", "Which word rhymes with ?c?t??", "", 0, 1),
        ("accept", "", "", 0, 1),
        ("reject", "Which word rhymes with “hat”?", "", 0, 0),
        ("edit", "Which word rhymes with “hat”?", "Which word rhymes with hat?", 0, 0),
        ("accept", " Which word  rhymes\nwith “cät”? ", "", 0, 0),
    ],
)
def test_a_text_changed_beside_a_verdict_is_told(verdict: str, question: str, new: str, fault: int, note: int) -> None:
    decision = Decision("r", HASH, "ann", verdict, new_question=new, shown=(question, shown_options(CANDIDATE)))
    file = DecisionFile(Path("ann.csv"), [decision])
    faults, notes = altered_texts([file], {HASH: (CANDIDATE.question, shown_options(CANDIDATE))})
    assert (len(faults), len(notes)) == (fault, note)


def test_both_sides_of_a_conflict_are_no_adjudication(tmp_path: Path) -> None:
    path = table(tmp_path, f"r,{HASH},ann,accept,,2026-01-01,,,", f"r,{HASH},bea,reject,,2026-01-02,,,")
    assert "both sides of a conflict stand here: ann says accept, bea reject" in refused(path, final=True)


@pytest.mark.parametrize("text", ["=1+1", "-3 dB", "+2", "@x", "'=quoted", "plain", "'tis", "\ttab"])
def test_no_text_is_a_formula_and_every_text_comes_back(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "\t"))
    assert plain(safe(text)) == text


def test_decisions_survive_their_own_file(tmp_path: Path) -> None:
    given = [Decision("r", HASH, "ann", "edit", reason="=SUM(A1)", new_answer="-3 dB", new_distractors="a\nb, c")]
    (tmp_path / "ann.csv").write_text(decisions_csv(given), encoding="utf-8")
    assert read(tmp_path / "ann.csv").decisions == given


def export(folder: Path, *annotations: dict[str, Any]) -> Path:
    data = {"name": "r", "content_hash": f"q{HASH}"}
    path = folder / "export.json"
    path.write_text(json.dumps([{"id": 4, "data": data, "annotations": list(annotations)}]))
    return path


def annotation(who: Any, *results: tuple[str, Any], **more: Any) -> dict[str, Any]:
    made = [{"from_name": f, "value": {"choices": v} if f == "verdict" else {"text": v}} for f, v in results]
    return {"completed_by": who, "result": made, **more}


def test_a_label_studio_text_may_be_a_string_and_come_in_parts(tmp_path: Path) -> None:
    edit = annotation(
        7, ("verdict", "edit"), ("new_answer", "Cat"), ("new_distractors", ["a"]), ("new_distractors", "b")
    )
    (found,) = read(export(tmp_path, edit)).decisions
    assert (found.verdict, found.new_answer, found.new_distractors) == ("edit", "Cat", "a\nb")


def test_two_texts_where_one_is_meant_and_an_unnamed_annotator_are_refused(tmp_path: Path) -> None:
    said = refused(
        export(
            tmp_path,
            annotation(7, ("verdict", ["edit"]), ("new_answer", ["a", "b"])),
            annotation(None, ("verdict", ["accept"])),
        )
    )
    assert "task 4, annotation 1: 2 texts for new_answer" in said
    assert "task 4, annotation 2: reviewer is empty" in said


def test_an_annotator_named_in_two_ways_is_one(tmp_path: Path) -> None:
    record = {"id": 7, "email": "ann@example.org"}
    path = export(tmp_path, annotation(record, ("verdict", ["accept"])), annotation(7, ("verdict", ["accept"])))
    assert [d.reviewer for d in read(path).decisions] == ["ann@example.org"]


def test_a_skipped_task_is_no_decision_and_a_file_without_any_says_so(tmp_path: Path) -> None:
    file = read(export(tmp_path, annotation(7, was_cancelled=True)))
    assert (file.decisions, file.notes) == ([], ["it holds no decision: every verdict is empty"])


def test_a_form_that_was_filled_in_is_not_written_over(tmp_path: Path) -> None:
    form = tmp_path / "tasks.csv"
    form.write_text(tasks_csv([task(CANDIDATE, "Phonetic", [])]), encoding="utf-8")
    require_unfilled([form, tmp_path / "not there.csv"], "benchmark.decisions")
    table(tmp_path, f"r,{HASH},ann,accept,,,,,", name="tasks.csv")
    with pytest.raises(AkbError, match="1 rows of this form have been filled in") as error:
        require_unfilled([form], "benchmark.decisions")
    assert "`benchmark.decisions`" in error.value.remedy


@pytest.mark.parametrize(
    "name", ["results/benchmark/review/tasks.csv", "results/../results/x.csv", "other/benchmark/review/a.csv"]
)
def test_decisions_below_results_are_refused_with_where_to_put_them(name: str) -> None:
    require_elsewhere(Path("results"), {"benchmark.decisions": ["resources/decisions/ann.csv"]})
    with pytest.raises(AkbError, match="would be lost") as error:
        require_elsewhere(Path("results"), {"benchmark.decisions": [name]})
    assert "resources/decisions/" in error.value.remedy


def test_a_file_that_is_not_there_yet_is_told(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="not there yet: .*bea.csv"):
        require_there([str(tmp_path / "bea.csv")], "benchmark.decisions")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("01/02/2026", "a date"),
        ("2026-02-01", "a date"),
        ("12:30:00 AM", "a time"),
        ("#NAME?", "an error"),
        ("#REF!", "an error"),
        ("cÃ¤t", "signs of another encoding"),
        ("c\ufffdt", "signs of another encoding"),
        ("4/4", ""),
        ("3/4/5", ""),
        ("12:30", ""),
        ("F#", ""),
        ("cät", ""),
    ],
)
def test_what_a_spreadsheet_made_of_a_new_text_is_told_from_what_a_person_wrote(text: str, made: str) -> None:
    assert looks_altered(text) == made


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    path = table(tmp_path, f'r,{HASH},ann,accept,"odd,,,,', f"s,{HASH},ann,reject,,,,,")
    assert "opened and never closed" in refused(path) and "row 2" in refused(path)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert "'verdict' twice" in refused(table(tmp_path, f"r,{HASH},ann,accept,,,,,,reject", head=f"{HEAD},verdict"))


def test_a_workbook_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "ann.csv").write_bytes(tasks_workbook([task(CANDIDATE, "Phonetic", []) | {"verdict": "accept"}]))
    assert "reviewer is empty" in refused(tmp_path / "ann.csv")


def test_line_ends_of_old_macs_are_read(tmp_path: Path) -> None:
    (tmp_path / "ann.csv").write_bytes(f"{HEAD}\rr,{HASH},ann,accept,,,,,\r".encode())
    assert len(read(tmp_path / "ann.csv").decisions) == 1


def test_a_hash_in_capitals_is_the_same(tmp_path: Path) -> None:
    assert read(table(tmp_path, f"r,Q{HASH.upper()},ann,accept,,,,,")).decisions[0].content_hash == HASH


def test_a_relation_and_an_empty_annotation_of_label_studio_hinder_nothing(tmp_path: Path) -> None:
    made = annotation(7, ("verdict", ["accept"]))
    made["result"].insert(0, {"type": "relation", "from_id": "a", "to_id": "b"})
    assert [d.verdict for d in read(export(tmp_path, made, {"completed_by": 8, "result": None})).decisions] == [
        "accept"
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("#NOM?", "an error"),
        ("#WERT!", "an error"),
        ("Err:509", "an error"),
        ("04.03.24", "a date"),
        ("2024年3月4日", "a date"),
        ("14:30:00", "a time"),
        ("TRUE", "a truth value"),
        ("WAHR", "a truth value"),
        ("True", ""),
        ("0.30000000000000004", "a number"),
        ("1E5", ""),
        ("#1!", ""),
        ("50%", ""),
        ("3/4/24", ""),
        ("14:30", ""),
    ],
)
def test_spreadsheets_of_other_languages_leave_their_own_traces(text: str, made: str) -> None:
    assert looks_altered(text) == made


def test_lines_above_the_header_and_signs_without_width_hinder_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ann.csv"
    path.write_text(f"\n,,\n{HEAD}\nr,'{HASH},ann,\u200bAccepted\u00a0,,,,,\n")
    (found,) = read(path).decisions
    assert (found.verdict, found.content_hash, found.origin) == ("accept", HASH, f"{path}, row 4")


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16-be"])
def test_wide_encodings_are_read_and_null_bytes_refused(tmp_path: Path, encoding: str) -> None:
    assert len(read(table(tmp_path, f"r,{HASH},ann,accept,,,,,", encoding=encoding)).decisions) == 1
    assert "null bytes" in refused(table(tmp_path, f"r,{HASH},ann,accept,a\0b,,,,"))


def test_quotation_marks_behind_backslashes_lose_nothing_in_silence(tmp_path: Path) -> None:
    said = refused(table(tmp_path, f'r,{HASH},ann,accept,"he said \\"no\\" twice",,,,'))
    assert "row 2" in said and "double it" in said


def test_one_task_of_label_studio_alone_is_an_export(tmp_path: Path) -> None:
    path = export(tmp_path, annotation(7, ("verdict", ["accept"])))
    path.write_text(json.dumps(json.loads(path.read_text())[0]))
    assert len(read(path).decisions) == 1
