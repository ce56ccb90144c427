"""Widgets that change how a count matrix is prepared: each shows the present choice and sets another when changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from clustergan_core.data.counts.preparation_options import OFF, preset_of, read_preparation, write_preparation
from clustergan_core.data.counts.settings import QualitySettings, quality_preset
from ui.data.count_choices import CountChoices, prepare_by
from ui.forms.settings import optional_number
from ui.frame.messages import page_errors

if TYPE_CHECKING:
    from clustergan_core.data.counts.settings import PreparationSettings

_KEY = "prepare_{}"  # of the widget of a setting


@dataclass(frozen=True)
class PreparationForm:
    """The settings of one matrix, and the preset of quality control they started from."""

    data: str  # what the address calls the matrix
    settings: PreparationSettings
    quality: str
    n_genes: int  # of the file, by which presets ask for genes

    def threshold(self, name: str) -> None:
        """The number of one rule of quality control; empty switches the rule off."""
        field = type(self.settings.quality).model_fields[name]
        value = getattr(self.settings.quality, name) or None
        optional_number(field, value, key(name), self._setter(), (name,))

    def number(self, name: str) -> None:
        """The number of one setting; empty restores its default."""
        field = type(self.settings).model_fields[name]
        optional_number(field, getattr(self.settings, name), key(name), self._setter(), (name,))

    def switch(self, name: str) -> None:
        """A setting that is on or off."""
        field = type(self.settings).model_fields[name]
        st.session_state[key(name)] = getattr(self.settings, name)
        st.toggle(field.title or name, key=key(name), help=field.description, on_change=self._setter(), args=(name,))

    def choice(self, name: str, captions: dict[str, str]) -> None:
        """A setting with a few options, with a sentence for each."""
        field = type(self.settings).model_fields[name]
        st.session_state[key(name)] = getattr(self.settings, name)
        st.radio(
            field.title or name,
            list(captions),
            captions=list(captions.values()),
            key=key(name),
            on_change=self._setter(),
            args=(name,),
        )

    def words(self, name: str, titles: dict[str, str]) -> None:
        """A rule of quality control with a few options, each by its title."""
        field = type(self.settings.quality).model_fields[name]
        st.session_state[key(name)] = getattr(self.settings.quality, name)
        st.segmented_control(
            field.title or name,
            list(titles),
            format_func=titles.__getitem__,
            required=True,
            key=key(name),
            help=field.description,
            on_change=self._setter(),
            args=(name,),
        )

    def start_from(self, quality: str) -> None:
        """Sets all thresholds to a preset of quality control and keeps the rest; called from a callback."""

        rules = quality_preset(quality, self.n_genes)
        self._prepare(self.settings.model_copy(update={"quality": rules}), quality)

    def prepare_as(self, preset: str) -> None:
        """Sets everything to a preset; called from a callback."""

        options = {"preset": preset}
        self._prepare(read_preparation(options, self.n_genes), preset_of(options))

    def _setter(self) -> Callable[[str], None]:
        """A callback that sets what the widget of a setting now holds."""

        @page_errors()
        def set_option(name: str) -> None:
            options = write_preparation(self.settings, self.quality, self.n_genes)
            options.pop(name, None)
            self._prepare(read_preparation(options | _option(name), self.n_genes), self.quality)

        return set_option

    def _prepare(self, settings: PreparationSettings, quality: str = "") -> None:

        prepare_by(self.data, write_preparation(settings, quality, self.n_genes))


def read_form(data: str, choices: CountChoices, n_genes: int) -> PreparationForm:
    """The form of a matrix with its present choices."""

    settings = read_preparation(choices.preparation, n_genes)
    return PreparationForm(data, settings, preset_of(choices.preparation), n_genes)


def key(name: str) -> str:
    """The key of a setting's widget."""
    return _KEY.format(name)


def _option(name: str) -> dict[str, str]:
    """The value of a widget as an option; empty switches a rule off or restores the default of a setting."""

    value: Any = st.session_state[key(name)]
    is_rule = name in QualitySettings.model_fields
    if value is None:
        return {name: OFF} if is_rule else {}
    if is_rule and value == 0:
        return {name: OFF}
    return {name: f"{value:.10g}" if isinstance(value, float) else str(value).lower()}
