"""The lesson on what breaks a GAN: its figures are those of its recordings, its sweeps and the paper's tables."""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.command_line import build_parser
from clustergan_core.errors import DataError
from clustergan_core.lessons import sensitivity
from clustergan_core.lessons.lesson import LESSONS_FOLDER, PlaneStage, Strip, read_lesson
from clustergan_core.lessons.recording import read_recording
from clustergan_core.lessons.sensitivity import read_strip
from clustergan_core.runs.sweeps.plan import read_seeds

LESSON = read_lesson("breaking")
LOSSES = ("saturating", "non-saturating", "wasserstein")
SEEDS = range(5)  # fixed before any of them was trained
CORNERS = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) / 3 + 0.5  # corners-4 in the unit square
REACH = 3 * 0.1 / 3  # three standard deviations
PRINTED = {  # Cluster ACC of tables 6 to 8, as the paper prints it
    "n_normal": {10: 0.8606, 20: 0.9284, 30: 0.9354, 50: 0.5768},
    "sigma": {0.1: 0.9508, 0.5: 0.8868, 0.75: 0.9354, 1: 0.5978},
    "batch_size": {32: 0.9596, 64: 0.9508, 128: 0.8118, 256: 0.7108, 1024: 0.3842},
}


def stage() -> PlaneStage:
    assert isinstance(LESSON.stage, PlaneStage)
    return LESSON.stage


def strip(setting: str) -> Strip:
    return next(strip for strip in stage().strips if strip.setting == setting)


@dataclass(frozen=True)
class Late:
    """Medians over the frames of the last fifth of a training."""

    islands: float
    strays: float


def late(loss: str, seed: int) -> Late:
    recording = read_recording(LESSON.recording_path(f"{loss}-{seed}"))
    frames = recording.arrays["generated"][recording.arrays["steps"] >= 800] / 4095  # (T, 600, 2)
    distances = np.linalg.norm(frames[:, :, None] - CORNERS, axis=-1)  # (T, 600, 4)
    islands = ((distances <= REACH).sum(axis=1) >= 6).sum(axis=1)  # 1% of 600 dots
    strays = (distances.min(axis=2) > REACH).mean(axis=1)
    return Late(float(np.median(islands)), float(np.median(strays)))


def test_the_losses_are_compared_at_the_settings_of_the_first_lesson() -> None:
    first = read_lesson("islands").stage
    assert isinstance(first, PlaneStage)
    cloud = next(run.setup for run in first.runs if run.name == "cloud-1")
    assert [run.name for run in stage().runs] == [f"{loss}-{seed}" for loss in LOSSES for seed in SEEDS]
    for run in stage().runs:
        loss = run.name.rpartition("-")[0]
        assert run.setup.settings == cloud.settings | {"adversarial_loss": loss}
        assert (run.setup.dataset, run.setup.n_steps) == (cloud.dataset, cloud.n_steps)


def test_the_counts_of_the_reveal_are_those_of_the_recordings() -> None:
    text = " ".join(LESSON.reveal().split())
    for loss in LOSSES:
        counts = [late(loss, seed).islands for seed in SEEDS]
        assert f"{loss.capitalize()}: {', '.join(f'{count:g}' for count in counts)}." in text


def test_the_steps_of_the_reveal_are_those_of_the_recordings() -> None:
    median = {
        loss: statistics.median(first_full(loss, seed) for seed in SEEDS) for loss in ("saturating", "wasserstein")
    }
    text = " ".join(LESSON.reveal().split())
    assert f"at about step {median['saturating']}, Wasserstein at {median['wasserstein']} (medians)" in text


def first_full(loss: str, seed: int) -> int:
    """The first recorded step at which all four islands hold dots."""
    recording = read_recording(LESSON.recording_path(f"{loss}-{seed}"))
    for step, dots in zip(recording.arrays["steps"], recording.arrays["generated"] / 4095, strict=True):
        distances = np.linalg.norm(dots[:, None] - CORNERS, axis=-1)
        if ((distances <= REACH).sum(axis=0) >= 6).all():
            return int(step)
    raise AssertionError(f"{loss}-{seed} never reaches all islands.")


def test_the_accuracies_of_the_reveal_are_medians_of_our_sweeps() -> None:
    text = " ".join(LESSON.reveal().split())
    spread = medians("sigma")
    ranges = {setting: np.ptp(np.array(medians(setting), float)) for setting in PRINTED}
    assert max(ranges, key=ranges.__getitem__) == "sigma"  # "costs us most"
    assert f"accuracy {spread[0]} at σ = 0.1, {spread[3]} at σ = 1." in text
    wide, narrow = (", ".join(medians("n_normal", sweep)) for sweep in (0, 1))
    assert f"ours is poor: {wide}; at σ = 0.1 it is {narrow}." in text
    assert f"their accuracy falls from 0.960 to 0.384; ours does not: {', '.join(medians('batch_size'))}." in text


def medians(setting: str, sweep: int = 0) -> list[str]:
    """What the first or another sweep of a setting gives at the paper's values."""
    path = LESSONS_FOLDER / "breaking" / f"{strip(setting).sweeps[sweep].file}.csv"
    of_value: dict[float, list[float]] = {value: [] for value in PRINTED[setting]}
    for row in csv.DictReader(path.read_text().splitlines()):
        of_value[float(row[setting])].append(float(row["argmax_accuracy"]))
    return [f"{statistics.median(figures):.2f}" for figures in of_value.values()]


def test_the_printed_figures_are_the_paper_s() -> None:
    for each in stage().strips:
        shown = read_strip(LESSON, each)
        assert dict(zip(shown.values, shown.printed, strict=True)) == PRINTED[each.setting]


@pytest.mark.parametrize("setting", [each.setting for each in stage().strips])
def test_our_points_are_the_seeds_of_the_command_that_the_strip_names(setting: str) -> None:
    for sweep in strip(setting).sweeps:
        _, _, *words = sweep.command.split()
        arguments = build_parser(words[1:2]).parse_args(words[1:])
        assert Path(arguments.csv) == Path("lessons") / "breaking" / f"{sweep.file}.csv"
        text = (LESSONS_FOLDER / "breaking" / f"{sweep.file}.csv").read_text()
        rows = list(csv.DictReader(text.splitlines()))
        assert {row["state"] for row in rows} == {"finished"}
        found = read_strip(LESSON, strip(setting)).ours[sweep.title]
        for value, figures in zip(PRINTED[setting], found, strict=True):
            of_value = {row["seed"]: float(row["argmax_accuracy"]) for row in rows if float(row[setting]) == value}
            assert tuple(sorted(map(int, of_value))) == read_seeds(arguments.seeds)
            assert sorted(figures) == sorted(of_value.values())


def test_a_file_that_lacks_a_value_or_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "LESSONS_FOLDER", tmp_path)
    spread = strip("sigma")
    name = f"{spread.sweeps[0].file}.csv"
    with pytest.raises(DataError, match=rf"{name} cannot be read .*run the lesson's sweep again"):
        read_strip(LESSON, spread)
    (tmp_path / "breaking").mkdir()
    (tmp_path / "breaking" / name).write_text("sigma,seed,argmax_accuracy\n0.1,0,0.5\n")
    with pytest.raises(DataError, match=rf"{name} lacks a value of sigma"):
        read_strip(LESSON, spread)
