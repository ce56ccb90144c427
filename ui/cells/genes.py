"""Choosing genes by symbol or id, kept in the address as ?gene= or ?genes=."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.cells.expression import find_gene_indices, gene_values
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.runs.run import Run
from ui.frame.choices import Check, linked
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.data.counts.matrix import CountMatrix

GENE = "gene"  # the picker's key and the address's parameter
GENES = "genes"  # the same of the box for several
_N_NEAR = 3  # genes that a message names


def choose_gene(run: Run, matrix: CountMatrix) -> str | None:
    """A box that searches all symbols and takes any id; None before a gene is chosen."""
    if (typed := st.session_state.get(GENE)) is not None:
        _refuse(run, matrix, typed)
    # 33,000 symbols travel once, 0.4 MB, and a rerun with them takes no longer than with ten.
    with linked(GENE, _one_gene(run, matrix)):
        gene = st.selectbox(
            "Gene",
            gene_names(run, matrix),
            index=None,
            key=GENE,
            bind="query-params",
            accept_new_options=True,
            placeholder=f"Symbol or id, as {matrix.gene_symbols[0]}",
            help="Type a part of a symbol, or a whole id as the file has it.",
        )
    # A box that takes any text also takes one from the address that has just been refused.
    return gene if gene is not None and is_gene(run, matrix, gene) else None


def choose_genes(run: Run, matrix: CountMatrix, most: int) -> tuple[str, ...]:
    """A box for several genes, in the address as ?genes=; those that are none are named and left out."""
    for typed in st.session_state.get(GENES, []):
        _refuse(run, matrix, typed)
    with linked(GENES, _one_gene(run, matrix)):
        genes = st.multiselect(
            "Genes",
            gene_names(run, matrix),
            key=GENES,
            bind="query-params",
            accept_new_options=True,
            max_selections=most,
            placeholder=f"Symbols or ids, as {matrix.gene_symbols[0]}",
            label_visibility="collapsed",
        )
    return tuple(gene for gene in genes if is_gene(run, matrix, gene))


def is_gene(run: Run, matrix: CountMatrix, text: str) -> bool:
    """Whether the text names a gene, by symbol, id or unique name."""
    return _is_gene(matrix, run.config.dataset.source, run.config.dataset.digest, text)


def _refuse(run: Run, matrix: CountMatrix, typed: str) -> None:
    """Says what was typed and is no gene: `linked` takes it away without a word."""
    if not is_gene(run, matrix, typed):
        show_problem(f"{matrix.name} has no gene {typed}: {_suggest(gene_names(run, matrix), typed)}.")


def _suggest(names: Sequence[str], typed: str) -> str:
    """What to do instead: choose one that holds the text, where there is one."""
    near = [name for name in names if typed.upper() in name.upper()]
    near.sort(key=len)
    if not near:
        return "type a part of its symbol, or its id"
    return f"choose {' or '.join(near[:_N_NEAR])}" + (
        f" or one of {len(near) - _N_NEAR:,} others" if len(near) > _N_NEAR else ""
    )


def _one_gene(run: Run, matrix: CountMatrix) -> Check:
    def check(text: str) -> None:
        if not is_gene(run, matrix, text):
            raise SettingsError(f"{matrix.name} has no gene of that symbol or id")

    return check


def gene_names(run: Run, matrix: CountMatrix) -> tuple[str, ...]:
    """(G,) what genes are called, each by one name."""
    return _names(matrix, run.config.dataset.source, run.config.dataset.digest)


def expression_of(run: Run, matrix: CountMatrix, gene: str) -> NDArray[np.float32]:
    """(N,) log-normalised expression of one gene in the run's cells."""
    return _expression(matrix, run.config.dataset.source, run.config.dataset.digest, gene)


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
