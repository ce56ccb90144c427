"""A table of cells brought with a matrix, or later: it is kept with it, and its columns reach the data."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.store import list_uploads
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import N_CELLS, write_planted

pytestmark = pytest.mark.usefixtures("apart")

NAMES = [f"BARCODE{cell:03d}-1" for cell in range(N_CELLS)]


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


def bring(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files]).run()


def obs(**columns: object) -> bytes:
    """A table as scanpy's `obs.to_csv()` writes it: names without a heading, True and False."""
    frame = pd.DataFrame({"passed": np.arange(N_CELLS) % 2 == 0, **columns}, index=pd.Index(NAMES))
    text = io.StringIO()
    frame.to_csv(text)
    return text.getvalue().encode()


def test_what_scanpy_writes_of_its_cells_is_kept_with_the_chosen_matrix_and_its_columns_are_said(
    own_folders: Path,
) -> None:
    app = bring(
        open_page("data", prepare=["min_genes=1"]), ("a.h5ad", write_planted(own_folders / "a.h5ad").read_bytes())
    )
    bring(app, ("obs.csv", obs(n_genes=np.arange(N_CELLS))))
    assert not app.exception
    assert not app.error
    (path,) = list_uploads()
    assert [table.name for table in label_tables(path)] == ["obs.csv"]
    assert "Columns of obs.csv go with the cells, matched by id (120 of 120): passed, n_genes" in texts(app)
    columns = open_dataset(str(path), OwnDataOptions(preparation={"min_genes": "1"})).columns
    assert columns["n_genes"].tolist() == list(range(N_CELLS))
    assert columns["passed"].tolist()[:2] == ["True", "False"]


def test_a_table_of_counts_that_is_not_recognised_keeps_the_table_of_its_cells() -> None:
    counts = np.random.default_rng(0).poisson(4, (N_CELLS, 12))
    matrix = pd.DataFrame(counts, index=NAMES, columns=[f"m{gene}" for gene in range(12)]).to_csv()
    app = bring(open_page("data"), ("counts.csv", matrix.encode()), ("types.csv", obs(kind=["T", "B"] * 60)))
    assert not app.exception
    (path,) = list_uploads()
    assert path.name == "counts.csv"
    assert [table.name for table in label_tables(path)] == ["types.csv"]
    assert "types.csv names rows of counts.csv and is stored with it." in [toast.value for toast in app.toast]
    options = OwnDataOptions(read_as="counts", orientation="cells-by-genes", preparation={"min_genes": "1"})
    assert open_dataset(str(path), options).columns["kind"].tolist()[:2] == ["T", "B"]


def test_two_tables_of_other_rows_stay_apart() -> None:
    other = b"leaf,width,kind\n" + b"".join(b"l%d,%d,k%d\n" % (n, n * n, n % 2) for n in range(40))
    bring(open_page("data"), ("a.csv", obs(x=np.arange(N_CELLS) ** 2, y=np.arange(N_CELLS) ** 3)), ("b.csv", other))
    assert sorted(path.name for path in list_uploads()) == ["a.csv", "b.csv"]
