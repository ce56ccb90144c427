"""One entry point for a person's own files: .npz, a text table, a folder or zip of pictures."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.arrays import open_arrays
from clustergan_core.data.own.images import open_pictures
from clustergan_core.data.own.tables import open_table
from clustergan_core.data.own.vetting import require_file
from clustergan_core.errors import DataError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
MAX_SLUG = 40  # a run's folder is named after it


def open_own(path: Path, options: OwnDataOptions | None = None) -> Dataset:
    """Reads a person's own file; every sample is trained on and scored. Raises DataError with one sentence."""
    options = options or OwnDataOptions()
    name = slug(path)
    if path.is_dir():
        return open_pictures(path, name, options)
    require_file(path)
    suffix = _suffix(path)
    if suffix == ".npz":
        return open_arrays(path, name, options)
    if suffix == ".zip":
        return open_pictures(path, name, options)
    if suffix in TABLE_SUFFIXES:
        return open_table(path, name, options)
    raise DataError(
        f"{path.name} is not a supported file type. Supported: .npz, .csv, .tsv and .txt (also .gz), and a folder or "
        ".zip of pictures."
    )


def slug(path: Path) -> str:
    """The file's stem in lower-case letters, digits and hyphens: "Übung 3.csv.gz" becomes "ubung-3"."""
    stem = path.name if path.is_dir() else path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-") or "data"


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes or [""])[-1]
