"""Count matrices that are broken: each gets one sentence that says what and how to mend it."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.reading import limits
from clustergan_core.data.counts.reading.hdf5 import vetting as hdf5_vetting
from clustergan_core.data.counts.reading.preflight import Preflight, make_preflight
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from clustergan_core.errors import DataError
from tests.count_files import N_CELLS, N_GENES, SYMBOLS, make_barcodes, make_counts, write_folder, write_tenx_hdf5

HEADER = "%%MatrixMarket matrix coordinate integer general\n"


def change_matrix(folder: Path, change: Callable[[str], str], is_packed: bool = False) -> Path:
    write_folder(folder, is_packed=is_packed)
    path = folder / "matrix.mtx"
    path.write_text(change(path.read_text()))
    return folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "1000000000 1000000000 5\n1 1 1\n", "declares 1,000,000,000 cells, but at most 200,000"),
        (HEADER + f"{N_GENES} {N_CELLS} 400000000000\n1 1 1\n", "non-zero values, but at most 500,000,000"),
        (HEADER + f"{N_GENES} {N_CELLS} 1300\n1 1 1\n", "in 30 × 40 entries|in 40 × 30 entries"),
        (HEADER + f"{N_GENES} {N_CELLS} 900\n1 1 1\n", "declares 900 values, more than its"),
        (HEADER + f"{N_GENES} {N_CELLS} 3\n1 1 1\n2 2 1\n", "declares 3 values but holds 2"),
        (HEADER + f"{N_GENES} {N_CELLS} 1\n1 1 1\n2 2 1\n", "declares 1 values but holds more"),
        (HEADER + f"{N_GENES} {N_CELLS} 1\n41 1 1\n", "a value outside its 40 rows"),
        (HEADER + f"{N_GENES} {N_CELLS} 1\n1 0 1\n", "a value outside its 30 columns"),
        (HEADER + f"{N_GENES} {N_CELLS} 2\n1 1 1\n1 two 1\n", "lines that are not 'row column value'"),
        (HEADER + f"{N_GENES} {N_CELLS} 1\n1 1 nan\n", "1 values that are NaN or infinite"),
        (HEADER + f"{N_GENES} {N_CELLS} -4\n1 1 1\n", "does not declare its rows"),
        (HEADER + "% talk\n" * 2000, "does not declare its rows"),
        (HEADER + f"{N_GENES} {N_CELLS} 0\n", "only zeros"),
        (HEADER.replace("coordinate", "array") + "40 30\n1\n", "of type 'array integer general'"),
        (HEADER.replace("general", "symmetric") + "40 40 1\n1 1 1\n", "integer symmetric"),
        (HEADER + "41 30 1\n1 1 1\n", "but 40 genes and 30 cells are named"),
        ("gene,cell\n1,2\n", "does not begin with %%MatrixMarket"),
        ("", "does not begin with %%MatrixMarket"),
    ],
)
def test_a_matrix_text_that_lies_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_counts(change_matrix(tmp_path / "lung", lambda _: text))


def test_a_truncated_matrix_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "lung")
    path = folder / "matrix.mtx.gz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"matrix\.mtx\.gz is a corrupt gzip file"):
        read_counts(folder)
    path.write_bytes(gzip.compress(gzip.decompress((write_folder(tmp_path / "b") / path.name).read_bytes())[:-60]))
    with pytest.raises(
        DataError, match=r"declares \d+ values but holds \d+: copy or download it again|row column value"
    ):
        read_counts(folder)


def look_at(path: Path) -> Preflight:
    with closing(open_counts(path)) as file:
        return make_preflight(file)


def test_a_name_as_long_as_a_book_is_refused(tmp_path: Path) -> None:
    rows = [("G" * 5000,), *[(symbol,) for symbol in SYMBOLS[1:]]]
    with pytest.raises(DataError, match=r"gene name of 5,000 characters \('GGG"):
        read_counts(write_folder(tmp_path / "lung", feature_rows=rows))


def put(key: str, value: object) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[key]
        file[key] = value

    return change


def change_tenx(path: Path, change: Callable[[h5py.File], None]) -> Path:
    write_tenx_hdf5(path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


NNZ = csr_matrix(make_counts()).nnz


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("matrix/indices", np.full(NNZ, N_GENES)), "has values beyond its 40 columns"),
        (put("matrix/indices", np.full(NNZ, -1)), "has values beyond its 40 columns"),
        (put("matrix/indices", np.zeros(5, int)), r"has 31 bounds, 5 indices and \d+ values"),
        (put("matrix/indptr", np.arange(N_CELLS + 1)[::-1]), "has bounds that do not fit"),
        (put("matrix/indptr", np.linspace(0, NNZ, N_CELLS + 1)), "31 bounds"),
        (put("matrix/shape", np.array([N_GENES, 10**9])), "declares 1,000,000,000 cells"),
        (put("matrix/shape", np.array([10**6, N_CELLS])), "declares 1,000,000 genes"),
        (put("matrix/shape", np.array([N_GENES, 0])), r"holds 0 cells × 40 genes: provide at least 2 cells"),
        (put("matrix/shape", np.array([1, N_CELLS])), "30 cells × 1 genes: provide at least 2 cells and 2 genes"),
        (put("matrix/shape", np.array([1, 2, 3])), "declares 3 values, but at most 2"),
        (put("matrix/data", np.full(NNZ, np.nan)), r"values that are NaN or infinite in matrix"),
        (put("matrix/data", np.full(NNZ, 1e300)), r"values that are NaN or infinite in matrix"),
        (put("matrix/data", np.array(["many"] * NNZ, dtype="S")), "instead of numbers"),
        (put("matrix/barcodes", np.array(["A", "B"], dtype="S")), "but names 40 and 2"),
        (put("matrix/features/feature_type", np.array(["Peaks"] * N_GENES, dtype="S")), "Peaks but no gene expression"),
    ],
)
def test_a_10x_hdf5_file_that_lies_is_refused(
    tmp_path: Path, change: Callable[[h5py.File], None], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read_counts(change_tenx(tmp_path / "a.h5", change))


@pytest.mark.parametrize("content", [b"", b"no HDF5 at all", b"\x89HDF\r\n\x1a\n" + b"\0" * 500])
def test_what_only_claims_to_be_hdf5_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.h5ad").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.h5ad is (empty|not a complete HDF5 file)"):
        read_counts(tmp_path / "a.h5ad")


def test_a_truncated_hdf5_file_is_refused(tmp_path: Path) -> None:
    content = write_tenx_hdf5(tmp_path / "a.h5").read_bytes()
    (tmp_path / "b.h5").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="not a complete HDF5 file"):
        read_counts(tmp_path / "b.h5")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.full((N_CELLS, N_GENES), np.nan), "1,200 values that are NaN or infinite in X"),
        (np.full((N_CELLS, N_GENES), "a", dtype="S"), "instead of numbers"),
        (np.zeros((N_CELLS, N_GENES)), "only zeros in X"),
        (np.ones((0, N_GENES)), "0 cells × 40 genes"),
        (np.ones((N_CELLS, 1)), "30 cells × 1 genes"),
        (np.ones(N_CELLS), "an X that is not a table of numbers"),
        (np.ones((3, 4, 5)), "an X that is not a table of numbers"),
    ],
)
def test_an_x_that_is_no_matrix_of_counts_is_refused(tmp_path: Path, value: object, message: str) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"] = value
    with pytest.raises(DataError, match=message):
        read_counts(tmp_path / "a.h5")


def test_hdf5_of_something_else_is_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["train/data"] = np.ones((5, 5))
    with pytest.raises(DataError, match="holds train but no supported matrix"):
        read_counts(tmp_path / "a.h5")


def test_two_thousand_categories_are_no_labels_and_do_no_harm(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"] = np.ones((4000, 3))
        file["Y"] = np.arange(4000) % 2000
    assert look_at(tmp_path / "a.h5").label_columns == ()
    assert len(read_counts(tmp_path / "a.h5").cells["label"].cat.categories) == 2000


def test_more_than_100_000_barcodes_raise_the_question_of_a_raw_matrix(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"] = np.ones((100_001, 3), np.uint8)
    assert any("unfiltered matrix" in warning for warning in look_at(tmp_path / "a.h5").warnings)


def test_a_ring_of_links_is_walked_once_and_too_many_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tenx_hdf5(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        file["matrix/ring"] = file["/"]
    assert read_counts(path).counts.shape == (N_CELLS, N_GENES)
    monkeypatch.setattr(hdf5_vetting, "MAX_OBJECTS", 5)
    with pytest.raises(DataError, match="more than 5 objects"):
        read_counts(path)


def test_too_little_memory_is_told_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "available_bytes", lambda: 10)
    path = write_tenx_hdf5(tmp_path / "a.h5")
    with pytest.raises(DataError, match=r"needs about 0\.0 GB of memory to read, but 0\.0 GB are free"):
        read_counts(path)


def test_barcodes_with_a_header_line_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "lung", is_packed=False)
    path = folder / "barcodes.tsv"
    path.write_text("barcode\n" + path.read_text())
    assert read_counts(folder).cell_ids.tolist() == make_barcodes()


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "lung", is_packed=False)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    content = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(b"coordinate", b"cOordinate", 1))
    with pytest.raises(DataError, match=r"matrix\.mtx is a corrupt zip file: compress it again\."):
        read_counts(tmp_path / "a.zip")
