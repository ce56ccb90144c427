"""Figure 6 of ClusterGAN: walks between modes, beside those of a GAN with a normal prior between the same samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.pictures.images import png, sample_grid
from clustergan_core.errors import AppError, DataError
from clustergan_core.papers.interpolations import interpolate, pair_modes
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped
from ui.frame.messages import plain
from ui.frame.theme import STRIP, show_figure, show_responsive_image, theme_name
from ui.loading.runs import load_data, load_method, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.papers.interpolations import Interpolations

_WITH_MODES = "clustergan"
_WITHOUT_MODES, _PRIORS = "wgan-gp", ("normal", "uniform")
_SEED = 0  # of the walks' z_n
_CELL = 56


def show_interpolations() -> None:
    """The chosen pair of runs: pictures of both walks, and how far they are from real samples."""
    pairs = _pairs_of_runs()
    if not pairs:
        st.caption(
            "This figure needs a run of ClusterGAN and one of WGAN-GP with a normal or uniform prior, both on the same "
            "images. This command trains the second on the digits:"
        )
        st.code(
            f"python -m clustergan_core train --dataset digits --method {_WITHOUT_MODES} --set prior=normal",
            language="shell",
        )
        return
    left, right = st.columns(2)
    with left:
        own = st.selectbox("ClusterGAN", list(pairs), format_func=lambda run: run.title, key="papers_figure_6_own")
    with right:
        other = st.selectbox(
            "GAN without modes", pairs[own], format_func=lambda run: run.title, key="papers_figure_6_other"
        )
    found = _interpolate(own, other, (weights_stamp(own), weights_stamp(other)))
    _show_walks(found, own)


def _show_walks(found: Interpolations, own: Run) -> None:
    import numpy as np

    from clustergan_core.drawing.figures.walk_distances import walk_distances_figure

    rows = np.stack([found.by_code, found.by_noise], axis=1).reshape(-1, *found.by_code.shape[1:])
    labels = [name for a, b in found.pairs for name in (f"modes {a} to {b}", "normal prior")]
    picture = sample_grid(
        rows,
        row_labels=labels,
        column_labels=[f"{mu:.1f}" for mu in found.mus],
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    described = f"{len(found.pairs)} walks of ClusterGAN, each above that of a GAN without modes between the same ends"
    show_responsive_image(png(picture), (picture.width // 2, picture.height // 2), STRIP, described, "figure-6-walks")
    st.download_button(
        "PNG", png(picture), "clustergan-figure-6.png", "image/png", icon=":material/download:", on_click="ignore"
    )
    by_code, by_noise = found.middle
    distances = {"ClusterGAN, by its code": found.distances_by_code, "GAN without modes": found.distances_by_noise}
    figure = walk_distances_figure(found.mus, distances)
    show_figure(figure, "clustergan-figure-6", "Distance to real samples along the walks of both generators")
    verdict = "" if by_code < by_noise else ", so this does not repeat what the paper shows"
    st.caption(
        plain(
            "The paper shows that ClusterGAN's walks stay digits, and that those of a GAN with a normal prior pass "
            f"through images of no digit. Here, in the middle third of {len(found.pairs)} walks, ClusterGAN is "
            f"{by_code:.2f} times as far from real test samples as these are from each other (median, in 20 principal "
            f"components), the other {by_noise:.2f} times{verdict}. One run each on {own.config.dataset.name}: another "
            "seed may differ. Algorithm 1 decoded the ends for the other GAN, so its walks begin and end near them."
        )
    )


@st.cache_resource(max_entries=6, show_spinner="Decoding the ends of the walks…")
def _interpolate(_own: Run, _other: Run, stamps: object) -> Interpolations:
    data = load_data(_own)
    if data is None:
        raise DataError(f"The data of {_own.name} has changed since it was trained: choose another run.")
    method = load_method(_own)
    pairs = pair_modes(range(method.n_clusters))
    return interpolate(method, load_method(_other), pairs, data.samples[data.splits.test], _SEED)


def _pairs_of_runs() -> dict[Run, list[Run]]:
    """ClusterGAN runs on images that are here, bundled ones first, each with the runs that it can be compared with."""
    runs = [run for run in (*list_shipped(), *list_runs()) if _is_usable(run)]
    others = [run for run in runs if _is_without_modes(run)]
    return {run: same for run in runs if run.config.method == _WITH_MODES and (same := _same_data(run, others))}


def _same_data(run: Run, others: Sequence[Run]) -> list[Run]:
    return [other for other in others if other.config.dataset.digest == run.config.dataset.digest]


def _is_without_modes(run: Run) -> bool:
    return run.config.method == _WITHOUT_MODES and run.config.settings.get("prior") in _PRIORS


def _is_usable(run: Run) -> bool:
    """Whether a run is readable, has weights and images, and its data is on this machine."""
    try:
        return run.config.dataset.kind == "image" and bool(weights_stamp(run)) and run.is_data_here()
    except AppError:  # the Runs page says what is wrong with it
        return False
