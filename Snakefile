# akb: which LLM should be the backbone of my audio language model?
#   snakemake --cores 8 all                         the embedded default, config/config.yaml
#   snakemake all --cores 8 --configfile FILE       another configuration, standing alone
#   snakemake --cores 8 results/models/<backbone>/scores.parquet   one backbone's branch

from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")  # the one that it is tested with; recovery.smk reaches into its persistence

if "backbones" not in config:

    configfile: str(Path(workflow.current_basedir.get_path_or_uri(secret_free=True), "config/config.yaml"))


report: "workflow/report/workflow.rst"


include: "workflow/rules/settings.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/calls.smk"
include: "workflow/rules/recovery.smk"
include: "workflow/rules/comparing.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/benchmark.smk"
include: "workflow/rules/audio.smk"
include: "workflow/rules/captions.smk"
include: "workflow/rules/text.smk"
include: "workflow/rules/lalm.smk"
include: "workflow/rules/analysis.smk"


onstart:
    wait_for_queued_jobs()
    ask_squeue_where_sacct_does_not_answer()
    keep_plan()


rule all:
    default_target: True
    input:
        built("report.html"),
        built("items"),
        built("tables/accuracy.csv"),
        built("tables/gains.csv"),
        built("tables/correlations.csv"),
        built("tables/paper/table1.tex"),
        built("published/correlations.csv"),
        built("manifest.json"),
        # Asked for by name, so that a branch whose folder was deleted comes back.
        expand(built("models/{backbone}/scores.parquet"), backbone=BACKBONES),
    localrule: True
