"""The player of a lesson in the plane: its recording, and a training that runs live in its place."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.lessons.lesson import Lesson, Run
from clustergan_core.lessons.live import LiveTake, LiveView, LiveWorker
from ui.frame.messages import page_errors
from ui.learn.address import asked_frame, asked_handout, go_to, is_presenting
from ui.learn.take_home import offer_training
from ui.player.component import play

POLL_SECONDS = 0.5
_MINE = "learn_live"  # session state: this session's training
_PROBLEM = "learn_live_problem"  # session state: why one did not start


@dataclass(frozen=True)
class _Mine:
    run: str  # <lesson>/<run>
    take: LiveTake


@st.cache_resource(show_spinner=False)
def live_worker() -> LiveWorker:
    """One for the whole server, so that it stays warm and one training at a time has the processor."""
    return LiveWorker()


def show_player(lesson: Lesson, run: Run, recording: bytes, n_modes: int) -> None:
    """The player of a run; where its recording rests is written to the address."""
    is_growing = _is_growing(_watch(lesson, run))
    st.fragment(_show, run_every=POLL_SECONDS if is_growing else None)(lesson, run, recording, n_modes, is_growing)


@page_errors()
def _show(lesson: Lesson, run: Run, recording: bytes, n_modes: int, is_polling: bool) -> None:
    live = _watch(lesson, run)
    handout = asked_handout()
    rest = play(
        f"learn-{lesson.name}-player",
        recording,
        n_modes,
        frame=asked_frame(),
        handout=handout,
        is_presenting=is_presenting(),
        live=live,
        on_command=lambda command: _obey(command, lesson, run),
        problem=st.session_state.get(_PROBLEM, ""),
    )
    if rest is not None and live is None:
        go_to(frame=str(rest.frame), speed=replace(handout, speed=rest.speed).address()["speed"])
    if live is not None and live.whole is not None:
        offer_training(live.whole, f"{lesson.name}-{run.name}-seed-{live.seed}")
    if _is_growing(live) != is_polling:
        st.rerun()  # the page says anew how often this fragment asks


def _watch(lesson: Lesson, run: Run) -> LiveView | None:
    """This session's training of that run; one of another run is given up."""
    mine: _Mine | None = st.session_state.get(_MINE)
    if mine is None:
        return None
    if mine.run != f"{lesson.name}/{run.name}":
        _leave(mine)
        return None
    return mine.take.watch()


def _is_growing(live: LiveView | None) -> bool:
    return live is not None and not live.has_ended


def _obey(command: str, lesson: Lesson, run: Run) -> None:
    mine: _Mine | None = st.session_state.get(_MINE)
    st.session_state.pop(_PROBLEM, None)
    match command:
        case "start" | "restart" | "new-seed":
            seed = run.setup.seed if mine is None else mine.take.watch().seed
            if command == "new-seed":
                seed = secrets.randbelow(9_000) + 1_000  # four digits: no seed of a recording
            _start(lesson, run, seed, mine)
        case "leave":
            if mine is not None:
                _leave(mine)
        case "play" | "pause" | "step" | "stop":
            if mine is not None:
                mine.take.tell(command)


def _start(lesson: Lesson, run: Run, seed: int, mine: _Mine | None) -> None:
    name = f"{lesson.name}/{run.name}"
    command = ["python", "-m", "clustergan_core", "record", lesson.name, "--only", run.name]
    if seed != run.setup.seed:
        command += ["--seed", str(seed)]
    setup = run.setup.model_copy(update={"seed": seed})
    try:
        take = live_worker().start(setup, name, command, None if mine is None else mine.take)
    except AppError as problem:
        st.session_state[_PROBLEM] = str(problem)
        return
    st.session_state[_MINE] = _Mine(name, take)


def _leave(mine: _Mine) -> None:
    mine.take.tell("stop")
    st.session_state.pop(_MINE, None)
