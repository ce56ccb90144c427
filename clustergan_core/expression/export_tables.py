"""Clusters, maps and markers as the tables that Loupe and CELLxGENE read; the caller writes them as CSV."""

from __future__ import annotations

import pandas as pd

from clustergan_core.expression.export import ClusteredCells

MAX_ADJUSTED_P = 0.05
GENES_A_SET = 50


def loupe_clusters(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,ClusterGAN`: Loupe's "import categories"."""
    return pd.DataFrame({"Barcode": list(cells.cell_ids), "ClusterGAN": cells.cluster_names})


def loupe_map(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,X,Y`: Loupe's "import projection"; the first two latent dimensions where there is no map."""
    coordinates = cells.latents if cells.coordinates is None else cells.coordinates
    return pd.DataFrame({"Barcode": list(cells.cell_ids), "X": coordinates[:, 0], "Y": coordinates[:, 1]})


def marker_table(markers: pd.DataFrame, cells: ClusteredCells) -> pd.DataFrame:
    """The table of `find_markers` with clusters by name."""
    return markers.assign(cluster=[cells.name_of(cluster) for cluster in markers["cluster"]])


def gene_sets(markers: pd.DataFrame, cells: ClusteredCells, n_genes: int = GENES_A_SET) -> pd.DataFrame:
    """CELLxGENE's gene sets: of each cluster the genes it has more of, `n_genes` at most, below 5% adjusted p."""
    raised = markers[(markers["score"] > 0) & (markers["p_adjusted"] < MAX_ADJUSTED_P)]
    best = raised.groupby("cluster", sort=False).head(n_genes)
    names = [cells.name_of(cluster) for cluster in best["cluster"]]
    return pd.DataFrame(
        {
            "gene_set_name": [f"ClusterGAN {name}" for name in names],
            "gene_set_description": [f"Markers (exploratory) of cluster {name}" for name in names],
            "gene_symbol": best["gene"].to_numpy(),
            "gene_description": [f"log2 fold change {change:.2f}" for change in best["log2_fold_change"]],
        }
    )
