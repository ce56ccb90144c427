"""A preset's values as the start of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.data.options import OwnDataOptions
    from clustergan_core.preset import PresetName
    from clustergan_core.runs.config import RunConfig

FORM_BASE = "form_base"  # session state: the data, method and preset that the form's values belong to


def preset_config(
    source: str, options: OwnDataOptions, dataset: Dataset, method: str, preset: PresetName, **given: Any
) -> RunConfig:
    """A run's config on this machine's device, with the given values instead of the preset's."""
    from clustergan_core.runs.configure import make_config
    from clustergan_core.runs.worker import choose_device

    return make_config(
        dataset, source, method=method, preset=preset, options=options, device=choose_device("auto"), **given
    )


def reset_when_base_changes(base: RunConfig) -> None:
    """Sets every value to the preset's when data, method or preset change; the values of a link stay."""
    belongs_to = (base.dataset.digest, base.method, base.preset)
    before = st.session_state.get(FORM_BASE)
    if before is not None and before != belongs_to:
        rhythm = {"steps": base.schedule.n_steps, "evaluate_every": base.schedule.evaluate_every}
        st.session_state.update(base.settings | rhythm)
    st.session_state[FORM_BASE] = belongs_to
