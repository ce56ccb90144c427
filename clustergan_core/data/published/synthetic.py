"""The papers' toy sets, drawn by a fixed seed: ClusterGAN's (arXiv 1809.03627 §4.1 and §2.5) and those in the plane.

The sets in the plane are drawn within a square that is scaled to [0, 1]²: 8 Gaussians on a ring, with which mode
collapse is counted (as in arXiv 1712.04086 §4.1), 4 in the corners of a square, and two moons of unequal size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, PlantedModes, TracedModes, split_samples
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

PLANE_LIMIT = 1.5  # far enough out for every sample to lie within
RING_SPREAD, RING_PER_MODE = 0.01, 1250
CORNERS_SPREAD, CORNERS_PER_MODE = 0.1, 2500
MOON_SPREAD, MOON_SIZES, MOON_LIMITS = 0.05, (8000, 2000), (-1.5, 2.5)
MOON_POINTS = 200  # on each moon by which generated samples are told apart: a third of the spread between two


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


def load_ring() -> Dataset:
    """8 Gaussians around the corners of an octagon of radius 1, standard deviation 0.01, 1,250 samples each."""
    angles = 2 * np.pi * np.arange(8) / 8
    return _planted("ring-8", np.stack([np.cos(angles), np.sin(angles)], axis=1), RING_SPREAD, RING_PER_MODE)


def load_corners() -> Dataset:
    """4 Gaussians around (±1, ±1), standard deviation 0.1, 2,500 samples each."""
    corners = np.array([(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)])
    return _planted("corners-4", corners, CORNERS_SPREAD, CORNERS_PER_MODE)


def load_moons() -> Dataset:
    """Two half circles that reach into each other, 8,000 and 2,000 samples, with noise of standard deviation 0.05."""
    random = np.random.default_rng(DATA_SEED)
    labels = np.repeat([0, 1], MOON_SIZES)
    points = _arcs(labels, MOON_SIZES)
    points += MOON_SPREAD * random.standard_normal(points.shape)
    step: Step = {"step": "scale_range", "minimum": MOON_LIMITS[0], "maximum": MOON_LIMITS[1]}
    lines = np.repeat([0, 1], MOON_POINTS)
    traced = _scale(_arcs(lines, (MOON_POINTS, MOON_POINTS)), *MOON_LIMITS)
    modes = TracedModes(traced, lines, MOON_SPREAD / (MOON_LIMITS[1] - MOON_LIMITS[0]))
    return _toy("moons-80-20", _scale(points, *MOON_LIMITS), labels, 2, preprocessing=(step,), modes=modes)


def _arcs(labels: NDArray[np.int64], sizes: tuple[int, int]) -> NDArray[np.float64]:
    """Points (N, 2) evenly along two half circles, `sizes` of each, for labels (N,) 0 and 1 in this order."""
    angles = np.concatenate([np.linspace(0, np.pi, size) for size in sizes])
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.where(labels[:, None] == 0, upper, np.array([1.0, 0.5]) - upper)


def _planted(name: str, means: NDArray[np.float64], spread: float, n_each: int) -> Dataset:
    """Gaussians around means within ±1, scaled from ±PLANE_LIMIT to [0, 1]."""
    random = np.random.default_rng(DATA_SEED)
    labels = np.repeat(np.arange(len(means)), n_each)
    points = means[labels] + spread * random.standard_normal((len(labels), 2))
    limits = -PLANE_LIMIT, PLANE_LIMIT
    step: Step = {"step": "scale_range", "minimum": limits[0], "maximum": limits[1]}
    modes = PlantedModes(_scale(means, *limits), spread / (limits[1] - limits[0]))
    return _toy(name, _scale(points, *limits), labels, len(means), preprocessing=(step,), modes=modes)


def _scale(points: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    return (points - low) / (high - low)


def _toy(
    name: str,
    samples: NDArray[np.float64],
    labels: NDArray[np.int64],
    n_labels: int,
    preprocessing: tuple[Step, ...] = (),
    columns: dict[str, NDArray[np.float64]] | None = None,
    modes: PlantedModes | TracedModes | None = None,
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
        modes=modes,
    )


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-values))
