"""How a count matrix is read and prepared, as chosen on the Data page: kept in the address and from page to page.

The address uses the options of the command line: ?prepare=quality=classic&prepare=n_genes=500. It belongs to
one file; another file starts from the defaults. Samples are part of it: ?further= holds the other files,
?sample= the column that tells samples apart, ?samples= the digest of the table that describes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.options import Orientation, OwnDataOptions, ReadAs
from clustergan_core.errors import DataError, SettingsError
from ui.data.sample_tables import find_table, table_digest
from ui.data.sources import source_of, source_text
from ui.frame.messages import show_problem

PREPARE, ORIENTATION, READ_AS = "prepare", "orientation", "read_as"  # parameters of the address
# `sample` and `samples` are one row, and a number of rows, on Map and Interpolate.
FURTHER, SAMPLE, SAMPLES = "further", "samples_by", "samples_table"
_CHOSEN = "count_choices"  # session state: (what data, the choices, those before them)
MAX_UNDO = 50


@dataclass(frozen=True)
class CountChoices:
    """What a person chose instead of what is detected."""

    read_as: ReadAs = "auto"
    orientation: Orientation = "auto"
    preparation: Mapping[str, str] = field(default_factory=dict)
    further: tuple[str, ...] = ()  # sources of further samples
    sample: str | None = None  # the column that tells samples apart
    samples: str | None = None  # the file of the table that describes them


@dataclass(frozen=True)
class _Chosen:
    data: str
    now: CountChoices
    before: tuple[CountChoices, ...] = ()


def count_choices(data: str) -> CountChoices:
    """The choices for this data: those of the address, else those made before in this session.

    A wrong choice in the address is named in one sentence and left out.
    """
    chosen: _Chosen | None = st.session_state.get(_CHOSEN)
    asked = {name: st.query_params.get_all(name) for name in _in_lists(CountChoices())}
    if chosen is None or chosen.data != data:
        chosen = _Chosen(data, _read_address(asked))
    elif any(asked.values()) and asked != _in_lists(chosen.now):  # a link
        chosen = _Chosen(data, _read_address(asked), chosen.before)
    st.session_state[_CHOSEN] = chosen
    _write_address(chosen.now)
    return chosen.now


def leave_choices(data: str) -> None:
    """Drops the choices for other data, also from the address, before the page shows `data`."""
    chosen: _Chosen | None = st.session_state.get(_CHOSEN)
    if chosen is not None and chosen.data != data:
        del st.session_state[_CHOSEN]
        _write_address(CountChoices())


def set_choices(data: str, choices: CountChoices) -> None:
    """Sets the choices for this data; called from a widget's callback, so that the page is drawn with them."""
    chosen: _Chosen | None = st.session_state.get(_CHOSEN)
    before = chosen.before if chosen is not None and chosen.data == data else ()
    if chosen is not None and chosen.data == data and chosen.now != choices:
        before = (*before, chosen.now)[-MAX_UNDO:]
    st.session_state[_CHOSEN] = _Chosen(data, choices, before)
    _write_address(choices)


def prepare_by(data: str, preparation: Mapping[str, str]) -> None:
    """Sets the preparation of this data from a widget's callback."""
    set_choices(data, replace(count_choices(data), preparation=dict(preparation)))


def take_choices(data: str, options: OwnDataOptions) -> None:
    """Sets the choices for this data to those of a run's options."""
    set_choices(data, _choices_of(options))


def can_undo(data: str) -> bool:
    """Whether a choice was made before the present one."""
    chosen: _Chosen | None = st.session_state.get(_CHOSEN)
    return chosen is not None and chosen.data == data and bool(chosen.before)


def undo_choice(data: str) -> None:
    """Goes back to the choices before the present ones."""
    chosen: _Chosen | None = st.session_state.get(_CHOSEN)
    if chosen is not None and chosen.data == data and chosen.before:
        st.session_state[_CHOSEN] = _Chosen(data, chosen.before[-1], chosen.before[:-1])
        _write_address(chosen.before[-1])


def choices_in_address(options: OwnDataOptions) -> dict[str, Any]:
    """Options as parameters of an address, without those that have their default."""
    return {name: texts for name, texts in _in_lists(_choices_of(options)).items() if texts}


def _choices_of(options: OwnDataOptions) -> CountChoices:
    return CountChoices(
        read_as=options.read_as,
        orientation=options.orientation,
        preparation=options.preparation,
        further=options.further,
        sample=options.sample,
        samples=options.samples,
    )


def _in_lists(choices: CountChoices) -> dict[str, list[str]]:
    return {
        PREPARE: [f"{name}={value}" for name, value in choices.preparation.items()],
        ORIENTATION: [] if choices.orientation == "auto" else [choices.orientation],
        READ_AS: [] if choices.read_as == "auto" else [choices.read_as],
        FURTHER: [source_text(source) for source in choices.further],
        SAMPLE: [] if choices.sample is None else [choices.sample],
        SAMPLES: [] if choices.samples is None else [table_digest(Path(choices.samples))],
    }


def _write_address(choices: CountChoices) -> None:
    for name, texts in _in_lists(choices).items():
        if texts != st.query_params.get_all(name):
            if texts:
                st.query_params[name] = texts
            else:
                del st.query_params[name]


def _read_address(asked: Mapping[str, list[str]]) -> CountChoices:
    return CountChoices(
        read_as=_one_of(READ_AS, asked[READ_AS], ReadAs),
        orientation=_one_of(ORIENTATION, asked[ORIENTATION], Orientation),
        preparation=_read_preparation(asked[PREPARE]),
        further=_read_further(asked[FURTHER]),
        sample=asked[SAMPLE][-1] if asked[SAMPLE] else None,
        samples=_read_table(asked[SAMPLES]),
    )


def _read_further(texts: list[str]) -> tuple[str, ...]:
    sources = []
    for text in texts:
        try:
            sources.append(source_of(text))
        except DataError as problem:
            show_problem(f"The address asks for a further sample. {problem}")
    return tuple(sources)


def _read_table(texts: list[str]) -> str | None:
    if not texts:
        return None
    path = find_table(texts[-1])
    if path is None:
        show_problem(
            f"The address asks for {SAMPLES}={texts[-1]}, a table that is not here: describe the samples again."
        )
        return None
    return str(path)


def _read_preparation(texts: list[str]) -> dict[str, str]:

    preparation = {name: value for name, _, value in (text.partition("=") for text in texts)}
    try:
        read_preparation(preparation)
    except SettingsError as problem:
        show_problem(f"The address asks for an impossible preparation. {problem}")
        return {}
    return preparation


def _one_of(name: str, texts: list[str], choices: Any) -> Any:
    if not texts or texts[-1] in get_args(choices):
        return texts[-1] if texts else "auto"
    possible = ", ".join(get_args(choices))
    show_problem(f"The address asks for {name}={texts[-1]}, but it can be {possible}; auto is used.")
    return "auto"
