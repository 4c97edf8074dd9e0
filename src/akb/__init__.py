"""akb: which LLM should be the backbone of my audio language model?

A library of flat modules, each named for what it holds. It knows nothing of Snakemake: the
workflow in `workflow/` calls it through one short script per rule.
"""

__version__ = "0.1.0"
