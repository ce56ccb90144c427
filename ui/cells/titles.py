"""What a mode is called on a page of cells: the name a person gave it, else the label most of its cells have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from clustergan_core.errors import SettingsError
from clustergan_core.runs.run import Run
from ui.cells.loading import real_cells
from ui.cells.names import names_of
from ui.frame.choices import one_of, write_address
from ui.frame.messages import show_problem
from ui.loading.modes import summary_of

HELP = "Its number, its name or else the label most of its cells have, and how many cells it has."

_LAST = "last_named_modes"  # session state: modes chosen last, by parameter; a widget's own state ends with its page


@dataclass(frozen=True)
class ModeTitles:
    """Names of the K modes."""

    short: tuple[str, ...]  # for a table's column
    names: tuple[str, ...]  # for a sentence
    choices: tuple[str, ...]  # to choose from
    n_cells: tuple[int | None, ...]  # cells the encoder assigns to each; None while neither they nor the data are here

    def largest(self) -> list[int]:
        """The modes by their cells, the largest first; by number where they are not known."""
        return sorted(range(len(self.names)), key=lambda mode: -(self.n_cells[mode] or 0))


def mode_titles(run: Run) -> ModeTitles:
    """The names of a run's modes with their cells: all of the data, or the test samples while it is absent."""
    summary, given = summary_of(run), names_of(run).names
    modes = range(summary.n_clusters)
    labels = summary.labels or (None,) * summary.n_clusters
    counts = [None] * summary.n_clusters
    cells = real_cells(run)
    if cells is not None:
        counts = np.bincount(cells.latents.clusters, minlength=summary.n_clusters).tolist()
    elif summary.usage is not None:
        counts = [round(share * summary.n_samples) for share in summary.usage.tolist()]
    return ModeTitles(
        tuple(given.get(mode) or f"mode {mode}" for mode in modes),
        tuple(_name(mode, given.get(mode), labels[mode]) for mode in modes),
        tuple(_choice(mode, given.get(mode) or labels[mode], counts[mode]) for mode in modes),
        tuple(counts),
    )


def _name(mode: int, given: str | None, label: str | None) -> str:
    """The number stands beside the name: several modes may have one name or label."""
    if given:
        return f"{given} (mode {mode})"
    return f"mode {mode}, mostly {label}" if label else f"mode {mode}"


def _choice(mode: int, name: str | None, n_cells: int | None) -> str:
    parts = [f"mode {mode}", name or "", "" if n_cells is None else f"{n_cells:,}" if n_cells else "no cell"]
    return " · ".join(part for part in parts if part)


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
