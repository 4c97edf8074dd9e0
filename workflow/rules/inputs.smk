# What rules read, in the order of the data: files that depend on the configuration, and digests of what is too large
# or too far away to be an input. No rules here.


def fingerprint(model):
    """The file that says which weights and tokenizer a built checkpoint has."""
    return built(f"checkpoints/{model}/fingerprint.json")


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


def returned_files(key):
    """An input function: the reviewers' files under a key of `benchmark`, all of which must be there by then."""

    def files(wildcards):
        try:
            return filled_forms.require_there(getattr(SETTINGS.benchmark, key), f"benchmark.{key}")
        except AkbError as error:
            raise WorkflowError(str(error))

    return files


def wordnet_digest():
    """Which WordNet the grounded questions are made from; nothing for Debian's, which is fetched where there is none."""
    folder = present_folder(os.environ.get("AKB_WORDNET")) if BENCHMARK.grounded else None
    digest = dictionary_digest(folder) if folder else DEBIANS
    return "" if digest == DEBIANS else f"WordNet {digest}"


def question_files(wildcards):
    """The files of a benchmark's questions: all those of a data set's folder, none of one on the hub.

    Raises for a data set on the hub that is not pinned.
    """
    require_pinned(f"audio_benchmarks.{wildcards.benchmark}")
    items = SETTINGS.audio_benchmarks[wildcards.benchmark].items
    return files_of(items) if items else []


def audio_digest(wildcards):
    """What is in the audio folder of a benchmark, so that a recording that changes is noticed."""
    digest = digest_below(SETTINGS.audio_benchmarks[wildcards.benchmark].audio)
    save_hashes()
    return digest


def training_audio_digest(wildcards):
    """The same for a training set's audio folder, by size and time alone: it may hold a million files."""
    return digest_below(TRAINING_SETS[wildcards.benchmark].audio, read_up_to=-1)


def caption_inputs(wildcards):
    """What a captioner reads besides the clips: its model's fingerprint, or its file."""
    entry = SETTINGS.captioners[wildcards.captioner]
    return files_of(entry.file) if entry.file else [fingerprint(entry.model)] if entry.model else []


def captioners_of(benchmark):
    """The captioners with whose captions a benchmark is asked."""
    return configuration.asked_with(SETTINGS, benchmark)


def transcripts_of(benchmark):
    """The captions that stand beside the audio, if any do; a training set may bring its own."""
    if not LALM.transcripts:
        return []
    if benchmark in TRAINING_SETS and TRAINING_SETS[benchmark].fields.transcript:
        return [built(f"audio/{benchmark}/transcripts.parquet")]
    return [built(f"captions/{benchmark}/{LALM.transcripts}.parquet")]


def feature_shards(split):
    """Into how many jobs the features of a split are cut."""
    return (SHARDS.training_features or SHARDS.features) if split == "train" else SHARDS.features


def features_of(benchmark, split):
    """All feature shards of one split of a benchmark."""
    path = built(f"features/{LALM.encoder}/{benchmark}-{split}-{{shard}}.safetensors")
    return numbered(path, feature_shards(split))


def accelerate_defaults():
    """The user's own defaults of `accelerate launch`, precision among them, where the launch names no other file."""
    if not LALM.launch.startswith("accelerate") or "--config_file" in LALM.launch:
        return ""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "huggingface"))
    found = [home.expanduser() / "accelerate" / name for name in ("default_config.yaml", "default_config.json")]
    return next((f"{path.name}: {path.read_text(encoding='utf-8')}" for path in found if path.is_file()), "")


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
