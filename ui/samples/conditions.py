"""Between conditions: the genes of a cluster that differ, on counts summed by sample, and one gene in every sample."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.cells.overcorrection import LEAST_CELLS
from clustergan_core.drawing.figures.conditions import replicates_figure, volcano_figure
from ui.cells.markers import offer_csv
from ui.cells.names import choose_group
from ui.cells.view import CellsView
from ui.frame.choices import select
from ui.frame.messages import page_errors, plain, section_errors, show_notes
from ui.frame.theme import draw_figure_once, show_themed
from ui.samples.pair import chosen_pair
from ui.samples.view import SamplesView

if TYPE_CHECKING:
    from clustergan_core.cells.pseudobulk import GeneComparison
    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.runs.clusters.samples import RunSamples

LARGEST_P = 0.05  # adjusted: a gene that is called
_CHANGE = "log₂: 1 is a doubling."


@st.fragment
@page_errors()
@section_errors()
def show_conditions(view: SamplesView) -> None:
    """A cluster to choose, its genes as a volcano and a table, and a gene's values in all samples."""
    samples = view.samples
    if samples is None or len(samples.conditions) < 2:
        return  # the section before says what is missing
    reference, other = pair = chosen_pair(samples.conditions)
    st.subheader(f"Genes: {plain(other)} against {plain(reference)}")
    comparable, scarce = _split_groups(samples, pair)
    if scarce:
        names = ", ".join(samples.groups[number].name for number in scarce)
        st.caption(
            plain(f"Not to compare, with fewer than {LEAST_CELLS} cells in every sample of a condition: {names}.")
        )
    if not comparable:
        return
    group = choose_group("cluster", [samples.groups[number] for number in comparable])
    found = _compare(view.cells, samples, samples.groups.index(group), pair)
    show_notes(found.notes)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if found.is_tested:
            _show_volcano(found, pair, group.name)
            _show_genes(view, found, pair, group.name)
        else:
            _show_genes(view, found, pair, group.name)
    with right:
        _show_gene(found, pair)


def _split_groups(samples: RunSamples, pair: tuple[str, str]) -> tuple[list[int], list[int]]:
    """(the groups with enough cells in a sample of both conditions, the others that hold cells)."""
    composition = samples.composition()
    conditions = np.array([facts.condition for facts in composition.samples])
    most = np.array([composition.counts[conditions == condition].max(axis=0, initial=0) for condition in pair])
    is_comparable = (most >= LEAST_CELLS).all(axis=0)
    numbers = np.array(composition.clusters)
    return numbers[is_comparable].tolist(), numbers[~is_comparable].tolist()


def _show_volcano(found: GeneComparison, pair: tuple[str, str], cluster: str) -> None:
    table = found.table
    figure = draw_figure_once(
        volcano_figure,
        table["log2_fold_change"].to_numpy(),
        table["p"].to_numpy(),
        (table["p_adjusted"] <= LARGEST_P).to_numpy(),
        tuple(table["gene"]),
        pair,
    )
    n_called = int((table["p_adjusted"] <= LARGEST_P).sum())
    differ = f"{n_called:,} of {len(table):,} genes differ at an adjusted p of at most {LARGEST_P}"
    show_themed(figure, "volcano", f"Genes of {cluster}: {differ}")
    st.caption(f"{differ}.")


def _show_genes(view: SamplesView, found: GeneComparison, pair: tuple[str, str], cluster: str) -> None:
    reference, other = pair
    number = st.column_config.NumberColumn
    per_10_000 = "Counts per 10,000, mean over samples."
    tested = ["p_adjusted"] if found.is_tested else []
    st.dataframe(
        found.table[["gene", "log2_fold_change", *tested, "mean_reference", "mean_other"]],
        hide_index=True,
        height=390,
        key="condition_genes",
        alt=f"Genes of {cluster}, the best first",
        column_config={
            "gene": "Gene",
            "log2_fold_change": number("log₂ fold change", format="%.2f", help=_CHANGE),
            "p_adjusted": number("Adjusted p", format="%.2g", help="Benjamini–Hochberg, after independent filtering."),
            "mean_reference": number(reference, format="%.2f", help=per_10_000),
            "mean_other": number(other, format="%.2f", help=per_10_000),
        },
    )
    name = f"{view.run.name}-{cluster}-{other}-{reference}.csv".replace(" ", "-").replace("/", "-")
    offer_csv("All genes as CSV", found.table, name, "condition-genes-csv")


def _show_gene(found: GeneComparison, pair: tuple[str, str]) -> None:
    genes = found.table["gene"].tolist()
    gene = select("replicates", genes, "Gene", width=260, help_text="The best first; type to search.")
    bulk = found.compared
    column = int(np.flatnonzero((bulk.genes["gene"] == gene).to_numpy())[0])
    figure = draw_figure_once(
        replicates_figure,
        bulk.per_10_000[:, column],
        np.array([facts.condition == pair[1] for facts in bulk.samples]),
        tuple(facts.name for facts in bulk.samples),
        tuple(facts.donor for facts in bulk.samples),
        bulk.n_cells,
        gene,
        pair,
    )
    show_themed(figure, "gene-in-samples", f"{gene} in each of {len(bulk.samples)} samples")
    has_donors = any(facts.donor for facts in bulk.samples)
    st.caption(
        "A dot is a sample, the counts of its cells of this cluster summed; a bar is the mean of several."
        f"{' Lines join the samples of a donor.' if has_donors else ''}"
    )


def _compare(view: CellsView, samples: RunSamples, group: int, pair: tuple[str, str]) -> GeneComparison:
    matrix = view.matrix
    assert matrix is not None, "samples are known with the data alone"
    facts = json.dumps([each.model_dump() for each in samples.samples])
    keys = (view.weights_key, view.data_key, view.groups_key)
    return _comparison(samples, matrix, keys, facts, group, pair)


@st.cache_resource(max_entries=20, show_spinner="Testing genes on counts summed by sample: seconds for each thousand…")
def _comparison(
    _samples: RunSamples, _matrix: CountMatrix, keys: object, facts: str, group: int, pair: tuple[str, str]
) -> GeneComparison:
    from clustergan_core.cells.pseudobulk import compare_genes

    return compare_genes(_samples.pseudobulk(_matrix, group), *pair)
