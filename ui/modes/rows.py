"""The modes of a run as rows of one picture, and what is said of each beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import png, sample_grid
from clustergan_core.runs.run import Run
from ui.frame.theme import WHOLE_GRID, show_responsive_image, theme_name
from ui.loading.runs import load_method, weights_stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.scoring.modes import ModeSummary

_WIDTH = 900  # pixels the page has for the picture on a 1280-px screen
_LABEL_WIDTH = 200
_MANY_MODES = 30  # drawn smaller, and in single resolution
MAX_ROWS = 100  # browsers draw no picture of any height


def generated_modes(run: Run, n_columns: int, seed: int) -> NDArray[np.float32]:
    """Samples (K, n_columns, *shape) of the run's modes."""
    return _generated(run, str(run.folder), weights_stamp(run), seed)[:, :n_columns]


def show_rows(summary: ModeSummary, samples: NDArray[np.float32], order: NDArray[np.int64], run: Run) -> None:
    """The modes in one picture, in that order."""

    n_columns = samples.shape[1]
    if len(order) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS} of {len(order):,} modes are drawn; the table holds all.")
        order = order[:MAX_ROWS]
    is_many = len(order) > _MANY_MODES
    cell = max(32, min(48 if is_many else 112, (_WIDTH - _LABEL_WIDTH) // n_columns - 3))
    scale = 1 if is_many else 2
    colours = mode_colours(summary.n_clusters)
    picture = sample_grid(
        samples[order],
        row_labels=[row_label(summary, int(mode)) for mode in order],
        row_colours=[colours[mode] for mode in order],
        feature_names=run.config.dataset.feature_names,
        cell=cell,
        scale=scale,
        theme=theme_name(),
    )
    described = (
        f"{len(order)} rows of {n_columns} generated samples: a row is a mode, a column shares its z_n. "
        "What is written beside the rows stands in the table below."
    )
    show_responsive_image(
        png(picture), (picture.width // scale, picture.height // scale), WHOLE_GRID, described, "mode-rows"
    )


def row_label(summary: ModeSummary, mode: int) -> str:
    """Number and usage; label and purity; flags: a line each."""
    lines = [f"Mode {mode}" if summary.usage is None else f"Mode {mode} · {percent(summary.usage[mode])} of samples"]
    lines.append(describe_label(summary, mode))
    if flags := summary.flags(mode):
        lines.append(", ".join(flags).upper())
    return "\n".join(lines)


def describe_label(summary: ModeSummary, mode: int) -> str:
    """The mode's most frequent label with its purity, or why there is none."""
    if summary.usage is None:
        return f"usage and purity: {summary.missing}"
    if summary.labels is None or summary.purity is None:
        return f"purity: {summary.missing}"
    label = summary.labels[mode]
    return "no labelled sample" if label is None else f"mostly {label}, purity {percent(summary.purity[mode])}"


def describe_summary(run: Run, summary: ModeSummary) -> str:
    """One sentence on all modes: how many are empty or repeat each other, and what was counted."""
    record = run.config.dataset
    noun = "cells" if record.kind == "expression" else "samples"
    samples = f"{summary.n_samples:,} test {noun}" if record.has_splits else f"all {summary.n_samples:,} {noun}"
    n_empty = int(summary.is_empty.sum())
    pairs = [(k, other) for k, others in enumerate(summary.duplicates) for other in others if k < other]
    empty = f"{n_empty} empty" if n_empty else "none empty"
    same = f"{len(pairs)} pairs nearly the same" if len(pairs) > 1 else "no two nearly the same"
    if len(pairs) == 1:
        same = f"modes {pairs[0][0]} and {pairs[0][1]} nearly the same"
    counted = f"Usage and purity are counted over {samples}."
    if summary.usage is None:
        return f"{summary.n_clusters} modes, {same}. Usage {summary.missing}: fetch it on the Data page."
    if summary.missing:
        counted = f"Usage is counted over {samples}; purity {summary.missing}."
    return f"{summary.n_clusters} modes, {empty}, {same}. {counted}"


def percent(share: float) -> str:
    """A share in [0, 1] as text."""
    return "–" if math.isnan(share) else f"{share:.1%}"


@st.cache_resource(max_entries=20, show_spinner="Generating…")
def _generated(_run: Run, folder: str, stamp: object, seed: int) -> NDArray[np.float32]:
    from clustergan_core.generation import N_DRAWS, generate_modes

    return generate_modes(load_method(_run), N_DRAWS, seed)
