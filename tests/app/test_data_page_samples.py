"""Several samples on the Data page: files dropped together, a column that tells them apart, a table, and quality."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import list_uploads
from tests.app.app_pages import open_page, texts
from tests.small_samples import N_CELLS, N_GENES, write_samples

pytestmark = pytest.mark.usefixtures("apart")


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


@pytest.fixture
def dropped(tmp_path: Path) -> AppTest:
    """The Data page after two files were dropped together."""
    files = [(path.name, path.read_bytes(), "application/octet-stream") for path in write_samples(tmp_path / "files")]
    return open_page("data").file_uploader[0].set_value(files).run()


def table_of(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if column in frame.value)


def test_two_files_dropped_together_become_two_samples_of_one_data_set(dropped: AppTest) -> None:
    assert not dropped.exception
    assert not dropped.error
    assert len(list_uploads()) == 2
    assert f"2 samples, {2 * N_CELLS} cells" in texts(dropped)
    assert f"{N_GENES} genes are in both samples, matched by symbol, and are kept: no sample loses any." in texts(
        dropped
    )
    assert f"**{2 * N_CELLS} cells × {N_GENES} genes**" in texts(dropped)
    kept = table_of(dropped, "Kept")
    assert kept["Sample"].tolist() == ["control", "treated"]
    assert kept["Kept"].tolist() == [N_CELLS, N_CELLS]
    assert "treated.h5ad" in dropped.query_params["further"]
    assert "of a cell's nearest neighbours are from another sample" in texts(dropped), "do they mix by themselves?"


def test_taking_a_file_away_leaves_one_sample(dropped: AppTest) -> None:
    dropped.multiselect(key="further_samples").set_value([]).run()
    assert not dropped.exception
    assert f"**{N_CELLS} cells × {N_GENES} genes**" in texts(dropped)
    assert "further" not in dropped.query_params


def test_a_column_is_proposed_and_tells_samples_apart_once_it_is_confirmed(tmp_path: Path) -> None:
    import anndata

    cells = anndata.read_h5ad(write_samples(tmp_path / "files")[0])
    cells.obs["donor"] = ["D1", "D2"] * (N_CELLS // 2)
    cells.write_h5ad(tmp_path / "both.h5ad")
    path = store_files([("both.h5ad", (tmp_path / "both.h5ad").read_bytes())]).uploads[0].path
    app = open_page("data", dataset=f"{path.name} ({path.parent.name})")
    assert "Are these samples?" in texts(app)
    assert not any("Kept" in frame.value for frame in app.dataframe)  # not before it is confirmed
    app.button(key="confirm_samples").click().run()
    assert not app.exception
    assert app.query_params["samples_by"] == "donor"
    assert table_of(app, "Kept")["Sample"].tolist() == ["D1", "D2"]
    assert "Are these samples?" not in texts(app)
    app.selectbox(key="sample_column").set_value("not told apart").run()
    assert "samples_by" not in app.query_params


def test_an_uploaded_table_describes_the_samples_and_one_that_does_not_fit_is_refused(dropped: AppTest) -> None:
    def bring(text: str) -> None:
        uploader = next(widget for widget in dropped.file_uploader if widget.label == "A CSV of samples")
        uploader.set_value(("samples.csv", text.encode(), "text/csv")).run()

    bring("sample,condition\ncontrol,none\n")
    assert "no row for sample treated" in dropped.error[0].value
    bring("sample,name,condition\ncontrol,Control,none\ntreated,Treated,interferon\n")
    assert not dropped.exception and not dropped.error
    assert table_of(dropped, "condition")["condition"].tolist() == ["none", "interferon"]
    assert table_of(dropped, "Kept")["Sample"].tolist() == ["Control", "Treated"]
    address = dict(dropped.query_params)
    again = open_page("data", **address)  # the address alone restores it
    assert table_of(again, "Kept")["Sample"].tolist() == ["Control", "Treated"]


def test_files_that_do_not_belong_together_are_refused_and_can_be_taken_apart(dropped: AppTest, tmp_path: Path) -> None:
    import anndata

    cells = anndata.read_h5ad(tmp_path / "files" / "treated.h5ad")
    cells.X = cells.X.log1p()
    cells.write_h5ad(tmp_path / "logs.h5ad")
    path = store_files([("logs.h5ad", (tmp_path / "logs.h5ad").read_bytes())]).uploads[0].path
    dropped.run()
    dropped.multiselect(key="further_samples").set_value([f"{path.name} ({path.parent.name})"]).run()
    assert not dropped.exception
    assert "best raw counts" in " ".join(error.value for error in dropped.error)
    dropped.multiselect(key="further_samples").set_value([]).run()
    assert not dropped.error
