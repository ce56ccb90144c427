"""Where the files of named count matrices are; `clustergan_core.data.opening` reads and prepares them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.errors import DataError

# Converted from pbmc_facs.RData of the R package fastTopics, so there is no address to fetch it from.
PBMC_FACS_FILE = PublishedFile(
    "pbmc_facs",
    "pbmc_facs.h5ad",
    "fca40835938c92cd1f5e5bfd747d8f864a0b43d670c4f44f586bbe2c6df72626",
    6820714,
    md5="f928cfc10f47836a4e7e719c19124099",
)
# Without these two of its ten populations, they are those of the paper's 10x_73k (arXiv 1809.03627, section 6.1).
PBMC_FACS_OPTIONS = OwnDataOptions(
    labels="celltype",
    drop={"celltype": ("CD8+ Cytotoxic T", "CD4+ T Helper2")},
    preparation={"preset": "paper", "hold_out": "true"},
)


def find_pbmc68k_reduced() -> Path:
    """The file inside the installed scanpy, which is not imported, because that takes seconds."""
    package = find_spec("scanpy")
    path = Path(package.origin).parent / "datasets" / "10x_pbmc68k_reduced.h5ad" if package and package.origin else None
    if path is None or not path.is_file():
        raise DataError("scanpy, which contains these cells, is not installed: install requirements.txt.")
    return path
