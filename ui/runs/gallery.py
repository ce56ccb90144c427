"""Trained models as cards, each with an image: what its modes generate, or the map of its cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from clustergan_core.data.registry import DATASETS
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import mosaic, png
from clustergan_core.drawing.pictures.map_picture import draw_map_picture
from clustergan_core.drawing.theme import THEMES, Theme
from clustergan_core.errors import AppError
from clustergan_core.runs.gallery import N_MODES, cells_on_map, mode_samples
from clustergan_core.runs.run import Run
from ui.frame.links import link_to_views
from ui.frame.messages import plain
from ui.frame.pictures import show_picture
from ui.frame.theme import theme_name
from ui.loading.runs import load_method, weights_stamp
from ui.loading.summaries import RunSummary, describe_scores

N_COLUMNS = 3
PICTURE_COLUMNS = 5  # and two rows
MAP_SIZE = (720, 300)


def show_gallery(summaries: Sequence[RunSummary]) -> None:
    """One card for each model, three in a row."""
    for start in range(0, len(summaries), N_COLUMNS):
        columns = st.columns(N_COLUMNS)
        for column, summary in zip(columns, summaries[start : start + N_COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                _show_card(summary)


def _show_card(summary: RunSummary) -> None:
    config = summary.config
    assert config is not None, "only readable runs are shown in the gallery"
    try:
        if config.dataset.kind == "expression":
            picture, alt = map_picture(summary.run, theme_name()), f"The cells of {summary.title} on a map"
        else:
            picture = mode_picture(summary.run, theme_name(), has_modes=not summary.lacks_modes)
            what = "Generated samples" if summary.lacks_modes else "One generated sample of each mode"
            alt = f"{what} of {summary.title}"
        show_picture(picture, width="stretch", alt=alt)
    except AppError as problem:
        st.caption(plain(str(problem)))
    source = DATASETS.get(config.dataset.source)
    title = config.title or (source.title if source else config.dataset.name)
    st.markdown(f"**{plain(title)}** · {summary.method_title}")
    more = f", the first {N_MODES} shown" if config.n_clusters > N_MODES else ""
    is_of_cells = config.dataset.kind == "expression"
    groups = "clusters" if summary.lacks_modes or is_of_cells else "modes"
    data = f" of {plain(source.title if source else config.dataset.name)}" if config.title else ""
    st.caption(f"{config.n_clusters} {groups}{data}{more}  \n{describe_scores(summary.scores)}")
    link_to_views(summary.run, has_modes=not summary.lacks_modes)


def mode_picture(run: Run, theme: Theme, *, has_modes: bool = True) -> bytes:
    """PNG of a generated sample of each mode, with the mode's colour beneath; without modes, of ten samples."""
    return _mode_picture(run, str(run.folder), weights_stamp(run), theme, has_modes)


def map_picture(run: Run, theme: Theme) -> bytes:
    """PNG of a run's cells on the map computed earlier, else on the first two components of their latents."""
    return _map_picture(run, str(run.folder), weights_stamp(run), theme)


@st.cache_data(max_entries=200, show_spinner=False)
def _map_picture(_run: Run, folder: str, stamp: object, theme: Theme) -> bytes:
    coordinates, groups = cells_on_map(_run, lambda: load_method(_run))
    return png(draw_map_picture(coordinates, groups, mode_colours(_run.config.n_clusters), MAP_SIZE, theme))


@st.cache_data(max_entries=200, show_spinner=False)
def _mode_picture(_run: Run, folder: str, stamp: object, theme: Theme, has_modes: bool) -> bytes:
    grid = mode_samples(_run, lambda: load_method(_run))  # (modes, 2, *shape)
    colours = mode_colours(len(grid)) if has_modes else []
    # Few modes fill one row, so a second z_n fills the other.
    is_repeated = len(grid) <= PICTURE_COLUMNS
    samples = np.concatenate([grid[:, 0], grid[:, 1]]) if is_repeated else grid[:, 0]
    picture = mosaic(
        samples,
        n_columns=len(grid) if is_repeated else PICTURE_COLUMNS,
        colours=colours * 2 if is_repeated else colours,
        feature_names=_run.config.dataset.feature_names,
        scale=2,
        theme=theme,
    )
    return png(_widen(picture, PICTURE_COLUMNS / len(grid) if is_repeated else 1, THEMES[theme].page))


def _widen(picture: Image.Image, factor: float, colour: str) -> Image.Image:
    """The picture with empty space to its right, so that samples are equally large on every card."""
    page = Image.new("RGB", (round(picture.width * factor), picture.height), colour)
    page.paste(picture)
    return page
