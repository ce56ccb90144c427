"""Modes before the generator learns: the test samples that the running encoder puts into each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import sample_grid
from clustergan_core.evaluation.modes import mode_labels
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.replay import frame_steps, read_frame
from clustergan_core.runs.run import Run
from ui.frame.pictures import draw_once
from ui.frame.theme import WHOLE_GRID, show_responsive_image, theme_name
from ui.loading.runs import load_data
from ui.modes.rows import MAX_ROWS, format_share
from ui.train.phases import describe_phase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents

N_COLUMNS = 10
_CELL = 56
_DENSITY = 2


def show_held_samples(run: Run) -> None:
    """The test samples of each mode that the encoder is surest of, after the newest step that was kept."""
    step = frame_steps(run.folder)[-1]
    frame, data = read_frame(run.folder, step), load_data(run)
    where = "Before the first step." if step == 0 else f"Step {step:,} of {run.config.schedule.n_steps:,}."
    st.markdown(f"**{where}** {describe_phase(run, step)}")
    if frame is None or not len(frame.indices) or data is None:
        st.caption("This step of the training cannot be read: the page shows the next one by itself.")
        return
    if is_of_cells(run):
        st.caption(
            "Modes of cells are shown once the generator has begun. The Map page shows the clusters as they form."
        )
        return
    st.caption(
        "This run still trains, and its generator has made nothing yet. A row holds the test samples that the encoder "
        f"puts into one mode, the surest first, of {len(frame.indices):,}. The page follows by itself."
    )
    samples = surest_samples(data.samples[frame.indices], frame, run.config.n_clusters)[:MAX_ROWS]
    n_modes = len(samples)
    picture = draw_once(
        sample_grid,
        samples,
        row_labels=_describe_rows(data, frame, run.config.n_clusters)[:n_modes],
        row_colours=mode_colours(run.config.n_clusters)[:n_modes],
        feature_names=run.config.dataset.feature_names,
        cell=_CELL,
        scale=_DENSITY,
        theme=theme_name(),
    )
    size = picture.width // _DENSITY, picture.height // _DENSITY
    described = f"{n_modes} rows of up to {N_COLUMNS} test samples: a row is a mode, the surest samples first."
    show_responsive_image(picture.png, size, WHOLE_GRID, described, "held-samples")


def surest_samples(samples: NDArray[np.float32], frame: RunLatents, n_clusters: int) -> NDArray[np.float32]:
    """The samples (N, *shape) of each mode by falling confidence: (K, 10, *shape), zeros where a mode holds fewer."""
    rows = np.zeros((n_clusters, N_COLUMNS, *samples.shape[1:]), dtype=np.float32)
    order = np.argsort(-frame.confidence, kind="stable")
    for mode in range(n_clusters):
        surest = order[frame.clusters[order] == mode][:N_COLUMNS]
        rows[mode, : len(surest)] = samples[surest]
    return rows


def _describe_rows(data: Dataset, frame: RunLatents, n_clusters: int) -> list[str]:
    shares = np.bincount(frame.clusters, minlength=n_clusters) / len(frame.clusters)
    rows = [f"Mode {mode} · {format_share(share)} of samples" for mode, share in enumerate(shares.tolist())]
    if data.labels is None:
        return rows
    labels, purity = mode_labels(data.labels[frame.indices], frame.clusters, n_clusters, len(data.label_names))
    named = [
        "no labelled sample"
        if label == UNLABELLED
        else f"mostly {data.label_names[label]}, purity {format_share(share)}"
        for label, share in zip(labels.tolist(), purity.tolist(), strict=True)
    ]
    return [f"{row}\n{name}" for row, name in zip(rows, named, strict=True)]
