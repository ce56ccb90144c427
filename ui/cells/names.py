"""What a run's clusters are called, and choosing among them: by name, and known by number, because names change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.clusters.names import Annotations, read_annotations, set_aside_annotations
from clustergan_core.runs.run import Run
from ui.frame.choices import one_of, write_address
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.names import Annotations, ClusterGroup


def names_of(run: Run) -> Annotations:
    """The names and notes kept of a run; where they cannot be read the page says so and goes on with numbers."""

    try:
        return read_annotations(run)
    except RunError as problem:
        show_problem(problem)
        if st.button("Set it aside", key="set_aside", icon=":material/inventory_2:", help="Renames the file."):
            set_aside_annotations(run)
            st.rerun()
        return Annotations()


def choose_group(parameter: str, groups: Sequence[ClusterGroup]) -> ClusterGroup:
    """One of the groups, by the number of its first cluster in the address as `parameter`."""
    key = f"one_{parameter}"
    by_first = {group.clusters[0]: group for group in groups}
    kept = st.session_state.get(key, _asked(parameter, list(by_first)))
    if key not in st.session_state or kept not in by_first:
        # What was chosen may have been merged into another since.
        home = (first for first, group in by_first.items() if kept in group.clusters)
        st.session_state[key] = next(home, min(by_first))
    first = st.selectbox("Cluster", list(by_first), format_func=_name_of(by_first), key=key, width=260)
    write_address(parameter, str(first))
    return by_first[first]


def choose_groups(
    label: str, groups: Sequence[ClusterGroup], key: str, on_change: Callable[[], None] | None = None
) -> list[ClusterGroup]:
    """Any number of the groups; those chosen before that are no groups any more are left out."""
    by_first = {group.clusters[0]: group for group in groups}
    if key in st.session_state:
        st.session_state[key] = [first for first in st.session_state[key] if first in by_first]
    chosen = st.multiselect(
        label,
        list(by_first),
        format_func=_name_of(by_first),
        key=key,
        placeholder="Choose clusters",
        on_change=on_change,
    )
    return [by_first[first] for first in chosen]


def _name_of(by_first: dict[int, ClusterGroup]) -> Callable[[int], str]:
    return lambda first: by_first[first].name


def _asked(parameter: str, firsts: list[int]) -> int | None:
    """The cluster in the address; a wrong one is named and left out."""
    asked = st.query_params.get(parameter)
    if asked is None:
        return None
    try:
        one_of(firsts)(asked)
    except SettingsError as reason:
        show_problem(f"The address asks for {parameter}={asked}, but {reason}; another is shown.")
        return None
    return int(asked)
