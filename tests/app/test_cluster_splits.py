"""Cells that were split off, on the pages of a run of cells."""

import numpy as np
import pandas as pd
import pytest

from clustergan_core.runs.clusters.names import read_annotations, split_off
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from ui.cells.view import open_cells
from ui.map.splitting import describe_split


@pytest.fixture
def split(cells: Run) -> int:
    """The first 40 cells are split off."""
    return split_off(cells, np.arange(40), "Doublets")


def test_a_cluster_that_was_split_off_has_a_row_markers_and_a_way_back(cells: Run, split: int) -> None:
    app = open_page("clusters", run="cells")
    assert not app.exception and not app.error
    assert app.text_input(key=f"name_cells_{split}").value == "Doublets"
    assert "40 :gray[(33.3%)]" in texts(app)
    assert "Doublets" in app.selectbox(key="one_cluster").options
    assert f"Doublets ({split}), split off by hand" in texts(app)
    assert "Scores are of the model's clusters" in texts(app)
    assert "clustergan_edited" in texts(app)

    scores = next(frame.value for frame in app.dataframe if "ari_with_first" in frame.value)
    app.button(key=f"put_back_{split}").click().run()
    assert not app.exception
    assert not read_annotations(cells).splits
    assert "Doublets" not in app.selectbox(key="one_cluster").options
    assert "split off by hand" not in texts(app)
    without = next(frame.value for frame in app.dataframe if "ari_with_first" in frame.value)
    pd.testing.assert_frame_equal(scores, without)


def test_a_name_merges_a_cluster_that_was_split_off_with_another(cells: Run, split: int) -> None:
    app = open_page("clusters", run="cells")
    app.text_input(key=f"name_cells_{split}").set_value("B cells").run()
    other = int(run_latents(cells, "all").clusters[-1])
    app.text_input(key=f"name_cells_{other}").set_value("B cells").run()
    assert not app.exception
    assert f"Clusters {other}, {split} now count as one, B cells" in texts(app)


def test_before_a_split_it_is_said_what_each_cluster_loses(cells: Run, split: int) -> None:
    latents = run_latents(cells, "all")
    edited = latents.clusters.copy()
    edited[latents.indices < 40] = split
    chosen = np.arange(30, 120)
    said = describe_split(open_cells(cells), chosen, n_shown=100)
    for cluster in range(split):
        size = int((edited == cluster).sum())
        assert (f"{size} of the {size} in Cluster {cluster}" in said) == (size > 0)
    assert "10 of the 40 in Doublets" in said
    assert "90 cells leave their clusters" in said
    assert "No cell is left in Cluster" in said
    assert "20 cells that this map does not show stay" in said
