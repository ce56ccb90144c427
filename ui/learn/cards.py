"""The lessons as cards, their stills, and the glossary."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from clustergan_core.drawing.pictures.gan_diagram import DESCRIPTION as DIAGRAM_DESCRIPTION
from clustergan_core.drawing.pictures.gan_diagram import WIDTH as DIAGRAM_WIDTH
from clustergan_core.drawing.pictures.gan_diagram import draw_gan_diagram
from clustergan_core.drawing.pictures.images import mosaic, png
from clustergan_core.drawing.pictures.lesson_stills import draw_label_shares, draw_plane_still
from clustergan_core.drawing.theme import Theme
from clustergan_core.errors import AppError
from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import (
    CycleStage,
    DecodeStage,
    Lesson,
    ModesStage,
    PlaneStage,
    PriorsStage,
    SweepStage,
    WalkStage,
    lesson_names,
    read_lesson,
)
from clustergan_core.lessons.recording import POSITION_LEVELS, read_recording
from clustergan_core.runs.gallery import mode_samples
from clustergan_core.runs.store import find_run_by_name
from ui.frame.messages import plain
from ui.frame.pictures import show_picture
from ui.frame.theme import theme_name
from ui.learn.address import go_to
from ui.learn.cycle import cycle_still
from ui.learn.decode import decoding_still
from ui.learn.models import shipped_report
from ui.learn.priors import prior_still
from ui.loading.runs import load_method
from ui.runs.gallery import mode_picture

N_COLUMNS = 3
STILL_SIDE = 360  # pixels
CARD_SIDE = 150


def show_cards() -> None:
    """One card for each lesson, in the order of their numbers."""
    lessons = all_lessons()
    for start in range(0, len(lessons), N_COLUMNS):
        for column, lesson in zip(st.columns(N_COLUMNS), lessons[start : start + N_COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                show_still(lesson, width=CARD_SIDE)
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


def show_diagram() -> None:
    """The parts of a ClusterGAN, with the loss of each arrow."""
    st.subheader("How a ClusterGAN learns", anchor="diagram")
    st.image(draw_gan_diagram(theme_name()), width=DIAGRAM_WIDTH, alt=DIAGRAM_DESCRIPTION)


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


def show_still(lesson: Lesson, run: str | None = None, width: int | Literal["stretch"] = STILL_SIDE) -> None:
    """A picture of the lesson: its data before training, or the last frame of a `run`; digits; shares of labels."""
    try:
        if isinstance(lesson.stage, PlaneStage):
            _show_plane_still(lesson, lesson.stage, run, width)
        else:
            picture, alt = _still(lesson)
            show_picture(picture, width="stretch", alt=alt)
    except AppError as problem:
        st.caption(plain(str(problem)))


def _still(lesson: Lesson) -> tuple[bytes, str]:
    """The still of a lesson that is not in the plane, and what it shows."""
    theme = theme_name()
    match lesson.stage:
        case SweepStage() as stage:
            shares = shipped_report(stage.sweep).plan.label_shares
            return png(draw_label_shares(shares, 7, theme)), "Ten digits, of which seven have a mode"
        case CycleStage() as stage:
            return cycle_still(lesson, stage, theme), "Digits, and below each what comes back of it"
        case PriorsStage() as stage:
            return prior_still(lesson, stage, theme), "Digits that a generator draws"
        case DecodeStage() as stage:
            return decoding_still(stage, theme), "A test digit, and a generated digit of each mode"
        case WalkStage() as stage:
            alt = f"A generated digit of mode {stage.start}, and one of mode {stage.end}"
            return _ends_still(stage.model, stage.start, stage.end, theme), alt
        case ModesStage() as stage:
            run = find_run_by_name(next(iter(stage.models.values())))
            return mode_picture(run, theme), "One generated digit of each mode"
        case PlaneStage():
            raise AssertionError("A still in the plane has a size of its own.")


def _show_plane_still(lesson: Lesson, stage: PlaneStage, run: str | None, width: int | Literal["stretch"]) -> None:
    chosen = next((each for each in stage.runs if each.name == run), stage.runs[0])
    choice = next(iter(chosen.choices.values()))
    alt = f"{choice}: generated dots after the last step" if run else "The data, and dots before training"
    picture = _plane_still(str(lesson.recording_path(chosen.name)), -1 if run else 0, theme_name())
    show_picture(picture, width=width, alt=alt)
    if run:
        st.caption(f"{choice}, seed {chosen.setup.seed}, after {chosen.setup.n_steps:,} steps.")


@st.cache_data(max_entries=40, show_spinner=False)
def _plane_still(path: str, frame: int, theme: Theme) -> bytes:
    recording = read_recording(Path(path))
    real, modes = recording.arrays["real"] / POSITION_LEVELS, recording.arrays.get("generated_modes")
    return png(draw_plane_still(real, recording.positions(frame), modes, STILL_SIDE, theme))


@st.cache_data(max_entries=20, show_spinner=False)
def _ends_still(model: str, start: int, end: int, theme: Theme) -> bytes:
    run = find_run_by_name(model)
    samples = mode_samples(run, lambda: load_method(run))  # (modes, 2, *shape)
    return png(mosaic(samples[[start, end], 0], n_columns=2, cell=140, scale=2, theme=theme))
