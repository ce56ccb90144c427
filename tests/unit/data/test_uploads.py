"""Uploads: stored by their content, whole or not at all, under names that mean nothing to a file system."""

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from clustergan_core.data.uploads.store import (
    MAX_NAME,
    STALE_SECONDS,
    beside,
    forget_upload,
    list_uploads,
    publish,
    safe_name,
    safe_path,
    staging,
    store_beside,
    upload_size,
)
from clustergan_core.errors import DataError
from clustergan_core.files import write_atomically


@pytest.fixture(autouse=True)
def uploads(own_folders: Path) -> Path:
    return own_folders / "uploads"


PARTS = {"matrix.mtx": b"1 1 1", "barcodes.tsv": b"AAA"}


def store_file(name: str, content: bytes) -> Path:
    with staging() as folder:
        write_atomically(folder / safe_name(name), content)
        return publish(folder / safe_name(name))


def store_folder(name: str, files: dict[str, bytes]) -> Path:
    with staging() as folder:
        home = folder / safe_name(name)
        for path, content in files.items():
            write_atomically(home / safe_path(path), content)
        return publish(home)


def test_a_file_is_kept_once_under_the_start_of_its_checksum(uploads: Path) -> None:
    path = store_file("cells.csv", b"a,b\n1,2\n")
    assert path == uploads / hashlib.sha256(b"a,b\n1,2\n").hexdigest()[:12] / "cells.csv"
    assert store_file("the same.csv", b"a,b\n1,2\n") == path
    assert list_uploads() == [path]
    assert path.read_bytes() == b"a,b\n1,2\n"


def test_a_folder_is_told_from_another_by_the_names_and_contents_of_its_files() -> None:
    path = store_folder("lung", PARTS)
    assert path.name == "lung"
    assert {found.name: found.read_bytes() for found in path.iterdir()} == PARTS
    assert store_folder("lung again", dict(reversed(PARTS.items()))) == path
    assert store_folder("lung", PARTS | {"barcodes.tsv": b"AAC"}) != path
    assert store_folder("lung", {"matrix.mtx": b"AAA", "barcodes.tsv": b"1 1 1"}) != path


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        ("..", "upload"),
        ("", "upload"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        (" spaces ", "spaces"),
        ("größe µ.csv", "gr_e _.csv"),
        ("細胞.h5ad", "_.h5ad"),
        ("a\0b\nc.csv", "a_b_c.csv"),
        ("beside", "beside_"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, safe: str, uploads: Path) -> None:
    assert safe_name(name) == safe
    path = store_file(name, b"x")
    assert path.parent.parent == uploads
    assert list_uploads() == [path]


def test_a_very_long_name_keeps_its_ending() -> None:
    assert safe_name("a" * 5000 + ".csv.gz") == "a" * (MAX_NAME - 7) + ".csv.gz"


def test_paths_in_a_folder_never_lead_out_of_it(uploads: Path) -> None:
    assert safe_path("../../up/./a.png").parts == ("up", "a.png")
    store_folder("../x", {"../../../up.png": b"1", "cats/1.png": b"2", "/root.png": b"3"})
    (path,) = list_uploads()
    inside = sorted(found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_file())
    assert inside == ["cats/1.png", "root.png", "up.png"]
    assert [found.name for found in uploads.parent.iterdir() if found.name != "uploads"] == []


def test_the_same_upload_from_many_sessions_at_once_is_one(uploads: Path) -> None:
    content = {f"{number}.png": os.urandom(2000) for number in range(20)}
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda number: store_folder(f"name {number}", content), range(16)))
    assert len(paths) == 1
    assert [entry.name for entry in uploads.iterdir()] == [paths.pop().parent.name]


def test_half_an_upload_is_neither_seen_nor_in_the_way(uploads: Path) -> None:
    with suppress(KeyboardInterrupt), staging() as folder:
        (folder / "half.csv").write_text("a,")
        assert list_uploads() == []
        raise KeyboardInterrupt
    assert list(uploads.iterdir()) == []
    place = uploads / hashlib.sha256(b"a,b").hexdigest()[:12]  # as a killed process of an earlier version left it
    place.mkdir()
    (place / ".cells.csv.99").write_text("a")
    assert list_uploads() == []
    assert store_file("cells.csv", b"a,b").read_bytes() == b"a,b"


def test_what_a_killed_server_left_goes_after_a_day(uploads: Path) -> None:
    old, new = uploads / ".incoming-1", uploads / ".incoming-2"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, time.time() - STALE_SECONDS - 60))
    store_file("a.csv", b"a")
    assert (old.exists(), new.exists()) == (False, True)


def test_tables_lie_beside_an_upload_and_none_replaces_another() -> None:
    path = store_file("counts.h5", b"counts")
    labels = store_beside(path, "labels.csv", b"cell,type")
    assert store_beside(path, "labels.csv", b"cell,type") == labels
    other = store_beside(path, "labels.csv", b"cell,kind")
    assert labels.read_bytes() == b"cell,type"
    assert (other.parent, other.read_bytes()) == (beside(path), b"cell,kind")
    assert list_uploads() == [path]
    assert upload_size(path) == len(b"countscell,typecell,kind")


def test_to_forget_takes_all_of_an_upload_and_nothing_else(uploads: Path, tmp_path: Path) -> None:
    path, other = store_folder("lung", PARTS), store_file("a.csv", b"a")
    store_beside(path, "labels.csv", b"cell,type")
    forget_upload(path)
    forget_upload(path)  # a second tab is late
    assert [entry.name for entry in uploads.iterdir()] == [other.parent.name]
    outside = tmp_path / "mine" / "precious.csv"
    outside.parent.mkdir()
    outside.write_text("1")
    for wrong in (outside, uploads, other.parent):
        with pytest.raises(DataError, match="is not an upload"):
            forget_upload(wrong)
    assert outside.exists()
    assert other.exists()
