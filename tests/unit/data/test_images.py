"""A person's own pictures: folders and zips, sizes, modes, classes, and hostile ones."""

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own import vetting
from clustergan_core.data.own.files import open_own, slug
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.errors import DataError

RANDOM = np.random.default_rng(0)


def png(pixels: NDArray[np.uint8], mode: str | None = None) -> bytes:
    content = io.BytesIO()
    picture = Image.fromarray(pixels)
    (picture if mode is None else picture.convert(mode)).save(content, "PNG")
    return content.getvalue()


def grey(side: int = 16) -> NDArray[np.uint8]:
    return RANDOM.integers(0, 256, (side, side), dtype=np.uint8)


def write_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def some_pictures(prefix: str = "") -> dict[str, bytes]:
    return {f"{prefix}{kind}/{number}.png": png(grey()) for kind in ("dog", "cat") for number in range(2)}


def test_a_folder_and_a_zip_of_it_are_the_same_data(tmp_path: Path) -> None:
    files = some_pictures()
    folder = open_own(write_folder(tmp_path / "Pets 1", files))
    packed = open_own(write_zip(tmp_path / "Pets 1.zip", files))
    assert folder.name == packed.name == "pets-1"
    assert folder.shape == (1, 16, 16)  # small squares of one size stay as they are
    assert folder.sample_ids == ("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png")
    assert folder.label_names == ("cat", "dog")
    assert folder.labels is not None
    assert folder.labels.tolist() == [0, 0, 1, 1]
    assert np.array_equal(folder.samples, packed.samples)
    pixels = np.asarray(Image.open(io.BytesIO(files["cat/1.png"])), dtype=np.float32)
    assert np.array_equal(folder.samples[1, 0], pixels / np.float32(255))


def test_pictures_of_mixed_sizes_and_modes_become_32_by_32_in_colour(tmp_path: Path) -> None:
    colour = RANDOM.integers(0, 256, (50, 20, 3), dtype=np.uint8)
    files = {"a.png": png(grey(40)), "b.png": png(colour), "c.jpg": png(colour, "P"), "d.png": png(grey(8), "1")}
    dataset = open_own(write_folder(tmp_path / "mixed", files))
    assert dataset.shape == (3, 32, 32)
    assert dataset.labels is None
    assert open_own(tmp_path / "mixed", OwnDataOptions(image_side=8)).shape == (3, 8, 8)


def test_grey_stored_as_colour_is_still_grey(tmp_path: Path) -> None:
    files = {"a.png": png(grey(), "RGB"), "b.png": png(grey(), "L")}
    assert open_own(write_folder(tmp_path / "grey", files)).shape == (1, 16, 16)


def test_transparent_parts_are_white_and_16_bit_grey_keeps_its_range(tmp_path: Path) -> None:
    deep = io.BytesIO()
    Image.fromarray(np.full((16, 16), 257 * 100, dtype=np.uint16)).save(deep, "PNG")
    files = {"a.png": png(np.zeros((16, 16, 4), dtype=np.uint8)), "b.png": deep.getvalue()}
    dataset = open_own(write_folder(tmp_path / "modes", files))
    assert np.unique(dataset.samples[0]).tolist() == [1.0]
    assert np.unique(dataset.samples[1]) == pytest.approx([100 / 255])


def test_pictures_beside_class_folders_have_no_label(tmp_path: Path) -> None:
    dataset = open_own(write_folder(tmp_path / "p", {**some_pictures(), "stray.png": png(grey())}))
    assert dataset.labels is not None
    assert dataset.labels[list(dataset.sample_ids).index("stray.png")] == UNLABELLED
    assert dataset.label_names == ("cat", "dog")


def test_labels_of_pictures_may_come_from_a_table_of_file_names(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "p", {f"{n}.png": png(grey()) for n in "abcd"})
    table = tmp_path / "labels.csv"
    table.write_text("file,kind\nd.png,u\nb.png,v\na.png,u\nc.png,v\n")
    dataset = open_own(folder, OwnDataOptions(labels=str(table)))
    assert dataset.labels is not None
    assert [dataset.label_names[label] for label in dataset.labels] == ["u", "v", "v", "u"]


def test_celebas_list_of_attributes_labels_its_pictures(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "img_align_celeba", {f"00000{n}.jpg": png(grey()) for n in (1, 2, 3)})
    table = tmp_path / "list_attr_celeba.txt"
    table.write_text("3\nBald Black_Hair \n000001.jpg -1  1\n000002.jpg -1 -1\n000003.jpg  1 -1\n")
    dataset = open_own(folder, OwnDataOptions(labels=f"{table}:Black_Hair"))
    assert dataset.labels is not None
    assert [dataset.label_names[label] for label in dataset.labels] == ["1", "-1", "-1"]


def test_pictures_are_kept_and_dropped_by_class(tmp_path: Path) -> None:
    dataset = open_own(write_folder(tmp_path / "p", some_pictures()), OwnDataOptions(only={"label": ("dog",)}))
    assert dataset.sample_ids == ("dog/0.png", "dog/1.png")


def test_hidden_files_links_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    secret = write_folder(tmp_path / "elsewhere", {"secret.png": png(grey())})
    folder = write_folder(
        tmp_path / "p", {**some_pictures(), ".hidden.png": b"", "__MACOSX/._0.png": b"", "readme.txt": b"hello"}
    )
    (folder / "linked.png").symlink_to(secret / "secret.png")
    (folder / "linked").symlink_to(secret)
    assert len(open_own(folder).samples) == 4


def test_links_inside_a_zip_are_passed_over(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", some_pictures())
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert len(open_own(path).samples) == 4


@pytest.mark.parametrize("channels", [1, 3])
def test_new_pictures_pass_through_the_same_steps(tmp_path: Path, channels: int) -> None:
    shape = (40, 40) if channels == 1 else (40, 40, 3)
    files = {f"{n}.png": png(RANDOM.integers(0, 256, shape, dtype=np.uint8)) for n in range(3)}
    path = write_zip(tmp_path / "p.zip", files)
    dataset = open_own(path)
    assert dataset.shape == (channels, 40, 40)
    samples, ids = read_like(path, "image", dataset.shape, (), dataset.preprocessing)
    assert np.array_equal(samples, dataset.samples)
    assert ids == dataset.sample_ids


def test_pictures_are_assigned_to_a_run_of_digits_on_their_own_scale(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "p", {"a.png": png(np.full((20, 20, 3), 255, dtype=np.uint8))})
    samples, _ = read_like(folder, "image", (1, 8, 8), (), ({"step": "divide", "by": 16},))
    assert samples.shape == (1, 1, 8, 8)
    assert np.unique(samples).tolist() == [1.0]


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares its size and holds no pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"bad\.png in p is not a complete picture"),
        (b"not a picture", r"bad\.png in p is not a complete picture"),
        (png(grey(64))[:200], r"bad\.png in p is not a complete picture"),
        (png_header(60000, 60000), r"bad\.png in p is (60000×60000 pixels|damaged or far too large)"),
        (png_header(8000, 8000), r"bad\.png in p is 8000×8000 pixels, but at most 50 million"),
    ],
)
def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    folder = write_folder(tmp_path / "p", {**some_pictures(), "bad.png": content})
    with pytest.raises(DataError, match=sentence) as caught:
        open_own(folder)
    assert "\n" not in str(caught.value)


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.zip", {"a.png": bytes(vetting.SMALL_ARCHIVE_BYTES + 1)})
    with pytest.raises(DataError, match=r"bomb\.zip would expand from 0\.1 MB to 67 MB.*archive bomb"):
        open_own(path)


def test_a_gzip_bomb_is_refused_before_it_is_expanded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vetting, "MAX_TABLE_BYTES", 1 << 20)
    path = tmp_path / "bomb.csv.gz"
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    path.write_bytes(compressor.compress(b"0,0\n" * (1 << 21)) + compressor.flush())
    with pytest.raises(DataError, match=r"bomb\.csv\.gz holds more than 1 MB of text"):
        open_own(path)


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "..\\evil.png"])
def test_names_that_lead_outside_an_archive_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="outside itself"):
        open_own(write_zip(tmp_path / "p.zip", {**some_pictures(), name: png(grey())}))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vetting, "MAX_MEMBERS", 3)
    monkeypatch.setattr("clustergan_core.data.own.images.MAX_MEMBERS", 3)
    with pytest.raises(DataError, match="holds 4 files, but at most 3 are read"):
        open_own(write_zip(tmp_path / "p.zip", some_pictures()))
    with pytest.raises(DataError, match="holds more than 3 pictures"):
        open_own(write_folder(tmp_path / "p", some_pictures()))


def test_an_archive_or_folder_without_pictures_says_what_to_bring(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"p\.zip holds no pictures: provide \.png"):
        open_own(write_zip(tmp_path / "p.zip", {"readme.txt": b"hello"}))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no pictures"):
        open_own(tmp_path / "empty")


@pytest.mark.parametrize("name", ["cells.h5ad", "model.pt", "data.pkl", "noending"])
def test_other_kinds_of_files_are_refused_with_the_kinds_that_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"something")
    with pytest.raises(DataError, match=rf"{name} is not a supported file type. Supported: \.npz, \.csv"):
        open_own(path)


@pytest.mark.parametrize("name", ["a.csv", "a.npz", "a.zip"])
def test_an_empty_or_absent_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="There is no file"):
        open_own(tmp_path / name)
    (tmp_path / name).touch()
    with pytest.raises(DataError, match=f"{name} is empty"):
        open_own(tmp_path / name)


def test_bytes_that_are_no_text_are_refused_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,\0\0\0\n")
    with pytest.raises(DataError, match=r"a\.csv is not text"):
        open_own(path)
    (tmp_path / "b.csv.gz").write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(DataError, match=r"b\.csv\.gz is a corrupt gzip file"):
        open_own(tmp_path / "b.csv.gz")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Übung 3.csv.gz", "ubung-3"),
        ("my_data.v2.npz", "my-data-v2"),
        ("細胞.csv", "data"),
        ("A" * 99 + ".csv", "a" * 40),
    ],
)
def test_a_data_set_is_named_after_its_file(name: str, expected: str) -> None:
    assert slug(Path(name)) == expected
