"""Exports of a run of cells to other programs: the cells with clusters, names, latents and a map; their markers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.export_tables import (
    describe_barcodes,
    describe_gene_sets,
    gene_sets,
    loupe_clusters,
    loupe_map,
    marker_table,
    number_barcodes,
)
from clustergan_core.cells.exports import ClusteredCells, describe_columns, h5ad_bytes
from clustergan_core.cells.markers import find_markers
from clustergan_core.cells.methods_text import describe_methods
from clustergan_core.data.counts.joining import BARCODE
from clustergan_core.data.counts.matrix import CountMatrix, keep_apart, take_cells
from clustergan_core.data.counts.quality_rules import DOUBLET, DOUBLET_SCORE
from clustergan_core.data.dataset import Dataset, SplitName
from clustergan_core.data.opening import name_samples
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapSettings
from clustergan_core.evaluation.clusterings import principal_components
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters.names import Annotations, cluster_groups, merge_clusters, read_annotations
from clustergan_core.runs.clusters.reference_names import read_names
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, find_map
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.latents import RunLatents

if TYPE_CHECKING:
    from clustergan_core.method import Method

_PREFERENCE: tuple[Algorithm, ...] = ("umap", "tsne")  # in the order in which programs for cells prefer them


@dataclass(frozen=True)
class CellExport:
    """A run's cells of one split, as in every exported file."""

    run: Run
    matrix: CountMatrix  # these cells, all genes
    cells: ClusteredCells
    annotations: Annotations
    dataset: Dataset  # the run's, of which these cells are some
    indices: NDArray[np.int64]  # (M,) where in it they are

    @cached_property
    def markers(self) -> pd.DataFrame:
        """Markers of every cluster, as edited, against all other cells; clusters with the same name count as one."""
        groups = cluster_groups(self.annotations, self.run.config.n_clusters)
        markers = find_markers(self.matrix, merge_clusters(self.cells.as_edited.clusters, groups))
        return markers.assign(cluster=[groups[number].clusters[0] for number in markers["cluster"]])

    @property
    def columns_notes(self) -> list[str]:
        """Sentences on tables brought beside the matrix, and on columns that have another name in the h5ad."""
        return describe_own_columns(self.run, self.matrix)

    @property
    def barcodes_note(self) -> str:
        """A sentence on barcodes that Loupe will not recognise; "" without any."""
        return describe_barcodes(self.matrix, _number_samples(self.run, self.dataset, self.matrix, self.indices)[0])

    @property
    def gene_sets_note(self) -> str:
        """A sentence on gene sets that are called otherwise than their clusters; "" without any."""
        return describe_gene_sets(self.cells.names)

    def h5ad(self) -> bytes:
        """The cells with all genes for scanpy and CELLxGENE."""
        components = principal_components(self.dataset.samples)[self.indices]
        return h5ad_bytes(self.matrix, replace(self.cells, components=components))

    def loupe_clusters_csv(self) -> str:
        """The clusters as Loupe's categories."""
        return loupe_clusters(self.cells).to_csv(index=False)

    def loupe_projection_csv(self) -> str:
        """The map as Loupe's projection."""
        return loupe_map(self.cells).to_csv(index=False)

    def markers_csv(self) -> str:
        """All markers with cluster names."""
        return marker_table(self.markers, self.cells).to_csv(index=False)

    def gene_sets_csv(self) -> str:
        """The best markers as CELLxGENE gene sets."""
        return gene_sets(self.markers, self.cells).to_csv(index=False)


def describe_own_columns(run: Run, matrix: CountMatrix) -> list[str]:
    """Sentences on the tables whose columns go with the cells, and on columns that have another name in the h5ad."""
    notes = [step["text"] for step in run.config.dataset.preprocessing if step["step"] == "note"]
    return [*notes, *filter(None, [describe_columns(matrix)])]


def describe_run(run: Run, annotations: Annotations, has_markers: bool = True) -> str:
    """Sentences for a paper on what was done to a run's cells, and the command that repeats it."""
    config = run.config
    owners = {cell: split.cluster for split in annotations.splits for cell in split.cells}
    return describe_methods(
        config.dataset.name,
        config.dataset.preprocessing,
        config.method_title,
        config.n_clusters,
        config.schedule.n_steps,
        config.seed,
        config.versions,
        config.command(),
        has_markers,
        Counter(map(annotations.name_of, owners.values())),
        annotations.origins,
        str(config.settings.get("partners_across", "")),
    )


def gather_cells(
    run: Run,
    layout: Algorithm | None = "umap",
    split: SplitName = "all",
    which: Weights = "best",
    dataset: Dataset | None = None,
    matrix: CountMatrix | None = None,
) -> CellExport:
    """A run's cells with their clusters and a 2-D map, which is computed and stored where there is none yet.

    With `layout` None there is no map. `dataset` and `matrix` are the run's, if already open.
    Raises RunError for a run that is not of cells, DataError where its data is absent.
    """
    dataset = run.dataset() if dataset is None else dataset
    matrix = run_matrix(run, dataset) if matrix is None else matrix
    latents = run_latents(run, split, which, dataset)
    annotations, named = read_annotations(run), read_names(run) if which == "best" else None
    config = run.config
    cells = ClusteredCells(
        cell_ids=[dataset.sample_ids[index] for index in latents.indices],
        clusters=latents.clusters,
        confidence=latents.confidence,
        latents=latents.joined(),
        coordinates=None if layout is None else _lay_out(run, layout, split, which, latents),
        map_name=layout or "",
        names=annotations.names,
        colours=mode_colours(1 + annotations.numbers(config.n_clusters)[-1]),
        config=config.model_dump(mode="json"),
        seed=config.seed,
        versions=config.versions,
        edited=annotations.edit(latents.clusters, latents.indices) if annotations.splits else None,
        reference=None if named is None else named.cells.take(latents.indices),
    )
    is_whole = len(latents.indices) == len(matrix.cell_ids)
    matrix = matrix if is_whole else take_cells(matrix, latents.indices)
    samples, codes = _number_samples(run, dataset, matrix, latents.indices)
    if samples:
        cells = replace(cells, barcodes=number_barcodes(matrix.cells[BARCODE].tolist(), codes))
    if any(step["step"] == "quality" and "n_doublets" in step for step in dataset.preprocessing):
        called = {name: dataset.columns[name][latents.indices] for name in (DOUBLET_SCORE, DOUBLET)}
        matrix = replace(matrix, cells=keep_apart(matrix.cells, called).assign(**called))
    return CellExport(run, matrix, cells, annotations, dataset, latents.indices)


def find_layout(run: Run, method: Method, latents: RunLatents) -> Algorithm:
    """The best existing map of a run's cells: UMAP, else t-SNE, else PCA, which takes no time to compute."""
    for layout in _PREFERENCE:
        request = MapRequest(
            run, MapSettings.model_validate({"algorithm": layout}), "all", n_samples=len(latents.indices)
        )
        if find_map(request, request.features(method, latents)) is not None:
            return layout
    return "pca"


def _number_samples(
    run: Run, dataset: Dataset, matrix: CountMatrix, indices: NDArray[np.int64]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """(the samples that number barcodes of joined files, the number of each of the cells (M,)); none for one file.

    `matrix` holds the cells of the data set at these indices (M,).
    """
    options, batches = run.config.dataset.options, dataset.batches
    if not options.further or batches is None:
        return (), np.zeros(len(indices), dtype=np.int64)
    if options.sample is None:
        return batches.names, batches.codes[indices]
    # Cells of two files may be of one sample then, and have one barcode: the files number them.
    files = tuple(name_samples((run.config.dataset.source, *options.further)))
    own = zip(matrix.cell_ids.tolist(), matrix.cells[BARCODE].tolist(), strict=True)
    return files, np.array([files.index(cell.removesuffix(f"_{barcode}")) for cell, barcode in own], dtype=np.int64)


def _lay_out(run: Run, layout: Algorithm, split: SplitName, which: Weights, latents: RunLatents) -> NDArray[np.float32]:
    """(M, 2) coordinates of the map that the Map page shows by default."""
    settings = MapSettings.model_validate({"algorithm": layout})
    request = MapRequest(run, settings, split, which, n_samples=len(latents.indices))
    features = request.features(run.load(which), latents)
    stored = find_map(request, features)
    if stored is not None:
        return stored.coordinates
    *_, final = compute_map(features, settings)
    FittedMap(features, final.coordinates, settings).save(run.embeddings_folder())
    return final.coordinates
