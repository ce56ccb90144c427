"""Bringing count matrices to the Data page: files of every form, several at once, folders, the operator's own."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import list_uploads
from tests.app.app_pages import open_page, texts
from tests.count_files import (
    N_CELLS,
    N_GENES,
    make_barcodes,
    write_folder,
    write_loom,
    write_table,
    write_tenx_hdf5,
)

pytestmark = pytest.mark.usefixtures("apart")

LABELS = "barcode,donor,cell_type\n" + "".join(
    f"{cell},{'ab'[n % 2]},{'B' if n % 3 else 'T'}\n" for n, cell in enumerate(make_barcodes())
)
FEW = ["min_genes=1", "min_cells=1"]  # of quality control, so that these small cells pass


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


def bring(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    given = [(name, content, "application/octet-stream") for name, content in files]
    return app.file_uploader[0].set_value(given).run()


def contents(folder: Path, top: str = "") -> list[tuple[str, bytes]]:
    return [(f"{top}{path.name}", path.read_bytes()) for path in sorted(folder.iterdir())]


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_three_files_of_a_10x_folder_and_labels_become_one_data_set(tmp_path: Path) -> None:
    app = bring(open_page("data", prepare=FEW), *contents(write_folder(tmp_path / "x")), ("types.csv", LABELS.encode()))
    assert not app.exception
    assert not app.error
    (path,) = list_uploads()
    assert app.selectbox(key="dataset").value == f"10x ({path.parent.name})"
    assert app.selectbox(key="labels").value == "automatic"
    assert "2 levels: B 20, T 10" in texts(app)
    assert figures(app) == {} and "No labels, and none are needed" in texts(app)
    app.button(key="confirm_labels").click().run()
    assert app.selectbox(key="labels").value == "types.csv: cell_type"
    assert app.query_params["labels"] == "types.csv: cell_type"
    assert "matched by sample id (30 of 30)" in texts(app)
    assert "10x with types.csv" in texts(app)
    assert app.number_input(key="n_clusters").value == 2


def test_a_proposal_can_be_refused_and_gives_no_number_of_clusters(tmp_path: Path) -> None:
    app = bring(open_page("data", prepare=FEW), *contents(write_folder(tmp_path / "x")), ("types.csv", LABELS.encode()))
    before = app.number_input(key="n_clusters").value
    app.button(key="refuse_labels").click().run()
    assert not app.exception
    assert app.selectbox(key="labels").value == "none"
    assert app.number_input(key="n_clusters").value == before
    assert "confirm_labels" not in [button.key for button in app.button]


def test_a_whole_folder_keeps_its_name(tmp_path: Path) -> None:
    app = open_page("data", prepare=FEW)
    app.segmented_control(key="upload_way").set_value("A folder").run()
    bring(app, *contents(write_folder(tmp_path / "x"), "lung/"))
    assert not app.error
    assert [path.name for path in list_uploads()] == ["lung"]


def write_sheet(path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    with gzip.open(write_table(path.with_name("a.csv.gz"), is_by_gene=True), "rt") as lines:
        for line in lines:
            cells = line.strip().split(",")
            book.worksheets[0].append([int(cell) if cell.isdigit() else cell for cell in cells])
    book.save(path)
    return path


def write_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents(write_folder(path.with_name("x")), "lung/"):
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.h5", write_tenx_hdf5),
        ("a.loom", write_loom),
        ("a.xlsx", write_sheet),
        ("a.zip", write_zip),
        ("a.csv.gz", lambda path: write_table(path, is_by_gene=True)),
        ("a.tsv", lambda path: write_table(path, is_by_gene=False, delimiter="\t")),
    ],
)
def test_a_file_of_every_form_is_taken(name: str, write, tmp_path: Path) -> None:
    app = bring(open_page("data", prepare=FEW), (name, write(tmp_path / name).read_bytes()))
    assert not app.exception
    assert not app.error
    assert f"{N_CELLS} cells × {N_GENES} genes, raw counts" in texts(app)


def test_labels_that_come_later_are_kept_with_the_chosen_matrix(tmp_path: Path) -> None:
    app = bring(open_page("data", prepare=FEW), ("a.h5", write_tenx_hdf5(tmp_path / "a.h5").read_bytes()))
    bring(app, ("types.csv", LABELS.encode()))
    assert not app.exception
    assert not app.error
    (path,) = list_uploads()
    assert [table.name for table in label_tables(path)] == ["types.csv"]
    assert "**Are these known classes?** `cell_type` of types.csv" in texts(app)
    assert "types.csv names cells of a.h5 and is stored with it." in [toast.value for toast in app.toast]
    bring(app, ("leaves.csv", b"a,b\n1,2\n3,4\n5,6\n"))  # a table of something else is data of its own
    assert len(list_uploads()) == 2
    assert str(app.selectbox(key="dataset").value).startswith("leaves.csv")


def test_pictures_in_folders_become_one_data_set_with_labels() -> None:
    app = open_page("data")
    app.segmented_control(key="upload_way").set_value("A folder").run()
    pictures = [(f"pets/{'cat' if n % 2 else 'dog'}/{n}.png", draw_png(16 * n)) for n in range(12)]
    bring(app, *pictures)
    assert not app.error
    (path,) = list_uploads()
    assert app.selectbox(key="dataset").value == f"pets ({path.parent.name})"
    assert (figures(app)["Samples"], figures(app)["Labels"]) == ("12", "2")


def draw_png(grey: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (16, 16), grey).save(file, "PNG")
    return file.getvalue()


def test_a_file_of_r_is_told_how_to_convert_and_not_kept() -> None:
    app = bring(open_page("data"), ("cells.rds", b"X\n\x00\x00"))
    assert "cells.rds is an R file, which is not supported" in app.error[0].value
    assert app.code[0].value.startswith("library(Seurat)\ncounts <- GetAssayData(readRDS")
    assert list_uploads() == []


def test_parts_without_their_matrix_are_told_and_more_may_follow(tmp_path: Path) -> None:
    files = contents(write_folder(tmp_path / "x"))
    app = bring(open_page("data", prepare=FEW), *files[:2])
    assert "came without a matrix.mtx" in app.error[0].value
    bring(app, *files)
    assert not app.error
    assert [path.name for path in list_uploads()] == ["10x"]


def test_of_several_files_what_can_be_read_is_kept_and_the_rest_told(tmp_path: Path) -> None:
    good = write_tenx_hdf5(tmp_path / "a.h5").read_bytes()
    app = bring(open_page("data"), ("a.h5", good), ("b.h5", b"no HDF5 at all"), ("c.pdf", b"%PDF"))
    assert [path.name for path in list_uploads()] == ["a.h5"]
    told = "\n".join(toast.value for toast in app.toast)
    assert "b.h5" in told
    assert "Skipped unsupported files: c.pdf." in told


@pytest.mark.parametrize("name", ["../../evil.csv", "\x1b[2Jevil.csv", "e" * 3000 + ".csv", "**bold** `code`.csv"])
def test_a_hostile_name_is_kept_harmless_and_opens(name: str, own_folders: Path) -> None:
    app = bring(open_page("data"), (name, b"a,b\n1,2\n3,4\n5,6\n"))
    assert not app.exception
    assert not app.error
    (path,) = list_uploads()
    assert path.parent.parent == own_folders / "uploads"
    assert app.selectbox(key="dataset").value == f"{path.name} ({path.parent.name})"
    assert figures(app)["Samples"] == "3"


def test_forgetting_a_matrix_takes_its_labels_too(tmp_path: Path, own_folders: Path) -> None:
    app = bring(open_page("data"), *contents(write_folder(tmp_path / "x")), ("types.csv", LABELS.encode()))
    (path,) = list_uploads()
    app.button(key=f"forget_{path.parent.name}").click().run()
    app.button(key="dialog_yes").click().run()
    assert not app.exception
    assert list((own_folders / "uploads").iterdir()) == []
    assert app.selectbox(key="dataset").value == "digits"


def test_an_address_cannot_leave_the_folder_of_uploads(tmp_path: Path, own_folders: Path) -> None:
    files = [(f"lung/{name}", content) for name, content in contents(write_folder(tmp_path / "x"))]
    path = store_files(files).uploads[0].path
    link = own_folders / "uploads" / "0123456789ab"
    link.mkdir()
    (link / "out").symlink_to(tmp_path)
    for text in ("out (0123456789ab)", f".. ({path.parent.name})", f"beside ({path.parent.name})"):
        app = open_page("data", dataset=text)
        assert app.error[0].value.startswith("The address asks for dataset=")
        assert not app.exception


def test_files_of_the_operator_are_chosen_by_path_and_never_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tenx_hdf5(tmp_path / "counts.h5")
    assert [text for text in open_page("data").selectbox(key="dataset").options if text.startswith("files/")] == []
    home = tmp_path / "group"
    write_folder(home / "lung")
    (home / "lung" / "labels.csv").write_text(LABELS)
    (home / "out.h5").symlink_to(tmp_path / "counts.h5")
    monkeypatch.setenv("CLUSTERGAN_FILES", str(home))
    store_files([("leaves.csv", b"a,b\n1,2\n3,4\n5,6\n")])
    app = open_page("data", dataset="files/lung", labels="labels.csv: cell_type", prepare=FEW)
    assert not app.exception
    assert not app.error
    assert [text for text in app.selectbox(key="dataset").options if text.startswith("files/")] == ["files/lung"]
    assert "matched by sample id (30 of 30)" in texts(app)
    app.button(key=f"forget_{list_uploads()[0].parent.name}").click().run()
    app.button(key="dialog_yes").click().run()
    assert list_uploads() == []
    assert (home / "lung" / "matrix.mtx.gz").is_file()
    app = open_page("data", dataset="files/../counts.h5")
    assert app.error[0].value.startswith("The address asks for dataset=files/../counts.h5")
