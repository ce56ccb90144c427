"""Clusters exported to the programs that show cells: h5ad for scanpy, CELLxGENE and Seurat; Loupe; marker tables."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix, find_cells
from clustergan_core.data.own.cell_text import as_text, natural_order

MAX_ADJUSTED_P = 0.05
GENES_A_SET = 50

CLUSTER, CONFIDENCE, LATENT = "clustergan", "clustergan_confidence", "X_clustergan"


@dataclass(frozen=True)
class ClusteredCells:
    """A run's clusters of M cells, and everything that repeats the run."""

    cell_ids: Sequence[str]  # (M,) barcodes as the file has them
    clusters: NDArray[np.int64]  # (M,)
    confidence: NDArray[np.float32]  # (M,) in [0, 1]
    latents: NDArray[np.float32]  # (M, D)
    coordinates: NDArray[np.float32] | None = None  # (M, 2) of a map
    map_name: str = "umap"  # the map's algorithm, as scanpy names its keys
    names: Mapping[int, str] = field(default_factory=dict)  # a person's names of clusters; else their numbers
    colours: Sequence[str] = ()  # by cluster number, as #rrggbb
    config: Mapping[str, Any] = field(default_factory=dict)  # JSON
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster_names(self) -> NDArray[np.str_]:
        """(M,) the name of each cell's cluster."""
        return np.array([self.name_of(cluster) for cluster in self.clusters.tolist()], dtype=np.str_)

    def name_of(self, cluster: int) -> str:
        """The name a person gave the cluster, or its number."""
        return self.names.get(cluster, str(cluster))


def h5ad_bytes(matrix: CountMatrix, cells: ClusteredCells) -> bytes:
    """An .h5ad of these cells with all genes and values of `matrix`, without the cells that quality control removed.

    It is built in memory: on a full disk HDF5 leaves half a file and an exception for each object it closes.

    obs["clustergan"] holds categories in natural order, coloured by uns["clustergan_colors"]. The file also holds
    obs["clustergan_confidence"], obsm["X_clustergan"] and the map, such as obsm["X_umap"]; uns["clustergan"] holds
    config (JSON text), seed and versions. Genes are named by symbol; var["gene_ids"] has the ids. No column is
    nullable, so that older readers and R open it. Raises DataError for cells that the matrix lacks or names twice.
    """
    rows = find_cells(matrix, cells.cell_ids)
    is_whole = np.array_equal(rows, np.arange(len(matrix.cell_ids)))
    obs = _plain_columns(matrix.cells.iloc[rows]).set_axis(pd.Index(list(cells.cell_ids), dtype=object))
    names = cells.cluster_names.tolist()
    categories = natural_order(set(names))
    obs[CLUSTER] = pd.Categorical(names, categories=categories)
    obs[CONFIDENCE] = np.asarray(cells.confidence, dtype=np.float32)
    gene_ids = matrix.gene_ids.astype(object)
    var = pd.DataFrame({"gene_ids": gene_ids}, index=pd.Index(list(unique_gene_names(matrix)), dtype=object))
    import anndata
    import h5py

    annotated = anndata.AnnData(matrix.counts if is_whole else matrix.counts[rows], obs=obs, var=var)
    annotated.obsm[LATENT] = np.asarray(cells.latents, dtype=np.float32)
    if cells.coordinates is not None:
        annotated.obsm[f"X_{cells.map_name}"] = np.asarray(cells.coordinates, dtype=np.float32)
    if cells.colours:
        annotated.uns[f"{CLUSTER}_colors"] = np.array(_category_colours(cells, categories), dtype=object)
    annotated.uns[CLUSTER] = {
        "config": json.dumps(cells.config),
        "seed": cells.seed,
        "versions": dict(cells.versions),
        "values": f"{matrix.part}: {matrix.state}",
    }
    annotated.strings_to_categoricals()
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        anndata.io.write_elem(file, "/", annotated, dataset_kwargs={"compression": "gzip"})
    return content.getvalue()


def _plain_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers as numpy types, everything else as text or categories of text, under names that HDF5 can hold."""
    plain: dict[str, Any] = {}
    for name in table:
        values = table[name]
        is_extension = pd.api.types.is_extension_array_dtype(values.dtype)
        if isinstance(values.dtype, pd.CategoricalDtype):
            texts = as_text(values.to_numpy(dtype=object)).tolist()
            # Every version of the format can store a cell without a category.
            column: Any = pd.Categorical(texts, natural_order(set(texts) - {""}))
        elif pd.api.types.is_bool_dtype(values.dtype) and not values.hasnans:
            column = values.to_numpy(dtype=np.bool_)
        elif pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            column = values.to_numpy(dtype=np.float64, na_value=np.nan) if is_extension else values.to_numpy()
        else:
            column = np.array(as_text(values.to_numpy(dtype=object)).tolist(), dtype=object)
        plain[_plain_name(str(name), plain)] = column
    return pd.DataFrame(plain, index=table.index)


def _plain_name(name: str, taken: Mapping[str, Any]) -> str:
    """A unique column name; a slash would become a group, and "_index" belongs to the format."""
    name = name.replace("/", "_")
    while name in taken or name == "_index":
        name += "_"
    return name


def _category_colours(cells: ClusteredCells, categories: Sequence[str]) -> list[str]:
    """The colour of each category: that of the first cluster with this name, since clusters may share a name."""
    colours: dict[str, str] = {}
    for cluster, colour in enumerate(cells.colours):
        colours.setdefault(cells.name_of(cluster), colour)
    return [colours[category] for category in categories]


def loupe_clusters(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,ClusterGAN`, for Loupe's "import categories"."""
    return pd.DataFrame({"Barcode": list(cells.cell_ids), "ClusterGAN": cells.cluster_names})


def loupe_map(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,X,Y`, for Loupe's "import projection"; the first two latent dimensions where there is no map."""
    coordinates = cells.latents if cells.coordinates is None else cells.coordinates
    return pd.DataFrame({"Barcode": list(cells.cell_ids), "X": coordinates[:, 0], "Y": coordinates[:, 1]})


def marker_table(markers: pd.DataFrame, cells: ClusteredCells) -> pd.DataFrame:
    """The table of `find_markers` with cluster names instead of numbers."""
    return markers.assign(cluster=[cells.name_of(cluster) for cluster in markers["cluster"]])


def gene_sets(markers: pd.DataFrame, cells: ClusteredCells, n_genes: int = GENES_A_SET) -> pd.DataFrame:
    """CELLxGENE gene sets: each cluster's raised genes with an adjusted p below 5%, `n_genes` at most."""
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
