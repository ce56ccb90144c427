"""One mode looked at closely: its generated samples beside the real ones assigned to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import mosaic, png
from clustergan_core.runs.run import Run
from ui.frame.choices import linked, one_of
from ui.frame.theme import theme_name
from ui.loading.modes import assigned_samples
from ui.loading.runs import load_data
from ui.modes.rows import describe_label, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents
    from clustergan_core.scoring.modes import ModeSummary

_CELL = 84
_N_COLUMNS = 4
_N_GENERATED = 12
_N_CERTAIN = 8
_N_UNSURE = 4
_MANY_MODES = 30  # more pills than this are a wall


def choose_mode(n_modes: int) -> int:
    """The mode to look at, in the address as ?mode=."""
    modes = list(range(n_modes))
    with linked("mode", one_of(modes)):
        if n_modes > _MANY_MODES:
            return st.selectbox("Mode", modes, key="mode", bind="query-params", width=150)
        chosen = st.segmented_control(
            "Mode", modes, default=0, required=True, key="mode", bind="query-params", format_func=str
        )
    return int(chosen or 0)


def show_mode(run: Run, mode: int, summary: ModeSummary, generated: NDArray[np.float32]) -> None:
    """The mode's generated samples (n, *shape), and the real samples it holds where the data is here."""
    share = "" if summary.usage is None else f"{percent(summary.usage[mode])} of samples, "
    st.markdown(f"**Mode {mode}**: {share}{describe_label(summary, mode)}")
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Generated, each from another z_n")
        _show_samples(generated[:_N_GENERATED], run, mode, f"Generated samples of mode {mode}")
    with right:
        dataset, latents = load_data(run), assigned_samples(run)
        if dataset is None or latents is None:
            st.info("Real samples: needs the data. Fetch it on the Data page.", icon=":material/download:")
            st.page_link("pages/data.py", label="Data", icon=":material/dataset:")
            return
        _show_assigned(run, mode, dataset, latents)
    if dataset.kind != "image":
        _show_means(run, mode, dataset, latents, generated)


def real_means(dataset: Dataset, latents: RunLatents, n_modes: int) -> NDArray[np.float64]:
    """Mean (K, *shape) of the samples assigned to each mode; NaN for a mode without any."""
    means = np.full((n_modes, *dataset.shape), np.nan)
    for mode in range(n_modes):
        held = latents.indices[latents.clusters == mode]
        if len(held):
            means[mode] = dataset.samples[held].mean(axis=0)
    return means


def _show_assigned(run: Run, mode: int, dataset: Dataset, latents: RunLatents) -> None:
    """The most and the least certain of the mode's samples."""
    held = np.flatnonzero(latents.clusters == mode)
    if not len(held):
        st.caption("Real samples assigned to this mode")
        samples = "test sample" if run.config.dataset.has_splits else "sample"
        st.info(f"No {samples} is assigned to this mode.", icon=":material/block:")
        return
    by_confidence = held[np.argsort(-latents.confidence[held], kind="stable")]
    n_unsure = min(_N_UNSURE, len(held) // 2)
    certain = by_confidence[: min(_N_CERTAIN, len(held) - n_unsure)]
    unsure = by_confidence[::-1][:n_unsure]
    st.caption(f"Real, assigned with the highest confidence ({_confidences(latents, certain)})")
    _show_samples(
        dataset.samples[latents.indices[certain]], run, mode, f"Real samples of mode {mode}, highest confidence"
    )
    if len(unsure):
        st.caption(f"Real, assigned with the lowest confidence ({_confidences(latents, unsure)})")
        _show_samples(
            dataset.samples[latents.indices[unsure]], run, mode, f"Real samples of mode {mode}, lowest confidence"
        )


def _show_means(run: Run, mode: int, dataset: Dataset, latents: RunLatents, generated: NDArray[np.float32]) -> None:
    """The mean generated and the mean real sample of the mode, as pictures."""
    held = latents.indices[latents.clusters == mode]
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Mean of the generated samples")
        _show_samples(generated.mean(axis=0)[None], run, mode, f"Mean generated sample of mode {mode}", cell=2 * _CELL)
    if len(held):
        with right:
            st.caption(f"Mean of the {len(held):,} real samples")
            mean = dataset.samples[held].mean(axis=0)[None]
            _show_samples(mean, run, mode, f"Mean real sample of mode {mode}", cell=2 * _CELL)


def _show_samples(samples: NDArray[np.floating], run: Run, mode: int, alt: str, cell: int = _CELL) -> None:
    """Samples (n, *shape) with the mode's colour beneath each."""

    picture = mosaic(
        samples,
        n_columns=_N_COLUMNS,
        colours=[mode_colours(run.config.n_clusters)[mode]] * len(samples),
        feature_names=run.config.dataset.feature_names,
        cell=cell,
        scale=2,
        theme=theme_name(),
    )
    st.image(png(picture), width=picture.width // 2, alt=alt)


def _confidences(latents: RunLatents, samples: NDArray[np.int64]) -> str:
    """The range of their confidences."""
    confidence = latents.confidence[samples]
    low, high = f"{float(confidence.min()):.2f}", f"{float(confidence.max()):.2f}"
    return high if high == low else f"{low} to {high}"
