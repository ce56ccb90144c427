"""Files uploaded together: those that belong to one another become one upload."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.reading.formats import find_format
from clustergan_core.data.counts.reading.reader import open_counts
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.sorting import UploadResult, store_files
from clustergan_core.data.uploads.store import list_uploads
from clustergan_core.errors import DataError, StorageError
from tests.count_files import make_barcodes, make_counts, write_folder, write_table, write_tenx_hdf5

pytestmark = pytest.mark.usefixtures("own_folders")

LABELS = "barcode,cell_type\n" + "".join(f"{cell},{'B' if n % 3 else 'T'}\n" for n, cell in enumerate(make_barcodes()))


def upload(*paths: Path, top: str = "", **others: bytes) -> UploadResult:
    """Files as a browser hands them over; `top` is the folder it was told to take."""
    given = [(f"{top}{path.name}", memoryview(path.read_bytes())) for path in paths]
    return store_files(
        [*given, *((name.replace("_dot_", "."), memoryview(content)) for name, content in others.items())]
    )


@pytest.mark.parametrize("features", ["features.tsv", "genes.tsv"])
@pytest.mark.parametrize("prefix", ["", "GSM42_lung_"])
def test_the_parts_of_a_10x_folder_become_one_folder(tmp_path: Path, prefix: str, features: str) -> None:
    result = upload(*write_folder(tmp_path / "x", prefix, features).iterdir())
    (kept,) = result.uploads
    assert kept.path.name == ("GSM42_lung" if prefix else "10x")
    assert sorted(path.name for path in kept.path.iterdir()) == ["barcodes.tsv.gz", f"{features}.gz", "matrix.mtx.gz"]
    assert find_format(kept.path) == "10x"
    with closing(open_counts(kept.path)) as file:
        assert np.array_equal(file.read().toarray(), make_counts())


def test_a_folder_gives_its_name_and_its_table_of_labels(tmp_path: Path) -> None:
    result = upload(*write_folder(tmp_path / "x").iterdir(), top="lung/", labels_dot_csv=LABELS.encode())
    (kept,) = result.uploads
    assert kept.path.name == "lung"
    assert label_tables(kept.path) == list(kept.tables)
    assert kept.tables[0].read_text() == LABELS


def test_several_samples_of_one_folder_are_several_uploads(tmp_path: Path) -> None:
    one, two = write_folder(tmp_path / "one", "A_"), write_folder(tmp_path / "two", "B_", is_packed=False)
    result = upload(*one.iterdir(), *two.iterdir(), top="lungs/")
    assert [kept.path.name for kept in result.uploads] == ["A", "B"]
    assert (result.uploads[1].path / "matrix.mtx").is_file()


def test_one_list_of_genes_serves_several_matrices(tmp_path: Path) -> None:
    one, two = write_folder(tmp_path / "one", "A_"), write_folder(tmp_path / "two", "B_", is_packed=False)
    shared = one / "A_features.tsv.gz"
    shared.rename(one / "features.tsv.gz")
    (two / "B_features.tsv").unlink()
    result = upload(*one.iterdir(), *two.iterdir())
    assert [len(list(kept.path.iterdir())) for kept in result.uploads] == [3, 3]


def test_a_matrix_of_another_name_takes_the_lists_beside_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", features="genes.tsv", is_packed=False)
    (folder / "matrix.mtx").rename(folder / "counts.mtx")
    (kept,) = upload(*folder.iterdir()).uploads
    assert kept.path.name == "counts"
    assert (kept.path / "matrix.mtx").is_file()


def test_parts_without_their_matrix_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x")
    (folder / "matrix.mtx.gz").unlink()
    with pytest.raises(DataError, match=r"came without a matrix.mtx: upload the three files of a 10x folder together"):
        upload(*folder.iterdir())
    assert list_uploads() == []


@pytest.mark.parametrize("is_hdf5", [True, False])
def test_a_table_brought_with_a_matrix_lies_beside_it(tmp_path: Path, is_hdf5: bool) -> None:
    matrix = write_tenx_hdf5(tmp_path / "a.h5") if is_hdf5 else write_table(tmp_path / "a.csv.gz", is_by_gene=True)
    (kept,) = upload(matrix, labels_dot_csv=LABELS.encode()).uploads
    assert kept.path.name == matrix.name
    assert [table.name for table in kept.tables] == ["labels.csv"]
    assert list_uploads() == [kept.path]


def test_tables_alone_are_uploads_of_their_own() -> None:
    result = upload(one_dot_csv=b"a,b\n1,2\n3,4\n", two_dot_tsv=b"a\tb\n1\t2\n")
    assert [(kept.path.name, kept.tables) for kept in result.uploads] == [("one.csv", ()), ("two.tsv", ())]


def test_loose_pictures_become_one_folder_with_its_sub_folders() -> None:
    result = store_files([("pets/cats/1.png", b"1"), ("pets/dogs/1.png", b"2"), ("pets/.DS_Store", b"x")])
    (kept,) = result.uploads
    assert kept.path.name == "pets"
    assert sorted(path.relative_to(kept.path).as_posix() for path in kept.path.rglob("*.png")) == [
        "cats/1.png",
        "dogs/1.png",
    ]


def test_what_is_of_no_kind_is_named_and_left_out(tmp_path: Path) -> None:
    result = upload(write_tenx_hdf5(tmp_path / "a.h5"), summary_dot_html=b"<p>")
    assert result.left_out == ("summary.html",)
    with pytest.raises(DataError, match=r"thesis.pdf is not a supported file type"):
        upload(thesis_dot_pdf=b"%PDF")
    with pytest.raises(DataError, match=r"a.csv is empty"):
        upload(a_dot_csv=b"")
    assert len(list_uploads()) == 1


def test_a_full_disk_is_told_and_nothing_half_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(StorageError, match="No space left on device"):
        store_files([("matrix.mtx", b"1"), ("genes.tsv", b"G1\n"), ("barcodes.tsv", b"C1\n")])
    assert not [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
