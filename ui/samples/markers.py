"""Markers of each cluster within every sample, combined, with the number of samples in which a gene is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.cells.markers import offer_csv
from ui.cells.names import choose_group
from ui.frame.messages import page_errors, plain, section_errors
from ui.samples.view import SamplesView

if TYPE_CHECKING:
    from clustergan_core.cells.sample_markers import SampleMarkers
    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.runs.clusters.samples import RunSamples

_AT_ONCE = 50_000  # cells whose markers are found unasked, in seconds
_SHARE = "Share of cells with the gene, mean over samples."
_SHOWN = ["gene", "found", "score", "log2_fold_change", "least_change", "fraction_in", "fraction_out", "p_adjusted"]


@st.fragment
@page_errors()
@section_errors()
def show_sample_markers(view: SamplesView) -> None:
    """The genes of one cluster, best found ones first, and a file with those of all clusters."""
    samples = view.samples
    if samples is None:
        return  # the composition says that the data is missing
    st.subheader("Markers within samples")
    st.caption(
        "Each cluster's cells against the other cells of the same sample, then combined over samples (exploratory: the "
        "clusters were found in the same cells). A gene is found in a sample at an adjusted p of at most 0.05 and a "
        "log₂ fold change of at least 0.5 there."
    )
    if len(samples.clusters) > _AT_ONCE and not st.toggle("Find the markers within samples", key="find_sample_markers"):
        return
    found = _find(view, samples)
    table, groups = found.table, samples.groups
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choose_group("marked", [groups[number] for number in sorted(set(table["cluster"]))])
        file = table.assign(cluster=[groups[number].name for number in table["cluster"]])
        offer_csv("All clusters, all genes as CSV", file, f"{view.run.name}-sample-markers.csv", "sample-markers-csv")
    own = table[table["cluster"] == groups.index(group)]
    if left_out := found.left_out[groups.index(group)]:
        st.caption(plain(f"Left out, with fewer than 10 cells of this cluster or of others: {', '.join(left_out)}."))
    number = st.column_config.NumberColumn
    percent = {name: 100 * own[name] for name in ("fraction_in", "fraction_out")}
    told = [f"{n_found} of {n_samples}" for n_found, n_samples in zip(own["n_found"], own["n_samples"], strict=True)]
    st.dataframe(
        own.assign(found=told, **percent)[_SHOWN].head(100),
        hide_index=True,
        height=390,
        key="sample_markers",
        alt=f"Markers of {group.name} within samples",
        column_config={
            "gene": "Gene",
            "found": st.column_config.TextColumn("Found in", help="How many of the samples where it was tested."),
            "score": number("Score", format="%.1f", help="z scores of the samples, combined."),
            "log2_fold_change": number("log₂ fold change", format="%.2f", help="Mean over samples."),
            "least_change": number("Smallest", format="%.2f", help="The smallest log₂ fold change of a sample."),
            "fraction_in": number("In cluster", format="%.0f%%", help=_SHARE),
            "fraction_out": number("In others", format="%.0f%%", help=_SHARE),
            "p_adjusted": number("Adjusted p", format="%.2g", help="Benjamini–Hochberg, over all genes."),
        },
    )


def _find(view: SamplesView, samples: RunSamples) -> SampleMarkers:
    cells = view.cells
    matrix = cells.matrix
    assert matrix is not None, "samples are known with the data alone"
    return _markers(samples, matrix, (cells.weights_key, cells.data_key, cells.groups_key))


@st.cache_resource(max_entries=4, show_spinner="Finding markers within each sample: seconds for a few thousand cells…")
def _markers(_samples: RunSamples, _matrix: CountMatrix, keys: object) -> SampleMarkers:
    return _samples.markers(_matrix)
