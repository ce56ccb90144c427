"""The parent's side of reading untrusted files: a limited child process reads, and only its result is loaded."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clustergan_core.data.counts.reading.limits import INSPECTION_SECONDS, READING_SECONDS
from clustergan_core.data.own.vetting import require_file
from clustergan_core.errors import DataError
from clustergan_core.paths import CODE_FOLDER

if TYPE_CHECKING:
    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.data.counts.reading.count_file import Orientation
    from clustergan_core.data.counts.reading.preflight import Preflight

MAX_LOGGED = 4000  # characters of the child's output, where it failed

_log = logging.getLogger(__name__)
# One thread: each further one takes address space, which is limited. HDF5's own filters only: others are libraries that
# a file could cause to be loaded.
_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "HDF5_PLUGIN_PRELOAD": "::",
    "PYTHONPATH": str(CODE_FOLDER),
    "PYTHONIOENCODING": "utf-8",
}


def read_safely(path: Path, orientation: Orientation = "auto") -> CountMatrix:
    """The whole matrix of an untrusted file. Raises DataError with one sentence."""
    from clustergan_core.data.counts.reading.sandbox.handover import load_matrix

    with tempfile.TemporaryDirectory(prefix="clustergan-reading-") as folder:
        _run("read", path, orientation, Path(folder), READING_SECONDS)
        return load_matrix(Path(folder))


def inspect(path: Path, orientation: Orientation = "auto") -> Preflight:
    """The preflight of an untrusted file, before it is read in full. Raises DataError with one sentence."""
    from clustergan_core.data.counts.reading.preflight import Preflight
    from clustergan_core.data.counts.reading.sandbox.child import PREFLIGHT

    with tempfile.TemporaryDirectory(prefix="clustergan-reading-") as folder:
        _run("inspect", path, orientation, Path(folder), INSPECTION_SECONDS)
        return Preflight.model_validate_json((Path(folder) / PREFLIGHT).read_text(encoding="utf-8"))


def _run(task: Literal["inspect", "read"], path: Path, orientation: Orientation, folder: Path, seconds: int) -> None:
    from clustergan_core.data.counts.reading.sandbox.child import ERROR, EXIT_DONE, EXIT_FIXABLE

    if not path.is_dir():
        require_file(path)
    argv = (task, str(path.absolute()), orientation, str(folder))
    log = folder / "log.txt"
    try:
        with log.open("wb") as output:
            done = subprocess.run(
                [sys.executable, "-m", "clustergan_core.data.counts.reading.sandbox.child", *argv],
                cwd=folder,
                env=os.environ | _VARIABLES,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise DataError(_too_long(path, seconds)) from error
    if done.returncode == EXIT_DONE:
        return
    _log.debug("Reading %s ended with %s: %s", path, done.returncode, log.read_text(errors="replace")[-MAX_LOGGED:])
    if done.returncode == EXIT_FIXABLE and (folder / ERROR).is_file():
        raise DataError((folder / ERROR).read_text(encoding="utf-8"))
    if done.returncode == -signal.SIGXCPU:
        raise DataError(_too_long(path, seconds))
    if done.returncode == -signal.SIGKILL:
        raise DataError(f"{path.name} needs more memory to read than is free: provide fewer cells, or a sparse .h5ad.")
    raise DataError(
        f"{path.name} ended the process that read it (status {done.returncode}), so it may be corrupt or malicious. "
        "Save or download it again."
    )


def _too_long(path: Path, seconds: int) -> str:
    return f"{path.name} takes more than {seconds} seconds to read: provide fewer cells, or a sparse .h5ad."
