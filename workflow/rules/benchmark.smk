# The text benchmark `akb`: candidates from several sources, checked, reviewed, selected, frozen.
_SHIPPED = ("taxonomy", "authored", "second_solve", "stemless")
BENCHMARK = SETTINGS.benchmark.model_copy(update={key: own(getattr(SETTINGS.benchmark, key)) for key in _SHIPPED})
WRITERS = {writer.backbone: writer for writer in BENCHMARK.writers}
STEMLESS = [BENCHMARK.stemless] if BENCHMARK.stemless else []
# A further param of what reads decisions and adjudications: Snakemake sees which files a job reads, not which are which.
ADJUDICATED = {"adjudications": " ".join(BENCHMARK.adjudications)} if BENCHMARK.adjudications else {}


rule candidates:
    input:
        taxonomy=BENCHMARK.taxonomy,
        authored=sorted(str(path) for path in Path(BENCHMARK.authored).glob("*.yaml")) if BENCHMARK.authored else [],
        imports=BENCHMARK.imports,
        # Of imports that are folders: what lies in them.
        inside=[path for folder in BENCHMARK.imports if Path(folder).is_dir() for path in files_of(folder)],
        left_out=own("resources/left_out_words.yaml"),
        written=[built(f"benchmark/written/{writer.backbone}.parquet") for writer in BENCHMARK.writers],
    output:
        candidates=built("benchmark/candidates.parquet"),
    log:
        built("logs/candidates.log"),
    benchmark:
        built("benchmarks/candidates.tsv")
    localrule: is_local("candidates", True)
    conda:
        "../../envs/akb.yaml"
    resources:
        mem_mb=request("candidates", "memory_gb", 4, 1000),
        runtime=request("candidates", "minutes", 30),
        slurm_partition=partition("candidates"),
        downloads=SETTINGS.downloads,
    params:
        code=code("candidates"),
        wordnet=wordnet_digest(),
        options=command_line(BENCHMARK, "grounded", "grounded_per_template", "seed"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job candidates {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/candidates.py --taxonomy {input.taxonomy:q} --authored {input.authored:q}"
        " --imports {input.imports:q} --written {input.written:q} --left-out {input.left_out:q} {params.options}"
        " --downloads {resources.downloads:q} --output {output.candidates:q} 2>&1 | tee {log:q}"


# A writer is a backbone whose engine holds its answers to a JSON schema: vllm or openai.
rule write_candidates:
    input:
        fingerprint=fingerprint("{backbone}"),
        taxonomy=BENCHMARK.taxonomy,
        template=own(f"{SETTINGS.prompts}/write.yaml"),
    output:
        written=built("benchmark/written/{backbone}.parquet"),
        failures=built("benchmark/written/{backbone}-failures.csv"),
    log:
        built("logs/write_candidates/{backbone}.log"),
    benchmark:
        built("benchmarks/write_candidates/{backbone}.tsv")
    localrule: is_local("write_candidates", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("write_candidates", "threads", ALL_CORES)
    resources:
        mem_mb=request("write_candidates", "memory_gb", 8, 1000),
        runtime=request("write_candidates", "minutes", 240),
        nodes=1,
        gpu=request("write_candidates", "gpus", 0),
        devices=devices("write_candidates"),
        slurm_partition=partition("write_candidates"),
    params:
        code=code("write_candidates"),
        options=lambda wildcards: options(
            command_line(WRITERS[wildcards.backbone], "per_subcategory", "seeds", "temperature"),
            backbone=backbone_json(wildcards.backbone),
        ),
        store=built("benchmark/written/store"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job write_candidates {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python -m akb.orchestration.devices {resources.devices}"
        " python workflow/scripts/write_candidates.py --taxonomy {input.taxonomy:q} --template {input.template:q}"
        " {params.options} --store {params.store:q} --output {output.written:q} --failures {output.failures:q}"
        " 2>&1 | tee {log:q}"


# What it writes is kept as a file of the project, `benchmark.stemless`, so it is made only where it is asked for by name.
if BENCHMARK.stemless_by:

    rule stemless:
        input:
            candidates=rules.candidates.output.candidates,
            fingerprints=[fingerprint(name) for name in BENCHMARK.stemless_by],
        output:
            answers=built("benchmark/stemless.csv"),
        log:
            built("logs/stemless.log"),
        benchmark:
            built("benchmarks/stemless.tsv")
        localrule: is_local("stemless", False)
        conda:
            "../../envs/akb.yaml"
        threads: request("stemless", "threads", ALL_CORES)
        resources:
            mem_mb=request("stemless", "memory_gb", 8, 1000),
            runtime=request("stemless", "minutes", 240),
            nodes=1,
            gpu=request("stemless", "gpus", 0),
            devices=devices("stemless"),
            slurm_partition=partition("stemless"),
        params:
            code=code("stemless"),
            options=options(backbones=[backbone_json(name) for name in BENCHMARK.stemless_by]),
            store=built("benchmark/stemless-store"),
        shell:
            '. "$AKB_HOME"/workflow/job.sh; job stemless {log:q} {params:q} -- {output:q} -- {input:q}; '
            "python -m akb.orchestration.devices {resources.devices}"
            " python workflow/scripts/stemless.py --candidates {input.candidates:q} {params.options}"
            " --store {params.store:q} --output {output.answers:q} 2>&1 | tee {log:q}"


rule hygiene:
    input:
        candidates=rules.candidates.output.candidates,
        taxonomy=BENCHMARK.taxonomy,
        stemless=STEMLESS,
    output:
        flags=built("benchmark/flags.parquet"),
    log:
        built("logs/hygiene.log"),
    benchmark:
        built("benchmarks/hygiene.tsv")
    priority: SOON
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("hygiene"),
        options=command_line(BENCHMARK, "options"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job hygiene {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/hygiene.py --candidates {input.candidates:q} --taxonomy {input.taxonomy:q}"
        " --stemless {input.stemless:q} {params.options} --flags {output.flags:q} 2>&1 | tee {log:q}"


rule review_tasks:
    input:
        candidates=rules.candidates.output.candidates,
        flags=rules.hygiene.output.flags,
        taxonomy=BENCHMARK.taxonomy,
    output:
        # Of these Snakemake takes none away before the script has seen that nobody has filled it in.
        csv=update(built("benchmark/review/tasks.csv")),
        workbook=update(built("benchmark/review/tasks.xlsx")),
        label_studio=built("benchmark/review/tasks.json"),
        labelling=built("benchmark/review/labelling.xml"),
    log:
        built("logs/review_tasks.log"),
    benchmark:
        built("benchmarks/review_tasks.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("review_tasks"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job review_tasks {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/review_tasks.py --candidates {input.candidates:q} --flags {input.flags:q}"
        " --taxonomy {input.taxonomy:q} --csv {output.csv:q} --workbook {output.workbook:q}"
        " --label-studio {output.label_studio:q}"
        " --labelling {output.labelling:q} 2>&1 | tee {log:q}"


rule merge:
    input:
        candidates=rules.candidates.output.candidates,
        flags=rules.hygiene.output.flags,
        taxonomy=BENCHMARK.taxonomy,
        decisions=returned_files("decisions"),
        adjudications=returned_files("adjudications"),
    output:
        merged=built("benchmark/merged.parquet"),
        statuses=built("benchmark/statuses.parquet"),
        conflicts=update(built("benchmark/review/conflicts.csv")),
        stale=built("benchmark/review/stale.csv"),
        agreement=built("benchmark/agreement.parquet"),
        answers=built("benchmark/answers.parquet"),
        csv=[built("benchmark/agreement.csv"), built("benchmark/answers.csv")],
    log:
        built("logs/merge.log"),
    benchmark:
        built("benchmarks/merge.tsv")
    priority: SOON
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        **ADJUDICATED,
        code=code("merge"),
        options=command_line(BENCHMARK.review),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job merge {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/merge.py --candidates {input.candidates:q} --flags {input.flags:q} --taxonomy {input.taxonomy:q}"
        " --decisions {input.decisions:q} --adjudications {input.adjudications:q}"
        " {params.options}"
        " --merged {output.merged:q} --statuses {output.statuses:q} --conflicts {output.conflicts:q}"
        " --stale {output.stale:q} --agreement {output.agreement:q}"
        " --answers {output.answers:q} 2>&1 | tee {log:q}"


# After the merge: what counts is the text that a reviewer's edit leaves.
rule near_duplicates:
    input:
        candidates=rules.merge.output.merged,
        minilm=fingerprint(BENCHMARK.sentence_encoder),
    output:
        clusters=built("benchmark/clusters.parquet"),
    log:
        built("logs/near_duplicates.log"),
    benchmark:
        built("benchmarks/near_duplicates.tsv")
    priority: SOON
    localrule: is_local("near_duplicates", False)
    conda:
        "../../envs/akb.yaml"
    threads: request("near_duplicates", "threads", ALL_CORES)
    resources:
        mem_mb=request("near_duplicates", "memory_gb", 8, 1000),
        runtime=request("near_duplicates", "minutes", 30),
        slurm_partition=partition("near_duplicates"),
    params:
        code=code("near_duplicates"),
        minilm=subpath(input.minilm, parent=True),
        options=command_line(BENCHMARK, "similarity"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job near_duplicates {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/near_duplicates.py --candidates {input.candidates:q} --minilm {params.minilm:q}"
        " {params.options} --clusters {output.clusters:q} 2>&1 | tee {log:q}"


# A page for each reviewer of the configuration. A named file is asked for, so that no page is built that nobody needs.
rule review_page:
    input:
        candidates=rules.candidates.output.candidates,
        flags=rules.hygiene.output.flags,
        clusters=rules.near_duplicates.output.clusters,
        taxonomy=BENCHMARK.taxonomy,
        parts=[own(f"workflow/report/review.{part}") for part in ("html.j2", "js", "css")],
        first=BENCHMARK.assignment.first,
    output:
        page=built("benchmark/review/{reviewer}.html"),
    log:
        built("logs/review_page/{reviewer}.log"),
    benchmark:
        built("benchmarks/review_page/{reviewer}.tsv")
    wildcard_constraints:
        reviewer="(?!editor$)[^/]+",
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("review_pages"),
        parts=lambda wildcards, input: Path(input.parts[0]).parent,
        folder=subpath(output.page, parent=True),
        options=options(command_line(BENCHMARK.assignment), command_line(BENCHMARK, "name")),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job review_page {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/review_pages.py --candidates {input.candidates:q} --flags {input.flags:q}"
        " --clusters {input.clusters:q} --taxonomy {input.taxonomy:q} --parts {params.parts:q} {params.options}"
        " --only {wildcards.reviewer:q} --output {params.folder:q} 2>&1 | tee {log:q}"


rule editor_page:
    input:
        candidates=rules.candidates.output.candidates,
        flags=rules.hygiene.output.flags,
        clusters=rules.near_duplicates.output.clusters,
        taxonomy=BENCHMARK.taxonomy,
        decisions=returned_files("decisions"),
        adjudications=returned_files("adjudications"),
        agreement=rules.merge.output.agreement,
        answers=rules.merge.output.answers,
        parts=[own(f"workflow/report/review.{part}") for part in ("html.j2", "js", "css")],
    output:
        page=built("benchmark/review/editor.html"),
    log:
        built("logs/editor_page.log"),
    benchmark:
        built("benchmarks/editor_page.tsv")
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        **ADJUDICATED,
        code=code("editor_page"),
        parts=lambda wildcards, input: Path(input.parts[0]).parent,
        options=options(command_line(BENCHMARK.review), command_line(BENCHMARK, "name")),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job editor_page {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/editor_page.py --candidates {input.candidates:q} --flags {input.flags:q}"
        " --clusters {input.clusters:q} --taxonomy {input.taxonomy:q} --decisions {input.decisions:q}"
        " --adjudications {input.adjudications:q} --agreement {input.agreement:q} --answers {input.answers:q}"
        " --parts {params.parts:q} {params.options} --output {output.page:q} 2>&1 | tee {log:q}"


rule select_items:
    input:
        candidates=rules.merge.output.merged,
        flags=rules.hygiene.output.flags,
        clusters=rules.near_duplicates.output.clusters,
        statuses=rules.merge.output.statuses,
        taxonomy=BENCHMARK.taxonomy,
    output:
        selected=built("benchmark/selected.parquet"),
        audit=built("benchmark/audit.parquet"),
        csv=built("benchmark/audit.csv"),
    log:
        built("logs/select_items.log"),
    benchmark:
        built("benchmarks/select_items.tsv")
    priority: SOON
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("select_items"),
        options=command_line(
            BENCHMARK,
            "options",
            "per_template",
            "template_share",
            "longest_right",
            "computation",
            "computation_in",
            "hard",
            "cue_balance",
        ),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job select_items {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/select_items.py --candidates {input.candidates:q} --flags {input.flags:q}"
        " --clusters {input.clusters:q} --statuses {input.statuses:q} --taxonomy {input.taxonomy:q}"
        " {params.options} --selected {output.selected:q} --audit {output.audit:q} 2>&1 | tee {log:q}"


rule freeze:
    input:
        selected=rules.select_items.output.selected,
        audit=rules.select_items.output.audit,
        agreement=rules.merge.output.agreement,
        taxonomy=BENCHMARK.taxonomy,
        second_solve=BENCHMARK.second_solve,
        stemless=STEMLESS,
        earlier=BENCHMARK.earlier,
    output:
        frozen=built("benchmark/akb.jsonl"),
        card=built("benchmark/card.md"),
    log:
        built("logs/freeze.log"),
    benchmark:
        built("benchmarks/freeze.tsv")
    priority: SOON
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("freeze"),
        options=command_line(BENCHMARK, "name"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job freeze {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/freeze.py --selected {input.selected:q} --audit {input.audit:q}"
        " --agreement {input.agreement:q} --taxonomy {input.taxonomy:q} --second-solve {input.second_solve:q}"
        " --stemless {input.stemless:q} --earlier {input.earlier:q}"
        " {params.options} --frozen {output.frozen:q} --card {output.card:q} 2>&1 | tee {log:q}"


rule akb_items:
    input:
        frozen=rules.freeze.output.frozen,
        taxonomy=BENCHMARK.taxonomy,
        subset=[BENCHMARK.subset] if BENCHMARK.subset else [],
    output:
        questions=built("benchmark/akb.parquet"),
    log:
        built("logs/akb_items.log"),
    benchmark:
        built("benchmarks/akb_items.tsv")
    priority: SOON
    localrule: True
    conda:
        "../../envs/akb.yaml"
    params:
        code=code("akb_items"),
        options=command_line(BENCHMARK, "items"),
    shell:
        '. "$AKB_HOME"/workflow/job.sh; job akb_items {log:q} {params:q} -- {output:q} -- {input:q}; '
        "python workflow/scripts/akb_items.py --frozen {input.frozen:q} --taxonomy {input.taxonomy:q}"
        " --subset {input.subset:q}"
        " {params.options} --output {output.questions:q} 2>&1 | tee {log:q}"
