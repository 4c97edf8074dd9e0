"""The smoke configuration's jobs, as "rule wildcard wildcard", and the sets of them that changes bring."""

from __future__ import annotations

BACKBONES = ("alpha", "beta", "gamma")


def each(*rules: str, backbones: tuple[str, ...] = BACKBONES) -> set[str]:
    """These rules' jobs for each backbone; distillation has one shard, training one seed."""
    extra = {"distil": " 0", "finetune": " 0", "listen": " 0"}
    return {f"{rule} {backbone}{extra.get(rule, '')}" for rule in rules for backbone in backbones}


def branch(backbone: str) -> set[str]:
    """Everything that is one backbone's alone, its checkpoint apart."""
    return each("text_inference", "distil", "finetune", "listen", "score", backbones=(backbone,))


HEARD = {
    *(f"caption mini {name} 0" for name in ("acoustics", "words")),
    *(f"gather_captions mini {name}" for name in ("acoustics", "words")),
    "compose_captions mini combined",
    *(f"features whisper-tiny.en mini {split} 0" for split in ("train", "test")),
}
END = {"gather_scores", "tables", "costs", "paper_tables", "figures", "report", "item_pages", "manifest"}
SHOWN = {"paper_tables", "figures", "report", "item_pages", "manifest"}
SELECTION = {"select_items", "freeze", "akb_items", "probe_prompts"}
ASKED = each("text_inference", "score") | END
REVIEWED = {"merge", "near_duplicates"} | SELECTION | ASKED
CAPTIONED = {"cascade_prompts mini"} | ASKED
MADE = {"mini", "instructions", *HEARD} | CAPTIONED | each("distil", "finetune", "listen")
LEARNT = each("finetune", "listen", "score") | END
