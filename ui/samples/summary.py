"""A row for each sample: what is known of it, how many of its cells are left, and its share of all."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clustergan_core.data.dataset import SampleFacts
from ui.samples.view import SamplesView

_FACTS = ("condition", "donor", "technology")


def show_summary(view: SamplesView) -> None:
    """The table. What is known of samples stands in it while the data is here."""
    st.dataframe(
        summary_table(view),
        hide_index=True,
        key="samples_summary",
        column_config={
            "Cells": st.column_config.NumberColumn(format="localized", help="Cells that quality control left."),
            "Removed": st.column_config.NumberColumn(format="localized", help="Cells that quality control removed."),
            "Share removed": st.column_config.NumberColumn(format="percent", help="Of the sample's cells."),
            "Share of all cells": st.column_config.NumberColumn(format="percent", help="Of all cells that are left."),
        },
    )
    if view.batches is None:
        st.caption("Conditions, donors and technologies are shown while the data is on this machine.")


def summary_table(view: SamplesView) -> pd.DataFrame:
    """A row for each sample, without the columns of which nothing is known."""
    batches = view.batches
    facts_of = {} if batches is None else {facts.name: facts for facts in batches.table}
    n_left = sum(count["n_cells_left"] for count in view.counts)
    rows = []
    for count in view.counts:
        facts, n_removed = facts_of.get(count["name"]), count["n_cells"] - count["n_cells_left"]
        rows.append(
            {
                "Sample": count["name"],
                **{_title(name): (getattr(facts, name) if facts else "") or None for name in _FACTS},
                "Cells": count["n_cells_left"],
                "Removed": n_removed,
                "Share removed": round(n_removed / count["n_cells"], 3),
                "Share of all cells": round(count["n_cells_left"] / n_left, 3),
            }
        )
    return pd.DataFrame(rows).dropna(axis="columns", how="all")


def _title(field: str) -> str:
    return SampleFacts.model_fields[field].title or field
