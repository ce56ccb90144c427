"""Choosing a map: algorithm, samples and the algorithm's own settings, stored in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clustergan_core.data.dataset import SplitName
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.maps import MapRequest
from clustergan_core.runs.run import Run
from ui.frame.choices import number, segmented, select

ALGORITHMS = {"t-SNE": "tsne", "UMAP": "umap", "PCA": "pca"}
SAMPLES: dict[str, SplitName] = {"test split": "test", "all samples": "all"}
DIMENSIONS = {"2-D": 2, "3-D": 3}
N_POINTS = {"up to 2,000": 2_000, "up to 10,000": 10_000, "all": 10_000_000}


def choose_map(run: Run) -> MapRequest:
    """The map to draw: a line of widgets for what changes often, and a popover for the rest."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        algorithm = choose_algorithm([run])
        dimensions = segmented("dimensions", list(DIMENSIONS), "Dimensions")
        split = choose_split([run])
        with st.popover("Map settings", icon=":material/tune:"):
            values = _choose_details(algorithm)
            points = select(
                "points",
                list(N_POINTS),
                "Points",
                default=list(N_POINTS)[1],
                help_text="A sample by a fixed seed where there are more. All of 70,000 points take several minutes.",
            )
    settings = MapSettings.model_validate({"algorithm": algorithm, "n_components": DIMENSIONS[dimensions], **values})
    return MapRequest(run, settings, split, n_samples=N_POINTS[points])


def choose_algorithm(runs: Sequence[Run]) -> str:
    """The layout algorithm, by its name in MapSettings; for cells UMAP comes first, as their other tools draw it."""
    names = sorted(ALGORITHMS, key=lambda name: name != "UMAP") if _are_of_cells(runs) else list(ALGORITHMS)
    return ALGORITHMS[segmented("layout", names, "Layout")]


def choose_split(runs: Sequence[Run]) -> SplitName:
    """Which split of the runs' samples; all samples where the data of one run has no splits.

    Runs of cells show all samples by default: every cell matters to a person, and there are few enough.
    """
    has_splits = all(run.config.dataset.has_splits for run in runs)
    splits = list(SAMPLES) if has_splits else list(SAMPLES)[1:]
    if _are_of_cells(runs):
        splits.reverse()
    return SAMPLES[segmented("samples", splits, "Samples")]


def _are_of_cells(runs: Sequence[Run]) -> bool:
    return all(is_of_cells(run) for run in runs)


def _choose_details(algorithm: str) -> dict[str, object]:
    """The algorithm's own settings; settings of other algorithms keep their defaults."""
    values: dict[str, object] = {}
    if algorithm == "tsne":
        values["perplexity"] = _choose_detail("perplexity", 5)
        values["n_iterations"] = _choose_detail("n_iterations", 50)
    elif algorithm == "umap":
        values["n_neighbours"] = _choose_detail("n_neighbours", 1)
        values["min_dist"] = _choose_detail("min_dist", 0.05)
    if algorithm == "pca":
        st.caption("PCA has no settings: it projects the latents onto the axes of largest variance.")
    else:
        values["seed"] = _choose_detail("seed", 1)
    return values


def _choose_detail(name: str, step: float) -> float:
    return number(f"map_{name}", MapSettings.model_fields[name], step=step)
