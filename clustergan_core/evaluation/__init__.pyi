from .agreement import Agreement, accuracy, ari, contingency_table, nmi, purity, score_agreement
from .clusterings import (
    LeidenClusters,
    kmeans_cells,
    kmeans_clusters,
    leiden_at,
    leiden_clusters,
    neighbour_graph,
    principal_components,
)
from .cycle import latent_cycle_loss, sample_cycle_loss
from .frechet import frechet_distance
from .generation import cluster_accuracy, mode_accuracy, name_modes, reconstruction_accuracy
from .integration import drop_unsupported, harmony_components, mutual_pairs, pair_support, partners_across
from .label_free import shared_with_neighbours, silhouette, usage, usage_entropy
from .local_diversity import local_diversity
from .mixing import (
    MixingScores,
    bras,
    cilisi,
    clisi,
    graph_connectivity,
    ilisi,
    isolated_label_f1,
    kbet,
    pcr_comparison,
    score_mixing,
    unit_length,
)
from .modes import code_flips, duplicate_modes, empty_modes, mode_distances, mode_labels
from .nearness import RealSpace, fit_real_space
from .neighbours import nearest_neighbours, sharing_neighbours
from .stability import Stability, measure_stability
from .suggest_k import Suggestion, suggest_n_clusters

__all__ = [
    "Agreement",
    "LeidenClusters",
    "MixingScores",
    "RealSpace",
    "Stability",
    "Suggestion",
    "accuracy",
    "ari",
    "bras",
    "cilisi",
    "clisi",
    "cluster_accuracy",
    "code_flips",
    "contingency_table",
    "drop_unsupported",
    "duplicate_modes",
    "empty_modes",
    "fit_real_space",
    "frechet_distance",
    "graph_connectivity",
    "harmony_components",
    "ilisi",
    "isolated_label_f1",
    "kbet",
    "kmeans_cells",
    "kmeans_clusters",
    "latent_cycle_loss",
    "leiden_at",
    "leiden_clusters",
    "local_diversity",
    "measure_stability",
    "mode_accuracy",
    "mode_distances",
    "mode_labels",
    "mutual_pairs",
    "name_modes",
    "nearest_neighbours",
    "neighbour_graph",
    "nmi",
    "pair_support",
    "partners_across",
    "pcr_comparison",
    "principal_components",
    "purity",
    "reconstruction_accuracy",
    "sample_cycle_loss",
    "score_agreement",
    "score_mixing",
    "shared_with_neighbours",
    "sharing_neighbours",
    "silhouette",
    "suggest_n_clusters",
    "unit_length",
    "usage",
    "usage_entropy",
]
