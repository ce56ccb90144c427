"""Limits for untrusted count matrices, each with its reason, and the memory that reading one takes."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

from clustergan_core.errors import DataError

SPARE_FACTOR = 1.5  # the estimate includes the copies; this covers what a peek did not see

MAX_CELLS = 200_000  # as many as the map draws; raw 10x matrices with every empty droplet have millions of barcodes
MAX_GENES = 100_000  # two species together have about 65,000
MAX_NONZEROS = 500_000_000  # 4 GB as float32 values with their columns
MAX_DENSE_VALUES = 2_000_000_000  # a dense matrix is read in blocks: this many values take about a minute
MAX_TEXT_BYTES = 1 << 30  # of one table's text, after expansion; pandas reads it in about a minute
MAX_TRIPLET_BYTES = 8 << 30  # of one Matrix Market text: MAX_NONZEROS lines of 16 bytes
MAX_EXPANSION = 300  # expanded by packed size; tables of zeros reach 100 in gzip, dense HDF5 170, a bomb 1,000
HARMLESS_BYTES = 64 << 20  # below this, an expansion is harmless whatever its ratio
MAX_SHEET_CELLS = 20_000_000  # openpyxl reads some 300,000 cells a second
MAX_NAME = 200  # characters of a gene's or cell's name; numpy would store all names as long as one endless name
MAX_OBJECTS = 100_000  # in one HDF5 file; a walk over millions takes minutes
MIN_CELLS = MIN_GENES = 2  # one alone can be neither compared nor clustered

SHORTEST_TRIPLET = 6  # bytes of "1 1 1" and its line end: the least an entry takes in a Matrix Market text
LARGEST_DEFLATE = 1032  # the most times that zlib can expand anything

BASE_BYTES = 2 << 30  # of address space, of which the libraries take half a gigabyte
BYTES_PER_NONZERO = 8  # float32 value and int32 column
COPIES = 6  # as read, joined, ordered and transposed; Matrix Market text, the worst, holds 44 bytes a value
SPARE_BYTES = 512 << 20  # left to everything else on the machine
SECONDS_TO_START = 1.5
NONZEROS_PER_SECOND = 4e6
DENSE_PER_SECOND = 5e7
TEXT_BYTES_PER_SECOND = 2.5e7

INSPECTION_SECONDS = 60
READING_SECONDS = 900


def check_shape(name: str, n_cells: int, n_genes: int) -> None:
    """Raises DataError where a matrix is too small to cluster or too large to read."""
    if n_cells < MIN_CELLS or n_genes < MIN_GENES:
        raise DataError(
            f"{name} holds {n_cells:,} cells × {n_genes:,} genes: provide at least {MIN_CELLS} cells and {MIN_GENES} "
            "genes."
        )
    if n_cells > MAX_CELLS:
        raise DataError(
            f"{name} declares {n_cells:,} cells, but at most {MAX_CELLS:,} are read: provide the filtered matrix "
            "instead of the raw one, or fewer cells."
        )
    if n_genes > MAX_GENES:
        raise DataError(f"{name} declares {n_genes:,} genes, but at most {MAX_GENES:,} are read: provide fewer genes.")


def check_nonzeros(name: str, n_nonzeros: int, shape: tuple[int, int]) -> None:
    """Raises DataError where more non-zeros are declared than are read, or than the matrix has entries."""
    if n_nonzeros > MAX_NONZEROS:
        raise DataError(
            f"{name} declares {n_nonzeros:,} non-zero values, but at most {MAX_NONZEROS:,} are read: provide fewer "
            "cells."
        )
    if n_nonzeros < 0 or n_nonzeros > shape[0] * shape[1]:
        raise DataError(
            f"{name} declares {n_nonzeros:,} non-zero values in {shape[0]:,} × {shape[1]:,} entries: save it again."
        )


def check_expansion(name: str, expanded: int, packed: int) -> None:
    """Raises DataError where so few packed bytes should not expand to so many."""
    if expanded > HARMLESS_BYTES and expanded > MAX_EXPANSION * max(packed, 1):
        raise DataError(
            f"{name} would expand from {packed / 1e6:,.2f} MB to {expanded / 1e6:,.0f} MB or more, which is refused as "
            "a possible bomb: save it again, as a sparse .h5ad or a 10x folder."
        )


def reading_bytes(n_nonzeros: int) -> int:
    """The most memory that reading so many non-zeros takes, libraries aside."""
    return n_nonzeros * BYTES_PER_NONZERO * COPIES


def available_bytes() -> int:
    """The memory that is free for reading a matrix, as the system reports it."""
    free = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        free.append(int(lines["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in lines else free[0])
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.is_file() and used.is_file() and (text := limit.read_text().strip()).isdigit():  # a container's own limit
        free.append(int(text) - int(used.read_text()))
    return max(min(free) - SPARE_BYTES, 0)


def check_memory(name: str, n_nonzeros: int) -> None:
    """Raises DataError where reading so many non-zeros takes more memory than is free."""
    needed, free = reading_bytes(n_nonzeros), available_bytes()
    if needed > free:
        raise DataError(
            f"{name} needs about {needed / 1e9:.1f} GB of memory to read, but {free / 1e9:.1f} GB are free: provide "
            "fewer cells, or close other programs."
        )


def estimate_seconds(n_nonzeros: int, n_dense: int, text_bytes: int) -> float:
    """About how long reading takes, including the start of its process; n_dense values are stored uncompressed."""
    work = n_nonzeros / NONZEROS_PER_SECOND + n_dense / DENSE_PER_SECOND + text_bytes / TEXT_BYTES_PER_SECOND
    return SECONDS_TO_START + work


def limit_process(seconds: int) -> None:
    """Before the file is opened: limits to BASE_BYTES of address space, `seconds` of processor time, no core dump."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_AS, BASE_BYTES)


def allow_reading(n_nonzeros: int) -> int:
    """After vetting: allows the memory that so many non-zeros take, but no more than is free. Returns the bytes."""
    allowed = BASE_BYTES + min(int(SPARE_FACTOR * reading_bytes(n_nonzeros)), available_bytes())
    _limit(resource.RLIMIT_AS, allowed)
    return allowed


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    # Some systems know a limit by name but refuse to set it; the other limits still hold.
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
