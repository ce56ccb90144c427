"""Enrichment of a gene set of one's own among the genes that distinguish a selection: exploratory, as markers are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustergan_core.errors import DataError

N_TOP = 100  # genes that are highest in the selection
MOST_GENES = 5_000  # of a set; more is no set but a list of all genes


@dataclass(frozen=True)
class Enrichment:
    """How a gene set lies among the tested genes of `compare_selections`."""

    n_tested: int
    n_top: int  # genes highest in the selection, by their score
    found: tuple[str, ...]  # genes of the set that were tested
    missing: tuple[str, ...]  # as the person wrote them
    overlap: tuple[str, ...]  # genes of the set among the top ones
    expected: float  # genes of a set of this size among the top ones, if drawn at random
    p: float  # of an overlap at least as large (hypergeometric)
    area: float  # the chance that a gene of the set scores higher than another gene; 0.5 if the set means nothing


def read_gene_set(text: str) -> tuple[str, ...]:
    """The genes of a text, separated by blanks, commas, semicolons or lines; each once. DataError for too many."""
    genes = tuple(dict.fromkeys(word for word in re.split(r"[\s,;]+", text) if word))
    if len(genes) > MOST_GENES:
        raise DataError(f"The gene set holds {len(genes):,} genes: enter at most {MOST_GENES:,}.")
    return genes


def measure_enrichment(table: pd.DataFrame, genes: Sequence[str], n_top: int = N_TOP) -> Enrichment:
    """Tests genes, by name or id and whatever their case, against a table of `compare_selections`.

    Only genes with a positive score count as top ones. Raises DataError where no gene of the set was tested.
    """
    from scipy.stats import hypergeom, rankdata

    row_of = {str(name).upper(): row for column in ("gene_id", "gene") for row, name in enumerate(table[column])}
    rows = {gene: row_of.get(gene.upper()) for gene in genes}
    in_set = sorted({row for row in rows.values() if row is not None})
    missing = tuple(gene for gene, row in rows.items() if row is None)
    if not in_set:
        shown = ", ".join(genes[:5]) or "nothing"
        raise DataError(f"None of the set's genes ({shown}) was tested: enter symbols or ids as in the table above.")
    names, scores = table["gene"].to_numpy(), table["score"].to_numpy(dtype=np.float64)
    order = np.argsort(-scores, kind="stable")[:n_top]
    top = {int(row) for row in order if scores[row] > 0}
    overlap = [row for row in in_set if row in top]
    n_tested, n_set, n_others = len(table), len(in_set), len(table) - len(in_set)
    ranks = rankdata(scores)[in_set].sum()
    return Enrichment(
        n_tested=n_tested,
        n_top=len(top),
        found=tuple(names[in_set].tolist()),
        missing=missing,
        overlap=tuple(names[overlap].tolist()),
        expected=len(top) * n_set / n_tested,
        p=float(hypergeom.sf(len(overlap) - 1, n_tested, n_set, len(top))),
        area=float((ranks - n_set * (n_set + 1) / 2) / (n_set * n_others)) if n_others else 0.5,
    )
