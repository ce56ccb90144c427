"""Scores of a clustering, with labels and without: arrays in, numbers out."""

from clustergan_core.evaluation.agreement import (
    Agreement,
    accuracy,
    ari,
    contingency_table,
    nmi,
    purity,
    score_agreement,
)
from clustergan_core.evaluation.cycle import latent_cycle_loss, sample_cycle_loss
from clustergan_core.evaluation.label_free import (
    shared_with_neighbours,
    silhouette,
    usage,
    usage_entropy,
)
from clustergan_core.evaluation.neighbours import nearest_neighbours, sharing_neighbours
from clustergan_core.evaluation.reference_clusterings import kmeans_clusters

__all__ = [
    "Agreement",
    "accuracy",
    "ari",
    "contingency_table",
    "kmeans_clusters",
    "latent_cycle_loss",
    "nearest_neighbours",
    "nmi",
    "purity",
    "sample_cycle_loss",
    "score_agreement",
    "shared_with_neighbours",
    "sharing_neighbours",
    "silhouette",
    "usage",
    "usage_entropy",
]
