# The checked configuration, and the few functions that rules share. No rules here.
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
# The threads of heavy jobs that ask for none. On this machine more than any has: Snakemake scales them down to
# --cores, so such jobs run alone. A cluster (its `--jobs` sets nodes) would look for a node that has as many.
ALL_CORES = 8 if workflow.remote_exec or workflow.resource_settings.nodes else 64

# Of jobs on one thread that all probes wait for: first, so that they run beside others and nobody waits for them alone.
SOON = 10

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


def returned_files(key):
    """An input function: the reviewers' files under a key of `benchmark`, all of which must be there by then."""

    def files(wildcards):
        try:
            return filled_forms.require_there(getattr(SETTINGS.benchmark, key), f"benchmark.{key}")
        except AkbError as error:
            raise WorkflowError(str(error))

    return files


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


# The settings of a backbone that its text answers depend on. Distillation chooses its own way of asking, and an
# audio language model reads the weights alone: what they do not read must not make them stale.
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
DISTIL_KEYS = ["thinking", "dtype", "max_model_len", "engine_options"]
LALM_KEYS = ["thinking", "dtype"]
LISTEN_KEYS = [*LALM_KEYS, "max_model_len", "rotations", "max_tokens", "temperature"]


def backbone_json(name, keys=ENGINE_KEYS, engine="engine"):
    """A backbone as the scripts' `--backbone`: its settings `keys`, and `engine`, or what its setting `engine` names."""
    entry = configuration.backbone(SETTINGS, name)
    spec = {key: getattr(entry, key) for key in keys}
    spec |= {"name": name, "engine": getattr(entry, engine, engine), "checkpoint": built(f"checkpoints/{name}")}
    return canonical(spec)


def listener_json(name):
    """A backbone that listens, as `--backbone`; in its own text engine it keeps that engine's options."""
    engine = LALM.listen.engine
    same = configuration.backbone(SETTINGS, name).engine == engine != "transformers"
    return backbone_json(name, [*LISTEN_KEYS, *(["engine_options"] if same else [])], engine)


def fingerprint(model):
    """The file that says which weights and tokenizer a built checkpoint has."""
    return built(f"checkpoints/{model}/fingerprint.json")


# The partition of jobs that name none: the site's own, from `--default-resources` or a profile.
DEFAULT_RESOURCES = workflow.resource_settings.default_resources
DEFAULT_PARTITION = DEFAULT_RESOURCES.get("slurm_partition") if DEFAULT_RESOURCES else None
DEFAULT_PARTITION = str(getattr(DEFAULT_PARTITION, "raw", DEFAULT_PARTITION) or "")


def numbered(path, shards):
    """The paths of all shards: `numbered("x/{shard}.parquet", 3)`."""
    return [path.replace("{shard}", str(shard)) for shard in range(shards)]


def request(rule, key, default, scale=1):
    """A resource or threads function: what the configuration asks for `rule`, in `scale` of its unit.

    Memory and time grow by half with each attempt, up to `max_memory_gb` and `max_minutes`.
    """

    def value(wildcards, attempt=1):
        asked = configuration.given(getattr(SETTINGS.resources, rule))
        if name := getattr(wildcards, "backbone", None):
            asked |= configuration.given(getattr(configuration.backbone(SETTINGS, name).resources, rule))
        if (name := getattr(wildcards, "captioner", None)) and SETTINGS.captioners[name].resources:
            asked |= configuration.given(SETTINGS.captioners[name].resources)
        if key == "gpus" and getattr(wildcards, "captioner", "") in WITHOUT_GPU:
            return default
        amount = asked.get(key, default)
        if key in ("memory_gb", "minutes"):
            # A cap below what is asked for in the first place caps the growth, not the request.
            amount = max(amount, min(amount * 1.5 ** (attempt - 1), asked.get(f"max_{key}", float("inf"))))
        return amount if isinstance(amount, str) else int(amount * scale)

    return value


def gpus_of_rule(rule):
    """Whether the rule's entry asks for GPUs, whatever one of its jobs takes."""
    return bool(getattr(SETTINGS.resources, rule).gpus)


def is_local(name, default):
    """Whether `name` runs beside the driver, as its entry under `resources` says, else `default`."""
    local = getattr(SETTINGS.resources, name).local
    return default if local is None else local


def partition(rule):
    """A resource function: the partition that `rule` asks for; for its jobs without a GPU `partition_cpu`."""
    named, without, gpus = request(rule, "partition", ""), request(rule, "partition_cpu", ""), request(rule, "gpus", 0)

    def value(wildcards):
        # A captioner without a GPU is not sent to where the GPUs are.
        elsewhere = getattr(wildcards, "captioner", "") in WITHOUT_GPU
        own = without(wildcards) if not gpus(wildcards) else ""
        return own or ("" if elsewhere and gpus_of_rule(rule) else named(wildcards)) or DEFAULT_PARTITION

    return value


def devices(job):
    """How many GPUs the script of `job` insists on, as text: `--resources gpu=N` scales the number `gpu`
    down without a word, but leaves texts alone; and a resource, unlike a param, makes nothing stale.
    """
    count = request(job, "gpus", 0)
    return lambda wildcards: str(count(wildcards))


def gpus_of_nodes(job):
    """A resource function: the GPUs of all nodes of `job`, as Slurm and Snakemake count them."""
    count, nodes = request(job, "gpus", 0), request(job, "nodes", 1)
    return lambda wildcards: count(wildcards) * nodes(wildcards)


def several_nodes(job):
    """Further resources of a rule some of whose jobs run on several nodes; none where no job does.

    The Slurm plugin then starts a job's command once, on its first node (`mpi`), with room for one task on each.
    """
    asked = [SETTINGS.resources, *(configuration.backbone(SETTINGS, name).resources for name in LALMS)]
    if all((getattr(entry, job).nodes or 1) == 1 for entry in asked):
        return {}
    nodes = request(job, "nodes", 1)
    return {"mpi": lambda wildcards: "srun" if nodes(wildcards) > 1 else "", "tasks": nodes, "tasks_per_gpu": 0}


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


def source_files(wildcards):
    """The files of a local model folder. Raises for a hub's model that is not pinned."""
    require_pinned(f"backbones.{wildcards.model}", f"tools.{wildcards.model}")
    folder = configuration.model_source(SETTINGS, wildcards.model).folder
    return list(map(str, model_files(Path(folder)))) if folder else []


def source_digest(wildcards):
    """What is in a local model folder, so that any change is noticed, one with an older time too."""
    folder = configuration.model_source(SETTINGS, wildcards.model).folder
    return model_digest(Path(folder)) if folder else ""


def digest_below(folder, read_up_to=None):
    """What is in a folder, as 16 hex digits; nothing where none is named. read_up_to: as in `folder_digest`."""
    if not folder:
        return ""
    root = Path(folder).expanduser()
    return folder_digest(files_below(root), root, read_up_to)


def audio_digest(wildcards):
    """What is in the audio folder of a benchmark, so that a recording that changes is noticed."""
    digest = digest_below(SETTINGS.audio_benchmarks[wildcards.benchmark].audio)
    save_hashes()
    return digest


def training_audio_digest(wildcards):
    """The same for a training set's audio folder, by size and time alone: it may hold a million files."""
    return digest_below(TRAINING_SETS[wildcards.benchmark].audio, read_up_to=-1)


def wordnet_digest():
    """Which WordNet the grounded questions are made from; nothing for Debian's, which is fetched where there is none."""
    folder = present_folder(os.environ.get("AKB_WORDNET")) if BENCHMARK.grounded else None
    digest = dictionary_digest(folder) if folder else DEBIANS
    return "" if digest == DEBIANS else f"WordNet {digest}"


def accelerate_defaults():
    """The user's own defaults of `accelerate launch`, precision among them, where the launch names no other file."""
    if not LALM.launch.startswith("accelerate") or "--config_file" in LALM.launch:
        return ""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "huggingface"))
    found = [home.expanduser() / "accelerate" / name for name in ("default_config.yaml", "default_config.json")]
    return next((f"{path.name}: {path.read_text(encoding='utf-8')}" for path in found if path.is_file()), "")


def checkpoint_options(wildcards):
    """Where a checkpoint comes from; of the catalogue of packages, its own entry alone."""
    source = configuration.model_source(SETTINGS, wildcards.model)
    entry = canonical(PACKAGES[source.package]) if source.package else None
    return options(source=canonical(source), entry=entry)


def transcripts_of(benchmark):
    """The captions that stand beside the audio, if any do; a training set may bring its own."""
    if not LALM.transcripts:
        return []
    if benchmark in TRAINING_SETS and TRAINING_SETS[benchmark].fields.transcript:
        return [built(f"audio/{benchmark}/transcripts.parquet")]
    return [built(f"captions/{benchmark}/{LALM.transcripts}.parquet")]


def captioners_of(benchmark):
    """The captioners with whose captions a benchmark is asked."""
    return configuration.asked_with(SETTINGS, benchmark)


def ask_as_well_options(wildcards):
    """How a backbone is asked in its second way."""
    name = wildcards.backbone
    second = SETTINGS.backbones[name].asked_as_well
    entry = configuration.backbone(SETTINGS, name)
    spec = {key: getattr(entry, key) for key in ENGINE_KEYS} | {"name": name, "engine": second.engine or entry.engine}
    spec |= {"scoring": second.scoring, "max_tokens": second.max_tokens or entry.max_tokens}
    spec |= {"checkpoint": built(f"checkpoints/{name}")}
    if spec["engine"] != entry.engine:
        spec["engine_options"] = {}  # those of another engine mean nothing to this one
    return options(backbone=canonical(spec), captioner=SETTINGS.analysis.cascade_captioner)


def swapped_options(wildcards):
    """The captioners that are also asked with another clip's caption."""
    here = captioners_of(wildcards.benchmark)
    return options(swapped_captions=[name for name in configuration.swapped(SETTINGS) if name in here])


def caption_options(wildcards):
    """How one shard of a captioner is called: its model or its file."""
    entry = SETTINGS.captioners[wildcards.captioner]
    return options(
        captioner=wildcards.captioner,
        whisper=built(f"checkpoints/{entry.model}") if entry.kind == "whisper" else None,
        language=entry.language,
        yamnet=built(f"checkpoints/{entry.model}") if entry.kind == "sounds" else None,
        labels=LABELS_PLAN if entry.kind == "labels" else None,
        file=entry.file,
        field=entry.field,
        partial=entry.partial,
        shard=wildcards.shard,
        shards=SHARDS.captions,
    )


def caption_by_llm_options(wildcards):
    """How one shard of an audio language model's captions is called."""
    name = wildcards.captioner
    entry = SETTINGS.captioners[name]
    spec = {key: value for key, value in configuration.given(entry).items() if key in captioners.ENGINE_READS}
    spec |= {"name": name, "engine": captioners.AUDIO_LLM_ENGINES[entry.kind], "scoring": "generate"}
    return options(
        captioner=name,
        backbone=canonical(spec | {"checkpoint": built(f"checkpoints/{entry.model}")}),
        prompt=entry.prompt,
        question_aware=entry.question_aware,
        window_seconds=entry.window_seconds,
        partial=entry.partial,
        every_clip=LALM.transcripts == name,
        shard=wildcards.shard,
        shards=SHARDS.captions,
    )


def training_set_options(wildcards):
    """How a training set is imported."""
    entry = TRAINING_SETS[wildcards.benchmark]
    called = {f"{field}_field": name for field, name in sorted(entry.fields)}
    return options(name=wildcards.benchmark, audio=entry.audio, **called)


def question_files(wildcards):
    """The files of a benchmark's questions: all those of a data set's folder, none of one on the hub.

    Raises for a data set on the hub that is not pinned.
    """
    require_pinned(f"audio_benchmarks.{wildcards.benchmark}")
    items = SETTINGS.audio_benchmarks[wildcards.benchmark].items
    return files_of(items) if items else []


def question_options(wildcards):
    """How a benchmark's questions are imported."""
    entry = SETTINGS.audio_benchmarks[wildcards.benchmark]
    called = {name: field for name, field in entry.fields if field != type(entry.fields).model_fields[name].default}
    return options(
        name=wildcards.benchmark,
        kind=entry.kind,
        questions=entry.items,
        hub=entry.hub,
        revision=entry.revision,
        split=entry.split,
        fields=canonical(called) if called else None,
        limit=entry.limit,
        audio=entry.audio,
    )


def caption_inputs(wildcards):
    """What a captioner reads besides the clips: its model's fingerprint, or its file."""
    entry = SETTINGS.captioners[wildcards.captioner]
    return files_of(entry.file) if entry.file else [fingerprint(entry.model)] if entry.model else []


def feature_shards(split):
    """Into how many jobs the features of a split are cut."""
    return (SHARDS.training_features or SHARDS.features) if split == "train" else SHARDS.features


def features_of(benchmark, split):
    """All feature shards of one split of a benchmark."""
    path = built(f"features/{LALM.encoder}/{benchmark}-{split}-{{shard}}.safetensors")
    return numbered(path, feature_shards(split))


def audio_responses(wildcards):
    """The audio-grounded responses of a backbone from which a LALM was made."""
    if wildcards.backbone not in LALMS:
        return []
    audio = built(f"models/{wildcards.backbone}/lalm/{{seed}}/audio-{{benchmark}}.parquet")
    return expand(audio, seed=LALM.seeds, benchmark=AUDIO_BENCHMARKS)


def training_curves():
    """The report's training curves as `backbone=file`, or `backbone:seed=file` where there are several trainings."""
    several = len(LALM.seeds) > 1
    return " ".join(
        (
            f"{name}:{seed}={built(f'models/{name}/lalm/{seed}/training.parquet')}"
            if several
            else f"{name}={built(f'models/{name}/lalm/{seed}/training.parquet')}"
        )
        for name in LALMS
        for seed in LALM.seeds
    )
