"""Captions from labels: the truth of every clip of `mini`, and of no other."""

import json
from pathlib import Path

import pytest

from akb.audio.sources import read_plan
from akb.captions.labels import label_captions
from akb.errors import AkbError

PLAN = read_plan(Path(__file__).parents[2] / "resources/audio_sources.yaml")


def clip(**labels):
    return {"clip_id": "c", "labels": json.dumps(labels)}


def test_a_clip_is_called_what_it_is():
    speech = clip(domain="Speech", language="es", sex="female")
    rows = label_captions([speech], PLAN, "truth")
    assert "Spanish" in rows["text"][0] and "woman" in rows["text"][0]
    assert rows["captioner"].to_list() == ["truth"]


@pytest.mark.parametrize("labels", ["", "{}", json.dumps({"domain": "Speech"})])
def test_a_clip_without_labels_is_refused(labels):
    with pytest.raises(AkbError, match="say nothing"):
        label_captions([{"clip_id": "c", "labels": labels}], PLAN, "truth")
