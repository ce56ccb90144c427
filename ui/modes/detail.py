"""One mode in detail: its generated samples beside the real ones assigned to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.drawing.pictures.images import mosaic
from ui.frame.choices import segmented, select
from ui.frame.messages import plain
from ui.frame.pictures import draw_once, show_picture
from ui.frame.theme import theme_name
from ui.modes.rows import describe_label, format_share
from ui.modes.view import ModesView

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents

_CELL = 84
_N_COLUMNS = 4
_N_GENERATED = 12
_N_CERTAIN = 8
_N_UNSURE = 4
_MANY_MODES = 30  # more pills than these are hard to choose from


def choose_mode(n_modes: int) -> int:
    """The mode to look at, in the address as ?mode=."""
    modes = list(range(n_modes))
    return select("mode", modes, "Mode", width=150) if n_modes > _MANY_MODES else segmented("mode", modes, "Mode")


def show_mode(view: ModesView, mode: int, generated: NDArray[np.float32]) -> None:
    """The mode's generated samples (n, *shape), and the real samples it holds where the data is here."""
    usage = view.summary.usage
    share = "" if usage is None else f"{format_share(usage[mode])} of samples, "
    st.markdown(f"**Mode {mode}**: {share}{describe_label(view.summary, mode)}")
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Generated, each from a different z_n")
        _show_samples(view, generated[:_N_GENERATED], mode, f"Generated samples of mode {mode}")
    with right:
        dataset, latents = view.dataset, view.latents
        if reason := view.method.lacks("encoder"):
            st.info(plain(reason), icon=":material/info:")
            return
        if dataset is None or latents is None:
            st.info("Real samples need the data: download it on the Data page.", icon=":material/download:")
            st.page_link("pages/data.py", label="Data", icon=":material/dataset:")
            return
        _show_assigned(view, mode, dataset, latents)
    if dataset.kind != "image":
        _show_means(view, mode, dataset, latents, generated)


def _show_assigned(view: ModesView, mode: int, dataset: Dataset, latents: RunLatents) -> None:
    """The mode's samples of highest and of lowest confidence."""
    held = np.flatnonzero(latents.clusters == mode)
    if not len(held):
        st.caption("Real samples assigned to this mode")
        samples = "test sample" if view.run.config.dataset.has_splits else "sample"
        st.info(f"No {samples} is assigned to this mode.", icon=":material/block:")
        return
    by_confidence = held[np.argsort(-latents.confidence[held], kind="stable")]
    n_unsure = min(_N_UNSURE, len(held) // 2)
    certain = by_confidence[: min(_N_CERTAIN, len(held) - n_unsure)]
    unsure = by_confidence[::-1][:n_unsure]
    st.caption(f"Real, assigned with the highest confidence ({_describe_confidences(latents, certain)})")
    samples = dataset.samples[latents.indices[certain]]
    _show_samples(view, samples, mode, f"Real samples of mode {mode}, highest confidence")
    if len(unsure):
        st.caption(f"Real, assigned with the lowest confidence ({_describe_confidences(latents, unsure)})")
        samples = dataset.samples[latents.indices[unsure]]
        _show_samples(view, samples, mode, f"Real samples of mode {mode}, lowest confidence")


def _show_means(
    view: ModesView, mode: int, dataset: Dataset, latents: RunLatents, generated: NDArray[np.float32]
) -> None:
    """The mean generated and the mean real sample of the mode, as pictures."""
    held = latents.indices[latents.clusters == mode]
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Mean of the generated samples")
        _show_samples(view, generated.mean(axis=0)[None], mode, f"Mean generated sample of mode {mode}", cell=2 * _CELL)
    if len(held):
        with right:
            st.caption(f"Mean of the {len(held):,} real samples")
            mean = dataset.samples[held].mean(axis=0)[None]
            _show_samples(view, mean, mode, f"Mean real sample of mode {mode}", cell=2 * _CELL)


def _show_samples(view: ModesView, samples: NDArray[np.floating], mode: int, alt: str, cell: int = _CELL) -> None:
    """Samples (n, *shape) with the mode's colour beneath each."""
    picture = draw_once(
        mosaic,
        samples,
        n_columns=_N_COLUMNS,
        colours=[view.colours[mode]] * len(samples),
        feature_names=view.feature_names,
        cell=cell,
        scale=2,
        theme=theme_name(),
    )
    show_picture(picture, width=picture.width // 2, alt=alt)


def _describe_confidences(latents: RunLatents, samples: NDArray[np.int64]) -> str:
    """The lowest and the highest confidence among the samples."""
    confidence = latents.confidence[samples]
    low, high = f"{float(confidence.min()):.2f}", f"{float(confidence.max()):.2f}"
    return f"{high if high == low else f'{low} to {high}'}, not calibrated"
