"""Clusters exported to the programs that show cells: into an AnnData, or an h5ad for scanpy, CELLxGENE and Seurat."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix, find_cells
from clustergan_core.data.own.cell_text import as_text, natural_order

if TYPE_CHECKING:
    from anndata import AnnData

MAX_ADJUSTED_P = 0.05
GENES_A_SET = 50

CLUSTER = "clustergan"  # what all keys are made of, unless a person says otherwise


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

    `write_clusters` says what it holds of them. Genes are named by symbol; var["gene_ids"] has the ids. No column is
    nullable, so that older readers and R open it. Raises DataError for cells that the matrix lacks or names twice.
    """
    rows = find_cells(matrix, cells.cell_ids)
    is_whole = np.array_equal(rows, np.arange(len(matrix.cell_ids)))
    obs = _plain_columns(matrix.cells.iloc[rows]).set_axis(pd.Index(list(cells.cell_ids), dtype=object))
    gene_ids = matrix.gene_ids.astype(object)
    var = pd.DataFrame({"gene_ids": gene_ids}, index=pd.Index(list(unique_gene_names(matrix)), dtype=object))
    import anndata
    import h5py

    annotated = anndata.AnnData(matrix.counts if is_whole else matrix.counts[rows], obs=obs, var=var)
    write_clusters(annotated, cells, np.arange(len(rows)), matrix)
    annotated.strings_to_categoricals()
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        anndata.io.write_elem(file, "/", annotated, dataset_kwargs={"compression": "gzip"})
    return content.getvalue()


def write_clusters(
    annotated: AnnData, cells: ClusteredCells, rows: NDArray[np.int64], matrix: CountMatrix, key: str = CLUSTER
) -> None:
    """Writes clusters into an AnnData of N cells, of which `cells` are those of `rows` (M,), made of `matrix`.

    obs[key] are categories in natural order, coloured by uns[f"{key}_colors"]. Beside it stand
    obs[f"{key}_confidence"], obsm[f"X_{key}"] with the latents (N, D), and the map where there is one, such as
    obsm["X_umap"]; uns[key] holds config (JSON text), seed, versions and which values were read. Cells of other rows
    have no category, and NaN for numbers.
    """
    names = np.full(annotated.n_obs, None, dtype=object)
    names[rows] = cells.cluster_names.tolist()
    categories = natural_order(set(cells.cluster_names.tolist()))
    annotated.obs[key] = pd.Categorical(names, categories=categories)
    annotated.obs[f"{key}_confidence"] = _spread(cells.confidence, rows, annotated.n_obs)
    annotated.obsm[f"X_{key}"] = _spread(cells.latents, rows, annotated.n_obs)
    if cells.coordinates is not None:
        annotated.obsm[f"X_{cells.map_name}"] = _spread(cells.coordinates, rows, annotated.n_obs)
    if cells.colours:
        annotated.uns[f"{key}_colors"] = np.array(_category_colours(cells, categories), dtype=object)
    annotated.uns[key] = {
        "config": json.dumps(cells.config),
        "seed": cells.seed,
        "versions": dict(cells.versions),
        "values": f"{matrix.part}: {matrix.state}",
    }


def _spread(values: NDArray[np.float32], rows: NDArray[np.int64], n_all: int) -> NDArray[np.float32]:
    """(n_all, …) with these values (M, …) in their rows and NaN in all others."""
    spread = np.full((n_all, *np.shape(values)[1:]), np.nan, dtype=np.float32)
    spread[rows] = values
    return spread


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
