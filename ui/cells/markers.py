"""Markers as a table, from `find_markers` or `compare_selections`, and a button for any table as a CSV file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

EXPLORATORY = (
    "Markers (exploratory): Wilcoxon rank-sum test on log-normalised values. The groups were found in the same cells "
    "that are tested, so the p-values only rank the genes."
)
_SHOWN = ["gene", "log2_fold_change", "p_adjusted", "fraction_in", "fraction_out", "mean_in", "mean_out", "score"]
_FOLD_CHANGE = (
    "log₂ of the ratio of mean counts per 10,000 on the two sides, with 0.1 added to both: 1 is a doubling. Few cells "
    "against none give a small value."
)
_SHARE = "Share of these cells in which the gene is detected."


def show_markers(table: pd.DataFrame, key: str, inside: str, outside: str, alt: str) -> None:
    """The rows of one comparison; `inside` and `outside` name its two sides in a word or two."""
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
            "log2_fold_change": number("log₂ fold change", format="%.2f", help=_FOLD_CHANGE),
            "p_adjusted": number("Adjusted p", format="%.1e", help="Benjamini–Hochberg, over all genes tested."),
            "fraction_in": number(f"In {inside}", format="%.0f%%", help=_SHARE),
            "fraction_out": number(f"In {outside}", format="%.0f%%", help=_SHARE),
            "mean_in": number(f"Mean {inside}", format="%.2f", help="Log-normalised."),
            "mean_out": number(f"Mean {outside}", format="%.2f", help="Log-normalised."),
            "score": number("Score", format="%.1f", help="A z-score; genes are sorted by it."),
        },
    )


def offer_csv(label: str, table: pd.DataFrame, file_name: str, key: str) -> None:
    """A button for the whole table as a CSV file, which is written on request."""
    st.download_button(
        label,
        lambda: table.to_csv(index=False).encode(),
        file_name,
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
