"""What the names in a configuration refer to: each must exist, and what is asked for must be possible.

faults = list(reference_faults(settings, names))
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from akb.settings.audio import MADE
from akb.settings.captioners import AUDIO_LLM_ENGINES, QUESTION_AWARE, Captioner
from akb.settings.configuration import Settings, backbone, heard_by, lalms, training
from akb.settings.faults import Fault, unknown

Names = Mapping[str, Collection[str]]


def reference_faults(settings: Settings, names: Names) -> Iterator[Fault]:
    """names: what is named under each of the top level's mappings, also entries that are faulty themselves."""
    yield from _names(names)
    yield from _benchmark(settings, names)
    yield from _captioners(settings, names)
    yield from _captioned(settings, names)
    yield from _asked_as_well(settings, names)
    yield from _audio_benchmarks(settings, names)
    yield from _analysis(settings, names)
    yield from _lalm(settings, names)


def package_faults(settings: Settings, packages: Mapping[str, Any]) -> Iterator[Fault]:
    """Sources that name a package which nobody carries, and packages of another kind than is needed.

    packages: entries of resources/checkpoints.yaml by name.
    """
    for group, models in (("tools", settings.tools), ("backbones", settings.backbones)):
        for model, entry in models.items():
            name = entry.source.package
            if name and name not in packages:
                text = f"no package carries {name!r}; use one of {', '.join(sorted(packages))}"
                yield Fault((group, model, "source"), text)
    yield from _no_whisper(settings, packages)


def _no_whisper(settings: Settings, packages: Mapping[str, Any]) -> Iterator[Fault]:
    """Packaged tools in the place of a Whisper that are none: a job would end in the words of a library."""
    uses: list[tuple[tuple[str, ...], str | None]]
    uses = [(("captioners", name, "model"), e.model) for name, e in settings.captioners.items() if e.kind == "whisper"]
    uses += [(("lalm", "encoder"), settings.lalm.encoder)] if lalms(settings) else []
    for at, tool in uses:
        package = settings.tools[tool].source.package if tool in settings.tools else None
        if package is not None and package in packages and packages[package]["form"] != "whisper":
            yield Fault(at, f"{tool!r} is the package {package!r}, which is no Whisper")


def _names(names: Names) -> Iterator[Fault]:
    if not names["backbones"]:
        yield Fault(("backbones",), "at least one backbone is needed")
    if clash := sorted(set(names["tools"]) & set(names["backbones"])):
        yield Fault(("tools",), f"{clash} are names of backbones too")
    for name in sorted(set(names["training_sets"]) & set(names["audio_benchmarks"])):
        yield Fault(("training_sets", name), "an audio benchmark has this name too")
    for group, name, why in (
        ("captioners", "none", "stands for asking without a caption"),
        ("audio_benchmarks", "akb", "is the text benchmark"),
        *(("training_sets", made, "is a built-in audio benchmark") for made in MADE),
    ):
        if name in names[group]:
            yield Fault((group, name), f"the name {name!r} {why}")


def _benchmark(settings: Settings, names: Names) -> Iterator[Fault]:
    benchmark, known = settings.benchmark, names["backbones"]
    asked: list[tuple[tuple[str | int, ...], str]]
    asked = [(("writers", n, "backbone"), writer.backbone) for n, writer in enumerate(benchmark.writers)]
    asked += [(("stemless_by", n), name) for n, name in enumerate(benchmark.stemless_by)]
    for place, name in asked:
        if name not in known:
            yield Fault(("benchmark", *place), unknown(name, known, f"there is no backbone {name!r}"))
    first: dict[str, int] = {}
    for number, writer in enumerate(benchmark.writers):
        if first.setdefault(writer.backbone, number) != number:
            yield Fault(
                ("benchmark", "writers", number),
                f"{writer.backbone!r} writes already (entry {first[writer.backbone]}): ask for more by that entry's "
                "`seeds`, or name the backbone a second time under another name",
            )
        elif writer.backbone in settings.backbones and backbone(settings, writer.backbone).engine == "transformers":
            yield Fault(
                ("benchmark", "writers", number, "backbone"),
                f"{writer.backbone!r} has the engine transformers, which cannot hold answers to a JSON schema: "
                "use vllm or openai",
            )
    if benchmark.sentence_encoder not in names["tools"]:
        text = f"there is no tool {benchmark.sentence_encoder!r}, by which near-duplicates are found"
        yield Fault(("benchmark", "sentence_encoder"), unknown(benchmark.sentence_encoder, names["tools"], text))


def _captioners(settings: Settings, names: Names) -> Iterator[Fault]:
    known = names["captioners"]
    for name, entry in settings.captioners.items():
        for number, part in enumerate(entry.of):
            if part not in known:
                yield Fault(("captioners", name, "of", number), unknown(part, known, f"there is no captioner {part!r}"))
        if entry.model is not None and entry.model not in names["tools"]:
            text = unknown(entry.model, names["tools"], f"there is no tool {entry.model!r}")
            yield Fault(("captioners", name, "model"), text)
        yield from (Fault(("captioners", name, *key), text) for key, text in _audio_llm(settings, name, entry))
        if circle := _circle(settings, name):
            yield Fault(("captioners", name, "of"), f"a captioner is joined of itself: {' of '.join(circle)}")


def _asked_as_well(settings: Settings, names: Names) -> Iterator[Fault]:
    for name, entry in settings.backbones.items():
        if entry.asked_as_well is None:
            continue
        at = ("backbones", name, "asked_as_well")
        for number, benchmark in enumerate(entry.asked_as_well.benchmarks):
            if benchmark not in names["audio_benchmarks"]:
                text = unknown(benchmark, names["audio_benchmarks"], f"there is no audio benchmark {benchmark!r}")
                yield Fault((*at, "benchmarks", number), text)
        if entry.asked_as_well.scoring == backbone(settings, name).scoring:
            yield Fault((*at, "scoring"), "that is how the backbone is asked already")


def _audio_llm(settings: Settings, name: str, entry: Captioner) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Audio language models that are none, and question-aware captioners that are not named or kept apart as such."""
    if entry.kind in AUDIO_LLM_ENGINES and entry.model in settings.tools:
        served = bool(settings.tools[entry.model].source.api)
        if served != (entry.kind == "openai"):
            needed = "a tool whose source is `api`" if entry.kind == "openai" else "a tool that has weights"
            yield ("model",), f"a captioner of kind {entry.kind} needs {needed}"
    if entry.question_aware != name.endswith(QUESTION_AWARE):
        yield (
            ("question_aware",),
            f"a captioner that is told the question, and no other, has a name that ends in {QUESTION_AWARE!r}: "
            "no table or figure shows its captions as others are",
        )
    for number, part in enumerate(entry.of):
        if part.endswith(QUESTION_AWARE):
            yield ("of", number), f"{part!r} is told the question, and is never joined to captions that are not"
    if entry.question_aware and settings.lalm.transcripts == name:
        yield ("question_aware",), "lalm.transcripts cannot be told the questions"


def _captioned(settings: Settings, names: Names) -> Iterator[Fault]:
    """Captioners that are missing where one is needed: they may name the benchmarks that they are for."""
    known = [*names["audio_benchmarks"], *names["training_sets"]]
    for name, entry in settings.captioners.items():
        for number, named in enumerate(entry.benchmarks or ()):
            at = ("captioners", name, "benchmarks", number)
            if named not in known:
                text = f"there is no audio benchmark or training set {named!r}"
                yield Fault(at, unknown(named, known, text))
            elif entry.of and named not in heard_by(settings, name):
                yield Fault(at, f"not all of its parts are for {named!r}")
        if entry.kind == "labels" and set(entry.benchmarks or known) != {"mini"}:
            text = "what is true is known of the clips of `mini` alone: write `benchmarks: [mini]`"
            yield Fault(("captioners", name, "benchmarks"), text)
    for place, captioner, needed in (
        (("analysis", "cascade_captioner"), settings.analysis.cascade_captioner, [*names["audio_benchmarks"]]),
        (("lalm", "transcripts"), settings.lalm.transcripts, [*names["audio_benchmarks"], settings.lalm.train_on]),
    ):
        if captioner in settings.captioners:
            heard = heard_by(settings, captioner)
            # What is at fault itself was set aside, and is heard by none.
            there = {*settings.audio_benchmarks, *settings.training_sets}
            if lacking := [name for name in needed if name in there and name not in heard]:
                text = f"{captioner!r} is not for {', '.join(lacking)}; see captioners.{captioner}.benchmarks"
                yield Fault(place, text)


def _circle(settings: Settings, name: str) -> list[str]:
    """The way from a composed captioner back to itself, if there is one."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        entry = settings.captioners.get(way[-1])
        for part in entry.of if entry else ():
            if part == name:
                return [*way, name]
            if part not in seen:
                seen.add(part)
                ways.append([*way, part])
    return []


def _audio_benchmarks(settings: Settings, names: Names) -> Iterator[Fault]:
    for name, entry in settings.audio_benchmarks.items():
        for number, captioner in enumerate(entry.captioners or ()):
            at = ("audio_benchmarks", name, "captioners", number)
            if captioner not in names["captioners"]:
                yield Fault(at, unknown(captioner, names["captioners"], f"there is no captioner {captioner!r}"))
            elif captioner in settings.captioners and name not in heard_by(settings, captioner):
                yield Fault(at, f"{captioner!r} is not for {name}; see captioners.{captioner}.benchmarks")
        if entry.captioners and settings.analysis.cascade_captioner not in entry.captioners:
            text = f"{settings.analysis.cascade_captioner!r}, the cascade_captioner of `analysis`, must be among them"
            yield Fault(("audio_benchmarks", name, "captioners"), text)
        if (entry.kind in MADE or name in MADE) and entry.kind != name:
            made = entry.kind if entry.kind in MADE else name
            yield Fault(("audio_benchmarks", name, "kind"), f"the benchmark `{made}`, and no other, is of kind {made}")


def _analysis(settings: Settings, names: Names) -> Iterator[Fault]:
    analysis, captioners, benchmarks = settings.analysis, names["captioners"], names["audio_benchmarks"]
    if benchmarks and analysis.cascade_captioner not in captioners:
        text = f"there is no captioner {analysis.cascade_captioner!r}"
        yield Fault(("analysis", "cascade_captioner"), unknown(analysis.cascade_captioner, captioners, text))
    if analysis.true_captions is not None and analysis.true_captions not in captioners:
        text = f"there is no captioner {analysis.true_captions!r}"
        yield Fault(("analysis", "true_captions"), unknown(analysis.true_captions, captioners, text))
    for number, name in enumerate(analysis.swapped_captions or ()):
        if name not in captioners:
            text = unknown(name, captioners, f"there is no captioner {name!r}")
            yield Fault(("analysis", "swapped_captions", number), text)
    if analysis.covariate and not analysis.covariate.endswith(".csv"):
        benchmark = [*analysis.covariate.split("/"), ""][1]
        if benchmark not in ("akb", *benchmarks):
            text = f"{analysis.covariate!r} is neither a CSV nor a metric: there is no benchmark {benchmark!r}"
            yield Fault(("analysis", "covariate"), unknown(benchmark, ("akb", *benchmarks), text))
    for number, metric in enumerate(analysis.metrics):
        benchmark = [*metric.split("/"), ""][1]
        if benchmark not in ("akb", *benchmarks):
            text = f"{metric!r} is no metric: there is no benchmark {benchmark!r}"
            yield Fault(("analysis", "metrics", number), unknown(benchmark, ("akb", *benchmarks), text))


def _launch(settings: Settings) -> Iterator[Fault]:
    everywhere, launch = settings.resources.finetune.nodes, settings.lalm.launch
    asked = [backbone(settings, name).resources.finetune.nodes or everywhere or 1 for name in settings.backbones]
    meets = ("torchrun" in launch or "torch.distributed.run" in launch) and "--standalone" not in launch
    if max(asked) > 1 and not meets:
        text = f"fine-tuning asks for {max(asked)} nodes (`resources: finetune: nodes`), and this launch keeps to one: "
        yield Fault(("lalm", "launch"), text + "`torchrun --nproc_per_node N`, with N on each, lets them meet")


def _lalm(settings: Settings, names: Names) -> Iterator[Fault]:
    lalm, benchmarks = settings.lalm, names["audio_benchmarks"]
    if len(set(lalm.seeds)) < len(lalm.seeds):
        yield Fault(("lalm", "seeds"), "a seed stands twice: the same training shows nothing of how trainings differ")
    for name, entry in settings.backbones.items():
        if entry.source.api and entry.lalm and "lalm" in entry.model_fields_set:
            yield Fault(("backbones", name, "lalm"), "an endpoint gives no weights to train around")
        elif not benchmarks and backbone(settings, name).lalm and _asked_for(settings, name):
            yield Fault(("backbones", name, "lalm"), "an audio language model needs an audio benchmark to answer")
    if not benchmarks:
        return  # nothing is heard, so no audio language model is trained
    if lalm.transcripts and lalm.transcripts not in names["captioners"]:
        text = f"there is no captioner {lalm.transcripts!r}"
        yield Fault(("lalm", "transcripts"), unknown(lalm.transcripts, names["captioners"], text))
    if not any(backbone(settings, name).lalm for name in settings.backbones):
        return
    yield from _launch(settings)
    for name in settings.backbones:
        own = training(settings, name)
        for key in ("lora_rank", "lora_alpha"):
            if backbone(settings, name).lalm and getattr(own, key) != getattr(lalm.training, key):
                text = "an adapter is the same for all backbones, or it would be compared: set it in lalm.training"
                yield Fault(("backbones", name, "training", key), text)
    learnable = {*names["training_sets"], *({"mini"} & set(benchmarks))}
    for name in lalm.listen.beside:
        if name not in benchmarks:
            text = unknown(name, benchmarks, f"there is no audio benchmark {name!r}")
            yield Fault(("lalm", "listen", "beside", name), text)
    if "letter" in (lalm.listen.how, *lalm.listen.beside.values()) and not lalm.prompt.show_options:
        yield Fault(("lalm", "listen", "how"), "mode `letter` shows options: set `lalm.prompt.show_options: true`")
    if lalm.listen.engine == "vllm":
        if {lalm.listen.how, *lalm.listen.beside.values()} != {"generate"}:
            text = "vLLM answers by `generate` alone: set `how` and `beside` to it, or `engine: transformers`"
            yield Fault(("lalm", "listen", "engine"), text)
        if lalm.training.lora_rank:
            text = "vLLM would not put the low-rank adapter on the backbone: set `engine: transformers`"
            yield Fault(("lalm", "listen", "engine"), text)
    if lalm.train_on not in learnable:
        text = f"{lalm.train_on!r} is neither `mini` nor under training_sets"
        if lalm.train_on == "mini":
            text = "to learn from `mini`'s clips, it must stand under audio_benchmarks"
        yield Fault(("lalm", "train_on"), unknown(lalm.train_on, learnable, text))
    if lalm.encoder not in names["tools"]:
        text = unknown(lalm.encoder, names["tools"], f"there is no tool {lalm.encoder!r}")
        yield Fault(("lalm", "encoder"), text)


def _asked_for(settings: Settings, name: str) -> bool:
    entry = settings.backbones[name]
    return "lalm" in entry.model_fields_set or "lalm" in settings.backbone_defaults.model_fields_set
