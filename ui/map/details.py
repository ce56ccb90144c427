"""Beside the map: one sample in detail, or a summary of the selection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import draw_subset
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import mosaic
from clustergan_core.drawing.pictures.tabular import thumbnail
from clustergan_core.runs.cells import is_of_cells
from ui.frame.code_bars import show_code
from ui.frame.links import link_page
from ui.frame.messages import plain
from ui.frame.pictures import Drawn, content_key, draw_once, show_picture
from ui.frame.theme import theme_name
from ui.loading.runs import load_method
from ui.map.colouring import mode_names
from ui.map.view import MapView

N_NEIGHBOURS = 8
N_SHOWN = 48  # samples of a selection that are drawn
PICTURE_SIDE = 132


def show_sample(view: MapView, row: int, cluster_names: Sequence[str] = ()) -> None:
    """The sample of a point, its reconstruction, its code, and its nearest neighbours in latent space."""
    mode = int(view.clusters[row])
    cluster = plain(cluster_names[mode]) if cluster_names else f"mode {mode}"
    st.markdown(f"**{view.noun.capitalize()} {plain(view.sample_id(row))}** · {cluster}{_label_of(view, row)}")
    if not is_of_cells(view.run):
        _show_pictures(view, row, mode)
    show_code(view.code[row], height="90px", word="cluster" if cluster_names else "mode", noun=view.noun)
    st.caption("ẑ_n: " + ", ".join(f"{value:.2f}" for value in view.normal[row]))
    neighbours = nearest_rows(view.features, row, N_NEIGHBOURS)
    st.markdown("**Nearest in latent space**")
    if not is_of_cells(view.run):
        show_picture(_mosaic(view, neighbours, n_columns=4), width="content")
    named = cluster_names or [f"mode {mode}" for mode in range(view.run.config.n_clusters)]
    near_names = [f"{view.sample_id(int(near))} ({named[int(view.clusters[near])]})" for near in neighbours]
    st.caption(plain(", ".join(near_names)))
    asked = {"run": view.run.name, "sample": str(view.indices[row])}
    if is_of_cells(view.run):
        link_page("Interpolate", asked | {"view": "One cell"}, "This cell as another type")
    elif view.dataset is not None and load_method(view.run).has_modes:
        link_page("Interpolate", asked, "Decode it by Algorithm 1")


def _show_pictures(view: MapView, row: int, mode: int) -> None:
    """The sample and its reconstruction side by side."""
    rows = np.array([row])
    pictures = [("Reconstruction G(E(x))", view.reconstructions(rows)[0])]
    if view.dataset is not None:
        pictures.insert(0, ("Sample x", view.pictures(rows)[0]))
    colour = mode_colours(view.run.config.n_clusters)[mode]
    for column, (title, picture) in zip(st.columns(2), pictures, strict=False):
        kind = view.run.config.dataset.kind
        image = thumbnail(picture, kind, view.feature_names, PICTURE_SIDE, colour, theme_name())
        with column:
            show_picture(image, caption=title, width=PICTURE_SIDE)
    if view.dataset is None:
        st.caption("The data is not on this machine, so the sample itself cannot be shown.")


def show_selection(view: MapView, selection: NDArray[np.int64], cluster_names: Sequence[str] = ()) -> None:
    """Size, modes and labels of a selection, some of its samples unless they are cells, and a CSV file."""
    share = len(selection) / len(view.clusters)
    st.markdown(f"**{len(selection):,} {view.noun}s selected** ({share:.1%} of the map)")
    if not is_of_cells(view.run):
        _show_pictures_of_some(view, selection)
    _show_counts(view, selection, cluster_names)
    st.download_button(
        "Selection as CSV",
        selection_table(view, selection, cluster_names).to_csv(index=False),
        file_name=f"{view.run.name}-selection.csv",
        mime="text/csv",
        icon=":material/download:",
    )


def show_overview(view: MapView, cluster_names: Sequence[str] = ()) -> None:
    """How to use the map, and the modes by size; shown while nothing is selected."""
    st.markdown(f"**Click a point** for its {view.noun}, or draw a **lasso** or **box** around many.")
    _show_counts(view, np.arange(len(view.clusters)), cluster_names)


def nearest_rows(features: NDArray[np.float32], row: int, n: int) -> NDArray[np.int64]:
    """The `n` other rows of features (N, D) nearest to one, nearest first."""
    distances = np.linalg.norm(features - features[row], axis=1)
    distances[row] = np.inf
    n = min(n, len(features) - 1)
    nearest = np.argpartition(distances, n - 1)[:n] if n else np.zeros(0, dtype=np.int64)
    return nearest[np.argsort(distances[nearest], kind="stable")]


def selection_table(view: MapView, rows: NDArray[np.int64], cluster_names: Sequence[str] = ()) -> pd.DataFrame:
    """The selected samples: id, mode and its name, confidence, and label where there is one."""
    table = pd.DataFrame(
        {
            "sample": [view.sample_id(int(row)) for row in rows],
            "cluster": view.clusters[rows],
            "confidence": view.confidence[rows].round(4),
        }
    )
    if cluster_names:
        table.insert(2, "name", [cluster_names[mode] for mode in table["cluster"]])
    labels = view.labels()
    if labels is not None:
        table["label"] = _label_names(view, labels[rows])
    return table


def _show_pictures_of_some(view: MapView, selection: NDArray[np.int64]) -> None:
    """Pictures of some of the selected samples."""
    shown = draw_subset(selection, N_SHOWN, seed=0)
    show_picture(_mosaic(view, shown, n_columns=8), width="stretch")
    what = "samples" if view.dataset is not None else "reconstructions, because the data is not on this machine"
    st.caption(f"{len(shown)} of the {what}. The bars show the mode.")


def _show_counts(view: MapView, rows: NDArray[np.int64], cluster_names: Sequence[str]) -> None:
    """Numbers of rows by mode or cluster name, with the most frequent label of each; all labels folded below."""
    names = cluster_names or mode_names(view.run.config.n_clusters)
    what = "cluster" if cluster_names else "mode"
    labels = view.labels()
    counts, by_label = _count(
        view.clusters[rows],
        None if labels is None or view.dataset is None else (labels[rows], view.dataset.label_names),
        names,
        (what, f"{view.noun}s"),
    )
    st.dataframe(counts, hide_index=True, key="map-counts")
    if by_label is None:
        return
    with st.expander(f"All labels of each {what}"):
        first = {what: st.column_config.Column(pinned=True)}  # stays in view while labels scroll
        st.dataframe(by_label, hide_index=True, key="map-labels", column_config=first)


def _count(
    clusters: NDArray[np.int64],
    labels: tuple[NDArray[np.int64], Sequence[str]] | None,
    names: Sequence[str],
    titles: tuple[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Clusters (n,) counted by name with their most frequent label, and by label where there are labels and names."""
    numbers, label_names = labels or (None, ())
    return _counted(clusters, labels, names, titles, content_key(_count, clusters, numbers, label_names, names, titles))


@st.cache_resource(max_entries=20, show_spinner=False)
def _counted(
    _clusters: NDArray[np.int64],
    _labels: tuple[NDArray[np.int64], Sequence[str]] | None,
    _names: Sequence[str],
    _titles: tuple[str, str],
    key: str,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    what, noun = _titles
    modes = pd.Series([_names[mode] for mode in _clusters], name=what)
    counts = modes.value_counts().rename(noun).to_frame()
    if _labels is None:
        return counts.reset_index(), None
    numbers, label_names = _labels
    texts = [label_names[label] if label >= 0 else "" for label in numbers]
    by_label = pd.crosstab(modes, pd.Series(texts, name="label")).loc[counts.index]
    counts.insert(0, "mostly", [describe_majority(row) for _, row in by_label.iterrows()])
    return counts.reset_index(), by_label.reset_index()


def describe_majority(by_label: pd.Series) -> str:
    """The most frequent label with its share of the labelled samples, from numbers of samples by label."""
    labelled = by_label.drop("", errors="ignore")
    if not labelled.sum():
        return "no label"
    share = labelled.max() / labelled.sum()
    return f"{labelled.idxmax()} ({'>99%' if 0.995 <= share < 1 else f'{share:.0%}'})"  # 100% means all of them


def _label_names(view: MapView, labels: NDArray[np.int64]) -> list[str]:
    assert view.dataset is not None
    return [view.dataset.label_names[label] if label >= 0 else "" for label in labels]


def _label_of(view: MapView, row: int) -> str:
    labels = view.labels()
    return "" if labels is None else f" · label {_label_names(view, labels[[row]])[0] or 'none'}"


def _mosaic(view: MapView, rows: NDArray[np.int64], n_columns: int) -> Drawn:
    colours = mode_colours(view.run.config.n_clusters)
    return draw_once(
        mosaic,
        view.pictures(rows),
        n_columns=n_columns,
        colours=[colours[mode] for mode in view.clusters[rows]],
        feature_names=view.feature_names,
        cell=40,
        scale=2,
        theme=theme_name(),
    )
