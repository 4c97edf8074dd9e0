# Sound: packages of recordings become the audio benchmarks `mini`, with its training clips, and `mini-unseen`; MMAU and
# MMAR, and training sets of one's own, come in from files.
SYNTHETIC = SETTINGS.mini.synthetic
# Each job is given its own part of the list of sources: another source's entry changes nothing of it.
SOURCES_PLAN = read_plan(HOME / "resources/audio_sources.yaml")
SOURCES = [] if SYNTHETIC else list(SOURCES_PLAN["sources"])
UNSEEN = [name for name in SOURCES if SOURCES_PLAN["sources"][name].get("split") == "unseen"]
LABELS_PLAN = by_file(canonical(labels_of_plan(SOURCES_PLAN)))


rule audio_source:
    output:
        source=built("audio/sources/{source}/source.json"),
    log:
        built("logs/audio_source/{source}.log"),
    benchmark:
        built("benchmarks/audio_source/{source}.tsv")
    localrule: is_local("audio_source", True)
    conda:
        "../../envs/akb.yaml"
    resources:
        mem_mb=request("audio_source", "memory_gb", 2, 1000),
        runtime=request("audio_source", "minutes", 30),
        slurm_partition=partition("audio_source"),
        downloads=SETTINGS.downloads,
    params:
        code=code("audio_source"),
        options=lambda wildcards: options(
            command_line(SETTINGS.mini, "seed"), plan=by_file(canonical(part_of_plan(wildcards.source, SOURCES_PLAN)))
        ),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job audio_source {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/audio_source.py --source {wildcards.source}"
        " {params.options} --downloads {resources.downloads:q} --output {output.source:q} 2>&1 | tee {log:q}"


rule mini:
    input:
        sources=expand(
            built("audio/sources/{source}/source.json"), source=[name for name in SOURCES if name not in UNSEEN]
        ),
    output:
        questions=built("audio/mini/items.parquet"),
        clips=built("audio/mini/clips.parquet"),
        rejected=built("audio/mini/rejected.csv"),
    log:
        built("logs/mini.log"),
    benchmark:
        built("benchmarks/mini.tsv")
    localrule: is_local("mini", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("mini", "threads", ALL_CORES)
    resources:
        mem_mb=request("mini", "memory_gb", 4, 1000),
        runtime=request("mini", "minutes", 30),
        slurm_partition=partition("mini"),
    params:
        code=code("mini"),
        options=options(command_line(SETTINGS.mini), plan="" if SYNTHETIC else LABELS_PLAN),
        folder=subpath(output.questions, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job mini {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/mini.py --sources {input.sources:q} {params.options}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


# From all sources: what another one holds a copy of is not unseen.
rule mini_unseen:
    input:
        sources=expand(built("audio/sources/{source}/source.json"), source=SOURCES),
    output:
        questions=built("audio/mini-unseen/items.parquet"),
        clips=built("audio/mini-unseen/clips.parquet"),
        rejected=built("audio/mini-unseen/rejected.csv"),
    log:
        built("logs/mini_unseen.log"),
    benchmark:
        built("benchmarks/mini_unseen.tsv")
    localrule: is_local("mini_unseen", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("mini_unseen", "threads", ALL_CORES)
    resources:
        mem_mb=request("mini_unseen", "memory_gb", 4, 1000),
        runtime=request("mini_unseen", "minutes", 30),
        slurm_partition=partition("mini_unseen"),
    params:
        code=code("mini_unseen"),
        options=options(command_line(SETTINGS.mini), plan="" if SYNTHETIC else LABELS_PLAN),
        folder=subpath(output.questions, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job mini_unseen {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/mini_unseen.py --sources {input.sources:q} {params.options}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


rule import_benchmark:
    input:
        questions=question_files,
    output:
        questions=built("audio/{benchmark}/items.parquet"),
        clips=built("audio/{benchmark}/clips.parquet"),
        rows=built("audio/{benchmark}/questions.csv"),
        hygiene=multiext(built("audio/{benchmark}/hygiene"), ".parquet", ".csv"),
    log:
        built("logs/import_benchmark/{benchmark}.log"),
    benchmark:
        built("benchmarks/import_benchmark/{benchmark}.tsv")
    wildcard_constraints:
        benchmark=one_of(IMPORTED),
    localrule: is_local("import_benchmark", False)
    conda:
        "../../envs/akb.yaml"
    resources:
        mem_mb=request("import_benchmark", "memory_gb", 4, 1000),
        runtime=request("import_benchmark", "minutes", 60),
        slurm_partition=partition("import_benchmark"),
    params:
        code=code("import_benchmark"),
        options=question_options,
        files=audio_digest,
        folder=subpath(output.questions, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job import_benchmark {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/import_benchmark.py {params.options}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


rule import_training_set:
    input:
        rows=lambda wildcards: TRAINING_SETS[wildcards.benchmark].rows,
    output:
        clips=built("audio/{benchmark}/clips.parquet"),
        rows=built("audio/{benchmark}/rows.parquet"),
        transcripts=built("audio/{benchmark}/transcripts.parquet"),
        rejected=built("audio/{benchmark}/rejected.csv"),
        hygiene=multiext(built("audio/{benchmark}/hygiene"), ".parquet", ".csv"),
    log:
        built("logs/import_training_set/{benchmark}.log"),
    benchmark:
        built("benchmarks/import_training_set/{benchmark}.tsv")
    wildcard_constraints:
        benchmark=one_of(TRAINING_SETS),
    localrule: is_local("import_training_set", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("import_training_set", "threads", ALL_CORES)
    resources:
        mem_mb=request("import_training_set", "memory_gb", 8, 1000),
        runtime=request("import_training_set", "minutes", 600),
        slurm_partition=partition("import_training_set"),
    params:
        code=code("import_training_set"),
        options=training_set_options,
        files=training_audio_digest,
        folder=subpath(output.clips, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job import_training_set {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/import_training_set.py --rows {input.rows:q} {params.options}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


# A rule of its own: a new audio benchmark takes its clips out of the training, and decodes nothing again.
rule training_instructions:
    input:
        rows=rules.import_training_set.output.rows,
        tests=expand(built("audio/{test}/clips.parquet"), test=AUDIO_BENCHMARKS),
    output:
        instructions=built("audio/{benchmark}/instructions.parquet"),
        both_sides=built("audio/{benchmark}/both_sides.csv"),
    log:
        built("logs/training_instructions/{benchmark}.log"),
    benchmark:
        built("benchmarks/training_instructions/{benchmark}.tsv")
    wildcard_constraints:
        benchmark=one_of(TRAINING_SETS),
    localrule: is_local("training_instructions", False)
    conda:
        "../../envs/akb.yaml"
    resources:
        mem_mb=request("training_instructions", "memory_gb", 8, 1000),
        runtime=request("training_instructions", "minutes", 60),
        slurm_partition=partition("training_instructions"),
    params:
        code=code("training_instructions"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job training_instructions {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/training_instructions.py --rows {input.rows:q} --tests {input.tests:q}"
        " --output {output.instructions:q} --both-sides {output.both_sides:q} 2>&1 | tee {log:q}"
