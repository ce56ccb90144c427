"""Links to other pages, in a row and coloured as links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:  # it imports the networks, which links do not need
    from clustergan_core.runs.run import Run

NEW, WATCH = "New run", "Watch a run"  # what the Train page does
NEXT = "next_choices"  # session state: values of widgets for the coming run of the Train page

VIEWS = ("Map", "Modes", "Interpolate")  # pages that show a run
FORMING_VIEWS = VIEWS[:2]  # those that show a run which has saved no weights yet


def link_pages(*labels: str, query: dict[str, str] | None = None) -> None:
    """Links to pages by their titles; `query` is the query of their address."""
    with st.container(horizontal=True, gap="small"):
        for label in labels:
            link_page(label, query)


def link_page(label: str, query: Mapping[str, Any] | None = None, text: str = "") -> None:
    """A link to the page of that title, with the title or `text` as its label."""
    st.page_link(f"pages/{label.lower()}.py", label=f":primary[{text or label}]", query_params=query)


def link_to_views(run: Run, *, has_modes: bool = True) -> None:
    """Links that open a run on the pages that show it."""
    link_pages(*views_of(run, has_modes=has_modes), query={"run": run.name})


def views_of(run: Run, *, has_modes: bool = True) -> tuple[str, ...]:
    """The pages that show this run: one more for cells, two if of several samples, and the map alone without modes."""
    views = VIEWS if has_modes else VIEWS[:1]
    data = run.config.dataset
    of_cells = ("Clusters", *(("Samples",) if data.batch_counts else ())) if data.kind == "expression" else ()
    return ("Map", *of_cells, *views[1:])


def choices_to_watch(name: str) -> dict[str, Any]:
    """Choices of the Train page that show a run."""
    return {"task": WATCH, "run": name}


def watch_run(name: str) -> None:
    """Opens the run of that name on the Train page."""
    st.session_state[NEXT] = choices_to_watch(name)
    # An empty address, as Streamlit refuses to clear one that holds choices of widgets.
    st.switch_page("pages/train.py", query_params={})
