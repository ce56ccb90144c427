"""Recorded trainings in the plane, in their player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import Lesson, PlaneStage
from clustergan_core.lessons.recording import Recording, unpack_recording
from ui.learn.address import asked_frame, go_to, is_presenting
from ui.learn.recordings import choose_run, show_command, stamp
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


@st.cache_data(max_entries=40, show_spinner=False)
def _content(path: str, stamp: object) -> tuple[bytes, str]:
    try:
        return Path(path).read_bytes(), Path(path).name
    except OSError as problem:
        raise DataError(f"{Path(path).name} is not there: run the lesson's command `record` again.") from problem


@st.cache_resource(max_entries=40, show_spinner=False)
def _recording(content: bytes, name: str) -> Recording:
    return unpack_recording(content, name)
