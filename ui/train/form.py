"""The upper half of the Train page: what to train on, how, for how long, and the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from clustergan_core.errors import AppError, SettingsError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.hand_labels import read_hand_labels
from clustergan_core.schedule import Schedule, make_schedule
from ui.data.choice import DATASET_KEY, choose_dataset
from ui.data.count_choices import take_choices
from ui.data.options import options_in_form
from ui.data.sources import source_text
from ui.forms.method import choose_method, choose_preset
from ui.forms.preset import FORM_BASE, preset_config, reset_when_base_changes
from ui.forms.scheduler import choose_scheduler
from ui.forms.settings import setting, settings_grid
from ui.forms.start import describe_run, show_command, show_estimate, show_warnings
from ui.frame.fresh import fresh_container
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.config import RunConfig
    from clustergan_core.runs.run import Run

LEARNS_FROM_LABELS = "nemgan-labelled"
SEED_KEY = "training_seed"  # `seed` in the address is that of the z_n which Modes and Interpolate share


def new_run() -> Run | None:
    """The form; returns the run once it has been started."""
    form, summary = st.columns([0.64, 0.36], gap="large")
    data = st.session_state.get(DATASET_KEY, st.query_params.get(DATASET_KEY))
    with form:
        picker, rest = st.container(), fresh_container("training_form", data)
    with summary:
        summary = fresh_container("training_start", data)
    with picker:
        chosen = choose_dataset()
    if chosen is None:
        return None
    source, options, dataset = chosen
    with rest:
        method = choose_method()
        preset = choose_preset(method)
        try:
            base = preset_config(source, options, dataset, method, preset)
            config = _form(base, dataset)
        except SettingsError as problem:
            with summary:
                _refuse(problem)
            return None
    with summary:
        return _start(config, dataset)


def fill_form_from(run: Run) -> dict[str, Any]:
    """Session state that shows a run's choices in the form, to change them and train again."""
    config = run.config
    text = source_text(config.dataset.source)
    take_choices(text, config.dataset.options)
    from clustergan_core.methods import METHODS

    values = {
        DATASET_KEY: text,
        **options_in_form(config.dataset.options),
        "method": METHODS[config.method].title,
        "preset": config.preset,
        "steps": config.schedule.ends[0],
        "evaluate_every": config.schedule.evaluate_every,
        SEED_KEY: config.seed,
        **config.settings,
    }
    return values | {FORM_BASE: (config.dataset.digest, config.method, config.preset)}


def fill_form_with_labels(run: Run) -> dict[str, Any]:
    """Session state that shows a training on a run's data in the form, with the labels given by hand on its map."""
    from clustergan_core.methods import METHODS, parse_settings

    config, facts = run.config, METHODS[LEARNS_FROM_LABELS]
    data, given = config.dataset, read_hand_labels(run)
    preset = facts.find_preset("default", data.source, data.kind, data.shape)
    n_clusters = max(config.n_clusters, len(given.names))
    settings = parse_settings(facts.name, {**preset.settings, "n_clusters": n_clusters, "given": given.text})
    values = {name: value for name, value in fill_form_from(run).items() if name not in config.settings}
    schedule = make_schedule(preset.n_steps, data.shape)
    return values | {
        "method": facts.title,
        "preset": "default",
        "steps": schedule.n_steps,
        "evaluate_every": schedule.evaluate_every,
        **settings.model_dump(),
        FORM_BASE: (data.digest, facts.name, "default"),
    }


def _form(base: RunConfig, dataset: Dataset) -> RunConfig:
    """The chosen settings, starting from the preset's."""
    from clustergan_core.methods import METHODS

    model = METHODS[base.method].Settings
    reset_when_base_changes(base)
    n_clusters, steps, seed = st.columns(3)
    with n_clusters:
        values = {"n_clusters": setting("n_clusters", model.model_fields["n_clusters"], base.n_clusters)}
    with steps:
        n_steps = setting("steps", Schedule.model_fields["n_steps"], base.schedule.n_steps)
    with seed:
        seed_number = setting(SEED_KEY, RunConfig.model_fields["seed"], base.seed)
    note = st.empty()
    others = [name for name in model.model_fields if name != "n_clusters"]
    with st.expander(f"All settings ({len(others)})"):
        values |= settings_grid(model, others, base.settings)
        name, rhythm = st.columns([2, 1])
        with name:
            title = st.text_input(
                "Name", key="title", max_chars=80, help="What to call the run; you can rename it later."
            )
        with rhythm:
            field = Schedule.model_fields["evaluate_every"]
            evaluate_every = setting("evaluate_every", field, base.schedule.evaluate_every)
    changed = {name: value for name, value in values.items() if value != base.settings[name]}
    source, options = base.dataset.source, base.dataset.options
    config = preset_config(
        source,
        options,
        dataset,
        base.method,
        base.preset,
        settings=changed,
        n_steps=n_steps,
        # The proposed value follows the number of steps.
        evaluate_every=None if evaluate_every == base.schedule.evaluate_every else evaluate_every,
        seed=seed_number,
        title=title,
    )
    n_changed = len(changed) + (n_steps != base.schedule.n_steps)
    note.caption(config.notes[0] + (f" {n_changed} changed from the preset." if n_changed else ""))
    return config


def _refuse(problem: SettingsError) -> None:
    """The start box for settings that cannot be trained."""
    with st.container(border=True):
        st.markdown("**This run**")
        show_problem(problem)
        _start_button(is_possible=False)


def _start_button(is_possible: bool = True) -> bool:
    return st.button(
        "Start training", type="primary", icon=":material/play_arrow:", width="stretch", disabled=not is_possible
    )


def _start(config: RunConfig, dataset: Dataset) -> Run | None:
    """The summary of the run, its estimated time, and the button."""
    from clustergan_core.runs.queue.backends import launch

    with st.container(border=True):
        st.markdown("**This run**")
        st.markdown("  \n".join(describe_run(config, dataset)))
        scheduler = choose_scheduler()
        show_warnings(config, dataset)
        is_started = _start_button()
        estimate = st.container()
        show_command(config)
        if is_started:
            try:
                return launch(config, scheduler)
            except AppError as problem:
                show_problem(problem)
        with estimate:
            show_estimate(config, dataset)
    return None
