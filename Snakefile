# akb: which LLM should be the backbone of my audio language model?
#   snakemake --cores 8 all                         the embedded default, config/config.yaml
#   snakemake all --cores 8 --configfile FILE       another configuration, standing alone
#   snakemake --cores 8 results/models/<backbone>/scores.parquet   one backbone's branch

if "backbones" not in config:

    configfile: "config/config.yaml"


include: "workflow/rules/settings.smk"
include: "workflow/rules/recovery.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/benchmark.smk"
include: "workflow/rules/audio.smk"
include: "workflow/rules/text.smk"
include: "workflow/rules/lalm.smk"
include: "workflow/rules/analysis.smk"


# On a cluster these run where Snakemake does. The first four need a network, which compute nodes often lack; the
# others take seconds, less than a scheduler needs to start a job. All the rest are jobs of their own. `local` of a rule's
# entry under `resources` says otherwise.
workflow.localrules(
    *(name for name in ("checkpoint", "audio_source", "candidates", "served_inference") if is_local(name, True)),
    *(name for name in type(SETTINGS.resources).model_fields if is_local(name, False)),
)


localrules:
    hygiene,
    review_tasks,
    merge,
    review_page,
    editor_page,
    select_items,
    freeze,
    akb_items,
    instructions,
    probe_prompts,
    cascade_prompts,
    gather_captions,
    compose_captions,
    score,
    gather_scores,
    tables,
    figures,
    published,
    item_pages,
    report,
    manifest,
    all,


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
        built("published/correlations.csv"),
        built("manifest.json"),
        # Asked for by name, so that a branch whose folder was deleted comes back.
        expand(built("models/{backbone}/scores.parquet"), backbone=BACKBONES),
