# Relating the settings: scores, tables, correlations, figures, the report and the manifest.
PUBLISHED = "resources/published"
CASCADE_CAPTIONER = SETTINGS["analysis"]["cascade_captioner"]
METRICS = " ".join(SETTINGS["analysis"]["metrics"])
DISPLAY = configuration.canonical({name: configuration.display(SETTINGS, name) for name in BACKBONES})
ITEMS = [
    built("benchmark/akb.parquet"),
    *expand(built("audio/{benchmark}/items.parquet"), benchmark=AUDIO_BENCHMARKS),
]
RESPONSES = [
    *expand(built("models/{backbone}/responses.parquet"), backbone=BACKBONES),
    *expand(built("models/{backbone}/audio.parquet"), backbone=LALMS),
]


def audio_responses(wildcards):
    """The audio-grounded responses of a backbone from which a LALM was made."""
    return [built(f"models/{wildcards.backbone}/audio.parquet")] if wildcards.backbone in LALMS else []


rule score:
    input:
        responses=built("models/{backbone}/responses.parquet"),
        audio=audio_responses,
        items=ITEMS,
    output:
        scores=built("models/{backbone}/scores.parquet"),
    log:
        built("logs/score/{backbone}.log"),
    benchmark:
        built("benchmarks/score/{backbone}.tsv")
    params:
        code=code("score"),
        audio=lambda wildcards: "--audio" if wildcards.backbone in LALMS else "",
    conda:
        "../../envs/akb.yaml"
    shell:
        "python workflow/scripts/score.py --responses {input.responses:q} {params.audio} {input.audio:q}"
        " --items {input.items:q} --backbone {wildcards.backbone} --output {output.scores:q} 2>&1 | tee {log:q}"


rule gather_scores:
    input:
        scores=expand(built("models/{backbone}/scores.parquet"), backbone=BACKBONES),
    output:
        scores=built("scores.parquet"),
    log:
        built("logs/gather_scores.log"),
    benchmark:
        built("benchmarks/gather_scores.tsv")
    params:
        code=code("gather_scores"),
    conda:
        "../../envs/akb.yaml"
    shell:
        "python workflow/scripts/gather_scores.py --scores {input.scores:q} --output {output.scores:q}"
        " 2>&1 | tee {log:q}"
