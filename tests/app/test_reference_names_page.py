"""Names from a reference on the Clusters page: chosen, taken over, undone, and shown on the map."""

from pathlib import Path

import anndata
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.cells import shared_genes
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import list_uploads
from clustergan_core.runs.clusters.names import read_annotations, reference_names_path
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import CELL_TYPES, cluster_as_planted

ORIGIN = "from blood.h5ad, column celltype"


@pytest.fixture
def named(cells: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of planted clusters, and a file of the same types among a person's own."""
    monkeypatch.setattr(shared_genes, "LEAST_GENES", 30)  # the run's file has 60
    cluster_as_planted(cells)
    other = anndata.read_h5ad(cells.config.dataset.source)[::-1].copy()
    other.obs_names = [f"OTHER{cell}" for cell in range(other.n_obs)]
    other.write_h5ad(tmp_path / "blood.h5ad")
    store_files([("blood.h5ad", (tmp_path / "blood.h5ad").read_bytes())])
    return cells


def opened() -> AppTest:
    app = open_page("clusters", run="cells")
    assert not app.exception
    return app


def table_of(app: AppTest) -> pd.DataFrame:
    (table,) = (frame.value for frame in app.dataframe if "reference says" in frame.value)
    return table


def test_names_are_shown_with_their_shares_taken_over_and_undone(named: Run) -> None:
    app = opened()
    assert app.selectbox(key="reference_file").value == str(list_uploads()[0])
    app.button(key="name_cells").click().run()
    assert not app.exception
    table = table_of(app)
    assert table["reference says"].tolist() == list(CELL_TYPES)
    assert (table["of its cells"] > 90).all()
    assert read_annotations(named).names == {}, "nothing is taken over unasked"

    app.multiselect(key="reference_accept_cells_blood.h5ad, column celltype").set_value([0, 2]).run()
    app.button(key="accept_names").click().run()
    assert read_annotations(named).names == {0: "T", 2: "NK"}
    assert app.text_input(key="name_cells_2").value == "NK"
    assert f"Names of clusters 0, 2: {ORIGIN}" in texts(app).replace("\\", "")

    app.text_input(key="name_cells_0").set_value("CD4 T").run()
    assert f"Name of cluster 2: {ORIGIN}" in texts(app).replace("\\", ""), "a typed name comes from nowhere else"

    app.button(key="undo_names").click().run()
    assert read_annotations(named).names == {}
    assert reference_names_path(named).exists(), "the names of cells stay"


def test_the_map_is_coloured_by_names_and_the_h5ad_holds_them(named: Run) -> None:
    from clustergan_core.runs.clusters.exports import gather_cells

    opened().button(key="name_cells").click().run()
    app = open_page("map", run="cells", layout="PCA", colour="name from reference")
    assert not app.exception
    assert app.selectbox(key="colour").value == "name from reference"
    assert ORIGIN.removeprefix("from ") in texts(app).replace("\\", "")

    export = gather_cells(named, None)
    assert export.cells.reference is not None
    truth = export.matrix.cells["celltype"].astype(str).to_numpy()
    names = export.cells.reference.names
    assert ((names == truth) | (names == "unknown")).mean() > 0.98
    content = export.h5ad()
    path = named.folder / "out.h5ad"
    path.write_bytes(content)
    back = anndata.read_h5ad(path).obs
    assert back["clustergan_reference"].tolist() == names.tolist()
    assert back["clustergan_reference_confidence"].between(0, 1).all()


def test_a_reference_of_too_few_genes_is_refused_on_the_page(named: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_genes, "LEAST_GENES", 200)
    app = opened()
    app.button(key="name_cells").click().run()
    assert any("share 60 genes" in error.value for error in app.error)
    assert not reference_names_path(named).exists()
