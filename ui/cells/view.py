"""A run of cells as a page sees it: opened once a page and handed down to everything the page draws."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.cells.expression import dot_plot, value_scale
from clustergan_core.errors import DataError
from clustergan_core.runs.clusters.names import Annotations, cluster_groups, merge_clusters, reference_names_path
from clustergan_core.runs.run import Run
from ui.cells.names import read_names
from ui.cells.titles import ModeTitles, make_titles
from ui.loading.modes import assigned_samples, summary_of
from ui.loading.runs import load_data, load_latents, load_method, load_run_matrix, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.cells.cell_cycle import CellCycle
    from clustergan_core.cells.expression import DotPlot, ValueScale
    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.evaluation.nearness import RealSpace
    from clustergan_core.method import Method
    from clustergan_core.runs.clusters.names import ClusterGroup
    from clustergan_core.runs.clusters.reference_names import RunNames
    from clustergan_core.runs.clusters.references import ReferenceClusterings
    from clustergan_core.scoring.latents import RunLatents
    from clustergan_core.scoring.modes import ModeSummary

ABSENT_DATA = "the data, which is not on this machine."

Groups = tuple["ClusterGroup", ...]
Merged = tuple[tuple[int, ...], ...]  # the clusters of each group


@dataclass(frozen=True)
class RealCells:
    """All cells of the run's data, in its order, with what the run makes of them."""

    dataset: Dataset
    latents: RunLatents  # of all cells
    space: RealSpace

    def table(self, cells: NDArray[np.int64]) -> pd.DataFrame:
        """A row for each of the cells: barcode, cluster, confidence, and label where there is one."""
        table = pd.DataFrame(
            {
                "barcode": [self.dataset.sample_id(cell) for cell in cells.tolist()],
                "cluster": self.latents.clusters[cells],
                "confidence": self.latents.confidence[cells].round(3),
            }
        )
        if self.dataset.labels is not None:
            table["label"] = [self.label(cell) for cell in cells.tolist()]
        return table

    def label(self, cell: int) -> str:
        """The cell's reference label, "" where it has none."""
        number = -1 if self.dataset.labels is None else int(self.dataset.labels[cell])
        return self.dataset.label_names[number] if number >= 0 else ""


@dataclass(frozen=True)
class CellsView:
    """A run of cells with its names as they were when the page began.

    Opening it loads nothing. Large members are looked up, whenever they are asked for, in caches that all sessions
    share, so that an idle session holds no data; small ones are stored in the view.
    """

    run: Run
    annotations: Annotations

    @property
    def n_clusters(self) -> int:
        """K, the number of modes."""
        return self.run.config.n_clusters

    @property
    def gene_names(self) -> tuple[str, ...]:
        """(n_genes,) the genes that the run was trained on."""
        return self.run.config.dataset.feature_names

    @property
    def weights_key(self) -> tuple[str, object]:
        """Folder and stamp of the weights: what caches of things made from them depend on."""
        return str(self.run.folder), weights_stamp(self.run)

    @property
    def data_key(self) -> tuple[str, str]:
        """Source and digest of the data: what caches of things read from it depend on."""
        return self.run.config.dataset.source, self.run.config.dataset.digest

    @cached_property
    def scale(self) -> ValueScale:
        """The scale on which genes are shown."""
        return value_scale(self.run.config.dataset.preprocessing)

    @cached_property
    def groups(self) -> Groups:
        """The clusters, those of one name together."""
        return cluster_groups(self.annotations, self.n_clusters)

    @property
    def merged(self) -> Merged:
        """The clusters of each group; scores depend on these, not on names."""
        return tuple(group.clusters for group in self.groups)

    @property
    def groups_key(self) -> tuple[Merged, str]:
        """The clusters of each group and the cells split off: what markers depend on beside the weights."""
        splits = json.dumps([split.model_dump() for split in self.annotations.splits])
        return self.merged, hashlib.blake2b(splits.encode(), digest_size=8).hexdigest()

    @property
    def cluster_names(self) -> list[str]:
        """What each cluster is called, by number: K of the model, then those that were split off."""
        n_numbers = 1 + self.annotations.numbers(self.n_clusters)[-1]
        return [self.annotations.name_of(cluster) for cluster in range(n_numbers)]

    @property
    def method(self) -> Method:
        """The trained method, on the CPU."""
        return load_method(self.run)

    @property
    def dataset(self) -> Dataset | None:
        """The data the run was trained on; None while it is not on this machine."""
        return load_data(self.run)

    @property
    def matrix(self) -> CountMatrix | None:
        """All genes of the run's cells; None while the data is not on this machine."""
        return load_run_matrix(self.run)

    @property
    def latents(self) -> RunLatents | None:
        """All cells whose clusters are known: those of the data, else those saved with the run; None without both."""
        try:
            return load_latents(self.run, "all")
        except DataError:
            return self.test_latents

    @property
    def test_latents(self) -> RunLatents | None:
        """The cells of the test split; None while neither they nor the data are here."""
        return assigned_samples(self.run)

    @property
    def cells(self) -> RealCells | None:
        """All cells of the data; None while it is not on this machine."""
        dataset = self.dataset
        if dataset is None:
            return None
        # Where all splits are the same, the test split is all cells in their order, and its latents are saved already.
        latents = load_latents(self.run, "test" if dataset.splits.is_shared else "all")
        return _real_cells(dataset, latents, *self.weights_key)

    @cached_property
    def summary(self) -> ModeSummary:
        """Usage, purity, label and flags of each mode."""
        return summary_of(self.run)

    @cached_property
    def titles(self) -> ModeTitles:
        """What each mode is called, and how many cells it holds."""
        cells = self.cells
        return make_titles(self.summary, self.annotations, None if cells is None else cells.latents.clusters)

    @property
    def references(self) -> ReferenceClusterings | None:
        """k-means and Leiden of all cells; None while the data is not on this machine."""
        dataset = self.dataset
        return None if dataset is None else _references(self.run, dataset, *self.data_key, str(self.run.folder))

    @property
    def reference_names(self) -> RunNames | None:
        """The names that a reference gave the cells of the data; None without any."""
        path = reference_names_path(self.run)
        written = path.stat().st_mtime_ns if path.exists() else 0
        return _reference_names(self.run, *self.weights_key, written) if written else None

    @property
    def cycle(self) -> CellCycle | None:
        """The phase of the cell cycle of each cell; None while the data is absent.

        Raises DataError where the data lacks the genes.
        """
        matrix = self.matrix
        return None if matrix is None else _cycle(matrix, *self.data_key, str(self.run.folder))

    def group_numbers(self, with_splits: bool = True) -> NDArray[np.int64]:
        """(N,) the group of each cell of the data set; −1 where the cluster is not known. The data must be here.

        Without splits, cells that a person split off are in the group of the model's cluster.
        """
        latents, dataset = self.latents, self.dataset
        assert latents is not None and dataset is not None, "asked for with the data alone"
        numbers = np.full(len(dataset.samples), -1, dtype=np.int64)
        clusters = self.edit(latents.clusters, latents.indices) if with_splits else latents.clusters
        numbers[latents.indices] = merge_clusters(clusters, self.groups)
        return numbers

    def edit(self, clusters: NDArray[np.int64], indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The model's clusters (N,) of the cells at `indices` (N,), with those split off by a person in their own."""
        return self.annotations.edit(clusters, indices)

    def find_markers(self) -> pd.DataFrame | None:
        """`find_markers` of the groups, by their numbers; None while the data is absent.

        Raises DataError where fewer than two groups hold cells.
        """
        matrix = self.matrix
        if matrix is None:
            return None
        return _markers(matrix, self.group_numbers(), *self.weights_key, *self.data_key, *self.groups_key)

    def plot_dots(self, genes: tuple[str, ...]) -> DotPlot:
        """`dot_plot` of genes over the groups. The data must be here. Raises DataError that names unknown genes."""
        matrix = self.matrix
        assert matrix is not None, "asked for with the data alone"
        return _dots(matrix, self.group_numbers(), genes, *self.weights_key, *self.data_key, *self.groups_key)


def open_cells(run: Run) -> CellsView:
    """The view of a run of cells; names that cannot be read are reported on the page, which then shows numbers."""
    return CellsView(run, read_names(run))


@st.cache_resource(max_entries=3, show_spinner="Laying out the real cells…")
def _real_cells(_dataset: Dataset, _latents: RunLatents, folder: str, stamp: object) -> RealCells:
    from clustergan_core.evaluation.nearness import fit_real_space

    return RealCells(_dataset, _latents, fit_real_space(_dataset.samples))


@st.cache_resource(max_entries=8, show_spinner="Finding markers: seconds for a few thousand cells…")
def _markers(
    _matrix: CountMatrix,
    _groups: NDArray[np.int64],
    folder: str,
    stamp: object,
    source: str,
    digest: str,
    merged: Merged,
    splits: str,
) -> pd.DataFrame:
    from clustergan_core.cells.markers import find_markers

    return find_markers(_matrix, _groups)


@st.cache_resource(max_entries=20, show_spinner="Reading the genes…")
def _dots(
    _matrix: CountMatrix,
    _groups: NDArray[np.int64],
    genes: tuple[str, ...],
    folder: str,
    stamp: object,
    source: str,
    digest: str,
    merged: Merged,
    splits: str,
) -> DotPlot:
    return dot_plot(_matrix, _groups, genes, len(merged))


@st.cache_resource(
    max_entries=4,
    show_spinner="Computing k-means and Leiden, once a run: seconds for a few thousand cells, minutes for many more…",
)
def _references(_run: Run, _dataset: Dataset, source: str, digest: str, folder: str) -> ReferenceClusterings:
    from clustergan_core.runs.clusters.references import reference_clusterings

    return reference_clusterings(_run, _dataset)


@st.cache_resource(max_entries=6, show_spinner=False)
def _reference_names(_run: Run, folder: str, stamp: object, written: int) -> RunNames | None:
    from clustergan_core.runs.clusters.reference_names import read_names

    return read_names(_run)


@st.cache_resource(max_entries=4, show_spinner="Scoring the cell cycle: seconds for a few thousand cells…")
def _cycle(_matrix: CountMatrix, source: str, digest: str, folder: str) -> CellCycle:
    from clustergan_core.cells.cell_cycle import score_cycle

    return score_cycle(_matrix)
