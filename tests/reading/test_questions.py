"""Questions from anybody's files: options in any shape, and a key that means what the whole file says it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from akb.errors import AkbError
from akb.reading.files import read_records, rows_of
from akb.reading.questions import Fields, Question, read_questions

ANIMALS = ["Dog", "Cat", "Cow", "Pig"]


def read(*rows: dict[str, Any], **fields: str) -> list[Question]:
    records = ((f"f.jsonl, row {n}", {"id": n, "question": "?", **row}) for n, row in enumerate(rows, start=1))
    return read_questions(records, Fields(**fields))[0]


def right(*rows: dict[str, Any], **fields: str) -> list[str]:
    return [question.options[question.answer] for question in read(*rows, **fields)]


@pytest.mark.parametrize(
    ("row", "options"),
    [
        ({"options": ANIMALS}, ANIMALS),
        ({"choices": ANIMALS}, ANIMALS),
        ({"options": {"A": "Dog", "B": "Cat", "C": "Cow", "D": "Pig"}}, ANIMALS),
        ({"options": {"B": "Cat", "A": "Dog", "D": "Pig", "C": "Cow"}}, ANIMALS),
        ({"options": json.dumps(ANIMALS)}, ANIMALS),
        ({"options": "['Dog', 'Cat', 'Cow', 'Pig']"}, ANIMALS),
        ({"options": '{"a": "Dog", "b": "Cat", "c": "Cow", "d": "Pig"}'}, ANIMALS),
        ({"options": "(a) Dog (b) Cat (c) Cow (d) Pig"}, ANIMALS),
        ({"options": "A. Dog\nB. Cat\nC. Cow\nD. Pig"}, ANIMALS),
        ({"options": "Dog | Cat | Cow | Pig"}, ANIMALS),
        ({"options": ["(B) Cat", "(A) Dog", "(D) Pig", "(C) Cow"]}, ANIMALS),
        ({"options": ["A. Dog", "B. Cat", "C. Cow", "D. Pig"]}, ANIMALS),
        ({"options": {"label": ["A", "B", "C", "D"], "text": ANIMALS}}, ANIMALS),
        ({"options": [{"label": x, "text": t} for x, t in zip("ABCD", ANIMALS, strict=True)]}, ANIMALS),
        ({f"option_{n}": t for n, t in enumerate(ANIMALS, start=1)}, ANIMALS),
        ({f"option_{x}": t for x, t in zip("abcd", ANIMALS, strict=True)}, ANIMALS),
        (dict(zip("ABCD", ANIMALS, strict=True)), ANIMALS),
        ({"question": "Who barks? (a) Dog (b) Cat (c) Cow (d) Pig"}, ANIMALS),
        ({"question": "Who barks? 1) Dog 2) Cat 3) Cow 4) Pig"}, ANIMALS),
        ({"question": "Who barks?\nOptions:\nA) Dog\nB) Cat\nC) Cow\nD) Pig"}, ANIMALS),
        ({"options": [1, 2.0, 3.5, None]}, ["1", "2", "3.5", ""]),
    ],
)
def test_options_come_in_any_shape(row: dict[str, Any], options: list[str]) -> None:
    (question,) = read({**row, "answer": "Cat" if options == ANIMALS else 3.5})
    assert list(question.options) == options
    assert "Dog" not in question.text


def test_options_may_stand_in_named_columns() -> None:
    row = {"first": "Dog", "second": "Cat", "third": "Cow", "answer": "B"}
    assert right(row, options="first, second, third") == ["Cat"]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (["Cat", "Pig"], ["Cat", "Pig"]),
        (["cat ", "PIG"], ["Cat", "Pig"]),
        (["B", "D"], ["Cat", "Pig"]),
        (["(b)", "d."], ["Cat", "Pig"]),
        ([0, 1], ["Dog", "Cat"]),
        ([1, 4], ["Dog", "Pig"]),
        (["1", "4"], ["Dog", "Pig"]),
        ([0.0, 1.0], ["Dog", "Cat"]),
        (["(b) Cat", "D. Pig"], ["Cat", "Pig"]),
        ([["B"], ["A"]], ["Cat", "Dog"]),
    ],
)
def test_the_file_decides_what_its_key_means(keys: list[Any], wanted: list[str]) -> None:
    assert right(*({"options": ANIMALS, "answer": key} for key in keys)) == wanted


@pytest.mark.parametrize(
    ("options", "key"), [(ANIMALS, 1), (["1", "2", "3"], 1), (["C", "G", "D", "A"], "A"), (["2", "1"], "1")]
)
def test_a_key_of_two_readings_is_an_error_that_names_both(options: list[str], key: Any) -> None:
    with pytest.raises(AkbError, match="no row of the file decides") as raised:
        read({"options": options, "answer": key})
    assert "f.jsonl, row 1" in raised.value.where and "answer_is" in raised.value.remedy


def test_a_key_of_two_readings_may_be_said() -> None:
    assert right({"options": ANIMALS, "answer": 1}, answer_is="index0") == ["Cat"]
    assert right({"options": ANIMALS, "answer": 1}, answer_is="index1") == ["Dog"]
    assert right({"options": ["C", "G", "D", "A"], "answer": "A"}, answer_is="letter") == ["C"]


@pytest.mark.parametrize("key", ["Answer: B", "option_2", "option B", "Cat", "2. Cat", "choice_b"])
def test_a_key_may_have_a_word_before_it(key: str) -> None:
    options = ["1. Dog", "2. Cat"] if key[0] == "2" else ["Dog", "Cat", "Cow"]
    rows = [{"options": options, "answer": key}]
    if key == "option_2":
        rows.append({"options": options, "answer": "option_3"})  # so it counts from 1
    assert right(*rows)[0].endswith("Cat")


def test_an_option_that_is_called_as_a_key_may_be_is_the_key() -> None:
    assert right({"options": ["Option B", "Option A"], "answer": "Option B"}) == ["Option B"]


def test_true_and_false_are_options_and_keys() -> None:
    assert right({"options": [True, False], "answer": False}) == ["False"]


def test_the_key_may_stand_under_one_other_usual_name() -> None:
    assert right({"options": ANIMALS, "answerKey": "C"}) == ["Cow"]
    with pytest.raises(AkbError, match="the row has"):
        read({"options": ANIMALS, "gold": "Dog", "target": "Cat"})


def test_a_row_that_contradicts_the_file_is_named() -> None:
    rows = [{"options": ANIMALS, "answer": key} for key in ("A", "B", "Cow", "D")]
    with pytest.raises(AkbError, match="its letter, as it is in 3 of 4 rows") as raised:
        read(*rows)
    assert "row 3" in raised.value.where


def test_letter_and_text_that_disagree_are_an_error() -> None:
    with pytest.raises(AkbError, match="not one of the choices"):
        read({"options": ANIMALS, "answer": "(A) Cat"})


def test_an_empty_column_shifts_no_key(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,question,A,B,C,D,answer\n1,?,Dog,,Cow,Pig,C\n2,?,Dog,Cat,Cow,,A\n")
    questions, _ = read_questions(read_records(path), Fields())
    assert [question.options[question.answer] for question in questions] == ["Cow", "Dog"]
    assert questions[0].shown()[:2] == (("Dog", "Cow", "Pig"), 1)


def test_null_is_no_option() -> None:
    (question,) = read({"options": ["Dog", None, "Cow"], "answer": "C"})
    assert question.shown()[:2] == (("Dog", "Cow"), 1)


def test_a_key_that_names_an_empty_option_is_an_error() -> None:
    with pytest.raises(AkbError, match="empty option"):
        read({"options": ["Dog", "", "Cow"], "answer": "B"})


@pytest.mark.parametrize(
    "row", [{"answer": None, "options": ANIMALS}, {"options": ANIMALS}, {"answer": "x", "options": []}]
)
def test_what_is_missing_is_named_with_its_row(row: dict[str, Any]) -> None:
    with pytest.raises(AkbError) as raised:
        read({"options": ANIMALS, "answer": "Dog"}, row)
    assert "row 2" in raised.value.where


def test_the_same_questions_come_out_of_every_kind_of_file(tmp_path: Path) -> None:
    rows = [{"id": str(n), "question": "a\u2028b, c", "A": "x", "B": "y", "answer": "AB"[n]} for n in range(2)]
    frame = pl.DataFrame(rows)
    (tmp_path / "q.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8-sig")
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    frame.write_csv(tmp_path / "q.csv")
    (tmp_path / "semicolons.csv").write_text(frame.write_csv(separator=";"), encoding="utf-8-sig")
    (tmp_path / "q.tsv").write_text(frame.write_csv(separator="\t"), encoding="utf-16")
    frame.write_parquet(tmp_path / "q.parquet")
    found = {
        path.name: [(q.id, q.text, q.options, q.answer) for q in read_questions(read_records(path), Fields())[0]]
        for path in sorted(tmp_path.iterdir())
    }
    assert len(found) == 6 and all(value == found["q.json"] for value in found.values()), found


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_bytes("id,question\n1,caf\xe9".encode("latin-1"))
    with pytest.raises(AkbError, match="not UTF-8") as raised:
        list(read_records(tmp_path / "q.csv"))
    assert "line 2" in raised.value.where


def test_a_key_twice_in_one_object_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": 1, "answer": "a", "answer": "b"}')
    with pytest.raises(AkbError, match="'answer' stands twice"):
        list(read_records(tmp_path / "q.jsonl"))


@pytest.mark.parametrize(
    ("options", "key", "wanted"),
    [
        ({"1": "Dog", "2": "Cat", "3": "Cow"}, "1", "Dog"),
        ({"0": "Dog", "1": "Cat", "2": "Cow"}, 1, "Cat"),
        ({"2": "Cat", "1": "Dog"}, 2.0, "Cat"),
        (["1. Dog", "2. Cat", "3. Cow"], 1, "1. Dog"),
        ("1) Dog 2) Cat 3) Cow", "2", "Cat"),
        ("1) Dog 2) Cat 3) Cow", "B", "Cat"),
    ],
)
def test_numbers_that_the_options_carry_say_what_a_number_means(options: Any, key: Any, wanted: str) -> None:
    assert right({"options": options, "answer": key}) == [wanted]


def test_a_number_may_be_spelt_as_pandas_spells_it() -> None:
    assert right({"options": ANIMALS, "answer": "0.0"}, {"options": ANIMALS, "answer": "2.0"}) == ["Dog", "Cow"]


@pytest.mark.parametrize(
    ("option", "key"),
    [("caf\u00e9", "cafe\u0301"), ("it\u2019s a dog", "it's a dog"), ("a dog", "a\u00a0dog"), ("A dog", "a dog.")],
)
def test_a_key_is_its_option_whatever_keyboard_wrote_it(option: str, key: str) -> None:
    assert right({"options": [option, "no"], "answer": key}) == [option]


@pytest.mark.parametrize("key", ["B.Cat", "B - Cat", "b:Cat", "(B)Cat"])
def test_letter_and_text_may_be_parted_by_any_sign(key: str) -> None:
    assert right({"options": ANIMALS, "answer": key}) == ["Cat"]


def test_a_list_that_numpy_printed_is_its_texts() -> None:
    assert right({"options": "['Dog' \"Cat's\"\n 'Cow']", "answer": "B"}, {"options": ANIMALS, "answer": "C"}) == [
        "Cat's",
        "Cow",
    ]


@pytest.mark.parametrize(("label", "text"), [("id", "text"), ("key", "value"), ("letter", "content")])
def test_options_may_be_objects_of_label_and_text(label: str, text: str) -> None:
    options = [{label: "B", text: "Cat"}, {label: "A", text: "Dog"}]
    assert right({"options": options, "answer": "B"}) == ["Cat"]


@pytest.mark.parametrize(
    ("content", "said", "remedy"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a Git LFS pointer", "git lfs pull"),
        (b"\xef\xbb\xbf<!-- x --><html>", "a web page", "download it again"),
        (b"\x1f\x8b\x08", "a gzip archive", "unpack"),
        (b"PK\x03\x04", "a spreadsheet", "CSV or JSON"),
    ],
)
@pytest.mark.parametrize("name", ["q.json", "q.csv", "q.parquet"])
def test_a_file_that_is_something_else_is_named_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str, remedy: str
) -> None:
    if name == "q.parquet" and content.startswith(b"PK"):
        pytest.skip("Parquet's own reader says so")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AkbError, match=said) as raised:
        list(read_records(tmp_path / name))
    assert remedy in raised.value.remedy


def test_a_name_in_capitals_old_line_ends_and_a_named_separator_are_read(tmp_path: Path) -> None:
    (tmp_path / "Q.CSV").write_text("id,a\r1,x\r2,y\r", newline="")
    (tmp_path / "sep.csv").write_text("sep=|\nid|a\n1|x\n2|y\n")
    pl.DataFrame({"id": ["1", "2"], "a": ["x", "y"]}).write_parquet(tmp_path / "q.data")
    for name in ("Q.CSV", "sep.csv", "q.data"):
        assert [record for _, record in read_records(tmp_path / name)] == [{"id": "1", "a": "x"}, {"id": "2", "a": "y"}]
    (tmp_path / "bad.csv").write_text("sep=;\nid;a\n1\n")
    with pytest.raises(AkbError, match="fewer cells") as raised:
        list(read_records(tmp_path / "bad.csv"))
    assert "line 3" in raised.value.where


def test_half_a_character_becomes_the_sign_for_what_is_lost(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "1", "a": ["Cat \\ud83d", "\\ud83d\\ude00"]}')
    ((_, record),) = read_records(tmp_path / "q.jsonl")
    assert record["a"] == ["Cat \ufffd", "\U0001f600"]


def test_a_class_of_a_data_set_is_told_by_its_name(tmp_path: Path) -> None:
    import datasets

    datasets.disable_progress_bars()
    names = datasets.ClassLabel(names=["A", "B", "C"])
    part = datasets.Dataset.from_dict({"answer": [1, -1]}, features=datasets.Features({"answer": names}))
    assert [record["answer"] for record in rows_of(part)] == ["B", -1]


def test_ids_have_no_blanks_around_them() -> None:
    assert read({"options": ANIMALS, "answer": "Cat", "id": " a\t"})[0].id == "a"
    with pytest.raises(AkbError, match="stands twice"):
        read({"options": ANIMALS, "answer": "Cat", "id": "a"}, {"options": ANIMALS, "answer": "Cat", "id": "a "})


@pytest.mark.parametrize(
    "options",
    [
        ["B.Cat", "A.Dog"],
        ["[B] Cat", "[A] Dog"],
        ["B、Cat", "A、Dog"],
        ["B．Cat", "A．Dog"],
        ["(B)Cat", "(A)Dog"],
        ["Ｂ．Cat", "Ａ．Dog"],
        ["（B）Cat", "（A）Dog"],
        ["Ⓑ Cat", "Ⓐ Dog"],
        ["B - Cat", "A - Dog"],
        ["B – Cat", "A – Dog"],
        ["B) Cat", "A) Dog"],
        ["B> Cat", "A> Dog"],
        ["B/ Cat", "A/ Dog"],
        ["B\tCat", "A\tDog"],
        ["<B> Cat", "<A> Dog"],
        ["**B.** Cat", "**A.** Dog"],
        ["Option B: Cat", "Option A: Dog"],
    ],
)
def test_labels_are_labels_with_any_sign_behind_them(options: list[str]) -> None:
    assert right({"options": options, "answer": "A"}) == ["Dog"]


@pytest.mark.parametrize(
    ("options", "key"), [(["B Cat", "A Dog"], "A"), (["B. Bartok", "C. Debussy", "D. Ravel"], "B")]
)
def test_a_letter_with_which_another_option_begins_is_refused(options: list[str], key: str) -> None:
    with pytest.raises(AkbError, match="that begins so") as raised:
        read({"options": options, "answer": key})
    assert "row 1" in raised.value.where and "answer_is" in raised.value.remedy
    assert right({"options": options, "answer": options[1]}) == [options[1]]
    assert right({"options": options, "answer": key}, answer_is="letter") == [options[ord(key) - ord("A")]]


@pytest.mark.parametrize(
    "options",
    [["B minor", "A minor"], ["B > A", "A > B"], ["B - A", "A - B"], ["B - flat", "A - flat"], ["B:A", "A:B"]],
)
def test_notes_and_orders_are_no_labels(options: list[str]) -> None:
    assert right({"options": options, "answer": "A"}, answer_is="letter") == [options[0]]
    assert right({"options": options, "answer": options[1]}) == [options[1]]


def test_labels_of_an_object_may_be_its_values_and_stand_once() -> None:
    assert right({"options": {"Dog": "A", "Cat": "B"}, "answer": "B"}) == ["Cat"]
    with pytest.raises(AkbError, match="two options are called 'A'"):
        read({"options": {"A": "Dog", "a": "Cat"}, "answer": "A"})


def test_options_that_are_labelled_by_numbers_in_some_rows_and_letters_in_others_are_read() -> None:
    numbers = {"label": ["1", "2", "3", "4"], "text": ANIMALS}
    letters = {"label": ["A", "B", "C", "D"], "text": ANIMALS}
    rows = [{"choices": numbers, "answerKey": "2"}, {"choices": letters, "answerKey": "C"}]
    assert right(*rows) == ["Cat", "Cow"]


@pytest.mark.parametrize(
    "choices",
    [
        {"label": ["A"], "text": ["x", "y"]},
        {"label": ["A", "B"], "text": None},
        {"label": "AB", "text": ["x", "y"]},
        "[" * 100_000 + "]" * 100_000,
    ],
)
def test_options_that_are_no_lists_are_refused_by_row(choices: Any) -> None:
    with pytest.raises(AkbError) as raised:
        read({"choices": choices, "answer": "A"})
    assert "row 1" in raised.value.where
    assert right({"choices": {"label": [None, None], "text": ["x", "y"]}, "answer": "B"}) == ["y"]


def test_texts_that_a_parquet_file_has_as_bytes_are_texts(tmp_path: Path) -> None:
    sound = b"RIFF\xff\xfe"
    row = {"id": b"a", "question": "?", "options": [b"Dog", "Caf\u00e9".encode()], "answer": b"B", "wav": sound}
    pl.DataFrame([row]).write_parquet(tmp_path / "q.parquet")
    ((_, record),) = read_records(tmp_path / "q.parquet")
    assert (record["options"], record["wav"]) == (["Dog", "Caf\u00e9"], sound)
    assert of(tmp_path, "q.parquet", (tmp_path / "q.parquet").read_bytes()) == [("a", "Caf\u00e9")]


def test_columns_of_one_letter_are_options_from_a_on_alone() -> None:
    row = {"A": "Dog", "B": "Cat", "n": 2, "t": 0.5, "x": "Cow", "answer": "B"}
    assert read(row)[0].options == ("Dog", "Cat")
    with pytest.raises(AkbError, match="no options"):
        read({"n": 2, "k": 5, "answer": "2"})


def test_columns_of_one_name_are_options_as_pandas_calls_them() -> None:
    assert right({"option": "Dog", "option.1": "Cat", "option.2": "Cow", "answer": "B"}) == ["Cat"]


@pytest.mark.parametrize("options", ["Dog\n\nCat\n", "Dog;Cat;", "Dog | Cat |", "Dog\n \nCat"])
def test_blank_lines_and_a_last_sign_are_no_options(options: str) -> None:
    assert read({"options": options, "answer": "B"})[0].options == ("Dog", "Cat")
    assert read({"options": "Dog||Cat", "answer": "C"})[0].options == ("Dog", "", "Cat")


@pytest.mark.parametrize(
    ("question", "text", "options"),
    [
        ("A: hi\nB: ho\nWho lies? (A) first (B) second", "A: hi\nB: ho\nWho lies?", ("first", "second")),
        ("A: hi\nB: ho\nWho lies?\nA: first\nB: second", "A: hi\nB: ho\nWho lies?", ("first", "second")),
        ("After 1. and 2. what? A. x B. y", "After 1. and 2. what?", ("x", "y")),
        ("Steps: 1. Play. 2. Stop. What?\nA) x\nB) y", "Steps: 1. Play. 2. Stop. What?", ("x", "y")),
        ("Which? A. than speaker B.\nB. than speaker A.", "Which?", ("than speaker B.", "than speaker A.")),
        ("Which? A. than speaker B. B. than speaker A.", "Which?", ("than speaker B.", "than speaker A.")),
        ("Hear speaker A. Then what? A. x B. y", "Hear speaker A. Then what?", ("x", "y")),
        ("Which? (A) only (A) (B) only (B)", "Which?", ("only (A)", "only (B)")),
        ("Which? A.) x B.) y", "Which?", ("x", "y")),
        ("Which? a) x B. y", "Which?", ("x", "y")),
    ],
)
def test_marks_that_are_no_options_of_a_question_stay_in_their_text(
    question: str, text: str, options: tuple[str, ...]
) -> None:
    (found,) = read({"question": question, "answer": "B"})
    assert (found.text, found.options, found.answer) == (text, options, 1)


def test_initials_are_no_labels() -> None:
    assert right({"options": ["A.C.", "B.C."], "answer": "B.C."}) == ["B.C."]


@pytest.mark.parametrize("key", ["B (Cat)", "**B**", "`B`", '"Cat"', "Ｂ", "<B>", "\\boxed{B}", "Cat\u200b", "\ufeffB"])
def test_a_key_may_be_wrapped_in_marks(key: str) -> None:
    assert right({"options": ANIMALS, "answer": key}) == ["Cat"]


@pytest.mark.parametrize(("option", "key"), [("R&amp;B", "R&B"), ("0.50", 0.5), ("Dog\u200b", "Dog")])
def test_a_key_is_its_option_whatever_program_wrote_it(option: str, key: Any) -> None:
    assert right({"options": [option, "other"], "answer": key}) == [option]


def test_a_key_may_name_its_column_and_columns_from_0_count_so() -> None:
    assert right({"option_1": "Dog", "option_2": "Cat", "answer": "option_2"}) == ["Cat"]
    assert right({"optionA": "Dog", "optionB": "Cat", "answer": "optionB"}) == ["Cat"]
    assert right({"option_0": "Dog", "option_1": "Cat", "option_2": "Cow", "answer": 1}) == ["Cat"]
    with pytest.raises(AkbError, match="no row of the file decides"):
        read({"option_1": "Dog", "option_2": "Cat", "option_3": "Cow", "answer": 1})


def of(folder: Path, name: str, content: str | bytes) -> list[tuple[str, str]]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    questions, _ = read_questions(read_records(folder / name, keyed=("id", "answer")), Fields())
    return [(question.id, question.options[question.answer]) for question in questions]


def test_names_of_fields_may_be_in_another_case(tmp_path: Path) -> None:
    assert of(tmp_path, "q.csv", "ID, Question,A,B,Answer \n7,Who?,x,y,B\n") == [("7", "y")]
    with pytest.raises(AkbError, match="is no key"):
        read({"options": ANIMALS, "Answer": "A", "ANSWER": "B"})


ROW = '{"id": 1, "question": "?", "options": ["x", "y"], "answer": "y"}'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.csv", "id|question|A|B|answer\n1|?|x|y|B\n"),
        ("q.txt", "id\tquestion\tA\tB\tanswer\n1\t?\tx\ty\tB\n"),
        ("q.txt", ROW),
        ("q.json", f"[{ROW}]".encode("utf-16-le")),
        ("q.json", f"[{ROW}]".encode("utf-16-be")),
        ("q.json", f"[{ROW}]".encode("utf-32")),
    ],
)
def test_a_table_is_known_by_its_header_and_an_encoding_by_its_bytes(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    assert of(tmp_path, name, content) == [("1", "y")]


def test_objects_may_follow_one_another_over_any_lines(tmp_path: Path) -> None:
    other = ROW.replace("1", "2")
    for text in (ROW + other, json.dumps(json.loads(ROW), indent=1) + "\n" + json.dumps(json.loads(other), indent=1)):
        assert of(tmp_path, "q.json", text) == [("1", "y"), ("2", "y")]


def test_a_file_of_several_lists_is_refused_with_their_names(tmp_path: Path) -> None:
    for one, other in (("train", "test"), ("speech", "music")):
        with pytest.raises(AkbError, match=f"several lists: {one}, {other}"):
            of(tmp_path, "q.json", f'{{"{one}": [{ROW}], "{other}": [{ROW}]}}')


TABLE = {"id": [1, 2], "question": ["?", "!"], "options": [["x", "y"], ["x", "z"]], "answer": ["y", "x"]}


@pytest.mark.parametrize(
    "whole",
    [
        TABLE,
        {name: dict(zip("01", values, strict=True)) for name, values in TABLE.items()},
        {"questions": {"1": {"options": ["x", "y"], "answer": "y"}, "2": {"options": ["x", "z"], "answer": "x"}}},
        {"name": "mine", "examples": [dict(zip(TABLE, row, strict=True)) for row in zip(*TABLE.values(), strict=True)]},
    ],
)
def test_a_table_by_columns_and_what_lies_within_one_name_are_rows(tmp_path: Path, whole: dict[str, Any]) -> None:
    assert of(tmp_path, "q.json", json.dumps(whole)) == [("1", "y"), ("2", "x")]


def test_one_row_whose_fields_are_all_lists_of_one_length_but_the_id_is_one_row(tmp_path: Path) -> None:
    row = {"id": "a", "question": "?", "options": ["x", "y"], "answer": ["y"]}
    assert of(tmp_path, "q.json", json.dumps(row)) == [("a", "y")]


def test_what_is_no_json_under_another_name_is_told_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="not valid JSON") as raised:
        of(tmp_path, "q.yaml", "- id: 1\n")
    assert ".csv" in raised.value.remedy


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("- Dog\n- Cat\n- Cow", ["Dog", "Cat", "Cow"]),
        ("Dog<br>Cat<br/>Cow", ["Dog", "Cat", "Cow"]),
        ("A. Dog\\nB. Cat\\nC. Cow", ["Dog", "Cat", "Cow"]),
        ("Dog\tCat\tCow", ["Dog", "Cat", "Cow"]),
        ("('Dog', 'Cat', 'Cow')", ["Dog", "Cat", "Cow"]),
        ("A. Dog / B. Cat / C. Cow", ["Dog", "Cat", "Cow"]),
        ("A) Dog, B) Cat, or C) Cow.", ["Dog", "Cat", "Cow"]),
        ({"Option A": "Dog", "Option B": "Cat", "Option C": "Cow"}, ["Dog", "Cat", "Cow"]),
    ],
)
def test_what_parts_options_is_no_part_of_them(options: Any, wanted: list[str]) -> None:
    for key in ("B", "Cat"):
        (question,) = read({"options": options, "answer": key})
        assert (list(question.options), question.answer) == (wanted, 1)


def test_the_end_of_a_question_is_no_part_of_its_last_option() -> None:
    (question,) = read({"question": "Is it (A) Dog or (B) Cat?", "answer": "B"})
    assert question.options == ("Dog", "Cat")
    (question,) = read({"question": "Who asks? (A) Who? (B) Where?", "answer": "B"})
    assert question.options == ("Who?", "Where?")


def test_labels_may_have_gaps() -> None:
    assert right({"options": ["A. Dog", "B. Cat", "D. Cow"], "answer": "D"}) == ["Cow"]
    assert right({"options": {"A": "Dog", "C": "Cow"}, "answer": "C"}) == ["Cow"]


@pytest.mark.parametrize(
    ("option", "key"), [("\u22123 dB", "-3 dB"), ("\u00bd", "1/2"), ("4\u00d74", "4x4"), ("Dog", "Dog,")]
)
def test_a_key_is_its_option_in_the_signs_of_any_keyboard(option: str, key: str) -> None:
    assert right({"options": [option, "3 dB"], "answer": key}) == [option]
