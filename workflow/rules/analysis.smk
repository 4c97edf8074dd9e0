# Relating the settings: scores, tables, correlations, figures, the report and the manifest.
PUBLISHED = own("resources/published")
# As in src/akb/analysis/result_tables.py, which is slow to import: a test holds them in step.
TABLES = [
    "accuracy",
    "gains",
    "captioners",
    "asking",
    "leads",
    "correlations",
    "question_types",
    "positions",
    "rules",
    "invalid",
    "endings",
    "modes",
    "skills",
    "own_cascades",
    "error_sources",
    "needing_audio",
    "rank_stability",
    "consistency",
    "reading_rules",
    "relations",
    "choices",
    "stopping",
]
# What `snakemake --report` shows of each: its caption.
CAPTIONS = "../report/captions"
# By file: of a thousand backbones it is longer than one word of a command line may be.
DISPLAY_FILE = by_file(canonical({name: configuration.display(SETTINGS, name).model_dump() for name in BACKBONES}))
FAMILIES_FILE = by_file(canonical({name: configuration.display(SETTINGS, name).family for name in BACKBONES}))
COVARIATE = [SETTINGS.analysis.covariate] if (SETTINGS.analysis.covariate or "").endswith(".csv") else []
ITEMS = [
    built("benchmark/akb.parquet"),
    *expand(built("audio/{benchmark}/items.parquet"), benchmark=AUDIO_BENCHMARKS),
]
RESPONSES = [
    *expand(built("models/{backbone}/responses.parquet"), backbone=BACKBONES),
    *expand(
        built("models/{backbone}/lalm/{seed}/audio-{benchmark}.parquet"),
        backbone=LALMS,
        seed=LALM.seeds,
        benchmark=AUDIO_BENCHMARKS,
    ),
]


rule score:
    input:
        responses=built("models/{backbone}/responses.parquet"),
        audio=audio_responses,
        questions=ITEMS,
    output:
        scores=built("models/{backbone}/scores.parquet"),
    log:
        built("logs/score/{backbone}.log"),
    benchmark:
        built("benchmarks/score/{backbone}.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("score"),
        audio=lambda wildcards: "--audio" if wildcards.backbone in LALMS else "",
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job score {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/score.py --responses {input.responses:q} {params.audio} {input.audio:q}"
        " --items {input.questions:q} --backbone {wildcards.backbone} --output {output.scores:q} 2>&1 | tee {log:q}"


rule gather_scores:
    input:
        scores=expand(built("models/{backbone}/scores.parquet"), backbone=BACKBONES),
    output:
        scores=built("scores.parquet"),
    log:
        built("logs/gather_scores.log"),
    benchmark:
        built("benchmarks/gather_scores.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("gather_scores"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job gather_scores {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/gather_scores.py --scores {input.scores:q} --output {output.scores:q}"
        " 2>&1 | tee {log:q}"


rule tables:
    input:
        scores=rules.gather_scores.output.scores,
        responses=RESPONSES,
        second=expand(built("models/{backbone}/asked-as-well.parquet"), backbone=ASKED_AS_WELL),
        beside=expand(built("models/{backbone}/lalm/{seed}/audio-beside.parquet"), backbone=LALMS, seed=LALM.seeds),
        distil=[
            path
            for backbone in LALMS
            for path in numbered(built(f"models/{backbone}/distil-{{shard}}.parquet"), SHARDS.distil)
        ],
        questions=ITEMS,
        published=f"{PUBLISHED}/accuracy.csv",
        training=expand(built("models/{backbone}/lalm/{seed}/training.parquet"), backbone=LALMS, seed=LALM.seeds),
        covariate=COVARIATE,
    output:
        tables=expand(built("tables/{table}.parquet"), table=TABLES),
        csv=[
            report(
                built(f"tables/{table}.csv"),
                category="Tables",
                labels={"table": table.replace("_", " ")},
                caption=f"{CAPTIONS}/{table}.rst",
            )
            for table in TABLES
        ],
        markdown=built("tables/accuracy.md"),
        captioners=built("tables/captioners.md"),
    log:
        built("logs/tables.log"),
    benchmark:
        built("benchmarks/tables.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("tables"),
        options=options(
            command_line(
                SETTINGS.analysis,
                "metrics",
                "cascade_captioner",
                "seed",
                "true_captions",
                "covariate",
                "stopping_risk",
            ),
            families=FAMILIES_FILE,
        ),
        training=training_curves(),
        folder=subpath(output.markdown, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job tables {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/tables.py --scores {input.scores:q} --responses {input.responses:q}"
        " --second {input.second:q} --beside {input.beside:q} --distil {input.distil:q}"
        " --items {input.questions:q} --published {input.published:q} {params.options}"
        " --training {params.training}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


rule figures:
    input:
        scores=rules.gather_scores.output.scores,
        correlations=built("tables/correlations.parquet"),
    output:
        heatmap=[
            *multiext(built("figures/correlation_heatmap"), ".pdf", ".png"),
            report(
                built("figures/correlation_heatmap.svg"),
                category="Figures",
                labels={"figure": "correlation heatmap"},
                caption=f"{CAPTIONS}/heatmap.rst",
            ),
        ],
        scatter=[
            *multiext(built("figures/cascade_vs_audio"), ".pdf", ".png"),
            report(
                built("figures/cascade_vs_audio.svg"),
                category="Figures",
                labels={"figure": "cascade vs audio"},
                caption=f"{CAPTIONS}/scatter.rst",
            ),
        ],
        heatmap_column=multiext(built("figures/correlation_heatmap_column"), ".pdf", ".svg"),
        scatter_column=multiext(built("figures/cascade_vs_audio_column"), ".pdf", ".svg"),
    log:
        built("logs/figures.log"),
    benchmark:
        built("benchmarks/figures.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("figures"),
        options=options(command_line(SETTINGS.analysis, "metrics", "cascade_captioner"), display=DISPLAY_FILE),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job figures {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/figures.py --scores {input.scores:q} --correlations {input.correlations:q}"
        " {params.options} --heatmap {output.heatmap:q} --scatter {output.scatter:q}"
        " --heatmap-column {output.heatmap_column:q} --scatter-column {output.scatter_column:q} 2>&1 | tee {log:q}"


rule published:
    input:
        accuracy=f"{PUBLISHED}/accuracy.csv",
        labels=f"{PUBLISHED}/labels.csv",
    output:
        correlations=built("published/correlations.parquet"),
        predictions=built("published/predictions.parquet"),
        relations=built("published/relations.parquet"),
        csv=expand(built("published/{table}.csv"), table=["correlations", "predictions", "relations"]),
        heatmap=[
            *multiext(built("published/correlation_heatmap"), ".pdf", ".png"),
            report(
                built("published/correlation_heatmap.svg"),
                category="Published",
                labels={"figure": "correlation heatmap"},
                caption=f"{CAPTIONS}/published_heatmap.rst",
            ),
        ],
        scatter=[
            *multiext(built("published/cascade_vs_audio"), ".pdf", ".png"),
            report(
                built("published/cascade_vs_audio.svg"),
                category="Published",
                labels={"figure": "cascade vs audio"},
                caption=f"{CAPTIONS}/published_scatter.rst",
            ),
        ],
        heatmap_column=multiext(built("published/correlation_heatmap_column"), ".pdf", ".svg"),
        scatter_column=multiext(built("published/cascade_vs_audio_column"), ".pdf", ".svg"),
    log:
        built("logs/published.log"),
    benchmark:
        built("benchmarks/published.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("published"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job published {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/published.py --accuracy {input.accuracy:q} --labels {input.labels:q}"
        " --correlations {output.correlations:q} --predictions {output.predictions:q}"
        " --relations {output.relations:q}"
        " --heatmap {output.heatmap:q} --scatter {output.scatter:q}"
        " --heatmap-column {output.heatmap_column:q} --scatter-column {output.scatter_column:q} 2>&1 | tee {log:q}"


# What was taken: of the records that Snakemake keeps of jobs, which are no inputs. They change nothing that is measured.
rule costs:
    input:
        responses=RESPONSES,
    output:
        costs=built("costs/costs.parquet"),
        csv=built("costs/costs.csv"),
    log:
        built("logs/costs.log"),
    benchmark:
        built("benchmarks/costs.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("costs"),
        options=options(backbones=list(BACKBONES)),
        results=subpath(output.costs, ancestor=2),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job costs {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/costs.py --results {params.results:q} --responses {input.responses:q}"
        " {params.options} --output {output.costs:q} 2>&1 | tee {log:q}"


# The paper's Tables 1 to 4, theirs and ours, for a paper of one's own.
rule paper_tables:
    input:
        scores=rules.gather_scores.output.scores,
        questions=built("benchmark/akb.parquet"),
        accuracy=f"{PUBLISHED}/accuracy.csv",
        systems=f"{PUBLISHED}/published_lalms.csv",
    output:
        table1=built("tables/paper/table1.csv"),
        others=[
            *expand(built("tables/paper/table1.{kind}"), kind=["md", "tex"]),
            *expand(built("tables/paper/table{number}.{kind}"), number=range(2, 5), kind=["csv", "md", "tex"]),
        ],
    log:
        built("logs/paper_tables.log"),
    benchmark:
        built("benchmarks/paper_tables.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("paper_tables"),
        options=options(display=DISPLAY_FILE),
        folder=subpath(output.table1, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job paper_tables {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/paper_tables.py --scores {input.scores:q} --items {input.questions:q}"
        " --accuracy {input.accuracy:q} --systems {input.systems:q} {params.options}"
        " --output {params.folder:q} 2>&1 | tee {log:q}"


# Pages that open from the disk, in which every answer behind the numbers can be looked at.
rule item_pages:
    input:
        responses=RESPONSES,
        questions=ITEMS,
        clips=expand(built("audio/{benchmark}/clips.parquet"), benchmark=AUDIO_BENCHMARKS),
        captions=expand(
            built("captions/{benchmark}/{captioner}.parquet"), benchmark=AUDIO_BENCHMARKS, captioner=CAPTIONERS
        ),
        page=own("workflow/report/items/index.html"),
        style=own("workflow/report/items/items.css"),
        script=own("workflow/report/items/items.js"),
    output:
        pages=directory(built("items")),
    log:
        built("logs/item_pages.log"),
    benchmark:
        built("benchmarks/item_pages.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("item_pages"),
        options=options(display=DISPLAY_FILE),
        template=subpath(input.page, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job item_pages {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/item_pages.py --items {input.questions:q} --responses {input.responses:q}"
        " --captions {input.captions:q} --clips {input.clips:q} {params.options} --template {params.template:q}"
        " --output {output.pages:q} 2>&1 | tee {log:q}"


rule report:
    input:
        tables=rules.tables.output.tables,
        published=f"{PUBLISHED}/accuracy.csv",
        predictions=rules.published.output.predictions,
        relations=rules.published.output.relations,
        costs=rules.costs.output.costs,
        heatmap=built("figures/correlation_heatmap.svg"),
        scatter=built("figures/cascade_vs_audio.svg"),
        published_heatmap=built("published/correlation_heatmap.svg"),
        published_scatter=built("published/cascade_vs_audio.svg"),
        training=expand(built("models/{backbone}/lalm/{seed}/training.parquet"), backbone=LALMS, seed=LALM.seeds),
        hygiene=expand(built("audio/{benchmark}/hygiene.parquet"), benchmark=IMPORTED),
        template=own("workflow/report/report.html.j2"),
    output:
        report=report(built("report.html"), category="Report", caption=f"{CAPTIONS}/report.rst"),
    log:
        built("logs/report.log"),
    benchmark:
        built("benchmarks/report.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("report"),
        options=options(command_line(SETTINGS.analysis, "cascade_captioner"), display=DISPLAY_FILE),
        training=training_curves(),
        hygiene=" ".join(f"{name}={built(f'audio/{name}/hygiene.parquet')}" for name in IMPORTED),
        tables=lambda wildcards, input: Path(input.tables[0]).parent,
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job report {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/report.py --tables {params.tables:q} --published {input.published:q}"
        " --predictions {input.predictions:q} --published-relations {input.relations:q} --costs {input.costs:q}"
        " --heatmap {input.heatmap:q} --scatter {input.scatter:q}"
        " --published-heatmap {input.published_heatmap:q} --published-scatter {input.published_scatter:q}"
        " --training {params.training} --hygiene {params.hygiene} {params.options} --template {input.template:q}"
        " --output {output.report:q} 2>&1 | tee {log:q}"


rule manifest:
    input:
        rules.report.output,
        rules.figures.output,
        rules.tables.output,
        rules.paper_tables.output,
        rules.published.output,
        built("benchmark/card.md"),
        rules.review_tasks.output,
        rules.gather_scores.input,
    output:
        manifest=built("manifest.json"),
    log:
        built("logs/manifest.log"),
    benchmark:
        built("benchmarks/manifest.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("manifest"),
        results=subpath(output.manifest, parent=True),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job manifest {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/manifest.py --files {input:q} --results {params.results:q}"
        " --output {output.manifest:q} 2>&1 | tee {log:q}"
