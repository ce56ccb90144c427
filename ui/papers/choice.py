"""Which paper, which of its tables, which measure, and which of our presets stands beside it; all in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from clustergan_core.paper_tables.facts import Measure, Paper, PaperTable
from clustergan_core.paper_tables.published import PAPERS
from clustergan_core.papers.comparison import CHOICES, PresetChoice
from clustergan_core.papers.measured import MeasuredRun
from clustergan_core.preset import PresetName
from ui.frame.choices import segmented
from ui.frame.messages import plain


@dataclass(frozen=True)
class PaperView:
    """What the page shows: a table of a paper in one measure, and our runs of one preset."""

    paper: Paper
    table: PaperTable
    measure: Measure
    preset: PresetChoice
    runs: tuple[MeasuredRun, ...]

    @property
    def trained_preset(self) -> PresetName:
        """The preset with which missing runs are trained."""
        return "default" if self.preset == "longest" else self.preset

    @property
    def file_name(self) -> str:
        """The name of its files, without a suffix."""
        return f"{self.paper.name}-{self.table.name}-{self.preset}"


def choose_paper() -> Paper:
    """A paper, with its title, source and claims below the choice."""
    by_name = {paper.short: paper for paper in PAPERS.values()}
    paper = by_name[segmented("paper", list(by_name), "Paper", label_visibility="collapsed")]
    st.markdown(f"**{plain(paper.title)}** · {plain(paper.authors)}, {plain(paper.reference)}")
    st.markdown(f"It claims: {plain(paper.claims)}")
    return paper


def choose_view(paper: Paper, runs: tuple[MeasuredRun, ...]) -> PaperView:
    """A table of the paper, and what is shown of it."""
    tables = {table.short: table for table in paper.tables}
    with st.container(horizontal=True, gap="medium"):
        table = tables[segmented("paper_table", list(tables), "Table")]
        measures = {measure.title: measure for measure in table.measures}
        measure = measures[segmented("paper_measure", list(measures), "Measure")]
        preset = segmented(
            "paper_preset",
            list(CHOICES),
            "Our preset",
            help_text="Which runs stand beside the paper's figures: those of one preset, or in each cell those of the "
            "longest one that has any; other than default is named. paper has the paper's settings and length, "
            "default takes minutes on two cores, quick a tenth of its steps.",
        )
    return PaperView(paper, table, measure, preset, runs)
