"""akb: which LLM should be the backbone of my audio language model?

A package per stage of the pipeline, each module named for what it holds. The library knows nothing
of Snakemake: the workflow in `workflow/` calls it through one short script per rule.
"""
