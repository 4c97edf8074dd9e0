# Captioners turn clips into text, in shards. Only what is heard is captioned: a composed captioner joins the texts
# of others.


rule caption:
    input:
        clips=built("audio/{benchmark}/clips.parquet"),
        needed=caption_inputs,
    output:
        captions=built("captions/{benchmark}/{captioner}/{shard}.parquet"),
    log:
        built("logs/caption/{benchmark}/{captioner}/{shard}.log"),
    benchmark:
        built("benchmarks/caption/{benchmark}/{captioner}/{shard}.tsv")
    wildcard_constraints:
        captioner=one_of([name for name in HEARING if name not in AUDIO_LLMS]),
    localrule: is_local("caption", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("caption", "threads", ALL_CORES)
    resources:
        mem_mb=request("caption", "memory_gb", 4, 1000),
        runtime=request("caption", "minutes", 240),
        nodes=1,
        gpu=request("caption", "gpus", 0),
        devices=devices("caption"),
        slurm_partition=partition("caption"),
    params:
        code=code("caption"),
        options=caption_options,
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job caption {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/caption.py --clips {input.clips:q} {params.options}"
        " --gpus {resources.devices} --output {output.captions:q} 2>&1 | tee {log:q}"


# What it says is found again in a store of the captioner's own, whichever benchmark asks for a clip.
rule caption_by_llm:
    input:
        clips=built("audio/{benchmark}/clips.parquet"),
        questions=built("audio/{benchmark}/items.parquet"),
        model=lambda wildcards: fingerprint(SETTINGS.captioners[wildcards.captioner].model),
        template=own(f"{SETTINGS.prompts}/caption.yaml"),
    output:
        captions=built("captions/{benchmark}/{captioner}/{shard}.parquet"),
    log:
        built("logs/caption_by_llm/{benchmark}/{captioner}/{shard}.log"),
    benchmark:
        built("benchmarks/caption_by_llm/{benchmark}/{captioner}/{shard}.tsv")
    wildcard_constraints:
        captioner=one_of(AUDIO_LLMS),
    conda:
        "../../envs/akb.yaml"
    threads: request("caption_by_llm", "threads", ALL_CORES)
    resources:
        mem_mb=request("caption_by_llm", "memory_gb", 8, 1000),
        runtime=request("caption_by_llm", "minutes", 240),
        nodes=1,
        gpu=request("caption_by_llm", "gpus", 0),
        devices=devices("caption_by_llm"),
        slurm_partition=partition("caption_by_llm"),
    params:
        code=code("caption_by_llm"),
        options=caption_by_llm_options,
        store=built("captioners/{captioner}/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job caption_by_llm {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/caption_by_llm.py --clips {input.clips:q} --items {input.questions:q}"
        " --template {input.template:q} {params.options} --store {params.store:q} --output {output.captions:q}"
        " 2>&1 | tee {log:q}"


rule gather_captions:
    input:
        shards=numbered(built("captions/{benchmark}/{captioner}/{shard}.parquet"), SHARDS.captions),
    output:
        captions=built("captions/{benchmark}/{captioner}.parquet"),
    log:
        built("logs/gather_captions/{benchmark}/{captioner}.log"),
    benchmark:
        built("benchmarks/gather_captions/{benchmark}/{captioner}.tsv")
    wildcard_constraints:
        captioner=one_of(HEARING),
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("gather_captions"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job gather_captions {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/gather_captions.py --shards {input.shards:q} --output {output.captions:q}"
        " 2>&1 | tee {log:q}"


rule compose_captions:
    input:
        parts=lambda wildcards: expand(
            built("captions/{benchmark}/{part}.parquet"),
            benchmark=wildcards.benchmark,
            part=SETTINGS.captioners[wildcards.captioner].of,
        ),
    output:
        captions=built("captions/{benchmark}/{captioner}.parquet"),
    log:
        built("logs/compose_captions/{benchmark}/{captioner}.log"),
    benchmark:
        built("benchmarks/compose_captions/{benchmark}/{captioner}.tsv")
    wildcard_constraints:
        captioner=one_of(COMPOSED),
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("caption"),
        # Snakemake sees which files a job reads, not their order.
        order=lambda wildcards: " ".join(SETTINGS.captioners[wildcards.captioner].of),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job compose_captions {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/caption.py --captioner {wildcards.captioner} --compose {input.parts:q}"
        " --output {output.captions:q} 2>&1 | tee {log:q}"
