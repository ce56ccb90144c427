"""How many neighbours are from another sample, against how many would be."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.evaluation.crossing import Crossing, cross_neighbours, cross_uncorrected

Ints = NDArray[np.int64]
N_CELLS, N_GENES, N_TYPES = 400, 80, 3


def make_cells(seed: int = 0) -> tuple[NDArray[np.float32], Ints]:
    """(cells, types): three types marked by 20 genes each."""
    random = np.random.default_rng(seed)
    types = random.integers(0, N_TYPES, N_CELLS)
    cells = random.normal(0, 1, (N_CELLS, N_GENES))
    for kind in range(N_TYPES):
        cells[types == kind, 20 * kind : 20 * kind + 20] += 2
    return cells.astype(np.float32), types


def test_shares_are_those_counted_cell_by_cell() -> None:
    random = np.random.default_rng(1)
    points = random.normal(size=(60, 4)).astype(np.float32)
    batches, groups = random.integers(0, 3, 60), random.integers(0, 4, 60)
    crossed, expected = [], []
    for cell in range(60):
        others = np.array([other for other in range(60) if other != cell])
        nearest = others[np.argsort(((points[others] - points[cell]) ** 2).sum(axis=1))[:15]]
        crossed.append((batches[nearest] != batches[cell]).mean())
        alike = others[groups[others] == groups[cell]]
        expected.append((batches[alike] != batches[cell]).mean())
    found = cross_neighbours(points, batches, groups)
    assert found.share == pytest.approx(np.mean(crossed))
    assert found.expected == pytest.approx(np.mean(expected))
    assert found.ratio == pytest.approx(np.mean(crossed) / np.mean(expected))


def test_one_sample_split_at_random_mixes_by_itself_and_a_shifted_half_does_not() -> None:
    cells, _ = make_cells()
    halves = np.random.default_rng(2).integers(0, 2, N_CELLS)
    split = cross_uncorrected(cells, halves)
    assert split is not None and split.is_mixed
    assert split.ratio == pytest.approx(1, abs=0.1)
    shift = np.random.default_rng(3).normal(0, 1.5, N_GENES)
    shifted = cross_uncorrected((cells + halves[:, None] * shift).astype(np.float32), halves)
    assert shifted is not None and not shifted.is_mixed
    assert shifted.share < 0.1 < shifted.expected


def test_samples_that_differ_in_their_composition_alone_mix_by_themselves() -> None:
    cells, types = make_cells()
    random = np.random.default_rng(4)
    batches = (random.random(N_CELLS) < np.where(types == 0, 0.9, 0.15)).astype(np.int64)
    found = cross_uncorrected(cells, batches)
    assert found is not None and found.is_mixed
    overall = 1 - ((np.bincount(batches) / N_CELLS) ** 2).sum()
    assert found.share < 0.8 * overall, "against all cells they would count as apart"


def test_one_sample_and_a_handful_of_cells_are_not_judged() -> None:
    cells, _ = make_cells()
    assert cross_uncorrected(cells, np.zeros(N_CELLS, dtype=np.int64)) is None
    assert cross_uncorrected(cells[:20], np.arange(20) % 2) is None


def test_types_that_each_have_one_sample_are_not_expected_to_cross() -> None:
    points, types = make_cells()
    found = cross_neighbours(points, types, types)
    assert found.expected == 0
    assert found.ratio == 1
    assert "where 50% would be" in Crossing(0.03, 0.5).shares


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("kang_ifnb", "condition"),
        ("pbmc_3chemistries", "chemistry"),
        ("baron_mouse_pair", "mouse"),
        ("pancreas_two_studies", "study"),
    ],
)
def test_real_samples_do_not_mix_by_themselves_and_halves_of_one_do(data_folder: Path, name: str, column: str) -> None:
    dataset = open_dataset(str(data_folder / name / f"{name}.h5ad"), OwnDataOptions(sample=column))
    assert dataset.batches is not None
    apart = cross_uncorrected(dataset.samples, dataset.batches.codes)
    assert apart is not None and not apart.is_mixed
    one = dataset.samples[dataset.batches.codes == 0]
    halves = cross_uncorrected(one, np.random.default_rng(5).integers(0, 2, len(one)))
    assert halves is not None and halves.is_mixed
