"""Buttons that hand over a lesson or a training as one HTML file that opens offline."""

from __future__ import annotations

import streamlit as st

from clustergan_core.lessons.lesson import Lesson
from clustergan_core.lessons.recording import unpack_recording
from clustergan_core.offline.lesson import can_be_taken_home, make_lesson_page
from clustergan_core.offline.recording import make_recording_page


def offer_lesson(lesson: Lesson) -> None:
    """The lesson as a file, with the recording of the address first; nothing for a lesson that needs the app."""
    if not can_be_taken_home(lesson):
        return
    run = st.query_params.get("run", "")
    st.download_button(
        "Take home",
        lambda: make_lesson_page(lesson, run),
        f"lesson-{lesson.name}.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        help="One HTML file that opens without the app: for slides, a course page or at home.",
    )


def offer_training(content: bytes, name: str) -> None:
    """A training of one's own, as the bytes of a .cgr file, to play at home."""
    st.download_button(
        "Take this training home",
        lambda: make_recording_page(unpack_recording(content), content),
        f"{name.replace('/', '-')}.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        help="One HTML file that plays it without the app.",
    )
