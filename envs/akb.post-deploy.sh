#!/bin/bash
# Fill the conda environment of envs/akb.yaml from the lock. AKB_HOME, the workflow's own folder, is set by its rules:
# Snakemake copies this script elsewhere before it runs it.
set -euo pipefail
python -m pip install --no-deps -r "${AKB_HOME:?}/envs/${AKB_LOCK:-cpu.lock}"
python -m pip install --no-deps "$AKB_HOME"
