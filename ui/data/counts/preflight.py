"""What a count matrix holds, before it is read in full, with a button where a guess may be wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from clustergan_core.data.options import Orientation, ReadAs
from ui.data.count_choices import CountChoices, set_choices
from ui.frame.messages import page_errors, plain
from ui.frame.words import describe_duration
from ui.loading.files import FileLook, look_at

if TYPE_CHECKING:
    from clustergan_core.data.counts.reading.preflight import Preflight

_READINGS: dict[ReadAs, str] = {"counts": "Count matrix", "table": "Table"}
_READ_AS = "read_as_choice"  # the switch's key
_HOW_DECIDED = (
    "A text file is read as counts if the names above or beside its numbers are genes, if they are barcodes and most "
    "numbers are zero, or if each row has more than 2,000 whole numbers, mostly zero. Otherwise it is read as a table "
    "with one sample a row."
)
MAX_TOLD = 6  # columns that could be labels


def show_preflight(path: Path, data: str, look: FileLook, choices: CountChoices) -> None:
    """The report of `inspect`: a summary, warnings, facts and a preview."""
    preflight = look.preflight
    assert preflight is not None
    st.header(plain(preflight.summary), anchor=False)
    for warning in preflight.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    facts, preview = st.columns([0.5, 0.5], gap="large")
    with facts:
        st.markdown("\n".join(f"- **{name}:** {plain(text)}" for name, text in _facts(preflight)))
        for note in preflight.notes:
            st.caption(plain(note))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if preflight.can_transpose:
                _transpose_button(path, data, preflight, choices)
            show_reading(data, look, choices)
    with preview:
        st.dataframe(_preview(preflight), width="stretch")
        st.caption("The first cells (rows) and genes (columns), as they were read.")


def show_reading(data: str, look: FileLook, choices: CountChoices) -> None:
    """For a text file, which may hold counts or an ordinary table: how it is read, and a switch."""
    if not look.is_ambiguous:
        return
    now: ReadAs = "counts" if look.kind == "counts" else "table"
    st.session_state[_READ_AS] = _READINGS[now]
    st.segmented_control(
        "Read as",
        list(_READINGS.values()),
        required=True,
        key=_READ_AS,
        help=_HOW_DECIDED,
        on_change=_read_as,
        args=(data, choices),
    )


def _transpose_button(path: Path, data: str, preflight: Preflight, choices: CountChoices) -> None:
    other: Orientation = "genes-by-cells" if preflight.orientation == "cells-by-genes" else "cells-by-genes"
    guess = look_at(path, choices.read_as).preflight
    is_guess = guess is not None and guess.orientation == other
    turned = replace(choices, orientation="auto" if is_guess else other)
    st.button(
        "Transpose",
        icon=":material/swap_horiz:",
        key="transpose",
        help=f"Read the {'rows' if preflight.orientation == 'genes-by-cells' else 'columns'} as cells instead.",
        on_click=page_errors()(set_choices),
        args=(data, turned),
    )


@page_errors()
def _read_as(data: str, choices: CountChoices) -> None:
    chosen = next(reading for reading, title in _READINGS.items() if title == st.session_state[_READ_AS])
    set_choices(data, replace(choices, read_as=chosen, orientation="auto"))


def _facts(preflight: Preflight) -> list[tuple[str, str]]:
    where = "rows" if preflight.orientation == "cells-by-genes" else "columns"
    is_whole = (preflight.n_cells_looked_at, preflight.n_genes_looked_at) == (preflight.n_cells, preflight.n_genes)
    seen = f"{preflight.n_cells_looked_at:,} cells × {preflight.n_genes_looked_at:,} genes"
    columns = [f"{column.name} ({column.n_values})" for column in preflight.label_columns]
    more = f" and {len(columns) - MAX_TOLD} more" if len(columns) > MAX_TOLD else ""
    memory = f"{preflight.memory_mb:,.0f} MB" if preflight.memory_mb >= 1 else "less than 1 MB"
    return [
        ("Format", preflight.form if preflight.part == preflight.form else f"{preflight.form}, part {preflight.part}"),
        ("Cells", f"in {where}: {preflight.orientation_reason}"),
        (
            "Values",
            f"{preflight.state_reason}; {preflight.nonzero_share:.1%} are not zero"
            + ("" if is_whole else f" (sampled: {seen})"),
        ),
        ("Columns that could be labels", (", ".join(columns[:MAX_TOLD]) + more) or "none"),
        ("Reading it takes", f"about {describe_duration(preflight.seconds)} and at most {memory}"),
    ]


def _preview(preflight: Preflight) -> pd.DataFrame:
    texts = [["NaN" if value is None else f"{value:g}" for value in row] for row in preflight.preview_values]
    names = preflight.preview_genes
    genes = [gene + " " * names[:index].count(gene) for index, gene in enumerate(names)]  # column names must differ
    return pd.DataFrame(texts, index=pd.Index(preflight.preview_cells), columns=pd.Index(genes))
