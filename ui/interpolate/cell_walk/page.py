"""The walk between two cell types: choices above, then genes, real cells and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.cells.titles import ModeTitles, choose_named_mode
from ui.cells.view import ABSENT_DATA, CellsView
from ui.frame.messages import plain
from ui.interpolate.cell_walk.genes import (
    ShownGenes,
    choose_genes,
    choose_ranking,
    show_changes,
    show_gene_curves,
    walk_strip,
)
from ui.interpolate.cell_walk.order import open_order, show_order
from ui.interpolate.cell_walk.position import WalkPosition, open_position
from ui.interpolate.cell_walk.real_cells import show_distance, show_neighbours, show_path
from ui.interpolate.codes import FIRST_MU, FROM, SAME_ENDS, TO, Ends, show_end_buttons
from ui.interpolate.dials import LatentPlace, gene_fan
from ui.interpolate.z_n import CELL_SOURCES, choose_source, choose_z_n, show_z_n_buttons
from ui.latent_slider.component import choose_place, latent_slider

if TYPE_CHECKING:
    from clustergan_core.cells.switch_genes import Ranking
    from clustergan_core.cells.walks import CellWalk
    from ui.interpolate.z_n import ChosenNormals


def show_cell_walk(view: CellsView) -> None:
    """Everything that follows the choices; while only μ moves, only the markers are redrawn."""
    method, titles, cells = view.method, view.titles, view.cells
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    stage, buttons = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with row:
        ends = _choose_ends(titles)
        with st.popover("z_n", icon=":material/tune:"):
            source, seed = choose_source(method.prior, CELL_SOURCES)
            z_n = choose_z_n(method.prior, source, seed)
    if ends.mode_a == ends.mode_b:
        with row:
            st.caption(SAME_ENDS)
    position = open_position(view, titles, cells, ends, z_n.normals)
    walk, order = position.walk, open_order(position)
    with buttons:
        ranking = choose_ranking()
        show_end_buttons()
        show_z_n_buttons(method.prior, z_n)
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
    shown = choose_genes(position, ranking)
    with stage:
        _show_slider(position, shown, ranking, z_n)
    show_gene_curves(position, shown)
    changes, beside = st.columns(2, gap="medium")
    with beside:
        show_order(position, order)
        if order is None or order.verdict != "order":
            show_changes(position, ranking, shown.added)
    if cells is None:
        return
    with changes:
        show_distance(position)
        show_neighbours(position, cells)
        show_path(position, cells)


def _choose_ends(titles: ModeTitles) -> Ends:
    """Both types by name, and the place between them."""
    largest = titles.largest()
    with st.container(width=260):
        mode_b = choose_named_mode("b", FROM, titles, largest[0])
    with st.container(width=260):
        mode_a = choose_named_mode("a", TO, titles, largest[min(1, len(largest) - 1)])
    return Ends(mode_a, mode_b, choose_place("mu", FIRST_MU))


def _show_slider(position: WalkPosition, shown: ShownGenes, ranking: Ranking, z_n: ChosenNormals) -> None:
    """The curves under a line that follows the handle, and what is to be said of the whole walk."""
    from clustergan_core.generation import walk_codes

    walk, titles, prior = position.walk, position.titles, position.view.method.prior
    (code,) = walk_codes(prior, walk.mode_a, walk.mode_b, [position.mu])
    place = LatentPlace(prior, code, z_n.normals, z_n.dials)
    nearness = "" if walk.nearness is None else f"**{plain(describe_nearness(walk, titles))}**"
    if len(shown.genes):
        latent_slider(
            "mu",
            walk_strip(position, shown),
            position.mu,
            label="μ",
            ends=(walk.mode_b, walk.mode_a),
            default=FIRST_MU,
            dials=place.dials,
            make_fan=lambda dial: gene_fan(position.view, place, dial, ranking, shown.added.tolist()),
        )
    st.markdown(f"{plain(describe_reading(walk, titles))} {nearness}")
    if walk.nearness is None:
        st.info(f"Distances to real cells need {ABSENT_DATA}", icon=":material/download:")


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
