# What a killed driver leaves behind: its lock, its jobs in the queue, and what they make. No rules here.
#
# A driver is the Snakemake that plans and submits. A dead one's lock is lifted. Its jobs run on: those that make
# what the next driver would make are waited for, and then it plans anew. And since nobody was there to write
# Snakemake's record of what they made, every job on a cluster writes it by itself; without one, what a killed
# driver's jobs made would be made again, or never again, whatever changed.
import os
import shutil
import sys
import time
from pathlib import Path

from akb.orchestration.drivers import enter
from akb.errors import AkbError
from akb.orchestration.slurm_queue import described, queued_jobs, wait_for
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.persistence import PersistenceBase
from snakemake_interface_executor_plugins.settings import ExecMode

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

if workflow.remote_exec:
    records_of_the_driver = PersistenceBase.finished

    async def record_finished(self, job):
        """Snakemake's own `finished`, which writes a record only where it thinks itself the driver."""
        settings = self.dag.workflow.workflow_settings
        settings.exec_mode = ExecMode.DEFAULT
        try:
            await records_of_the_driver(self, job)
        finally:
            settings.exec_mode = ExecMode.REMOTE

    PersistenceBase.finished = record_finished


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
