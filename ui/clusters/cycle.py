"""The phases of the cell cycle in each cluster, and which clusters may be a phase rather than a type."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clustergan_core.errors import DataError
from ui.cells.markers import offer_csv
from ui.cells.view import CellsView
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain

_AT_ONCE = 50_000  # cells that are scored unasked, in seconds


@st.fragment
@page_errors()
def show_cycle(view: CellsView) -> None:
    """The share of each cluster's cells in each phase, a warning where one prevails, and the genes as a file."""
    st.subheader("Cell cycle")
    n_cells = 0 if view.latents is None else len(view.latents.clusters)
    if n_cells > _AT_ONCE and not st.toggle("Score the cell cycle of all cells", key="score_cycle"):
        return
    try:
        cycle = view.cycle
    except DataError as problem:
        st.caption(plain(str(problem)))
        return
    latents = view.latents
    if cycle is None or latents is None:
        return
    from clustergan_core.cells.cell_cycle import PHASES, cycle_table, find_cycling

    table = cycle_table(cycle.take(latents.indices), view.edit(latents.clusters, latents.indices))
    names = [view.annotations.name_of(cluster) for cluster in table["cluster"]]
    name_of = dict(zip(table["cluster"].tolist(), names, strict=True))
    for cluster, phase, share in find_cycling(cycle, table):
        st.warning(
            f"{plain(name_of[cluster])}: {share:.0%} of its cells are in phase {phase}, though most cells of the data "
            f"are in {PHASES[cycle.usual]}. It may be a phase rather than a cell type. To check, remove the "
            f"{len(cycle.genes)} cell-cycle genes from the file and train again; nothing is removed here.",
            icon=":material/cycle:",
        )
    shown = pd.DataFrame({"cluster": table["cluster"], "name": names, "cells": table["cells"]})
    st.dataframe(
        shown.assign(**{phase: 100 * table[phase] for phase in PHASES}),
        hide_index=True,
        column_config={phase: st.column_config.NumberColumn(format="%.0f%%") for phase in PHASES},
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        offer_csv("Genes as CSV", pd.DataFrame({"gene": cycle.genes}), f"{view.run.name}-cycle-genes.csv", "cycle-csv")
        st.caption(
            f"Scored by scanpy on {len(cycle.genes)} genes (Tirosh et al. 2016); cells with neither score above zero "
            "are in G1.",
            width="content",
        )
        link_page("Map", {"run": view.run.name, "colour": "cell-cycle phase"}, "Phases on the map")
