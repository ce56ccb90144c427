"""What a run's clusters are called, and choosing among them: shown by name, stored by number because names change."""

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
    from clustergan_core.runs.clusters.names import ClusterGroup


def read_names(run: Run) -> Annotations:
    """The saved names and notes of a run; where they cannot be read the page says so and continues with numbers."""
    try:
        return read_annotations(run)
    except RunError as problem:
        show_problem(problem)
        if st.button("Set it aside", key="set_aside", icon=":material/inventory_2:", help="Renames the file."):
            set_aside_annotations(run)
            st.rerun()
        return Annotations()


def choose_group(parameter: str, groups: Sequence[ClusterGroup]) -> ClusterGroup:
    """One of the groups; the number of its first cluster stands in the address as `parameter`."""
    key = f"one_{parameter}"
    by_first = {group.clusters[0]: group for group in groups}
    last = st.session_state.get(key, _cluster_in_address(parameter, list(by_first)))
    if key not in st.session_state or last not in by_first:
        # The group chosen before may have been merged into another since.
        merged_into = (first for first, group in by_first.items() if last in group.clusters)
        st.session_state[key] = next(merged_into, min(by_first))
    first = st.selectbox("Cluster", list(by_first), format_func=_name_by_first(by_first), key=key, width=260)
    write_address(parameter, str(first))
    return by_first[first]


def choose_groups(
    label: str, groups: Sequence[ClusterGroup], key: str, on_change: Callable[[], None] | None = None
) -> list[ClusterGroup]:
    """Any number of the groups; earlier choices that are no longer groups are dropped."""
    by_first = {group.clusters[0]: group for group in groups}
    if key in st.session_state:
        st.session_state[key] = [first for first in st.session_state[key] if first in by_first]
    chosen = st.multiselect(
        label,
        list(by_first),
        format_func=_name_by_first(by_first),
        key=key,
        placeholder="Choose clusters",
        on_change=on_change,
    )
    return [by_first[first] for first in chosen]


def _name_by_first(by_first: dict[int, ClusterGroup]) -> Callable[[int], str]:
    return lambda first: by_first[first].name


def _cluster_in_address(parameter: str, firsts: list[int]) -> int | None:
    """The cluster in the address; a wrong one is reported and ignored."""
    asked = st.query_params.get(parameter)
    if asked is None:
        return None
    try:
        one_of(firsts)(asked)
    except SettingsError as reason:
        show_problem(f"The address asks for {parameter}={asked}, but {reason}; another is shown.")
        return None
    return int(asked)
