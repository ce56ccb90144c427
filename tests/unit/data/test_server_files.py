"""Files of the operator's: what is offered, and that nothing outside their folder ever is."""

import os
from pathlib import Path
from typing import Any

import pytest

from clustergan_core.data.uploads import server_files as shared_files
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.server_files import find_shared, list_shared, shared_name
from clustergan_core.data.uploads.store import forget_upload
from clustergan_core.errors import DataError
from tests.count_files import write_folder, write_tenx_hdf5


@pytest.fixture
def files(tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder such as a group's: samples in folders, and things that are nobody's business."""
    home = tmp_path / "group"
    write_folder(home / "lung")
    (home / "lung" / "labels.csv").write_text("cell,type\n")
    (home / "gut").mkdir()
    write_tenx_hdf5(home / "gut" / "counts.h5")
    (home / "gut" / "labels.tsv").write_text("cell\ttype\n")
    (home / "gut" / "notes.docx").write_text("secret")
    (home / "gut" / "deep").mkdir()
    write_tenx_hdf5(home / "gut" / "deep" / "counts.h5")
    (home / ".hidden.csv").write_text("a,b\n1,2\n")
    monkeypatch.setenv("CLUSTERGAN_FILES", str(home))
    return home


def test_nothing_is_offered_unless_the_operator_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CLUSTERGAN_FILES", raising=False)
    assert list_shared() == []
    assert shared_name(tmp_path) is None
    with pytest.raises(DataError, match=r"There is no a.csv among this server's files"):
        find_shared("a.csv")
    monkeypatch.setenv("CLUSTERGAN_FILES", str(tmp_path / "absent"))
    assert list_shared() == []


def test_matrices_and_tables_are_listed_two_levels_deep(files: Path) -> None:
    assert list_shared() == ["gut/counts.h5", "gut/labels.tsv", "lung"]
    assert find_shared("lung") == (files / "lung").resolve()
    assert shared_name(find_shared("gut/counts.h5")) == "gut/counts.h5"


def test_a_folder_of_several_matrices_is_listed_by_them(files: Path) -> None:
    write_folder(files / "geo", "A_")
    write_folder(files / "geo", "B_", is_packed=False)
    (files / "odd").mkdir()
    (files / "odd" / "counts.mtx").write_text("%%MatrixMarket")
    assert [name for name in list_shared() if name.startswith(("geo", "odd"))] == [
        "geo/A_matrix.mtx.gz",
        "geo/B_matrix.mtx",
        "odd",
    ]


def test_tables_beside_a_file_and_in_a_10x_folder_may_name_its_cells(files: Path) -> None:
    assert [table.name for table in label_tables(find_shared("gut/counts.h5"))] == ["labels.tsv"]
    assert [table.name for table in label_tables(find_shared("lung"))] == ["labels.csv"]


def test_links_that_lead_out_are_not_followed(files: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.csv").write_text("a,b\n1,2\n")
    (files / "out.csv").symlink_to(tmp_path / "secret" / "a.csv")
    (files / "out").symlink_to(tmp_path / "secret")
    (files / "within.h5").symlink_to(files / "gut" / "counts.h5")
    (files / "gut" / "out.csv").symlink_to(tmp_path / "secret" / "a.csv")
    assert list_shared() == ["gut/counts.h5", "gut/labels.tsv", "lung", "within.h5"]
    assert [table.name for table in label_tables(find_shared("gut/counts.h5"))] == ["labels.tsv"]


def test_what_cannot_be_listed_is_passed_over(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list_shared()
    (files / "circle.csv").symlink_to(files / "circle.csv")
    (files / "nowhere.csv").symlink_to(files / "gone.csv")
    (files / "two\nlines.csv").write_text("a,b\n1,2\n")
    Path(os.fsdecode(os.fsencode(files) + b"/\xff.csv")).write_text("a,b\n1,2\n")
    assert list_shared() == before
    scan = os.scandir

    def refuse(folder: Path) -> Any:
        if Path(folder).name == "gut":
            raise PermissionError(folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list_shared() == ["lung"]


@pytest.mark.parametrize("name", ["../secret/a.csv", "/etc/passwd", "gut/../lung", "gut/notes.docx", "", "gut"])
def test_only_what_is_listed_is_found(files: Path, name: str) -> None:
    with pytest.raises(DataError, match="among this server's files"):
        find_shared(name)


def test_a_long_list_is_cut(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_files, "MAX_LISTED", 2)
    assert list_shared() == ["gut/counts.h5", "gut/labels.tsv"]


def test_a_shared_file_cannot_be_forgotten(files: Path) -> None:
    with pytest.raises(DataError, match="is not an upload"):
        forget_upload(find_shared("gut/counts.h5"))
    assert (files / "gut" / "counts.h5").is_file()
