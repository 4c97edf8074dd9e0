# Text inference: prompts for every setting, then each backbone answers all of them with one engine load.


rule probe_prompts:
    input:
        questions=built("benchmark/akb.parquet"),
        template=own(f"{SETTINGS.prompts}/probe.yaml"),
    output:
        prompts=built("prompts/probe.parquet"),
    log:
        built("logs/probe_prompts.log"),
    benchmark:
        built("benchmarks/probe_prompts.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("prompts"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job probe_prompts {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/prompts.py --items {input.questions:q} --template {input.template:q}"
        " --output {output.prompts:q} 2>&1 | tee {log:q}"


rule cascade_prompts:
    input:
        questions=built("audio/{benchmark}/items.parquet"),
        captions=lambda wildcards: expand(
            built("captions/{benchmark}/{captioner}.parquet"),
            benchmark=wildcards.benchmark,
            captioner=captioners_of(wildcards.benchmark),
        ),
        template=own(f"{SETTINGS.prompts}/cascade.yaml"),
    output:
        prompts=built("prompts/cascade-{benchmark}.parquet"),
    log:
        built("logs/cascade_prompts/{benchmark}.log"),
    benchmark:
        built("benchmarks/cascade_prompts/{benchmark}.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("prompts"),
        options=swapped_options,
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job cascade_prompts {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/prompts.py --items {input.questions:q} --captions {input.captions:q}"
        " {params.options} --template {input.template:q}"
        " --output {output.prompts:q} 2>&1 | tee {log:q}"


rule text_inference:
    input:
        fingerprint=fingerprint("{backbone}"),
        prompts=[
            built("prompts/probe.parquet"),
            *expand(built("prompts/cascade-{benchmark}.parquet"), benchmark=AUDIO_BENCHMARKS),
        ],
        asking=own(f"{SETTINGS.prompts}/asking.yaml"),
    output:
        responses=built("models/{backbone}/responses.parquet"),
    log:
        built("logs/text_inference/{backbone}.log"),
    benchmark:
        built("benchmarks/text_inference/{backbone}.tsv")
    wildcard_constraints:
        backbone=one_of([name for name in BACKBONES if name not in SERVED]),
    localrule: is_local("text_inference", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("text_inference", "threads", ALL_CORES)
    resources:
        mem_mb=request("text_inference", "memory_gb", 8, 1000),
        runtime=request("text_inference", "minutes", 240),
        nodes=1,
        gpu=request("text_inference", "gpus", 0),
        devices=devices("text_inference"),
        slurm_partition=partition("text_inference"),
    params:
        code=code("text_inference"),
        options=lambda wildcards: options(backbone=backbone_json(wildcards.backbone)),
        store=built("models/{backbone}/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job text_inference {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/text_inference.py --prompts {input.prompts:q} --asking {input.asking:q}"
        " {params.options} --store {params.store:q} --output {output.responses:q}"
        " 2>&1 | tee {log:q}"


# The same questions asked in another way: how much that alone moves a score.
rule ask_as_well:
    input:
        fingerprint=fingerprint("{backbone}"),
        prompts=lambda wildcards: expand(
            built("prompts/cascade-{benchmark}.parquet"),
            benchmark=SETTINGS.backbones[wildcards.backbone].asked_as_well.benchmarks,
        ),
        asking=own(f"{SETTINGS.prompts}/asking.yaml"),
    output:
        responses=built("models/{backbone}/asked-as-well.parquet"),
    log:
        built("logs/ask_as_well/{backbone}.log"),
    benchmark:
        built("benchmarks/ask_as_well/{backbone}.tsv")
    wildcard_constraints:
        backbone=one_of(ASKED_AS_WELL),
    conda:
        "../../envs/akb.yaml"
    threads: request("text_inference", "threads", ALL_CORES)
    resources:
        mem_mb=request("text_inference", "memory_gb", 8, 1000),
        runtime=request("text_inference", "minutes", 240),
        nodes=1,
        gpu=request("text_inference", "gpus", 0),
        devices=devices("text_inference"),
        slurm_partition=partition("text_inference"),
    params:
        code=code("text_inference"),
        options=ask_as_well_options,
        store=built("models/{backbone}/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job ask_as_well {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/text_inference.py --prompts {input.prompts:q} --asking {input.asking:q}"
        " {params.options} --store {params.store:q} --output {output.responses:q}"
        " 2>&1 | tee {log:q}"


# A served model needs a network and no GPU, which compute nodes have the other way round: beside the driver by default.
use rule text_inference as served_inference with:
    log:
        built("logs/served_inference/{backbone}.log"),
    benchmark:
        built("benchmarks/served_inference/{backbone}.tsv")
    wildcard_constraints:
        backbone=one_of(SERVED),
    localrule: is_local("served_inference", True)
    threads: request("served_inference", "threads", 1)
    resources:
        mem_mb=request("served_inference", "memory_gb", 4, 1000),
        runtime=request("served_inference", "minutes", 600),
        nodes=1,
        gpu=0,
        devices="0",
        slurm_partition=partition("served_inference"),
