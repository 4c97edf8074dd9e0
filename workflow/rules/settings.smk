# The checked configuration, its lists, and how a rule says what it depends on. No rules here.
#
# Snakemake compares a job's params as a set of values, and sees no change in code. So every
# configuration value reaches a rule as part of one text, the options of its command line, in which
# no two values can change places unseen; and every rule carries `code=`, the digests of its script
# and of the modules that it reaches.
import hashlib
import os
import re
import shlex
import sys
from pathlib import Path

from akb.atomic import write_text
from akb.audio.sources import labels_of_plan, part_of_plan, read_plan
from akb.benchmark import filled_forms
from akb.benchmark.grounded.craft.wordnet import DEBIANS, dictionary_digest, present_folder
from akb.errors import AkbError
from akb.file_hashes import folder_digest, save_hashes
from akb.models.model_files import model_digest, model_files
from akb.orchestration.codedigest import code_digest
from akb.orchestration.folders import files_below, files_of
from akb.settings import captioners, configuration
from akb.settings.audio import MADE
from akb.settings.checking import checked
from akb.settings.configuration import canonical
from akb.settings.options import command_line
from akb.strict_yaml import read_yaml
from snakemake.exceptions import WorkflowError

# Given by the driver to its jobs on a cluster: where its plan is.
if "akb_plan" in config:
    os.environ.update(AKB_PLAN=config.pop("akb_plan"))

# The workflow's own folder, wherever it is run from, and whoever uses it as a module.
HOME = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]


def own(path):
    """A file that comes with the workflow, unless the working folder has one of that name."""
    return path if not path or Path(path).exists() or HOME == Path.cwd() else str(HOME / path)


# In the order in which later ones win: the one that the workflow names, then those of the command line.
CONFIGFILES = [
    *(path for path in workflow.configfiles if path not in workflow.overwrite_configfiles),
    *workflow.overwrite_configfiles,
]
ON_COMMAND_LINE = workflow.config_settings.config or {}

try:
    PACKAGES = read_yaml(HOME / "resources/checkpoints.yaml")
    SETTINGS = checked(
        config,
        where=", ".join([*map(os.path.relpath, CONFIGFILES), *(["--config"] if ON_COMMAND_LINE else [])]),
        packages=PACKAGES,
        files=[Path(os.path.relpath(path)) for path in CONFIGFILES],
        given=ON_COMMAND_LINE,
    )
except AkbError as error:
    raise WorkflowError(str(error))

RESULTS = SETTINGS.results
BACKBONES = list(SETTINGS.backbones)
LALMS = configuration.lalms(SETTINGS)
SERVED = [name for name in BACKBONES if SETTINGS.backbones[name].source.api]
AUDIO_BENCHMARKS = list(SETTINGS.audio_benchmarks)
IMPORTED = [name for name in AUDIO_BENCHMARKS if SETTINGS.audio_benchmarks[name].kind not in MADE]
TRAINING_SETS = SETTINGS.training_sets
CAPTIONERS = list(SETTINGS.captioners)
COMPOSED = [name for name in CAPTIONERS if SETTINGS.captioners[name].kind == "compose"]
HEARING = [name for name in CAPTIONERS if name not in COMPOSED]
AUDIO_LLMS = [name for name in HEARING if SETTINGS.captioners[name].kind in captioners.AUDIO_LLM_ENGINES]
WITHOUT_GPU = [name for name in CAPTIONERS if SETTINGS.captioners[name].kind not in ("whisper", "audio-llm")]
ASKED_AS_WELL = [name for name in BACKBONES if SETTINGS.backbones[name].asked_as_well]
SHARDS = SETTINGS.shards
LALM = SETTINGS.lalm
LOOSE = configuration.loose_revisions(SETTINGS)

# Every shell command begins by sourcing workflow/job.sh, which says why there is no `shell.prefix`.
os.environ.update(AKB_HOME=str(HOME), AKB_PYTHON=sys.executable, AKB_CORES=str(workflow.resource_settings.cores or ""))


# Before anything runs: what people filled in must not lie where it would be written over.
try:
    filled_forms.require_elsewhere(
        Path(RESULTS),
        {f"benchmark.{key}": getattr(SETTINGS.benchmark, key) for key in ("decisions", "adjudications")},
    )
except AkbError as error:
    raise WorkflowError(str(error))


def one_of(names):
    """A wildcard's pattern: exactly these names; never anything if there are none."""
    return "|".join(map(re.escape, names)) or "(?!)"


# Not by the directive, which would hold for the rules of a workflow that uses this one as a module too.
workflow.wildcard_constraints.update(
    backbone=one_of(BACKBONES),
    model=one_of([*BACKBONES, *SETTINGS.tools]),
    benchmark=one_of([*AUDIO_BENCHMARKS, *TRAINING_SETS]),
    captioner=one_of(CAPTIONERS),
    shard=r"\d+",
    seed=one_of(map(str, LALM.seeds)),
)


def built(path):
    """A path in the results folder."""
    return f"{RESULTS}/{path}"


def code(script):
    """What `script` computes, as a digest: changes exactly when its code does."""
    return code_digest(HOME / "workflow/scripts" / f"{script}.py")


def options(*texts, **values):
    """Command-line options: True is a bare flag; None, False, "" and [] are left out; a list is several values.

    texts: options that are text already: `command_line` writes those of a section.
    """
    words = []
    for name, value in values.items():
        if value is not False and value not in (None, "", [], ()):  # 0 equals False, and is a value
            words.append(f"--{name.replace('_', '-')}")
            given = value if isinstance(value, (list, tuple)) else [] if value is True else [value]
            words += [shlex.quote(str(word)) for word in given]
    return " ".join([*words, *filter(None, texts)])


def numbered(path, shards):
    """The paths of all shards: `numbered("x/{shard}.parquet", 3)`."""
    return [path.replace("{shard}", str(shard)) for shard in range(shards)]


def by_file(text):
    """A file that holds `text` and is named for it: for options that are longer than a command line should be.

    As an option it changes exactly when the text does.
    """
    path = Path(".snakemake/akb-arguments", f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json")
    if not path.exists():
        write_text(path, text)
    return str(path)


def require_pinned(*places):
    """Raise where one of these comes from a hub and is no full commit; a dry run fails on it, too, with all there are.

    `plan_unpinned` lets what runs nothing be done nevertheless, and AKB_UNPINNED (which `akb plan` sets) everything:
    what fetches refuses it all the same.
    """
    nothing_runs = workflow.executor_plugin is None or workflow.dryrun
    allowed = os.environ.get("AKB_UNPINNED") or (SETTINGS.plan_unpinned and nothing_runs)
    if allowed or not any(place in LOOSE for place in places):
        return
    raise WorkflowError(
        str(
            AkbError(
                f"{len(LOOSE)} revisions are no full commits, so that what they name may move: "
                + ", ".join(f"{place} ({named})" for place, named in LOOSE.items()),
                where=", ".join(map(os.path.relpath, CONFIGFILES)) or "--config",
                remedy="`akb pin CONFIG` writes the commits in; `plan_unpinned: true` lets a dry run list jobs without",
            )
        )
    )
