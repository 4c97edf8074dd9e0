"""The section `benchmark`: the text benchmark's sources, reviewers and limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from akb.settings.section import Count, Real, Section, Texts, Whole

_SEED = 20260319


class Writing(Section):
    """How candidates are written."""

    per_subcategory: Count
    """Candidates for each subcategory and seed."""
    seeds: Whole = (0,)
    """Each asks for as many candidates again."""
    temperature: Annotated[Real, Field(ge=0)] = 0.8
    """Of the writing."""


class Writer(Writing):
    """A backbone that writes candidates."""

    backbone: str
    """A name under `backbones` whose engine is `vllm` or `openai`."""


class Review(Section):
    """When reviewers' verdicts count."""

    minimum: Count = 1
    """Reviewers that are needed before their word counts."""
    majority: Annotated[Real, Field(ge=0, lt=1)] = 0.5
    """The share that a verdict must exceed."""


class Assignment(Section):
    """Who reviews what, on the pages `benchmark/review/<reviewer>.html`."""

    reviewers: Texts = ()
    """Names or pseudonyms of the reviewers' own choice; they stand beside their decisions."""
    items: Count = 400
    """Questions of each reviewer, as far as there are so many."""
    overlap: Annotated[Real, Field(ge=0, le=1)] = 0.25
    """The part of a share that every reviewer has, so that agreement can be told."""
    first: Texts = ()
    """Frozen files whose questions are reviewed before others."""


class Benchmark(Section):
    """The text benchmark."""

    name: str = "akb-1.1"
    """Its name and version, on the card."""
    earlier: Annotated[Texts, Field(max_length=1)] = ()
    """The frozen file of the version before, with which the card compares."""
    items: Count = 2000
    """Items that are asked: a balanced subset if fewer than the frozen benchmark has."""
    subset: str = ""
    """A file of the items that are asked, by name, one a line, as `akb items --output` writes it; `items` does not
    count then."""
    taxonomy: str = "config/taxonomy.yaml"
    """The subcategories, their quotas and definitions."""
    authored: str = "resources/authored"
    """The folder of hand-written questions; empty for none."""
    grounded: bool = True
    """Whether to generate questions with proofs."""
    grounded_per_template: Count = 16
    """Candidates that one generator gives."""
    options: Annotated[tuple[Count, Count], Field(strict=False)] = (4, 4)
    """The fewest and the most options that a question may have; others are kept out."""
    imports: Texts = ()
    """CSV, JSONL or `datasets` files of further candidates."""
    writers: Annotated[tuple[Writer, ...], Field(strict=False)] = ()
    """LLMs that write candidates."""
    seed: int = _SEED
    """Of the generated questions."""
    sentence_encoder: str = "minilm"
    """The tool whose sentence embeddings show near-duplicates."""
    similarity: Real = 0.95
    """Cosine similarity from which two questions are near-duplicates."""
    per_template: Count = 25
    """The most items that one template may give."""
    template_share: Real = 0.4
    """The part of a subcategory that one template may give."""
    longest_right: Real = 0.27
    """The part of the items whose longest option may be the right one."""
    computation: Real = 0.12
    """The part of the items that may ask for a formula and numbers."""
    computation_in: Real = 0.25
    """The same of each category."""
    hard: Real = 0.33
    """The part of each subcategory that is filled with the tier `hard` before others that are verified alike, and no
    further while others can fill the rest."""
    cue_balance: Real = 0.02
    """By how much of a category's items a cue without knowledge may favour or shun right options; 1: by any."""
    decisions: Texts = ()
    """Reviewers' files, CSV, workbooks or Label Studio JSON; not below `results`."""
    adjudications: Texts = ()
    """Files of the like that settle conflicts."""
    second_solve: str = "resources/authored/second_solve.csv"
    """What a second solver answered to authored questions."""
    stemless: str = "resources/stemless.csv"
    """Which candidates backbones solve without the stem, as the rule `stemless` writes it; empty for none."""
    stemless_by: Texts = ()
    """The backbones that the rule `stemless` asks."""
    review: Review = Field(default_factory=Review)
    """When reviewers' verdicts count."""
    assignment: Assignment = Field(default_factory=Assignment)
    """Who reviews what."""
