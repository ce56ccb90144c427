"""The lower half of the Train page: a run as it trains, read from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status
from ui.forms.scheduler import usual_scheduler
from ui.frame.links import FORMING_VIEWS, link_pages, link_to_views
from ui.frame.messages import page_errors, plain, show_shell
from ui.frame.requests import request_button, show_badge, show_requests
from ui.frame.words import describe_duration
from ui.loading.metrics import MetricsHistory, load_history
from ui.loading.summaries import STATE_WORDS
from ui.train.figures import (
    show_diversity,
    show_generated,
    show_losses,
    show_masses,
    show_table,
    show_usage,
    show_without_labels,
)
from ui.train.forming import has_replay, show_forming
from ui.train.phases import describe_phase, generator_begins
from ui.train.samples import show_samples
from ui.train.scores import show_final_scores, show_live_scores

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_SECONDS = 1
_LOG_LINES = 100


def show_live_run(run: Run, change_settings: Callable[[], None]) -> None:
    """Draws the run, every second while it trains. `change_settings` opens the form with this run's settings."""
    is_over = run.status().is_over

    @st.fragment(run_every=None if is_over else REFRESH_SECONDS)
    @page_errors()
    def draw_run() -> None:
        status = run.status()
        if status.is_over != is_over:
            st.rerun()  # once: from here on nothing refreshes by itself, or everything does again
        _show(run, status, change_settings)

    draw_run()


def _show(run: Run, status: Status, change_settings: Callable[[], None]) -> None:
    history = load_history(run)
    _show_state(run, status, history)
    _show_buttons(run, status, change_settings)
    if status.state == "finished":
        show_final_scores(run)
    # A cell is no picture, and bars of its genes say little; nor does a generator that has not begun to learn.
    is_map_first = is_of_cells(run) or (status.is_training and status.step <= generator_begins(run) and has_replay(run))
    samples, scores = st.columns([0.55, 0.45] if is_map_first else [0.45, 0.55], gap="large")
    with samples:
        if is_map_first:
            show_forming(run)
        if not is_map_first or (status.is_over and not has_replay(run)):
            show_samples(run)
    with scores:
        show_live_scores(run, history)
        show_usage(run, history)
    if not is_map_first:
        show_forming(run)
    show_masses(run, history)
    show_losses(run, history)
    show_without_labels(run, history)
    show_generated(history)
    show_diversity(history)
    _show_log(run)
    show_table(run, history)
    with st.expander("The command that repeats this run", icon=":material/terminal:"):
        show_shell(run.config.command())


def _show_state(run: Run, status: Status, history: MetricsHistory) -> None:
    step, n_steps = status.step, status.n_steps
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_badge(STATE_WORDS[status.state])
        st.markdown(f"Step **{step:,}** of {n_steps:,} · {_describe_time(run, status, history)}")
    st.progress(min(1.0, step / max(1, n_steps)))
    if status.state == "running" and (phase := describe_phase(run, step)):
        st.caption(phase)
    if status.state == "failed":
        st.error(plain(status.message), icon=":material/error:")
    if status.state == "paused" and status.message:
        st.warning(plain(status.message), icon=":material/hard_drive:")
    if status.state == "interrupted":
        st.warning(
            plain(status.message)
            or "Training stopped unexpectedly (killed, or the machine shut down). Everything up to the last "
            "evaluation is saved; press Continue.",
            icon=":material/power_off:",
        )


def _describe_time(run: Run, status: Status, history: MetricsHistory) -> str:
    if status.state == "waiting":
        return _describe_queue(run, status)
    if status.state == "starting":
        return "the process is loading its libraries"
    so_far = f"{describe_duration(status.seconds)} so far"
    if status.state in ("finished", "failed"):
        return so_far.removesuffix(" so far") + " of training"
    left = history.seconds_left(status.n_steps)
    if left is None:
        return so_far
    if status.state == "running" and status.step >= status.n_steps:
        return f"{so_far} · scoring the best weights"
    return f"{so_far} · about {describe_duration(left)} {'left once continued' if status.is_over else 'left'}"


def _describe_queue(run: Run, status: Status) -> str:
    """The position of the run in the queue, or the scheduler it waits for."""
    if status.scheduler:
        return f"submitted to {status.scheduler}, waiting for a worker"
    from clustergan_core.runs.queue.queue import waiting_runs

    names = [waiting.name for waiting in waiting_runs()]
    if run.name not in names or names[0] == run.name:
        return "next in the queue, starts as soon as a device is free"
    n_before = names.index(run.name)
    return f"{n_before} run{'s' if n_before > 1 else ''} before it in the queue"


def _show_buttons(run: Run, status: Status, change_settings: Callable[[], None]) -> None:
    is_failed = status.state == "failed"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_requests(run, status, usual_scheduler(), "ask_{}", is_main=True, has_shortcuts=True)
        if status.is_training:
            request_button(run, "evaluate", "ask_evaluate", has_shortcut=True)
        if status.state == "finished" and not run.is_shipped and not run.is_of_sweep:
            _train_longer_button(run, status)
        label, icon = "Change settings and train again", ":material/edit:"
        if status.is_over and st.button(label, type="primary" if is_failed else "secondary", icon=icon):
            change_settings()
            st.rerun()
        if run.has_weights():
            link_to_views(run)
        elif status.is_training and has_replay(run):
            link_pages(*FORMING_VIEWS, query={"run": run.name})


def _train_longer_button(run: Run, status: Status) -> None:
    """Training beyond the planned end, for additional steps."""
    with st.popover("Train longer", icon=":material/forward:"):
        n_more = st.number_input("Additional steps", 1, 10_000_000, max(1, status.n_steps // 4), key="n_more_steps")
        st.caption("This replaces the run's final scores.")
        if st.button("Train these steps", type="primary"):
            from clustergan_core.runs.queue.backends import extend_run

            extend_run(run, int(n_more), usual_scheduler())
            st.rerun()


def _show_log(run: Run) -> None:
    st.subheader("Log")
    if run.is_shipped:
        st.caption("It was trained elsewhere; its log is not bundled.")
        return
    lines = run.log().splitlines()[-_LOG_LINES:]
    with st.container(height=180 if len(lines) > 6 else "content", autoscroll=True):
        st.code("\n".join(lines) or "Nothing yet.", language=None, wrap_lines=True)


def training_run_names() -> list[str]:
    """The active and waiting runs, newest first, without damaged ones."""
    from clustergan_core.runs.queue.queue import active_runs

    return [run.name for run in active_runs()]
