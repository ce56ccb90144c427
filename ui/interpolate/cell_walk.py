"""The walk between two cell types: choices above, then genes, real cells and the map, all of one cached walk."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cells.loading import NEEDS_DATA, RealCells, real_cells
from ui.cells.titles import ModeTitles, choose_named_mode, mode_titles
from ui.frame.choices import linked, number_between
from ui.frame.messages import plain
from ui.interpolate.cell_walk_cells import show_distance, show_neighbours, show_path
from ui.interpolate.cell_walk_genes import choose_ranking, show_gene_curves, show_switches
from ui.interpolate.codes import FIRST_MU, FROM, MU_HELP, SAME_ENDS, TO, Ends, end_buttons
from ui.interpolate.z_n import WAYS, choose_normal, choose_way
from ui.loading.runs import load_method, weights_stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.cells.expression import ValueScale
    from clustergan_core.cells.walks import CellWalk
from typing import TYPE_CHECKING

from clustergan_core.cells.expression import value_scale

if TYPE_CHECKING:
    from clustergan_core.cells.walks import CellWalk
    from ui.cells.titles import ModeTitles

AVERAGED = "Average of 64"
CELL_WAYS = (AVERAGED, *WAYS)


def show_cell_walk(run: Run) -> None:
    """Everything that follows the choices; while only μ moves, only the markers do."""
    from clustergan_core.cells.walks import many_normals

    method, titles, cells = load_method(run), mode_titles(run), real_cells(run)
    scale = value_scale(run.config.dataset.preprocessing)
    ends = _choose_ends(titles)
    buttons, words = st.container(horizontal=True, vertical_alignment="bottom"), st.container()
    with buttons:
        ranking = choose_ranking()
        with st.popover("z_n", icon=":material/tune:"):
            way, seed = choose_way(method.prior, CELL_WAYS)
    normals = many_normals(method.prior, seed) if way == AVERAGED else choose_normal(method.prior, way, seed)[None]
    key = _key(run, ends, normals, cells is not None)
    walk = _walk(run, scale, ends, normals, cells, key)
    name = f"{run.name}-{ends.mode_b}-to-{ends.mode_a}"
    with buttons:
        end_buttons()
        st.download_button(
            "Walk as CSV",
            lambda: walk.table(run.config.dataset.feature_names).to_csv(index=False).encode(),
            f"{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="Every gene in every step, with where it switches.",
        )
    with words:
        nearness = "" if walk.nearness is None else f"**{plain(describe_nearness(walk, titles))}**"
        st.markdown(f"{plain(describe_reading(walk, titles))} {nearness}")
        if walk.nearness is None:
            st.info(f"How near real cells are {NEEDS_DATA}", icon=":material/download:")
    curves, switches = st.columns(2, gap="medium")
    with curves:
        added = show_gene_curves(run, walk, ranking, scale, ends.mu, key)
        if cells is not None:
            show_distance(walk, ends.mu, key)
    with switches:
        show_switches(run, walk, ranking, added, ends.mu, key)
    if cells is not None:
        table, path = st.columns(2, gap="medium")
        with table:
            show_neighbours(walk, cells, ends.mu, titles, name)
        with path:
            show_path(run, walk, cells, ends.mu, key)


def _choose_ends(titles: ModeTitles) -> Ends:
    """Both types by name, and μ between them in the order in which the slider runs."""
    largest = titles.largest()
    left, middle, right = st.columns(3, vertical_alignment="bottom", gap="medium")
    with left:
        mode_b = choose_named_mode("b", FROM, titles, largest[0])
    with right:
        mode_a = choose_named_mode("a", TO, titles, largest[min(1, len(largest) - 1)])
    with middle, linked("mu", number_between(0, 1)):
        mu = st.slider("μ", 0.0, 1.0, FIRST_MU, 0.01, key="mu", bind="query-params", help=MU_HELP)
    if mode_a == mode_b:
        st.caption(SAME_ENDS)
    return Ends(mode_a, mode_b, mu)


def _key(run: Run, ends: Ends, normals: NDArray[np.float32], has_data: bool) -> str:
    """All that a walk depends on: everything but μ."""
    parts = (str(run.folder), weights_stamp(run), ends.mode_a, ends.mode_b, normals.tobytes(), has_data)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@st.cache_resource(max_entries=20, show_spinner="Walking…")
def _walk(
    _run: Run, _scale: ValueScale, _ends: Ends, _normals: NDArray[np.float32], _cells: RealCells | None, key: str
) -> CellWalk:
    from clustergan_core.cells.walks import walk_cells

    space = None if _cells is None else _cells.space
    return walk_cells(load_method(_run), _scale, _ends.mode_a, _ends.mode_b, _normals, space)


def describe_reading(walk: CellWalk, titles: ModeTitles) -> str:
    """Which mode the encoder reads from where to where; "" for methods that read none."""
    from clustergan_core.evaluation.modes import code_flips

    if walk.codes is None:
        return ""
    flips = code_flips(walk.codes)
    if not flips:
        return f"The encoder reads {titles.names[int(walk.codes[0].argmax())]} all the way."
    said = [f"{titles.names[flips[0].before]} up to μ = {walk.mus[flips[0].step - 1]:.2f}"]
    said += [f"{titles.names[flip.after]} from μ = {walk.mus[flip.step]:.2f}" for flip in flips]
    return f"The encoder reads {', then '.join(said)}."


def describe_nearness(walk: CellWalk, titles: ModeTitles) -> str:
    """Where the walk leaves the data, and whether a pure mode lies outside it."""
    assert walk.nearness is not None, "the data is absent"
    stretches = walk.nearness.far_stretches(walk.mus)
    if not stretches:
        return "All along, the walk lies no further from real cells than 95% of them do from each other."
    if stretches == [(0.0, 1.0)]:
        return (
            "The whole walk, both ends with it, lies further from any real cell than 95% of real cells do from each "
            "other: this run has no such cells."
        )
    places = [
        f"at μ = {first:.2f}" if first == last else f"between μ = {first:.2f} and {last:.2f}"
        for first, last in stretches
    ]
    sentence = (
        f"{_capitalised(' and '.join(places))} the walk lies further from any real cell than 95% of real cells do from "
        "each other: empty space, where the generator invents."
    )
    outside = [
        titles.short[mode]
        for mode, is_outside in ((walk.mode_b, stretches[0][0] == 0), (walk.mode_a, stretches[-1][1] == 1))
        if is_outside
    ]
    if not outside:
        return sentence
    return f"{sentence} That reaches {' and '.join(outside)}: the Modes page tells whether it can be trusted."


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
