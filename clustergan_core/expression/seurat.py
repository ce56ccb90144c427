"""Seurat objects (.rds): R's own form, which is not read here; three lines of R write one that is."""

from __future__ import annotations

from pathlib import Path

from clustergan_core.errors import DataError

SUFFIXES = frozenset({".rds", ".rda", ".rdata", ".robj", ".h5seurat", ".qs"})


def refuse_seurat(path: Path) -> DataError:
    """The error that says how to bring the counts of an R object."""
    quoted = path.name.replace("\\", "").replace('"', "")
    return DataError(
        f"{path.name} is a file of R, which is not read here: in R, write its counts as a 10x folder with these three "
        "lines, and bring the folder:\n"
        "    library(Seurat)\n"
        f'    counts <- GetAssayData(readRDS("{quoted}"), assay = "RNA", layer = "counts")\n'
        '    DropletUtils::write10xCounts("counts10x", counts, version = "3")'
    )
