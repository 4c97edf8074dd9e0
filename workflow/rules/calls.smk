# How rules call their scripts: options as text, in the order of the data. No rules here.

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


def checkpoint_options(wildcards):
    """Where a checkpoint comes from; of the catalogue of packages, its own entry alone."""
    source = configuration.model_source(SETTINGS, wildcards.model)
    entry = canonical(PACKAGES[source.package]) if source.package else None
    return options(source=canonical(source), entry=entry)


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


def training_set_options(wildcards):
    """How a training set is imported."""
    entry = TRAINING_SETS[wildcards.benchmark]
    called = {f"{field}_field": name for field, name in sorted(entry.fields)}
    return options(name=wildcards.benchmark, audio=entry.audio, **called)


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


def swapped_options(wildcards):
    """The captioners that are also asked with another clip's caption."""
    here = captioners_of(wildcards.benchmark)
    return options(swapped_captions=[name for name in configuration.swapped(SETTINGS) if name in here])


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
