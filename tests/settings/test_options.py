"""A section as a script's options: what a rule writes, the script reads back as the same section."""

from __future__ import annotations

import argparse
import shlex

import pytest

from akb.errors import AkbError
from akb.settings.analysis import Analysis
from akb.settings.benchmark import Benchmark, Review, Writing
from akb.settings.features import Features
from akb.settings.listening import Listening
from akb.settings.options import add_options, command_line
from akb.settings.section import Section
from akb.settings.training import Training


def round_trip(section: Section) -> Section:
    parser = argparse.ArgumentParser()
    section_of = add_options(parser, type(section))
    return section_of(parser.parse_args(shlex.split(command_line(section))))


@pytest.mark.parametrize(
    "section",
    [
        Training(),
        Training(steps=3, lr=1e-5, betas=(0.8, 0.9), no_words=True),
        Listening(controls=(), beside={"mini": "generate"}, max_tokens=9),
        Listening(controls=("swapped_audio", "no_audio")),
        Features(layers=(5,), pool=1),
        Writing(per_subcategory=3, seeds=(1, 2), temperature=0.0),
        Review(majority=0.0),
        Benchmark(name="it's mine", grounded=False, imports=("a b.csv", "c.csv"), stemless=""),
        Analysis(cascade_captioner="", metrics=("probe/akb",)),
    ],
)
def test_what_a_rule_writes_a_script_reads_back_as_the_same(section: Section) -> None:
    if isinstance(section, Benchmark):  # it holds sections of its own, which are no options
        parser = argparse.ArgumentParser()
        names = ("name", "grounded", "imports", "stemless")
        section_of = add_options(parser, Benchmark, *names)
        assert section_of(parser.parse_args(shlex.split(command_line(section, *names)))) == section
    else:
        assert round_trip(section) == section


def test_what_stands_at_its_default_stands_on_no_command_line() -> None:
    assert command_line(Training()) == command_line(Listening()) == ""
    assert command_line(Training(seed=1, depth=3)) == "--depth 3 --seed 1"  # by name, whatever the order


def test_a_value_that_is_not_allowed_is_told_as_in_the_configuration() -> None:
    parser = argparse.ArgumentParser()
    section_of = add_options(parser, Training)
    with pytest.raises(AkbError, match="depth: 0: input should be greater than or equal to 1"):
        section_of(parser.parse_args(["--depth", "0"]))
