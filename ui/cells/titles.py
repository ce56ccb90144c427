"""What a mode is called on a page of cells: the name a person gave it, else the most frequent label of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.errors import SettingsError
from clustergan_core.runs.clusters.names import Annotations
from ui.frame.choices import one_of, write_address
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.scoring.modes import ModeSummary

HELP = "Its number, its name or else the most frequent label of its cells, and how many cells it holds."

_LAST = "last_named_modes"  # session state: modes chosen last, by parameter; a widget's own state ends with its page


@dataclass(frozen=True)
class ModeTitles:
    """Names of the K modes."""

    short: tuple[str, ...]  # for a table's column
    names: tuple[str, ...]  # for a sentence
    choices: tuple[str, ...]  # to choose from
    n_cells: tuple[int | None, ...]  # cells the encoder assigns to each; None while neither they nor the data are here

    def largest(self) -> list[int]:
        """The modes by their number of cells, the largest first; by mode number where that is unknown."""
        return sorted(range(len(self.names)), key=lambda mode: -(self.n_cells[mode] or 0))


def make_titles(
    summary: ModeSummary, annotations: Annotations, clusters: NDArray[np.int64] | None = None
) -> ModeTitles:
    """The names of a run's modes with their numbers of cells.

    `clusters` (N,) are those of all cells; while they are unknown the summary's samples are counted.
    """
    given = annotations.names
    modes = range(summary.n_clusters)
    labels = summary.labels or (None,) * summary.n_clusters
    counts = [None] * summary.n_clusters
    if clusters is not None:
        counts = np.bincount(clusters, minlength=summary.n_clusters).tolist()
    elif summary.usage is not None:
        counts = [round(share * summary.n_samples) for share in summary.usage.tolist()]
    return ModeTitles(
        tuple(given.get(mode) or f"mode {mode}" for mode in modes),
        tuple(_title_in_sentence(mode, given.get(mode), labels[mode]) for mode in modes),
        tuple(_title_in_list(mode, given.get(mode) or labels[mode], counts[mode]) for mode in modes),
        tuple(counts),
    )


def _title_in_sentence(mode: int, given: str | None, label: str | None) -> str:
    """The number stands beside the name, because several modes may share a name or label."""
    if given:
        return f"{given} (mode {mode})"
    return f"mode {mode}, mostly {label}" if label else f"mode {mode}"


def _title_in_list(mode: int, name: str | None, n_cells: int | None) -> str:
    parts = [f"mode {mode}", name or "", "" if n_cells is None else f"{n_cells:,}" if n_cells else "no cell"]
    return " · ".join(part for part in parts if part)


def choose_named_mode(parameter: str, label: str, titles: ModeTitles, default: int) -> int:
    """A picker of modes by name, whose number stands in the address as `parameter`."""
    key = f"named_{parameter}"
    last: dict[str, int] = st.session_state.setdefault(_LAST, {})
    n_modes = len(titles.names)
    if key not in st.session_state:
        st.session_state[key] = _mode_in_address(parameter, n_modes, last.get(parameter, default))
    if not 0 <= st.session_state[key] < n_modes:
        st.session_state[key] = default  # another run has fewer modes
    mode = st.selectbox(label, range(n_modes), key=key, format_func=titles.choices.__getitem__, help=HELP)
    last[parameter] = mode
    write_address(parameter, str(mode))
    return mode


def _mode_in_address(parameter: str, n_modes: int, otherwise: int) -> int:
    """The mode in the address; a wrong one is reported, and `otherwise` takes its place."""
    asked = st.query_params.get(parameter)
    if asked is None:
        return otherwise
    try:
        one_of(range(n_modes))(asked)
    except SettingsError as reason:
        show_problem(f"The address asks for {parameter}={asked}, but {reason}; another is shown.")
        return otherwise
    return int(asked)
