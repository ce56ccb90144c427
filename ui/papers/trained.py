"""How the runs behind our figures were trained, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from clustergan_core.papers.comparison import Cell
from clustergan_core.runs.store import list_shipped
from ui.compare.choice import MAX_RUNS
from ui.frame.links import link_page
from ui.papers.choice import PaperView


def show_training(view: PaperView, cells: Sequence[Sequence[Cell]]) -> None:
    """A line for each cell with runs of ours, and links to the runs that are on this machine."""
    st.subheader("How ours was trained", anchor=False)
    trained = [cell for row in cells for cell in row if cell.runs]
    if not trained:
        of_preset = "" if view.preset == "longest" else f" with the preset {view.preset}"
        st.caption(f"No run of ours{of_preset} stands in this table yet.")
        return
    table = pd.DataFrame([_line(cell) for cell in trained])
    st.dataframe(
        table if table["Runs here"].any() else table.drop(columns="Runs here"),
        hide_index=True,
        placeholder="–",
        column_config={
            "Of the paper's": st.column_config.NumberColumn(
                format="percent", help="Our steps as a share of those of the method's preset “paper”."
            ),
            "Steps": st.column_config.NumberColumn(format="localized"),
            "Seconds": st.column_config.NumberColumn(
                format="localized",
                help="The median of training alone. benchmarks/results.csv names our machines.",
            ),
        },
        alt="Seeds, steps, seconds and scored samples of our runs in each cell",
    )
    _link_runs(trained)


def _line(cell: Cell) -> dict[str, Any]:
    first = cell.runs[0]
    return {
        "Method": cell.row.title,
        "Data": cell.column.title,
        "Preset": first.preset,
        "Seeds": ", ".join(str(run.seed) for run in cell.runs),
        "Steps": cell.steps,
        "Of the paper's": cell.share,
        "Seconds": None if cell.seconds is None else round(cell.seconds),
        "Scored on": f"{first.n:,} {first.split}",
        "Runs here": sum(bool(run.run) for run in cell.runs) or None,
    }


def _link_runs(trained: Sequence[Cell]) -> None:
    """A link for each row with runs on this machine, else to bundled models of its method and data sets."""
    shipped = list_shipped()
    links: list[tuple[str, list[str]]] = []
    for title in dict.fromkeys(cell.row.title for cell in trained):
        of_row = [cell for cell in trained if cell.row.title == title]
        names = [run.run for cell in of_row for run in cell.runs if run.run]
        kinds = {(cell.row.method, cell.column.dataset) for cell in of_row}
        bundled = [run.name for run in shipped if (run.config.method, run.config.dataset.source) in kinds]
        if names or bundled:
            what = (
                f"{title}: {_count(len(names), 'run')}"
                if names
                else f"{title}: bundled {_count(len(bundled), 'model')}"
            )
            links.append((what, (names or bundled)[:MAX_RUNS]))
    if not links:
        return
    st.caption("Runs on this machine; our other rows were trained, scored and not kept.")
    with st.container(horizontal=True, gap="medium"):
        for what, names in links:
            if len(names) > 1:
                link_page("Compare", {"runs": names}, what)
            else:
                link_page("Runs", {"run": names[0]}, what)


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
