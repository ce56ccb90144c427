"""Which format a file has, by its name and first bytes, and whether a plain table holds counts."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path
from typing import Literal

from clustergan_core.data.counts.reading.compressed_text import open_compressed_text
from clustergan_core.data.counts.reading.hdf5.vetting import HDF5_MAGIC
from clustergan_core.data.counts.reading.names import looks_like_barcodes, looks_like_genes
from clustergan_core.data.counts.reading.tables.dialect import Dialect, find_dialect, first_lines
from clustergan_core.data.counts.reading.tenx.files import holds_tenx
from clustergan_core.data.own.cell_text import read_number
from clustergan_core.data.own.table_text import split_line
from clustergan_core.data.own.vetting import GZIP_MAGIC
from clustergan_core.errors import DataError

SEURAT_SUFFIXES = frozenset({".rds", ".rda", ".rdata", ".robj", ".h5seurat", ".qs"})

# hdf5: 10x .h5, .h5ad, .loom and X with Y, told apart by their content once their links are vetted.
Format = Literal["10x", "hdf5", "text", "sheet", "seurat"]

HDF5_SUFFIXES = frozenset({".h5", ".hdf5", ".h5ad", ".loom"})
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
N_NAMES_SEEN = 2000  # row names that are examined
MANY_FEATURES = 2000  # more whole numbers than this in a row, most of them zero, are gene counts
MOSTLY = 0.5
FEW_NAMES = 10
FEW_COLUMNS = 5  # of numbers beside barcodes: fewer describe the cells


def find_format(path: Path) -> Format | None:
    """The format a count matrix at `path` would be read as, or None where its name and first bytes match none.

    "text" is ambiguous: an ordinary table has the same suffixes, and `looks_like_counts` decides.
    """
    if path.is_dir():
        return "10x" if holds_tenx(path) else None
    if not path.is_file():
        return None
    suffix = _suffix(path)
    if suffix in SEURAT_SUFFIXES:
        return "seurat"
    if suffix == ".mtx":
        return "10x"
    if suffix == ".zip":
        return "10x" if holds_tenx(path) else None
    if suffix == ".xlsx":
        return "sheet"
    with path.open("rb") as file:
        start = file.read(len(HDF5_MAGIC))
    if start == HDF5_MAGIC or suffix in HDF5_SUFFIXES:
        return "hdf5"
    if suffix in TEXT_SUFFIXES or (suffix == "" and start.startswith(GZIP_MAGIC)):
        return "text"
    return None


def looks_like_counts(path: Path) -> bool:
    """Whether to read a file as a count matrix rather than as an ordinary table or pictures.

    Every format but text holds counts. A text does if the names above or beside it are gene names or barcodes, or if
    each row holds more than MANY_FEATURES whole numbers that are mostly zero. Only the first lines are examined.
    """
    file_format = find_format(path)
    if file_format != "text":
        return file_format is not None
    with suppress(DataError, csv.Error):
        text = open_compressed_text(path)
        dialect = find_dialect(text)
        _, lines, _ = first_lines(text, N_NAMES_SEEN)
        body = lines[int(dialect.has_header) :]
        rows = [split_line(line[:400], dialect.delimiter)[0] for line in body] if dialect.has_row_names else []
        is_wide = len(dialect.columns) - len(dialect.annotation) >= FEW_COLUMNS and not _holds_truths(body, dialect)
        is_sparse = _is_sparse(body, dialect.delimiter)
        for names in (rows, dialect.columns):
            is_long = len(names) >= FEW_NAMES
            if is_long and (looks_like_genes(names) or (is_wide and looks_like_barcodes(names) and is_sparse)):
                return True
        return len(dialect.columns) > MANY_FEATURES and is_sparse
    return False


def _holds_truths(lines: list[str], dialect: Dialect) -> bool:
    """Whether a cell of the first lines is True or False, as in tables that describe cells."""
    return any(cell.lower() in ("true", "false") for line in lines[:5] for cell in split_line(line, dialect.delimiter))


def _is_sparse(lines: list[str], delimiter: str) -> bool:
    """Whether most cells of the first lines are zero and the others whole numbers."""
    cells = [cell for line in lines[:5] for cell in split_line(line, delimiter)[1:]]
    numbers = [number for cell in cells if (number := read_number(cell)) is not None]
    n_whole = sum(number.is_integer() for number in numbers)
    n_zero = numbers.count(0)
    is_of_counts = len(numbers) >= MOSTLY * len(cells)  # a table of cells also holds True, False and names
    return is_of_counts and n_zero > MOSTLY * len(numbers) and n_whole > 0.99 * len(numbers)


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes or [""])[-1]


def refuse_seurat(path: Path) -> DataError:
    """The error that says how to export the counts of an R object."""
    quoted = path.name.replace("\\", "").replace('"', "")
    return DataError(
        f"{path.name} is an R file, which is not supported: in R, write its counts as a 10x folder with these three "
        "lines, and provide the folder:\n"
        "    library(Seurat)\n"
        f'    counts <- GetAssayData(readRDS("{quoted}"), assay = "RNA", layer = "counts")\n'
        '    DropletUtils::write10xCounts("counts10x", counts, version = "3")'
    )
