"""A run of images or a table as the Modes page sees it: opened once and handed down to everything the page draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.runs.run import Run
from ui.loading.modes import assigned_samples, summary_of
from ui.loading.runs import load_data, load_method, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.method import Method
    from clustergan_core.scoring.latents import RunLatents
    from clustergan_core.scoring.modes import ModeSummary


@dataclass(frozen=True)
class ModesView:
    """A run's modes: what generates them, and the samples they hold."""

    run: Run
    method: Method
    dataset: Dataset | None  # None while the data is not on this machine
    latents: RunLatents | None  # of the test samples; None while neither they nor the data are here
    summary: ModeSummary

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The table's columns, empty for images."""
        return self.run.config.dataset.feature_names

    @property
    def colours(self) -> list[str]:
        """(K,) the modes' colours, as on every page."""
        return mode_colours(self.summary.n_clusters)

    def generate(self, n_columns: int, seed: int) -> NDArray[np.float32]:
        """Samples (K, n_columns, *shape) of the modes."""
        return _generated(self.method, str(self.run.folder), weights_stamp(self.run), seed)[:, :n_columns]

    def real_means(self) -> NDArray[np.float64] | None:
        """Mean (K, *shape) of the samples assigned to each mode, NaN for an empty mode; None without the data."""
        if self.dataset is None or self.latents is None:
            return None
        means = np.full((self.summary.n_clusters, *self.dataset.shape), np.nan)
        for mode in range(self.summary.n_clusters):
            held = self.latents.indices[self.latents.clusters == mode]
            if len(held):
                means[mode] = self.dataset.samples[held].mean(axis=0)
        return means


def open_modes(run: Run) -> ModesView:
    """The view of a run that is not of cells."""
    return ModesView(run, load_method(run), load_data(run), assigned_samples(run), summary_of(run))


@st.cache_resource(max_entries=20, show_spinner="Generating…")
def _generated(_method: Method, folder: str, stamp: object, seed: int) -> NDArray[np.float32]:
    from clustergan_core.generation import N_DRAWS, generate_modes

    return generate_modes(_method, N_DRAWS, seed)
