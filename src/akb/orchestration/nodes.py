"""One job on several nodes of a Slurm cluster: the same command on each, which then meet.

Slurm starts a job's script on its first node. From there `srun` starts `akb.orchestration.devices`, and through it the
job's own command, once on every node; each node claims its own GPUs. `torchrun` reads from its environment how many
nodes there are and where they meet: a free port of the first.

    command, environment = on_every_node(2, 8, threads=64, command=["torchrun", …], environment=os.environ)
"""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Mapping, Sequence

from akb.errors import AkbError


def on_every_node(
    nodes: int, gpus: int, threads: int, command: Sequence[str], environment: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """What to run in place of `command`, and what to add to its environment. gpus and threads: of each node.

    Raises AkbError outside of a Slurm job.
    """
    job = environment.get("SLURM_JOB_ID")
    if not job or not shutil.which("srun", path=environment.get("PATH")):
        raise AkbError(
            f"{nodes} nodes were asked for, and this is no job of Slurm, which alone can start them",
            where="resources: finetune: nodes",
            remedy="submit with --profile workflow/profiles/slurm, or set `nodes: 1`",
        )
    # Slurm's own variables of the job are kept from its steps by Snakemake's plugin: all is said anew.
    spread = ["srun", f"--jobid={job}", f"--nodes={nodes}", f"--ntasks={nodes}", "--ntasks-per-node=1"]
    spread += [f"--cpus-per-task={threads}", *([f"--gpus-per-node={gpus}"] if gpus else []), "--kill-on-bad-exit=1"]
    with socket.socket() as found:
        found.bind(("", 0))
        place = f"{socket.gethostname()}:{found.getsockname()[1]}"
    meeting = {"NNODES": str(nodes), "RDZV_BACKEND": "c10d", "RDZV_ID": job, "RDZV_ENDPOINT": place}
    each = [sys.executable, "-m", "akb.orchestration.devices", str(gpus), *command]
    return [*spread, *each], {f"PET_{name}": value for name, value in meeting.items()}
