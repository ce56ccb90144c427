"""The phases of the cell cycle in each cluster, and which clusters may be a phase rather than a type."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clustergan_core.data.opening import complete_options
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import DataError
from ui.cells.markers import offer_csv
from ui.cells.view import CellsView
from ui.data.choice import list_choices
from ui.data.options import options_in_address
from ui.data.sources import source_text
from ui.frame.links import NEW, link_page
from ui.frame.messages import page_errors, plain

LEAVE_OUT = "leave_out_cycle"  # the setting of the preparation
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
    cycling = find_cycling(cycle, table)
    remedy = (
        "The genes of the cell cycle were left out already, so other genes make it a cluster."
        if _lacks_cycle(view)
        else f"To check, train again without the {len(cycle.genes)} cell-cycle genes."
    )
    for cluster, phase, share in cycling:
        st.warning(
            f"{plain(name_of[cluster])}: {share:.0%} of its cells are in phase {phase}, though most cells of the data "
            f"are in {PHASES[cycle.usual]}. It may be a phase rather than a cell type. {remedy}",
            icon=":material/cycle:",
        )
    if cycling:
        _link_to_training(view)
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


def _lacks_cycle(view: CellsView) -> bool:
    return any(
        step["step"] == "select_genes" and "n_cycle_left_out" in step for step in view.run.config.dataset.preprocessing
    )


def _link_to_training(view: CellsView) -> None:
    """One click to the same data without the genes; published sets are prepared otherwise by command only."""
    record = view.run.config.dataset
    if _lacks_cycle(view):
        return
    options = complete_options(record.source, record.options)
    options = options.model_copy(update={"preparation": {**options.preparation, LEAVE_OUT: "true"}})
    if record.source in DATASETS:
        prepare = " ".join(f"--prepare {name}={value}" for name, value in options.preparation.items())
        st.caption(f"On the command line: `train --dataset {record.source} {prepare}`")
        return
    text = source_text(record.source)
    if text in list_choices():
        query = {"dataset": text, "task": NEW, **options_in_address(options)}
        link_page("Train", query, "Train without cell-cycle genes")
