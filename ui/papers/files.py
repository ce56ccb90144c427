"""A table as files."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clustergan_core.papers.comparison import Cell
from clustergan_core.papers.rendering import to_csv, to_latex, to_markdown
from ui.papers.choice import PaperView


def offer_files(view: PaperView, cells: Sequence[Sequence[Cell]]) -> None:
    """CSV of all measures, and the shown one as Markdown and LaTeX."""
    files = {
        "CSV": (to_csv(view.paper, view.table, view.runs, view.preset), "csv", "text/csv"),
        "Markdown": (to_markdown(view.table, view.measure, cells), "md", "text/markdown"),
        "LaTeX": (to_latex(view.table, view.measure, cells), "tex", "application/x-tex"),
    }
    with st.container(horizontal=True, gap="small"):
        for label, (text, suffix, mime) in files.items():
            st.download_button(
                label,
                text.encode(),
                f"{view.file_name}.{suffix}",
                mime,
                key=f"papers-{suffix}",
                icon=":material/download:",
                help="Every measure, one line a cell." if suffix == "csv" else "The measure shown.",
                on_click="ignore",
            )
