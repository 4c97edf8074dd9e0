#!/bin/bash
# Fill the conda environment of envs/akb.yaml from a lock. AKB_HOME, the workflow's own folder, is set by its rules:
# Snakemake copies this script elsewhere before it runs it.
set -euo pipefail
envs=${AKB_HOME:?}/envs
lock=${AKB_LOCK:-$(bash "$envs/lock.sh")}
lock=${lock%.lock}
bash "$envs/lock.sh" "$lock"
python -m pip install --no-deps -r "$envs/$lock.lock"
python -m pip install --no-deps "$AKB_HOME"
