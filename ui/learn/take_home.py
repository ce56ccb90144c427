"""What a teacher hands out: a link, a file that opens offline, a moving picture, and what is left out of them."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from clustergan_core.browser.handout import HIDEABLE, Handout
from clustergan_core.drawing.pictures.lesson_stills import draw_plane_gif
from clustergan_core.lessons.lesson import Lesson, PlaneStage
from clustergan_core.lessons.recording import POSITION_LEVELS, read_recording, unpack_recording
from clustergan_core.offline.lesson import can_be_taken_home, make_lesson_page
from clustergan_core.offline.recording import make_recording_page
from ui.learn.address import asked_handout, asked_run, go_to

_HIDE = "learn-hide"


def hand_out(lesson: Lesson) -> None:
    """A menu: what is left out, the link, and the lesson's files, with the recording of the address first."""
    with st.popover("Hand out", icon=":material/ios_share:"):
        handout = asked_handout()
        st.session_state[_HIDE] = [name for name in HIDEABLE if name in handout.hidden]
        st.multiselect(
            "Leave out", list(HIDEABLE), format_func=HIDEABLE.__getitem__, key=_HIDE, on_change=_hide, args=(handout,)
        )
        st.caption("Link for students")
        st.code(_link(), language=None, wrap_lines=True)
        with st.container(horizontal=True, gap="small"):
            _offer_page(lesson, handout)
            _offer_gif(lesson)


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


def _hide(handout: Handout) -> None:
    go_to(hide=Handout(frozenset(st.session_state[_HIDE]), handout.speed).address()["hide"])


def _link() -> str:
    """The page's address, without the place in a recording, at the lesson's beginning."""
    choices = {name: value for name, value in st.query_params.items() if name not in ("beat", "frame", "present")}
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(choices)}"


def _offer_page(lesson: Lesson, handout: Handout) -> None:
    if not can_be_taken_home(lesson):
        st.caption("What this lesson shows needs the app, so there is no file.")
        return
    run = st.query_params.get("run", "")
    st.download_button(
        "HTML",
        lambda: make_lesson_page(lesson, run, handout),
        f"lesson-{lesson.name}.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        help="One file that opens without the app: for slides, a course page or at home. It prints as a worksheet.",
    )


def _offer_gif(lesson: Lesson) -> None:
    """The recording of the address as a moving picture."""
    if not isinstance(lesson.stage, PlaneStage):
        return
    name = asked_run(tuple(run.name for run in lesson.stage.runs))
    st.download_button(
        "GIF",
        lambda: _draw_gif(lesson, name),
        f"{lesson.name}-{name}.gif",
        "image/gif",
        icon=":material/download:",
        on_click="ignore",
        help="The dots of the chosen training, about eight seconds.",
    )


def _draw_gif(lesson: Lesson, run: str) -> bytes:
    arrays = read_recording(lesson.recording_path(run)).arrays
    real, generated = (arrays[name] / POSITION_LEVELS for name in ("real", "generated"))
    return draw_plane_gif(real, generated, arrays.get("generated_modes"), arrays["steps"].tolist(), "light")
