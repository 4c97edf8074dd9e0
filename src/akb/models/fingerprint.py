"""What a built checkpoint holds, as those who use it read it.

Apart from the building of checkpoints, so that a change there makes no user of a checkpoint stale: what
comes out of it does, if it is another.

    read_fingerprint(Path("results/checkpoints/m"))["fingerprint"]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.models.model_files import FINGERPRINT


def read_fingerprint(folder: Path) -> dict[str, Any]:
    """The fingerprint of a built checkpoint folder. Raises AkbError if there is none."""
    try:
        content: dict[str, Any] = json.loads((folder / FINGERPRINT).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise AkbError(
            f"a checkpoint has no readable fingerprint: {error}",
            where=str(folder),
            remedy=f"build it again: snakemake --cores 8 {folder}/fingerprint.json",
        ) from error
    return content
