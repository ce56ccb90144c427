"""The modes of a run: the samples in each, and a line on each, computed once for all sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import DataError
from clustergan_core.methods import find_method
from clustergan_core.runs.run import Run
from ui.loading.runs import load_data, load_latents, load_method, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.scoring.latents import RunLatents
    from clustergan_core.scoring.modes import ModeSummary


def assigned_samples(run: Run) -> RunLatents | None:
    """The test samples with their modes; None without an encoder, and while neither they nor the data are here."""
    if not find_method(run.config.method).encodes:
        return None
    try:
        return load_latents(run)
    except DataError:
        return None


def summary_of(run: Run) -> ModeSummary:
    """The run's summary, computed once for its weights and again when its data arrives."""
    return _summary(run, str(run.folder), weights_stamp(run), run.is_data_here())


@st.cache_resource(max_entries=20, show_spinner="Comparing the modes…")
def _summary(_run: Run, folder: str, stamp: object, is_data_here: bool) -> ModeSummary:
    from clustergan_core.scoring.modes import summarise_modes

    return summarise_modes(load_method(_run), assigned_samples(_run), load_data(_run))
