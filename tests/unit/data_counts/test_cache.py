"""Count matrices that are read once: what is kept is what was read, for those very files, until it is forgotten."""

import os
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.reading.sandbox import cache as matrix_cache
from clustergan_core.data.counts.reading.sandbox.cache import forget_matrix, read_cached
from clustergan_core.data.counts.reading.sandbox.parent import read_safely
from tests.count_files import write_folder

pytestmark = pytest.mark.slow  # starts reading processes


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    return write_folder(tmp_path / "cells")


def count_readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    read: list[Path] = []

    def reading(path: Path, orientation: str) -> object:
        read.append(path)
        return read_safely(path)

    monkeypatch.setattr(matrix_cache, "read_safely", reading)
    return read


def test_a_second_opening_gives_the_same_without_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = count_readings(monkeypatch)
    first, second = read_cached(folder), read_cached(folder)
    assert read == [folder]
    np.testing.assert_array_equal(first.counts.toarray(), second.counts.toarray())
    assert first.gene_symbols.tolist() == second.gene_symbols.tolist()
    assert first.cell_ids.tolist() == second.cell_ids.tolist()


def test_a_changed_file_is_read_anew_and_the_old_goes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = count_readings(monkeypatch)
    read_cached(folder)
    part = next(path for path in folder.iterdir() if "matrix" in path.name)
    os.utime(part, ns=(1, 1))
    read_cached(folder)
    assert len(read) == 2
    assert len(list((folder.parent / "derived" / "matrices").iterdir())) == 1


def test_what_is_forgotten_leaves_nothing_behind(folder: Path) -> None:
    read_cached(folder)
    forget_matrix(folder)
    assert list((folder.parent / "derived" / "matrices").iterdir()) == []


def test_a_damaged_copy_is_as_good_as_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_cached(folder)
    kept = next((folder.parent / "derived" / "matrices").glob("*/*.npz"))
    kept.write_bytes(kept.read_bytes()[:100])
    assert read_cached(folder).counts.nnz == first.counts.nnz


def test_the_oldest_makes_room_for_the_newest(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_cache, "MAX_CACHED_BYTES", 1)
    other = write_folder(tmp_path / "others")
    read_cached(folder)
    read_cached(other)
    read = count_readings(monkeypatch)
    read_cached(other)
    assert read == []
    read_cached(folder)
    assert read == [folder]


def test_what_was_opened_by_a_link_is_forgotten_by_its_own_name(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    read_cached(link)
    forget_matrix(folder)
    assert list((tmp_path / "derived" / "matrices").iterdir()) == []


def test_what_a_killed_process_left_half_written_goes(folder: Path, tmp_path: Path) -> None:
    matrices = tmp_path / "derived" / "matrices"
    for name in (".part-old", ".part-new"):
        (matrices / name).mkdir(parents=True)
        (matrices / name / "matrix.npz").write_bytes(b"half")
    os.utime(matrices / ".part-old", (1, 1))
    read_cached(folder)
    assert {path.name for path in matrices.iterdir() if path.name.startswith(".")} == {".part-new"}
