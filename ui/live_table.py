"""A run's figures as text: its evaluations as a table, everything as CSV."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.metrics import Row
from clustergan_core.runs.run import Run
from ui.metrics_history import MetricsHistory


def show_table(run: Run, history: MetricsHistory) -> None:
    """Folded: the evaluations row by row, and a file with every row of losses and scores."""
    if not history.n_rows:
        return
    with st.expander("The figures as a table", icon=":material/table:"):
        if history.evaluations:
            rows = [
                _flat({name: value for name, value in row.items() if name != "usage"}) for row in history.evaluations
            ]
            st.dataframe(rows, hide_index=True, height=260)
        st.download_button(
            "Losses and scores (CSV)",
            lambda: metrics_csv(run),
            file_name=f"{run.name}-metrics.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def metrics_csv(run: Run) -> str:
    """Every row of metrics.jsonl with a column for each loss and score; mode usage as `usage_<mode>`.

    The Fréchet distance is `frechet`, what belongs to it `frechet_features`, `frechet_n`, `frechet_real_halves`.
    """
    import pandas as pd

    rows = []
    for row in run.metrics().rows:
        scores = _flat(row.get("scores", {}))
        usage = {f"usage_{mode}": share for mode, share in enumerate(scores.pop("usage", []))}
        rows.append({"step": row["step"], "seconds": row["seconds"], **row["losses"], **scores, **usage})
    return pd.DataFrame(rows).to_csv(index=False)


def _flat(scores: Row) -> Row:
    """Scores with the parts of the Fréchet distance in columns of their own."""
    frechet = scores.get("frechet") or {}
    parts = {"frechet" if part == "value" else f"frechet_{part}": value for part, value in frechet.items()}
    return {name: value for name, value in scores.items() if name != "frechet"} | parts
