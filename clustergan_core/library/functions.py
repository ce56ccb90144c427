"""fit, load, score, embed and plot: cluster and inspect a data set in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset, SplitName
from clustergan_core.data.opening import open_dataset
from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.settings import Algorithm, MapSettings
from clustergan_core.errors import DataError
from clustergan_core.library.estimators import GanClusterer, RandomState, Samples, find_estimator
from clustergan_core.library.fitting import OnProgress
from clustergan_core.methods import default_method, find_method
from clustergan_core.preset import PresetName
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run
from clustergan_core.scoring.final import score_method
from clustergan_core.scoring.records import MethodScores

if TYPE_CHECKING:  # a second of imports, for figures alone
    from plotly.graph_objects import Figure


def fit(
    data: Dataset | str | Path | ArrayLike,
    method: str | None = None,
    *,
    n_clusters: int | None = None,
    preset: PresetName = "default",
    n_steps: int | None = None,
    evaluate_every: int | None = None,
    settings: Mapping[str, Any] | None = None,
    random_state: RandomState = 0,
    device: Literal["auto", "cpu", "cuda"] = "cpu",
    n_threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> GanClusterer:
    """Fits an estimator to a data set, or to anything that `open_dataset` opens: a name, a path or an array.

    `method` defaults to the one with the best figures that has the preset. Other defaults are those of the app, and the
    same data, settings and seed give the same clusters as a run. Raises SettingsError and DataError.
    """
    dataset = data if isinstance(data, Dataset) else open_dataset(data)
    estimator = find_estimator(find_method(method or default_method(preset)).name)
    return estimator(
        n_clusters,
        preset=preset,
        n_steps=n_steps,
        evaluate_every=evaluate_every,
        settings=settings,
        random_state=random_state,
        device=device,
        n_threads=n_threads,
        on_progress=on_progress,
    ).fit_dataset(dataset)


def load(run: Run | str | Path) -> GanClusterer:
    """Loads the best weights of a run, by its folder or name, or of a shipped model, as a fitted estimator.

    It has no `labels_`, because no data is read; `predict` gives the clusters of any data. Raises RunError if there is
    no such run.
    """
    found = run if isinstance(run, Run) else find_run(str(run))
    config = found.config
    estimator = find_estimator(config.method)(
        config.n_clusters,
        preset=config.preset,
        n_steps=config.schedule.n_steps,
        evaluate_every=config.schedule.evaluate_every,
        settings={name: value for name, value in config.settings.items() if name != "n_clusters"},
        random_state=config.seed,
        n_threads=config.threads,
    )
    return estimator.adopt(config, found.load("best"))


def score(model: GanClusterer, data: Dataset | str | Path | ArrayLike, split: SplitName | None = None) -> MethodScores:
    """Returns the figures of the command `evaluate` by name: agreement with labels (None without any), silhouette, ….

    `split` defaults to the test split, or to all samples if none are held out. Raises DataError for data that does not
    fit the model's preprocessing.
    """
    dataset = data if isinstance(data, Dataset) else open_dataset(data)
    model.require_fit(dataset)
    return score_method(model.method_, dataset, split or ("all" if dataset.splits.is_shared else "test"))


def embed(
    model: GanClusterer,
    data: Samples,
    algorithm: Algorithm = "tsne",
    n_components: Literal[2, 3] = 2,
    random_state: int = 0,
    **settings: Any,
) -> NDArray[np.float32]:
    """Computes coordinates (N, n_components) of the samples' latents by "pca", "tsne" or "umap".

    Further settings are those of `MapSettings`, such as `perplexity` or `n_neighbours`. Raises DataError for fewer than
    4 samples.
    """
    words = {"algorithm": algorithm, "n_components": n_components, "seed": random_state, **settings}
    latents = model.encode(data)
    features = model.method_.clustering_features(latents.encoding()).numpy()
    *_, last = compute_map(features, MapSettings.model_validate(words))
    return last.coordinates


def plot(
    model: GanClusterer,
    data: Samples,
    colour_by: Literal["clusters", "labels"] = "clusters",
    coordinates: NDArray[np.floating] | None = None,
    dark: bool = False,
) -> Figure:
    """Draws the samples' latents in two or three dimensions, with one colour for each cluster or label.

    `coordinates` (N, 2) or (N, 3) come from `embed`; the default is t-SNE in two dimensions. Raises DataError if labels
    are requested and the data has none.
    """
    from clustergan_core.drawing.figures.scatter import embedding2d_figure, embedding3d_figure
    from clustergan_core.drawing.theme import apply_theme

    places = embed(model, data) if coordinates is None else coordinates
    if colour_by == "labels":
        if not isinstance(data, Dataset) or data.labels is None or not (data.labels != UNLABELLED).any():
            raise DataError("The samples have no labels to colour by: open a data set with labels, or plot clusters.")
        groups, names = data.labels, list(data.label_names)
    else:
        groups, names = model.predict(data), [f"cluster {k}" for k in range(model.config_.n_clusters)]
    draw = embedding3d_figure if places.shape[1] == 3 else embedding2d_figure
    return apply_theme(draw(places, groups, names), dark)
