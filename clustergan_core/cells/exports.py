"""Clusters exported to the programs that show cells: into an AnnData, or an h5ad for scanpy, CELLxGENE and Seurat."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.columns import describe_renamed, plain_columns
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix, find_cells

if TYPE_CHECKING:
    from anndata import AnnData

    from clustergan_core.cells.reference_names import CellNames

CLUSTER = "clustergan"  # what all keys are made of, unless a person says otherwise
COMPONENTS = "X_pca"  # what scanpy takes neighbours from: components of the expression, and nothing else

REFERENCE = f"{CLUSTER}_reference"  # the name that a reference gives each cell
OWN_COLUMNS = (CLUSTER, f"{CLUSTER}_confidence", f"{CLUSTER}_edited", REFERENCE, f"{REFERENCE}_confidence")


@dataclass(frozen=True)
class ClusteredCells:
    """A run's clusters of M cells, and everything that repeats the run."""

    cell_ids: Sequence[str]  # (M,) barcodes as the file has them
    clusters: NDArray[np.int64]  # (M,) the model's
    confidence: NDArray[np.float32]  # (M,) in [0, 1]
    latents: NDArray[np.float32]  # (M, D)
    components: NDArray[np.float32] | None = None  # (M, 50 or fewer) principal components of the prepared samples
    coordinates: NDArray[np.float32] | None = None  # (M, 2) of a map
    map_name: str = "umap"  # the map's algorithm
    names: Mapping[int, str] = field(default_factory=dict)  # a person's names of clusters; else their numbers
    colours: Sequence[str] = ()  # by cluster number, as #rrggbb
    config: Mapping[str, Any] = field(default_factory=dict)  # JSON
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    barcodes: Sequence[str] = ()  # (M,) as Loupe names them; empty where these are the cell_ids
    edited: NDArray[np.int64] | None = None  # (M,) the clusters with cells that a person split off; None without any
    reference: CellNames | None = None  # of these M cells; None where no reference has named them

    @property
    def as_edited(self) -> ClusteredCells:
        """These cells in the clusters as a person has edited them."""
        return self if self.edited is None else replace(self, clusters=self.edited, edited=None)

    @property
    def cluster_names(self) -> NDArray[np.str_]:
        """(M,) the name of each cell's cluster."""
        return np.array([self.name_of(cluster) for cluster in self.clusters.tolist()], dtype=np.str_)

    @property
    def names_in_order(self) -> list[str]:
        """The name of each cluster that holds cells once, in the order of all pages: that of the first of its name."""
        n_clusters = 1 + max([*self.clusters.tolist(), *self.names, len(self.colours) - 1], default=-1)
        held = set(self.cluster_names.tolist())
        return [name for name in dict.fromkeys(map(self.name_of, range(n_clusters))) if name in held]

    def name_of(self, cluster: int) -> str:
        """The name a person gave the cluster, or its number."""
        return self.names.get(cluster, str(cluster))


def h5ad_bytes(matrix: CountMatrix, cells: ClusteredCells) -> bytes:
    """An .h5ad of these cells with all genes and values of `matrix`, without the cells that quality control removed.

    It is built in memory: on a full disk HDF5 leaves half a file and an exception for each object it closes.

    `write_clusters` says what it holds of them. The matrix's own columns of cells keep their names as far as
    `describe_columns` does not say otherwise. Genes are named by symbol; var["gene_ids"] has the ids. No column is
    nullable, so that older readers and R open it. Raises DataError for cells that the matrix lacks or names twice.
    """
    rows = find_cells(matrix, cells.cell_ids)
    is_whole = np.array_equal(rows, np.arange(len(matrix.cell_ids)))
    obs = plain_columns(matrix.cells.iloc[rows], OWN_COLUMNS).set_axis(pd.Index(list(cells.cell_ids), dtype=object))
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


def describe_columns(matrix: CountMatrix) -> str:
    """A sentence on the columns of cells that `h5ad_bytes` calls otherwise than the file does; "" without any."""
    return describe_renamed(map(str, matrix.cells), OWN_COLUMNS)


def write_clusters(
    annotated: AnnData, cells: ClusteredCells, rows: NDArray[np.int64], matrix: CountMatrix, key: str = CLUSTER
) -> None:
    """Writes clusters into an AnnData of N cells, of which `cells` are those of `rows` (M,), made of `matrix`.

    obs[key] are categories in the order of clusters, coloured by uns[f"{key}_colors"]. Beside it stand
    obs[f"{key}_confidence"], obsm[f"X_{key}"] with the latents (N, D), obsm["X_pca"] with components of the
    expression, and the map where there is one, such as obsm["X_umap"]; a map of the latents by PCA is
    obsm[f"X_{key}_pca"]. Where a person has split cells off, obs[f"{key}_edited"] and uns[f"{key}_edited_colors"]
    hold the edited clusters; where a reference has named the cells, obs[f"{key}_reference"] holds their names and
    obs[f"{key}_reference_confidence"] how far two opinions agree on them. uns[key] holds config (JSON text), seed,
    versions and which values were read. Cells of other rows have no category, and NaN for numbers.
    """
    _write_categories(annotated, cells, rows, key)
    if cells.edited is not None:
        _write_categories(annotated, cells.as_edited, rows, f"{key}_edited")
    if cells.reference is not None:
        names = np.full(annotated.n_obs, None, dtype=object)
        names[rows] = cells.reference.names.tolist()
        annotated.obs[f"{key}_reference"] = pd.Categorical(names)
        confidence = _spread(cells.reference.confidence, rows, annotated.n_obs)
        annotated.obs[f"{key}_reference_confidence"] = confidence
    annotated.obs[f"{key}_confidence"] = _spread(cells.confidence, rows, annotated.n_obs)
    annotated.obsm[f"X_{key}"] = _spread(cells.latents, rows, annotated.n_obs)
    if cells.components is not None:
        annotated.obsm[COMPONENTS] = _spread(cells.components, rows, annotated.n_obs)
    if cells.coordinates is not None:
        map_key = f"X_{key}_pca" if cells.map_name == "pca" else f"X_{cells.map_name}"
        annotated.obsm[map_key] = _spread(cells.coordinates, rows, annotated.n_obs)
    annotated.uns[key] = {
        "config": json.dumps(cells.config),
        "seed": cells.seed,
        "versions": dict(cells.versions),
        "values": f"{matrix.part}: {matrix.state}",
    }


def _write_categories(annotated: AnnData, cells: ClusteredCells, rows: NDArray[np.int64], key: str) -> None:
    """Writes the clusters' names as categories, and their colours."""
    names = np.full(annotated.n_obs, None, dtype=object)
    names[rows] = cells.cluster_names.tolist()
    categories = cells.names_in_order
    annotated.obs[key] = pd.Categorical(names, categories=pd.Index(categories, dtype=object))
    if cells.colours:
        annotated.uns[f"{key}_colors"] = np.array(_category_colours(cells, categories), dtype=object)


def _spread(values: NDArray[np.float32], rows: NDArray[np.int64], n_all: int) -> NDArray[np.float32]:
    """(n_all, …) with these values (M, …) in their rows and NaN in all others."""
    spread = np.full((n_all, *np.shape(values)[1:]), np.nan, dtype=np.float32)
    spread[rows] = values
    return spread


def _category_colours(cells: ClusteredCells, categories: Sequence[str]) -> list[str]:
    """The colour of each category: that of the first cluster with this name, since clusters may share a name."""
    colours: dict[str, str] = {}
    for cluster, colour in enumerate(cells.colours):
        colours.setdefault(cells.name_of(cluster), colour)
    return [colours[category] for category in categories]
