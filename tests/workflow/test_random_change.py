"""Any change of anything that a result rests on: exactly the right jobs run, or an error says why.

Changes are drawn from a list of everything: modules, scripts, sources, entries, settings, folders, environment
variables, and the files behind files. What should run is worked out apart from Snakemake's own reasons: the jobs that
rest on the thing by the rules' text, and all that stands below them in the graph of files.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import yaml
from smoke_project import CONFIG, ROOT, Project, jobs
from test_staleness import older, put, wordnet

from akb.audio.clips import clip_id, read_clip, write_flac
from akb.audio.sources import part_of_plan, read_plan
from akb.errors import AkbError
from akb.models.checkpoints import build_checkpoint
from akb.models.model_files import check_files
from akb.orchestration.codedigest import module_file, module_name, reached_modules

Files = dict[str, set[str]]  # job → files
SCRIPTS = ROOT / "workflow/scripts"
PLAN, PACKAGES = "resources/audio_sources.yaml", "resources/checkpoints.yaml"
# Settings that a rule is given, a value that is not the smoke configuration's, and the rules that are given it.
SETTINGS: list[tuple[str, object, tuple[str, ...]]] = [
    ("benchmark.seed", 3, ("candidates",)),
    ("benchmark.grounded_per_template", 3, ("candidates",)),
    ("benchmark.similarity", 0.5, ("near_duplicates",)),
    ("benchmark.items", 6, ("akb_items",)),
    ("benchmark.name", "other", ("freeze",)),
    ("mini.seed", 3, ("audio_source", "mini")),
    ("mini.per_domain", 3, ("mini",)),
    ("lalm.features.pool", 4, ("features",)),
    ("lalm.instructions.variants", 5, ("instructions",)),
    ("lalm.training.lr", 0.5, ("finetune",)),
    ("lalm.launch", "python", ("finetune",)),
    ("downloads", "elsewhere", ()),
    ("resources.distil", {"gpus": 1, "memory_gb": 3, "max_minutes": 9}, ()),
]


@dataclass(frozen=True)
class Draw:
    """A change, how it is made, and which jobs ("rule wildcard wildcard") rest on it directly."""

    name: str
    make: Callable[[Project], object]
    direct: Callable[[str], bool]


def graph(project: Project) -> tuple[Files, Files]:
    """(the inputs, the outputs) of every job, by a dry run."""
    inputs: Files = {}
    outputs: Files = {}
    said = project.make("all", "--dry-run", "--forceall")
    for block in re.split(r"\n(?=(?:local)?rule \w+:\n)", said)[1:]:
        for name in jobs("\n" + block):
            for found, key in ((inputs, "input"), (outputs, "output")):
                line = re.search(rf"^    {key}: (.*)$", block, flags=re.M)
                found[name] = set(line[1].replace(" (update)", "").split(", ")) if line else set()
    return inputs, outputs


def scripts_of_rules() -> dict[str, str]:
    """Rule → the script whose code it rests on."""
    found = {}
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        for block in re.split(r"\n *rule (?=\w+:)", path.read_text(encoding="utf-8"))[1:]:
            if script := re.search(r'code=code\("(\w+)"\)', block):
                found[block.split(":")[0]] = script[1]
    return found


def of_rules(*rules: str) -> Callable[[str], bool]:
    return lambda job: job.split()[0] in rules


def of_jobs(names: set[str]) -> Callable[[str], bool]:
    return lambda job: job in names


def appended(file: str, text: str) -> Callable[[Project], object]:
    return lambda project: project.append(file, text)


def edited(file: str, change: Callable[[Any], object]) -> Callable[[Project], object]:
    """A YAML file read, changed and written, in other words all its comments gone."""

    def edit(project: Project) -> None:
        content = yaml.safe_load(project.path(file).read_text(encoding="utf-8"))
        change(content)
        project.path(file).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    return edit


def set_to(key: str, value: object) -> Callable[[Project], object]:
    def change(settings: dict[str, Any]) -> None:
        *sections, last = key.split(".")
        for section in sections:
            settings = settings.setdefault(section, {})
        settings[last] = value

    return lambda project: project.configure(change)


def changes_of_code() -> Iterator[Draw]:
    scripts = scripts_of_rules()
    reached = {rule: set(reached_modules(SCRIPTS / f"{script}.py")) for rule, script in scripts.items()}
    for module in sorted(set().union(*reached.values())):
        rules = [rule for rule, modules in reached.items() if module in modules]
        file = str(module_file(module_name(module)).relative_to(ROOT))
        yield Draw(file, appended(file, "\nnew = 1\n"), of_rules(*rules))
        yield Draw(f"a comment in {file}", appended(file, "\n# new\n"), of_rules())
    for script in sorted(set(scripts.values())):
        rules = [rule for rule, its in scripts.items() if its == script]
        file = f"workflow/scripts/{script}.py"
        yield Draw(file, appended(file, "\nnew = 1\n"), of_rules(*rules))


def changes_of_sources(inputs: Files) -> Iterator[Draw]:
    for name in sorted({name for names in inputs.values() for name in names if (ROOT / name).is_file()}):
        using = {job for job, names in inputs.items() if name in names}
        yield Draw(name, appended(name, "\n"), of_jobs(using))
        yield Draw(f"a touch of {name}", lambda p, n=name: p.path(n).touch(), of_rules())  # type: ignore[misc]


def changes_of_entries() -> Iterator[Draw]:
    plan = read_plan(ROOT / PLAN)
    # Nothing but `mini-unseen` is made from unseen sources, and this configuration is without it.
    heard = [name for name, entry in plan["sources"].items() if entry.get("split") != "unseen"]
    for name in plan["sources"]:
        change = edited(PLAN, lambda c, n=name: c["sources"][n].update(licence="new"))
        yield Draw(f"the source {name}", change, of_jobs({f"audio_source {name}"} if name in heard else set()))
    for label in plan["sounds"]:
        using = {f"audio_source {name}" for name in heard if label in part_of_plan(name, plan)["sounds"]}
        change = edited(PLAN, lambda c, n=label: c["sounds"][n].__setitem__(1, "new"))
        yield Draw(f"the label {label}", change, of_jobs({*using, "mini", "instructions"}))
    for name in yaml.safe_load((ROOT / PACKAGES).read_text(encoding="utf-8")):
        change = edited(PACKAGES, lambda c, n=name: c[n].update(origin="new"))
        yield Draw(f"the package {name}", change, of_jobs({"checkpoint minilm"} if "minilm" in name else set()))


def changes_outside() -> Iterator[Draw]:
    gamma = of_jobs({"checkpoint gamma"})
    for name in ("config.json", "model.safetensors"):
        yield Draw(f"an older {name}", lambda p, n=name: older(p.path(f"data/gamma/{n}")), gamma)  # type: ignore[misc]
    for name in ("m.tiktoken", "modeling.py", "pytorch_model.bin", "a/b/c.jinja"):
        yield Draw(f"a new {name}", lambda p, n=name: put(p, f"data/gamma/{n}"), gamma)  # type: ignore[misc]
    yield Draw("another WordNet", wordnet, of_rules("candidates"))
    defaults = "data/hub/accelerate/default_config.yaml"
    yield Draw("defaults of accelerate", lambda p: put(p, defaults), of_rules("finetune"))
    yield Draw("a lock file", appended("envs/cpu.lock", "new==1\n"), of_rules())


def below(direct: set[str], inputs: Files, outputs: Files) -> set[str]:
    """These jobs and all that stand below them."""
    found, waiting = set(direct), list(direct)
    while waiting:
        made = outputs[waiting.pop()]
        new = {job for job, names in inputs.items() if names & made} - found
        found |= new
        waiting += new
    return found


@dataclass(frozen=True)
class Whole:
    """The graph of a project, and every change that can be drawn."""

    inputs: Files
    outputs: Files
    draws: list[Draw]

    def check(self, project: Project, draw: Draw) -> None:
        with mock.patch.dict(os.environ):
            draw.make(project)
            expected = below(set(filter(draw.direct, self.inputs)), self.inputs, self.outputs)
            assert project.would_run() == expected, draw.name


@pytest.fixture(scope="module")
def whole(pretended_once: Project) -> Whole:
    inputs, outputs = graph(pretended_once)
    settings = [Draw(f"`{key}`", set_to(key, value), of_rules(*rules)) for key, value, rules in SETTINGS]
    draws = [*changes_of_code(), *changes_of_sources(inputs), *settings, *changes_of_entries(), *changes_outside()]
    return Whole(inputs, outputs, draws)


@pytest.mark.parametrize("number", range(20))
def test_a_random_change_brings_exactly_the_right_jobs(pretended: Project, whole: Whole, number: int) -> None:
    whole.check(pretended, random.Random(f"20 of {number}").choice(whole.draws))


@pytest.mark.endurance
@pytest.mark.parametrize("number", range(200))
def test_two_hundred_random_changes(pretended: Project, whole: Whole, number: int) -> None:
    whole.check(pretended, random.Random(f"200 of {number}").choice(whole.draws))


def test_every_source_file_is_on_the_list(whole: Whole) -> None:
    names = {draw.name for draw in whole.draws}
    made = set().union(*whole.outputs.values())
    outside = {name for found in whole.inputs.values() for name in found} - made
    assert {name for name in outside if not name.startswith(("data/", "results/"))} <= names
    assert CONFIG not in outside  # it is read by value, not by file
    assert len(whole.draws) > 200


@pytest.mark.parametrize("seed", range(4))
def test_a_file_behind_a_file_is_an_error_that_names_it(tmp_path: Path, seed: int) -> None:
    """Clips and weights are declared by no rule: whoever reads them looks."""
    draw = random.Random(seed)
    clips = []
    for number in range(3):
        samples = np.random.default_rng(number).uniform(-1, 1, 16_000).astype(np.float32)
        clips.append(tmp_path / f"{clip_id(samples)[:16]}.flac")
        write_flac(samples, clips[-1])
    build_checkpoint("m", {"random": "tiny-llama", "seed": 1}, tmp_path / "m", tmp_path, {})
    weights = [path for path in (tmp_path / "m").iterdir() if path.name not in ("fingerprint.json", "files.json")]
    victim = draw.choice([*clips, *sorted(weights)])
    if draw.random() < 0.5:
        victim.unlink()
    else:
        victim.write_bytes(b"something else")
    with pytest.raises(AkbError, match=victim.name):
        for clip in clips:
            read_clip(clip)
        check_files(tmp_path / "m")
