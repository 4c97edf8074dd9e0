#!/bin/bash
# Which lock of this folder the NVIDIA driver here allows, as `nvidia-smi` tells it.
#
#   envs/lock.sh          prints it: cpu without a driver, gpu (CUDA 13), or gpu-cuda12 for an older driver
#   envs/lock.sh LOCK     says on standard error that an old driver takes CUDA 12, or (status 1) that it cannot run LOCK
set -euo pipefail

# The oldest drivers for programs built for CUDA 13 and for any CUDA 12 (NVIDIA's table of minor-version compatibility;
# from 525.60.13 on). They run what was compiled for a GPU beforehand, as torch, cuDNN, NCCL and Triton do. They do not
# compile newer CUDA's intermediate code; what of vLLM needs that is told in docs/gpu.md.
cuda13=580 cuda12=525

# The first device's; empty where it is not told, and then torch has to find out.
driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | grep -oE '^[0-9]+' | head -1 || true)

if [ $# -eq 0 ]; then
    if ! nvidia-smi >/dev/null 2>&1; then
        echo cpu
    elif [ "${driver:-$cuda13}" -ge $cuda13 ]; then
        echo gpu
    else
        echo gpu-cuda12
    fi
    exit
fi

case $1 in
gpu) cuda=13 oldest=$cuda13 ;;
gpu-cuda12) cuda=12 oldest=$cuda12 ;;
*) exit ;;
esac
if [ "${driver:-$oldest}" -lt $oldest ]; then
    other=$([ "$driver" -ge $cuda12 ] && echo gpu-cuda12 || echo cpu)
    echo "akb: envs/$1.lock is built for CUDA $cuda, which needs driver $oldest or newer, and this machine has $driver:" \
        "update it, or take LOCK=$other (with conda AKB_LOCK=$other; docs/gpu.md, at its end, has what else there is)" >&2
    exit 1
fi
if [ "${driver:-$cuda13}" -lt $cuda13 ]; then
    echo "akb: driver $driver is too old for CUDA 13 ($cuda13 or newer), so envs/$1.lock for CUDA $cuda is taken" >&2
fi
