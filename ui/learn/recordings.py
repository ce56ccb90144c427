"""Recordings: the controls that choose one, how it is read, and the command that records it again."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.lessons.arrays import ArraysRecording, read_arrays
from clustergan_core.lessons.lesson import Lesson, RecordedStage, Run
from ui.learn.address import asked_handout, asked_run, go_to


def choose_run(lesson: Lesson, stage: RecordedStage) -> Run:
    """The training that the address names, and the controls that choose another."""
    names = tuple(run.name for run in stage.runs)
    run = next(run for run in stage.runs if run.name == asked_run(names))
    if "controls" in asked_handout().hidden:
        return run
    with st.container(horizontal=True, gap="medium"):
        for control, values in stage.options(run).items():
            if len(values) > 1:
                key = f"learn-{lesson.name}-{control}"
                st.session_state[key] = run.choices[control]
                st.segmented_control(
                    control,
                    values,
                    key=key,
                    required=True,
                    on_change=_choose_run,
                    args=(stage, run.choices, control, key),
                )
    return run


def show_command(command: str, versions: dict[str, str]) -> None:
    """What records a training again."""
    with st.expander("How it was recorded"):
        packages = ", ".join(f"{package} {number}" for package, number in sorted(versions.items()))
        st.caption(f"Recorded on a CPU with one thread and {packages}. This command records it again:")
        st.code(command, language="shell", wrap_lines=True)


def stamp(path: Path) -> object:
    """When a file was written: a key for what is read from it."""
    return path.stat().st_mtime_ns if path.exists() else 0


def _choose_run(stage: RecordedStage, choices: dict[str, str], control: str, key: str) -> None:
    go_to(run=stage.find_run({**choices, control: st.session_state[key]}, control).name, frame=None)


def read_recorded(lesson: Lesson, run: Run) -> ArraysRecording:
    """A run's arrays, read once for all sessions."""
    path = lesson.recording_path(run.name)
    return read_recorded_at(str(path), stamp(path))


@st.cache_resource(max_entries=40, show_spinner=False)
def read_recorded_at(path: str, stamp: object) -> ArraysRecording:
    """The arrays in a file that was written at `stamp`."""
    return read_arrays(Path(path))
