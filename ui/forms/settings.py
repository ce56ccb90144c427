"""A form derived from a method's settings model: every field appears with its title, help and limits, declared once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ui.frame.choices import linked, number, one_of, whole_number

N_COLUMNS = 3
_MAX_WHOLE = 2**53 - 1  # a browser counts no further


def settings_grid(model: type[BaseModel], names: Sequence[str], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """One widget a field, three in a line; returns the values by name. A widget's key, and its place in the address,
    is the field's name."""
    values: dict[str, Any] = {}
    for start in range(0, len(names), N_COLUMNS):
        columns = st.columns(N_COLUMNS)
        for column, name in zip(columns, names[start : start + N_COLUMNS], strict=False):
            with column:
                values[name] = setting(name, model.model_fields[name], defaults[name])
    return values


def setting(name: str, field: FieldInfo, default: Any) -> Any:
    """The widget for one field: a list of choices, a switch or a number."""
    label, text = field.title or name, field.description
    choices = literal_choices(field.annotation)
    if choices:
        with linked(name, one_of(choices)):
            index = choices.index(default)
            return st.selectbox(label, choices, index, key=name, help=text, bind="query-params")
    if field.annotation is bool:
        with linked(name, one_of([True, False])):
            return st.toggle(label, bool(default), key=name, help=text, bind="query-params")
    return _number(name, label, text, field, default)


def optional_number(
    field: FieldInfo, value: float | None, key: str, on_change: Callable[..., None], args: tuple[Any, ...]
) -> None:
    """A number that may be left out, as this session state has it; an empty widget means that the setting is off."""
    low, high = _limits(field)
    is_whole = int in (field.annotation, *get_args(field.annotation))
    is_share = not is_whole and high <= 1
    kind = int if is_whole else float
    st.session_state[key] = None if value is None else kind(value)
    st.number_input(
        field.title or key,
        kind(low),
        kind(high),
        None,
        kind(1) if is_whole else 0.01 if is_share else 0.5,
        "%d" if is_whole else "%g",
        key=key,
        help=_with_limits(field.description, field),
        placeholder="off",
        on_change=on_change,
        args=args,
    )


def literal_choices(annotation: Any) -> list[str]:
    """The words of a Literal, or of a union of Literals; empty for anything else."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    parts = [literal_choices(part) for part in get_args(annotation)]
    return [word for words in parts for word in words] if parts and all(parts) else []


def _number(name: str, label: str, text: str | None, field: FieldInfo, default: float) -> float:
    low, high = _limits(field)
    text = _with_limits(text, field)
    if field.annotation is int:
        low, high = int(low), int(high)
        with linked(name, whole_number(low, high)):
            return st.number_input(label, low, high, int(default), 1, key=name, help=text, bind="query-params")
    low, high, default = float(low), float(high), float(default)
    with linked(name, number(low, high)):
        return st.number_input(
            label, low, high, default, _increment(default), "%g", key=name, help=text, bind="query-params"
        )


def _limits(field: FieldInfo) -> tuple[float, float]:
    """The lowest and highest value a widget lets through; the ends of open limits are left to the model to refuse."""
    low, high = _limit(field, "ge", "gt"), _limit(field, "le", "lt")
    return max(-_MAX_WHOLE, -_MAX_WHOLE if low is None else low), min(_MAX_WHOLE, _MAX_WHOLE if high is None else high)


def _limit(field: FieldInfo, *names: str) -> float | None:
    found = (getattr(limit, name, None) for limit in field.metadata for name in names)
    return next((value for value in found if value is not None), None)


def _with_limits(text: str | None, field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [f"{word} {limit:,}" for name, word in words.items() if (limit := _limit(field, name)) is not None]
    return f"{text or ''} {', '.join(limits).capitalize()}.".strip() if limits else text or ""


def _increment(value: float) -> float:
    """A tenth of the number's own size: 1e-4 for 5e-4, 1 for 10."""
    if value == 0:
        return 0.1
    return 10.0 ** (math.floor(math.log10(abs(value))) - (1 if math.log10(abs(value)).is_integer() else 0))
