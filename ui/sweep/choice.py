"""Choosing a sweep, with the choice in the address as ?sweep=, and describing it in a line."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clustergan_core.errors import SettingsError
from clustergan_core.runs.sweeps.plan import METHOD_AXIS, SweepPlan, setting_title, value_title
from clustergan_core.runs.sweeps.report import SweepReport, list_shipped_reports
from clustergan_core.runs.sweeps.sweep import Sweep, list_sweeps
from ui.frame.choices import one_of
from ui.frame.messages import plain, show_problem
from ui.frame.picker import pick_named

SWEEP_KEY = "sweep"  # the picker's key and the address's parameter


def choose_sweep() -> Sweep | SweepReport:
    """A picker of own sweeps, newest first, and bundled reports; stops the page where there is neither."""
    sweeps = _all_sweeps()
    if not sweeps:
        if asked := st.query_params.get(SWEEP_KEY):
            _refuse(asked)
        st.info(
            "There is no sweep yet: choose “New sweep” above to vary a setting over several seeds.",
            icon=":material/grid_on:",
        )
        st.stop()
    return sweeps[pick_named(SWEEP_KEY, list(sweeps), label="Sweep", help_text="Your own, then bundled ones.")]


def first_sweep() -> str | None:
    """What a first visit shows: the newest active sweep, else the first bundled one."""
    for sweep in list_sweeps():
        if any(not status.is_over for status in sweep.statuses().values()):
            return sweep.name
    return next((name for name, sweep in _all_sweeps().items() if isinstance(sweep, SweepReport)), None)


def describe_plan(plan: SweepPlan) -> str:
    """One line on method, data, varied settings, seeds and steps."""
    config = plan.config
    axes = [
        f"{setting_title(config.method, name)} = {', '.join(map(str, values))}"
        for name, values in plan.axes.items()
        if name != METHOD_AXIS
    ]
    methods = [str(value_title(METHOD_AXIS, name)) for name in plan.axes.get(METHOD_AXIS, ())]
    parts = [
        f"{', '.join(methods) or config.method_title} on {config.dataset.name}",
        *axes,
        f"seed{'s' if len(plan.seeds) > 1 else ''} {describe_seeds(plan.seeds)}",
        plan.describe_length(),
        *(["learning rate × batch size / the preset's"] if plan.scales_rate else []),
    ]
    return plain(" · ".join(parts))


def describe_seeds(seeds: Sequence[int]) -> str:
    """ "0–4" where they follow each other, else each of them."""
    is_row = len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds)))
    return f"{seeds[0]}–{seeds[-1]}" if is_row else ", ".join(map(str, seeds))


def _all_sweeps() -> dict[str, Sweep | SweepReport]:
    """All sweeps by name, with a bundled sweep beside its repetition."""
    sweeps: dict[str, Sweep | SweepReport] = {sweep.name: sweep for sweep in list_sweeps()}
    for report in list_shipped_reports():
        sweeps[f"{report.name} (shipped)" if report.name in sweeps else report.name] = report
    return sweeps


def _refuse(asked: str) -> None:
    try:
        one_of(())(asked)
    except SettingsError as reason:
        show_problem(f"The address asks for sweep={asked}, but {reason}.")
