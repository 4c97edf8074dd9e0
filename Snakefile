# akb: which LLM should be the backbone of my audio language model?
#   snakemake --cores 8 all                         the embedded default, config/config.yaml
#   snakemake all --cores 8 --configfile FILE       another configuration, standing alone
#   snakemake --cores 8 results/models/<backbone>/scores.parquet   one backbone's branch

if "backbones" not in config:

    configfile: "config/config.yaml"


include: "workflow/rules/configuration.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/benchmark.smk"
include: "workflow/rules/audio.smk"
include: "workflow/rules/text.smk"
include: "workflow/rules/lalm.smk"
include: "workflow/rules/analysis.smk"


rule all:
    default_target: True
    input:
        built("report.html"),
        built("tables/accuracy.csv"),
        built("tables/gains.csv"),
        built("tables/correlations.csv"),
        built("published/correlations.csv"),
        built("manifest.json"),
