# The checked configuration, and the few functions that rules share. No rules here.
#
# Snakemake compares a job's params as a set of values, and sees no change in code. So every
# configuration value reaches a rule as part of one text, the options of its command line, in which
# no two values can change places unseen; and every rule carries `code=`, the digests of its script
# and of the modules that it reaches.
import shlex
from pathlib import Path

import yaml

from akb import config as configuration
from akb.codedigest import code_digest
from akb.errors import AkbError
from snakemake.exceptions import WorkflowError

SCHEMA = yaml.safe_load(Path(workflow.basedir, "workflow/schemas/config.schema.yaml").read_text())

try:
    SETTINGS = configuration.checked(config, SCHEMA, where=", ".join(workflow.configfiles) or "--config")
except AkbError as error:
    raise WorkflowError(str(error))

RESULTS = SETTINGS["results"]
BACKBONES = list(SETTINGS["backbones"])
LALMS = [name for name in BACKBONES if configuration.backbone(SETTINGS, name)["lalm"]]
AUDIO_BENCHMARKS = list(SETTINGS["audio_benchmarks"])
CAPTIONERS = list(SETTINGS["captioners"])
SHARDS = SETTINGS["shards"]
ALL_CORES = 64  # more than any machine here: Snakemake scales it down to --cores, so such jobs run alone

# Torch and vLLM start as many threads as OMP_NUM_THREADS says, and Snakemake sets that to a job's
# threads: `--cores 8` on two cores would make eight of them fight.
shell.prefix(
    "cores=$(env -u OMP_NUM_THREADS nproc); "
    '[ "${{OMP_NUM_THREADS:-1}}" -gt "$cores" ] && export OMP_NUM_THREADS=$cores; '
)


wildcard_constraints:
    backbone="|".join(map(re.escape, BACKBONES)),
    model="|".join(map(re.escape, [*BACKBONES, *SETTINGS["tools"]])),
    benchmark="|".join(map(re.escape, AUDIO_BENCHMARKS)) or "(?!)",
    captioner="|".join(map(re.escape, CAPTIONERS)) or "(?!)",
    shard=r"\d+",


def built(path):
    """A path in the results folder."""
    return f"{RESULTS}/{path}"


def code(script):
    """What `script` computes, as a digest: changes exactly when its code does."""
    return code_digest(Path(workflow.basedir, "workflow/scripts", f"{script}.py"))


def options(**values):
    """Command-line options: True is a bare flag; None, False, "" and [] are left out; a list is several values."""
    words = []
    for name, value in values.items():
        if value not in (None, False, "", []):
            words.append(f"--{name.replace('_', '-')}")
            given = value if isinstance(value, list) else [] if value is True else [value]
            words += [shlex.quote(str(word)) for word in given]
    return " ".join(words)


# The settings of a backbone that the engines read; the others have rules of their own.
ENGINE_KEYS = [
    "scoring",
    "normalise",
    "rotations",
    "thinking",
    "dtype",
    "max_model_len",
    "max_tokens",
    "temperature",
    "engine_options",
]


def backbone_json(name, engine="engine"):
    """A backbone as the scripts' `--backbone`; `engine` is the setting that names its engine."""
    entry = configuration.backbone(SETTINGS, name)
    spec = {key: entry[key] for key in ENGINE_KEYS}
    spec |= {"name": name, "engine": entry[engine], "checkpoint": built(f"checkpoints/{name}")}
    return configuration.canonical(spec)


def fingerprint(model):
    """The file that says which weights and tokenizer a built checkpoint has."""
    return built(f"checkpoints/{model}/fingerprint.json")


def numbered(path, shards):
    """The paths of all shards: `numbered("x/{shard}.parquet", 3)`."""
    return [path.replace("{shard}", str(shard)) for shard in range(shards)]


def request(rule, key, default, scale=1):
    """A resource or threads function: what the configuration asks for `rule`, in `scale` of its unit.

    Memory and time grow by half with each attempt.
    """

    def value(wildcards, attempt=1):
        entry = SETTINGS["resources"].get(rule, {})
        if name := getattr(wildcards, "backbone", None):
            entry = entry | configuration.backbone(SETTINGS, name)["resources"].get(rule, {})
        grown = 1.5 ** (attempt - 1) if key in ("memory_gb", "minutes") else 1
        amount = entry.get(key, default)
        return amount if isinstance(amount, str) else int(amount * scale * grown)

    return value
