"""Real against generated cells of a mode, against figures reckoned by hand and by numpy."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from clustergan_core.cells.expression import value_scale
from clustergan_core.cells.fidelity import (
    ModeFidelity,
    compare_modes,
    expressing_thresholds,
    fidelity_table,
    gene_table,
    generate_cells,
    telling_genes,
)
from clustergan_core.data.counts.steps import finish_values
from clustergan_core.data.steps import Step
from clustergan_core.evaluation.nearness import RealSpace, fit_real_space
from clustergan_core.method import Encoding, Method
from clustergan_core.nn.prior import Latent, Prior

# What modes 0, 1 and 2 generate of four genes, up to z_n in the first.
PROFILES = np.array([[2.0, 0.0, 1.0, 0.1], [0.0, 2.0, 1.0, 0.1], [9.0, 9.0, 9.0, 9.0]], dtype=np.float32)


def fake_method() -> Method:
    def generate(latent: Latent) -> torch.Tensor:
        return latent.cluster @ torch.from_numpy(PROFILES) + latent.normal @ torch.tensor([[1.0, 0, 0, 0]])

    def encode(samples: torch.Tensor) -> Encoding:
        return Encoding(samples[:, :1], torch.eye(3)[samples[:, :2].argmax(dim=1)])

    parts = {"prior": Prior(1, 3, 0.1), "device": torch.device("cpu"), "mode_weights": None}
    return cast(Method, SimpleNamespace(encodes=True, generate=generate, encode=encode, **parts))


def real_cells() -> tuple[np.ndarray, np.ndarray, RealSpace]:
    """Thirty cells around each of modes 0 and 1, none of mode 2; the last gene is zero in half of them."""
    random = np.random.default_rng(0)
    clusters = np.repeat([0, 1], 30)
    cells = np.abs(PROFILES[clusters] + random.normal(0, 0.1, (60, 4))).astype(np.float32)
    cells[::2, 3] = 0
    return cells, clusters, fit_real_space(cells)


@pytest.fixture(scope="module")
def compared() -> tuple[tuple[ModeFidelity, ...], np.ndarray]:
    cells, clusters, space = real_cells()
    scale = value_scale(())
    thresholds = expressing_thresholds(scale, cells)
    generated = generate_cells(fake_method(), scale, thresholds, space)
    return compare_modes(generated, scale, cells, clusters, space, thresholds), cells


def test_a_gene_is_expressed_above_half_of_its_smallest_value_that_is_not_zero() -> None:
    cells = np.array([[0.0, 2.0, 0.0], [0.4, 3.0, 0.0], [1.0, 0.0, 0.0]], dtype=np.float32)
    thresholds = expressing_thresholds(value_scale(()), cells)
    assert thresholds is not None
    assert thresholds.tolist() == pytest.approx([0.2, 1.0, np.inf])
    scaled = value_scale([{"step": "expression_values", "state": "scaled", "part": "X"}])
    assert expressing_thresholds(scaled, cells) is None


def test_means_and_fractions_are_those_of_the_modes_cells(
    compared: tuple[tuple[ModeFidelity, ...], np.ndarray],
) -> None:
    (first, *_), cells = compared
    assert first.n_real == 30
    assert first.real_means == pytest.approx(cells[:30].mean(axis=0), abs=1e-5)
    assert first.real_fractions is not None
    assert first.real_fractions[3] == pytest.approx((cells[:30, 3] > 0).mean(), abs=0.07)
    assert first.generated_means == pytest.approx(PROFILES[0], abs=0.03)
    assert first.generated_fractions is not None
    assert first.generated_fractions[3] == 1, "the generator leaves no gaps"
    expected = np.corrcoef(cells[:30].mean(axis=0), first.generated_means)[0, 1]
    assert first.correlation == pytest.approx(expected, abs=1e-6)
    apart = np.corrcoef(cells[:30].mean(axis=0) - cells.mean(axis=0), first.generated_means - cells.mean(axis=0))[0, 1]
    assert first.own_correlation == pytest.approx(apart, abs=1e-6)


def test_a_mode_far_from_all_cells_holds_none_and_one_among_them_is_like_them(
    compared: tuple[tuple[ModeFidelity, ...], np.ndarray],
) -> None:
    (first, _, empty), _ = compared
    assert empty.outside == 1
    assert empty.verdict() == "Holds no real cells, so it represents nothing in the data."
    assert np.isnan(empty.correlation)
    assert first.outside < 0.5
    assert first.verdict().startswith("Like its real cells in the mean, but varies less (r = 1.00, variance ×0.")


def test_the_verdict_follows_distance_then_number_then_correlation(
    compared: tuple[tuple[ModeFidelity, ...], np.ndarray],
) -> None:
    (mode, *_), _ = compared
    good = replace(mode, n_real=50, outside=0.02, own_correlation=0.95, variance_ratio=0.9)
    assert good.verdict() == "Like its real cells (r = 0.95, variance ×0.90)."
    assert replace(good, outside=0.3).verdict().endswith("variance ×0.90); 30% outside the data.")
    rough = replace(good, own_correlation=0.6, variance_ratio=0.04)
    assert rough.verdict() == "Only roughly like its real cells (r = 0.60, variance ×0.04)."
    few, many = (replace(good, variance_ratio=ratio).verdict() for ratio in (0.04, 3))
    assert few == "Like its real cells in the mean, but varies less (r = 0.95, variance ×0.04)."
    assert many == "Like its real cells in the mean, but varies more (r = 0.95, variance ×3.00)."
    assert replace(good, n_real=4).verdict() == "Too few real cells (4) to judge it."
    assert replace(good, outside=0.5).verdict() == "Not reliable: 50% outside the data."


def test_a_stand_in_that_repeats_the_mean_of_each_mode_is_not_like_its_cells() -> None:
    cells, clusters, space = real_cells()
    means = torch.from_numpy(np.stack([cells[clusters == mode].mean(axis=0) for mode in (0, 1)] + [PROFILES[2]]))
    repeater = fake_method()
    repeater.generate = lambda latent: latent.cluster @ means
    generated = generate_cells(repeater, value_scale(()), None, space)

    first, *_ = compare_modes(generated, value_scale(()), cells, clusters, space, None)

    assert first.own_correlation == pytest.approx(1)
    assert first.variance_ratio == pytest.approx(0, abs=1e-9)
    assert "varies less" in first.verdict()


def test_the_variance_ratio_is_that_of_the_spreads_in_the_components(
    compared: tuple[tuple[ModeFidelity, ...], np.ndarray],
) -> None:
    (first, *_), cells = compared
    # All four genes span the components, so that they hold the total variance; z_n has a standard deviation of 0.1.
    assert first.variance_ratio == pytest.approx(0.1**2 / cells[:30].var(axis=0, ddof=1).sum(), rel=0.25)


def test_the_table_of_modes_adds_up_and_reads_back(compared: tuple[tuple[ModeFidelity, ...], np.ndarray]) -> None:
    realism, cells = compared
    generated = generate_cells(fake_method(), value_scale(()), None, None)
    assert generated.fractions is None
    assert generated.points is None
    table = fidelity_table(realism, generated, len(cells))
    assert table["share"].tolist() == [0.5, 0.5, 0]
    assert table["share_in_training"].tolist() == pytest.approx([1 / 3] * 3)
    assert table["read_back"][:2].tolist() == [1, 1]
    assert table["read_back"][2] < 0.7, "modes 0 and 2 are read by chance of z_n"


def test_the_genes_of_a_mode_are_listed_by_their_difference(
    compared: tuple[tuple[ModeFidelity, ...], np.ndarray],
) -> None:
    (first, *_), _ = compared
    table = gene_table(first, ["A", "B", "C", "D"])
    off = (table["generated_mean"] - table["real_mean"]).abs()
    assert off.is_monotonic_decreasing
    assert set(table.columns) == {"gene", "real_mean", "generated_mean", "real_fraction", "generated_fraction"}


def test_genes_that_tell_modes_apart_come_mode_by_mode_and_skip_modes_without_cells() -> None:
    means = np.array([[5.0, 0, 1, 1], [0, 4, 1, 2], [np.nan] * 4])
    assert telling_genes(means, 2).tolist() == [0, 1]
    assert telling_genes(means, 4).tolist() == [0, 1, 3], "the third gene is equal in both"
    assert telling_genes(np.full((2, 4), np.nan), 4).tolist() == []


def test_a_zero_that_was_standardised_is_still_no_expression() -> None:
    """Undoing a mean and a deviation leaves rounding errors where the count was 0."""
    random = np.random.default_rng(0)
    means, deviations = random.uniform(0.1, 2, 50), random.uniform(0.1, 2, 50)
    steps: list[Step] = [
        {"step": "log", "base": 2},
        {"step": "standardise_genes", "means": means.tolist(), "deviations": deviations.tolist(), "clip": 100},
        {"step": "scale_by", "by": 100},
    ]
    samples = finish_values(steps, np.stack([np.zeros(50), np.ones(50)]).astype(np.float32))
    assert (value_scale(steps).expression(samples)[0] > 0).any(), "a zero came back as a little more than 0"
    thresholds = expressing_thresholds(value_scale(steps), samples)
    assert thresholds is not None
    assert thresholds.tolist() == pytest.approx([0.5] * 50, abs=1e-5)
