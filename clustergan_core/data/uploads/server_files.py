"""The operator's files, in the folder that CLUSTERGAN_FILES names: chosen by path, read, never changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from clustergan_core.data.counts.reading.formats import HDF5_SUFFIXES
from clustergan_core.data.counts.reading.tenx.files import MATRIX, find_role, holds_tenx
from clustergan_core.data.own.files import TABLE_SUFFIXES
from clustergan_core.data.uploads.sorting import ARCHIVE_SUFFIXES
from clustergan_core.errors import DataError
from clustergan_core.paths import files_folder

MAX_LISTED = 300
MAX_SCANNED = 5000  # entries of a folder that are looked at
DEPTH = 2  # a file in a folder in the folder
SUFFIXES = HDF5_SUFFIXES | TABLE_SUFFIXES | ARCHIVE_SUFFIXES | {".xlsx", ".mtx"}


def list_shared() -> list[str]:
    """Paths of what can be chosen, relative to the folder: matrices, tables and 10x folders, sorted by name.

    A folder of several 10x matrices is listed by its matrices. Two levels deep; hidden files and links that lead out
    of the folder are skipped.
    """
    home = files_folder()
    if home is None or not home.is_dir():
        return []
    home = home.resolve()
    names = [path.relative_to(home).as_posix() for path in _walk(home, home, DEPTH)]
    return sorted(names, key=str.lower)[:MAX_LISTED]


def find_shared(name: str) -> Path:
    """The file or folder that `list_shared` lists under a name. Raises DataError for any other name."""
    home = files_folder()
    if home is None or name not in list_shared():
        raise DataError(f"There is no {name} among this server's files: choose one from the list.")
    return home.resolve() / name


def shared_name(path: Path) -> str | None:
    """The name `list_shared` gives to a path, or None where the path is elsewhere."""
    home = files_folder()
    if home is None or not path.is_relative_to(home.resolve()):
        return None
    return path.relative_to(home.resolve()).as_posix()


def _walk(folder: Path, home: Path, depth: int) -> Iterator[Path]:
    for path in _list(folder):
        if not path.name.isprintable() or path.name.startswith(".") or not _lies_in(home, path):
            continue
        if path.is_dir():
            if _is_tenx(path):
                yield path
            elif depth > 1:
                yield from _walk(path, home, depth - 1)
        elif path.is_file() and _is_read(path.name):
            yield path


def _list(folder: Path) -> list[Path]:
    """A folder's entries in order; empty where the folder cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry, _ in zip(entries, range(MAX_SCANNED), strict=False))
    except OSError:
        return []


def _lies_in(home: Path, path: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(home)
    except (OSError, RuntimeError):  # a link to nowhere, or round in a circle
        return False


def _is_read(name: str) -> bool:
    """Whether a file is of a supported type and not a list of names that belongs to a matrix."""
    role = find_role(name)
    return (role is None or role.part == MATRIX or not role.is_standard) and Path(
        name.lower().removesuffix(".gz")
    ).suffix in SUFFIXES


def _is_tenx(folder: Path) -> bool:
    roles = [find_role(path.name) for path in _list(folder)]
    matrices = [role for role in roles if role is not None and role.part == MATRIX]
    return len(matrices) == 1 and holds_tenx(folder)
