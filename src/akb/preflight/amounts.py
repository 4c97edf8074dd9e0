"""How much each job has to do, by its rule, and how long that takes at given rates.

A frozen model of P parameters takes 2 P operations a token that it reads, as many for a token that it writes
(slower by `written_token_costs`, since they come one by one), and 4 P a token of training: forwards, and backwards
through frozen weights to the embeddings that the connector made.

    work = work_of(job, study)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from akb.preflight.study import Study, heard_at_once
from akb.settings.configuration import training


@dataclass(frozen=True)
class Task:
    """A job as it is planned: its rule, its wildcards, and the GPUs that it asks for."""

    rule: str
    wildcards: dict[str, str]
    gpus: int

    @property
    def backbone(self) -> str:
        return self.wildcards.get("backbone", "")


@dataclass(frozen=True)
class Work:
    """What a job takes. formula: how `seconds` came about, in words and numbers. tokens and dollars: of endpoints."""

    seconds: float
    formula: str
    tokens_read: float = 0.0
    tokens_written: float = 0.0
    dollars: float = 0.0
    gigabytes: float = 0.0  # that stay on the disk


def work_of(task: Task, study: Study) -> Work:
    """What one job takes, by assumptions alone."""
    return _WAYS.get(task.rule, _fixed)(task, study)


def _fixed(task: Task, study: Study) -> Work:
    table = study.rates["seconds"]
    seconds = table.get(task.rule, table["other"])
    return Work(seconds, f"{seconds} s a job of {task.rule}")


def _checkpoint(task: Task, study: Study) -> Work:
    model = study.models.get(task.wildcards.get("model", ""))
    size = model.parameters * study.rates["bytes_per_parameter"] / 1e9 if model and not model.api else 0.1
    rate = study.rates["gigabytes_per_second"]["hub" if model and model.hub else "package"]
    start = study.rates["start_seconds"]["transformers"]
    return Work(start + size / rate, f"{start} s + {size:.1f} GB ÷ {rate} GB/s", gigabytes=size)


def _caption(task: Task, study: Study) -> Work:
    entry = study.settings.captioners.get(task.wildcards.get("captioner", ""))
    kind = entry.kind if entry else "acoustics"
    heard = _benchmark_seconds(task, study) / study.settings.shards.captions
    return _sound(task, study, kind, heard)


def _features(task: Task, study: Study) -> Work:
    trained = task.wildcards.get("split") == "train"
    shards = study.settings.shards
    if trained:
        heard = study.training_seconds / (shards.training_features or shards.features)
    else:
        name = task.wildcards.get("benchmark", "")
        heard = study.benchmarks[name].seconds / shards.features if name in study.benchmarks else 0.0
    work = _sound(task, study, "features", heard)
    shape = study.settings.lalm.features
    kept = heard * 50 / shape.pool * len(shape.layers) * 1280 * 2 / 1e9
    return Work(work.seconds, work.formula, gigabytes=kept)


def _benchmark_seconds(task: Task, study: Study) -> float:
    name = task.wildcards.get("benchmark", "")
    own = study.training_seconds if name == study.settings.lalm.train_on else 0.0
    return study.benchmarks[name].seconds + own if name in study.benchmarks else own


def _sound(task: Task, study: Study, kind: str, heard: float) -> Work:
    table = study.rates["gpu_audio" if task.gpus else "cpu_audio"]
    rate = table.get(kind, table["acoustics"]) * max(1, task.gpus)
    start = study.rates["start_seconds"]["python" if kind == "labels" else "transformers"]
    return Work(start + heard / rate, f"{start} s + {heard:.0f} s of sound ÷ {rate:g} s a second")


def _text_inference(task: Task, study: Study) -> Work:
    model, tokens = study.models[task.backbone], study.rates["tokens"]
    described = sum(benchmark.items * benchmark.described for benchmark in study.benchmarks.values())
    prompts = study.probe_items + described
    read = study.probe_items * tokens["probe"] + described * (tokens["probe"] + tokens["caption"])
    written = prompts * _written(task, study)
    read, written = read * model.orders, written * model.orders
    return _asked(task, study, model.engine, read, written, prompts * model.orders, "prompts")


def _distil(task: Task, study: Study) -> Work:
    shards, tokens = study.settings.shards.distil, study.rates["tokens"]
    rows = study.training_rows * study.rates["distinct"] / shards
    writes = study.settings.lalm.distil.how == "generate"
    read = rows * (tokens["caption"] + tokens["probe"] / 2)
    written = rows * tokens["distilled"] if writes else 0.0
    return _asked(task, study, study.models[task.backbone].distil_engine, read, written, rows, "questions")


def _asked(task: Task, study: Study, engine: str, read: float, written: float, answers: float, what: str) -> Work:
    model = study.models[task.backbone]
    start = study.rates["start_seconds"].get(engine, study.rates["start_seconds"]["python"])
    stored = answers * study.rates["bytes_per_answer"] / 1e9
    if model.api:
        dollars = _price(model.prices, read, written)
        seconds = start + answers  # about one a second behind usual limits
        told = f"{answers:.0f} {what}, {read / 1e6:.2f} M tokens read, {written / 1e6:.2f} M written"
        return Work(seconds, told + ("" if model.prices else "; no prices are given"), read, written, dollars, stored)
    operations = 2 * model.computing * (read + study.rates["written_token_costs"] * written)
    work = _computed(task, study, start, operations, f"{answers:.0f} {what}")
    return Work(work.seconds, work.formula, read, written, 0.0, stored)


def _finetune(task: Task, study: Study) -> Work:
    recipe, tokens = training(study.settings, task.backbone), study.rates["tokens"]
    clips, questions, steps = heard_at_once(study, task.backbone)
    answer = tokens["distilled"] if study.settings.lalm.distil.how == "generate" else tokens["option"]
    each = recipe.queries + tokens["transcript"] + questions * (tokens["probe"] / 4 + answer)
    operations = 4 * study.models[task.backbone].computing * steps * clips * each
    work = _computed(task, study, study.rates["start_seconds"]["transformers"], operations, f"{steps} steps of {clips}")
    # Aligning runs no backbone: its time is the connector's.
    aligned = recipe.align_steps * recipe.align_clips_per_step
    rate = study.rates["aligned_clips"]["gpu" if task.gpus else "cpu"]
    seconds, told = work.seconds + aligned / rate, f"{work.formula} + {aligned} aligned clips ÷ {rate} a second"
    return Work(seconds, told if aligned else work.formula, steps * clips * each, 0.0, 0.0, 0.5)


def _listen(task: Task, study: Study) -> Work:
    tokens, listening = study.rates["tokens"], study.settings.lalm.listen
    names = [task.wildcards["benchmark"]] if "benchmark" in task.wildcards else list(study.benchmarks)
    items = {name: study.benchmarks[name].items for name in names if name in study.benchmarks}
    answers = {listening.how: sum(items.values()) * (1 + len(listening.controls))}
    for name, how in listening.beside.items():
        answers[how] = answers.get(how, 0) + items.get(name, 0)
    queries = training(study.settings, task.backbone).queries
    read = sum(answers.values()) * (queries + tokens["transcript"] + tokens["probe"])
    written = answers.get("generate", 0) * float(tokens["answer"])
    operations = 2 * study.models[task.backbone].computing * (read + study.rates["written_token_costs"] * written)
    start = study.rates["start_seconds"][listening.engine]
    work = _computed(task, study, start, operations, f"{sum(answers.values())} answers")
    return Work(work.seconds, work.formula, read, written, 0.0, 0.0)


def _computed(task: Task, study: Study, start: float, operations: float, what: str) -> Work:
    rate = study.rates["gpu_flops"] * task.gpus if task.gpus else study.rates["cpu_flops"]
    seconds = start + operations / rate
    return Work(seconds, f"{start} s + {what}: {operations:.2e} operations ÷ {rate:.1e} a second")


def _written(task: Task, study: Study) -> float:
    """Tokens that a backbone writes to answer one prompt."""
    model, tokens = study.models[task.backbone], study.rates["tokens"]
    if model.scoring != "generate":
        return 0.0  # its options are read
    return float(tokens["answer"] + (tokens["thinking"] if model.thinks else 0))


def _price(prices: object, read: float, written: float) -> float:
    if not isinstance(prices, dict):
        return 0.0
    return float(prices.get("input_per_million", 0) * read + prices.get("output_per_million", 0) * written) / 1e6


# Rules whose jobs are a backbone's own.
OF_A_BACKBONE = ("text_inference", "text_inference_api", "distil", "finetune", "listen")

_WAYS: dict[str, Callable[[Task, Study], Work]] = {
    "checkpoint": _checkpoint,
    "caption": _caption,
    "caption_by_llm": _caption,
    "features": _features,
    "text_inference": _text_inference,
    "text_inference_api": _text_inference,
    "distil": _distil,
    "finetune": _finetune,
    "listen": _listen,
}
