"""An own sweep as it runs: its progress, actions on all its runs, and a cell for each run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.status import State, Status
from clustergan_core.runs.sweeps.plan import Point
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.runs.sweeps.work import SweepProgress, measure_progress
from ui.forms.scheduler import usual_scheduler
from ui.frame.dialogs import confirm_change
from ui.frame.messages import page_errors, plain
from ui.frame.requests import show_badge
from ui.frame.words import describe_duration
from ui.loading.summaries import STATE_WORDS
from ui.sweep.runs import show_runs

if TYPE_CHECKING:
    from clustergan_core.runs.run import Request
    from ui.sweep.scores import ChosenScore

REFRESH_SECONDS = 2
_ORDER: tuple[State, ...] = (
    "finished", "running", "starting", "waiting", "paused", "stopped", "interrupted", "failed",
)  # fmt: skip


def watch_sweep(sweep: Sweep, score: ChosenScore) -> None:
    """Draws the sweep, updated every two seconds while active; when a run ends, the whole page is drawn again."""
    seen = _what_the_page_shows(sweep.statuses())
    is_at_work = any(is_active for _, is_active in seen)

    @st.fragment(run_every=REFRESH_SECONDS if is_at_work else None)
    @page_errors()
    def draw_sweep() -> None:
        statuses = sweep.statuses()
        if _what_the_page_shows(statuses) != seen:
            st.rerun()
        st.subheader("Runs", anchor=False)
        _show_progress(sweep, statuses)
        show_runs(sweep, statuses, score)

    draw_sweep()


def delete_button(sweep: Sweep, *, is_at_work: bool) -> None:
    """Confirms before the sweep and all its runs are deleted."""
    if st.button(
        "Delete",
        key="delete_sweep",
        icon=":material/delete:",
        disabled=is_at_work,
        help="Stop it before deleting it." if is_at_work else None,
    ):
        n_runs = len(sweep.statuses())
        confirm_change(
            "Delete this sweep?",
            f"**{plain(sweep.name)}** will be deleted with its {n_runs} runs, their weights and scores. "
            "This cannot be undone.",
            yes="Delete it",
            change=sweep.delete,
        )


def _what_the_page_shows(statuses: Mapping[Point, Status]) -> list[tuple[bool, bool]]:
    """Whether each run is finished and whether it is active, which the parts outside the fragment depend on."""
    return [(status.state == "finished", not status.is_over) for status in statuses.values()]


def _show_progress(sweep: Sweep, statuses: Mapping[Point, Status]) -> None:
    from clustergan_core.runs.sweeps.estimate import count_at_once

    n_runs = len(sweep.points)
    progress = measure_progress(n_runs, statuses, count_at_once(sweep.plan))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for state in _ORDER:
            if number := progress.counts.get(state, 0):
                show_badge(STATE_WORDS[state], f"{number}")
        if n_missing := n_runs - len(statuses):
            show_badge("not begun", f"{n_missing}")
        if time_left := _describe_time(progress):
            st.markdown(time_left)
    done = sum(status.step / max(1, status.n_steps) for status in statuses.values())
    if progress.counts.get("finished", 0) < n_runs:
        st.progress(min(1.0, done / n_runs))
        _show_buttons(sweep, progress)


def describe_idle(progress: SweepProgress) -> str:
    """What a press of the button does: runs that were begun are continued, the others trained from their start."""
    n_begun = progress.n_paused + progress.n_broken_off
    n_new = progress.n_idle - n_begun
    word = "unfinished" if progress.n_broken_off else "paused"
    begun = f"the {n_begun} {word} runs" if n_begun > 1 else f"the {word} run"
    new = f"the {n_new} missing" if n_new > 1 else "the missing run"
    if n_begun and n_new:
        return f"Continue {begun}, train {new}"
    return f"Continue {begun}" if n_begun else f"Train {new}"


def _describe_time(progress: SweepProgress) -> str:
    if not progress.n_active:
        return ""
    if progress.seconds_left is None:
        return "the time left is shown once a run has started"
    return f"about **{describe_duration(progress.seconds_left)}** left"


def _show_buttons(sweep: Sweep, progress: SweepProgress) -> None:
    with st.container(horizontal=True, gap="small"):
        if progress.n_idle:
            is_first_choice = not progress.n_active
            st.button(
                describe_idle(progress),
                key="train_missing",
                type="primary" if is_first_choice else "secondary",
                icon=":material/play_arrow:",
                on_click=train_missing,
                args=(sweep,),
                help="Paused, stopped and interrupted runs go on from their checkpoints; the others begin.",
            )
        if progress.n_active:
            st.button(
                "Pause all", key="pause_all", icon=":material/pause:", on_click=_request_all, args=(sweep, "pause")
            )
            st.button("Stop all", key="stop_all", icon=":material/stop:", on_click=_request_all, args=(sweep, "stop"))


@page_errors()
def train_missing(sweep: Sweep) -> None:
    """Submits the missing runs, and starts those that have room."""
    from clustergan_core.runs.queue.backends import open_backend
    from clustergan_core.runs.sweeps.work import submit_missing

    with open_backend(usual_scheduler()) as backend:
        submit_missing(sweep, backend)
        backend.poll()


@page_errors()
def _request_all(sweep: Sweep, what: Request) -> None:
    from clustergan_core.runs.sweeps.work import request_all

    request_all(sweep, what)
