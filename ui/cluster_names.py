"""What a run's clusters are called, read once a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.runs.store import Run
from ui.messages import show_problem

if TYPE_CHECKING:
    from clustergan_core.runs.annotations import Annotations


def names_of(run: Run) -> Annotations:
    """The names and notes kept of a run; where they cannot be read the page says so and goes on with numbers."""
    from clustergan_core.runs.annotations import Annotations, read_annotations, set_aside_annotations

    try:
        return read_annotations(run)
    except RunError as problem:
        show_problem(problem)
        if st.button("Set it aside", key="set_aside", icon=":material/inventory_2:", help="Renames the file."):
            set_aside_annotations(run)
            st.rerun()
        return Annotations()
