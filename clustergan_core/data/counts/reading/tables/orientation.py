"""Which side of a table holds the genes, going by the names, else by the shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.data.counts.reading.count_file import LaidOut, Orientation
from clustergan_core.data.counts.reading.names import find_kind, looks_like_barcodes, looks_like_genes

# What a table calls the column of its row names.
_CELL_CORNER = re.compile(
    r"(cell|barcode)s?[_ .-]?(index|ids?|names?|barcodes?|label|number)?|bc(_wells)?", re.IGNORECASE
)
_GENE_CORNER = re.compile(
    r"(gene|feature)s?[_ .-]?(ids?|names?|symbols?)?|symbols?|ensembl[_ .-]?(gene)?[_ .-]?(id)?|entrez\w*|hgnc\w*",
    re.IGNORECASE,
)
_SURE_KINDS = ("Ensembl", "Entrez", "WormBase", "FlyBase", "TAIR")


@dataclass(frozen=True)
class OrientationEvidence:
    """A guess and the evidence for it."""

    orientation: LaidOut
    reason: str
    is_sure: bool


def find_orientation(
    rows: Sequence[str], columns: Sequence[str], chosen: Orientation, corner: str = ""
) -> OrientationEvidence:
    """The chosen orientation, else a guess from the names of rows and columns, and of the column of row names."""
    if chosen != "auto":
        return OrientationEvidence(chosen, "as you chose", True)
    by_gene: LaidOut = "genes-by-cells"
    by_cell: LaidOut = "cells-by-genes"
    sides: tuple[tuple[Sequence[str], Sequence[str], LaidOut, LaidOut, str], ...] = (
        (rows, columns, by_gene, by_cell, "row"),
        (columns, rows, by_cell, by_gene, "column"),
    )
    for names, others, as_genes, _, where in sides:
        if looks_like_genes(names) and not looks_like_genes(others):
            return OrientationEvidence(as_genes, f"{where} names look like genes ({', '.join(names[:2])}, …)", True)
    for names, others, _, as_cells, where in sides:
        if looks_like_barcodes(names) and not looks_like_barcodes(others):
            return OrientationEvidence(as_cells, f"{where} names look like cells ({names[0]}, …)", True)
    if _CELL_CORNER.fullmatch(corner):  # before types of names: numbers of cells look like Entrez ids
        return OrientationEvidence(by_cell, f"the row names are called '{corner}'", True)
    for names, others, as_genes, _, where in sides:
        kind, other_kind = find_kind(names)[0], find_kind(others)[0]
        if kind in _SURE_KINDS and other_kind not in _SURE_KINDS:
            return OrientationEvidence(as_genes, f"{where} names look like {kind} ids ({names[0]}, …)", True)
        if kind == "symbols" and other_kind in ("numbered", "unknown"):
            return OrientationEvidence(as_genes, f"{where} names look like symbols of genes ({names[0]}, …)", False)
    if _GENE_CORNER.fullmatch(corner):
        return OrientationEvidence(by_gene, f"the row names are called '{corner}'", False)
    # By the longer side: most tables hold more genes than cells, unless the genes were selected.
    if len(rows) >= len(columns):
        return OrientationEvidence(
            "genes-by-cells",
            f"the names do not show it, and {len(rows):,} rows are more than {len(columns):,} columns",
            False,
        )
    return OrientationEvidence(
        "cells-by-genes",
        f"the names do not show it, and {len(columns):,} columns are more than {len(rows):,} rows",
        False,
    )
