"""A copy of the project in a folder of its own, with the smoke configuration, to be changed and run at will."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from akb.orchestration.why import parse

ROOT = Path(__file__).parents[2]
SOURCES = ("Snakefile", "config", "envs", "profiles", "resources", "src", "workflow")
CONFIG = "config/smoke.yaml"


@dataclass(frozen=True)
class Project:
    """A copy of the project. Its own `src/akb` is what its Snakefile and scripts import."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} no longer has {old!r}: mend this test"
        self.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        with self.path(name).open("a", encoding="utf-8") as handle:
            handle.write(text)

    def configure(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the configuration as a dictionary."""
        settings = yaml.safe_load(self.path(CONFIG).read_text(encoding="utf-8"))
        change(settings)
        self.path(CONFIG).write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", *arguments, "--cores", "8", "--nocolor", "--configfile", CONFIG]

    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        mine = {"PYTHONPATH": str(self.path("src")), "PATH": path, "HF_HOME": str(self.path("data/hub"))}
        return {"AKB_WORDNET": "", **os.environ, **mine}

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake to its end; its output is in `stdout`."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def make(self, *arguments: str) -> str:
        """Run Snakemake, which must succeed; returns what it said."""
        done = self.snakemake(*arguments)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def would_run(self, *arguments: str) -> set[str]:
        """The jobs of a dry run, without `all`."""
        return jobs(self.make(*(arguments or ("all",)), "--dry-run"))

    def records(self) -> dict[str, list[str]]:
        """The keys of every stored response, by backbone; a key twice is an item computed twice."""
        found: dict[str, list[str]] = {}
        for segment in sorted(self.folder.glob("results/*/models/*/store/*.jsonl")):
            lines = segment.read_text(encoding="utf-8").splitlines()
            found.setdefault(segment.parts[-3], []).extend(line.split()[0] for line in lines)
        return found


def jobs(said: str) -> set[str]:
    """The jobs that Snakemake names, as "rule wildcard wildcard", without `all`."""
    found = parse(said)
    values = ((job.rule, *(part.split("=", 1)[1] for part in job.wildcards.split(", ") if part)) for job in found)
    return {" ".join(words) for words in values} - {"all"}


def copied(project: Project, folder: Path) -> Project:
    """A copy that keeps every file's time; a checkpoint's links lead into the copy, as they led into the original."""
    shutil.copytree(project.folder, folder, symlinks=True)
    for link in filter(Path.is_symlink, folder.glob("results/*/checkpoints/*/*")):
        target = link.readlink()
        if target.parent.parent.name == "data":  # a local folder model: data/gamma
            times = link.lstat()
            link.unlink()
            link.symlink_to(folder / "data" / target.parent.name / target.name)
            os.utime(link, ns=(times.st_atime_ns, times.st_mtime_ns), follow_symlinks=False)
    return Project(folder)


def pretend(project: Project) -> None:
    """Mark every output of `all` as built, as empty files: enough for dry runs."""
    outputs = [line.split("\t")[0] for line in project.make("all", "--summary").splitlines() if "\t" in line][1:]
    for path in map(project.path, outputs):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.touch()
        else:
            path.mkdir(exist_ok=True)  # the output of a rule that writes a folder
    project.make("all", "--touch", "--forceall")


def checked_out(folder: Path) -> Project:
    """The project's files as they stand, what git ignores left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *SOURCES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return Project(folder)


def prepared(folder: Path) -> Project:
    """The project, its smoke configuration with a reviewer's file and a model that is a local folder."""
    project = checked_out(folder)
    project.path("data/gamma").mkdir(parents=True)
    header = "name,content_hash,reviewer,verdict,reason,time,new_question,new_answer,new_distractors\n"
    project.path("data/decisions.csv").write_text(header, encoding="utf-8")
    project.path("data/captions.jsonl").write_text("", encoding="utf-8")

    def study(settings: dict[str, Any]) -> None:
        settings["benchmark"]["decisions"] = ["data/decisions.csv"]
        settings["backbones"]["gamma"]["source"] = {"folder": "data/gamma"}

    project.configure(study)
    return project
