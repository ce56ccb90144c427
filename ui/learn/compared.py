"""Trainings set beside each other: the islands they reach over time, and a setting's strip of figures."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.lessons.lesson import Lesson, PlaneStage, Run, Strip
from clustergan_core.lessons.measures import count_reached, measure
from clustergan_core.lessons.recording import read_recording
from clustergan_core.lessons.sensitivity import read_strip
from ui.frame.theme import show_figure
from ui.learn.figures import enlarge_figure
from ui.learn.recordings import stamp


def show_islands(lesson: Lesson, stage: PlaneStage, run: Run) -> None:
    """The islands that each compared training reaches, all else as in `run`."""
    from clustergan_core.drawing.figures.islands import islands_figure

    shown = [each for each in stage.runs if _others(stage, each) == _others(stage, run)]
    curves, n_islands = {}, 0
    for each in shown:
        steps, counts, n_islands = _counts(*_file(lesson, each))
        curves[each.choices[stage.compared]] = steps, counts
    ends = ", ".join(f"{name} {counts[-1]}" for name, (_, counts) in curves.items())
    described = f"Islands reached over the training, of {n_islands}; after the last step: {ends}"
    st.caption(f"Islands that hold at least 1% of the dots, {', '.join(_others(stage, run))}")
    show_figure(enlarge_figure(islands_figure(curves, n_islands)), "learn-islands", described)


def show_counts(lesson: Lesson, stage: PlaneStage) -> None:
    """The islands reached late in each training, one line for each value of the compared control."""
    seeds = list(dict.fromkeys(run.setup.seed for run in stage.runs))
    lines = [f"| {stage.compared}; seed | {' | '.join(str(seed) for seed in seeds)} | dots off islands |"]
    lines.append("|---" * (len(seeds) + 2) + "|")
    for value in dict.fromkeys(run.choices[stage.compared] for run in stage.runs):
        files = [_file(lesson, run) for run in stage.runs if run.choices[stage.compared] == value]
        counts = " | ".join(f"**{_late_islands(*file):g}**" for file in files)
        lines.append(f"| {value} | {counts} | {_late_strays(tuple(files)):.0%} |")
    st.markdown("\n".join(lines))
    st.caption("Islands reached, and the median share of dots off them, each over the last fifth of the frames.")


def show_strips(lesson: Lesson, strips: tuple[Strip, ...], key: str) -> None:
    """The strip of a chosen setting; none is shown before it is chosen, so that one can guess first."""
    from clustergan_core.drawing.figures.strips import strip_figure

    titles = [strip.title for strip in strips]
    chosen = st.segmented_control("Other settings", titles, key=key)
    if chosen is None:
        return
    strip = strips[titles.index(chosen)]
    figures = read_strip(lesson, strip)
    figure = strip_figure(strip.title, figures.values, figures.printed, figures.ours)
    values = ", ".join(f"{value:g}" for value in figures.values)
    told = "; ".join(
        f"ours{f' with {name}' if name else ''}: {', '.join(f'{score:.2f}' for score in figures.medians(name))}"
        for name in figures.ours
    )
    printed = ", ".join(f"{score:.3f}" for score in figures.printed)
    show_figure(enlarge_figure(figure), f"{key}-figure", f"{strip.title} {values}. The paper: {printed}; {told}")
    st.caption(strip.held)
    with st.expander("How our points were made"):
        for sweep in strip.sweeps:
            st.code(sweep.command, language="shell", wrap_lines=True)


def _others(stage: PlaneStage, run: Run) -> list[str]:
    return [f"{name.lower()} {value}" for name, value in run.choices.items() if name != stage.compared]


def _file(lesson: Lesson, run: Run) -> tuple[str, object]:
    path = lesson.recording_path(run.name)
    return str(path), stamp(path)


@st.cache_data(max_entries=40, show_spinner=False)
def _counts(path: str, stamp: object) -> tuple[list[int], list[int], int]:
    """The steps of a recording, the islands reached at each, and how many there are."""
    recording = read_recording(Path(path))
    islands = recording.header.islands
    n_islands = 0 if islands is None else len(islands.means)
    return [int(step) for step in recording.arrays["steps"]], count_reached(recording), n_islands


@st.cache_data(max_entries=40, show_spinner=False)
def _late_islands(path: str, stamp: object) -> float:
    return measure("islands", [read_recording(Path(path))])


@st.cache_data(max_entries=10, show_spinner=False)
def _late_strays(files: tuple[tuple[str, object], ...]) -> float:
    return measure("strays", [read_recording(Path(path)) for path, _ in files])
