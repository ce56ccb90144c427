"""A sweep before it starts: its runs, those that are finished, time, disk space, and the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import AppError, RunError
from clustergan_core.paths import runs_folder
from clustergan_core.runs.sweeps.plan import METHOD_AXIS, value_title
from ui.forms.scheduler import choose_scheduler
from ui.frame.messages import plain, show_problem, show_shell
from ui.frame.words import describe_duration
from ui.sweep.choice import describe_plan, describe_seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.sweeps.estimate import SweepEstimate
    from clustergan_core.runs.sweeps.plan import Point, SweepPlan
    from clustergan_core.runs.sweeps.sweep import Sweep


def start_sweep(plan: SweepPlan, dataset: Dataset) -> Sweep | None:
    """The box with the button; returns the sweep once it has been pressed."""
    from clustergan_core.runs.sweeps.sweep import place_sweep

    with st.container(border=True):
        st.markdown("**This sweep**")
        try:
            sweep = place_sweep(plan)
            sweep.check()
        except RunError as problem:
            show_problem(problem)
            return None
        finished = {point for point, status in sweep.statuses().items() if status.state == "finished"}
        twins = sweep.identical_runs()
        missing = [point for point in sweep.points if point not in finished and point not in twins]
        counts = {"n_finished": len(finished), "n_elsewhere": len(twins), "n_missing": len(missing)}
        st.markdown("  \n".join(_describe(sweep, plan, **counts)))
        scheduler = choose_scheduler()
        label = f"Start {_count(len(missing))}" if missing else "Show the result"
        icon = ":material/play_arrow:" if missing else ":material/show_chart:"
        is_started = st.button(label, type="primary", key="start_sweep", icon=icon, width="stretch")
        estimate = st.container()
        if is_started and ((not missing and not twins) or _submit_runs(sweep, scheduler)):
            return sweep
        with estimate:
            _show_estimate(sweep, missing, dataset)
        with st.popover("The command for this sweep", width="stretch"):
            show_shell(plan.command())
    return None


def _submit_runs(sweep: Sweep, scheduler: str | None) -> bool:
    from clustergan_core.runs.queue.backends import open_backend
    from clustergan_core.runs.sweeps.work import submit_missing

    try:
        with open_backend(scheduler) as backend:
            submit_missing(sweep, backend)
            backend.poll()
    except AppError as problem:
        show_problem(problem)
        return False
    return True


def _describe(sweep: Sweep, asked: SweepPlan, *, n_finished: int, n_elsewhere: int, n_missing: int) -> list[str]:
    n_runs = len(sweep.points)
    n_values = n_runs // len(sweep.plan.seeds)
    n_seeds = len(sweep.plan.seeds)
    what = "combinations of values" if len(asked.axes) > 1 else "methods" if METHOD_AXIS in asked.axes else "values"
    lines = [
        describe_plan(sweep.plan),
        f"**{_count(n_runs)}**: {n_values} {what} × {n_seeds} seed{'s' if n_seeds > 1 else ''}",
    ]
    if earlier := [seed for seed in sweep.plan.seeds if seed not in asked.seeds]:
        lines.append(f"Includes seeds {describe_seeds(earlier)} of an earlier start")
    if n_finished or n_elsewhere:
        there = [f"**{n_finished} of {n_runs}** are already finished"] if n_finished else []
        there += [f"**{n_elsewhere} of {n_runs}** were trained elsewhere and are reused"] if n_elsewhere else []
        lines.append("; ".join([*there, f"{n_missing} to train" if n_missing else "nothing to train"]))
    if asked.config.dataset.label_names:
        lines.append("Labels are used only for scores")
    else:
        lines.append("No labels: purity, accuracy, NMI and ARI will not be shown")
    return lines


def _show_estimate(sweep: Sweep, missing: Sequence[Point], dataset: Dataset) -> None:
    """Time and disk space; steps are timed again only when their time changes."""
    from clustergan_core.runs.sweeps.estimate import by_method, estimate_sweep, free_bytes

    if not missing:
        return
    plan, config = sweep.plan, sweep.plan.config
    first_seed = [point for point in plan.points() if point.seed == plan.seeds[0]]
    try:
        seconds = {
            method: _run_seconds(_what_decides(plan, group[0]), plan, group, dataset)
            for method, group in by_method(plan, first_seed).items()
        }
        estimate = estimate_sweep(plan, missing, dataset, seconds)
    except AppError as problem:
        show_problem(problem)
        return
    at_once = f", {estimate.n_at_once} at a time" if estimate.n_runs > 1 and estimate.n_at_once > 1 else ""
    st.caption(
        f":material/timer: About **{describe_duration(estimate.seconds)}** on this machine ({config.device}{at_once}; "
        f"{_describe_each(estimate)})."
    )
    free = free_bytes(runs_folder())
    needed, available = _describe_bytes(estimate.n_bytes), _describe_bytes(free)
    st.caption(f":material/hard_drive: About **{needed}** on disk; {available} free.")
    if estimate.n_bytes > free:
        st.warning(
            plain(
                f"The runs need about {needed}, and {runs_folder()} has {available} free: choose fewer values or "
                "seeds, or free some space."
            ),
            icon=":material/hard_drive:",
        )


def _what_decides(plan: SweepPlan, point: Point) -> tuple[str, ...]:
    """What the time of a method's runs depends on."""
    config = plan.base_of(point)
    axes = {name: values for name, values in plan.axes.items() if name != METHOD_AXIS}
    settings, length = repr(sorted(config.settings.items())), repr(config.schedule)
    return config.method, settings, length, repr(axes), config.dataset.digest, config.device


def _describe_each(estimate: SweepEstimate) -> str:
    """The duration of a run, of each method where there are several."""
    each = {name: describe_duration(seconds) for name, seconds in estimate.seconds_each.items()}
    if len(each) == 1:
        return f"{next(iter(each.values()))} a run"
    return f"a run: {', '.join(f'{value_title(METHOD_AXIS, name)} {duration}' for name, duration in each.items())}"


@st.cache_data(max_entries=64, show_spinner="Timing a few steps…")
def _run_seconds(key: tuple[str, ...], _plan: SweepPlan, _points: Sequence[Point], _dataset: Dataset) -> float:
    from clustergan_core.runs.sweeps.estimate import time_run

    return time_run(_plan, _points, _dataset)


def _count(n_runs: int) -> str:
    return f"{n_runs:,} run{'' if n_runs == 1 else 's'}"


def _describe_bytes(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{max(1, round(n_bytes / 1e6)):,} MB"
