"""Questions whose options give the answer away: asked through the one door, kept in a file, flagged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from akb.benchmark.candidates import Candidate
from akb.benchmark.frozen import read_frozen
from akb.benchmark.stemless import COLUMNS, Stemless, accuracies, ask, read_stemless, rows, stemless_flags
from akb.errors import AkbError
from akb.llm.engine import Backbone
from akb.tables import write_csv

ROOT = Path(__file__).parents[2]
BARK = Candidate("animals", "Which animal barks?", "a dog", ("a cat", "a cow", "a hen"), "t", "s")
MEW = replace(BARK, question="Which animal mews?", answer="a cat", distractors=("a dog", "a cow", "a hen"))


def oracle(name: str, accuracy: float) -> Backbone:
    return Backbone(name, "oracle", "", name, engine_options={"accuracy": accuracy})


def test_every_backbone_is_shown_every_candidate_s_options(tmp_path: Path) -> None:
    found = ask([BARK, MEW], [oracle("knows", 1.0), oracle("fails", 0.0)], tmp_path)
    assert found == dict.fromkeys((BARK.content_hash, MEW.content_hash), Stemless(("knows", "fails"), ("knows",)))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    answers = {"aa": Stemless(("m", "n"), ("n",)), "bb": Stemless(("m", "n"), ())}
    write_csv(pl.DataFrame(rows(answers), schema=list(COLUMNS), orient="row"), tmp_path / "stemless.csv")
    assert read_stemless([tmp_path / "stemless.csv"]) == answers


def test_another_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "stemless.csv").write_text("name,chosen\n")
    with pytest.raises(AkbError, match=r"its columns are \['name', 'chosen'\]"):
        read_stemless([tmp_path / "stemless.csv"])


@pytest.mark.parametrize(
    ("asked", "solved", "flagged"),
    [(("m", "n"), ("m", "n"), True), (("m", "n"), ("m",), False), (("m",), ("m",), False)],
)
def test_only_what_several_all_solve_is_flagged(asked: tuple[str, ...], solved: tuple[str, ...], flagged: bool) -> None:
    flags = stemless_flags(BARK, {BARK.content_hash: Stemless(asked, solved)})
    assert [f.flag for f in flags] == ["solvable_without_stem"] * flagged
    assert not any(f.fatal for f in flags)


def test_an_edited_question_was_not_asked() -> None:
    answers = {BARK.content_hash: Stemless(("m", "n"), ("m", "n"))}
    assert stemless_flags(replace(BARK, question="Which animal is barking?"), answers) == []


def test_accuracies_count_only_what_was_asked() -> None:
    answers = {"aa": Stemless(("m", "n"), ("n",)), "bb": Stemless(("m",), ("m",))}
    assert accuracies(["aa", "bb", "cc"], answers) == {"m": (1, 2), "n": (1, 1)}


def test_the_open_benchmark_gives_little_away() -> None:
    items = read_frozen(ROOT / "resources/akb/akb.jsonl")
    hashes = [
        Candidate(
            i.subcategory,
            i.question,
            i.options[i.answer],
            tuple(o for o in i.options if o != i.options[i.answer]),
            "",
            "",
        ).content_hash
        for i in items
    ]
    found = accuracies(hashes, read_stemless([ROOT / "resources/stemless.csv"]))
    (asked,) = {asked for _, asked in found.values()}
    assert asked >= 1200
    assert max(right for right, _ in found.values()) <= 0.3 * asked
