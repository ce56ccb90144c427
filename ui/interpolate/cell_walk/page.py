"""The walk between two cell types: choices above, then genes, real cells and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.cells.titles import ModeTitles, choose_named_mode
from ui.cells.view import ABSENT_DATA, CellsView
from ui.frame.choices import slider
from ui.frame.messages import plain
from ui.interpolate.cell_walk.genes import choose_ranking, show_changes, show_gene_curves
from ui.interpolate.cell_walk.order import open_order, show_order
from ui.interpolate.cell_walk.position import open_position
from ui.interpolate.cell_walk.real_cells import show_distance, show_neighbours, show_path
from ui.interpolate.codes import FIRST_MU, FROM, MU_HELP, SAME_ENDS, TO, Ends, show_end_buttons
from ui.interpolate.z_n import CELL_SOURCES, choose_source, choose_z_n_of_cells

if TYPE_CHECKING:
    from clustergan_core.cells.walks import CellWalk


def show_cell_walk(view: CellsView) -> None:
    """Everything that follows the choices; while only μ moves, only the markers are redrawn."""
    method, titles, cells = view.method, view.titles, view.cells
    ends = _choose_ends(titles)
    buttons, summary = st.container(horizontal=True, vertical_alignment="bottom"), st.container()
    with buttons:
        ranking = choose_ranking()
        with st.popover("z_n", icon=":material/tune:"):
            source, seed = choose_source(method.prior, CELL_SOURCES)
    position = open_position(view, titles, cells, ends, choose_z_n_of_cells(method.prior, source, seed))
    walk, order = position.walk, open_order(position)
    with buttons:
        show_end_buttons()
        st.download_button(
            "Walk as CSV",
            lambda: walk.table(view.gene_names, order).to_csv(index=False).encode(),
            f"{position.file_name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="Every gene in every step, its difference in real cells over the runs, and its place in the order if "
            "there is one.",
        )
    with summary:
        nearness = "" if walk.nearness is None else f"**{plain(describe_nearness(walk, titles))}**"
        st.markdown(f"{plain(describe_reading(walk, titles))} {nearness}")
        if walk.nearness is None:
            st.info(f"Distances to real cells need {ABSENT_DATA}", icon=":material/download:")
    curves, switches = st.columns(2, gap="medium")
    with curves:
        added = show_gene_curves(position, ranking)
        if cells is not None:
            show_distance(position)
    with switches:
        show_order(position, order)
        if order is None or order.verdict != "order":
            show_changes(position, ranking, added)
    if cells is not None:
        table, path = st.columns(2, gap="medium")
        with table:
            show_neighbours(position, cells)
        with path:
            show_path(position, cells)


def _choose_ends(titles: ModeTitles) -> Ends:
    """Both types by name, and μ between them in the order in which the slider runs."""
    largest = titles.largest()
    left, middle, right = st.columns(3, vertical_alignment="bottom", gap="medium")
    with left:
        mode_b = choose_named_mode("b", FROM, titles, largest[0])
    with right:
        mode_a = choose_named_mode("a", TO, titles, largest[min(1, len(largest) - 1)])
    with middle:
        mu = slider("mu", "μ", 0, 1, FIRST_MU, help_text=MU_HELP)
    if mode_a == mode_b:
        st.caption(SAME_ENDS)
    return Ends(mode_a, mode_b, mu)


def describe_reading(walk: CellWalk, titles: ModeTitles) -> str:
    """The mode the encoder reads on each stretch of the walk; "" for methods that read none."""
    from clustergan_core.evaluation.modes import code_flips

    if walk.codes is None:
        return ""
    flips = code_flips(walk.codes)
    if not flips:
        return f"The encoder reads {titles.names[int(walk.codes[0].argmax())]} all the way."
    stretches = [f"{titles.names[flips[0].before]} up to μ = {walk.mus[flips[0].step - 1]:.2f}"]
    stretches += [f"{titles.names[flip.after]} from μ = {walk.mus[flip.step]:.2f}" for flip in flips]
    return f"The encoder reads {', then '.join(stretches)}."


def describe_nearness(walk: CellWalk, titles: ModeTitles) -> str:
    """Where the walk leaves the data, and whether a pure mode lies outside it."""
    assert walk.nearness is not None, "the data is absent"
    stretches = walk.nearness.far_stretches(walk.mus)
    if not stretches:
        return "The whole walk lies no further from real cells than 95% of them lie from each other."
    if stretches == [(0.0, 1.0)]:
        return (
            "The whole walk, including both ends, lies further from any real cell than 95% of real cells lie from each "
            "other: the data holds no such cells."
        )
    ranges = [
        f"at μ = {first:.2f}" if first == last else f"between μ = {first:.2f} and {last:.2f}"
        for first, last in stretches
    ]
    sentence = (
        f"{_capitalise(' and '.join(ranges))} the walk lies further from any real cell than 95% of real cells lie from "
        "each other: the data has no cells there, and the generator invents them."
    )
    outside = [
        titles.short[mode]
        for mode, is_outside in ((walk.mode_b, stretches[0][0] == 0), (walk.mode_a, stretches[-1][1] == 1))
        if is_outside
    ]
    if not outside:
        return sentence
    return f"{sentence} This includes {' and '.join(outside)}: check on the Modes page whether to trust it."


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
