"""The finished map, in 2-D on the canvas or in 3-D, with details beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.figures.scatter import embedding3d_figure, embedding3d_values_figure
from clustergan_core.drawing.pictures.sprites import sprite_sheet
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.errors import SettingsError
from clustergan_core.runs.cells import is_of_cells
from ui.canvas_map import Sprites, canvas_map
from ui.cells.view import CellsView
from ui.frame.messages import show_problem
from ui.frame.theme import show_figure, theme_name
from ui.loading.runs import weights_stamp
from ui.map.colouring import Colouring
from ui.map.details import show_overview, show_sample, show_selection
from ui.map.labelling import show_given_labels, show_label_button
from ui.map.linked_selection import link_groups, link_selection, linked_groups, linked_selection
from ui.map.new_points import COLOUR, NewPoints, choose_new_points
from ui.map.selections import show_keep_buttons
from ui.map.splitting import show_last_split, show_split_button
from ui.map.view import MapView

MAX_SPRITES = 10_000  # a browser stores 4 bytes a pixel: 30 MB for these
MAX_HOVER_TEXTS = 20_000
SPRITE_SIDE = 28
SAMPLE = "sample"  # the address's parameter


def draw_flat(
    view: MapView, fitted: FittedMap, colouring: Colouring, height: int, cells: CellsView | None = None
) -> bool:
    """The canvas map beside the details of what is clicked or selected; on a run of `cells`, clusters have names.

    Returns whether to train with the labels given by hand.
    """
    chosen = chosen_row(view)
    cluster_names = [] if cells is None else cells.cluster_names
    plot, details = st.columns([2.2, 1], gap="medium")
    with plot:
        slot = st.container()
        new = choose_new_points(view, fitted, cells)
    with slot:
        coordinates, shown = _append_new_points(fitted.coordinates, colouring, new)
        event = canvas_map(
            coordinates,
            shown.groups,
            shown.values,
            key="map",
            group_names=shown.names,
            group_colours=shown.colours,
            values_name=shown.values_name,
            is_zero_grey=shown.is_zero_grey,
            # A thumbnail of a thousand genes shows nothing of a cell.
            sprites=None if is_of_cells(view.run) else sprites_of(view),
            hover_text=hover_texts(view, len(coordinates), cluster_names),
            caption=caption_of(fitted),
            height=height,
            selected=linked_selection(view),
            isolated=linked_groups(),
            highlighted=chosen,
        )
    if event.clicked is not None and event.clicked < len(view.indices) and event.clicked != chosen:
        st.query_params[SAMPLE] = str(view.indices[event.clicked])
        st.rerun()
    selection = None if event.selection is None else event.selection[event.selection < len(view.indices)]
    if chosen is not None and _is_new(view, selection):
        link_selection(view, selection)
        del st.query_params[SAMPLE]  # a lasso after a click: the page shows what was chosen last
        st.rerun()
    link_selection(view, selection)
    link_groups(event.isolated)
    with details:
        if cells is not None:
            show_last_split(cells)
        if selection is not None and len(selection):
            if cells is not None:
                show_keep_buttons(view, selection)
                show_split_button(view, cells, selection)
            show_label_button(view, selection)
            show_selection(view, selection, cluster_names)
        if chosen is not None:
            show_sample(view, chosen, cluster_names)
            if selection is None or not len(selection):
                show_label_button(view, [chosen])
            if st.button(f"Close {view.noun}", icon=":material/close:"):
                del st.query_params[SAMPLE]
                st.rerun()
        elif selection is None or not len(selection):
            show_overview(view, cluster_names)
        return show_given_labels(view)


def _is_new(view: MapView, selection: NDArray[np.int64] | None) -> bool:
    """Whether a person has just selected other points; a link's selection, in the first run of the page, is not new."""
    key = f"last selection {view.run.name}"
    is_first, last = key not in st.session_state, st.session_state.get(key)
    st.session_state[key] = selection
    if is_first or selection is None or not len(selection):
        return False
    return last is None or not np.array_equal(selection, last)


def draw_in_space(view: MapView, fitted: FittedMap, colouring: Colouring, cluster_names: Sequence[str] = ()) -> None:
    """Three dimensions in Plotly: drag turns, the wheel zooms, the legend isolates."""
    title = {"tsne": "t-SNE", "umap": "UMAP", "pca": "component"}[fitted.settings.algorithm]
    if colouring.values is None:
        figure = embedding3d_figure(fitted.coordinates, colouring.groups, colouring.names, colouring.colours, title)
    else:
        figure = embedding3d_values_figure(
            fitted.coordinates, colouring.values, colouring.values_name, title, colouring.is_zero_grey
        )
    show_figure(figure, "map-space", f"{len(view.indices):,} {view.noun}s in three dimensions")
    st.caption(caption_of(fitted))
    show_overview(view, cluster_names)


def chosen_row(view: MapView) -> int | None:
    """The point of the sample in the address; a wrong number is reported and ignored."""
    asked = st.query_params.get(SAMPLE)
    if asked is None:
        return None
    rows = np.flatnonzero(view.indices == int(asked)) if asked.isdecimal() and len(asked) < 10 else np.zeros(0, int)
    if len(rows):
        return int(rows[0])
    problem = f"The address asks for sample={asked}, which is not on this map: click one of its points instead."
    show_problem(SettingsError(problem))
    return None


def _append_new_points(
    coordinates: NDArray[np.float32], colouring: Colouring, new: NewPoints | None
) -> tuple[NDArray[np.float32], Colouring]:
    """The map's points followed by the new ones, which are a group of their own."""
    if new is None:
        return coordinates, colouring
    n_new, new_group = len(new.coordinates), len(colouring.names)
    values = colouring.values
    if values is not None:
        values = np.concatenate([values, np.full(n_new, np.nan, np.float32)])
    extended = replace(
        colouring,
        groups=np.concatenate([colouring.groups, np.full(n_new, new_group)]),
        names=[*colouring.names, "New samples"],
        colours=[*colouring.colours, COLOUR],
        values=values,
    )
    return np.concatenate([coordinates, new.coordinates]), extended


def sprites_of(view: MapView) -> Sprites | None:
    """Thumbnails of the first points: samples, or reconstructions while the data is absent."""
    sheet, columns = _sheet(
        view, str(view.run.folder), len(view.indices), weights_stamp(view.run), view.dataset is None, theme_name()
    )
    n_drawn = min(len(view.indices), MAX_SPRITES)
    cells = np.where(np.arange(len(view.indices)) < n_drawn, np.arange(len(view.indices)), -1)
    return Sprites(sheet, SPRITE_SIDE, SPRITE_SIDE, columns, cells)


@st.cache_data(max_entries=6, show_spinner="Drawing the thumbnails…")
def _sheet(
    _view: MapView, folder: str, n: int, stamp: object, is_reconstruction: bool, theme: str
) -> tuple[bytes, int]:
    rows = np.arange(min(len(_view.indices), MAX_SPRITES))
    return sprite_sheet(_view.pictures(rows), cell=SPRITE_SIDE, feature_names=_view.feature_names, theme=theme_name())


def hover_texts(view: MapView, n_points: int, cluster_names: Sequence[str] = ()) -> list[str] | None:
    """The tooltip of each point, and of new points after the view's own; None where there are too many to send.

    With `cluster_names` (K,) each text includes its cluster.
    """
    if n_points > MAX_HOVER_TEXTS:
        return None
    prefix = view.noun.capitalize() if view.dataset is not None else f"Reconstruction of {view.noun}"
    texts = [f"{prefix} {name}" for name in view.sample_ids]
    if cluster_names:
        texts = [f"{text} · {cluster_names[mode]}" for text, mode in zip(texts, view.clusters.tolist(), strict=True)]
    return texts + [f"New {view.noun}"] * (n_points - len(texts))


def caption_of(fitted: FittedMap) -> str:
    """How to read distances on the map."""
    if fitted.settings.algorithm != "pca":
        return "Distances between clusters carry no meaning; neighbours within a cluster do."
    n_axes = "two" if fitted.settings.n_components == 2 else "three"
    return (
        f"A linear projection: points far apart here are far apart in latent space. These {n_axes} axes show "
        f"{shown_share(fitted):.0%} of the variance; points that differ along other axes overlap."
    )


def shown_share(fitted: FittedMap) -> float:
    """Share of the latents' variance, from 0 to 1, that the axes of a projection show."""
    total = float(fitted.latents.var(axis=0).sum())
    return float(fitted.coordinates.var(axis=0).sum()) / total if total else 1.0
