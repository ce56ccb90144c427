"""What is scored of generated samples, with stand-ins whose figures are known."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.features import choose_features
from clustergan_core.generation import draw_latent, generate_all, reconstruct
from clustergan_core.method import ENCODE_BATCH
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.methods.clustergan import ClusterGANSettings
from clustergan_core.nn.prior import Latent
from clustergan_core.score_names import distance_title
from clustergan_core.scoring.final import _five_digits, score_method
from clustergan_core.scoring.generated import RealSamples, cycle_losses, read_generated
from clustergan_core.scoring.live import LiveScorer


class RawFeatures:
    """Samples as they are."""

    name = "raw"

    def __call__(self, samples: Tensor) -> np.ndarray:
        return samples.flatten(1).numpy()


def table(n_samples: int) -> Dataset:
    samples = np.random.default_rng(0).random((n_samples, 5), dtype=np.float32)
    return Dataset("table", "table", samples, split_samples(n_samples))


def small_method():
    settings = ClusterGANSettings.model_validate({"n_clusters": 10, "n_normal": 4, "width": 0.1})
    return build_method("clustergan", settings, "image", (1, 8, 8), 0, torch.device("cpu"))


def test_real_samples_are_compared_in_disjoint_halves_of_the_same_size():
    data = table(101)
    real = RealSamples(data, np.arange(101), RawFeatures(), most=1000)
    assert real.n == 50
    compared = real.distance(real.read(torch.from_numpy(data.samples)))
    assert compared is not None and compared["n"] == 50 and compared["features"] == "raw"
    others = {row.tobytes() for row in data.samples} - {row.tobytes() for row in real.first}
    assert len(real.first) == 50 and len(others) == 51


def test_generated_samples_equal_to_the_real_ones_are_at_distance_zero():
    data = table(80)
    real = RealSamples(data, np.arange(80), RawFeatures(), most=30)
    compared = real.distance(real.first)
    assert compared is not None
    assert compared["n"] == 30
    assert compared["value"] == pytest.approx(0, abs=1e-9)
    assert compared["real_halves"] > 0


def test_a_distance_of_more_samples_takes_its_other_real_ones_from_the_training_split():
    data = table(300)
    test, train = np.arange(200, 300), np.arange(200)
    real = RealSamples(data, test, RawFeatures(), 100, others=train)
    assert real.n == 100, "all test samples, where halves would be of 50"
    assert np.array_equal(real.first, data.samples[test])
    compared = real.distance(real.first)
    assert compared is not None and compared["value"] == pytest.approx(0, abs=1e-9) and compared["real_halves"] > 0


def test_more_samples_than_the_data_has_are_refused():
    data, method = table(60), small_method()
    with pytest.raises(SettingsError, match=r"10,000 samples needs as many .* has 6: choose at most 5,000"):
        score_method(method, data, "test", n_generated=10_000)


def test_a_distance_says_its_number_of_samples():
    assert distance_title("fid", 5000) == "FID-5k" and distance_title("fid", 10_000) == "FID-10k"
    assert distance_title("fid", 1003) == "FID, n = 1,003"
    assert distance_title("frechet", 5000) == "Fréchet distance, n = 5,000"


def test_three_samples_are_too_few_to_compare():
    real = RealSamples(table(3), np.arange(3), RawFeatures(), most=10)
    assert real.distance(np.zeros((3, 5))) is real.coverage(np.zeros((3, 5))) is None


def test_more_samples_than_a_batch_are_generated_alike():
    method = small_method()
    latent = draw_latent(method, ENCODE_BATCH + 5)
    assert torch.equal(draw_latent(method, ENCODE_BATCH + 5).normal, latent.normal)
    generated = generate_all(method, latent)
    assert generated.shape == (ENCODE_BATCH + 5, 1, 8, 8)
    assert torch.allclose(generated[-1:], method.generate(draw_part(latent)), atol=1e-6)


def draw_part(latent):
    return type(latent)(latent.normal[-1:], latent.cluster[-1:])


class PerfectClassifier:
    """Reads the mode that a generator without noise would have drawn."""

    name = "perfect"

    class record:  # noqa: N801 - stands for an attribute
        test_accuracy = 1.0
        label_names = ("a", "b")

    def labels(self, samples: Tensor) -> np.ndarray:
        return samples.flatten(1).argmax(dim=1).numpy() % 2


class OneHotMethod:
    """Generates the one-hot code itself; modes 0 and 2 are label "a", mode 1 is "b"."""

    mode_weights = None
    n_batches = 0

    def __init__(self) -> None:
        from clustergan_core.nn.prior import Prior

        self.prior = Prior(n_normal=2, n_clusters=3, sigma=0.1)
        self.device = torch.device("cpu")

    def generate(self, latent) -> Tensor:
        return latent.cluster


def test_the_three_accuracies_of_a_perfect_generator():
    labels, clusters = np.array([0, 1, 0, 1]), np.array([0, 1, 2, 0])
    reconstructions = torch.eye(3)[[0, 1, 2, 2]]
    scores = read_generated(OneHotMethod(), PerfectClassifier(), labels, clusters, reconstructions)  # pyright: ignore[reportArgumentType]
    assert scores["mode_accuracy"] == 1.0
    assert scores["reconstruction_accuracy"] == 0.75
    assert scores["cluster_accuracy"] == 0.75
    assert scores["classifier"]["n_labels_with_a_mode"] == 2
    assert scores["classifier"]["n_generated"] == 3 * (2000 // 3)


def test_live_scores_hold_a_frechet_distance_beside_that_of_real_samples():
    digits = load_dataset("digits")
    scores = LiveScorer(digits, small_method()).score(small_method())
    assert scores["frechet"]["n"] == 89  # half of the 179 of the validation split
    assert scores["frechet"]["features"] == choose_features(digits).name
    assert scores["frechet"]["value"] > 10 * scores["frechet"]["real_halves"]


def test_some_samples_are_reconstructed_as_they_would_be_among_all():
    method = small_method()
    encoding = method.encode_all(torch.rand(20, 1, 8, 8, generator=torch.Generator().manual_seed(0)))
    everything, some = reconstruct(method, encoding), reconstruct(method, encoding, torch.tensor([3, 7]))
    assert everything is not None and some is not None
    assert torch.allclose(everything[[3, 7]], some, atol=1e-6)


class _Draws(torch.nn.Module):
    """A generator that gives real samples of some modes, whatever the latent."""

    def __init__(self, samples: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("samples", torch.from_numpy(samples))
        self.random = torch.Generator().manual_seed(0)

    def forward(self, latent: Tensor) -> Tensor:
        samples = self.get_buffer("samples")
        return samples[torch.randint(len(samples), (len(latent),), generator=self.random)]


@pytest.mark.parametrize(("n_given", "divergence"), [(8, 0.0), (2, math.log(4))])
def test_modes_of_a_ring_are_counted_among_the_scores(n_given: int, divergence: float) -> None:
    ring = load_dataset("ring-8")
    settings = parse_settings("clustergan", {"n_clusters": 8, "n_normal": 2, "width": 0.1})
    method = build_method("clustergan", settings, "table", (2,), 0, torch.device("cpu"))
    assert ring.labels is not None
    method.generator = torch.nn.Sequential(_Draws(ring.samples[ring.labels < n_given]))
    count = score_method(method, ring, "test").get("mode_count")
    assert count is not None
    assert (count["n_reached"], count["n_modes"], count["n"]) == (n_given, 8, 2500)
    assert count["stray_share"] == pytest.approx(0.011, abs=0.01)
    assert count["divergence"] == pytest.approx(divergence, abs=0.05)


class ScrambledNormal(torch.nn.Module):
    """An encoder whose ẑ_n is noise of the size that an untrained one's has."""

    def __init__(self, encoder: torch.nn.Module, n_normal: int) -> None:
        super().__init__()
        self.encoder, self.n_normal = encoder, n_normal

    def forward(self, samples: Tensor) -> Tensor:
        latent = self.encoder(samples).clone()
        latent[:, : self.n_normal] = 1.5 * torch.randn(len(samples), self.n_normal)
        return latent


@pytest.mark.parametrize("name", ["clustergan", "paired-clustergan"])
@pytest.mark.parametrize("normal_weight", [0.0, 10.0])
def test_a_normal_part_that_nothing_trains_reaches_no_reconstruction_and_no_cycle_loss(name, normal_weight):
    settings = {"n_clusters": 10, "n_normal": 4, "width": 0.1, "normal_weight": normal_weight}
    method = build_method(name, parse_settings(name, settings), "image", (1, 8, 8), 0, torch.device("cpu"))
    part = "encoder" if name == "clustergan" else "mean_encoder"
    samples, latent = torch.rand(20, 1, 8, 8, generator=torch.Generator().manual_seed(0)), draw_latent(method, 20)

    def figures() -> dict[str, float]:
        reconstructions = reconstruct(method, method.encode_all(samples))
        return cycle_losses(method, samples, reconstructions, latent, generate_all(method, latent), 20)

    before = figures()
    setattr(method, part, ScrambledNormal(getattr(method, part), 4))
    assert (figures() == before) == (normal_weight == 0)
    if normal_weight == 0:
        code = method.encode_all(samples).cluster
        assert code is not None
        at_zero = method.generate(Latent(torch.zeros(20, 4), code))
        reconstructions = reconstruct(method, method.encode_all(samples))
        assert reconstructions is not None and torch.allclose(reconstructions, at_zero, atol=1e-6)


def test_figures_are_kept_to_five_digits_and_counts_whole():
    assert _five_digits({"a": 1 / 3, "b": [123456.7, 7], "c": None, "d": "x", "e": 1e-5 / 7}) == {
        "a": 0.33333,
        "b": [123460.0, 7],
        "c": None,
        "d": "x",
        "e": 1.4286e-06,
    }
