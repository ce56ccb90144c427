"""Markers as a table: what a person reads of `find_markers` and `compare_selections`, and all of it as a CSV file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

EXPLORATORY = (
    "Markers (exploratory): Wilcoxon's rank sum on log-normalised values. The groups were found in the same cells that "
    "are tested, so p-values order the genes and say no more."
)
_SHOWN = ["gene", "log2_fold_change", "p_adjusted", "fraction_in", "fraction_out", "mean_in", "mean_out", "score"]
_SHARE = "Share of these cells in which the gene is detected."


def show_markers(table: pd.DataFrame, key: str, inside: str, outside: str, alt: str) -> None:
    """Rows of one comparison; `inside` and `outside` say in a word or two whose shares and means the figures are."""
    percent = {name: 100 * table[name] for name in ("fraction_in", "fraction_out")}
    number = st.column_config.NumberColumn
    st.dataframe(
        table[_SHOWN].assign(**percent),
        hide_index=True,
        height=390,
        key=key,
        alt=alt,
        column_config={
            "gene": "Gene",
            "log2_fold_change": number("log₂ fold change", format="%.2f"),
            "p_adjusted": number("Adjusted p", format="%.1e", help="Benjamini and Hochberg, over all genes tested."),
            "fraction_in": number(f"In {inside}", format="%.0f%%", help=_SHARE),
            "fraction_out": number(f"In {outside}", format="%.0f%%", help=_SHARE),
            "mean_in": number(f"Mean {inside}", format="%.2f", help="Log-normalised."),
            "mean_out": number(f"Mean {outside}", format="%.2f", help="Log-normalised."),
            "score": number("Score", format="%.1f", help="Of the standard normal: genes are ordered by it."),
        },
    )


def offer_csv(label: str, table: pd.DataFrame, file_name: str, key: str) -> None:
    """The whole table as a file, written when it is asked for."""
    st.download_button(
        label,
        lambda: table.to_csv(index=False).encode(),
        file_name,
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
