"""Recorded trainings in the plane: the controls that choose one, and its player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import Lesson, PlaneStage, RecordedStage, Run
from clustergan_core.lessons.recording import Recording, unpack_recording
from ui.learn.address import asked_frame, asked_run, go_to, is_presenting
from ui.player.component import play


def show_plane(lesson: Lesson, stage: PlaneStage) -> None:
    """The player of the training that the controls choose; where it rests is written to the address."""
    run = choose_run(lesson, stage)
    path = lesson.recording_path(run.name)
    content, name = _content(str(path), stamp(path))
    recording = _recording(content, name)
    frame = play(
        f"learn-{lesson.name}-player",
        content,
        recording.header.n_modes,
        frame=asked_frame(),
        is_presenting=is_presenting(),
    )
    if frame is not None:
        go_to(frame=str(frame))
    show_command(recording.header.command, recording.header.versions)


def choose_run(lesson: Lesson, stage: RecordedStage) -> Run:
    """The training that the address names, and the controls that choose another."""
    names = tuple(run.name for run in stage.runs)
    run = next(run for run in stage.runs if run.name == asked_run(names))
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


@st.cache_data(max_entries=40, show_spinner=False)
def _content(path: str, stamp: object) -> tuple[bytes, str]:
    try:
        return Path(path).read_bytes(), Path(path).name
    except OSError as problem:
        raise DataError(f"{Path(path).name} is not there: run the lesson's command `record` again.") from problem


@st.cache_resource(max_entries=40, show_spinner=False)
def _recording(content: bytes, name: str) -> Recording:
    return unpack_recording(content, name)
