"""Measure text inference against raw vLLM, against lm-evaluation-harness, and the item store by itself.

Each measurement runs in a process of its own and appends one JSON line to --out, with the load average
of the machine. Engine start is left out; rendering and tokenising the prompts are left in. `versus` times
`inference.answer` and `LLM.generate` in turns on one loaded vLLM engine.

    python benchmarks/text_inference.py ours --engine transformers --mode option --model M --prompts P --out o.jsonl
    python benchmarks/text_inference.py ours --engine vllm --mode generate --model M --prompts P --out o.jsonl
    python benchmarks/text_inference.py versus --mode generate --model M --prompts P --out o.jsonl
    python benchmarks/text_inference.py store --records 1000000 --out o.jsonl
    python benchmarks/text_inference.py peak --out o.jsonl
    python benchmarks/text_inference.py limit --model M --prompts P --out o.jsonl
    /path/to/lm-eval/venv/bin/python benchmarks/text_inference.py peer --backend hf --batch-size 16 …

`peer` runs in an environment of its own that has lm-evaluation-harness 0.4.13 and, for its vLLM
backend on a CPU, a stub metadata folder for a distribution named `vllm`.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from akb.llm import inference
from akb.llm.chat import Chat
from akb.llm.engine import Backbone, Request, Sampling
from akb.llm.engines.branches import branch_out
from akb.llm.inference import answer, likeliest, load_engine, read_answer
from akb.llm.prompts import read_template, requests_of
from akb.llm.store import KEY_DIGITS, Store
from akb.tables import PROMPTS, read_table

ASKING = Path(__file__).parents[1] / "config" / "prompts" / "asking.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=sorted(MEASUREMENTS))
    parser.add_argument("--engine", default="transformers")
    parser.add_argument("--mode", default="option")
    parser.add_argument("--model")
    parser.add_argument("--prompts", type=Path)
    parser.add_argument("--limit", type=int, default=480)
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--options", type=json.loads, default={}, help="engine_options as JSON")
    parser.add_argument("--backend", default="hf")
    parser.add_argument("--batch-size", default="16")
    parser.add_argument("--parts", type=int, default=4, help="of `versus`")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    result = MEASUREMENTS[given.what](given)
    load = [round(value, 1) for value in os.getloadavg()]
    asked = {name: str(value) for name, value in vars(given).items() if name != "out"}
    line = json.dumps({**asked, **result, "load": load})
    print(line)
    with given.out.open("a") as handle:
        handle.write(line + "\n")


def ours(given: argparse.Namespace) -> dict[str, Any]:
    """The engine's own `run`, as `inference.answer` calls it, the item store included."""
    backbone, requests = _asked(given)
    engine = load_engine(backbone, requests)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        began = time.perf_counter()
        outputs = {}
        for index, output in engine.run(requests):
            store.put([(f"{index:0{KEY_DIGITS}x}", output)])
            outputs[index] = output
        seconds = time.perf_counter() - began
    engine.close()
    answers = [read_answer(request, "", outputs[index]).answer for index, request in enumerate(requests)]
    return {
        **_speed(seconds, len(requests)),
        "correct": sum(a == r.known_answer for a, r in zip(answers, requests, strict=True)),
        "output_tokens": sum(output.output_tokens for output in outputs.values()),
    }


def warm(given: argparse.Namespace) -> dict[str, Any]:
    """A second call of `answer`, everything stored: no engine, no tokenizer."""
    backbone, requests = _asked(given)
    oracle = replace(backbone, engine="oracle")
    with tempfile.TemporaryDirectory() as folder:
        answer(requests, oracle, Path(folder), "fill")
        began = time.perf_counter()
        answer(requests, oracle, Path(folder), "warm")
        return _speed(time.perf_counter() - began, len(requests))


def versus(given: argparse.Namespace) -> dict[str, Any]:
    """The whole of `inference.answer` against `LLM.generate` on ready-made token ids, on one engine.

    The items come in --parts; each part is answered both ways, the prefix cache emptied before each, and
    the two take turns at being first: what the machine does meanwhile falls on both. The engine works in
    processes of its own; `cpu_…` is the processor time of the one that asks it.
    """
    backbone, requests = _asked(given)
    backbone = replace(backbone, engine="vllm")
    engine: Any = load_engine(backbone, requests)
    close, engine.close = engine.close, lambda: None
    inference.load_engine = lambda *_: engine
    prompts, params = _ready_made(engine, requests, given)

    def ours(part: slice) -> list[Any]:
        with tempfile.TemporaryDirectory() as folder:
            return [r.text or r.answer for r in answer(requests[part], backbone, Path(folder), "ours")]

    def raw(part: slice) -> list[Any]:
        outputs = engine._llm.generate(prompts[part], params[part], use_tqdm=False)
        return list(map(_said, outputs, params[part]))

    raw(slice(0, 32))  # whatever is made at its first use
    ways = [("ours", ours), ("raw", raw)]
    seconds: dict[str, list[float]] = {"ours": [], "raw": []}
    cpu = {"ours": 0.0, "raw": 0.0}
    alike, step = 0, -(-len(requests) // given.parts)
    for start in range(0, len(requests), step):
        said = {}
        for name, way in ways:
            assert engine._llm.llm_engine.reset_prefix_cache()
            began, worked = time.perf_counter(), time.process_time()
            said[name] = way(slice(start, start + step))
            cpu[name] += time.process_time() - worked
            seconds[name].append(round(time.perf_counter() - began, 2))
        alike += sum(a == b for a, b in zip(said["ours"], said["raw"], strict=True))
        ways.reverse()
        print(seconds, file=sys.stderr, flush=True)
    close()
    return {
        **_speed(sum(seconds["ours"]), len(requests)),
        "seconds_ours": seconds["ours"],
        "seconds_raw": seconds["raw"],
        "ratio": round(sum(seconds["ours"]) / sum(seconds["raw"]), 4),
        "cpu_ours": round(cpu["ours"], 2),
        "cpu_raw": round(cpu["raw"], 2),
        "prompt_tokens": sum(len(prompt["prompt_token_ids"]) for prompt in prompts),
        "answers_alike": alike,
    }


def _ready_made(engine: Any, requests: list[Request], given: argparse.Namespace) -> tuple[list[Any], list[Any]]:
    """Token ids and sampling parameters as someone who calls `LLM.generate` would write them."""
    from vllm import SamplingParams

    if given.mode == "generate":
        ids = engine._chat.ids([engine._chat.render(request) for request in requests])
        params = [SamplingParams(max_tokens=given.max_tokens, temperature=0.0)] * len(ids)
    else:
        works: Any = branch_out(requests, engine._chat, 2048)
        ids = [work.stem for work in works]
        letters = [[branch[0] for branch in work.branches] for work in works]
        params = [SamplingParams(max_tokens=1, temperature=0.0, logprob_token_ids=some) for some in letters]
    return [{"prompt_token_ids": list(prompt)} for prompt in ids], params


def _said(output: Any, params: Any) -> Any:
    """What `versus` compares: the text, or the place of the likeliest letter."""
    first = output.outputs[0]
    if not params.logprob_token_ids:
        return first.text.strip()
    return likeliest([first.logprobs[0][letter].logprob for letter in params.logprob_token_ids])[0]


def peer(given: argparse.Namespace) -> dict[str, Any]:
    """lm-evaluation-harness's `loglikelihood` on the same rendered prompts, options normalised by bytes."""
    from lm_eval.api.instance import Instance

    if given.backend == "hf":
        from lm_eval.models.huggingface import HFLM

        model: Any = HFLM(given.model, dtype=given.dtype, batch_size=int(given.batch_size), device="cpu")
    else:
        from lm_eval.models.vllm_causallms import VLLM

        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")
        os.environ.setdefault("VLLM_CPU_OMP_THREADS_BIND", ",".join(map(str, sorted(os.sched_getaffinity(0)))))
        model = VLLM(
            given.model,
            dtype=given.dtype,
            batch_size=given.batch_size,
            max_model_len=2048,
            enforce_eager=True,
            **given.options,
        )
    from transformers import AutoTokenizer

    backbone, requests = _asked(given)
    chat = Chat(AutoTokenizer.from_pretrained(given.model), backbone)
    instances = [
        Instance("loglikelihood", {}, (chat.render(request), chat.gap + option), place)
        for request in requests
        for place, option in enumerate(request.options)
    ]
    began = time.perf_counter()
    values = iter(model.loglikelihood(instances, disable_tqdm=True))
    seconds = time.perf_counter() - began
    correct = 0
    for request in requests:
        scores = [next(values)[0] / len(option.encode()) for option in request.options]
        correct += likeliest(scores)[0] == request.known_answer
    return {**_speed(seconds, len(requests)), "correct": correct}


def store(given: argparse.Namespace) -> dict[str, Any]:
    """Reading back a store of many responses, all of them asked for."""
    backbone = Backbone(name="b", engine="oracle", checkpoint="", fingerprint="")
    output = next(load_engine(backbone, []).run([Request("i", "u", options=("a", "b", "c", "d"), known_answer=0)]))[1]
    output = replace(output, text="The answer is (A) a. " * 3, option_logprobs=(-0.123456789, -1.5, -2.25, -3.75))
    keys = [f"{number:0{KEY_DIGITS}x}" for number in range(given.records)]
    with tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder)) as shelf:
            began = time.perf_counter()
            for start in range(0, len(keys), 1000):
                shelf.put([(key, output) for key in keys[start : start + 1000]])
            writing = time.perf_counter() - began
        began = time.perf_counter()
        found = Store(Path(folder)).read(set(keys))
        seconds = time.perf_counter() - began
        megabytes = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    assert len(found) == len(keys)
    return {**_speed(seconds, len(keys)), "seconds_to_write": round(writing, 2), "megabytes": round(megabytes)}


def peak(given: argparse.Namespace) -> dict[str, Any]:
    """What the machine's arithmetic gives at this moment: a 2048³ matrix product in bfloat16."""
    import torch

    a = torch.randn(2048, 2048, dtype=torch.bfloat16)
    best = min(_timed(lambda: a @ a) for _ in range(8))
    return {"gflops": round(2 * 2048**3 / best / 1e9, 1)}


def limit(given: argparse.Namespace) -> dict[str, Any]:
    """How much of the machine's arithmetic `option` scoring uses: its operations, counted by torch, and its time."""
    from torch.utils.flop_counter import FlopCounterMode

    backbone, requests = _asked(given)
    engine = load_engine(backbone, requests)
    speeds = [peak(given)["gflops"]]
    seconds = min(_timed(lambda: list(engine.run(requests))) for _ in range(3))
    speeds.append(peak(given)["gflops"])
    with FlopCounterMode(display=False) as counter:
        list(engine.run(requests))
    engine.close()
    done = counter.get_total_flops() / 1e9
    return {
        **_speed(seconds, len(requests)),
        "gflop": round(done),
        "gflops": round(done / seconds),
        "peak_gflops": max(speeds),
        "share_of_peak": round(done / seconds / max(speeds), 2),
    }


def _asked(given: argparse.Namespace) -> tuple[Backbone, list[Request]]:
    backbone = Backbone(
        name=Path(given.model).name,
        engine=given.engine,
        checkpoint=given.model,
        fingerprint="benchmark",
        scoring=given.mode,
        dtype=given.dtype,
        engine_options=given.options,
        generation=Sampling(max_tokens=given.max_tokens),
    )
    prompts = read_table(given.prompts, PROMPTS).head(given.limit)
    return backbone, requests_of(prompts, backbone, read_template(ASKING))[1]


def _speed(seconds: float, count: int) -> dict[str, Any]:
    return {"items": count, "seconds": round(seconds, 3), "items_per_second": round(count / seconds, 2)}


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


MEASUREMENTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "ours": ours,
    "warm": warm,
    "versus": versus,
    "peer": peer,
    "store": store,
    "peak": peak,
    "limit": limit,
}

if __name__ == "__main__":
    main()
