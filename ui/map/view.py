"""A run as the Map page sees it: the samples behind the map's points, their latents, clusters and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.generation import reconstruct
from clustergan_core.runs.run import Run
from clustergan_core.scoring.latents import RunLatents
from ui.loading.runs import load_data, load_latents, load_method, tables_stamp, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.method import Method
    from clustergan_core.runs.maps import MapRequest


@dataclass(frozen=True)
class MapView:
    """The points of a map in their order; every array has one row for each point."""

    run: Run
    method: Method
    dataset: Dataset | None  # None while the data is not on this machine
    indices: NDArray[np.int64]  # (N,) positions in the data set
    features: NDArray[np.float32]  # (N, D) what the layout is computed from
    normal: NDArray[np.float32]  # (N, n_normal)
    code: NDArray[np.float32]  # (N, n_clusters)
    clusters: NDArray[np.int64]
    confidence: NDArray[np.float32]

    @property
    def noun(self) -> str:
        """The word for a sample: "cell" for count matrices."""
        return "cell" if self.run.config.dataset.kind == "expression" else "sample"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The table's columns, empty for images."""
        return self.run.config.dataset.feature_names

    def reconstructions(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """G(E(x)) of some points (n, *shape)."""
        latents = RunLatents(
            self.indices[rows], self.normal[rows], self.code[rows], self.clusters[rows], self.confidence[rows]
        )
        samples = reconstruct(self.method, latents.encoding())
        assert samples is not None, "methods that decode nothing come with their own pictures"
        return samples.numpy()

    def pictures(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The samples of some points (n, *shape), or their reconstructions while the data is absent."""
        if self.dataset is None:
            return self.reconstructions(rows)
        return self.dataset.samples[self.indices[rows]]

    def labels(self) -> NDArray[np.int64] | None:
        """(N,) the reference labels as numbers, or None without data or labels."""
        if self.dataset is None or self.dataset.labels is None:
            return None
        return self.dataset.labels[self.indices]

    @cached_property
    def sample_ids(self) -> list[str]:
        """The id of each point's sample."""
        indices = self.indices.tolist()
        return [str(index) if self.dataset is None else self.dataset.sample_id(index) for index in indices]

    def sample_id(self, row: int) -> str:
        """The id of a point's sample."""
        return self.sample_ids[row]


def open_view(request: MapRequest) -> MapView:
    """The view of a request's points. Raises DataError when neither latents nor data are here."""
    run = request.run
    stamp = weights_stamp(run, request.which)
    data = run.is_data_here(), tables_stamp(run)
    points = request.split, request.which, request.n_samples, request.space
    return _view(request, str(run.folder), points, stamp, data)


@st.cache_resource(max_entries=4, show_spinner="Reading the latents…")
def _view(_request: MapRequest, folder: str, points: tuple[object, ...], stamp: object, data: object) -> MapView:
    run = _request.run
    method, latents = load_method(run, _request.which), load_latents(run, _request.split, _request.which)
    rows = _request.rows(len(latents.indices))
    return MapView(
        run=run,
        method=method,
        dataset=load_data(run),
        indices=latents.indices[rows],
        features=_request.features(method, latents),
        normal=latents.normal[rows],
        code=latents.code[rows],
        clusters=latents.clusters[rows],
        confidence=latents.confidence[rows],
    )
