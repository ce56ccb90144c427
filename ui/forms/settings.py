"""A form derived from a method's settings model: every field appears with its title, help and limits, declared once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ui.frame.choices import is_whole, limit_of, limits_of, linked, number, one_of, select

N_COLUMNS = 3


def settings_grid(model: type[BaseModel], names: Sequence[str], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """One widget for each field, three in a row; returns the values by name.

    The field's name is the widget's key and its parameter in the address.
    """
    values: dict[str, Any] = {}
    for start in range(0, len(names), N_COLUMNS):
        columns = st.columns(N_COLUMNS)
        for column, name in zip(columns, names[start : start + N_COLUMNS], strict=False):
            with column:
                values[name] = setting(name, model.model_fields[name], defaults[name])
    return values


def setting(name: str, field: FieldInfo, default: Any) -> Any:
    """The widget for one field: a list of choices, a switch, a text or a number."""
    label, text = field.title or name, field.description
    choices = literal_choices(field.annotation)
    if choices:
        return select(name, choices, label, default=default, help_text=text)
    if field.annotation is bool:
        with linked(name, one_of([True, False])):
            return st.toggle(label, bool(default), key=name, help=text, bind="query-params")
    if field.annotation is str:
        with linked(name, lambda _: None):
            return st.text_input(label, str(default), key=name, help=text, bind="query-params")
    return number(
        name,
        field,
        default=default,
        step=1 if is_whole(field) else _increment(default),
        number_format=None if is_whole(field) else "%g",
        help_text=_with_limits(text, field),
    )


def optional_number(
    field: FieldInfo, value: float | None, key: str, on_change: Callable[..., None], args: tuple[Any, ...]
) -> None:
    """A number that may be left out: an empty widget switches the setting off."""
    low, high = limits_of(field)
    kind = int if is_whole(field) else float
    is_share = kind is float and high <= 1
    st.session_state[key] = None if value is None else kind(value)
    st.number_input(
        field.title or key,
        kind(low),
        kind(high),
        None,
        kind(1) if kind is int else 0.01 if is_share else 0.5,
        "%d" if kind is int else "%g",
        key=key,
        help=_with_limits(field.description, field),
        placeholder="off",
        on_change=on_change,
        args=args,
    )


def literal_choices(annotation: Any) -> list[str]:
    """The choices of a Literal, or of a union of Literals; empty for anything else."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    parts = [literal_choices(part) for part in get_args(annotation)]
    return [choice for part in parts for choice in part] if parts and all(parts) else []


def _with_limits(text: str | None, field: FieldInfo) -> str:
    phrases = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [f"{phrase} {limit:,}" for name, phrase in phrases.items() if (limit := limit_of(field, name)) is not None]
    return f"{text or ''} {', '.join(limits).capitalize()}.".strip() if limits else text or ""


def _increment(value: float) -> float:
    """A tenth of the number's order of magnitude: 1e-4 for 5e-4, 1 for 10."""
    if value == 0:
        return 0.1
    return 10.0 ** (math.floor(math.log10(abs(value))) - (1 if math.log10(abs(value)).is_integer() else 0))
