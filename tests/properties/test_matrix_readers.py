"""Damaged count matrices of every format, read by a limited process: a matrix or one sentence, and nothing else.

The damage is drawn with a fixed seed. `CLUSTERGAN_FUZZ_ROUNDS=200` draws more than the normal suite does.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from clustergan_core.data.counts.reading.sandbox.handover import load_matrix
from clustergan_core.paths import CODE_FOLDER
from tests.count_files import (
    SYMBOLS,
    kb_texts,
    make_barcodes,
    make_counts,
    matrix_text,
    parse_texts,
    write_folder,
    write_h5ad,
    write_loom,
    write_table,
    write_tenx_hdf5,
    write_texts,
)

pytestmark = pytest.mark.slow  # starts reading processes

ROUNDS = int(os.environ.get("CLUSTERGAN_FUZZ_ROUNDS", "10"))
SECONDS_EACH = 20  # of wall time; a file of a few kilobytes takes a hundredth of that
PATIENCE = 60 + 5 * ROUNDS
# Values that readers trip over.
FIELDS = (b"", b"nan", b"-1", b"0", b"1e309", b"inf", b"1e-400", b"99999999999999999999", b"1,5", b"'", b'"', b"\0",
          b"\xff\xfe", b"%", b"#", b"N/A", b"=1+1", b"\t", b"\x1f", "é".encode(), b"1 2", b"x" * 300)  # fmt: skip

# Reads each file as the child of the sandbox does, in one process, because starting one takes a second.
READER = """
import json, os, signal, sys, time
opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments[0]) if event == "open" else None)
from clustergan_core.data.counts.reading.sandbox import child
child.limit_process(600)
child.limit_process = lambda seconds: None
child.allow_reading = lambda n_nonzeros: child.BASE_BYTES
class Hang(BaseException): pass
def stop(*_): raise Hang()
signal.signal(signal.SIGALRM, stop)
for line in sys.stdin:
    path, out = json.loads(line)
    os.makedirs(out)
    opened.clear()
    start = time.monotonic()
    signal.alarm(%d)
    try:
        status = child.main(["read", path, "auto", out])
    except Hang:
        status = "hang"
    except BaseException as error:
        status = repr(error)
    signal.alarm(0)
    files = [os.fspath(name) for name in opened if isinstance(name, (str, bytes, os.PathLike))]
    files = [name.decode() if isinstance(name, bytes) else name for name in files]
    print(json.dumps([path, out, status, time.monotonic() - start, files]), flush=True)
"""


def write_sheet(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["gene", *make_barcodes()])
    for gene, row in zip(SYMBOLS, make_counts().T.tolist()):
        sheet.append([gene, *row])
    book.save(path)
    return path


def write_rhapsody(path: Path) -> Path:
    genes = [f"{symbol}|NM_1|Reference_end" for symbol in SYMBOLS]
    cells = [str(number + 700) for number in range(len(make_barcodes()))]
    text = write_table(path, False, genes=genes, cells=cells, corner="Cell_Index").read_text()
    path.write_text("## Pipeline 1.9\n## Run\n" + text)
    return path


def write_names_inside(path: Path) -> Path:
    names = ["%%MatrixMarket matrix coordinate integer general", "%%GENES\t" + "\t".join(SYMBOLS)]
    names.append("%%CELL_BARCODES\t" + "\t".join(make_barcodes()))
    path.write_text("\n".join(names) + "\n" + matrix_text(make_counts().T, ""))
    return path


def write_zip(path: Path) -> Path:
    folder = write_folder(path.parent / "packed", is_packed=False)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


TEXTS: dict[str, Callable[[Path], Path]] = {
    "10x": lambda home: write_folder(home / "lung", is_packed=False),
    "10x-packed": lambda home: write_folder(home / "lung"),
    "kb": lambda home: write_texts(home / "kb", kb_texts()),
    "parse": lambda home: write_texts(home / "parse", parse_texts()),
    "names-inside": lambda home: write_names_inside(home / "a.dge.txt"),
    "genes-in-rows": lambda home: write_table(home / "a.csv", True, corner="gene"),
    "cells-in-rows": lambda home: write_table(home / "a.tsv", False, "\t", corner=None),
    "decimal-comma": lambda home: write_table(home / "a.txt", True, ";", counts=make_counts() / 2, decimal=","),
    "packed-table": lambda home: write_table(home / "a.csv.gz", True),
    "rhapsody": lambda home: write_rhapsody(home / "a.csv"),
}
BINARIES: dict[str, Callable[[Path], Path]] = {
    "zip": lambda home: write_zip(home / "a.zip"),
    "sheet": lambda home: write_sheet(home / "a.xlsx"),
    "10x-hdf5": lambda home: write_tenx_hdf5(home / "a.h5"),
    "loom": lambda home: write_loom(home / "a.loom"),
    "h5ad": lambda home: write_h5ad(home / "a.h5ad", SYMBOLS, {"kind": ["a", "b"] * 20}, donor=["x", "y"] * 15),
}


def damage(content: bytes, draw: random.Random) -> bytes:
    """The content with one to three faults."""
    is_packed = content.startswith(b"\x1f\x8b") and draw.random() < 0.7
    content = gzip.decompress(content) if is_packed else content
    for _ in range(draw.randint(1, 3)):
        content = draw.choice(FAULTS)(content, draw)
    return gzip.compress(content) if is_packed else content


def flip(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content or b"0")
    for _ in range(draw.randint(1, 8)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def truncate(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def cut_out(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content) + 1)
    return content[:start] + content[start + draw.randint(1, 60) :]


def repeat(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content) + 1)
    return content[:start] + content[start : start + draw.randint(1, 200)] + content[start:]


def swap_lines(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, two = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def change_line(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    index = draw.randrange(len(lines))
    lines[index : index + 1] = draw.choice(
        [[], [b""], [lines[index]] * 2, [b" " + lines[index]], [lines[index] + b"\r"]]
    )
    return b"\n".join(lines)


def change_field(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    index = draw.randrange(min(len(lines), draw.choice([3, len(lines)])))
    mark = next((mark for mark in (b"\t", b",", b";", b" ") if mark in lines[index]), b" ")
    fields = lines[index].split(mark)
    fields[draw.randrange(len(fields))] = draw.choice([*FIELDS, draw.choice(fields)])
    lines[index] = mark.join(fields)
    return b"\n".join(lines)


FAULTS = (flip, truncate, cut_out, repeat, swap_lines, change_line, change_field, change_field, change_field)


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path, Path, object, list[str]]]:
    """(format, file, where its result is, how reading ended, files it opened) of each damaged file."""
    home = tmp_path_factory.mktemp("damaged")
    jobs: dict[str, tuple[str, Path, Path]] = {}
    for name, write in (TEXTS | BINARIES).items():
        for number in range(ROUNDS):
            draw = random.Random(f"{name} {number}")
            folder = home / name / str(number)
            folder.mkdir(parents=True)
            path = write(folder)
            victim = draw.choice(sorted(path.iterdir())) if path.is_dir() else path
            victim.write_bytes(damage(victim.read_bytes(), draw))
            jobs[str(path)] = (name, path, home / "out" / name / str(number))
    done = subprocess.run(
        [sys.executable, "-c", READER % SECONDS_EACH],
        input="".join(json.dumps([str(path), str(out)]) + "\n" for _, path, out in jobs.values()),
        env=os.environ | {"PYTHONPATH": str(CODE_FOLDER), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(jobs), f"the reader ended with {done.returncode}: {done.stderr[-2000:]}"
    return [(*jobs[path], status, files) for path, _, status, _, files in results]


def test_a_damaged_file_ends_as_a_matrix_or_as_one_sentence(
    readings: list[tuple[str, Path, Path, object, list[str]]],
) -> None:
    wrong = []
    for name, path, out, status, _ in readings:
        if status == 2:
            sentence = (out / "error.txt").read_text()
            # Libraries for HDF5 and sheets raise all sorts of errors; the readers of text raise their own.
            is_own = name in BINARIES or "unsupported variant" not in sentence
            is_sentence = is_own and len(sentence.splitlines()) == 1 and sentence.endswith(".")
            if not is_sentence or len(sentence) > 700:
                wrong.append(f"{path}: {sentence}")
        elif status != 0:
            wrong.append(f"{path}: {status}")
    assert not wrong, "\n".join(wrong)


def test_a_matrix_of_a_damaged_file_is_consistent(readings: list[tuple[str, Path, Path, object, list[str]]]) -> None:
    n_read = 0
    for _, path, out, status, _ in readings:
        if status != 0:
            continue
        n_read += 1
        matrix = load_matrix(out)
        n_cells, n_genes = matrix.counts.shape
        assert len(set(matrix.cell_ids.tolist())) == len(matrix.cells) == n_cells, path
        assert len(set(matrix.gene_ids.tolist())) == len(matrix.gene_symbols) == n_genes, path
        assert all(matrix.cell_ids.tolist()) and all(matrix.gene_ids.tolist()), path
    assert n_read > ROUNDS  # the damage leaves some files readable


def test_reading_a_damaged_file_opens_no_other_file(readings: list[tuple[str, Path, Path, object, list[str]]]) -> None:
    libraries = (sys.prefix, sys.base_prefix, str(CODE_FOLDER), "/proc", "/sys", "/usr", "/dev/null", "/etc/mime.types")
    for _, path, out, _, files in readings:
        own = path if path.is_dir() else path.parent
        others = [file for file in files if not file.startswith((str(own), str(out), *libraries))]
        assert not others, f"{path} opened {others}"
