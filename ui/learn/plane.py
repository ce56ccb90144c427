"""Recorded trainings in the plane: the controls that choose one, and its player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import Lesson, PlaneStage, Run
from clustergan_core.lessons.recording import Recording, unpack_recording
from ui.learn.address import is_presenting
from ui.learn.compared import show_islands, show_strips
from ui.learn.live import show_player
from ui.learn.recordings import choose_run, show_command, stamp


def show_plane(lesson: Lesson, stage: PlaneStage) -> None:
    """The player of the training that the controls choose; where it rests is written to the address."""
    above, below = st.container(), st.container()
    # Before an audience the stage comes first: it has most of the height.
    with below if is_presenting() else above:
        run = choose_run(lesson, stage)
    path = lesson.recording_path(run.name)
    content, name = _content(str(path), stamp(path))
    recording = _recording(content, name)
    with above if is_presenting() else below:
        show_player(lesson, run, content, recording.header.n_modes)
    if stage.compared:
        _show_compared(lesson, stage, run)
    show_command(recording.header.command, recording.header.versions)


def _show_compared(lesson: Lesson, stage: PlaneStage, run: Run) -> None:
    over_time, settings = st.columns(2, gap="large")
    with over_time:
        show_islands(lesson, stage, run)
    with settings:
        show_strips(lesson, stage.strips, "learn-strip")


@st.cache_data(max_entries=40, show_spinner=False)
def _content(path: str, stamp: object) -> tuple[bytes, str]:
    try:
        return Path(path).read_bytes(), Path(path).name
    except OSError as problem:
        raise DataError(f"{Path(path).name} is not there: run the lesson's command `record` again.") from problem


@st.cache_resource(max_entries=40, show_spinner=False)
def _recording(content: bytes, name: str) -> Recording:
    return unpack_recording(content, name)
