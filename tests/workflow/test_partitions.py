"""Where jobs go on a cluster: the rule's partition, another for jobs without a GPU, or the site's own."""

from __future__ import annotations

import re

import pytest
from smoke_project import Project


@pytest.mark.parametrize(("site", "elsewhere"), [((), ""), (("--default-resources", "slurm_partition=main"), "main")])
def test_a_partition_is_the_rules_own_or_the_sites(pretended: Project, site: tuple[str, ...], elsewhere: str) -> None:
    pretended.configure(
        lambda settings: settings.update(
            resources={
                "finetune": {"gpus": 8, "partition": "gpu"},
                "caption": {"gpus": 1, "partition": "gpu"},
                "features": {"partition": "gpu", "partition_cpu": "cpu"},
            }
        )
    )
    said = pretended.make("all", "--dry-run", "--forceall", *site)
    found: dict[str, set[str]] = {}
    for rule, block in re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)+)", said, flags=re.M):
        if asked := re.search(r"slurm_partition=([\w]*)", block):
            found.setdefault(rule, set()).add(asked[1])
        assert ("nodes=1" in block) == ("gpu=" in block), rule
    # These captioners take no GPU, so they are not sent to where the GPUs are.
    assert {rule: found[rule] for rule in ("finetune", "features", "caption", "mini")} == {
        "finetune": {"gpu"},
        "features": {"cpu"},
        "caption": {elsewhere},
        "mini": {elsewhere},
    }
