"""Count matrices kept as they were read, so that a file of minutes is opened in a second the next time.

What is kept lies in the cache folder under the path it was read from, is valid for those very files (size and time) and
goes with them: `forget_matrix` removes it, a changed file replaces it, and the oldest make room for the newest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from pathlib import Path

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.count_file import Orientation
from clustergan_core.data.counts.reading.sandbox.handover import load_matrix, write_matrix
from clustergan_core.data.counts.reading.sandbox.parent import read_safely
from clustergan_core.data.published.download import derived_folder

FORMAT = 1  # raise it when a reader's result changes
_PART = ".part-"  # begins the name of what is being written
STALE_SECONDS = 3600  # after which it was left by a process that was killed
MAX_KEPT_BYTES = 4 << 30  # on disk, of all matrices together; the largest that is read takes about this much


def read_kept(path: Path, orientation: Orientation = "auto") -> CountMatrix:
    """The matrix of a file or folder, read by `read_safely` unless it was before. Raises DataError as that does."""
    folder = _folder(path, orientation)
    # Damaged or unreadable, it is as good as none.
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        matrix = load_matrix(folder)
        os.utime(folder)
        return matrix
    matrix = read_safely(path, orientation)
    with contextlib.suppress(OSError):  # without a writable cache it is read again next time
        _keep(matrix, folder)
    return matrix


def forget_matrix(path: Path) -> None:
    """Removes what was kept of a file or folder, whichever way round it was read; it may be gone itself by now."""
    for folder in _kept_folder().glob(f"{_place(path)}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _keep(matrix: CountMatrix, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    written = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_PART))
    try:
        write_matrix(matrix, written)
        for older in folder.parent.glob(f"{folder.name.partition('-')[0]}-*"):
            shutil.rmtree(older, ignore_errors=True)
        written.rename(folder)
    except OSError:  # no space, or another process has kept the same
        shutil.rmtree(written, ignore_errors=True)
        raise
    _make_room(folder)


def _make_room(newest: Path) -> None:
    for part in newest.parent.glob(f"{_PART}*"):
        with contextlib.suppress(OSError):  # another process was faster
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(part, ignore_errors=True)
    folders = sorted(newest.parent.glob("[!.]*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    total = 0
    for folder in folders:
        total += sum(file.stat().st_size for file in folder.iterdir())
        if total > MAX_KEPT_BYTES and folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(path: Path, orientation: Orientation) -> Path:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    facts = [(file.name, found.st_size, found.st_mtime_ns) for file in files if (found := _stat(file))]
    digest = hashlib.sha256(repr((FORMAT, orientation, facts)).encode()).hexdigest()[:16]
    return _kept_folder() / f"{_place(path)}-{digest}"


def _stat(path: Path) -> os.stat_result | None:
    with contextlib.suppress(OSError):
        return path.stat()
    return None


def _place(path: Path) -> str:
    # Resolved, as one file may be opened by a link and forgotten by its own name.
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _kept_folder() -> Path:
    return derived_folder() / "matrices"
