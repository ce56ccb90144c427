"""The order in which genes switch: found where it was planted, and not shown where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.isotonic import IsotonicRegression

from clustergan_core.cells.ensembles import WalkEnds, find_ends
from clustergan_core.cells.pseudotime import compare_with_pseudotime
from clustergan_core.cells.switch_order import find_switch_order
from clustergan_core.cells.switch_points import bin_values, fit_rising, measure_occupation, place_cells
from clustergan_core.cells.switch_readings import kendall_w

N_GENES = 60


def planted_path(n_cells: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
    """(genes that rise or fall at known places, each cell's place on the way, each gene's switch)."""
    generator = np.random.default_rng(seed)
    places = generator.uniform(size=n_cells)
    switches = generator.permutation(np.linspace(0.15, 0.85, N_GENES))
    signs, sizes = generator.choice([-1, 1], N_GENES), generator.uniform(1, 3, N_GENES)
    means = sizes / (1 + np.exp(-12 * signs * (places[:, None] - switches)))
    return generator.normal(means, 1).astype(np.float32), places, switches


def two_gaussians(n_cells: int, distance: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Cells of two types whose genes vary on their own within a type."""
    generator = np.random.default_rng(seed)
    is_finish = generator.uniform(size=n_cells) < 0.5
    shift = distance * generator.uniform(0.2, 1, N_GENES) * generator.choice([-1, 1], N_GENES)
    return generator.normal(is_finish[:, None] * shift, 1).astype(np.float32), is_finish


def runs_that_cut(places: NDArray[np.float64], cuts: tuple[float, ...] = (0.45, 0.5, 0.55)) -> list[WalkEnds]:
    """Runs that part the same cells at slightly different places."""
    return [WalkEnds(places <= cut, places > cut, 1.0, run, (0, 1)) for run, cut in enumerate(cuts)]


def test_a_planted_order_is_found_with_its_agreement() -> None:
    values, places, switches = planted_path(1_000, seed=1)
    order = find_switch_order(values, runs_that_cut(places), n_readings=60, n_partitions=10)
    assert order is not None
    assert order.verdict == "order"
    assert order.concordance > 0.7
    assert spearmanr(order.points, switches[order.genes])[0] >= 0.9
    decided = np.argwhere(order.before >= 0.9)
    true = switches[order.genes]
    right = np.mean([true[first] < true[second] for first, second in decided])
    assert len(decided) > 100
    assert right > 0.97, "pairs that are shown as ordered are ordered so"
    table = order.table([str(gene) for gene in range(N_GENES)])
    sequence = table.dropna(subset="place_in_sequence").sort_values("place_in_sequence")
    assert sequence["gene"].tolist() == [str(gene) for gene in order.genes[order.chain]]
    assert sequence["switch"].is_monotonic_increasing
    chain = true[order.chain]
    assert len(chain) >= 4
    assert spearmanr(chain, np.arange(len(chain)))[0] > 0.9


def test_a_path_among_noisy_genes_is_one() -> None:
    values, places, switches = planted_path(1_000, seed=7)
    values = values + np.random.default_rng(8).normal(0, 1.2, values.shape).astype(np.float32)
    order = find_switch_order(values, runs_that_cut(places), n_readings=60, n_partitions=10)
    assert order is not None
    assert order.verdict == "order"
    assert spearmanr(order.points, switches[order.genes])[0] >= 0.9


@pytest.mark.parametrize("distance", [0.3, 1.0, 3.0])
def test_two_separate_gaussians_have_no_order_however_far_apart(distance: float) -> None:
    values, is_finish = two_gaussians(600, distance, seed=2)
    order = find_switch_order(
        values, [WalkEnds(~is_finish, is_finish, 1.0, 0, (0, 1))] * 3, n_readings=30, n_partitions=10
    )
    assert order is not None
    assert order.verdict == "no path"
    assert order.concordance < 0.5, "disjoint cells do not agree either"
    assert "No path, only a difference" in order.explain()
    assert "switch" not in order.table([str(gene) for gene in range(N_GENES)])


def test_types_without_links_among_nearest_neighbours_have_no_path() -> None:
    values, places, _ = planted_path(600, seed=1)
    order = find_switch_order(values, runs_that_cut(places), n_readings=30, n_partitions=4)
    assert order is not None
    assert order.verdict == "order"
    assert f"linked {order.connectivity:.2f} times as often as by chance" in order.explain()
    apart = replace(order, n_links=3)
    assert apart.verdict == "no path"
    assert "3 links join the types (a path needs 28)" in apart.explain()


def test_genes_that_switch_together_have_a_path_and_no_order() -> None:
    values, places, _ = planted_path(600, seed=3)
    together = 2 / (1 + np.exp(-8 * (places[:, None] - 0.5))) * np.ones(N_GENES)
    values = np.random.default_rng(0).normal(together, 1).astype(np.float32)
    order = find_switch_order(values, runs_that_cut(places), n_readings=30, n_partitions=10)
    assert order is not None
    assert order.verdict == "no agreement"
    assert "an order needs 0.5" in order.explain()


def test_one_run_shows_which_genes_change_and_how_many_runs_an_order_needs() -> None:
    values, places, _ = planted_path(600, seed=1)
    order = find_switch_order(values, runs_that_cut(places, (0.5,)))
    assert order is not None
    assert order.verdict == "too few runs"
    assert "needs 3 independently trained runs" in order.explain()
    assert "1 run has" in order.explain()
    table = order.table([f"Gene{gene}" for gene in range(N_GENES)])
    assert table["difference"].abs().is_monotonic_decreasing
    assert find_switch_order(values, []) is None


def test_the_table_has_the_difference_of_every_run() -> None:
    values, places, _ = planted_path(600, seed=4)
    ends = runs_that_cut(places)
    order = find_switch_order(values, ends, n_readings=30, n_partitions=5)
    assert order is not None
    table = order.table([str(gene) for gene in range(N_GENES)]).set_index("gene")
    differences = [values[end.finishes, 7].mean() - values[end.starts, 7].mean() for end in ends]
    assert table.loc["7", "difference_low"] == pytest.approx(min(differences), abs=1e-3)
    assert table.loc["7", "difference_high"] == pytest.approx(max(differences), abs=1e-3)
    assert table.loc["7", "runs_with_this_sign"] == 3


def test_the_rising_fit_is_isotonic_regression() -> None:
    curves = np.random.default_rng(0).normal(size=(20, 5)).cumsum(axis=0)
    expected = [IsotonicRegression().fit_transform(np.arange(20), curve) for curve in curves.T]
    assert pytest.approx(np.array(expected)) == fit_rising(curves).T


def test_bins_give_both_types_the_same_weight() -> None:
    is_finish = np.repeat([False, True], [30, 300])
    positions = is_finish + np.linspace(0, 0.1, 330)
    curve = bin_values(is_finish[:, None].astype(float), positions, is_finish)[:, 0]
    assert curve.tolist() == [0] * 10 + [1] * 10


def test_cells_between_the_types_are_counted_and_noise_is_not() -> None:
    values, places, _ = planted_path(800, seed=5)
    halves = np.arange(N_GENES) % 2 == 0
    on_path = measure_occupation(place_cells(values, places > 0.5, halves), places > 0.5)
    assert on_path.share > 0.05
    assert on_path.agreement > 0.5
    values, is_finish = two_gaussians(800, 1.0, seed=5)
    apart = measure_occupation(place_cells(values, is_finish, halves), is_finish)
    assert apart.share < 0.05
    assert abs(apart.agreement) < 0.15


def test_concordance_is_one_for_one_order_and_one_over_the_raters_for_chance() -> None:
    """W is ((m − 1) mean ρ + 1) / m, with the mean Spearman correlation of all pairs of m raters."""
    assert kendall_w(np.tile(np.arange(10.0), (3, 1))) == pytest.approx(1)
    assert kendall_w(np.array([[1.0, 2, 3], [3, 2, 1]])) == 0
    generator = np.random.default_rng(0)
    ratings = generator.normal(size=(3, 20)) + 2 * np.linspace(0, 1, 20)
    mean_rho = spearmanr(ratings, axis=1)[0][np.triu_indices(3, 1)].mean()
    assert kendall_w(ratings) == pytest.approx((2 * mean_rho + 1) / 3)
    chance = [kendall_w(generator.normal(size=(3, 20))) for _ in range(300)]
    assert np.mean(chance) == pytest.approx(1 / 3, abs=0.02)


def test_runs_are_aligned_whatever_their_numbers_and_a_run_without_the_type_is_left_out() -> None:
    generator = np.random.default_rng(0)
    first = np.repeat([0, 1, 2], 100)
    renumbered = np.array([2, 0, 1])[first]
    moved = generator.permutation(300)[:15]
    renumbered[moved] = 0
    merged = np.where(first == 2, 1, first)  # types 1 and 2 are one cluster
    without = np.full(300, -1)
    ends = find_ends([first, renumbered, np.minimum(merged, 0), without], 0, 2)
    assert len(ends) == 2
    assert np.array_equal(ends[0].finishes, first == 2)
    assert np.array_equal(ends[1].starts, renumbered == 2)
    assert np.array_equal(ends[1].finishes, renumbered == 1)
    assert ends[1].modes == (2, 1)
    assert 0.8 < ends[1].overlap < 1


@pytest.mark.slow
def test_diffusion_pseudotime_finds_the_planted_order_too_and_a_low_agreement_is_a_warning() -> None:
    values, places, switches = planted_path(400, seed=6)
    ends = runs_that_cut(places)
    order = find_switch_order(values, ends, n_readings=60, n_partitions=2)
    assert order is not None
    reference = compare_with_pseudotime(values, ends[1], order, np.asarray)
    assert spearmanr(reference.points, switches[order.genes])[0] > 0.9
    assert reference.correlation > 0.9
    assert "do not trust" not in reference.explain()
    assert "do not trust" in replace(reference, correlation=0.2).explain()
