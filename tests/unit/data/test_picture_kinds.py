"""Pictures as instruments and people store them: 12 bits in 16, stacks of pages, shards and splits in folders."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.data.own.picture_folders import find_levels
from clustergan_core.errors import DataError

RANDOM = np.random.default_rng(0)


def write_deep(folder: Path, top: int, levels: dict[str, float]) -> Path:
    """16-bit pictures whose values reach from 0 to `top`, at a mean share of it by folder."""
    for name, level in levels.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(4):
            values = np.clip(level + np.linspace(-0.25, 0.25, 256).reshape(16, 16), 0, 1) * top
            Image.fromarray(values.astype(np.uint16)).save(folder / name / f"{number}.png")
    return folder


def notes(dataset: Dataset) -> str:
    return " ".join(step["text"] for step in dataset.preprocessing if step["step"] == "note")


@pytest.mark.parametrize("top", [1023, 4095, 10_000, 16_383])
def test_values_of_fewer_bits_are_scaled_by_the_sets_own_range_and_that_is_said(tmp_path: Path, top: int) -> None:
    dataset = open_own(write_deep(tmp_path / "p", top, {"bright": 0.75, "dim": 0.25}))
    assert dataset.samples[:4].mean() == pytest.approx(0.75, abs=0.01)
    assert dataset.samples[4:].mean() == pytest.approx(0.25, abs=0.01)
    assert f"values from 0 to {top:,}" in notes(dataset)


def test_floating_point_values_are_scaled_by_the_sets_own_range(tmp_path: Path) -> None:
    for number, level in enumerate((-2.0, 0.0, 6.0)):
        Image.fromarray(np.full((16, 16), level, dtype=np.float32)).save(tmp_path / f"{number}.tif")
    dataset = open_own(tmp_path)
    assert dataset.samples.mean(axis=(1, 2, 3)) == pytest.approx([0, 0.25, 1], abs=0.003)
    assert "values from -2 to 6" in notes(dataset)


def test_values_of_all_16_bits_keep_their_scale(tmp_path: Path) -> None:
    dataset = open_own(write_deep(tmp_path / "p", 65535, {"bright": 0.75, "mid": 0.5}))
    assert dataset.samples[4:].mean() == pytest.approx(0.5, abs=0.01)
    assert "values from" not in notes(dataset)


def test_new_deep_pictures_are_read_with_the_range_of_training(tmp_path: Path) -> None:
    path = write_deep(tmp_path / "p", 4095, {"bright": 0.75, "dim": 0.25})
    dataset = open_own(path)
    samples, _ = read_like(path / "dim", "image", dataset.shape, (), dataset.preprocessing)
    assert np.array_equal(samples, dataset.samples[4:])
    plain: tuple = ({"step": "resize", "height": 16, "width": 16}, {"step": "divide", "by": 255})
    with pytest.raises(DataError, match="0 to 4,095, but the run was trained on pictures of 8 bits: save them"):
        read_like(path, "image", dataset.shape, (), plain)


def write_tiff(path: Path, pages: list[NDArray[np.uint8]]) -> None:
    first, *rest = [Image.fromarray(page) for page in pages]
    first.save(path, save_all=True, append_images=rest)


def test_every_page_of_a_tiff_is_a_picture(tmp_path: Path) -> None:
    pages = [np.full((16, 16), 20 * number, dtype=np.uint8) for number in range(5)]
    write_tiff(tmp_path / "stack.tif", pages)
    write_tiff(tmp_path / "one.tiff", [np.full((16, 16), 200, dtype=np.uint8)])
    dataset = open_own(tmp_path)
    assert dataset.sample_ids == ("one.tiff", *(f"stack.tif#{number}" for number in range(1, 6)))
    assert (dataset.samples.mean(axis=(1, 2, 3)) * 255).round().tolist() == [200, 0, 20, 40, 60, 80]
    assert "Every page of a TIFF is read as a picture (stack.tif 5)." in notes(dataset)
    samples, ids = read_like(tmp_path, "image", dataset.shape, (), dataset.preprocessing)
    assert np.array_equal(samples, dataset.samples)
    assert ids == dataset.sample_ids


def test_pictures_of_which_only_a_part_is_read_are_told(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((16, 16), 40 * number, dtype=np.uint8)) for number in range(3)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    frames[1].save(tmp_path / "b.png")
    (tmp_path / "c.heic").write_bytes(b"a picture of a telephone")
    said = notes(open_own(tmp_path))
    assert "Only the first frame of 1 animated pictures is read (a.gif, …)." in said
    assert "1 files that are no supported pictures are left out (c.heic)." in said


def pack(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            content = io.BytesIO()
            Image.fromarray(RANDOM.integers(0, 256, (8, 8), dtype=np.uint8)).save(content, "PNG")
            archive.writestr(name, content.getvalue())
    return path


LAYOUTS = {
    "plain": "pets/{kind}/{n}.png",
    "splits outside": "{split}/{kind}/{n}.png",
    "splits inside": "pets/{kind}/{split}/{n}.png",
    "parts outside": "part{part}/{kind}/{n}.png",
    "parts inside": "pets/{kind}/part_{part}/{n}.png",
    "shards inside splits": "all/{split}/shard-{part}/{kind}/{n}.png",
    "parts called as their class": "{kind}/{kind}_{n}/{n}.png",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_classes_are_the_folders_that_are_no_splits_or_parts(tmp_path: Path, layout: str) -> None:
    names = [
        layout.format(kind="cat" if n % 2 else "dog", n=n, split=("train", "val")[n // 2 % 2], part=n // 4 % 3)
        for n in range(24)
    ]
    dataset = open_own(pack(tmp_path / "p.zip", names))
    assert dataset.label_names == ("cat", "dog")
    assert dataset.labels is not None
    assert np.bincount(dataset.labels).tolist() == [12, 12]
    for name, label in zip(dataset.sample_ids, dataset.labels, strict=True):
        assert dataset.label_names[label] in name


def test_where_two_levels_may_name_the_classes_a_question_is_asked(tmp_path: Path) -> None:
    names = [f"{('oslo', 'rome')[n % 2]}/{('cat', 'dog')[n // 2 % 2]}/{n}.png" for n in range(12)]
    path = pack(tmp_path / "p.zip", names)
    with pytest.raises(
        DataError, match=r"p\.zip has 2 levels of folders.* folder_1 \(oslo, rome\) or folder_2 \(cat, dog"
    ):
        open_own(path)
    dataset = open_own(path, OwnDataOptions(labels="folder_2"))
    assert dataset.label_names == ("cat", "dog")
    assert set(dataset.columns["folder_1"].tolist()) == {"oslo", "rome"}
    assert open_own(path, OwnDataOptions(labels="none")).labels is None


def test_digits_in_folders_of_splits_are_classes() -> None:
    levels = find_levels(
        [f"{split}/{digit}/{n}.png" for split in ("train", "test") for digit in range(3) for n in "ab"]
    )
    assert levels.classes is not None
    assert set(levels.columns[levels.classes].tolist()) == {"0", "1", "2"}


def test_folders_of_splits_alone_are_no_classes(tmp_path: Path) -> None:
    dataset = open_own(pack(tmp_path / "p.zip", [f"{('train', 'test')[n % 2]}/{n}.png" for n in range(8)]))
    assert dataset.labels is None
    assert dataset.columns["folder_1"].tolist() == ["test"] * 4 + ["train"] * 4
    with pytest.raises(DataError, match="each may name the classes"):
        open_own(pack(tmp_path / "q.zip", [f"{('train', 'test')[n % 2]}/part{n // 2 % 2}/{n}.png" for n in range(8)]))
