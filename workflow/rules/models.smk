# Models: packages, hub ids and local folders become ordinary Hugging Face folders, once.


def source_files(wildcards):
    """The files of a local model folder, so that a replaced checkpoint is noticed."""
    folder = configuration.model_source(SETTINGS, wildcards.model).get("folder")
    names = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
    return sorted(str(path) for name in names for path in Path(folder).glob(name)) if folder else []


rule checkpoint:
    input:
        files=source_files,
        catalogue="resources/checkpoints.yaml",
    output:
        fingerprint=built("checkpoints/{model}/fingerprint.json"),
    log:
        built("logs/checkpoint/{model}.log"),
    benchmark:
        built("benchmarks/checkpoint/{model}.tsv")
    resources:
        mem_mb=request("checkpoint", "memory_gb", 8, 1000),
        runtime=request("checkpoint", "minutes", 60),
    params:
        code=code("checkpoint"),
        options=lambda wildcards: options(
            source=configuration.canonical(configuration.model_source(SETTINGS, wildcards.model)),
            downloads=SETTINGS["downloads"],
        ),
    conda:
        "../../envs/akb.yaml"
    shell:
        "python workflow/scripts/checkpoint.py --model {wildcards.model} {params.options}"
        " --catalogue {input.catalogue:q} --output {output.fingerprint:q} 2>&1 | tee {log:q}"
