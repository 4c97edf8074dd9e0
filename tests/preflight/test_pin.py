"""`akb pin` turns revisions into commits and leaves every other byte as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from akb.errors import AkbError
from akb.preflight import pin
from akb.preflight.pin import pinned, revisions

SHA = "0123456789abcdef0123456789abcdef01234567"
ROOT = Path(__file__).parents[2]


def resolve(hub: str, revision: str, kind: str) -> str:
    """A made-up commit for what was asked; one of them has digits alone, which YAML would read as a number."""
    return "1" * 40 if hub.startswith("Qwen") else hashlib.sha1(f"{hub}|{revision}|{kind}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {source: {hub: o/n, revision: main}} # why\n", f"a: {{source: {{hub: o/n, revision: {SHA}}}}} # why\n"),
        ("a:\n  b:\n    revision: v1 # tag\n    hub: o/n\n", f"a:\n  b:\n    revision: {SHA} # tag\n    hub: o/n\n"),
        ("a: {hub: o/n}\nb: 1\n", f"a: {{hub: o/n, revision: {SHA}}}\nb: 1\n"),
        ("a:\n  hub: o/n # no revision yet\nb: 1\n", f"a:\n  hub: o/n\n  revision: {SHA} # no revision yet\nb: 1\n"),
        ("a:\n  hub: o/n\n  revision:\nb: 1\n", f"a:\n  hub: o/n\n  revision: {SHA}\nb: 1\n"),
        ("a: {hub: o/n, revision: 'main'}\n", f"a: {{hub: o/n, revision: {SHA}}}\n"),
        ("a: &x {hub: o/n, revision: main}\nb: *x\n", f"a: &x {{hub: o/n, revision: {SHA}}}\nb: *x\n"),
        (f"a: {{hub: o/n, revision: {SHA}}}\n", f"a: {{hub: o/n, revision: {SHA}}}\n"),
    ],
)  # fmt: skip
def test_the_revision_alone_is_changed(before: str, after: str) -> None:
    text, _ = pinned(before, lambda *_: SHA)
    assert text == after
    assert [r.given for r in revisions(text)] == [SHA]


def test_a_branch_a_tag_and_a_short_commit_are_resolved_as_they_stand() -> None:
    asked = []
    text = "a: {hub: o/a, revision: v2}\nb: {hub: o/b, revision: 0123abc}\nc: {hub: o/c}\n"
    pinned(text, lambda *words: asked.append(words) or SHA)  # type: ignore[func-returns-value]
    assert asked == [("o/a", "v2", "model"), ("o/b", "0123abc", "model"), ("o/c", "main", "model")]


def test_data_sets_are_asked_for_as_data_sets() -> None:
    text = "audio_benchmarks: {x: {hub: o/d, revision: main}}\ntraining_sets: {y: {hub: o/e, revision: main}}\n"
    assert [revision.kind for revision in revisions(text)] == ["dataset", "dataset"]


def test_the_paper_s_configuration_differs_in_its_revisions_alone() -> None:
    before = (ROOT / "config/paper.yaml").read_text(encoding="utf-8")
    after, changes = pinned(before, resolve)
    old, new = before.splitlines(), after.splitlines()
    assert len(old) == len(new)
    assert sum(one != other for one, other in zip(old, new, strict=True)) == len(changes)
    for revision, commit in changes:
        place = yaml.safe_load(after)
        for key in revision.keys:
            place = place[key]
        assert place["revision"] == commit


def test_check_names_what_is_loose_and_ends_with_status_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(
        f"backbones:\n  m: {{source: {{hub: o/n, revision: main}}}}\n  n: {{source: {{hub: o/m, revision: {SHA}}}}}\n"
    )
    with pytest.raises(SystemExit) as ended:
        _pin(config, "--check")
    assert ended.value.code == 1
    assert "backbones.m.source: o/n stands at 'main'" in capsys.readouterr().out
    assert "revision: main" in config.read_text()


def test_without_a_network_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("m: {hub: o/n, revision: main}\n")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(AkbError, match=r"o/n|network"):
        _pin(config)
    assert config.read_text() == "m: {hub: o/n, revision: main}\n"


def _pin(config: Path, *options: str) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    pin.add_parser(parser.add_subparsers())
    given = parser.parse_args(["pin", str(config), *options])
    given.run(given)
