"""Label-free figures of a trained method, from which a number of modes is suggested.

They are computed on training samples, the same for every run on the same data, so that the clusterings of several runs
can be compared sample by sample and no choice depends on test samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.evaluation.label_free import (
    information_of_neighbours,
    shared_with_neighbours,
    silhouette,
    usage,
    usage_entropy,
)
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.scoring.labelled import without_labelled
from clustergan_core.scoring.latents import readable_indices

if TYPE_CHECKING:
    from clustergan_core.method import Method

N_SAMPLES = 2_000
N_COMPARED = 1_000  # generated samples, compared with as many real ones
N_NEIGHBOURS = 5


class LabelFree(BaseModel):
    """The document label_free.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str  # its digest; clusters are comparable if this and n agree
    n: int
    clusters: tuple[int, ...]  # of the n samples
    n_used: int  # modes with at least one of them
    usage_entropy: float  # in nats
    silhouette: float | None  # of the latents
    data_silhouette: float | None  # of the samples' principal components
    neighbour_agreement: float  # corrected for chance
    neighbour_information: float | None = None  # as a share of log K; None in older files
    frechet: float | None  # in principal components, which do not use labels


def score_without_labels(method: Method, dataset: Dataset) -> LabelFree:
    """Scores a method on at most 2,000 training samples (from all samples if they are not split).

    Raises RunError for a method without clusters.
    """
    import torch

    from clustergan_core.evaluation.features import fit_components
    from clustergan_core.generation import draw_latent, generate_all
    from clustergan_core.nn.acceleration import one_thread
    from clustergan_core.scoring.generated import RealSamples

    method.require("encoder")
    with one_thread(), libraries_on_one_thread():
        n_clusters = method.n_clusters
        indices = readable_indices(
            type(method), method.settings, without_labelled(method, dataset, chosen_samples(dataset))
        )
        samples = dataset.samples[indices]
        encoding = method.encode_all(torch.from_numpy(samples))
        clusters = method.assign_encoding(encoding)[0].numpy()
        components = fit_components(dataset)
        neighbours = nearest_neighbours(samples.reshape(len(samples), -1), min(N_NEIGHBOURS, len(samples) - 1))
        frechet = None
        if method.generates:
            real = RealSamples(dataset, indices, components, N_COMPARED)
            frechet = real.distance(real.read(generate_all(method, draw_latent(method, N_COMPARED))))
        return LabelFree(
            dataset=dataset.digest,
            n=len(indices),
            clusters=tuple(clusters.tolist()),
            n_used=int((usage(clusters, n_clusters) > 0).sum()),
            usage_entropy=_round(usage_entropy(clusters, n_clusters)),
            silhouette=_round(silhouette(method.clustering_features(encoding).numpy(), clusters)),
            data_silhouette=_round(silhouette(components(torch.from_numpy(samples)).astype(np.float32), clusters)),
            neighbour_agreement=_round(shared_with_neighbours(neighbours, clusters)),
            neighbour_information=_round(information_of_neighbours(neighbours, clusters, n_clusters)),
            frechet=None if frechet is None else frechet["value"],
        )


def chosen_samples(dataset: Dataset) -> NDArray[np.int64]:
    """The samples on which every run on this data is scored, ascending."""
    return draw_subset(dataset.splits.train, N_SAMPLES, DATA_SEED)


def _round(value: Any) -> Any:
    """Rounds to five digits, which do not depend on the processor."""
    return None if value is None else float(f"{value:.5g}")
