"""The runs that a table lacks: their commands, and a button that queues those of a cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.registry import is_available
from clustergan_core.errors import AppError
from clustergan_core.papers.comparison import SEEDS, MissingRun, find_missing
from clustergan_core.papers.measured import begun_runs
from clustergan_core.paths import runs_folder
from ui.forms.scheduler import usual_scheduler
from ui.frame.links import link_page
from ui.frame.messages import plain, show_problem, show_shell
from ui.frame.words import describe_bytes, describe_duration
from ui.papers.choice import PaperView

if TYPE_CHECKING:
    from clustergan_core.runs.config import RunConfig

_ESTIMATE = "papers_estimate"  # session state: the commands that were estimated, and the estimate
_QUEUED = "papers_queued"  # session state: how many runs the last press queued


@dataclass(frozen=True)
class _Estimate:
    seconds: float
    seconds_each: float
    n_bytes: int
    free: int


def show_missing(view: PaperView) -> None:
    """The missing runs by cell; those of a chosen cell with their commands and the button."""
    st.subheader("Train what is missing", anchor=False)
    if n_queued := st.session_state.pop(_QUEUED, 0):
        st.success(f"{_count(n_queued)} queued: this table has them once they are finished.", icon=":material/check:")
        link_page("Runs")
    missing = find_missing(view.table, view.runs, view.trained_preset)
    wanted = find_missing(view.table, [*view.runs, *begun_runs()], view.trained_preset)
    if n_begun := len(missing) - len(wanted):
        st.caption(f"{_count(n_begun)} of this table wait, train or can be continued: see the Runs page.")
        missing = wanted
    if not missing:
        rest = "Every other cell" if n_begun else "Every cell"
        st.caption(f"{rest} that can be trained with the preset {view.trained_preset} has seeds {_list(SEEDS)}.")
        return
    by_cell: dict[str, list[MissingRun]] = {}
    for run in missing:
        by_cell.setdefault(f"{run.row.title} on {run.column.title}", []).append(run)
    st.caption(
        f"{_count(len(missing))} missing: {len(by_cell)} cells lack one or more of the seeds {_list(SEEDS)} with "
        f"the preset {view.trained_preset}."
    )
    chosen = by_cell[st.selectbox("Cell", list(by_cell), key="papers_cell", width=420)]
    show_shell("\n".join(run.command() for run in chosen))
    with st.expander(f"All {len(missing)} commands", icon=":material/terminal:"):
        st.code("\n".join(run.command() for run in missing), language="shell")
    if not is_available(chosen[0].dataset):
        st.info("Its data is not on this machine: get it on the Data page first.", icon=":material/dataset:")
        link_page("Data")
        return
    _offer_queue(chosen)


def _offer_queue(chosen: Sequence[MissingRun]) -> None:
    """Time and disk space first; the button that queues stands beside them."""
    commands = [run.command() for run in chosen]
    if st.button("Estimate time and disk space", key="papers_estimate_button", icon=":material/timer:"):
        try:
            with st.spinner("Timing a few steps…"):
                st.session_state[_ESTIMATE] = (commands, _estimate(chosen))
        except AppError as problem:
            show_problem(problem)
    known, estimate = st.session_state.get(_ESTIMATE, (None, None))
    if known != commands or estimate is None:
        return
    needed, free = describe_bytes(estimate.n_bytes), describe_bytes(estimate.free)
    st.caption(
        f":material/timer: About **{describe_duration(estimate.seconds)}** on this machine "
        f"({describe_duration(estimate.seconds_each)} a run) · :material/hard_drive: about **{needed}** on disk; "
        f"{free} free."
    )
    if estimate.n_bytes > estimate.free:
        st.warning(
            plain(f"The runs need about {needed}, and {runs_folder()} has {free} free: free some space first."),
            icon=":material/hard_drive:",
        )
        return
    if st.button(f"Queue {_count(len(chosen))}", type="primary", key="papers_queue", icon=":material/play_arrow:"):
        _queue(chosen)


def _queue(chosen: Sequence[MissingRun]) -> None:
    from clustergan_core.runs.queue.backends import launch

    try:
        for config in _configs(chosen):
            launch(config, usual_scheduler())
    except AppError as problem:
        show_problem(problem)
        return
    del st.session_state[_ESTIMATE]
    st.session_state[_QUEUED] = len(chosen)
    st.rerun()


def _estimate(chosen: Sequence[MissingRun]) -> _Estimate:
    from clustergan_core.data.opening import open_dataset
    from clustergan_core.runs.estimate import estimate_run
    from clustergan_core.runs.queue.slots import count_needed, count_slots
    from clustergan_core.runs.sweeps.estimate import estimate_bytes, free_bytes

    config, dataset = _configs(chosen)[0], open_dataset(chosen[0].dataset)
    each = estimate_run(config, dataset).seconds
    n_at_once = max(1, count_slots(config.device) // count_needed(config.device, config.threads))
    rounds = math.ceil(len(chosen) / n_at_once)
    n_bytes = len(chosen) * estimate_bytes(config, dataset)
    return _Estimate(rounds * each, each, n_bytes, free_bytes(runs_folder()))


def _configs(chosen: Sequence[MissingRun]) -> list[RunConfig]:
    from clustergan_core.data.opening import open_dataset
    from clustergan_core.runs.configure import make_config

    dataset = open_dataset(chosen[0].dataset)
    return [
        make_config(dataset, run.dataset, method=run.method, preset=run.preset, settings=run.settings, seed=run.seed)
        for run in chosen
    ]


def _count(n_runs: int) -> str:
    return f"{n_runs} run{'' if n_runs == 1 else 's'}"


def _list(seeds: Sequence[int]) -> str:
    return f"{', '.join(map(str, seeds[:-1]))} and {seeds[-1]}"
