# Sound: packages of recordings become the audio benchmark `mini` and its training clips; MMAU and
# MMAR come in from files; captioners turn clips into text.


rule mini:
    output:
        items=built("audio/mini/items.parquet"),
        clips=built("audio/mini/clips.parquet"),
        rejected=built("audio/mini/rejected.csv"),
    log:
        built("logs/mini.log"),
    benchmark:
        built("benchmarks/mini.tsv")
    threads: ALL_CORES
    resources:
        mem_mb=request("mini", "memory_gb", 4, 1000),
        runtime=request("mini", "minutes", 30),
    params:
        code=code("mini"),
        synthetic="--synthetic" if SETTINGS["mini"]["synthetic"] else "",
        seed=SETTINGS["mini"]["seed"],
        downloads=SETTINGS["downloads"],
    conda:
        "../../envs/akb.yaml"
    shell:
        "python workflow/scripts/mini.py {params.synthetic} --seed {params.seed} --downloads {params.downloads:q}"
        " --items {output.items:q} --clips {output.clips:q} --rejected {output.rejected:q}"
        " 2>&1 | tee {log:q}"


rule import_benchmark:
    input:
        items=lambda wildcards: SETTINGS["audio_benchmarks"][wildcards.benchmark]["items"],
    output:
        items=built("audio/{benchmark}/items.parquet"),
        clips=built("audio/{benchmark}/clips.parquet"),
    log:
        built("logs/import_benchmark/{benchmark}.log"),
    benchmark:
        built("benchmarks/import_benchmark/{benchmark}.tsv")
    resources:
        mem_mb=request("import_benchmark", "memory_gb", 4, 1000),
        runtime=request("import_benchmark", "minutes", 60),
    params:
        code=code("import_benchmark"),
        kind=lambda wildcards: SETTINGS["audio_benchmarks"][wildcards.benchmark]["kind"],
        audio=lambda wildcards: SETTINGS["audio_benchmarks"][wildcards.benchmark].get("audio", ""),
        limit=lambda wildcards: SETTINGS["audio_benchmarks"][wildcards.benchmark].get("limit", 0),
    conda:
        "../../envs/akb.yaml"
    shell:
        "python workflow/scripts/import_benchmark.py --kind {params.kind} --source {input.items:q}"
        " --audio {params.audio:q} --limit {params.limit} --benchmark {wildcards.benchmark}"
        " --items {output.items:q} --clips {output.clips:q} 2>&1 | tee {log:q}"


ruleorder: mini > import_benchmark
