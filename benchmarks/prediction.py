"""How far off each rule of `akb predict` is on the paper's trained models, as the tables of docs/prediction.md.

python benchmarks/prediction.py
"""

from __future__ import annotations

from pathlib import Path

from akb.analysis.forecasts import forecasts
from akb.analysis.published import CASCADE_CAPTIONER, TARGETS, published_families, published_scores

PUBLISHED = Path("resources/published/accuracy.csv")


def main() -> None:
    scores, families = published_scores(PUBLISHED), published_families(PUBLISHED)
    for target in TARGETS:
        found = forecasts(scores, scores.clear(), target, families, CASCADE_CAPTIONER, 0, str(PUBLISHED))
        print(f"\n{target}, {found.comparison['n'][0]} models\n")
        print("| rule | weight | error | family left out | saved | in 50 % | in 90 % | pairs right | regret |")
        print("|---|---|---|---|---|---|---|---|---|")
        for row in found.comparison.to_dicts():
            weight = f"{found.weights[row['rule']]:.0%}" if row["rule"] in found.weights else ""
            within = "" if row["saved_low"] is None else f" ({row['saved_low']:+.2f} to {row['saved_high']:+.2f})"
            print(
                f"| {row['rule']} | {weight} | {row['error']:.2f} | {row['family_error']:.2f} "
                f"| {row['saved']:+.2f}{within} "
                f"| {row['covered_50']:.0%} | {row['covered_90']:.0%} | {row['pairs_right']:g} of {row['pairs']} "
                f"| {row['pair_regret']:.2f} |"
            )


if __name__ == "__main__":
    main()
