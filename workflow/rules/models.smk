# Models: packages, hub ids and local folders become ordinary Hugging Face folders, once.


rule checkpoint:
    input:
        files=source_files,
    output:
        fingerprint=built("checkpoints/{model}/fingerprint.json"),
    log:
        built("logs/checkpoint/{model}.log"),
    benchmark:
        built("benchmarks/checkpoint/{model}.tsv")
    localrule: is_local("checkpoint", True)
    conda:
        "../../envs/akb.yaml"
    resources:
        mem_mb=request("checkpoint", "memory_gb", 8, 1000),
        runtime=request("checkpoint", "minutes", 60),
        slurm_partition=partition("checkpoint"),
        downloads=SETTINGS.downloads,
    params:
        code=code("checkpoint"),
        options=checkpoint_options,
        files=source_digest,
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job checkpoint {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/checkpoint.py --model {wildcards.model} {params.options}"
        " --downloads {resources.downloads:q} --output {output.fingerprint:q} 2>&1 | tee {log:q}"
