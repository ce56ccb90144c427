"""Targets of given masses and the loss between partners, against plain transcriptions."""

import numpy as np
import pytest
import torch
from sklearn.metrics import mutual_info_score

from clustergan_core.methods.paired_clustergan.pairing import balanced_targets, mutual_information, pair_loss


def sinkhorn_knopp(
    logits: np.ndarray, masses: np.ndarray, temperature: float, n_iterations: int, exponent: float = 1.0
) -> np.ndarray:
    """The textbook algorithm on exp(logits / temperature), in double precision; below 1 the unbalanced one."""
    kernel = np.exp(logits.astype(np.float64) / temperature)
    rows, columns = np.ones(len(kernel)), np.ones(kernel.shape[1])
    for _ in range(n_iterations):
        columns = (masses * len(kernel) / (kernel.T @ rows)) ** exponent
        rows = 1 / (kernel @ columns)
    return rows[:, None] * kernel * columns


@pytest.mark.parametrize("strictness", [1.0, 0.8])
@pytest.mark.parametrize("masses", [[0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1]])
def test_targets_are_those_of_sinkhorn_and_knopp(masses, strictness):
    logits = torch.randn(12, 4, generator=torch.Generator().manual_seed(0))
    targets = balanced_targets(logits, torch.tensor(masses), 0.5, 7, torch.tensor(strictness))
    expected = sinkhorn_knopp(logits.numpy(), np.array(masses), 0.5, 7, strictness)
    assert np.allclose(targets.numpy(), expected, atol=1e-5)


def test_each_target_is_a_distribution_and_the_columns_have_their_masses():
    logits = 3 * torch.randn(400, 3, generator=torch.Generator().manual_seed(0))
    masses = torch.tensor([0.6, 0.3, 0.1])
    targets = balanced_targets(logits, masses, temperature=1.0, n_iterations=50)
    assert torch.allclose(targets.sum(dim=1), torch.ones(400), atol=1e-5)
    assert torch.allclose(targets.mean(dim=0), masses, atol=1e-3)


def test_targets_stay_finite_where_the_exponential_would_overflow():
    logits = torch.tensor([[900.0, 0.0], [0.0, 900.0], [450.0, 440.0], [440.0, 450.0]])
    targets = balanced_targets(logits, torch.tensor([0.5, 0.5]), temperature=0.2, n_iterations=15)
    assert targets.isfinite().all() and targets.argmax(dim=1).tolist() == [0, 1, 0, 1]


def test_relaxed_targets_leave_a_chance_surplus_of_one_cluster_where_it_is():
    logits = torch.tensor([[4.0, 0.0]] * 70 + [[0.0, 4.0]] * 30)
    masses = torch.tensor([0.5, 0.5])
    moved = [float(balanced_targets(logits, masses, 1.0, 30, strictness)[:, 0].mean()) for strictness in (1, 0.8, 0)]
    assert moved[0] == pytest.approx(0.5, abs=0.01)
    assert moved[0] < moved[1] < moved[2]
    assert moved[2] == pytest.approx(float(logits.softmax(dim=1)[:, 0].mean()), abs=1e-5)


def test_targets_carry_no_gradient():
    logits = torch.randn(6, 3, requires_grad=True)
    assert not balanced_targets(logits, torch.full((3,), 1 / 3), 0.2, 5).requires_grad


def test_each_partner_is_asked_for_the_other_ones_target():
    logits, partner = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    target, partner_target = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.25, 0.75]])
    first = -(0.25 * np.log(np.exp(2) / (np.exp(2) + 1)) + 0.75 * np.log(1 / (np.exp(2) + 1)))
    second = -np.log(1 / (1 + np.e))
    loss = pair_loss(logits, partner, target, partner_target)
    assert float(loss) == pytest.approx((first + second) / 2, rel=1e-5)


def test_mutual_information_of_hard_codes_is_that_of_their_labels():
    random = np.random.default_rng(0)
    labels = random.integers(4, size=200)
    partners = np.where(random.random(200) < 0.7, labels, random.integers(4, size=200))
    codes, partner_codes = (torch.eye(4)[torch.from_numpy(values)] for values in (labels, partners))
    both_ways = mutual_info_score(np.concatenate([labels, partners]), np.concatenate([partners, labels]))
    assert float(mutual_information(codes, partner_codes)) == pytest.approx(both_ways, rel=1e-5)


def test_one_code_for_everything_tells_nothing_and_clusters_of_one_size_tell_their_logarithm():
    same = torch.tensor([[1.0, 0.0, 0.0]]).repeat(30, 1)
    each = torch.eye(3).repeat(10, 1)
    assert float(mutual_information(same, same)) == pytest.approx(0, abs=1e-6)
    assert float(mutual_information(each, each)) == pytest.approx(np.log(3), rel=1e-5)
