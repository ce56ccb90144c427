"""The lesson on a linear generator: its figures are those of its recordings, as scikit-learn computes them."""

import statistics

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from clustergan_core.data.dataset import DATA_SEED, draw_subset
from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.lesson import PlaneStage, read_lesson
from clustergan_core.lessons.recording import read_recording

LESSON = read_lesson("linear")


def scores(name: str) -> list[tuple[float, float, float]]:
    """Accuracy, NMI and ARI of the decoded clusters, for each seed."""
    assert isinstance(LESSON.stage, PlaneStage)
    groups = open_dataset("gaussians-100d")
    assert groups.labels is not None
    labels = groups.labels[draw_subset(groups.splits.train, 600, DATA_SEED)]
    found = []
    for run in LESSON.stage.runs:
        if run.name.startswith(f"{name}-"):
            clusters = read_recording(LESSON.recording_path(run.name)).arrays["clusters"]
            table = np.zeros((10, 10))
            np.add.at(table, (clusters, labels), 1)
            accuracy = table[linear_sum_assignment(-table)].sum() / len(labels)
            nmi = normalized_mutual_info_score(labels, clusters)
            found.append((accuracy, float(nmi), adjusted_rand_score(labels, clusters)))
    return found


def medians(name: str) -> str:
    return ", ".join(f"{statistics.median(column):.2f}" for column in zip(*scores(name), strict=True))


def test_the_scores_of_the_reveal_are_those_of_the_recordings() -> None:
    text = " ".join(LESSON.reveal().split())
    assert f"accuracy, NMI and ARI of {medians('linear')} for the linear map" in text
    assert f"{medians('network')} for the network" in text
