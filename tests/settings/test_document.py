"""The schema and the manual's tables are those of the settings model."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from akb.settings.configuration import Settings
from akb.settings.document import MANUAL, SCHEMA, TABLES, manual_text, schema_text
from akb.settings.section import descriptions

ROOT = Path(__file__).parents[2]
REMEDY = "run: python -m akb.settings.document"


def test_the_schema_is_in_step_with_the_model() -> None:
    assert (ROOT / SCHEMA).read_text() == schema_text(), REMEDY


def test_the_manual_s_tables_are_in_step_with_the_model() -> None:
    before = (ROOT / MANUAL).read_text()
    assert before == manual_text(before), REMEDY
    assert len(before.splitlines()) > 300


@pytest.mark.parametrize("section", [section for _, section in TABLES], ids=lambda section: section.__name__)
def test_every_key_says_what_it_means(section: type[BaseModel]) -> None:
    assert set(descriptions(section)) == set(section.model_fields)


def test_every_section_stands_in_the_manual() -> None:
    shown = {section.__name__ for _, section in TABLES}
    assert set(Settings.model_json_schema()["$defs"]) - shown <= {"BackboneSettings", "Tool"}


@pytest.mark.parametrize("name", ["config", "smoke", "paper"])
def test_the_schema_takes_the_shipped_configurations(name: str) -> None:
    schema = yaml.safe_load((ROOT / SCHEMA).read_text())
    jsonschema.validate(yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"backbones": {"x": {"source": {"random": "y"}, "scorng": 1}}}, schema)
