# Audio language models: encoder features once for all, then for each backbone its own answers to
# descriptions of training clips, a connector trained on them, and answers from sound.
TRAIN_ON = LALM.train_on
ENCODER = LALM.encoder
ASKING = own(f"{SETTINGS.prompts}/asking.yaml")
# What is asked about training clips: about `mini`'s, made from labels; about a training set's own, its questions.
INSTRUCTIONS = built(
    f"audio/{TRAIN_ON}/instructions.parquet" if TRAIN_ON in TRAINING_SETS else "lalm/instructions.parquet"
)


rule features:
    input:
        clips=built("audio/{benchmark}/clips.parquet"),
        encoder=fingerprint("{encoder}"),
    output:
        features=built("features/{encoder}/{benchmark}-{split}-{shard}.safetensors"),
    log:
        built("logs/features/{encoder}/{benchmark}/{split}/{shard}.log"),
    benchmark:
        built("benchmarks/features/{encoder}/{benchmark}/{split}/{shard}.tsv")
    wildcard_constraints:
        encoder=re.escape(ENCODER),
        split="train|test",
    localrule: is_local("features", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("features", "threads", ALL_CORES)
    resources:
        mem_mb=request("features", "memory_gb", 8, 1000),
        runtime=request("features", "minutes", 240),
        nodes=1,
        gpu=request("features", "gpus", 0),
        devices=devices("features"),
        slurm_partition=partition("features"),
    params:
        code=code("features"),
        encoder=subpath(input.encoder, parent=True),
        options=lambda wildcards: options(
            command_line(LALM.features), shard=f"{wildcards.shard}/{feature_shards(wildcards.split)}"
        ),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job features {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/features.py --clips {input.clips:q} --split {wildcards.split}"
        " --encoder {params.encoder:q} {params.options} --gpus {resources.devices} --output {output.features:q} 2>&1 | tee {log:q}"


rule instructions:
    input:
        clips=built("audio/mini/clips.parquet"),
    output:
        instructions=built("lalm/instructions.parquet"),
    log:
        built("logs/instructions.log"),
    benchmark:
        built("benchmarks/instructions.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("instructions"),
        options=options(command_line(LALM.instructions), sources=LABELS_PLAN),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job instructions {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/instructions.py --clips {input.clips:q}"
        " {params.options} --output {output.instructions:q} 2>&1 | tee {log:q}"


rule distil:
    input:
        instructions=INSTRUCTIONS,
        asking=ASKING,
        fingerprint=fingerprint("{backbone}"),
    output:
        distil=built("models/{backbone}/distil-{shard}.parquet"),
    log:
        built("logs/distil/{backbone}/{shard}.log"),
    benchmark:
        built("benchmarks/distil/{backbone}/{shard}.tsv")
    localrule: is_local("distil", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("distil", "threads", ALL_CORES)
    resources:
        mem_mb=request("distil", "memory_gb", 8, 1000),
        runtime=request("distil", "minutes", 600),
        nodes=1,
        gpu=request("distil", "gpus", 0),
        devices=devices("distil"),
        slurm_partition=partition("distil"),
    params:
        code=code("distil"),
        options=lambda wildcards: options(
            command_line(LALM.distil),
            command_line(LALM.prompt),
            backbone=backbone_json(wildcards.backbone, DISTIL_KEYS, "distil_engine"),
            shard=f"{wildcards.shard}/{SHARDS.distil}",
        ),
        store=built("models/{backbone}/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job distil {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/distil.py --instructions {input.instructions:q} {params.options}"
        " --asking {input.asking:q}"
        " --store {params.store:q} --output {output.distil:q} 2>&1 | tee {log:q}"


rule finetune:
    input:
        distil=numbered(built("models/{backbone}/distil-{shard}.parquet"), SHARDS.distil),
        features=features_of(TRAIN_ON, "train"),
        transcripts=transcripts_of(TRAIN_ON),
        asking=ASKING,
        fingerprint=fingerprint("{backbone}"),
    output:
        connector=built("models/{backbone}/lalm/{seed}/connector.safetensors"),
        best=built("models/{backbone}/lalm/{seed}/best.safetensors"),
        training=built("models/{backbone}/lalm/{seed}/training.parquet"),
        csv=built("models/{backbone}/lalm/{seed}/training.csv"),
    log:
        built("logs/finetune/{backbone}-{seed}.log"),
    benchmark:
        built("benchmarks/finetune/{backbone}-{seed}.tsv")
    localrule: is_local("finetune", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("finetune", "threads", ALL_CORES)
    resources:
        **several_nodes("finetune"),
        mem_mb=request("finetune", "memory_gb", 12, 1000),
        runtime=request("finetune", "minutes", 1440),
        nodes=request("finetune", "nodes", 1),
        gpu=gpus_of_nodes("finetune"),
        devices=devices("finetune"),
        slurm_partition=partition("finetune"),
    params:
        code=code("finetune"),
        options=lambda wildcards: options(
            command_line(configuration.training(SETTINGS, wildcards.backbone, int(wildcards.seed))),
            command_line(LALM.prompt),
            backbone=backbone_json(wildcards.backbone, LALM_KEYS, "transformers"),
        ),
        launch=LALM.launch,
        defaults=accelerate_defaults(),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job finetune {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices} --nodes {resources.nodes} --threads {threads}"
        " {params.launch} workflow/scripts/finetune.py --distil {input.distil:q} --features {input.features:q}"
        " --transcripts {input.transcripts:q} --asking {input.asking:q} {params.options} --gpus {resources.devices}"
        " --nodes {resources.nodes}"
        " --output {output.connector:q} --best {output.best:q} --training-log {output.training:q} 2>&1 | tee {log:q}"


# One load of a backbone answers all benchmarks, under all controls.
rule listen:
    input:
        questions=expand(built("audio/{benchmark}/items.parquet"), benchmark=AUDIO_BENCHMARKS),
        clips=expand(built("audio/{benchmark}/clips.parquet"), benchmark=AUDIO_BENCHMARKS),
        features=[path for benchmark in AUDIO_BENCHMARKS for path in features_of(benchmark, "test")],
        transcripts=[path for benchmark in AUDIO_BENCHMARKS for path in transcripts_of(benchmark)],
        asking=ASKING,
        connector=rules.finetune.output.best if LALM.connector == "best" else rules.finetune.output.connector,
        fingerprint=fingerprint("{backbone}"),
    output:
        responses=expand(
            built("models/{{backbone}}/lalm/{{seed}}/audio-{benchmark}.parquet"), benchmark=AUDIO_BENCHMARKS
        ),
        beside=built("models/{backbone}/lalm/{seed}/audio-beside.parquet"),
    log:
        built("logs/listen/{backbone}/{seed}.log"),
    benchmark:
        built("benchmarks/listen/{backbone}/{seed}.tsv")
    localrule: is_local("listen", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("listen", "threads", ALL_CORES)
    resources:
        mem_mb=request("listen", "memory_gb", 8, 1000),
        runtime=request("listen", "minutes", 240),
        nodes=1,
        gpu=request("listen", "gpus", 0),
        devices=devices("listen"),
        slurm_partition=partition("listen"),
    params:
        code=code("listen"),
        options=lambda wildcards: options(
            command_line(LALM.listen),
            command_line(LALM.prompt),
            backbone=listener_json(wildcards.backbone),
            training=wildcards.seed,
        ),
        store=built("models/{backbone}/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job listen {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/listen.py --items {input.questions:q} --clips {input.clips:q}"
        " --features {input.features:q} --transcripts {input.transcripts:q} --asking {input.asking:q}"
        " --connector {input.connector:q} {params.options} --store {params.store:q}"
        " --output {output.responses:q} --beside-output {output.beside:q} 2>&1 | tee {log:q}"
