"""Archives of several samples: each is a sample by the name of its folder, and hostile ones are refused."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.reading.reader import open_counts
from clustergan_core.data.opening import name_samples
from clustergan_core.data.uploads.archives import is_bundle
from clustergan_core.data.uploads.bundles import find_samples
from clustergan_core.data.uploads.sorting import UploadResult, store_archive, store_files
from clustergan_core.data.uploads.store import list_uploads
from clustergan_core.errors import DataError
from tests.count_files import make_counts, write_folder, write_table, write_tenx_hdf5

pytestmark = pytest.mark.usefixtures("own_folders")


def pack(path: Path, folder: Path, *, only: str = "**/*") -> Path:
    """What a folder holds, as a .zip or .tar by the name of `path`."""
    files = [file for file in sorted(folder.glob(only)) if file.is_file()]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(folder))
    else:
        with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
            for file in files:
                archive.add(file, file.relative_to(folder))
    return path


def upload(path: Path) -> UploadResult:
    return store_files([(path.name, memoryview(path.read_bytes()))])


def samples_of(result: UploadResult) -> dict[str, np.ndarray]:
    """The counts of each upload, by its sample's name."""
    paths = [kept.path for kept in result.uploads]
    counts = {}
    for name, path in zip(name_samples([str(path) for path in paths]), paths, strict=True):
        with closing(open_counts(path)) as file:
            counts[name] = file.read().toarray()
    return counts


@pytest.mark.parametrize("name", ["lungs.zip", "lungs.tar", "lungs.tar.gz", "lungs.tgz"])
def test_10x_folders_of_an_archive_are_samples_by_their_names(tmp_path: Path, name: str) -> None:
    for number, sample in enumerate(("control", "treated")):
        folder = tmp_path / "lungs" / sample / "outs" / "filtered_feature_bc_matrix"
        write_folder(folder, is_packed=bool(number), counts=make_counts(number))
    archive = pack(tmp_path / name, tmp_path / "lungs")
    counts = samples_of(upload(archive))
    assert list(counts) == ["control", "treated"]
    for number, values in enumerate(counts.values()):
        assert np.array_equal(values, make_counts(number))
    assert samples_of(store_archive(archive)).keys() == counts.keys()


def test_files_with_prefixes_as_geo_packs_them_are_samples_by_prefix(tmp_path: Path) -> None:
    for number, prefix in enumerate(("GSM1_ctrl_", "GSM2_stim_")):
        write_folder(tmp_path / "x", prefix, counts=make_counts(number))
    write_table(tmp_path / "x" / "GSM3_old_counts.csv.gz", is_by_gene=True, counts=make_counts(2))
    counts = samples_of(upload(pack(tmp_path / "GSE7_RAW.tar", tmp_path / "x")))
    assert list(counts) == ["GSM1_ctrl", "GSM2_stim", "GSM3_old_counts"]
    assert all(np.array_equal(values, make_counts(number)) for number, values in enumerate(counts.values()))


def test_hdf5_files_that_cell_ranger_calls_alike_are_named_by_their_folders(tmp_path: Path) -> None:
    for sample in ("a/rep1", "b/rep1", "b/rep2"):
        (tmp_path / "x" / sample / "outs").mkdir(parents=True)
        path = write_tenx_hdf5(tmp_path / "x" / sample / "outs" / "filtered_feature_bc_matrix.h5")
        with path.open("ab") as file:
            file.write(sample.encode())  # other bytes: files of one content are one upload
    names = list(samples_of(upload(pack(tmp_path / "x.zip", tmp_path / "x"))))
    assert names == ["a_rep1", "b_rep1", "b_rep2"]


def test_folders_of_one_name_are_told_apart_by_those_above(tmp_path: Path) -> None:
    for number, sample in enumerate(("ctrl/rep1", "stim/rep1")):
        write_folder(tmp_path / "x" / sample, counts=make_counts(number))
    assert list(samples_of(upload(pack(tmp_path / "x.zip", tmp_path / "x")))) == ["ctrl_rep1", "stim_rep1"]


def test_all_barcodes_are_left_out_where_cells_are_beside_them_and_it_is_said(tmp_path: Path) -> None:
    for number, sample in enumerate(("s1", "s2")):
        outs = tmp_path / "x" / sample / "outs"
        write_folder(outs / "filtered_feature_bc_matrix", counts=make_counts(number))
        write_folder(outs / "raw_feature_bc_matrix", counts=make_counts(number + 5))
        for kind in ("raw", "filtered"):
            write_tenx_hdf5(outs / f"{kind}_feature_bc_matrix.h5")
    result = upload(pack(tmp_path / "x.zip", tmp_path / "x"))
    counts = samples_of(result)
    assert list(counts) == ["s1", "s2"]
    assert all(np.array_equal(values, make_counts(number)) for number, values in enumerate(counts.values()))
    assert len(result.notes) == 6
    assert any("s1/outs/raw_feature_bc_matrix is left out" in note for note in result.notes)
    samples, notes = find_samples(tmp_path / "x")
    assert [path.parent.parent.name for path in samples] == ["s1", "s2"]
    assert len(notes) == 6


def test_one_content_under_two_names_counts_once_and_it_is_said(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_folder(tmp_path / "x" / name)
    result = upload(pack(tmp_path / "x.zip", tmp_path / "x"))
    assert len({kept.path for kept in result.uploads}) == 1
    assert result.notes == ("x/two holds exactly what x/one does, and is counted once.",)


def test_files_of_one_name_without_their_folders_are_refused(tmp_path: Path) -> None:
    one, two = write_folder(tmp_path / "one"), write_folder(tmp_path / "two", counts=make_counts(1))
    files = [(path.name, memoryview(path.read_bytes())) for path in (*sorted(one.iterdir()), *sorted(two.iterdir()))]
    with pytest.raises(DataError, match=r"Two files are called barcodes\.tsv\.gz.*upload their folders, or a \.zip"):
        store_files(files)


def test_a_zip_of_one_10x_folder_or_of_pictures_is_read_as_it_was(tmp_path: Path) -> None:
    archive = pack(tmp_path / "one.zip", write_folder(tmp_path / "x" / "one").parent)
    assert not is_bundle(archive)
    (kept,) = upload(archive).uploads
    assert kept.path.name == "one.zip"
    with zipfile.ZipFile(tmp_path / "cats.zip", "w") as pictures:
        pictures.writestr("a/1.png", b"x")
        pictures.writestr("a/notes.csv", b"x")
    assert not is_bundle(tmp_path / "cats.zip")


def test_a_command_finds_the_samples_of_a_folder_and_of_an_archive(tmp_path: Path) -> None:
    for number, sample in enumerate(("s1", "s2")):
        write_folder(tmp_path / "x" / sample, counts=make_counts(number))
    folders, _ = find_samples(tmp_path / "x")
    assert folders == [tmp_path / "x" / "s1", tmp_path / "x" / "s2"]
    unpacked, _ = find_samples(pack(tmp_path / "x.zip", tmp_path / "x"))
    assert [path.name for path in unpacked] == ["s1", "s2"]
    assert find_samples(tmp_path / "x" / "s1")[0] == [tmp_path / "x" / "s1"]  # one sample stays as it is
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("table.csv", "a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match=r"t\.zip holds no counts of cells"):
        find_samples(tmp_path / "t.zip")


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member, content in members:
            member.size = len(content) if member.isreg() else member.size
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def link(kind: bytes) -> bytes:
    member = tarfile.TarInfo("a/matrix.mtx")
    member.type, member.linkname = kind, "/etc/passwd"
    return tar_of((member, b""))


def zip_of_link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("a/matrix.mtx", "b/matrix.mtx"):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def with_size(content: bytes, size: int) -> bytes:
    """A tar whose first member declares another size, with its checksum corrected."""
    head = bytearray(content[:512])
    head[124:136] = (b"\xff" + size.to_bytes(11, "big", signed=True)) if size < 0 else f"{size:011o}\0".encode()
    head[148:156] = b" " * 8
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    return bytes(head) + content[512:]


def bomb(kind: bytes = tarfile.REGTYPE) -> bytes:
    """80 MB of zeros, packed: a file's content, or its name."""
    member = tarfile.TarInfo("a.h5ad")
    member.type = kind
    return gzip.compress(with_size(tar_of((member, b"")), 80 << 20) + bytes(80 << 20))


PLAIN = tar_of((tarfile.TarInfo("a.h5ad"), b"x" * 5000))
HOSTILE = {
    "upwards.tar": (tar_of((tarfile.TarInfo("../../a.h5ad"), b"x")), "outside itself"),
    "absolute.tar": (tar_of((tarfile.TarInfo("/etc/a.h5ad"), b"x")), "outside itself"),
    "nameless.tar": (tar_of((tarfile.TarInfo("./"), b"x")), "a file without a name"),
    "symbolic.tar": (link(tarfile.SYMTYPE), "a link or no plain file"),
    "hard.tar": (link(tarfile.LNKTYPE), "a link or no plain file"),
    "device.tar": (link(tarfile.CHRTYPE), "a link or no plain file"),
    "linked.zip": (zip_of_link(), "a link or no plain file"),
    "content.tar.gz": (bomb(), "possible archive bomb"),
    "name.tgz": (bomb(tarfile.GNUTYPE_LONGNAME), "damaged or not a complete archive"),
    "back.tar": (with_size(PLAIN, -4096), "damaged or not a complete archive"),
    "short.tar": (PLAIN[:2000], "damaged or not a complete archive"),
    "half.tar.gz": (gzip.compress(PLAIN)[:60], "damaged or not a complete archive"),
    "text.tar": (b"no archive at all" * 100, "damaged or not a complete archive"),
    "empty.tar": (tar_of(), "What empty.tar holds is not a supported file type"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_gets_one_sentence_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    content, problem = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=problem) as refused:
        store_archive(tmp_path / name)
    assert "\n" not in str(refused.value)
    assert list_uploads() == []
    assert not list((tmp_path / "uploads").glob(".incoming-*"))


def test_a_zip_whose_member_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", write_folder(tmp_path / "x" / "a", is_packed=False).parent)
    write_folder(tmp_path / "x" / "b", is_packed=False)
    content = bytearray(pack(path, tmp_path / "x").read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):  # the expanded size, in both of its heads
        at = content.find(mark)
        while at >= 0:
            content[at + offset : at + offset + 4] = struct.pack("<I", 7)
            at = content.find(mark, at + 1)
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged or not a complete archive"):
        store_archive(path)
