"""The modes of a run as rows of one picture, with a description beside each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.pictures.images import sample_grid
from ui.cells.view import CellsView
from ui.frame.pictures import draw_once
from ui.frame.theme import WHOLE_GRID, show_responsive_image, theme_name
from ui.modes.view import ModesView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.scoring.modes import ModeSummary

_WIDTH = 900  # pixels the page has for the picture on a 1280-px screen
_LABEL_WIDTH = 200
_MANY_MODES = 30  # drawn smaller, and in single resolution
MAX_ROWS = 100  # browsers limit the height of a picture


def show_rows(view: ModesView, samples: NDArray[np.float32], order: NDArray[np.int64]) -> None:
    """The modes' samples (K, n_columns, *shape) in one picture, in that order."""
    n_columns = samples.shape[1]
    if len(order) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS} of {len(order):,} modes are drawn; the table lists all.")
        order = order[:MAX_ROWS]
    is_many = len(order) > _MANY_MODES
    cell = max(32, min(48 if is_many else 112, (_WIDTH - _LABEL_WIDTH) // n_columns - 3))
    scale = 1 if is_many else 2
    colours = view.colours
    picture = draw_once(
        sample_grid,
        samples[order],
        row_labels=[row_label(view.summary, int(mode)) for mode in order],
        row_colours=[colours[mode] for mode in order],
        feature_names=view.feature_names,
        cell=cell,
        scale=scale,
        theme=theme_name(),
    )
    described = (
        f"{len(order)} rows of {n_columns} generated samples: a row is a mode, a column shares its z_n. "
        "The table below repeats the text beside the rows."
    )
    show_responsive_image(
        picture.png, (picture.width // scale, picture.height // scale), WHOLE_GRID, described, "mode-rows"
    )


def row_label(summary: ModeSummary, mode: int) -> str:
    """One line each for number and usage, label and purity, and flags."""
    lines = [
        f"Mode {mode}" if summary.usage is None else f"Mode {mode} · {format_share(summary.usage[mode])} of samples"
    ]
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
    return "no labelled sample" if label is None else f"mostly {label}, purity {format_share(summary.purity[mode])}"


def describe_summary(view: ModesView | CellsView) -> str:
    """How many modes are empty or nearly the same, and over which samples usage and purity are counted."""
    record, summary = view.run.config.dataset, view.summary
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
        remedy = ": download it on the Data page" if view.method.encodes else ""
        return f"{summary.n_clusters} modes, {same}. Usage {summary.missing}{remedy}."
    if summary.missing:
        counted = f"Usage is counted over {samples}; purity {summary.missing}."
    return f"{summary.n_clusters} modes, {empty}, {same}. {counted}"


def format_share(share: float) -> str:
    """A share in [0, 1] as text."""
    return "–" if math.isnan(share) else f"{share:.1%}"
