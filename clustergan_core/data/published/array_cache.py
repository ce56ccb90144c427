"""Decoded pictures cached as plain arrays, so that an archive of thousands of files is decoded only once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.published.download import derived_folder

FORMAT = 1  # part of each key: raise it when a decoder's result changes

Arrays = dict[str, NDArray[np.generic]]


def cached_arrays(name: str, sources: tuple[Path, ...], decode: Callable[[], Arrays]) -> Arrays:
    """`decode()`'s arrays, from the cache where it was made from these same files (by path, size and time)."""
    facts = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    digest = hashlib.sha256(repr((FORMAT, facts)).encode()).hexdigest()[:16]
    path = derived_folder() / "decoded" / f"{name}-{digest}.npz"
    # A corrupt or unreadable cache counts as none.
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile), np.load(path) as stored:
        return {key: stored[key] for key in stored.files}
    arrays = decode()
    with contextlib.suppress(OSError):  # without a writable cache it is decoded again next time
        _write_atomically(path, arrays)
    return arrays


def _write_atomically(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType] - numpy's stub reads ** as its own flag
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
