"""Choosing genes by symbol or id, stored in the address as ?gene= or ?genes=."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.cells.expression import find_gene_indices, gene_values
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.errors import DataError, SettingsError
from ui.cells.view import CellsView
from ui.frame.choices import Check, linked
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.data.counts.matrix import CountMatrix

GENE = "gene"  # the picker's key and the address's parameter
GENES = "genes"  # key and parameter of the box for several genes
_N_SUGGESTED = 3  # genes that a message lists


def choose_gene(view: CellsView, matrix: CountMatrix) -> str | None:
    """A box that searches all symbols and accepts any id; None before a gene is chosen."""
    if (typed := st.session_state.get(GENE)) is not None:
        _report_unknown_gene(view, matrix, typed)
    # 33,000 symbols travel once, 0.4 MB, and a rerun with them takes no longer than with ten.
    with linked(GENE, _check_gene(view, matrix)):
        gene = st.selectbox(
            "Gene",
            gene_names(view, matrix),
            index=None,
            key=GENE,
            bind="query-params",
            accept_new_options=True,
            placeholder=f"Symbol or id, such as {matrix.gene_symbols[0]}",
            help="Type part of a symbol, or a full id as in the file.",
        )
    # A box that accepts any text also takes from the address what has just been refused.
    return gene if gene is not None and is_gene(view, matrix, gene) else None


def choose_genes(view: CellsView, matrix: CountMatrix, most: int) -> tuple[str, ...]:
    """A box for several genes, in the address as ?genes=; texts that are no gene are reported and dropped."""
    for typed in st.session_state.get(GENES, []):
        _report_unknown_gene(view, matrix, typed)
    with linked(GENES, _check_gene(view, matrix)):
        genes = st.multiselect(
            "Genes",
            gene_names(view, matrix),
            key=GENES,
            bind="query-params",
            accept_new_options=True,
            max_selections=most,
            placeholder=f"Symbols or ids, such as {matrix.gene_symbols[0]}",
            label_visibility="collapsed",
        )
    return tuple(gene for gene in genes if is_gene(view, matrix, gene))


def is_gene(view: CellsView, matrix: CountMatrix, text: str) -> bool:
    """Whether the text names a gene, by symbol, id or unique name."""
    return _is_gene(matrix, *view.data_key, text)


def gene_names(view: CellsView, matrix: CountMatrix) -> tuple[str, ...]:
    """(G,) one unique name for each gene."""
    return _names(matrix, *view.data_key)


def read_expression(view: CellsView, matrix: CountMatrix, gene: str) -> NDArray[np.float32]:
    """(N,) log-normalised expression of one gene in the run's cells."""
    return _expression(matrix, *view.data_key, gene)


def _report_unknown_gene(view: CellsView, matrix: CountMatrix, typed: str) -> None:
    """Names a text that is no gene: `linked` drops it silently."""
    if not is_gene(view, matrix, typed):
        show_problem(f"{matrix.name} has no gene {typed}: {_suggest_genes(gene_names(view, matrix), typed)}.")


def _suggest_genes(names: Sequence[str], typed: str) -> str:
    """The remedy: genes that contain the text, where there are any."""
    matches = [name for name in names if typed.upper() in name.upper()]
    matches.sort(key=len)
    if not matches:
        return "type part of its symbol, or its id"
    n_more = len(matches) - _N_SUGGESTED
    return f"choose {' or '.join(matches[:_N_SUGGESTED])}" + (f" or one of {n_more:,} others" if n_more > 0 else "")


def _check_gene(view: CellsView, matrix: CountMatrix) -> Check:
    def check(text: str) -> None:
        if not is_gene(view, matrix, text):
            raise SettingsError(f"{matrix.name} has no gene of that symbol or id")

    return check


@st.cache_resource(max_entries=4, show_spinner=False)
def _names(_matrix: CountMatrix, source: str, digest: str) -> tuple[str, ...]:
    return unique_gene_names(_matrix)


@st.cache_data(max_entries=500, show_spinner=False)
def _is_gene(_matrix: CountMatrix, source: str, digest: str, text: str) -> bool:
    try:
        find_gene_indices(_matrix, [text])
    except DataError:
        return False
    return True


@st.cache_resource(max_entries=40, show_spinner="Reading the gene…")
def _expression(_matrix: CountMatrix, source: str, digest: str, gene: str) -> NDArray[np.float32]:
    return gene_values(_matrix, [gene])[:, 0]
