import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from akb.errors import AkbError
from akb.items import Item
from akb.llm.engine import Backbone
from akb.llm.inference import answer
from akb.llm.prompts import cascade_prompts, control_of, fill, probe_prompts, read_template, requests_of
from akb.llm.responses import responses_frame
from akb.tables import CAPTIONS, RESPONSES, check, frame_of

FOLDER = Path(__file__).parents[2] / "config" / "prompts"
ASKING = read_template(FOLDER / "asking.yaml")
CASCADE = read_template(FOLDER / "cascade.yaml")
BACKBONE = Backbone(name="o", engine="oracle", checkpoint="", fingerprint="o", scoring="letter", rotations=4)
ITEMS = [
    Item.make("mini", f"What is {{x}} {n}?", ("dog", "cat", "bell")[: 2 + n % 2], 0, category="Sound", clip_id=f"c{n}")
    for n in range(4)
]


def _captions(*captioners: str, clips: int = 4) -> pl.DataFrame:
    rows = [
        {"clip_id": f"c{n}", "captioner": captioner, "text": f"{captioner} says {{question}} {n}", "seconds": 0.1}
        for captioner in captioners
        for n in range(clips)
    ]
    return frame_of(rows, CAPTIONS)


def test_every_item_is_asked_with_each_caption_and_with_none() -> None:
    frame = cascade_prompts(ITEMS, _captions("a", "b"), CASCADE)
    assert frame.group_by("captioner").len().sort("captioner").rows() == [("a", 4), ("b", 4), ("none", 4)]


def test_the_control_holds_no_caption() -> None:
    frame = cascade_prompts(ITEMS, _captions("a"), CASCADE)
    assert not any("says" in user for user in frame.filter(pl.col("captioner") == "none")["user"])


def test_swapped_captions_are_all_of_other_clips() -> None:
    frame = cascade_prompts(ITEMS, _captions("a"), CASCADE, swapped=["a"])
    own = frame.filter(pl.col("captioner") == "a")["user"].to_list()
    swapped = frame.filter(pl.col("captioner") == "a~swapped")["user"].to_list()
    assert not set(own) & set(swapped)
    assert control_of("a~swapped") == ("a", "swapped_caption")


def test_a_swapped_caption_is_of_the_same_domain_and_the_same_for_all_captioners() -> None:
    domains = ("Sound", "Music", "Sound", "Music", "Sound", "Speech")
    items = [
        Item.make("mini", f"What is {n}?", ("dog", "cat"), 0, category=domain, clip_id=f"c{n}")
        for n, domain in enumerate(domains)
    ]
    frame = cascade_prompts(items, _captions("a", "b", clips=6), CASCADE, swapped=["a", "b", "of another benchmark"])
    given = {
        captioner: [int(re.search(rf"{captioner[0]} says {{question}} (\d)", user)[1]) for user in rows["user"]]
        for (captioner,), rows in frame.filter(pl.col("captioner").str.ends_with("~swapped")).group_by("captioner")
    }
    assert set(given) == {"a~swapped", "b~swapped"}
    assert given["a~swapped"] == given["b~swapped"]
    assert all(other != own for own, other in enumerate(given["a~swapped"]))
    assert all(domains[own] == domains[other] for own, other in list(enumerate(given["a~swapped"]))[:5])


def test_captions_of_a_single_clip_cannot_be_swapped() -> None:
    with pytest.raises(AkbError, match="no other clip"):
        cascade_prompts(ITEMS[:1], _captions("a"), CASCADE, swapped=["a"])


def test_a_missing_caption_is_an_error_that_names_it() -> None:
    with pytest.raises(AkbError, match="no caption by a for clip c3"):
        cascade_prompts(ITEMS, _captions("a", clips=3), CASCADE)


def test_braces_in_a_caption_are_text() -> None:
    assert fill("{caption} / {question}", caption="{question}", question="Q") == "{question} / Q"


def test_rotations_stop_at_the_number_of_options() -> None:
    rows, requests = requests_of(probe_prompts(ITEMS, read_template(FOLDER / "probe.yaml")), BACKBONE, ASKING)
    assert len(requests) == 2 + 3 + 2 + 3
    assert [request.item_id for request in requests] == [ITEMS[row].item_id for row in rows]


def test_a_rotated_question_shows_the_options_in_its_order() -> None:
    _, requests = requests_of(probe_prompts(ITEMS[1:2], read_template(FOLDER / "probe.yaml")), BACKBONE, ASKING)
    assert "A. cat\nB. bell\nC. dog" in requests[1].user


def test_a_mode_that_shows_no_options_is_not_rotated() -> None:
    backbone = replace(BACKBONE, scoring="option")
    assert len(requests_of(probe_prompts(ITEMS, read_template(FOLDER / "probe.yaml")), backbone, ASKING)[0]) == 4


def test_responses_fill_their_table(tmp_path: Path) -> None:
    prompts = cascade_prompts(ITEMS, _captions("a"), CASCADE)
    rows, requests = requests_of(prompts, BACKBONE, ASKING)
    frame = responses_frame(prompts, rows, answer(requests, BACKBONE, tmp_path, "test"), BACKBONE)
    check(frame, RESPONSES, tmp_path)
    assert frame.filter(pl.col("control") == "no_caption").height == 10
    assert frame["answer"].to_list() == [0] * 20


def test_an_unknown_place_in_a_template_is_named(tmp_path: Path) -> None:
    (tmp_path / "probe.yaml").write_text('user: "{qestion}"', encoding="utf-8")
    with pytest.raises(AkbError, match="unknown place {qestion}"):
        read_template(tmp_path / "probe.yaml")
