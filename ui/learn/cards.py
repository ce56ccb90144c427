"""The lessons as cards, their stills, and the glossary."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.drawing.pictures.images import png
from clustergan_core.drawing.pictures.plane_still import draw_plane_still
from clustergan_core.drawing.theme import Theme
from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import Lesson, ModesStage, PlaneStage, WalkStage, lesson_names, read_lesson
from clustergan_core.lessons.recording import POSITION_LEVELS, read_recording
from clustergan_core.runs.store import find_run_by_name
from ui.frame.pictures import show_picture
from ui.frame.theme import theme_name
from ui.learn.address import go_to
from ui.runs.gallery import mode_picture

N_COLUMNS = 3
STILL_SIDE = 360  # pixels
SWEEP_MODEL = "mnist-paired-clustergan"  # of the data and method whose sweep a lesson shows


def show_cards() -> None:
    """One card for each lesson, in the order of their numbers."""
    lessons = all_lessons()
    for start in range(0, len(lessons), N_COLUMNS):
        for column, lesson in zip(st.columns(N_COLUMNS), lessons[start : start + N_COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                show_still(lesson)
                st.markdown(f"**{lesson.number} · {lesson.title}**  \n{lesson.question}")
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.button(
                        "Open",
                        key=f"learn-open-{lesson.name}",
                        type="primary",
                        help=lesson.question,
                        on_click=go_to,
                        kwargs={"lesson": lesson.name, "beat": None, "run": None, "frame": None},
                    )
                    st.caption(f"{lesson.minutes} minutes · {lesson.source}", width="content")


def show_glossary() -> None:
    """Every term of the lessons with its meaning."""
    st.subheader("Glossary", anchor="glossary")
    terms = read_glossary()
    half = (len(terms) + 1) // 2
    for column, part in zip(st.columns(2, gap="large"), (terms[:half], terms[half:]), strict=True):
        with column:
            for term in part:
                symbol = f" ({term.symbol})" if term.symbol else ""
                st.markdown(f"**{term.name}**{symbol}: {term.meaning}")


def all_lessons() -> list[Lesson]:
    """All lessons, in the order of their numbers."""
    return sorted((read_lesson(name) for name in lesson_names()), key=lambda lesson: lesson.number)


def show_still(lesson: Lesson, run: str | None = None) -> None:
    """A picture of the lesson: the data before training, the last frame of a `run`, or the modes of its model."""
    stage = lesson.stage
    if isinstance(stage, PlaneStage):
        chosen = next((each for each in stage.runs if each.name == run), stage.runs[0])
        path = str(lesson.recording_path(chosen.name))
        prior = next(iter(chosen.choices.values()))
        alt = f"{prior}: generated dots after the last step" if run else "Data on four islands, and one cloud of dots"
        show_picture(_plane_still(path, -1 if run else 0, theme_name()), width=STILL_SIDE, alt=alt)
        if run:
            st.caption(f"{prior}, seed {chosen.setup.seed}, after {chosen.setup.n_steps:,} steps.")
        return
    if isinstance(stage, WalkStage):
        model = stage.model
    else:
        model = next(iter(stage.models.values())) if isinstance(stage, ModesStage) else SWEEP_MODEL
    run_of_model = find_run_by_name(model)
    alt = "One generated sample of each mode of a model of handwritten digits"
    show_picture(mode_picture(run_of_model, theme_name()), width="stretch", alt=alt)


@st.cache_data(max_entries=40, show_spinner=False)
def _plane_still(path: str, frame: int, theme: Theme) -> bytes:
    recording = read_recording(Path(path))
    arrays = recording.arrays
    return png(
        draw_plane_still(
            arrays["real"] / POSITION_LEVELS,
            recording.positions(frame),
            arrays.get("generated_modes"),
            STILL_SIDE,
            theme,
        )
    )
