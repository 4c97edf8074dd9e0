"""The connectors that are kept while a training runs: the best so far, and one at every so many steps.

They are files of their own beside the last connector, so that a long training can be listened to before its end, and so
that one that grew worse need not be made again. What a killed training had kept stays for the one that goes on.

    keeping = Keeping(Path("…/best.safetensors"), Path("…/steps"), prompt); train(…, keeping=keeping)
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akb.lalm.connector import Connector, save_connector


@dataclass(frozen=True)
class Keeping:
    """best: the file of the best. steps: the folder of the others. prompt: what all were trained with, for their
    files."""

    best: Path
    steps: Path
    prompt: Mapping[str, Any]

    def begin(self) -> None:
        """Forget what another training kept."""
        self.best.unlink(missing_ok=True)
        if self.steps.is_dir():
            shutil.rmtree(self.steps)

    def at_step(self, connector: Connector, stage: str, step: int) -> None:
        """Keep the connector of this step."""
        save_connector(connector, self.steps / f"{stage}-{step:06}.safetensors", self.prompt)

    def as_best(self, connector: Connector) -> None:
        """Keep the connector as the best so far."""
        save_connector(connector, self.best, self.prompt)
