"""Count matrices made to do harm: each gets one sentence in seconds, and the process that asks is untouched."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pytest

from clustergan_core.data.counts.reading.reader import read_counts
from clustergan_core.data.counts.reading.sandbox import child as reading_process
from clustergan_core.data.counts.reading.sandbox import parent as reading_safely
from clustergan_core.data.counts.reading.sandbox.parent import inspect, read_safely
from clustergan_core.errors import DataError
from tests.count_files import N_CELLS, N_GENES, SYMBOLS, make_barcodes, make_counts, write_folder, write_tenx_hdf5

pytestmark = pytest.mark.slow  # starts reading processes

SECRET = "the secret of another file"
PATIENCE = 20  # seconds; the machine may be busy
UNTOUCHED = 60_000  # kB that the process that asks may grow by; the libraries that it imports first take some
BOUNDED = 200_000  # kB that vetting itself may take; the XML parser expands 8 MB before it gives up
MIB = 1 << 20
BOMB = 70 * MIB  # more than is harmless


def h5ad_around(path: Path, fill: Callable[[h5py.File], None]) -> Path:
    """An .h5ad file whose X is for `fill` to make."""
    with h5py.File(path, "w") as file:
        for name, ids in (("obs", make_barcodes()), ("var", SYMBOLS)):
            frame = file.create_group(name)
            frame["_index"] = np.array(ids, dtype=object)
            frame.attrs["_index"] = "_index"
        fill(file)
    return path


def external_storage(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        (folder / "secret.txt").write_text(SECRET * 100)
        secret = (str(folder / "secret.txt"), 0, h5py.h5f.UNLIMITED)
        file.create_dataset("X", (N_CELLS, N_GENES), np.uint8, external=[secret])

    return h5ad_around(folder / "a.h5ad", fill)


def external_link(folder: Path) -> Path:
    write_tenx_hdf5(folder / "secret.h5")
    return h5ad_around(
        folder / "a.h5ad", lambda file: file.__setitem__("X", h5py.ExternalLink(str(folder / "secret.h5"), "/matrix"))
    )


def soft_link_through_an_external_one(folder: Path) -> Path:
    write_tenx_hdf5(folder / "secret.h5")

    def fill(file: h5py.File) -> None:
        file["X"] = h5py.SoftLink("/uns/elsewhere/matrix")
        file.create_group("uns")["elsewhere"] = h5py.ExternalLink(str(folder / "secret.h5"), "/")

    return h5ad_around(folder / "a.h5ad", fill)


def soft_link_to_a_path(folder: Path) -> Path:
    return h5ad_around(folder / "a.h5ad", lambda file: file.__setitem__("X", h5py.SoftLink(str(folder / "secret.txt"))))


def virtual_dataset(folder: Path) -> Path:
    with h5py.File(folder / "secret.h5", "w") as file:
        file["X"] = make_counts()
    layout = h5py.VirtualLayout((N_CELLS, N_GENES), np.int64)
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "X", (N_CELLS, N_GENES))
    return h5ad_around(folder / "a.h5ad", lambda file: file.create_virtual_dataset("X", layout))


def object_references(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        file["X"] = make_counts()
        references = file.create_dataset("uns/references", (3,), h5py.ref_dtype)
        references[0] = file["X"].ref

    return h5ad_around(folder / "a.h5ad", fill)


def packed_objects(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        file["X"] = make_counts()
        file["uns/model"] = np.void(b"\x80\x04cposix\nsystem\n.")

    return h5ad_around(folder / "a.h5ad", fill)


def declared_and_empty(folder: Path) -> Path:
    return h5ad_around(
        folder / "a.h5ad", lambda file: file.create_dataset("X", (200_000, 75_000), np.float64, chunks=(64, 64))
    )


def zeros_that_unpack(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        group = file.create_group("X")
        group.attrs["encoding-type"], group.attrs["shape"] = "csr_matrix", np.array([N_CELLS, N_GENES])
        for key, count in (("data", 1200), ("indices", 1200)):
            group.create_dataset(key, data=np.zeros(count, np.int32))
        group.create_dataset("indptr", data=np.zeros(24 * MIB, np.int32), chunks=(MIB,), compression="gzip")
        names = np.zeros(24 * MIB, "S4")
        del file["obs/_index"]
        file.create_dataset("obs/_index", data=names, chunks=(MIB,), compression="gzip")

    return h5ad_around(folder / "a.h5ad", fill)


def dense_zeros_that_unpack(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        shape = (10_000, 10_000)
        matrix = file.create_dataset("X", shape, np.uint8, chunks=(1000, 10_000), compression="gzip")
        for start in range(0, 10_000, 1000):
            matrix[start : start + 1000] = 0

    return h5ad_around(folder / "a.h5ad", fill)


def endless_chunk(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        file.create_dataset(
            "X", (N_CELLS, N_GENES), np.float64, maxshape=(None, None), chunks=(20_000, 20_000), compression="gzip"
        )

    return h5ad_around(folder / "a.h5ad", fill)


def endless_text_width(folder: Path) -> Path:
    def fill(file: h5py.File) -> None:
        file["X"] = make_counts()
        del file["var/_index"]
        file.create_dataset("var/_index", (N_GENES,), "S100000000", chunks=(1,))

    return h5ad_around(folder / "a.h5ad", fill)


def matrix_of_a_milliard(folder: Path) -> Path:
    write_folder(folder / "lung", is_packed=False)
    header = "%%MatrixMarket matrix coordinate integer general\n"
    (folder / "lung" / "matrix.mtx").write_text(f"{header}1000000000 1000000000 1000000000\n1 1 1\n")
    return folder / "lung"


def packed_zeros(path: Path, start: bytes, line: bytes, n_bytes: int) -> Path:
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(start)
        block = line * (MIB // len(line))
        for _ in range(n_bytes // len(block)):
            file.write(block)
    return path


def matrix_that_unpacks(folder: Path) -> Path:
    write_folder(folder / "lung")
    start = f"%%MatrixMarket matrix coordinate integer general\n{N_GENES} {N_CELLS} 1200\n".encode()
    packed_zeros(folder / "lung" / "matrix.mtx.gz", start, b" " * 64, BOMB)
    return folder / "lung"


def barcodes_that_unpack(folder: Path) -> Path:
    write_folder(folder / "lung")
    packed_zeros(folder / "lung" / "barcodes.tsv.gz", b"", b"AAAAAAAA\n", BOMB)
    return folder / "lung"


def text_that_unpacks(folder: Path) -> Path:
    header = b"," + ",".join(SYMBOLS * 50).encode() + b"\n"
    return packed_zeros(folder / "a.csv.gz", header, b"c" + b",0" * N_GENES * 50 + b"\n", BOMB)


def endless_line(folder: Path) -> Path:
    return packed_zeros(folder / "a.csv.gz", b"gene", b",0", 60 * MIB)


def endless_header(folder: Path) -> Path:
    (folder / "a.csv").write_bytes((b"gene" + b",0" * 6_500_000 + b"\n") * 2)
    return folder / "a.csv"


def endless_cell(folder: Path) -> Path:
    return packed_zeros(folder / "a.csv.gz", b'gene,a,b\n"', b"x" * 64, 12 * MIB)


def zip_that_unpacks(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("matrix.mtx", b"0" * (BOMB))
        archive.writestr("features.tsv", "a\n")
        archive.writestr("barcodes.tsv", "a\n")
    return folder / "a.zip"


def packed_text_in_a_zip(folder: Path) -> Path:
    matrix_that_unpacks(folder)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for path in (folder / "lung").iterdir():
            archive.write(path, path.name)
    return folder / "a.zip"


def zip_that_leads_outside(folder: Path) -> Path:
    write_folder(folder / "lung")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for path in (folder / "lung").iterdir():
            archive.write(path, f"../{path.name}")
    return folder / "a.zip"


def folder_of_links(folder: Path) -> Path:
    write_folder(folder / "elsewhere")
    (folder / "lung").mkdir()
    for path in (folder / "elsewhere").iterdir():
        (folder / "lung" / path.name).symlink_to(path)
    return folder / "lung"


def sheet_of_laughs(folder: Path) -> Path:
    openpyxl.Workbook().save(folder / "plain.xlsx")
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(folder / "plain.xlsx") as plain, zipfile.ZipFile(folder / "a.xlsx", "w") as archive:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = (
                    f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><worksheet '
                    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
                    '<c r="A1" t="inlineStr"><is><t>&l11;</t></is></c></row></sheetData></worksheet>'
                ).encode()
            archive.writestr(name, content)
    return folder / "a.xlsx"


HOSTILE: dict[Callable[[Path], Path], str] = {
    external_storage: r"stores '/X' in another file",
    external_link: r"links 'X' to another file",
    soft_link_through_an_external_one: r"links 'elsewhere' to another file",
    soft_link_to_a_path: r"links 'X' to an object that it does not hold",
    virtual_dataset: r"assembles '/X' from other files",
    object_references: r"references or packed objects in '/uns/references'",
    packed_objects: r"references or packed objects in '/uns/model'",
    declared_and_empty: r"declares 15,000,000,000 values, but at most 2,000,000,000",
    zeros_that_unpack: r"has 25,165,824 bounds, 1,200 indices",
    dense_zeros_that_unpack: r"would expand from 0\.\d+ MB to 100 MB",
    endless_chunk: r"would expand from 0\.00 MB to 3,200 MB",
    endless_text_width: r"declares 4,000 MB of text",
    matrix_of_a_milliard: r"declares 1,000,000,000 cells",
    matrix_that_unpacks: r"would expand from 0\.\d+ MB",
    barcodes_that_unpack: r"barcodes\.tsv\.gz would expand from 0\.\d+ MB",
    text_that_unpacks: r"would expand from 0\.\d+ MB",
    endless_line: r"a line of more than 16 MB",
    endless_header: r"has 6,\d\d\d,\d\d\d columns, but at most 200,200",
    endless_cell: r"a line that cannot be split into cells",
    zip_that_unpacks: r"refused as a possible archive bomb",
    packed_text_in_a_zip: r"would expand from 0\.\d+ MB",
    zip_that_leads_outside: r"outside itself",
    folder_of_links: r"lung holds no matrix\.mtx \(links that lead out of it are not followed\)",
    sheet_of_laughs: r"a\.xlsx is not a complete \.xlsx file",
}


def resident_kb() -> int:
    status = Path("/proc/self/status")
    if not status.is_file():
        pytest.skip("needs /proc to tell the memory of this process")
    return int(next(line for line in status.read_text().splitlines() if line.startswith("VmRSS")).split()[1])


@pytest.mark.parametrize("make", HOSTILE, ids=[make.__name__ for make in HOSTILE])
def test_vetting_refuses_a_file_made_to_do_harm(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    assert_refused(path, read_counts, HOSTILE[make], BOUNDED)


@pytest.mark.parametrize(
    "make",
    [external_storage, declared_and_empty, endless_chunk, text_that_unpacks, packed_text_in_a_zip, sheet_of_laughs],
)
def test_the_process_that_asks_is_untouched(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    assert_refused(path, inspect, HOSTILE[make], UNTOUCHED)


def assert_refused(path: Path, ask: Callable[[Path], object], message: str, most_kb: int) -> None:
    """In one sentence and some seconds, with little memory taken and no other file told of."""
    before, start = resident_kb(), time.monotonic()
    with pytest.raises(DataError, match=message) as caught:
        ask(path)
    assert time.monotonic() - start < PATIENCE
    assert resident_kb() - before < most_kb
    assert SECRET not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_read_by_a_child_is_the_same_as_here(tmp_path: Path) -> None:
    path = write_tenx_hdf5(tmp_path / "a.h5")
    there, here = read_safely(path), read_counts(path)
    assert (there.counts != here.counts).nnz == 0
    assert there.counts.dtype == np.float32
    for name in ("cell_ids", "gene_ids", "gene_symbols"):
        assert getattr(there, name).tolist() == getattr(here, name).tolist()
    assert there.cells.equals(here.cells)
    assert (there.name, there.state, there.part, there.notes) == (here.name, here.state, here.part, here.notes)


def test_a_reading_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_safely, "READING_SECONDS", 0.05)
    with pytest.raises(DataError, match=r"takes more than 0\.05 seconds to read"):
        read_safely(write_tenx_hdf5(tmp_path / "a.h5"))


@pytest.mark.parametrize(
    ("signal", "message"),
    [("KILL", "needs more memory to read than is free"), ("SEGV", "status -11"), ("XCPU", "seconds to read")],
)
def test_a_killed_reading_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signal: str, message: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nkill -{signal} $$\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(DataError, match=message):
        read_safely(write_tenx_hdf5(tmp_path / "a.h5"))


def test_the_child_cannot_take_more_memory_than_it_may() -> None:
    code = (
        "import mmap\nfrom clustergan_core.data.counts.reading.limits import allow_reading, limit_process\n"
        "limit_process(30)\n"
        "try:\n    mmap.mmap(-1, 3 << 30)\nexcept OSError:\n    print('refused')\n"
        "allow_reading(50_000_000)\nmmap.mmap(-1, 3 << 30)\nprint('allowed')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused", "allowed"], done.stderr


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "a.h5 needs more than 2.1 GB of memory to read"),
        (OSError("Can't synchronously read data (memory allocation failed)"), "needs more than 2.1 GB"),
        (KeyError("shape"), r"corrupt or of an unsupported variant \(KeyError: 'shape'\)"),
    ],
)
def test_whatever_a_library_raises_becomes_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(reading_process, "limit_process", lambda _: None)
    monkeypatch.setattr(reading_process, "_read", fail)
    path = write_tenx_hdf5(tmp_path / "a.h5")
    assert reading_process.main(["read", str(path), "auto", str(tmp_path)]) == 2
    assert re.search(message, (tmp_path / "error.txt").read_text())
