"""Tables that may label the cells of a matrix: uploaded with it, or stored beside it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from clustergan_core.data.counts.reading.tenx.files import tenx_role
from clustergan_core.data.own.files import TABLE_SUFFIXES
from clustergan_core.data.uploads.server_files import shared_name
from clustergan_core.data.uploads.store import beside

MAX_TABLES = 8
MAX_TABLE_BYTES = 32 << 20  # a table of labels is no larger; a larger file may be another matrix


def label_tables(source: Path) -> list[Path]:
    """Tables beside an upload, or in the folder of a shared file; none for a file from anywhere else."""
    folder = beside(source)
    if shared_name(source) is not None:
        folder = source if source.is_dir() else source.parent
    if not folder.is_dir():
        return []
    tables = (path for path in sorted(folder.iterdir()) if path != source and _may_label_cells(path, folder))
    return list(islice(tables, MAX_TABLES))


def _may_label_cells(path: Path, folder: Path) -> bool:
    return (
        Path(path.name.lower().removesuffix(".gz")).suffix in TABLE_SUFFIXES
        and not path.name.startswith(".")
        and tenx_role(path.name) is None
        and path.is_file()
        and path.resolve().is_relative_to(folder.resolve())
        and path.stat().st_size <= MAX_TABLE_BYTES
    )
