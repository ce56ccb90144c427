"""The cell cycle on the Clusters page and the map: shares by cluster, and a warning of a cluster of one phase."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.cells import cell_cycle
from clustergan_core.cells.cell_cycle import CellCycle
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import cluster_as_planted


def scored(matrix: CountMatrix) -> CellCycle:
    """Scores as of data whose cells of cluster 1 are all in S, and hardly another."""
    groups = np.arange(len(matrix.cell_ids)) % 3
    nothing = np.zeros(len(groups), dtype=np.float32)
    return CellCycle(nothing, nothing, np.where(groups == 1, 1, 0), ("MCM5", "TOP2A"))


def warnings_of(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]


def test_a_cluster_of_one_phase_is_warned_of_with_the_remedy(cells: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_cycle, "score_cycle", scored)
    cluster_as_planted(cells)
    app = open_page("clusters", run="cells")
    assert not app.exception
    (warning,) = warnings_of(app)
    assert warning.startswith("Cluster 1: 100% of its cells are in phase S, though most cells of the data are in G1.")
    assert "train again without the 2 cell-cycle genes" in warning
    (table,) = (frame.value for frame in app.dataframe if "G2M" in frame.value)
    assert table[["G1", "S", "G2M"]].to_numpy().tolist() == [[100, 0, 0], [0, 100, 0], [100, 0, 0]]

    app = open_page("map", run="cells", layout="PCA", colour="cell-cycle phase")
    assert not app.exception
    assert "2 genes of the cell cycle" in texts(app)


def test_data_without_the_genes_says_so_and_warns_of_nothing(cells: Run) -> None:
    app = open_page("clusters", run="cells")
    assert not app.exception
    assert warnings_of(app) == []
    assert "has 0 of the 43 genes of phase S" in texts(app)
