# What Snakemake compares of our jobs to tell whether they are stale, where it would miss something or mind what does not
# matter. No rules here.
#
# It looks into an input only where that is younger than what was made of it: a source in whose place another with an
# older time was put, as `rsync -a`, `cp -p` and archives leave it, would go unnoticed. And every param counts, one that
# only says how fast a job runs, too.
import ast
import inspect
from pathlib import Path

from akb.file_hashes import LARGE, file_hash
from akb.orchestration.pace import without_pace
from snakemake.logging import logger


def is_other_source(name, noted):
    """Whether a file of the project, of at most 100 MB, has another content than that whose checksum was noted."""
    path = Path(name)
    if not noted or path.is_relative_to(RESULTS) or not path.is_file() or path.stat().st_size > LARGE:
        return False
    return noted.removeprefix("sha256:") != file_hash(path)


def in_pace_alone(change):
    """Whether params differ in what says how fast a job runs, and in nothing else. change: of reprs of texts."""
    try:
        before, now = (
            {without_pace(str(ast.literal_eval(text))) for text in texts}
            for texts in (change.only_old, change.only_new)
        )
    except (ValueError, SyntaxError):  # of something else than texts and numbers
        return False
    return before == now


def compare_with_care():
    """Have Snakemake's two questions, whether inputs and whether params have changed, asked so for our own rules."""
    try:
        from snakemake.persistence import NO_PARAMS_CHANGE, PersistenceBase

        of_other_names, of_other_params = PersistenceBase._input_changed, PersistenceBase.params_changed
        questions = (of_other_names, of_other_params)
        fits = all([*inspect.signature(ask).parameters] == ["self", "job", "file"] for ask in questions)
    except (ImportError, AttributeError):
        fits = False
    if not fits:
        logger.warning(
            "This Snakemake keeps its records in another way: a source in whose place another with an older time was "
            "put counts as the same (ask for what is made of it with --forcerun), and another batch size as a change."
        )
        return

    def is_ours(job):
        return "$AKB_HOME" in (job.rule.shellcmd or "")

    def input_changed(self, job, file=None):
        if of_other_names(self, job, file):
            return True
        record = self.metadata(file)
        noted = (record and record.input_checksums) or {}
        return is_ours(job) and any(is_other_source(name, noted.get(name)) for name in map(str, job.input))

    def params_changed(self, job, file=None):
        change = of_other_params(self, job, file)
        return NO_PARAMS_CHANGE if change and is_ours(job) and in_pace_alone(change) else change

    PersistenceBase._input_changed = input_changed
    PersistenceBase.params_changed = params_changed


if workflow.is_main_process:
    compare_with_care()
