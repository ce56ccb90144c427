"""What the Data page says of a count matrix before it is read whole, and where a person may say otherwise."""

from pathlib import Path

import pytest

from clustergan_core.data.counts.reading.sandbox.parent import inspect
from clustergan_core.data.uploads.sorting import store_files
from tests.app.app_pages import open_page, texts
from tests.count_files import N_CELLS, N_GENES, make_barcodes, make_counts, write_table, write_tenx_hdf5

pytestmark = pytest.mark.usefixtures("apart")

FEW = ["min_genes=1", "min_cells=1"]


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


def keep(path: Path) -> tuple[Path, str]:
    """(where it is kept, what the address calls it)."""
    kept = store_files([(path.name, path.read_bytes())]).uploads[0].path
    return kept, f"{kept.name} ({kept.parent.name})"


@pytest.fixture
def nameless(tmp_path: Path) -> str:
    """A text whose names tell nothing, so that only its longer side speaks for genes."""
    genes, cells = ([f"{mark}{number}" for number in range(n)] for mark, n in (("r", N_GENES), ("c", N_CELLS)))
    return keep(write_table(tmp_path / "nameless.csv", is_by_gene=True, genes=genes, cells=cells))[1]


def test_the_page_says_what_the_command_says(tmp_path: Path) -> None:
    counts = make_counts()
    counts[3] = 0
    path, data = keep(write_table(tmp_path / "a.csv", is_by_gene=True, counts=counts))
    app = open_page("data", dataset=data, prepare=FEW)
    preflight = inspect(path)
    said = texts(app)
    assert app.header[0].value == preflight.summary == f"{N_CELLS} cells × {N_GENES} genes, raw counts, human symbols"
    warnings = [warning.value for warning in app.warning]
    assert warnings[:1] == list(preflight.warnings) == ["1 cells have no counts at all."]
    for words in ("comma-separated text", preflight.orientation_reason, preflight.state_reason, "about 2 seconds"):
        assert words in said
    preview = app.dataframe[0].value
    assert (preview.index.tolist(), preview.columns.tolist()) == (
        list(preflight.preview_cells),
        list(preflight.preview_genes),
    )
    assert preview.to_numpy().astype(int).tolist() == counts[:5, :5].tolist()


def test_transpose_takes_the_other_side_for_cells_and_back(nameless: str) -> None:
    app = open_page("data", dataset=nameless, prepare=FEW, read_as="counts")
    assert app.header[0].value.startswith(f"{N_CELLS} cells × {N_GENES} genes")
    assert app.warning[1].value.startswith("Check the orientation: the names do not show it, and 40 rows")
    app.button(key="transpose").click().run()
    assert app.header[0].value.startswith(f"{N_GENES} cells × {N_CELLS} genes")
    assert app.query_params["orientation"] == "cells-by-genes"
    assert f"**{N_GENES} cells × {N_CELLS} genes**" in texts(app)
    app.button(key="transpose").click().run()
    assert app.header[0].value.startswith(f"{N_CELLS} cells × {N_GENES} genes")
    assert "orientation" not in app.query_params


def test_a_link_restores_the_orientation(nameless: str) -> None:
    app = open_page("data", dataset=nameless, prepare=FEW, read_as="counts", orientation="cells-by-genes")
    assert app.header[0].value.startswith(f"{N_GENES} cells × {N_CELLS} genes")
    app = open_page("data", dataset=nameless, prepare=FEW, read_as="counts", orientation="sideways")
    assert "orientation=sideways, but it can be auto, cells-by-genes, genes-by-cells" in app.error[0].value
    assert not app.exception


def test_a_file_that_says_how_it_lies_has_no_button(tmp_path: Path) -> None:
    app = open_page("data", dataset=keep(write_tenx_hdf5(tmp_path / "a.h5"))[1], prepare=FEW)
    assert [button.key for button in app.button if button.key in ("transpose", "read_as_choice")] == []
    assert app.header


def test_a_text_is_switched_between_a_table_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "doubtful.csv"
    rows = [f"s{n}," + ",".join(map(str, row)) for n, row in enumerate(make_counts()[:, :6].tolist())]
    path.write_text("\n".join(["sample,a,b,c,d,e,f", *rows]))
    app = open_page("data", dataset=keep(path)[1], prepare=FEW)
    assert not app.header
    switch = app.segmented_control(key="read_as_choice")
    assert (switch.value, "names above or beside its numbers" in switch.help) == ("Table", True)
    switch.set_value("Count matrix").run()
    assert app.query_params["read_as"] == "counts"
    assert app.header[0].value.startswith(f"6 cells × {N_CELLS} genes")
    app.segmented_control(key="read_as_choice").set_value("Table").run()
    assert {metric.label: metric.value for metric in app.metric}["Features"] == "6"


def test_choices_for_one_file_are_not_taken_for_another(nameless: str, tmp_path: Path) -> None:
    other = keep(write_table(tmp_path / "b.csv", is_by_gene=False, cells=make_barcodes()))[1]
    app = open_page("data", dataset=nameless, prepare=FEW, read_as="counts", orientation="cells-by-genes")
    app.selectbox(key="dataset").set_value(other).run()
    assert app.header[0].value.startswith(f"{N_CELLS} cells × {N_GENES} genes")
    assert {"prepare", "orientation", "read_as"} & set(app.query_params) == set()


def test_a_link_to_another_file_may_ask_for_the_same_as_was_chosen(nameless: str, tmp_path: Path) -> None:
    other = keep(write_table(tmp_path / "b.csv", is_by_gene=False, cells=make_barcodes()))[1]
    app = open_page("data", dataset=nameless, prepare=FEW, read_as="counts")
    app.switch_page("pages/runs.py").run()
    app.switch_page("pages/data.py")
    app.query_params["dataset"], app.query_params["prepare"] = other, FEW
    app.run()
    assert app.query_params["prepare"] == FEW
    assert f"**{N_CELLS} cells × {N_GENES} genes**" in texts(app)
