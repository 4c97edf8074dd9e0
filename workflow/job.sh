# What every shell command of a rule begins with. It stands in each command and not in Snakemake's global `shell.prefix`, which would change the rules of a workflow that uses
# this one as a module.
#
# AKB_HOME: the workflow's own folder. AKB_PYTHON: the Python that runs Snakemake, activated or not. AKB_CORES: what
# Snakemake was told that there are. All are set by workflow/rules/settings.smk.

# Torch and vLLM start as many threads as OMP_NUM_THREADS says, and Snakemake sets that to a job's threads: `--cores 8`
# on two cores would make eight of them fight. So a job gets that share of the cores which it has of Snakemake's, one at
# least. Threads that wait must not spin either: beside another job, two spinning threads were ten times slower than one.
cores=$(env -u OMP_NUM_THREADS nproc)
if [ "${AKB_CORES:-0}" -gt "$cores" ]; then
    export OMP_NUM_THREADS=$(((${OMP_NUM_THREADS:-1} * cores + AKB_CORES - 1) / AKB_CORES))
elif [ "${OMP_NUM_THREADS:-1}" -gt "$cores" ]; then
    export OMP_NUM_THREADS=$cores
fi
export OMP_WAIT_POLICY=PASSIVE

# What was planned: its rule, log, params, outputs and inputs, for akb.orchestration.watch.
job() {
    AKB_JOB=$(mktemp)
    export AKB_JOB
    printf '%s\0' "$@" >"$AKB_JOB"
}

# With `--software-deployment-method conda` an environment with `akb` in it is active here; a login shell's `base` is not it.
if [ -n "${CONDA_PREFIX:-}" ] && own=$(command -v python) && "$own" -c "import akb.orchestration.watch" 2>/dev/null; then
    AKB_PYTHON=$own
fi

# `python` holds a script to what was planned, records what it made, and says why it failed. The workflow's own
# scripts lie in its own folder, wherever Snakemake was started.
python() {
    local words=() word
    for word in "$@"; do
        case $word in
        workflow/scripts/*.py) [ "$PWD" -ef "$AKB_HOME" ] || word=$AKB_HOME/$word ;;
        esac
        words+=("$word")
    done
    command "$AKB_PYTHON" -m akb.orchestration.watch "${words[@]}"
}
