"""The lesson on unequal clusters: its figures are those of its recordings, by the labels of the moons."""

import numpy as np
import pytest

from clustergan_core.data.dataset import DATA_SEED, draw_subset
from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.lesson import PlaneStage, Run, read_lesson
from clustergan_core.lessons.recording import read_recording

LESSON = read_lesson("conditions")


def runs_of(name: str) -> list[Run]:
    assert isinstance(LESSON.stage, PlaneStage)
    return [run for run in LESSON.stage.runs if run.name.startswith(f"{name}-")]


def cuts(name: str) -> list[float]:
    """The share of the large moon outside the cluster that holds most of it, for each seed."""
    moons = open_dataset("moons-80-20")
    assert moons.labels is not None
    large = moons.labels[draw_subset(moons.splits.train, 600, DATA_SEED)] == 0
    shares = []
    for run in runs_of(name):
        clusters = read_recording(LESSON.recording_path(run.name)).arrays["clusters"]
        assert len(clusters) == 600
        shares.append(1 - np.bincount(clusters[large]).max() / large.sum())
    return shares


def test_nemgan_differs_from_nemgan_in_its_masses_alone() -> None:
    for equal, matched in zip(runs_of("equal"), runs_of("matched"), strict=True):
        ours, theirs = equal.setup.settings, matched.setup.settings
        assert {name for name in ours if ours[name] != theirs[name]} == {"masses"}
        assert (ours["masses"], theirs["masses"]) == ("0.5 0.5", "0.8 0.2")
        assert equal.setup.seed == matched.setup.seed


SENTENCES = {  # with the share of each seed
    "clustergan": "ClusterGAN puts {} of the large moon into the other cluster",
    "equal": "NEMGAN with equal masses, {}.",
    "matched": "With masses 80:20, all else being the same, it is {}.",
    "wgan": "cuts off {}, ",
    "mixture": ", {} and",
    "bigan": "and {} (seed 1). The paper",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_cuts_of_the_reveal_are_those_of_the_recordings(name: str) -> None:
    of_seeds = " and ".join(f"{cut:.0%}" for cut in cuts(name))
    assert SENTENCES[name].format(of_seeds) in " ".join(LESSON.reveal().split())


def test_seeds_agree_that_matched_masses_cut_less() -> None:
    assert max(cuts("matched")) < min(*cuts("clustergan"), *cuts("equal"))


def test_generated_dots_have_the_masses_that_the_lesson_names() -> None:
    for name, share in (("clustergan", 0.5), ("equal", 0.5), ("matched", 0.8)):
        modes = read_recording(LESSON.recording_path(f"{name}-1")).arrays["generated_modes"]
        assert (modes == 0).mean() == pytest.approx(share, abs=0.06)
