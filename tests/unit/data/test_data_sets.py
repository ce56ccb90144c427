"""The built-in and the published data sets: shapes, class counts, splits."""

import bz2
import io
import os
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits as load_bundled_digits
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published import cifar, coil, mnist
from clustergan_core.data.published.synthetic import SYNTHETIC_MEANS
from clustergan_core.data.published.usps import load_usps
from clustergan_core.data.registry import DATASETS, is_available, load_dataset
from clustergan_core.errors import DataError, SettingsError

pytestmark = pytest.mark.slow  # opens every published data set

# As published (UCI's .names files, the ClusterGAN paper's sources): training classes, then test classes.
MNIST_TRAIN = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
MNIST_TEST = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
OFFICIAL_COUNTS = {
    "mnist": (MNIST_TRAIN, MNIST_TEST),
    "pendigits": (
        [780, 779, 780, 719, 780, 720, 720, 778, 719, 719],
        [363, 364, 364, 336, 364, 335, 336, 364, 336, 336],
    ),
    "optdigits": (
        [376, 389, 380, 389, 387, 376, 377, 387, 380, 382],
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    ),
    "usps": (
        [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644],
        [359, 264, 198, 166, 200, 160, 170, 147, 166, 177],
    ),
}
BUILT_IN = [name for name, source in DATASETS.items() if source.is_built_in and source.load]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def needs(name: str) -> None:
    if not os.environ.get("CLUSTERGAN_DATA") or not is_available(name):
        pytest.skip(f"{name} is not in the folder that CLUSTERGAN_DATA names")


def count(dataset: Dataset, indices: np.ndarray) -> list[int]:
    assert dataset.labels is not None
    return np.bincount(dataset.labels[indices], minlength=len(dataset.label_names)).tolist()


def check_against_source(dataset: Dataset) -> None:
    source = DATASETS[dataset.name]
    assert dataset.kind == source.kind
    assert dataset.shape == source.shape
    assert len(dataset.samples) == source.n_samples
    assert dataset.n_labels == source.n_labels
    assert (dataset.modes is not None) == source.has_modes
    assert dataset.samples.dtype == np.float32
    assert dataset.samples.min() >= 0
    assert dataset.samples.max() <= 1
    assert dataset.kind == "image" or len(dataset.feature_names) == dataset.shape[0]


def check_splits(dataset: Dataset) -> None:
    splits = dataset.splits
    joined = np.concatenate([splits.train, splits.validation, splits.test])
    assert np.array_equal(np.sort(joined), np.arange(len(dataset.samples)))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_set_needs_no_file_and_is_split_80_10_10(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(tmp_path))
    dataset = load_dataset(name)
    check_against_source(dataset)
    check_splits(dataset)
    tenth = len(dataset.samples) // 10
    assert (len(dataset.splits.validation), len(dataset.splits.test)) == (tenth, tenth)
    assert is_available(name)
    assert load_dataset(name).digest == dataset.digest


@pytest.mark.parametrize("name", list(OFFICIAL_COUNTS))
def test_a_published_set_has_its_class_counts_and_its_official_test_part(name: str) -> None:
    needs(name)
    dataset = load_dataset(name)
    check_against_source(dataset)
    check_splits(dataset)
    train, test = OFFICIAL_COUNTS[name]
    assert count(dataset, dataset.splits.test) == test
    rest = np.concatenate([dataset.splits.train, dataset.splits.validation])
    assert count(dataset, rest) == train
    assert len(dataset.splits.validation) == sum(train) // 10


@pytest.mark.parametrize("name", ["coil20", "coil100"])
def test_a_turntable_set_holds_72_views_of_each_object_five_degrees_apart(name: str) -> None:
    needs(name)
    dataset = load_dataset(name)
    check_against_source(dataset)
    check_splits(dataset)
    assert count(dataset, dataset.indices("all")) == [72] * DATASETS[name].n_labels
    assert dataset.labels is not None
    for label in (0, DATASETS[name].n_labels - 1):
        assert np.array_equal(np.sort(dataset.columns["angle"][dataset.labels == label]), np.arange(0, 360, 5))


def test_coil20_is_reduced_by_the_mean_of_4_by_4_blocks() -> None:
    needs("coil20")
    dataset = load_dataset("coil20")
    path = Path(os.environ["CLUSTERGAN_DATA"]) / "coil20" / "coil-20-proc.zip"
    with zipfile.ZipFile(path) as archive:
        picture = np.asarray(Image.open(io.BytesIO(archive.read("coil-20-proc/obj3__7.png"))), dtype=np.float64)
    index = int(np.flatnonzero((dataset.labels == 2) & (dataset.columns["angle"] == 35))[0])
    assert dataset.samples[index, 0, 10, 20] == pytest.approx(picture[40:44, 80:84].mean() / 255, abs=1e-6)


def test_cifar10_copies_hold_the_published_number_of_images_of_each_class() -> None:
    needs("cifar10")
    folder = Path(os.environ["CLUSTERGAN_DATA"]) / "cifar10"
    train, test = folder / "cifar10_train_jpg.tar.gz", folder / "cifar10_test_jpg.tar.gz"
    if not train.exists():
        pytest.skip("the folder holds the official archive instead of the copies")
    with tarfile.open(train) as archive:
        classes = Counter(Path(member.name).parent.name for member in archive if member.isfile())
    assert classes == dict.fromkeys(cifar.CLASS_NAMES, 5000)
    arrays = cifar.read_part(test, "test")
    assert np.bincount(arrays["labels"].astype(int)).tolist() == [1000] * 10
    means = arrays["images"].mean(axis=(0, 2, 3)) / 255
    assert means == pytest.approx([0.494, 0.485, 0.450], abs=1e-3)  # as commonly quoted for the test set
    cached = cifar.read_part(test, "test")
    assert np.array_equal(cached["images"], arrays["images"])


def test_cifar10_reads_the_official_binary_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar, "PER_CLASS", {"train": 5, "test": 1})
    path = tmp_path / "cifar-10-binary.tar.gz"
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (6, 10, 3072), dtype=np.uint8)
    with tarfile.open(path, "w:gz") as archive:
        for number, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
            content = np.concatenate([np.arange(10, dtype=np.uint8)[:, None], pixels[number]], axis=1).tobytes()
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    dataset = cifar.load_cifar10(lambda _: path)
    assert dataset.splits.test.tolist() == list(range(50, 60))
    assert dataset.samples[53, 1, 2, 3] == pytest.approx(pixels[5, 3, 1024 + 2 * 32 + 3] / 255)
    assert dataset.labels is not None
    assert dataset.labels[53] == 3


def test_coil_reads_an_official_archive_and_refuses_one_that_lacks_a_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coil, "N_VIEWS", 2)

    def pack(path: Path, n_objects: int) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("coil-100/convertGroupppm2png.pl", "not a picture")
            for thing in range(1, n_objects + 1):
                for angle in (0, 5):
                    content = io.BytesIO()
                    Image.new("RGB", (128, 128), (thing, angle, 255)).save(content, "PNG")
                    archive.writestr(f"coil-100/obj{thing}__{angle}.png", content.getvalue())
        return path

    whole = pack(tmp_path / "whole.zip", 100)
    dataset = coil.load_coil100(lambda _: whole)
    assert dataset.shape == (3, 32, 32)
    assert dataset.columns["angle"].tolist() == [0, 5] * 100
    assert dataset.samples[41, :, 0, 0] * 255 == pytest.approx([21, 5, 255])
    torn = pack(tmp_path / "torn.zip", 99)
    with pytest.raises(DataError, match=r"torn\.zip does not hold 2 views"):
        coil.load_coil100(lambda _: torn)


def test_usps_reads_the_libsvm_text_files(tmp_path: Path) -> None:
    train, test = tmp_path / "usps.bz2", tmp_path / "usps.t.bz2"
    train.write_bytes(bz2.compress(b"7 1:-1 2:1 256:0.5\n1 1:-1\n10 3:-0.5\n"))
    test.write_bytes(bz2.compress(b"10 1:1\n"))
    dataset = load_usps(lambda file: test if ".t." in file.alternatives[0].name else train)
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [6, 0, 9, 9]
    assert dataset.samples[0, 0, 0, :3].tolist() == [0.0, 1.0, 0.5]
    assert dataset.samples[0, 0, 15, 15] == 0.75
    assert dataset.splits.test.tolist() == [3]


def test_optdigits_test_part_is_what_digits_holds() -> None:
    needs("optdigits")
    dataset = load_dataset("optdigits")
    images, _ = load_bundled_digits(return_X_y=True)
    assert np.array_equal(dataset.samples[dataset.splits.test].reshape(-1, 64), images.astype(np.float32) / 16)


def test_pendigits_are_pen_positions_divided_by_100() -> None:
    needs("pendigits")
    dataset = load_dataset("pendigits")
    assert dataset.feature_names[:4] == ("x1", "y1", "x2", "y2")
    assert dataset.feature_names[-1] == "y8"
    first = [47, 100, 27, 81, 57, 37, 26, 0, 0, 23, 56, 53, 100, 90, 40, 98]  # first line of pendigits.tra
    assert dataset.samples[0] * 100 == pytest.approx(first, abs=1e-4)


def test_fashion_has_7000_of_each_class_and_fashion_5_merges_them_as_the_paper_does() -> None:
    needs("fashion")
    ten, five = load_dataset("fashion"), load_dataset("fashion-5")
    for dataset in (ten, five):
        check_against_source(dataset)
        check_splits(dataset)
    assert count(ten, ten.splits.test) == [1000] * 10
    assert count(ten, ten.indices("all")) == [7000] * 10
    assert ten.labels is not None
    assert five.labels is not None
    groups = {
        frozenset(np.unique(ten.labels[five.labels == group]).tolist()): five.label_names[group] for group in range(5)
    }
    assert set(groups) == {frozenset(classes) for classes in ({0, 3}, {1}, {2, 4, 6}, {8}, {5, 7, 9})}
    for classes, name in groups.items():
        assert name == ", ".join(ten.label_names[number] for number in sorted(classes))


def test_synthetic_is_two_sigmoid_layers_over_four_gaussians_in_the_plane() -> None:
    dataset = load_dataset("synthetic")
    assert dataset.labels is not None
    plane = np.stack([dataset.columns["z1"], dataset.columns["z2"]], axis=1)
    for component, mean in enumerate(SYNTHETIC_MEANS):
        cloud = plane[dataset.labels == component]
        assert len(cloud) == 2500
        assert cloud.mean(axis=0) == pytest.approx(mean, abs=0.04)  # 5 standard errors
        assert cloud.std(axis=0) == pytest.approx([0.4, 0.4], abs=0.03)
    # x = f(U f(W z)): before the last sigmoid the samples span ten dimensions, and those are not linear in z.
    before = np.log(dataset.samples.astype(np.float64) / (1 - dataset.samples))
    spectrum = np.linalg.svd(before[::5], compute_uv=False)
    assert spectrum[9] > 100 * spectrum[10]
    assert np.linalg.matrix_rank(plane) == 2


def test_synthetic_components_are_as_separable_as_the_paper_says() -> None:
    dataset = load_dataset("synthetic")
    found = KMeans(4, random_state=0).fit_predict(dataset.samples)
    assert adjusted_rand_score(dataset.labels, found) >= 0.99


def test_gaussians_are_ten_clouds_scaled_by_column() -> None:
    dataset = load_dataset("gaussians-100d")
    (step,) = dataset.preprocessing
    assert step["step"] == "scale_columns"
    minimum, maximum = np.array(step["minimum"]), np.array(step["maximum"])
    raw = dataset.samples * (maximum - minimum) + minimum
    for component in range(10):
        cloud = raw[dataset.labels == component]
        assert len(cloud) == 1000
        assert np.abs(cloud.mean(axis=0)).max() < 0.32
        assert cloud.std(axis=0).mean() == pytest.approx(0.12, abs=0.002)
    assert dataset.samples.min(axis=0).tolist() == [0.0] * 100
    assert dataset.samples.max(axis=0).tolist() == [1.0] * 100


def raw_plane(name: str) -> tuple[Dataset, np.ndarray]:
    """A set in the plane, and its points before they were scaled."""
    dataset = load_dataset(name)
    (step,) = dataset.preprocessing
    assert step["step"] == "scale_range"
    return dataset, dataset.samples * (step["maximum"] - step["minimum"]) + step["minimum"]


def test_the_ring_is_eight_gaussians_on_the_unit_circle() -> None:
    dataset, points = raw_plane("ring-8")
    assert count(dataset, dataset.indices("all")) == [1250] * 8
    for mode in range(8):
        cloud = points[dataset.labels == mode]
        angle = 2 * np.pi * mode / 8
        assert cloud.mean(axis=0) == pytest.approx([np.cos(angle), np.sin(angle)], abs=2e-3)
        assert cloud.std(axis=0) == pytest.approx([0.01, 0.01], rel=0.1)


def test_the_corners_are_four_gaussians() -> None:
    dataset, points = raw_plane("corners-4")
    for label, corner in enumerate([(-1, -1), (-1, 1), (1, -1), (1, 1)]):
        cloud = points[dataset.labels == label]
        assert cloud.mean(axis=0) == pytest.approx(corner, abs=0.01)
        assert cloud.std(axis=0) == pytest.approx([0.1, 0.1], rel=0.05)


def test_the_moons_are_scikit_learns_at_80_to_20() -> None:
    dataset, points = raw_plane("moons-80-20")
    exact, labels = make_moons((8000, 2000), shuffle=False)
    assert dataset.labels is not None and np.array_equal(dataset.labels, labels)
    assert (points - exact).std(axis=0) == pytest.approx([0.05, 0.05], rel=0.05)
    assert (points - exact).mean(axis=0) == pytest.approx([0, 0], abs=2e-3)


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [
        ("mnist-2-70-30", [6131, 2628], [1010, 433]),
        ("mnist-2-90-10", [6131, 681], [1010, 112]),
        ("cifar-2-70-30", [5000, 2143], [1000, 429]),
        ("cifar-2-90-10", [5000, 556], [1000, 111]),
    ],
)
def test_a_pair_of_classes_keeps_the_first_whole_and_the_second_in_proportion(
    name: str, train: list[int], test: list[int]
) -> None:
    needs(name)
    dataset = load_dataset(name)
    check_against_source(dataset)
    check_splits(dataset)
    assert count(dataset, dataset.splits.test) == test
    rest = np.concatenate([dataset.splits.train, dataset.splits.validation])
    assert count(dataset, rest) == train
    assert load_dataset(name).digest == dataset.digest


def test_mnist_5_merges_digits_into_the_papers_classes() -> None:
    needs("mnist-5")
    merged, digits = load_dataset("mnist-5"), load_dataset("mnist")
    assert merged.labels is not None and digits.labels is not None
    groups = [{int(digit) for digit in np.unique(digits.labels[merged.labels == label])} for label in range(5)]
    assert groups == [{int(digit) for digit in name.split(", ")} for name in merged.label_names]
    shares = np.bincount(merged.labels[: len(digits.samples) - 10_000]) / 60_000
    assert shares == pytest.approx([0.290, 0.099, 0.413, 0.099, 0.099], abs=5e-4)
    assert merged.digest == digits.digest


def test_stacked_mnist_holds_a_digit_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("stacked-mnist")
    monkeypatch.setattr(mnist, "N_STACKED", 300)
    stacked, digits = load_dataset("stacked-mnist"), load_dataset("mnist")
    assert stacked.shape == DATASETS["stacked-mnist"].shape
    assert stacked.modes is not None and DATASETS["stacked-mnist"].has_modes
    assert stacked.labels is not None and digits.labels is not None
    label_of = {image.tobytes(): int(label) for image, label in zip(digits.samples[:, 0], digits.labels, strict=True)}
    for image, label in zip(stacked.samples[:20], stacked.labels, strict=False):
        read = "".join(str(label_of[channel.tobytes()]) for channel in image)
        assert stacked.label_names[label] == read


def test_splits_do_not_depend_on_the_samples_or_their_labels() -> None:
    dataset = load_dataset("digits")
    again = split_samples(len(dataset.samples))  # which is given neither samples nor labels
    for part in ("train", "validation", "test"):
        assert np.array_equal(getattr(dataset.splits, part), getattr(again, part))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"no data set 'minst': choose one of digits, synthetic"):
        load_dataset("minst")
    with pytest.raises(SettingsError, match=r"'minst' is neither a data set .* nor a file"):
        open_dataset("minst")
    assert not is_available("minst")


def test_a_published_set_can_be_narrowed_by_label_and_keeps_its_splits() -> None:
    whole = load_dataset("digits")
    part = open_dataset("digits", OwnDataOptions(only={"label": ("7", "3")}))
    assert whole.labels is not None
    assert part.labels is not None
    kept = np.flatnonzero(np.isin(whole.labels, (3, 7)))
    assert np.array_equal(part.samples, whole.samples[kept])
    assert part.label_names == ("3", "7")
    assert np.array_equal(part.labels == 1, whole.labels[kept] == 7)
    assert np.array_equal(kept[part.splits.test], np.intersect1d(whole.splits.test, kept))
    check_splits(part)


def test_every_published_file_says_where_it_comes_from_or_that_it_must_be_placed() -> None:
    for source in DATASETS.values():
        for file in source.files:
            has_address = any(candidate.urls for candidate in file.candidates)
            assert has_address or f"put {file.name} into the data folder" in source.description
            assert all(c.known_hash or c.is_checked_by_content for c in file.candidates)
