"""Choices that live in the address, so that a link restores the view, and that follow the person from page to page.

A widget with `key="mu", bind="query-params"` already reads and writes `?mu=`. Streamlit silently drops a wrong
value and forgets the value on the next page; the widgets of this file name the wrong value and carry the right one:

    view = segmented("view", ["Table", "Figure"], "View")
    mu = slider("mu", "μ", 0, 1, 0.5)

The first argument is the widget's key and the address's parameter. What stands in the address is the text the widget
shows, so options are given in the words a link should hold. `linked` does the same around any other widget.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar, cast, get_args

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from clustergan_core.errors import SettingsError
from ui.frame.messages import show_problem

# What the text of a choice has to be; raises SettingsError with the second half of the sentence.
Check = Callable[[str], None]

_CARRIED = "carried"  # session state: the last value of every linked choice, by name
_TEXTS = "carried_texts"  # session state: the text of each in the address; none for a default
N_NAMED = 12  # options a message still lists
N_NAMED_RUNS = 3  # for runs and sweeps, whose names are long and whose picker lists them all
_MAX_WHOLE = 2**53 - 1  # a browser counts no further

_Option = TypeVar("_Option")
LabelVisibility = Literal["visible", "hidden", "collapsed"]


def one_of(options: Sequence[object], n_named: int = N_NAMED) -> Check:
    """The text is one of the options as shown; the error lists up to `n_named` of them."""
    texts = [str(option) for option in options]

    def check(text: str) -> None:
        if text in texts:
            return
        named = ", ".join(texts[:n_named]) + (f" and {len(texts) - n_named} more" if len(texts) > n_named else "")
        raise SettingsError(f"it can be {named}" if texts else "there is nothing to choose from yet")

    return check


def number_between(low: float, high: float) -> Check:
    """The text is a number from low to high, both included."""

    def check(text: str) -> None:
        try:
            is_inside = math.isfinite(float(text)) and low <= float(text) <= high
        except ValueError:
            is_inside = False
        if not is_inside:
            raise SettingsError(f"it is a number from {low:g} to {high:g}")

    return check


def whole_number_between(low: int, high: int) -> Check:
    """The text is a whole number from low to high, both included."""

    def check(text: str) -> None:
        try:
            is_inside = low <= int(text) <= high
        except ValueError:
            is_inside = False
        if not is_inside:
            raise SettingsError(f"it is a whole number from {low} to {high}")

    return check


def carried(name: str) -> object | None:
    """The last value of a linked choice in this session, on any page; None where there is none."""
    return st.session_state.get(_CARRIED, {}).get(name)


@contextmanager
def linked(name: str, check: Check) -> Iterator[None]:
    """Goes around a widget whose key is `name` and whose bind is "query-params".

    A value in the address that the check refuses is named in one sentence and the widget falls back to its default; a
    value chosen earlier that no longer fits (another run has fewer modes) falls back silently. Each value of a widget
    that holds several is checked, and those that fit stay.
    """
    carried: dict[str, object] = st.session_state.setdefault(_CARRIED, {})
    texts: dict[str, list[str]] = st.session_state.setdefault(_TEXTS, {})
    asked = st.query_params.get_all(name)
    if name in st.session_state:
        fitting = _fitting(check, st.session_state[name])
        if fitting is None:
            del st.session_state[name]
        elif fitting != st.session_state[name] or (name in carried and fitting == carried[name]):
            # It may be the value of the last page's widget, which Streamlit drops when this page's takes its place.
            st.session_state[name] = fitting
            if not asked and texts.get(name):
                write_address(name, [text for text in texts[name] if not _refusal(check, text)])
    elif asked:
        last = carried.get(name)
        last_texts = [str(part) for part in (last if isinstance(last, list) else [last])]
        refused = [text for text in asked if _refusal(check, text) and text not in last_texts]
        if refused:
            rest = "the default is shown" if len(refused) == len(asked) else "the others are shown"
            reason = _refusal(check, refused[0])
            show_problem(SettingsError(f"The address asks for {name}={refused[0]}, but {reason}; {rest}."))
    elif name in carried and (fitting := _fitting(check, carried[name])) is not None:
        st.session_state[name] = fitting
    yield
    if name in st.session_state:
        carried[name] = st.session_state[name]
        texts[name] = st.query_params.get_all(name)


def segmented(
    name: str,
    options: Sequence[_Option],
    label: str,
    *,
    default: _Option | None = None,
    help_text: str | None = None,
    label_visibility: LabelVisibility = "visible",
    disabled: bool = False,
    on_change: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
) -> _Option:
    """One of a few options in a row, the first unless there is another `default`."""
    usual = options[0] if default is None else default
    with linked(name, one_of(options)):
        chosen = st.segmented_control(
            label,
            options,
            default=usual,
            required=True,
            format_func=str,
            key=name,
            bind="query-params",
            help=help_text,
            label_visibility=label_visibility,
            disabled=disabled,
            on_change=on_change,
            args=args,
        )
    # Nothing is chosen for a moment when Back leads to an address without this choice.
    return usual if chosen is None else cast("_Option", chosen)


def select(
    name: str,
    options: Sequence[_Option],
    label: str,
    *,
    default: _Option | None = None,
    help_text: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    on_change: Callable[[], None] | None = None,
) -> _Option:
    """One of many options from a list, the first unless there is another `default`."""
    with linked(name, one_of(options)):
        chosen = st.selectbox(
            label,
            options,
            0 if default is None else options.index(default),
            key=name,
            bind="query-params",
            help=help_text,
            width=width,
            on_change=on_change,
        )
    return cast("_Option", chosen)


def number(
    name: str,
    field: FieldInfo,
    *,
    label: str | None = None,
    default: float | None = None,
    step: float | None = None,
    number_format: str | None = None,
    help_text: str | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> Any:
    """The number of a pydantic field, whose title, description, limits and default hold unless others are given.

    An int where the field holds ints, else a float.
    """
    value = field.default if default is None else default
    kind = int if is_whole(field) else float
    low, high = limits_of(field)
    check = whole_number_between(int(low), int(high)) if kind is int else number_between(low, high)
    with linked(name, check):
        return st.number_input(
            label or field.title or name,
            kind(low),
            kind(high),
            kind(value),
            None if step is None else kind(step),
            number_format,
            key=name,
            bind="query-params",
            help=field.description if help_text is None else help_text,
            width=width,
        )


def slider(
    name: str, label: str, low: float, high: float, default: float, step: float = 0.01, *, help_text: str | None = None
) -> float:
    """A number from low to high, on a slider."""
    with linked(name, number_between(low, high)):
        return st.slider(
            label, float(low), float(high), float(default), step, key=name, bind="query-params", help=help_text
        )  # fmt: skip


def is_whole(field: FieldInfo) -> bool:
    """Whether a field holds whole numbers, perhaps None too; one without an annotation is judged by its default."""
    return (
        isinstance(field.default, int)
        if field.annotation is None
        else int in (field.annotation, *get_args(field.annotation))
    )


def limits_of(field: FieldInfo) -> tuple[float, float]:
    """The lowest and highest value a widget lets through; the model refuses the ends of open intervals."""
    low, high = limit_of(field, "ge", "gt"), limit_of(field, "le", "lt")
    return max(-_MAX_WHOLE, -_MAX_WHOLE if low is None else low), min(_MAX_WHOLE, _MAX_WHOLE if high is None else high)


def limit_of(field: FieldInfo, *names: str) -> float | None:
    """The first of the limits "ge", "gt", "le" and "lt" that a field has."""
    limits = (getattr(limit, name, None) for limit in field.metadata for name in names)
    return next((limit for limit in limits if limit is not None), None)


def write_address(name: str, text: str | list[str]) -> bool:
    """Writes a choice to the address before its widget is drawn; False after that, as the widget writes its own."""
    try:
        st.query_params[name] = text
    except StreamlitAPIException:
        return False
    return True


def respell(name: str, spell: Callable[[str], Sequence[str]]) -> None:
    """Rewrites a choice in the address by the options of its widget, before the widget is drawn.

    `spell` gives the options that a text stands for, none where it has no meaning.
    """
    asked = st.query_params.get_all(name)
    spelt = [text for part in asked for text in spell(part)]
    if spelt != asked and write_address(name, spelt):
        # The widget would read the address as it was when this run began.
        st.rerun()


def keep_in_history(name: str) -> None:
    """Keeps a choice that several pages share in the address on a change of page; called after its widget.

    Streamlit removes the parameters of the widgets of the page that is left, even where Back leads to an entry that
    has them, and adds an entry of its own to the history. By now the widget has read the address, and the browser
    writes it.
    """
    context = get_script_run_ctx()
    assert context is not None
    with context.session_state.query_params() as parameters:
        if binding := parameters.get_binding_for_param(name):
            parameters.unbind_widget(binding.widget_id)


def _fitting(check: Check, value: object) -> object | None:
    """A value that fits, or of several those that do; None where the value does not fit."""
    if isinstance(value, list):
        return [part for part in value if not _refusal(check, part)]
    return None if _refusal(check, value) else value


def _refusal(check: Check, value: object) -> str | None:
    """Why a value does not fit, or None when it does."""
    try:
        check(str(value))
    except SettingsError as problem:
        return str(problem)
    return None
