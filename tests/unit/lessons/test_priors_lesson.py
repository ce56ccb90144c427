"""The lesson on priors: its figures are those of its recordings, as scikit-learn computes them."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.arrays import ArraysRecording, read_arrays
from clustergan_core.lessons.lesson import PriorsStage, read_lesson

LESSON = read_lesson("priors")
NAMES = ("normal", "uniform", "mixture", "one-hot")


def recording(prior: str) -> ArraysRecording:
    return read_arrays(LESSON.recording_path(f"{prior}-1"))


def nmi(prior: str, section: str = "clusters") -> float:
    arrays = recording(prior).arrays
    return float(normalized_mutual_info_score(arrays["labels"], arrays[section]))


@pytest.mark.parametrize("prior", NAMES)
def test_each_recording_is_of_the_held_out_digits_and_the_prior_that_it_names(prior: str) -> None:
    assert isinstance(LESSON.stage, PriorsStage)
    run = next(run for run in LESSON.stage.runs if run.name == f"{prior}-1")
    stored = recording(prior)
    assert stored.header.setup.settings["prior"] == prior
    assert (stored.header.setup.seed, stored.header.setup.n_steps) == (1, run.setup.n_steps)
    digits = open_dataset("digits")
    assert digits.labels is not None
    held_out = np.sort(np.concatenate([digits.splits.validation, digits.splits.test]))
    assert np.array_equal(stored.arrays["labels"], digits.labels[held_out])
    assert np.array_equal(stored.arrays["x"], np.rint(digits.samples[held_out[:8]] * 255).astype(np.uint8))


@pytest.mark.parametrize("prior", NAMES)
def test_the_stored_clusters_are_those_of_kmeans_on_the_stored_latents(prior: str) -> None:
    arrays = recording(prior).arrays
    theirs = KMeans(10, n_init=10, random_state=0).fit_predict(arrays["latents"].astype(np.float32))
    # Latents are stored in half precision, which moves a few samples.
    assert normalized_mutual_info_score(theirs, arrays["clusters"]) > 0.85


def test_the_scores_of_the_reveal_are_those_of_the_recordings() -> None:
    text = " ".join(LESSON.reveal().split())
    pixels = nmi("normal", "control_clusters")
    assert f"with the digits is {pixels:.2f} on pixels" in text
    assert (
        f"after 600 steps with one seed, it is {nmi('mixture'):.2f} for the mixture, {nmi('one-hot'):.2f} for one-hot"
        in text
    )
    assert f"and {nmi('normal'):.2f} for normal." in text
    assert f"Uniform is far behind, with {nmi('uniform'):.2f}." in text
    assert all(pixels - nmi(prior) > 0.15 for prior in NAMES)
    assert all(nmi(prior) - nmi("uniform") > 0.3 for prior in NAMES if prior != "uniform")
    assert LESSON.predict.options[LESSON.predict.answer].startswith("The pixels")


def test_other_starts_of_kmeans_move_the_normal_prior_by_more_than_three_priors_differ() -> None:
    scores = [nmi(prior) for prior in NAMES if prior != "uniform"]
    arrays = recording("normal").arrays
    theirs = KMeans(10, n_init=10, random_state=1).fit_predict(arrays["latents"].astype(np.float32))
    assert abs(normalized_mutual_info_score(arrays["labels"], theirs) - nmi("normal")) > max(scores) - min(scores)


def test_the_errors_of_the_copies_are_those_of_the_pictures_shown() -> None:
    def error(prior: str) -> float:
        arrays = recording(prior).arrays
        return float(np.mean((arrays["x"].astype(float) / 255 - arrays["x_back"].astype(float) / 255) ** 2))

    others = [error(prior) for prior in NAMES if prior != "uniform"]
    text = " ".join(LESSON.reveal().split())
    assert (
        f"its mean square error is {error('uniform'):.3f}, that of the others {min(others):.3f} to {max(others):.3f}"
        in text
    )
