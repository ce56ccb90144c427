"""What a map is drawn of: the samples behind its points, their latents, and whatever is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.runs.run import Run
from ui.loading.runs import load_data, load_latents, load_method, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.method import Encoding, Method
    from clustergan_core.runs.maps import MapRequest


@dataclass(frozen=True)
class MapView:
    """The points of a map in their order; every array has one row a point."""

    run: Run
    method: Method
    dataset: Dataset | None  # None while the data is not on this machine
    indices: NDArray[np.int64]  # positions in the data set
    features: NDArray[np.float32]  # (N, D), what is laid out
    normal: NDArray[np.float32]  # (N, n_normal)
    code: NDArray[np.float32]  # (N, n_clusters)
    clusters: NDArray[np.int64]
    confidence: NDArray[np.float32]

    @property
    def noun(self) -> str:
        """What a sample is: "cell" for count matrices."""
        return "cell" if self.run.config.dataset.kind == "expression" else "sample"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The table's columns, empty for images."""
        return self.run.config.dataset.feature_names

    def encoding(self, rows: NDArray[np.int64]) -> Encoding:
        """The latents of some points as tensors."""
        import torch

        from clustergan_core.method import Encoding

        return Encoding(torch.from_numpy(self.normal[rows]), torch.from_numpy(self.code[rows]))

    def reconstructions(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """G(E(x)) of some points (n, *shape)."""
        from clustergan_core.generation import reconstruct

        samples = reconstruct(self.method, self.encoding(rows))
        assert samples is not None, "methods that decode nothing come with their own pictures"
        return samples.numpy()

    def pictures(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The samples of some points (n, *shape); their reconstructions while the data is absent."""
        if self.dataset is None:
            return self.reconstructions(rows)
        return self.dataset.samples[self.indices[rows]]

    def labels(self) -> NDArray[np.int64] | None:
        """The reference labels as numbers, or None without data or labels."""
        if self.dataset is None or self.dataset.labels is None:
            return None
        return self.dataset.labels[self.indices]

    def sample_id(self, row: int) -> str:
        """What the sample of a point is called."""
        index = int(self.indices[row])
        return str(index) if self.dataset is None else self.dataset.sample_id(index)


def open_view(request: MapRequest) -> MapView:
    """Everything about the points a request draws; DataError when neither latents nor data are here."""
    run = request.run
    stamp = weights_stamp(run, request.which)
    return _view(request, str(run.folder), request.split, request.which, request.n_samples, stamp, run.is_data_here())


@st.cache_resource(max_entries=4, show_spinner="Reading the latents…")
def _view(_request: MapRequest, folder: str, split: str, which: str, n: int, stamp: object, has_data: bool) -> MapView:
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
