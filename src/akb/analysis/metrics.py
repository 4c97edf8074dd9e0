"""A metric: one number per model that can be set against another model's, such as `cascade/mini/Music`.

Written `setting/benchmark` or `setting/benchmark/domain`; the domain is "all" when left out.

    values(scores, Metric.parse("audio/mini/Speech"), cascade_captioner="combined")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from akb.errors import AkbError

SETTINGS = ("probe", "cascade", "audio")
_SPELLING = {"akb": "AKB", "mmau": "MMAU", "mmar": "MMAR", "akb-2000": "AKB-2000"}


@dataclass(frozen=True)
class Metric:
    """Accuracy in one setting, on one benchmark, in one domain ("all" for the whole benchmark)."""

    setting: str
    benchmark: str
    domain: str = "all"

    @staticmethod
    def parse(text: str) -> Metric:
        """Read `setting/benchmark[/domain]`. Raises AkbError when it is none."""
        parts = text.split("/")
        if len(parts) not in (2, 3) or parts[0] not in SETTINGS or not all(parts):
            raise AkbError(
                f"{text!r} is no metric",
                where="metrics",
                remedy=f"write setting/benchmark or setting/benchmark/domain; settings: {', '.join(SETTINGS)}",
            )
        return Metric(*parts)

    def __str__(self) -> str:
        whole = f"{self.setting}/{self.benchmark}"
        return whole if self.domain == "all" else f"{whole}/{self.domain}"

    @property
    def hears(self) -> bool:
        """Whether it takes a trained audio language model."""
        return self.setting == "audio"

    @property
    def label(self) -> str:
        """As the paper writes it: the benchmark, the domain if any, then what the model was given."""
        name = _SPELLING.get(self.benchmark.casefold(), self.benchmark)
        domain = "" if self.domain == "all" else f" {self.domain}"
        return f"{name}{domain} ({'Audio' if self.hears else 'Text'})"


def default_metrics(scores: pl.DataFrame) -> list[Metric]:
    """The probe as a whole, then each audio benchmark by cascade and by audio.

    A benchmark that stands alone is taken by domain, several are taken whole, as the paper does.
    """
    full = scores.filter(pl.col("control").is_null())
    probes = sorted(full.filter(setting="probe")["benchmark"].unique())
    heard = sorted(full.filter(pl.col("setting") != "probe")["benchmark"].unique())
    whole = len(heard) > 1
    metrics = [Metric("probe", benchmark) for benchmark in probes]
    for setting in ("cascade", "audio"):
        for benchmark in heard:
            rows = full.filter(setting=setting, benchmark=benchmark)
            domains = ["all"] if whole else in_order(d for d in rows["domain"].unique() if d != "all")
            metrics += [Metric(setting, benchmark, domain) for domain in domains if len(rows)]
    return metrics


def chosen_metrics(texts: Sequence[str], scores: pl.DataFrame) -> list[Metric]:
    """The metrics named in `texts`, or `default_metrics` where none is named. Raises AkbError as `parse` does."""
    return [Metric.parse(text) for text in texts] or default_metrics(scores)


def in_order(domains: Iterable[str]) -> list[str]:
    """Domains as the paper orders them (Sound, Music, Speech), others after by name."""
    paper = {"sound": 0, "music": 1, "speech": 2}
    return sorted(set(domains), key=lambda domain: (paper.get(domain.casefold(), 3), domain))


def score_rows(scores: pl.DataFrame, metric: Metric, cascade_captioner: str) -> pl.DataFrame:
    """The rows of `scores` that `metric` is read from, one for each model that has it.

    cascade_captioner: which captioner's cascade counts as *the* cascade.
    """
    rows = scores.filter(
        pl.col("control").is_null(),
        pl.col("domain").str.to_lowercase() == metric.domain.lower(),
        setting=metric.setting,
        benchmark=metric.benchmark,
    )
    return rows.filter(captioner=cascade_captioner) if metric.setting == "cascade" else rows


def values(scores: pl.DataFrame, metric: Metric, cascade_captioner: str) -> dict[str, float]:
    """Each model's accuracy by `metric`, as a fraction of 1; models without the metric are absent."""
    rows = score_rows(scores, metric, cascade_captioner)
    return dict(zip(rows["backbone"].to_list(), rows["accuracy"].to_list(), strict=True))
