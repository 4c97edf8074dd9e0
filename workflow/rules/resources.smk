# What jobs ask for: threads, memory, time, GPUs, nodes, partitions. No rules here.

# The threads of heavy jobs that ask for none. On this machine more than any has: Snakemake scales them down to
# --cores, so such jobs run alone. A cluster (its `--jobs` sets nodes) would look for a node that has as many.
ALL_CORES = 8 if workflow.remote_exec or workflow.resource_settings.nodes else 64

# Of jobs on one thread that all probes wait for: first, so that they run beside others and nobody waits for them alone.
SOON = 10

# The partition of jobs that name none: the site's own, from `--default-resources` or a profile.
DEFAULT_RESOURCES = workflow.resource_settings.default_resources
DEFAULT_PARTITION = DEFAULT_RESOURCES.get("slurm_partition") if DEFAULT_RESOURCES else None
DEFAULT_PARTITION = str(getattr(DEFAULT_PARTITION, "raw", DEFAULT_PARTITION) or "")


def request(rule, key, default, scale=1):
    """A resource or threads function: what the configuration asks for `rule`, in `scale` of its unit.

    Memory and time grow by half with each attempt, up to `max_memory_gb` and `max_minutes`.
    """

    def value(wildcards, attempt=1):
        asked = configuration.given(getattr(SETTINGS.resources, rule))
        if name := getattr(wildcards, "backbone", None):
            asked |= configuration.given(getattr(configuration.backbone(SETTINGS, name).resources, rule))
        if (name := getattr(wildcards, "captioner", None)) and SETTINGS.captioners[name].resources:
            asked |= configuration.given(SETTINGS.captioners[name].resources)
        if key == "gpus" and getattr(wildcards, "captioner", "") in WITHOUT_GPU:
            return default
        amount = asked.get(key, default)
        if key in ("memory_gb", "minutes"):
            # A cap below what is asked for in the first place caps the growth, not the request.
            amount = max(amount, min(amount * 1.5 ** (attempt - 1), asked.get(f"max_{key}", float("inf"))))
        return amount if isinstance(amount, str) else int(amount * scale)

    return value


def gpus_of_rule(rule):
    """Whether the rule's entry asks for GPUs, whatever one of its jobs takes."""
    return bool(getattr(SETTINGS.resources, rule).gpus)


def is_local(name, default):
    """Whether `name` runs beside the driver, as its entry under `resources` says, else `default`."""
    local = getattr(SETTINGS.resources, name).local
    return default if local is None else local


def partition(rule):
    """A resource function: the partition that `rule` asks for; for its jobs without a GPU `partition_cpu`."""
    named, without, gpus = request(rule, "partition", ""), request(rule, "partition_cpu", ""), request(rule, "gpus", 0)

    def value(wildcards):
        # A captioner without a GPU is not sent to where the GPUs are.
        elsewhere = getattr(wildcards, "captioner", "") in WITHOUT_GPU
        own = without(wildcards) if not gpus(wildcards) else ""
        return own or ("" if elsewhere and gpus_of_rule(rule) else named(wildcards)) or DEFAULT_PARTITION

    return value


def devices(job):
    """How many GPUs the script of `job` insists on, as text: `--resources gpu=N` scales the number `gpu`
    down without a word, but leaves texts alone; and a resource, unlike a param, makes nothing stale.
    """
    count = request(job, "gpus", 0)
    return lambda wildcards: str(count(wildcards))


def gpus_of_nodes(job):
    """A resource function: the GPUs of all nodes of `job`, as Slurm and Snakemake count them."""
    count, nodes = request(job, "gpus", 0), request(job, "nodes", 1)
    return lambda wildcards: count(wildcards) * nodes(wildcards)


def several_nodes(job):
    """Further resources of a rule some of whose jobs run on several nodes; none where no job does.

    The Slurm plugin then starts a job's command once, on its first node (`mpi`), with room for one task on each.
    """
    asked = [SETTINGS.resources, *(configuration.backbone(SETTINGS, name).resources for name in LALMS)]
    if all((getattr(entry, job).nodes or 1) == 1 for entry in asked):
        return {}
    nodes = request(job, "nodes", 1)
    return {"mpi": lambda wildcards: "srun" if nodes(wildcards) > 1 else "", "tasks": nodes, "tasks_per_gpu": 0}
