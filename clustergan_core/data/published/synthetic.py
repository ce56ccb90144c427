"""The paper's two toy sets, drawn by a fixed seed (arXiv 1809.03627 §4.1 and §2.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, split_samples
from clustergan_core.data.steps import Step

SYNTHETIC_PER_COMPONENT = 2500
# The paper gives neither means nor spread. The corners of a square ten standard deviations wide are far enough apart
# for k-means and Ward to find the components almost without error, as the paper's table reports.
SYNTHETIC_MEANS = ((-2.0, -2.0), (-2.0, 2.0), (2.0, -2.0), (2.0, 2.0))
SYNTHETIC_SPREAD = 0.4

# Processors differ in the last bits of a sum; rounding makes the samples, and so a run's digest, the same on all.
DECIMALS = 7

GAUSSIANS_PER_COMPONENT = 1000
GAUSSIANS_MEAN_LIMIT = 0.3
GAUSSIANS_SPREAD = 0.12


def load_synthetic() -> Dataset:
    """4 Gaussians in the plane seen through two sigmoid layers: x = f(U f(W z)), 10,000 samples of 100 features.

    z ~ N(m_k, 0.4² I) with m_k the corners (±2, ±2), 2,500 each; W (10, 2) and U (100, 10) standard normal; f the
    sigmoid, so that the samples already lie in (0, 1). The plane coordinates z are kept as columns.
    """
    random = np.random.default_rng(DATA_SEED)
    first_layer = random.standard_normal((10, 2))
    second_layer = random.standard_normal((100, 10))
    labels = np.repeat(np.arange(4), SYNTHETIC_PER_COMPONENT)
    plane = np.array(SYNTHETIC_MEANS)[labels] + SYNTHETIC_SPREAD * random.standard_normal((len(labels), 2))
    samples = _sigmoid(_sigmoid(plane @ first_layer.T) @ second_layer.T)  # (10000, 100)
    return _toy("synthetic", samples, labels, 4, columns={"z1": plane[:, 0], "z2": plane[:, 1]})


def load_gaussians() -> Dataset:
    """10 Gaussians in R^100, means U(-0.3, 0.3), standard deviation 0.12, 1,000 samples each; scaled by column."""
    random = np.random.default_rng(DATA_SEED)
    means = random.uniform(-GAUSSIANS_MEAN_LIMIT, GAUSSIANS_MEAN_LIMIT, (10, 100))
    labels = np.repeat(np.arange(10), GAUSSIANS_PER_COMPONENT)
    raw = means[labels] + GAUSSIANS_SPREAD * random.standard_normal((len(labels), 100))
    minimum, maximum = raw.min(axis=0), raw.max(axis=0)
    step: Step = {"step": "scale_columns", "minimum": minimum.tolist(), "maximum": maximum.tolist()}
    return _toy("gaussians-100d", (raw - minimum) / (maximum - minimum), labels, 10, preprocessing=(step,))


def _toy(
    name: str,
    samples: NDArray[np.float64],
    labels: NDArray[np.int64],
    n_labels: int,
    preprocessing: tuple[Step, ...] = (),
    columns: dict[str, NDArray[np.float64]] | None = None,
) -> Dataset:
    return Dataset(
        name=name,
        kind="table",
        samples=samples.round(DECIMALS).astype(np.float32),
        splits=split_samples(len(samples)),
        labels=labels,
        label_names=tuple(f"component {number + 1}" for number in range(n_labels)),
        feature_names=tuple(f"x{number + 1}" for number in range(samples.shape[1])),
        preprocessing=preprocessing,
        columns=columns or {},
    )


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-values))
