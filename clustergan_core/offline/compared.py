"""Trainings set beside each other in an offline lesson: the islands they reach, and strips of figures, as tables."""

from __future__ import annotations

from clustergan_core.lessons.lesson import Lesson, PlaneStage, Strip
from clustergan_core.lessons.measures import measure
from clustergan_core.lessons.recording import read_recording
from clustergan_core.lessons.sensitivity import read_strip
from clustergan_core.offline.prose import write_line, write_table


def write_comparison(lesson: Lesson, stage: PlaneStage) -> str:
    """The tables of a lesson that compares trainings; "" for one that does not."""
    if not stage.compared:
        return ""
    return _write_counts(lesson, stage) + "".join(_write_strip(lesson, strip) for strip in stage.strips)


def _write_counts(lesson: Lesson, stage: PlaneStage) -> str:
    """The islands reached late in each training, one line for each value of the compared control."""
    seeds = list(dict.fromkeys(run.setup.seed for run in stage.runs))
    rows = [[f"Islands reached: {stage.compared.lower()}", *(f"seed {seed}" for seed in seeds)]]
    for value in dict.fromkeys(run.choices[stage.compared] for run in stage.runs):
        runs = [run for run in stage.runs if run.choices[stage.compared] == value]
        recordings = [read_recording(lesson.recording_path(run.name)) for run in runs]
        rows.append([value, *(f"{measure('islands', [recording]):g}" for recording in recordings)])
    return write_table(rows) + _write_note("Medians over the frames of the last fifth of each training.")


def _write_strip(lesson: Lesson, strip: Strip) -> str:
    """The paper's figures over a setting, and the medians of our seeds."""
    figures = read_strip(lesson, strip)
    rows = [[strip.title, *(f"{value:g}" for value in figures.values)]]
    rows.append(["The paper, MNIST", *(f"{score:.3f}" for score in figures.printed)])
    for name, groups in figures.ours.items():
        title = f"Ours, digits, median of {len(groups[0])} seeds" + (f", {name}" if name else "")
        rows.append([title, *(f"{score:.2f}" for score in figures.medians(name))])
    return write_table(rows) + _write_note(strip.held)


def _write_note(text: str) -> str:
    return f'<p class="small">{write_line(text)}</p>'
