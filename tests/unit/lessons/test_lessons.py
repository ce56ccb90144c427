"""Lessons: each is complete, and each figure that Reveal states is what recordings, models and sweeps give."""

import statistics
from functools import cache

import numpy as np
import pytest

from clustergan_core.errors import DataError
from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import (
    LESSONS_FOLDER,
    Lesson,
    ModesStage,
    PlaneStage,
    SweepStage,
    WalkStage,
    lesson_names,
    read_lesson,
)
from clustergan_core.lessons.recording import Recording, read_recording
from clustergan_core.runs.store import find_run_by_name
from clustergan_core.runs.sweeps.report import SHIPPED_SWEEPS, read_report

MEANS = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) / 3 + 0.5  # corners-4 in the unit square
SPREAD = 0.1 / 3


@cache
def lesson(name: str) -> Lesson:
    return read_lesson(name)


@cache
def recording(name: str, run: str) -> Recording:
    return read_recording(lesson(name).recording_path(run))


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_has_its_four_beats_and_explains_its_words(name: str) -> None:
    shown = lesson(name)
    assert all((shown.ask.text, shown.predict.question, shown.try_text, shown.reveal_text, shown.check.why))
    assert 60 <= len(shown.reveal().split()) <= 140
    assert "{" not in shown.reveal()
    assert set(shown.terms) <= {term.name for term in read_glossary()}
    assert shown.sources


def test_each_recording_is_of_the_training_that_its_lesson_names() -> None:
    for name in lesson_names():
        stage = lesson(name).stage
        for run in stage.runs if isinstance(stage, PlaneStage) else ():
            stored = recording(name, run.name).header
            assert stored.name == f"{name}/{run.name}"
            assert stored.setup.model_copy(update={"settings": {}}) == run.setup.model_copy(update={"settings": {}})
            assert run.setup.settings.items() <= stored.setup.settings.items()


def test_shipped_recordings_are_small() -> None:
    sizes = [path.stat().st_size for path in LESSONS_FOLDER.glob("*/*.cgr")]
    assert max(sizes) <= 600_000
    assert sum(sizes) <= 8_000_000


def test_figures_of_reveal_are_those_of_the_recordings() -> None:
    shown = lesson("islands")
    for name, figure in shown.figures.items():
        of_runs = [late_strays(recording("islands", run)) for run in figure.runs]
        measured = {"strays": statistics.median, "fewest-strays": min}[figure.measure]
        assert statistics.median(measured(strays) for strays in of_runs) == pytest.approx(figure.value, abs=5e-4), name
    missed = sorted(4 - len(islands_at_the_end(recording("islands", f"one-hot-{seed}"))) for seed in range(1, 6))
    assert missed == [0, 0, 1, 1, 3]  # "two of the five seeds miss an island and one misses three"


def late_strays(shown: Recording) -> list[float]:
    """The share of dots farther than three standard deviations from every corner, in frames from step 800 on."""
    positions = shown.arrays["generated"][shown.arrays["steps"] >= 800] / 4095
    distances = np.sqrt(((positions[:, :, None] - MEANS) ** 2).sum(axis=-1)).min(axis=-1)
    return (distances > 3 * SPREAD).mean(axis=1).tolist()


def islands_at_the_end(shown: Recording) -> list[int]:
    """The corners with at least 6 of the 600 dots within three standard deviations."""
    distances = np.linalg.norm(shown.arrays["generated"][-1][:, None] / 4095 - MEANS, axis=-1)
    return [island for island in range(4) if (distances[:, island] <= 3 * SPREAD).sum() >= 6]


@pytest.mark.slow
def test_walks_flip_where_the_lesson_says() -> None:
    from clustergan_core.generation import draw_normals, generate_codes, read_codes, walk_codes

    stage = lesson("walk").stage
    assert isinstance(stage, WalkStage)
    method = find_run_by_name(stage.model).load()
    normal = draw_normals(method.prior, 7)[0]
    mus = [step / 100 for step in range(101)]
    pairs = [(start, end) for start in range(10) for end in range(start + 1, 10)]
    single = []
    for start, end in pairs:
        codes = read_codes(method, generate_codes(method, walk_codes(method.prior, end, start, mus), normal))
        assert codes is not None
        reads = codes.argmax(axis=1)
        flips = np.flatnonzero(reads[1:] != reads[:-1]) + 1
        assert len(flips)
        if len(flips) == 1:
            single.append(mus[int(flips[0])])
    text = " ".join(lesson("walk").reveal_text.split())
    assert f"Of {len(pairs)} walks" in text
    assert f"exactly once on {len(single)}; on the other {len(pairs) - len(single)} " in text
    assert (
        f"μ = {statistics.median(single):.2f}, the earliest {min(single):.2f} and the latest {max(single):.2f}" in text
    )


def test_modes_draw_the_digits_that_the_lesson_names() -> None:
    stage = lesson("modes").stage
    assert isinstance(stage, ModesStage)
    scores = {title: find_run_by_name(model).folder / "scores.json" for title, model in stage.models.items()}
    text = lesson("modes").reveal_text
    assert '"mode_accuracy": 0.9995' in scores["Paired ClusterGAN"].read_text()
    assert '"mode_accuracy": 0.861,' in scores["ClusterGAN"].read_text()
    assert "99.95%" in text
    assert "86.1%" in text
    assert '"purity": 0.7849' in scores["ClusterGAN"].read_text()
    assert '"purity": 0.9842' in scores["Paired ClusterGAN"].read_text()
    assert "purity is 0.785, where *Paired ClusterGAN* has 0.984" in text


@pytest.mark.slow
def test_a_classifier_reads_in_modes_3_and_9_what_the_lesson_says() -> None:
    import torch

    from clustergan_core.evaluation.classifier import find_named_classifier
    from clustergan_core.generation import generate_modes

    classifier = find_named_classifier("mnist")
    assert classifier is not None
    samples = generate_modes(find_run_by_name("mnist-paired-clustergan").load(), 20, 1)
    for mode, digit in ((3, 7), (9, 3)):
        assert (classifier.labels(torch.from_numpy(samples[mode])) == digit).mean() > 0.9
    assert "mode 3 makes sevens, and the mode of threes has the number 9" in lesson("modes").reveal_text


def test_the_figures_for_each_number_of_modes_are_those_of_the_shipped_sweep() -> None:
    stage = lesson("number-of-modes").stage
    assert isinstance(stage, SweepStage)
    report = read_report(SHIPPED_SWEEPS / f"{stage.sweep}.json")
    text = lesson("number-of-modes").reveal_text
    shares = sorted(report.plan.label_shares, reverse=True)
    assert f"{sum(shares[:7]):.3f} in" in text
    assert f"{sum(shares[:9]):.3f} with 9" in text

    def mean(score: str, k: int) -> float:
        return statistics.mean(row.argmax[score] or 0 for row in report.rows if row.values == (k,))

    assert f"{mean('accuracy', 7):.2f} with 7, {mean('accuracy', 9):.2f} with 9" in text
    assert f"to {mean('accuracy', 11):.2f} and {mean('accuracy', 13):.2f}" in text
    assert {round(mean("purity", k), 2) for k in (10, 11, 13)} == {0.98}


def test_a_lesson_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DataError, match=r"no lesson rings.*islands"):
        read_lesson("rings")
