"""Count matrices cached as they were read, so that a file that takes minutes opens in a second the next time.

A cached matrix is filed under the path it was read from and valid for those same files (by size and time):
`forget_matrix` removes it, a changed file replaces it, and the oldest are removed to make room for the newest.
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

FORMAT = 4  # raise it when a reader's result changes
_PART = ".part-"  # the prefix of a folder that is being written
STALE_SECONDS = 3600  # after this long, the process that was writing it must have been killed
MAX_CACHED_BYTES = 4 << 30  # on disk, for all matrices together; the largest one takes about this much


def read_cached(path: Path, orientation: Orientation = "auto") -> CountMatrix:
    """The matrix of a file or folder, read by `read_safely` unless it is cached. Raises DataError for a bad file."""
    folder = _cache_path(path, orientation)
    # A corrupt or unreadable cache counts as none.
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        matrix = load_matrix(folder)
        os.utime(folder)
        return matrix
    matrix = read_safely(path, orientation)
    with contextlib.suppress(OSError):  # without a writable cache it is read again next time
        _write_cache(matrix, folder)
    return matrix


def forget_matrix(path: Path) -> None:
    """Removes the cached matrices of a file or folder, in every orientation; the file itself may be gone already."""
    for folder in _cache_folder().glob(f"{_path_digest(path)}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _write_cache(matrix: CountMatrix, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_PART))
    try:
        write_matrix(matrix, part)
        for older in folder.parent.glob(f"{folder.name.partition('-')[0]}-*"):
            shutil.rmtree(older, ignore_errors=True)
        part.rename(folder)
    except OSError:  # no space, or another process has cached the same matrix
        shutil.rmtree(part, ignore_errors=True)
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
        if total > MAX_CACHED_BYTES and folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _cache_path(path: Path, orientation: Orientation) -> Path:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    facts = [(file.name, stat.st_size, stat.st_mtime_ns) for file in files if (stat := _stat(file))]
    digest = hashlib.sha256(repr((FORMAT, orientation, facts)).encode()).hexdigest()[:16]
    return _cache_folder() / f"{_path_digest(path)}-{digest}"


def _stat(path: Path) -> os.stat_result | None:
    with contextlib.suppress(OSError):
        return path.stat()
    return None


def _path_digest(path: Path) -> str:
    # Resolved, because a file may be opened through a link and removed by its own name.
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _cache_folder() -> Path:
    return derived_folder() / "matrices"
