"""Writing a file so that a reader, or a crash, never sees half of it."""

from __future__ import annotations

import os
from pathlib import Path

from clustergan_core.errors import RunError


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces `path` in one step. Raises RunError when the disk is full or the folder may not be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunError(
            f"{path} could not be written ({error.strerror}): free some space or choose a folder you may write to."
        ) from error
