"""Recorded trainings in the plane: the controls that choose one, and its player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import Lesson, PlaneStage
from clustergan_core.lessons.recording import Recording, unpack_recording
from ui.learn.address import asked_run, go_to, is_presenting
from ui.learn.live import show_player


def show_plane(lesson: Lesson, stage: PlaneStage) -> None:
    """The player of the training that the controls choose; where it rests is written to the address."""
    names = tuple(run.name for run in stage.runs)
    run = next(run for run in stage.runs if run.name == asked_run(names))
    above, below = st.container(), st.container()
    # Before an audience the stage comes first: it has most of the height.
    with below if is_presenting() else above, st.container(horizontal=True, gap="medium"):
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
    path = lesson.recording_path(run.name)
    content, name = _content(str(path), _stamp(path))
    recording = _recording(content, name)
    with above if is_presenting() else below:
        show_player(lesson, run, content, recording.header.n_modes)
    with st.expander("How it was recorded"):
        versions = ", ".join(f"{package} {number}" for package, number in sorted(recording.header.versions.items()))
        st.caption(f"Recorded on a CPU with one thread and {versions}. This command records it again:")
        st.code(recording.header.command, language="shell", wrap_lines=True)


def _choose_run(stage: PlaneStage, choices: dict[str, str], control: str, key: str) -> None:
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


def _stamp(path: Path) -> object:
    return path.stat().st_mtime_ns if path.exists() else 0
