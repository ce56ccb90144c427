"""Walks between modes: codes after the paper's formula, and samples that the method itself would give."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clustergan_core.drawing.palette import mode_colours, rgb
from clustergan_core.drawing.pictures.images import filmstrip
from clustergan_core.drawing.pictures.walk_strip import walk_strip
from clustergan_core.generation import (
    draw_normals,
    generate_codes,
    generate_modes,
    mixture_code,
    read_codes,
    walk_codes,
)
from clustergan_core.methods.clustergan import ClusterGAN, ClusterGANSettings
from clustergan_core.nn.acceleration import one_thread
from clustergan_core.nn.prior import Latent, Prior

N_CLUSTERS, N_NORMAL = 4, 3


@pytest.fixture(scope="module")
def method() -> ClusterGAN:
    torch.manual_seed(0)
    settings = ClusterGANSettings.model_validate(
        {"n_clusters": N_CLUSTERS, "n_normal": N_NORMAL, "width": 0.1, "initialisation": "framework"}
    )
    return ClusterGAN(settings, "image", (1, 8, 8)).eval().requires_grad_(False)


def test_mu_one_is_mode_a_as_the_method_generates_it_and_mu_zero_mode_b(method: ClusterGAN) -> None:
    normal = draw_normals(method.prior, seed=3)[0]
    ends = generate_codes(method, walk_codes(method.prior, mode_a=2, mode_b=0, mus=[1.0, 0.0]), normal)
    latent = Latent(torch.from_numpy(np.stack([normal, normal])), torch.tensor([[0.0, 0, 1, 0], [1.0, 0, 0, 0]]))
    assert np.array_equal(ends, method.generate(latent).numpy())


def test_between_the_ends_the_code_is_the_papers_convex_combination(method: ClusterGAN) -> None:
    codes = walk_codes(method.prior, mode_a=1, mode_b=3, mus=[0.25])
    assert codes.tolist() == [[0, 0.25, 0, 0.75]]


def test_the_first_column_of_modes_is_what_a_walk_at_that_seed_ends_in(method: ClusterGAN) -> None:
    columns = generate_modes(method, n_columns=2, seed=11)
    ends = generate_codes(method, walk_codes(method.prior, 2, 1, [1.0]), draw_normals(method.prior, seed=11)[0])
    assert np.allclose(columns[2, 0], ends[0], atol=1e-6)


def test_fewer_columns_are_the_first_of_more(method: ClusterGAN) -> None:
    assert np.array_equal(generate_modes(method, 3, seed=5), generate_modes(method, 9, seed=5)[:, :3])


@given(st.lists(st.floats(0, 1), min_size=N_CLUSTERS, max_size=N_CLUSTERS))
def test_weights_of_a_mixture_are_normalised(weights: list[float]) -> None:
    code = mixture_code(Prior(N_NORMAL, N_CLUSTERS, 0.1), weights)
    assert code.sum() == pytest.approx(1, abs=1e-5)
    assert (code >= 0).all()
    if sum(weights) > 1e-3:
        assert code == pytest.approx(np.array(weights) / sum(weights), abs=1e-5)
    elif sum(weights) == 0:
        assert code.tolist() == [1 / N_CLUSTERS] * N_CLUSTERS


def test_what_the_encoder_reads_are_its_probabilities(method: ClusterGAN) -> None:
    samples = generate_modes(method, 2)[:, 0]
    codes = read_codes(method, samples)
    assert codes is not None
    expected = method.encoder(torch.from_numpy(samples))[:, N_NORMAL:].softmax(dim=1).numpy()
    assert np.allclose(codes, expected, atol=1e-6)


def test_generating_on_one_thread_leaves_the_number_of_threads_as_it_was() -> None:
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
        assert not torch.is_grad_enabled()
    assert torch.get_num_threads() == before


def test_the_strips_bars_are_parted_as_the_codes_are() -> None:
    samples = np.zeros((2, 1, 8, 8), np.float32)
    codes = np.array([[1.0, 0.0, 0.0], [0.25, 0.0, 0.75]])
    plain = filmstrip(samples, ["0", "1"], cell=64)
    strip = np.asarray(walk_strip(samples, ["0", "1"], codes, cell=64))
    blue, _, red = (rgb(colour) for colour in mode_colours(3))
    assert np.array_equal(strip[: plain.height], np.asarray(plain))
    row = strip[plain.height + 1]  # above the numbers
    first, second = row[: len(row) // 2], row[len(row) // 2 :]
    assert (first == blue).all(axis=1).sum() == 64
    assert (second == red).all(axis=1).sum() == 48
    assert (second == blue).all(axis=1).sum() == 16


def test_a_strip_without_codes_is_a_plain_filmstrip() -> None:
    samples = np.random.default_rng(0).random((3, 1, 8, 8)).astype(np.float32)
    assert np.array_equal(np.asarray(walk_strip(samples, "abc")), np.asarray(filmstrip(samples, "abc")))
