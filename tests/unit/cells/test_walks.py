"""Walks between cell types: switch points, scales and distances that can be reckoned by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import norm

from clustergan_core.cells.contrasts import contrast_codes, one_hot
from clustergan_core.cells.expression import value_scale
from clustergan_core.cells.switch_genes import find_switches, rank_genes
from clustergan_core.cells.walks import BandReach, CellWalk, WalkNearness, many_normals, measure_bands, walk_cells
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import PreparationSettings, QualitySettings
from clustergan_core.data.counts.steps import read_values, undo_finishing
from clustergan_core.data.steps import Step
from clustergan_core.evaluation.nearness import RealSpace, fit_real_space
from clustergan_core.method import Encoding, Method
from clustergan_core.nn.prior import Latent, Prior
from tests.small_cells import count_matrix, planted_matrix

GENES = ("linear", "square", "hump", "down", "still")


def fake_method() -> Method:
    """Five genes whose course along a walk from mode 0 to mode 1 is known; z_n is added to the first."""

    def generate(latent: Latent) -> torch.Tensor:
        mu = latent.cluster[:, 1]
        return torch.stack(
            [mu + latent.normal[:, 0], mu**2, 4 * mu * (1 - mu), 1 - mu, torch.full_like(mu, 0.3)], dim=1
        )

    def encode(samples: torch.Tensor) -> Encoding:
        return Encoding(samples[:, :1], torch.stack([samples[:, 3], 1 - samples[:, 3]], dim=1))

    prior = Prior(n_normal=1, n_clusters=2, sigma=0.1)
    return cast(
        Method, SimpleNamespace(encodes=True, prior=prior, device=torch.device("cpu"), generate=generate, encode=encode)
    )


def walk(normals: list[float], space: RealSpace | None = None, n_steps: int = 41) -> CellWalk:
    return walk_cells(
        fake_method(), value_scale(()), 1, 0, np.array(normals, np.float32)[:, None], space, n_steps=n_steps
    )


def test_bands_are_compared_with_the_real_cells_of_both_ends() -> None:
    random = np.random.default_rng(0)
    clusters = np.repeat([0, 1], 400)
    ends = np.array([[0, 0, 0, 1, 0.3], [1, 1, 0, 0, 0.3]])
    cells = ends[clusters]
    cells[:, 0] += random.normal(0, 0.1, 800)  # as z_n does
    space = fit_real_space(cells.astype(np.float32))
    normals = 0.1 * norm.ppf((np.arange(400) + 0.5) / 400)
    scale = value_scale([{"step": "expression_values", "state": "scaled", "part": "X"}])  # may be negative

    def reach(width: float) -> BandReach:
        drawn = (width * normals[:, None]).astype(np.float32)
        walked = walk_cells(fake_method(), scale, 1, 0, drawn, space, n_steps=3)
        return measure_bands(walked, scale, cells.astype(np.float32), clusters, space, np.array([0]))

    alike, narrow = reach(1), reach(0.2)
    assert alike.variance_ratios == pytest.approx((1, 1), rel=0.25)
    assert alike.share == pytest.approx(0.68, abs=0.06), "one standard deviation to either side"
    assert not alike.is_too_narrow
    assert narrow.variance_ratios == pytest.approx((0.04, 0.04), rel=0.25)
    assert narrow.share == pytest.approx(0.16, abs=0.06), "a fifth of a standard deviation"
    assert narrow.is_too_narrow


def test_genes_switch_where_they_cross_the_middle_and_a_passing_one_at_its_peak() -> None:
    walked = walk([0.0])
    assert walked.switches.turns == ("rises", "rises", "peaks", "falls", "stays")
    assert walked.switches.mus[:4] == pytest.approx([0.5, 2**-0.5, 0.5, 0.5], abs=1e-3)
    assert np.isnan(walked.switches.mus[4])


def test_a_dip_beyond_a_quarter_of_the_range_is_transient_and_a_smaller_one_is_not() -> None:
    mus = np.array([0.0, 0.25, 0.5, 1.0])
    curves = np.array([[0.0, 0.0], [-0.2, -0.5], [0.5, 0.5], [1.0, 1.0]])
    switches = find_switches(mus, curves)
    assert switches.turns == ("rises", "dips")
    assert switches.mus.tolist() == [0.5, 0.25]


def test_genes_are_ranked_by_range_or_by_the_difference_between_the_ends() -> None:
    curves = walk([0.0]).mean
    assert rank_genes(curves, "range", 10).tolist() == [0, 1, 2, 3], "the still gene is none that changes"
    assert rank_genes(curves, "up", 10).tolist() == [0, 1]
    assert rank_genes(curves, "down", 10).tolist() == [3]
    assert rank_genes(curves, "up", 1).tolist() == [0]


def test_a_walk_is_the_mean_of_its_draws_with_their_percentiles() -> None:
    walked = walk([0.5, 0.6, 0.7])
    middle = walked.step_at(0.5)
    assert walked.mean[middle] == pytest.approx([1.1, 0.25, 1, 0.5, 0.3])
    assert walked.low[middle, 0] == pytest.approx(np.percentile([1.0, 1.1, 1.2], 16))
    assert walked.high[middle, 0] == pytest.approx(np.percentile([1.0, 1.1, 1.2], 84))
    assert walked.low[middle, 1] == walked.high[middle, 1]
    assert walked.codes is not None
    assert walked.codes[middle] == pytest.approx([0.5, 0.5])


def test_negative_expression_is_none_but_scaled_files_keep_it() -> None:
    assert walk([-0.5]).mean[0, 0] == 0
    scaled = value_scale([{"step": "expression_values", "state": "scaled", "part": "X"}])
    assert scaled.expression(np.array([[-0.5]], np.float32)).tolist() == [[-0.5]]


def test_the_draws_of_a_seed_are_the_priors_own() -> None:
    normals = many_normals(Prior(n_normal=50, n_clusters=2, sigma=0.1), seed=3)
    assert normals.shape == (64, 50)
    assert normals.std() == pytest.approx(0.1, rel=0.05)
    assert np.array_equal(normals, many_normals(Prior(50, 2, 0.1), seed=3))


@pytest.mark.parametrize("settings", [{}, {"transform": "paper"}, {"standardise": True, "clip": 1000}])
def test_undoing_the_last_steps_gives_the_logarithms_again(settings: dict[str, object]) -> None:
    matrix, _ = planted_matrix()
    permissive = QualitySettings(min_genes=0, min_cells=0)
    dataset = prepare(matrix, PreparationSettings.model_validate({"quality": permissive, "n_genes": 20, **settings}))
    again = undo_finishing(dataset.preprocessing, dataset.samples)
    expected = read_values(dataset.preprocessing, matrix, np.ones(120, dtype=np.bool_))
    assert np.allclose(again, expected, atol=1e-4)
    assert not np.allclose(dataset.samples, expected, atol=0.1), "there was something to undo"


@pytest.mark.parametrize(
    ("steps", "title", "difference"),
    [
        ([{"step": "normalise_totals", "target": 1527.0}, {"step": "log", "base": "e"}], "ln(1 + counts per 1,527)", 1),
        ([{"step": "log", "base": 2}], "log2(1 + count)", 1),
        ([{"step": "expression_values", "state": "scaled"}], "scaled expression", 3),
    ],
)
def test_a_doubling_is_a_log2_difference_of_one_where_the_logarithm_is_known(
    steps: list[Step], title: str, difference: float
) -> None:
    scale = value_scale(steps)
    assert title in scale.title
    three, seven = (np.log2([4.0, 8.0]) if scale.log_base == 2 else np.log([4.0, 8.0])).tolist()
    if scale.log_base is None:
        three, seven = 4.0, 7.0
    assert scale.differences(np.array([seven]), np.array([three])).tolist() == pytest.approx([difference])


def test_distances_are_those_to_the_fifth_nearest_real_cell() -> None:
    real = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)
    new = np.random.default_rng(1).normal(size=(7, 6)).astype(np.float32)
    space = fit_real_space(real)
    # Six components of six genes turn the space and change no distance.
    expected = np.sort(cdist(new, real), axis=1)
    found, distances = space.nearest(space.project(new), 3)
    assert distances == pytest.approx(expected[:, :3], abs=1e-4)
    assert np.array_equal(found[:, 0], cdist(new, real).argmin(axis=1))
    assert space.distances(space.project(new)) == pytest.approx(expected[:, 4], abs=1e-4)
    among_real = np.sort(cdist(real, real), axis=1)[:, 5]
    assert space.median == pytest.approx(np.median(among_real), abs=1e-4)
    assert space.limit == pytest.approx(np.quantile(among_real, 0.95), abs=1e-4)


def test_a_walk_through_empty_space_is_seen_where_it_is_empty() -> None:
    """Cells crowd at both ends of the way; the middle, .5 from either, is further than they are from each other."""
    ends = fake_method().generate(Latent(torch.zeros(2, 1), torch.eye(2))).numpy()
    jitter = np.random.default_rng(0).normal(0, 0.01, size=(2, 40, 5))
    real = (ends[:, None] + jitter).reshape(80, 5).astype(np.float32)
    nearness = walk([0.0], fit_real_space(real), n_steps=11).nearness
    assert nearness is not None
    assert nearness.distance[0] < nearness.limit
    ((first, last),) = nearness.far_stretches(np.linspace(0, 1, 11))
    assert (first, last) == pytest.approx((0.1, 0.9))
    assert set(nearness.nearest[0].tolist()) <= set(range(40)), "mode 0 stands at μ = 0"
    assert set(nearness.nearest[-1].tolist()) <= set(range(40, 80))


def test_the_listed_cells_are_those_nearest_to_all_draws_in_root_mean_square() -> None:
    real = np.random.default_rng(2).normal(size=(30, 5)).astype(np.float32)
    normals = [-0.3, 0.1, 0.4]
    nearness = walk(normals, fit_real_space(real), n_steps=3).nearness
    assert nearness is not None
    draws = np.array([[0.5 + normal, 0.25, 1, 0.5, 0.3] for normal in normals])
    root_mean_square = np.sqrt((cdist(draws, real) ** 2).mean(axis=0))
    assert nearness.nearest[1].tolist() == root_mean_square.argsort()[:10].tolist()
    assert nearness.nearest_distances[1] == pytest.approx(np.sort(root_mean_square)[:10], abs=1e-4)


def test_far_stretches_are_told_apart_and_may_reach_the_ends() -> None:
    distance = np.array([3.0, 1, 1, 3, 3])
    points, cells = np.zeros((5, 2), np.float32), np.zeros((5, 1), np.int64)
    nearness = WalkNearness(distance, distance, distance, distance, points, cells, distance[:, None], usual=1, limit=2)
    assert nearness.far_stretches(np.linspace(0, 1, 5)) == [(0, 0), (0.75, 1)]


def test_the_table_of_a_walk_has_a_row_a_gene_and_its_value_in_every_step_and_no_order_of_one_run() -> None:
    table = walk([0.0], n_steps=3).table(GENES)
    assert not [column for column in table if "switch" in column]
    assert table["gene"].tolist() == list(GENES)
    assert table["change"].tolist() == ["rises", "rises", "peaks", "falls", "stays"]
    assert table["end_minus_start"].tolist() == [1, 1, 0, -1, 0]
    assert table["mu=0.500"].tolist() == pytest.approx([0.5, 0.25, 1, 0.5, 0.3])


def test_counts_of_a_cell_come_back_from_its_sample() -> None:
    """Two counts of ten in a cell of ten, scaled to the median total of ten: ln 3."""
    counts = np.array([[2, 8], [5, 5], [8, 2], [4, 6], [6, 4], [5, 5], [1, 9], [9, 1], [3, 7], [7, 3]])
    quality = QualitySettings(min_genes=0, min_cells=0)
    dataset = prepare(count_matrix(counts), PreparationSettings(quality=quality, n_genes=2))
    assert value_scale(dataset.preprocessing).expression(dataset.samples[:1])[0].tolist() == pytest.approx(
        [np.log(3), np.log(9)], abs=1e-5
    )


def test_a_contrast_has_its_range_over_runs_and_how_many_agree_on_its_sign() -> None:
    scale = value_scale([{"step": "expression_values", "state": "log", "part": "X"}])
    moved = contrast_codes(fake_method(), scale, one_hot(2, 0), one_hot(2, 1), np.array([[0.0]], np.float32))
    others = np.array([moved.differences, moved.differences * 2, -moved.differences])
    table = moved.table(GENES, ("before", "after"), others).set_index("gene")
    assert table.loc["down", ["lowest", "highest"]].tolist() == [-2, 1]
    assert table.loc["down", "runs_that_agree"] == 2


def test_a_cell_as_another_type_keeps_its_z_n_and_genes_are_ranked_by_their_change() -> None:
    normal = np.array([[0.2]], np.float32)
    doubling = value_scale([{"step": "log", "base": 2}])
    moved = contrast_codes(fake_method(), doubling, one_hot(2, 0), one_hot(2, 1), normal)
    assert moved.before == pytest.approx([0.2, 0, 0, 1, 0.3])
    assert moved.after == pytest.approx([1.2, 1, 0, 0, 0.3]), "its z_n of .2 is in both"
    assert moved.differences.tolist() == pytest.approx([1, 1, 0, -1, 0])
    assert moved.top(3).tolist() == [0, 1, 3], "from the most risen to the most fallen"
    assert moved.n_changed(0.99) == 3
    table = moved.table(GENES, ("mode 0", "mode 1"))
    assert table.columns.tolist() == ["gene", "log2_difference", "mode 0", "mode 1"]
    assert set(table["gene"][:3]) == {"linear", "square", "down"}
