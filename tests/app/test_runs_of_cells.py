"""A run on a count matrix, as other pages show it: its preparation comes along, and new cells get clusters."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import beside, store_beside
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import write_status
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.app.train_widgets import all_texts, press, widget
from tests.count_files import N_CELLS, make_barcodes, write_folder, write_table
from tests.small_runs import NARROW, new_run

pytestmark = pytest.mark.usefixtures("apart")

FEW = {"min_genes": "2", "n_genes": "20"}


@pytest.fixture
def run(tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A short run on an upload whose labels lie beside it, turned by a person's word."""
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))
    table = write_table(tmp_path / "cells.csv", is_by_gene=True)
    path = store_files([(table.name, table.read_bytes())]).uploads[0].path
    labels = "cell,kind\n" + "".join(f"{name},{'AB'[number % 2]}\n" for number, name in enumerate(make_barcodes()))
    store_beside(path, "labels.csv", labels.encode())
    options = OwnDataOptions(
        labels=f"{beside(path) / 'labels.csv'}:kind", orientation="genes-by-cells", preparation=FEW
    )
    config = make_config(
        open_dataset(str(path), options), str(path), settings=NARROW, n_steps=4, options=options, method="clustergan"
    )
    return new_run(own_folders / "runs" / "cells", config)


def test_changing_its_settings_begins_from_its_preparation(run: Run) -> None:
    write_status(run.folder / "status.json", run.status().model_copy(update={"state": "stopped"}))
    app = press(open_page("train", run="cells", task="Watch a run"), "Change settings and train again")
    assert not app.error
    assert not app.exception
    assert widget(app, "labels").value == "labels.csv: kind"
    assert "(preparation: min_genes 2, n_genes 20)" in texts(app)
    assert app.query_params["prepare"] == ["min_genes=2", "n_genes=20"]
    assert app.query_params["orientation"] == "genes-by-cells"
    assert f"{N_CELLS} cells of cells, 20 genes each" in all_texts(app)


def test_its_link_to_the_data_page_asks_for_its_preparation(run: Run) -> None:
    app = open_page("runs", run="cells")
    link = next(link for link in app.page_link if link.page == "data")
    for asked in ("prepare=min_genes%3D2", "prepare=n_genes%3D20", "orientation=genes-by-cells", "labels=labels.csv"):
        assert asked in link.proto.query_string


def test_new_cells_in_any_form_get_clusters(run: Run, tmp_path: Path) -> None:
    execute(run)
    app = open_page("runs", run="cells")
    uploader = next(uploader for uploader in app.file_uploader if "New cells" in uploader.label)
    # The same cells once more, as the three files of a 10x folder: genes are found by their symbols.
    parts = [(path.name, path.read_bytes(), "") for path in sorted(write_folder(tmp_path / "x").iterdir())]
    app = uploader.set_value(parts).run()
    assert not app.exception
    assert not app.error
    table = next(frame.value for frame in app.dataframe if list(frame.value) == ["sample", "cluster", "confidence"])
    assert table["sample"].tolist() == make_barcodes()
    assert np.isfinite(table["confidence"]).all()
    assert f"{N_CELLS} samples of" in texts(app)


def test_a_preparation_that_leaves_nothing_leads_back_to_the_data_page(run: Run) -> None:
    path = Path(run.config.dataset.source)
    app = open_page("train", dataset=f"{path.name} ({path.parent.name})", prepare="min_genes=500", task="New run")
    assert "Quality control leaves none of 30 cells" in app.error[0].value
    assert any("Change the preparation" in link.label for link in app.page_link)
