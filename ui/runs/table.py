"""All runs and bundled models in a table that can be sorted, filtered and clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from clustergan_core.score_names import NMI_MEANING
from ui.loading.summaries import RunSummary, describe_no_agreement

TABLE_KEY = "runs_table"
_PICKED = "runs_picked"  # session state: the run whose row was clicked, for the coming run of the page

_SCORES = {"purity": "Purity", "accuracy": "Accuracy", "nmi": "NMI", "ari": "ARI"}


def show_run_table(summaries: Sequence[RunSummary], chosen: str) -> None:
    """Draws the table; a click on a row reruns the page, whose `take_picked` then chooses that run."""
    names = [summary.run.name for summary in summaries]
    st.dataframe(
        table_rows(summaries),
        hide_index=True,
        placeholder="–",
        column_config=_columns(),
        key=TABLE_KEY,
        on_select=lambda: _pick(names),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [names.index(chosen)]}} if chosen in names else None,
        alt="Runs with their state and scores",
    )
    if _PICKED in st.session_state:
        st.rerun()


def take_picked() -> None:
    """Sets the picker to the run of a clicked row; called before the picker is drawn."""
    if picked := st.session_state.pop(_PICKED, None):
        st.session_state["run"] = picked


def table_rows(summaries: Sequence[RunSummary]) -> pd.DataFrame:
    """One row for each run, scores as numbers and NaN where there are none."""
    rows = [_row(summary) for summary in summaries]
    table = pd.DataFrame(rows, columns=pd.Index(_columns()))
    return table if table["Name"].any() else table.drop(columns="Name")


def matches(summary: RunSummary, filter_text: str) -> bool:
    """Whether every word occurs in the run's name, title, state, data or method."""
    config = summary.config
    text = " ".join(
        [
            summary.run.name,
            summary.title,
            summary.state,
            config.dataset.name if config else "",
            summary.method_title,
        ]
    ).lower()
    return all(word in text for word in filter_text.lower().split())


def mark_row(names: Sequence[str], chosen: str) -> None:
    """Marks the row of a run chosen elsewhere; called before the table is drawn."""
    rows = [names.index(chosen)] if chosen in names else []
    st.session_state[TABLE_KEY] = {"selection": {"rows": rows, "columns": []}}


def _pick(names: Sequence[str]) -> None:
    rows = st.session_state[TABLE_KEY]["selection"]["rows"]
    if rows and rows[0] < len(names):
        st.session_state[_PICKED] = names[rows[0]]


def _row(summary: RunSummary) -> dict[str, Any]:
    config, status, scores = summary.config, summary.status, summary.scores
    state = summary.state
    if summary.is_training and status is not None and status.n_steps:
        state += f" {status.step / status.n_steps:.0%}"
    return {
        "Run": summary.run.name,
        "Name": config.title if config and not summary.run.is_shipped else "",
        "State": state,
        "Method": summary.method_title or None,
        "Data": config.dataset.name if config else None,
        "Preset": config.preset if config else None,
        "Seed": config.seed if config else None,
        "K": config.n_clusters if config else None,
        **{heading: scores[name] if scores else None for name, heading in _SCORES.items()},
        "Scored on": _scored_on(summary),
        "Step": status.step if status else None,
        "Seconds": round(status.seconds) if status else None,
    }


def _scored_on(summary: RunSummary) -> str | None:
    scores = summary.scores
    if scores is None:
        return None
    if scores["purity"] is None:
        return describe_no_agreement(scores)
    n, n_labelled = scores["n"], scores.get("n_labelled", scores["n"])
    number = f"{n:,}" if n_labelled == n else f"{n_labelled:,} of {n:,}"
    return f"{number} {'all' if scores['is_training_data'] else scores['split']}"


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        # Wide enough for the name that a run is given: time, method, data and four digits.
        "Run": st.column_config.TextColumn(width=280, pinned=True, help="The name in pages, links and commands."),
        "Name": st.column_config.TextColumn(width=115, help="The title a person gave it."),
        "State": st.column_config.TextColumn(width=95),
        "Method": st.column_config.TextColumn(width=135),
        "Data": st.column_config.TextColumn(width=140),
        "Preset": st.column_config.TextColumn(width=55),
        "Seed": number(width=45, format="%d"),
        "K": number(width=35, help="Number of modes."),
        "Purity": number(
            width=55, format="%.3f", help="Share of samples whose mode's most frequent label is their own."
        ),
        "Accuracy": number(
            width=70, format="%.3f", help="Share of samples that agree when each mode is matched with one label."
        ),
        "NMI": number(width=50, format="%.3f", help=NMI_MEANING),
        "ARI": number(width=50, format="%.3f", help="Adjusted Rand index: 0 is chance, 1 is identical."),
        "Scored on": st.column_config.TextColumn(
            width=95, help="How many samples were scored, and from which split; “all” were also trained on."
        ),
        "Step": number(width="small", format="localized"),
        "Seconds": number(width="small", format="localized", help="Time spent training."),
    }
