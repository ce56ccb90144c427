"""How real a walk is: distances and confidences against brute force, on a generator whose walk is a straight line."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from clustergan_core.data.registry import load_dataset
from clustergan_core.evaluation.classifier import Classifier, find_classifier
from clustergan_core.evaluation.nearness import RealSpace, fit_real_space
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.scoring.walk_realism import MUS, WalkTraces, describe_walk, find_usual_confidence, trace_walk

ENDS = np.array([[0.0, 0], [10, 0]], dtype=np.float32)


class Line(SimpleNamespace):
    """A stand-in for a method: mode k lies at ENDS[k], z_n moves samples up, and a mixed code lies between."""

    prior, device = Prior(1, 2, 0.5), torch.device("cpu")

    def generate(self, latent: Latent) -> torch.Tensor:
        up = torch.cat([torch.zeros_like(latent.normal), latent.normal], dim=1)
        return latent.cluster @ torch.from_numpy(ENDS) + up


def islands() -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 0.3, (2, 100, 2))
    return (ENDS[:, None] + noise).reshape(200, 2).astype(np.float32)


def traced(real: np.ndarray, normals: list[float]) -> tuple[WalkTraces, RealSpace]:
    space = fit_real_space(real)
    return trace_walk(Line(), 1, 0, np.array(normals, np.float32)[:, None], space), space  # type: ignore[arg-type]


def test_distances_are_those_to_the_fifth_nearest_real_sample() -> None:
    real = islands()
    traces, _ = traced(real, [0.0, 1.0])
    for column, height in enumerate((0.0, 1.0)):
        path = np.stack([10 * MUS, np.full(len(MUS), height)], axis=1)
        assert traces.distances[:, column] == pytest.approx(np.sort(cdist(path, real), axis=1)[:, 4], abs=1e-3)


def test_the_empty_middle_between_two_islands_is_told_and_a_bridge_of_samples_closes_it() -> None:
    real = islands()
    shown, space = traced(real, [0.0])
    others, _ = traced(real, [-1.0, 0.0, 1.0])
    walk = describe_walk(shown, others, space, (), 1.0)
    among = np.sort(cdist(real, real), axis=1)[:, 5]  # the first is the sample itself
    path = np.stack([10 * MUS, np.zeros(len(MUS))], axis=1)
    is_middle = (MUS > 0.33) & (MUS < 0.67)
    distance = np.median(np.sort(cdist(path[is_middle], real), axis=1)[:, 4])
    assert walk.middle == pytest.approx(distance / np.median(among), rel=1e-3)
    assert walk.middle > 5
    ((first, last),) = walk.far
    assert 0 < first < 0.2 and 0.8 < last < 1
    assert (walk.low <= walk.high).all() and walk.reading is None
    bridge = np.stack([np.linspace(0, 10, 400), np.zeros(400)], axis=1).astype(np.float32)
    shown, space = traced(np.concatenate([real, bridge]), [0.0])
    assert describe_walk(shown, shown, space, (), 1.0).far == []


def test_the_classifier_reads_each_step_and_its_confidence_in_real_samples_is_usual() -> None:
    digits = load_dataset("digits")
    classifier = find_classifier(digits)
    assert isinstance(classifier, Classifier)
    test = digits.indices("test")
    samples = torch.from_numpy(digits.samples[test])
    assert digits.labels is not None
    with torch.no_grad():
        expected = np.exp(torch.log_softmax(classifier.network(samples), dim=1).numpy())
    read = classifier.probabilities(samples)
    assert read == pytest.approx(expected, abs=1e-5)
    assert (read.argmax(axis=1) == digits.labels[test]).mean() > 0.95
    usual = find_usual_confidence(classifier, digits)
    assert usual == pytest.approx(np.median(expected.max(axis=1)), abs=1e-5)

    one, seven = (digits.samples[digits.labels == label][0] for label in (1, 7))

    class Fade(Line):
        def generate(self, latent: Latent) -> torch.Tensor:
            ends = torch.from_numpy(np.stack([one, seven]))
            return torch.einsum("nk,kchw->nchw", latent.cluster, ends)

    space = fit_real_space(digits.samples.reshape(len(digits.samples), -1))
    traces = trace_walk(Fade(), 1, 0, np.zeros((1, 1), np.float32), space, classifier)  # type: ignore[arg-type]
    walk = describe_walk(traces, traces, space, digits.label_names, usual)
    assert walk.reading is not None
    assert (walk.reading.labels[0], walk.reading.labels[-1]) == ("1", "7")
    assert walk.reading.confidence[0] == pytest.approx(classifier.probabilities(torch.from_numpy(one[None])).max())
