"""The lesson on the two loops: its figures are those of its recordings and of the data."""

import statistics

import numpy as np

from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.arrays import ArraysRecording, read_arrays
from clustergan_core.lessons.lesson import CycleStage, read_lesson

LESSON = read_lesson("cycle")


def recordings(weights: tuple[str, str]) -> list[ArraysRecording]:
    assert isinstance(LESSON.stage, CycleStage)
    chosen = [run for run in LESSON.stage.runs if (run.choices["β_n"], run.choices["β_c"]) == weights]
    return [read_arrays(LESSON.recording_path(run.name)) for run in chosen]


def x_distance(weights: tuple[str, str]) -> float:
    return statistics.median(float(each.arrays["x_distance"][-1]) for each in recordings(weights))


def z_distance(weights: tuple[str, str]) -> float:
    """Over 20 entries, of which half are noise and half the mode's."""
    ends = [
        (each.arrays["normal_distance"][-1] + each.arrays["cluster_distance"][-1]) / 2 for each in recordings(weights)
    ]
    return float(statistics.median(ends))


def test_each_recording_is_of_the_training_that_the_lesson_names() -> None:
    assert isinstance(LESSON.stage, CycleStage)
    for run in LESSON.stage.runs:
        stored = read_arrays(LESSON.recording_path(run.name)).header
        assert stored.name == f"cycle/{run.name}"
        assert (stored.setup.dataset, stored.setup.method) == ("digits", "clustergan")
        assert (stored.setup.n_steps, stored.setup.seed) == (run.setup.n_steps, run.setup.seed)
        assert run.setup.settings.items() <= stored.setup.settings.items()
        assert stored.setup.settings["normal_weight"] == float(run.choices["β_n"])
        assert stored.setup.settings["cluster_weight"] == float(run.choices["β_c"])


def test_the_distances_of_the_reveal_are_those_at_the_end_of_the_recordings() -> None:
    text = " ".join(LESSON.reveal().split())
    both, noise, mode = ("10", "10"), ("10", "0"), ("0", "10")
    assert f"a mean square error of {z_distance(both):.2g} and x with {x_distance(both):.2g}." in text
    assert f"{x_distance(noise):.2g} with β_n alone" in text
    assert f"{x_distance(mode):.2g} with β_c alone" in text
    # A constant answer: the variance 0.01 of the noise, 0.09 of each entry of the mode; the mean of training digits.
    assert round((0.01 + 0.1 * 0.9) / 2, 3) == 0.05
    digits = open_dataset("digits")
    mean = digits.samples[digits.splits.train].mean(axis=0)
    constant = float(((digits.samples[digits.splits.test] - mean) ** 2).mean())
    assert round(constant, 3) == 0.073
    assert 0.05 / z_distance(both) > 40
    assert 2.5 < constant / x_distance(both) < 3.5
    # Seeds agree on the order.
    assert x_distance(both) < min(float(each.arrays["x_distance"][-1]) for each in recordings(noise))
    assert x_distance(noise) < min(float(each.arrays["x_distance"][-1]) for each in recordings(mode))


def test_what_comes_back_of_the_digits_shown_is_as_far_as_the_curve_says() -> None:
    """Eight digits are few of 179: their mean lies near that of all."""
    for each in recordings(("10", "10")):
        shown = each.arrays["x"].astype(float) / 255
        back = each.arrays["x_back"][-1].astype(float) / 255
        assert np.isclose(((shown - back) ** 2).mean(), each.arrays["x_distance"][-1], rtol=0.5)
