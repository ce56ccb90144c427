"""A new sweep: what to train on, by which methods, what to vary, over which seeds, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import SettingsError
from clustergan_core.methods import METHODS
from clustergan_core.schedule import Schedule
from ui.data.choice import choose_dataset
from ui.forms.method import choose_method, choose_preset
from ui.forms.preset import preset_config, reset_when_base_changes
from ui.forms.settings import setting, settings_grid
from ui.frame.choices import linked, one_of, respell
from ui.frame.messages import show_problem
from ui.sweep.axes import ChosenAxes, choose_axes, shared_settings
from ui.sweep.start import start_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        beside = _choose_beside(method)
        preset = choose_preset(method)
        try:
            base = preset_config(source, options, dataset, method, preset)
            plan = _plan(base, beside, dataset)
        except SettingsError as problem:
            show_problem(problem)
            return None
    with summary:
        return start_sweep(plan, dataset)


def _choose_beside(method: str) -> list[str]:
    """Further methods that the sweep compares with the first."""
    titles = {facts.title: name for name, facts in METHODS.items() if name != method}
    # The command line's names work as well as the titles.
    respell("beside", lambda text: [METHODS[text].title if text in METHODS else text])
    with linked("beside", one_of(list(titles))):
        chosen = st.multiselect(
            "Methods beside it",
            list(titles),
            key="beside",
            bind="query-params",
            placeholder="none: one method",
            help="Each trains with its own values of the preset, on the same data and seeds.",
        )
    return [titles[title] for title in chosen]


def _plan(base: RunConfig, beside: Sequence[str], dataset: Dataset) -> SweepPlan:
    """The chosen grid, starting from the preset's settings of each method."""
    from clustergan_core.runs.sweeps.plan import plan_sweep, read_seeds

    reset_when_base_changes(base)
    record = base.dataset
    others = [preset_config(record.source, record.options, dataset, name, base.preset) for name in beside]
    chosen = choose_axes(base, others, dataset)
    seeds_column, steps = st.columns([0.4, 0.6])
    with seeds_column, linked("seeds", lambda _: None):
        seed_text = st.text_input(
            "Seeds", USUAL_SEEDS, key="seeds", bind="query-params", help="Such as 0-4 or 0,3,7: one run for each seed."
        )
    with steps:
        n_steps = setting("steps", Schedule.model_fields["n_steps"], base.schedule.n_steps)
    if others:
        st.caption("Steps and settings that you leave as they are follow from each method's own preset.")
    config, *others = _fix_shared(base, others, chosen, n_steps, dataset)
    seeds = read_seeds(seed_text or "")
    return plan_sweep(config, chosen.axes, seeds, dataset, scales_rate=chosen.scales_rate, others=others)


def _fix_shared(
    base: RunConfig, others: Sequence[RunConfig], chosen: ChosenAxes, n_steps: int, dataset: Dataset
) -> list[RunConfig]:
    """Every method's configuration with the settings that all runs share."""
    model = METHODS[base.method].Settings
    names = shared_settings([base.method, *(config.method for config in others)])
    shared = [name for name in names if name not in chosen.axes and name not in chosen.fixed]
    with st.expander(f"Settings that all runs share ({len(shared)})"):
        values = settings_grid(model, shared, base.settings) | dict(chosen.fixed)
    changed = {name: value for name, value in values.items() if value != base.settings[name]}
    record = base.dataset
    return [
        preset_config(
            record.source,
            record.options,
            dataset,
            config.method,
            base.preset,
            settings=changed,
            n_steps=config.schedule.n_steps if n_steps == base.schedule.n_steps else n_steps,
        )
        for config in (base, *others)
    ]
