"""What differs between the runs, and nothing else."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clustergan_core.runs.comparison import ABSENT, SEED, Comparison, differing_settings
from ui.messages import plain


def show_differences(comparison: Comparison) -> None:
    """A row a setting that is not the same in all runs, a column a group of runs that differ in their seed alone."""
    st.subheader("What differs", anchor=False)
    rows = differing_settings(comparison.runs)
    if not rows:
        st.caption("Nothing: method, data, settings, length and seed are the same in all these runs.")
        return
    if [row.title for row in rows] == [SEED]:
        st.caption(plain(f"Nothing but the seed: {', '.join(rows[0].values)}."))
        return
    table = {"Setting": [row.title for row in rows]}
    for group in comparison.groups:
        places = [comparison.runs.index(run) for run in group.runs]
        # All but the seed is the same in a group.
        table[group.title] = [", ".join(dict.fromkeys(row.values[place] for place in places)) for row in rows]
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        column_config={"Setting": st.column_config.TextColumn(pinned=True)},
        alt="Settings that are not the same in all runs",
    )
    is_absent = any(ABSENT in row.values for row in rows)
    st.caption("All else is the same." + (" “–”: not set, or the method has no such setting." if is_absent else ""))
