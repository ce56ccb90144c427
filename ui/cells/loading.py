"""What pages of cells need of a run's clusters, loaded once: cells, markers, and the clusterings beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.cells.expression import dot_plot
from clustergan_core.errors import DataError
from clustergan_core.runs.clusters.names import merge_clusters
from clustergan_core.runs.run import Run
from ui.loading.runs import load_data, load_latents, load_run_matrix, weights_stamp

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from clustergan_core.cells.expression import DotPlot
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.evaluation.nearness import RealSpace
    from clustergan_core.runs.clusters.names import ClusterGroup
    from clustergan_core.runs.clusters.references import ReferenceClusterings
    from clustergan_core.scoring.latents import RunLatents


NEEDS_DATA = "needs the data, which is not on this machine."

Groups = tuple["ClusterGroup", ...]


def load_cells(run: Run) -> RunLatents | None:
    """All cells the run can tell of: its data set's, else those that came with it; None while there are neither."""
    try:
        return load_latents(run, "all")
    except DataError:
        pass
    try:
        return load_latents(run)
    except DataError:
        return None


def load_markers(run: Run, groups: Groups) -> pd.DataFrame | None:
    """`find_markers` of the groups, by their numbers; None while the data is absent. DataError as that has it."""
    return _markers(run, groups, *cells_key(run, groups)) if load_run_matrix(run) is not None else None


def load_dots(run: Run, groups: Groups, genes: tuple[str, ...]) -> DotPlot:
    """`dot_plot` of genes over the groups; the run's data is here. Raises DataError that names unknown genes."""
    return _dots(run, groups, genes, *cells_key(run, groups))


def load_reference_clusterings(run: Run) -> ReferenceClusterings | None:
    """k-means and Leiden of all the run's cells, or None while the data is not on this machine."""
    return _references(run, str(run.folder), run.config.dataset.digest) if load_data(run) is not None else None


def group_of_cells(run: Run, groups: Groups) -> NDArray[np.int64]:
    """The group's number of each cell of the data set (N,); −1 where the run does not tell."""

    cells, dataset = load_cells(run), load_data(run)
    assert cells is not None and dataset is not None, "asked for with the data alone"
    numbers = np.full(len(dataset.samples), -1, dtype=np.int64)
    numbers[cells.indices] = merge_clusters(cells.clusters, groups)
    return numbers


def cells_key(run: Run, groups: Groups) -> tuple[str, object, tuple[tuple[int, ...], ...], str]:
    """What markers and scores of groups depend on; names do not matter, as long as they merge the same clusters."""
    return str(run.folder), weights_stamp(run), tuple(group.clusters for group in groups), run.config.dataset.digest


@st.cache_resource(max_entries=8, show_spinner="Finding markers: seconds for some thousand cells…")
def _markers(
    _run: Run, _groups: Groups, folder: str, stamp: object, merged: tuple[tuple[int, ...], ...], digest: str
) -> pd.DataFrame:
    from clustergan_core.cells.markers import find_markers

    matrix = load_run_matrix(_run)
    assert matrix is not None, "asked for with the data alone"
    return find_markers(matrix, group_of_cells(_run, _groups))


@st.cache_resource(max_entries=20, show_spinner="Reading the genes…")
def _dots(
    _run: Run,
    _groups: Groups,
    genes: tuple[str, ...],
    folder: str,
    stamp: object,
    merged: tuple[tuple[int, ...], ...],
    digest: str,
) -> DotPlot:

    matrix = load_run_matrix(_run)
    assert matrix is not None, "asked for with the data alone"
    return dot_plot(matrix, group_of_cells(_run, _groups), genes, len(_groups))


@st.cache_resource(
    max_entries=4,
    show_spinner="k-means and Leiden, once a run: seconds for some thousand cells, minutes for many more…",
)
def _references(_run: Run, folder: str, digest: str) -> ReferenceClusterings:
    from clustergan_core.runs.clusters.references import reference_clusterings

    dataset = load_data(_run)
    assert dataset is not None, "asked for with the data alone"
    return reference_clusterings(_run, dataset)


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


def real_cells(run: Run) -> RealCells | None:
    """The run's cells; None while the data is not on this machine."""
    dataset = load_data(run)
    if dataset is None:
        return None
    # Where all is shared, the test split is all cells in their order, and its latents are kept with the run.
    latents = load_latents(run, "test" if dataset.splits.is_shared else "all")
    return _real_cells(dataset, latents, str(run.folder), weights_stamp(run))


@st.cache_resource(max_entries=3, show_spinner="Laying out the real cells…")
def _real_cells(_dataset: Dataset, _latents: RunLatents, folder: str, stamp: object) -> RealCells:
    from clustergan_core.evaluation.nearness import fit_real_space

    return RealCells(_dataset, _latents, fit_real_space(_dataset.samples))
