"""What a sweep varies: a paper's setting and values, or any setting of the method at any values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from clustergan_core.data.options import join_values, split_values
from clustergan_core.errors import SettingsError
from clustergan_core.methods import find_method, parse_settings, try_networks
from clustergan_core.runs.sweeps.plan import setting_title
from clustergan_core.runs.sweeps.presets import SWEEP_PRESETS, values_of
from ui.forms.settings import literal_choices
from ui.frame.choices import linked, segmented, select

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.config import RunConfig

_COLUMNS = [0.4, 0.6]
OWN, NOTHING = "Another setting", "nothing else"
ONLY_METHODS = "Only the method"
_PROPOSED_FOR = (
    "values_proposed_for"  # session state: what the values in each field were proposed for, by the field's key
)


@dataclass(frozen=True)
class ChosenAxes:
    """What a sweep varies, and what a paper's table fixes beside it."""

    axes: dict[str, tuple[str, ...]]  # settings and the values they take, as typed
    fixed: Mapping[str, Any]
    scales_rate: bool


def shared_settings(methods: Sequence[str]) -> list[str]:
    """The settings that all of some methods have, in the order of the first."""
    first, *others = (find_method(method).Settings.model_fields for method in methods)
    return [name for name in first if all(name in fields for fields in others)]


def choose_axes(base: RunConfig, others: Sequence[RunConfig], dataset: Dataset) -> ChosenAxes:
    """Settings and the values they take, none if only methods vary; SettingsError for fewer than two values."""
    settings = shared_settings([base.method, *(config.method for config in others)])
    presets = {
        preset.title: preset for preset in SWEEP_PRESETS.values() if {preset.setting, *preset.fixed} <= set(settings)
    }
    choices = [*([ONLY_METHODS] if others else []), *presets, OWN]
    over = segmented(
        "over",
        choices,
        "What to vary",
        help_text="What papers varied, at their values, or a setting of your choice. Settings that only some of the "
        "chosen methods have are not offered.",
    )
    if over == ONLY_METHODS:
        return ChosenAxes({}, {}, scales_rate=False)
    preset = presets.get(over)
    if preset is not None:
        name, proposed = preset.setting, values_of(preset, dataset.n_confirmed_labels)
        values: DeltaGenerator = st.container()
    else:
        first, values = st.columns(_COLUMNS)
        with first:
            name = _choose_setting("vary", "Setting", base.method, list(settings))
        proposed = _propose(base, name)
    axes = {}
    with values:
        axes[name] = _type_values("values", base, name, proposed)
    second, values = st.columns(_COLUMNS)
    with second:
        also = _choose_setting("also", "And also", base.method, [None, *(other for other in settings if other != name)])
    if also is not None:
        with values:
            axes[also] = _type_values("also_values", base, also, _propose(base, also))
    fixed = {} if preset is None else {name: value for name, value in preset.fixed.items() if name not in axes}
    scales_rate = preset is not None and preset.scales_rate
    _describe_table(base.method, fixed, scales_rate=scales_rate)
    return ChosenAxes(axes, fixed, scales_rate)


def _describe_table(method: str, fixed: Mapping[str, Any], *, scales_rate: bool) -> None:
    """What is as in the paper's table, beside the values."""
    as_printed = [f"{setting_title(method, name)} = {value}" for name, value in fixed.items()]
    as_printed += ["learning rate × batch size / the preset's"] if scales_rate else []
    if as_printed:
        st.caption(f"As in the paper's table: {', '.join(as_printed)}.")


def _choose_setting(key: str, label: str, method: str, names: Sequence[str | None]) -> Any:
    fields = find_method(method).Settings.model_fields
    titles = {NOTHING if name is None else fields[name].title or name: name for name in names}
    return titles[select(key, list(titles), label)]


def _type_values(key: str, base: RunConfig, name: str, proposed: Sequence[Any]) -> tuple[str, ...]:
    """A field for values; other data or another setting proposes others."""
    text = ", ".join(map(str, proposed))
    belongs_to = (base.dataset.digest, base.method, name)
    before = st.session_state.setdefault(_PROPOSED_FOR, {})
    if key in before and before[key] != belongs_to:
        st.session_state[key] = text
    before[key] = belongs_to
    field = find_method(base.method).Settings.model_fields[name]
    choices = literal_choices(field.annotation)
    with linked(key, lambda _: None):
        typed = st.text_input(
            f"Values of {setting_title(base.method, name)}",
            text,
            key=key,
            bind="query-params",
            help=f"{field.description or ''} {'Possible: ' + ', '.join(choices) + '.' if choices else ''}".strip(),
        )
    return read_values(typed or "", setting_title(base.method, name), proposed)


def read_values(text: str, title: str, examples: Sequence[Any]) -> tuple[str, ...]:
    """Values between commas; SettingsError for fewer than two, which would vary nothing."""
    values = tuple(dict.fromkeys(value.strip() for value in split_values(text) if value.strip())) if text else ()
    if len(values) < 2:
        such_as = join_values([str(value) for value in examples[:3]]).replace(",", ", ")
        given = f"has one value ({values[0]})" if values else "has no values"
        raise SettingsError(f"{title} {given}: enter at least two, such as {such_as or '7, 9, 10'}.")
    return values


def _propose(base: RunConfig, name: str) -> tuple[Any, ...]:
    """All choices, or half, once and twice the preset's number, as far as method and data allow."""
    field = find_method(base.method).Settings.model_fields[name]
    value = base.settings[name]
    if choices := literal_choices(field.annotation):
        proposed = choices
    elif isinstance(value, bool):
        proposed = [False, True]
    elif isinstance(value, str):
        proposed = [value] if value else []
    else:
        proposed = [value // 2 if isinstance(value, int) else value / 2, value, value * 2]
    return tuple(dict.fromkeys(each for each in proposed if _is_possible(base, name, each)))


def _is_possible(base: RunConfig, name: str, value: Any) -> bool:
    try:
        settings = parse_settings(base.method, base.settings | {name: value})
        try_networks(base.method, settings, base.dataset.kind, base.dataset.shape)
    except SettingsError:
        return False
    return True
