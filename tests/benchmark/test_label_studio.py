"""Review tasks through a real Label Studio: imported, annotated by two people through its API, exported, merged."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from local_server import HOST, free_port, serving

from akb.benchmark import review
from akb.benchmark.agreement import agreement
from akb.benchmark.candidates import Candidate
from akb.benchmark.decision_files import read_decisions
from akb.benchmark.label_studio import LABELLING_CONFIGURATION, tasks_label_studio
from akb.benchmark.merging import MergeRules, merge

# $AKB_LABEL_STUDIO names a `label-studio` command that is installed already.
INSTALLED = os.environ.get("AKB_LABEL_STUDIO")
PACKAGE = "label-studio==1.23.2"
TOKENS = {name: f"{name}-" + "0" * 32 for name in ("ann", "bob")}

pytestmark = [pytest.mark.endurance, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Label Studio in an environment of its own: its packages are not ours."""
    if INSTALLED:
        return INSTALLED
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    done = subprocess.run(
        [folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-compile", PACKAGE],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        errors = re.findall(r"^ERROR.*", done.stderr, re.M) or [done.stderr[-300:]]
        pytest.skip(f"pip cannot install {PACKAGE}: {errors[-1]}")
    return str(folder / "bin/label-studio")


@dataclass(frozen=True)
class Studio:
    """A running server."""

    address: str

    def call(self, who: str, path: str, content: object = None) -> Any:
        """GET, or POST where there is content, as one of the two people."""
        headers = {"Authorization": f"Token {TOKENS[who]}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.address}/api/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()[:2000]}") from error


@pytest.fixture(scope="module")
def studio(command: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    # Nothing is reported to anyone, no version is looked up.
    silent = dict.fromkeys(("COLLECT_ANALYTICS", "LATEST_VERSION_CHECK"), "false")
    silent |= {"SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
    environment = {**silent, "LABEL_STUDIO_BASE_DATA_DIR": str(folder)}
    for name, token in TOKENS.items():
        account = ["--username", f"{name}@example.org", "--password", "secret-42", "--user-token", token]
        done = subprocess.run(
            [command, "init", "--quiet", "--enable-legacy-api-token", *account],
            env={**os.environ, **environment},
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    port = free_port()
    server = [command, "start", "--no-browser", "--internal-host", HOST, "--port", port]
    with serving(server, port, folder, environment) as address:
        yield Studio(address)


def candidate(number: int) -> Candidate:
    question = f"Welches „Tier“ bellt,\nund wie oft? #{number} <b>&amp;"
    return Candidate("animals", question, "dog", ("cat", "cow", "hen"), "t", "s", given_name=f"a-{number}")


def marks(verdict: str, **texts: str) -> list[dict[str, Any]]:
    """An annotation's regions as the labelling page sends them."""
    found: list[dict[str, Any]] = [
        {"from_name": "verdict", "to_name": "question", "type": "choices", "value": {"choices": [verdict]}}
    ]
    return found + [
        {"from_name": name, "to_name": "question", "type": "textarea", "value": {"text": [text]}}
        for name, text in texts.items()
    ]


def test_tasks_go_through_a_real_label_studio_and_come_back_as_decisions(studio: Studio, tmp_path: Path) -> None:
    candidates = [candidate(number) for number in range(12)]
    tasks = json.loads(tasks_label_studio([review.task(c, "Sound", ["long_answer: x"]) for c in candidates]))
    project = studio.call("ann", "projects/", {"title": "akb", "label_config": LABELLING_CONFIGURATION})["id"]
    assert studio.call("ann", f"projects/{project}/import?return_task_ids=true", tasks)["task_count"] == 12
    ids = {t["data"]["name"]: t["id"] for t in studio.call("ann", f"tasks?project={project}&page_size=100")["tasks"]}

    new = {"new_question": "Which animal mews?", "new_answer": "a cat", "new_distractors": "a dog\na cow\na hen"}
    verdicts = {"ann": ["accept"] * 9 + ["reject"] * 2, "bob": ["accept"] * 8 + ["reject"] * 3}
    for who, given in verdicts.items():
        for number, verdict in enumerate(given):
            studio.call(who, f"tasks/{ids[f'a-{number}']}/annotations/", {"result": marks(verdict, reason="“so”")})
        studio.call(who, f"tasks/{ids['a-11']}/annotations/", {"result": marks("edit", **new)})
    # A task that is skipped is no decision.
    studio.call("bob", f"tasks/{ids['a-0']}/annotations/", {"result": [], "was_cancelled": True})

    export = tmp_path / "export.json"
    export.write_text(json.dumps(studio.call("ann", f"projects/{project}/export?exportType=JSON")))
    decisions = read_decisions([export])[0].decisions
    assert len(decisions) == 24
    assert len({d.reviewer for d in decisions}) == 2
    assert {d.reason for d in decisions if d.verdict != "edit"} == {"“so”"}

    merged = merge(candidates, decisions, [], MergeRules(minimum=2))
    assert merged.stale == []
    statuses = ["accepted"] * 8 + ["conflict"] + ["rejected"] * 2 + ["edited"]
    assert [merged.status[c.name] for c in candidates] == statuses
    edited = merged.candidates[11]
    assert (edited.question, edited.answer) == ("Which animal mews?", "a cat")
    assert edited.distractors == ("a dog", "a cow", "a hen")
    (row,) = agreement({"Sound": [[d.verdict for d in merged.decisions[c.name]] for c in candidates]})
    # One disagreement in 12: the coincidences are 16 accept, 4 reject, 2 edit, and one pair each way apart.
    assert row.alpha == pytest.approx(1 - (2 / 24) / ((17 * 5 + 17 * 2 + 5 * 2) * 2 / (24 * 23)), abs=1e-9)
