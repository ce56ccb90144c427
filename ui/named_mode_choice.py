"""Choosing a mode by its name. The address holds its number, because names change and links must not."""

from __future__ import annotations

import streamlit as st

from clustergan_core.errors import SettingsError
from ui.choices import one_of, write_address
from ui.messages import show_problem
from ui.mode_titles import ModeTitles

HELP = "Its number, its name or else the label most of its cells have, and how many cells it has."

_LAST = "last_named_modes"  # session state: modes chosen last, by parameter; a widget's own state ends with its page


def choose_named_mode(parameter: str, label: str, titles: ModeTitles, default: int) -> int:
    """A picker of modes by name, whose number stands in the address as `parameter`."""
    key = f"named_{parameter}"
    last: dict[str, int] = st.session_state.setdefault(_LAST, {})
    n_modes = len(titles.names)
    if key not in st.session_state:
        st.session_state[key] = _asked(parameter, n_modes, last.get(parameter, default))
    if not 0 <= st.session_state[key] < n_modes:
        st.session_state[key] = default  # another run has fewer modes
    mode = st.selectbox(label, range(n_modes), key=key, format_func=titles.choices.__getitem__, help=HELP)
    last[parameter] = mode
    write_address(parameter, str(mode))
    return mode


def _asked(parameter: str, n_modes: int, otherwise: int) -> int:
    """The mode in the address; a wrong one is named and left out."""
    asked = st.query_params.get(parameter)
    if asked is None:
        return otherwise
    try:
        one_of(range(n_modes))(asked)
    except SettingsError as reason:
        show_problem(f"The address asks for {parameter}={asked}, but {reason}; another is shown.")
        return otherwise
    return int(asked)
