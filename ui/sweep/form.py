"""A new sweep: what to train on, what to vary, over which seeds, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import SettingsError
from clustergan_core.schedule import Schedule
from ui.data.choice import choose_dataset
from ui.forms.method import choose_method, choose_preset
from ui.forms.preset import preset_config, reset_when_base_changes
from ui.forms.settings import setting, settings_grid
from ui.frame.choices import linked
from ui.frame.messages import show_problem
from ui.sweep.axes import ChosenAxes, choose_axes
from ui.sweep.start import start_sweep

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.config import RunConfig
    from clustergan_core.runs.sweeps.plan import SweepPlan
    from clustergan_core.runs.sweeps.sweep import Sweep

USUAL_SEEDS = "0-4"


def new_sweep() -> Sweep | None:
    """The form; returns the sweep once it has been started."""
    form, summary = st.columns([0.64, 0.36], gap="large")
    with form:
        chosen = choose_dataset()
        if chosen is None:
            return None
        source, options, dataset = chosen
        method = choose_method()
        preset = choose_preset(method)
        try:
            plan = _plan(preset_config(source, options, dataset, method, preset), dataset)
        except SettingsError as problem:
            show_problem(problem)
            return None
    with summary:
        return start_sweep(plan, dataset)


def _plan(base: RunConfig, dataset: Dataset) -> SweepPlan:
    """The chosen grid, starting from the preset's settings."""
    from clustergan_core.runs.sweeps.plan import plan_sweep, read_seeds

    reset_when_base_changes(base)
    chosen = choose_axes(base, dataset)
    seeds, steps = st.columns([0.4, 0.6])
    with seeds, linked("seeds", lambda _: None):
        seed_text = st.text_input(
            "Seeds", USUAL_SEEDS, key="seeds", bind="query-params", help="Such as 0-4 or 0,3,7: one run for each seed."
        )
    with steps:
        n_steps = setting("steps", Schedule.model_fields["n_steps"], base.schedule.n_steps)
    config = _fix_others(base, chosen, n_steps, dataset)
    return plan_sweep(config, chosen.axes, read_seeds(seed_text or ""), dataset, scales_rate=chosen.scales_rate)


def _fix_others(base: RunConfig, chosen: ChosenAxes, n_steps: int, dataset: Dataset) -> RunConfig:
    """The settings that all runs share."""
    from clustergan_core.methods import METHODS

    model = METHODS[base.method].Settings
    others = [name for name in model.model_fields if name not in chosen.axes and name not in chosen.fixed]
    with st.expander(f"Settings that all runs share ({len(others)})"):
        values = settings_grid(model, others, base.settings) | dict(chosen.fixed)
    record = base.dataset
    return preset_config(
        record.source,
        record.options,
        dataset,
        base.method,
        base.preset,
        settings={name: value for name, value in values.items() if value != base.settings[name]},
        n_steps=n_steps,
    )
