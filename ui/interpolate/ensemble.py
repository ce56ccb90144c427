"""The runs that differ from a run only in their seed, as the pages of its cells use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.clusters.ensembles import Ensemble, clusters_of_all, find_ensemble
from clustergan_core.runs.run import Run
from ui.loading.runs import load_latents, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.cells.ensembles import WalkEnds

_KNOWN_SECONDS = 10  # for which the list of runs is kept, as every move of a slider asks for it


def open_ensemble(run: Run) -> Ensemble:
    """The ensemble of a run, as it was a few seconds ago at most."""
    return _find(run, str(run.folder))


def forget_ensembles() -> None:
    """Lets the next call look for runs again."""
    _find.clear()


def ensemble_key(runs: tuple[Run, ...]) -> tuple[tuple[str, object], ...]:
    """What caches of things made from several runs depend on."""
    return tuple((str(run.folder), weights_stamp(run)) for run in runs)


def ends_in_runs(runs: tuple[Run, ...], n_cells: int, start: int, finish: int) -> list[WalkEnds]:
    """The cells at the ends of a walk between two modes of the first run, in each run that has both types."""
    from clustergan_core.cells.ensembles import find_ends

    return find_ends(clusters_of_all([load_latents(run, "all") for run in runs], n_cells), start, finish)


@st.cache_resource(ttl=_KNOWN_SECONDS, show_spinner=False)
def _find(_run: Run, folder: str) -> Ensemble:
    return find_ensemble(_run)
