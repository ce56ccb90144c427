"""Which map: algorithm, samples and the algorithm's own settings, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clustergan_core.data.dataset import SplitName
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.maps import MapRequest
from clustergan_core.runs.run import Run
from ui.frame.choices import linked, number_between, one_of, whole_number_between

ALGORITHMS = {"t-SNE": "tsne", "UMAP": "umap", "PCA": "pca"}
SAMPLES: dict[str, SplitName] = {"test split": "test", "all samples": "all"}
DIMENSIONS = {"2-D": 2, "3-D": 3}
N_POINTS = {"up to 2,000": 2_000, "up to 10,000": 10_000, "all": 10_000_000}


def choose_map(run: Run) -> MapRequest:
    """Widgets in a line for what is changed often, and a popover for the rest."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        algorithm = choose_algorithm()
        dimensions = _pick("Dimensions", "dimensions", list(DIMENSIONS))
        split = choose_split([run])
        with st.popover("Map settings", icon=":material/tune:"):
            values = _choose_details(algorithm)
            with linked("points", one_of(list(N_POINTS))):
                points = st.selectbox(
                    "Points", list(N_POINTS), index=1, key="points", bind="query-params",
                    help="Drawn by a fixed seed where there are more. All of 70,000 take several minutes.",
                )  # fmt: skip
    settings = MapSettings.model_validate({"algorithm": algorithm, "n_components": DIMENSIONS[dimensions], **values})
    return MapRequest(run, settings, split, n_samples=N_POINTS[points])


def choose_algorithm() -> str:
    """How latents are laid out, as MapSettings calls it."""
    return ALGORITHMS[_pick("Layout", "layout", list(ALGORITHMS))]


def choose_split(runs: Sequence[Run]) -> SplitName:
    """Which of the runs' samples; all where the data of one of them has no splits.

    Of cells all are shown at first: a person asks for each of them, and there are few enough.
    """
    datasets = [run.config.dataset for run in runs]
    splits = list(SAMPLES) if all(dataset.has_splits for dataset in datasets) else list(SAMPLES)[1:]
    if all(dataset.kind == "expression" for dataset in datasets):
        splits.reverse()
    return SAMPLES[_pick("Samples", "samples", splits)]


def _pick(label: str, key: str, options: list[str]) -> str:
    with linked(key, one_of(options)):
        return st.segmented_control(
            label, options, default=options[0], required=True, key=key, bind="query-params"
        )  # fmt: skip


def _choose_details(algorithm: str) -> dict[str, object]:
    """The algorithm's own settings; those of the others keep their defaults."""
    values: dict[str, object] = {}
    if algorithm == "tsne":
        values["perplexity"] = _number("perplexity", 5.0)
        values["n_iterations"] = _whole_number("n_iterations", 50)
    elif algorithm == "umap":
        values["n_neighbours"] = _whole_number("n_neighbours", 1)
        values["min_dist"] = _number("min_dist", 0.05)
    if algorithm == "pca":
        st.caption("PCA has no settings: it turns the latents so that their widest spread lies flat.")
    else:
        values["seed"] = _whole_number("seed", 1)
    return values


def _bounds(name: str) -> tuple[float, float]:
    limits = {type(limit).__name__: limit for limit in MapSettings.model_fields[name].metadata}
    return limits["Ge"].ge, limits["Le"].le


def _number(name: str, step: float) -> float:
    field, (low, high) = MapSettings.model_fields[name], _bounds(name)
    key = f"map_{name}"
    with linked(key, number_between(low, high)):
        return st.number_input(
            str(field.title), float(low), float(high), float(field.default), step,
            key=key, bind="query-params", help=field.description,
        )  # fmt: skip


def _whole_number(name: str, step: int) -> int:
    field, (low, high) = MapSettings.model_fields[name], _bounds(name)
    key = f"map_{name}"
    with linked(key, whole_number_between(int(low), int(high))):
        return st.number_input(
            str(field.title), int(low), int(high), int(field.default), step,
            key=key, bind="query-params", help=field.description,
        )  # fmt: skip
