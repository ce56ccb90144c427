"""Limits for untrusted files: what a file declares is checked before any of it is expanded."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_VALUES = 250_000_000  # samples × features; 1 GB as float32, about what CIFAR-10 at full size needs
MAX_COLUMNS = 50_000  # wider than any gene table; a header line of separators alone could declare millions
MAX_TABLE_BYTES = 256 << 20  # of text, after expansion; pandas needs several times that
MAX_ARCHIVE_BYTES = 2 << 30  # everything a zip or npz expands to
MAX_EXPANSION = 200  # expanded by packed size; empty pictures reach about 100, a bomb 1,000
SMALL_ARCHIVE_BYTES = 64 << 20  # below this, an archive's expansion is harmless whatever its ratio
MAX_MEMBERS = 200_000  # files in an archive or folder; a directory of millions takes minutes to list
MIN_SAMPLES = 2  # one sample can be neither scaled nor clustered

GZIP_MAGIC = b"\x1f\x8b"


def require_file(path: Path) -> None:
    """Raises DataError unless `path` is a regular file that holds something."""
    if not path.is_file():
        raise DataError(f"There is no file {path}: check the path.")
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty: choose a file with samples in it.")


def read_text_bytes(path: Path) -> bytes:
    """The bytes of a text file, gunzipped if need be, no more than MAX_TABLE_BYTES of them."""
    require_file(path)
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP_MAGIC
    try:
        with gzip.open(path) if is_packed else path.open("rb") as file:
            content = file.read(MAX_TABLE_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is a corrupt gzip file: compress it again.") from error
    if len(content) > MAX_TABLE_BYTES:
        raise DataError(
            f"{path.name} holds more than {MAX_TABLE_BYTES >> 20} MB of text: provide it as .npz, or with fewer rows."
        )
    return content


def open_archive(path: Path) -> zipfile.ZipFile:
    """A zip archive whose declared members are within the limits; the caller closes it."""
    require_file(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DataError(f"{path.name} is not a complete zip archive: pack it again.") from error
    try:
        _check_members(path, archive.infolist())
    except DataError:
        archive.close()
        raise
    return archive


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise DataError(f"{path.name} holds {len(members):,} files, but at most {MAX_MEMBERS:,} are read: split it.")
    expanded = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if expanded > MAX_ARCHIVE_BYTES or (expanded > SMALL_ARCHIVE_BYTES and expanded / packed > MAX_EXPANSION):
        raise DataError(
            f"{path.name} would expand from {packed / 1e6:.1f} MB to {expanded / 1e6:,.0f} MB, which is refused as a "
            f"possible archive bomb: pack fewer samples (at most {MAX_ARCHIVE_BYTES >> 20} MB expanded)."
        )
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")):
            raise DataError(f"{path.name} holds a file named '{member.filename}', outside itself: pack it again.")
        if member.flag_bits & 1:
            raise DataError(f"{path.name} is protected by a password: pack it without one.")


def check_counts(name: str, n_samples: int, n_values_each: int) -> None:
    """Raises DataError for too few or too many samples or features."""
    if n_samples < MIN_SAMPLES:
        raise DataError(
            f"{name} holds {n_samples} sample{'' if n_samples == 1 else 's'}: provide at least {MIN_SAMPLES}."
        )
    if n_values_each == 0:
        raise DataError(f"{name} holds samples without any feature: choose a file with numbers in it.")
    if n_samples * n_values_each > MAX_VALUES:
        raise DataError(
            f"{name} holds {n_samples:,} samples of {n_values_each:,} values, but at most {MAX_VALUES:,} values are "
            "read: provide fewer or smaller samples."
        )


def require_finite(name: str, values: NDArray[np.generic]) -> None:
    """Raises DataError where a value is NaN or infinite."""
    import numpy as np

    if values.dtype.kind != "f":
        return
    n_bad = int(values.size - np.isfinite(values).sum())
    if n_bad:
        raise DataError(f"{name} holds {n_bad:,} values that are NaN or infinite: replace or remove those samples.")
