"""What a run took: every record counts once, and is laid to the backbone that its path names."""

import json

import pytest
from synthetic import world

from akb.orchestration.costs import costs
from akb.orchestration.energy import keep, record_file
from akb.report.decision_tables import costs_table

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tcpu_time\n"


def record(folder, name, seconds, rss="100.0", cpu="1.0"):
    path = folder / "benchmarks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEAD}{seconds}\t0\t{rss}\t0\t{cpu}\n")


def test_jobs_are_laid_to_rule_and_backbone(tmp_path):
    record(tmp_path, "listen/qwen-3/0-mini.tsv", 3600, "2048.0")
    record(tmp_path, "listen/qwen/0-mini.tsv", 60)
    record(tmp_path, "finetune/qwen-3-0.tsv", 7200)
    record(tmp_path, "tables.tsv", 36, rss="NA", cpu="-")
    rows = {
        (row["rule"], row["backbone"]): row for row in costs(tmp_path, ["qwen", "qwen-3"], world()[0][:0]).to_dicts()
    }
    assert rows["listen", "qwen-3"]["hours"] == 1 and rows["listen", "qwen-3"]["peak_gib"] == 2
    assert rows["listen", "qwen"]["hours"] == pytest.approx(1 / 60)
    assert rows["finetune", "qwen-3"]["jobs"] == 1
    assert rows["tables", ""]["cpu_hours"] == 0
    assert next(iter(rows))[0] == "finetune"  # the dearest first


def test_energy_is_known_where_every_job_has_a_record_of_it(tmp_path):
    for seed in (0, 1):
        record(tmp_path, f"finetune/qwen-3-{seed}.tsv", 3600)
        record(tmp_path, f"finetune/qwen-{seed}.tsv", 3600)
    for name, watt_hours in {"qwen-3-0": 200.0, "qwen-3-1": 100.5, "qwen-0": 70.0}.items():
        path = record_file(tmp_path / f"logs/finetune/{name}.log")
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(watt_hours, path, "finetune")
    found = costs(tmp_path, ["qwen", "qwen-3"], world()[0][:0])
    rows = {row["backbone"]: row["gpu_wh"] for row in found.to_dicts()}
    assert rows == {"qwen-3": 300.5, "qwen": None}
    table = costs_table(found, {})
    assert table.heads[-1][0] == "GPU energy" and {row[-1].text for row in table.rows} == {"300.5 Wh", "–"}
    assert costs_table(found.with_columns(gpu_wh=None), {}).heads[-1][0] == "US dollars"


def test_tokens_are_those_of_the_answers_and_money_that_of_the_ledger(tmp_path):
    ledger = tmp_path / "models/small/usage"
    ledger.mkdir(parents=True)
    lines = [{"call": "1", "event": "reserved", "usd": 9.0}, {"call": "1", "event": "settled", "usd": 0.25}]
    (ledger / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    responses, _ = world(backbones=("small",))
    rows = {row["rule"]: row for row in costs(tmp_path, ["small"], responses).to_dicts()}
    assert rows["text_inference"]["prompt_tokens"] == 50 * (240 + 4 * 150)
    assert rows["listen"]["output_tokens"] == 2 * 150
    assert rows["text_inference"]["usd"] == 0.25 and rows["listen"]["usd"] is None
