# What a killed driver leaves behind: its lock, its jobs in the queue, and what they make. No rules here.
#
# A driver is the Snakemake that plans and submits. A dead one's lock is lifted. Its jobs run on: those that make
# what the next driver would make are waited for, and then it plans anew. And since nobody was there to write
# Snakemake's record of what they made, every job on a cluster writes it by itself; without one, what a killed
# driver's jobs made would be made again, or never again, whatever changed.
import copy
import inspect
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from akb.orchestration.drivers import enter
from akb.errors import AkbError
from akb.orchestration.plan import write_plan
from akb.orchestration.slurm_queue import described, queued_jobs, wait_for
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

if workflow.is_main_process:
    if enter(Path(".snakemake/akb-driver"), Path(".snakemake/locks")):
        logger.info("An earlier run of Snakemake was killed here: its lock is lifted.")
    # Only a cluster's `--jobs` sets nodes. A dry run waits for nothing.
    if workflow.output_settings.dryrun and workflow.resource_settings.nodes and shutil.which("squeue"):
        try:
            if already := [job for job in queued_jobs(Path.cwd()) if job.comment.startswith("rule_")]:
                logger.info("Slurm has these jobs of this folder; a run waits for those that it needs:")
                logger.info(described(already, {}))
        except AkbError as error:
            logger.info(str(error))

PLANS = Path(".snakemake/akb-plans").absolute()


class Seen:
    """An object seen with some of its attributes otherwise."""

    def __init__(self, whole, **others):
        self._whole = whole
        vars(self).update(others)

    def __getattr__(self, name):
        return getattr(self._whole, name)


def let_jobs_record():
    """Have Snakemake's own `finished`, which records only where it is the driver, see a driver here too."""
    try:
        from snakemake.persistence import PersistenceBase
        from snakemake_interface_executor_plugins.settings import ExecMode

        records_of_the_driver = PersistenceBase.finished
        fits = "self.dag.workflow.exec_mode == ExecMode.DEFAULT" in inspect.getsource(records_of_the_driver)
    except (ImportError, AttributeError, OSError):
        fits = False
    if not fits:
        logger.warning(
            "This Snakemake keeps its records in another way: what this job makes has one only if the driver lives "
            "until it ends. Should it be killed, ask for what its jobs made with --forcerun."
        )
        return

    async def record_finished(self, job):
        driver = Seen(self.dag, workflow=Seen(self.dag.workflow, exec_mode=ExecMode.DEFAULT))
        as_driver = copy.copy(self)
        as_driver.dag = driver
        await records_of_the_driver(as_driver, job)
        self._clear_cache()

    PersistenceBase.finished = record_finished


if workflow.remote_exec:
    let_jobs_record()


def keep_plan():
    """Before the first job: what each was planned with, for jobs that read code and configuration only when they start."""
    jobs = {str(job.log[0]): list(map(str, job.params)) for job in workflow.dag.needrun_jobs() if job.log}
    plan = str(write_plan(PLANS, jobs))
    os.environ.update(AKB_PLAN=plan)
    workflow.config_settings.config_args = [*(workflow.config_settings.config_args or []), f"akb_plan={plan}"]


def ask_squeue_where_sacct_does_not_answer():
    """The plugin asks `sacct` wherever it is installed, and waits for ever where Slurm keeps no accounts."""
    settings = workflow.executor_settings
    if workflow.executor_plugin.name != "slurm" or getattr(settings, "status_command", None) != "sacct":
        return
    if subprocess.run(["sacct", "--noheader", "--starttime=now"], capture_output=True, check=False).returncode:
        settings.status_command = "squeue"
        logger.info("This Slurm keeps no accounts: `squeue` is asked how jobs are, not `sacct`.")


def wait_for_queued_jobs():
    """Before the first job is submitted: wait for those in Slurm's queue that make the same, then plan anew."""
    if workflow.executor_plugin.name != "slurm":
        return
    from snakemake_executor_plugin_slurm.utils import get_job_wildcards

    titles = {}
    for job in workflow.dag.needrun_jobs():
        names = get_job_wildcards(job)
        comment = f"rule_{job.name}_wildcards_{names}" if names else f"rule_{job.name}"
        values = ", ".join(f"{key} {value}" for key, value in job.wildcards_dict.items())
        titles[comment] = f"{job.name} ({values})" if values else job.name
    try:
        waited = wait_for(titles, Path.cwd(), logger.info)
    except AkbError as error:
        raise WorkflowError(str(error))
    except KeyboardInterrupt:
        raise WorkflowError("The waiting was ended. Slurm's jobs go on.")
    if waited:
        logger.info("Planning anew.")
        time.sleep(workflow.execution_settings.latency_wait)  # until files from other nodes can be seen
        workflow.persistence.unlock()
        workflow.logger_manager.stop()
        os.execv(sys.executable, sys.orig_argv)
