"""YAML files: keys that stand twice, and where values stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.strict_yaml import read_marked, read_yaml

ROOT = Path(__file__).parents[1]


def write(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a' in line 1 and again in line 3"),
        ("- id: x\n  question: y\n  id: z\n", "'id' in line 1 and again in line 3"),
        ("a: {b: {c: 1, d: 2, c: 3}}\n", "'c' in line 1 and again in line 1"),
        ("yes: 1\ntrue: 2\n", "'yes' in line 1 and 'true' in line 2"),
        ("a: &x {b: 1, b: 2}\nc: *x\n", "'b' in line 1"),
    ],
)
def test_a_key_that_stands_twice_is_an_error_with_both_lines(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AkbError) as error:
        read_yaml(write(tmp_path, text))
    assert told in str(error.value) and "x.yaml" in str(error.value)


def test_all_keys_that_stand_twice_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(AkbError) as error:
        read_yaml(write(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n"))
    assert "'a' in line 1" in str(error.value) and "'c' in line 3" in str(error.value)


def test_what_is_merged_in_may_be_overridden_and_merged_again(tmp_path: Path) -> None:
    text = "a: &x {k: 1, l: 2}\nb: &y {<<: *x, k: 3}\nc: {<<: [*y, *x], k: 4}\nd: *y\n"
    content = read_yaml(write(tmp_path, text))
    assert content["b"] == {"k": 3, "l": 2} == content["d"] and content["c"] == {"k": 4, "l": 2}


def test_every_value_knows_its_line_and_what_was_written(tmp_path: Path) -> None:
    marked = read_marked(write(tmp_path, "a:\n  no: [x, 12:30]\n  8: {b: 1}\n"))
    assert (marked.places[("a", False)].line, marked.places[("a", False)].key) == (2, "no")
    assert (marked.places[("a", False, 1)].line, marked.places[("a", False, 1)].text) == (2, "12:30")
    assert marked.places[("a", 8, "b")].line == 3


def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="x.yaml, line [23]"):
        read_yaml(write(tmp_path, "a: 1\nb: [1, 2\nc: 3\n"))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")


@pytest.mark.parametrize("path", sorted(ROOT.glob("resources/**/*.yaml")) + sorted(ROOT.glob("config/**/*.yaml")))
def test_no_file_of_the_project_has_a_key_twice(path: Path) -> None:
    read_yaml(path)


def test_two_names_that_yaml_reads_as_equal_are_told_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("on: 1\n1.0: 2\n")
    with pytest.raises(AkbError, match="'on' in line 1 and '1.0' in line 2, which YAML reads as equal"):
        read_yaml(tmp_path / "c.yaml")
