"""What differs between the runs, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from clustergan_core.runs.comparison.groups import (
    ABSENT,
    SEED,
    Comparison,
    DifferingSetting,
    SeedGroup,
    differing_settings,
)
from ui.compare.sections import section
from ui.frame.messages import plain

_TIMES = {2: "twice", 3: "three times"}


def show_differences(comparison: Comparison) -> None:
    """Settings that differ: those that all runs have, then those that only the runs of one method have."""
    section("What differs")
    rows = differing_settings(comparison.runs)
    if not rows:
        st.caption("Nothing: these runs have the same method, data, settings, length and seed.")
        return
    if [row.title for row in rows] == [SEED]:
        st.caption(plain(f"Only the seed: {', '.join(rows[0].values)}."))
        return
    alone = list(dict.fromkeys(row.only_of for row in rows if row.only_of))
    if alone:
        st.markdown(f"**{'Both' if len(comparison.groups) == 2 else 'All'} have**")
    _show_table(comparison, [row for row in rows if not row.only_of], comparison.groups)
    # Side by side while each has one column of values; more would be cut off.
    is_narrow = len(comparison.groups) == len(alone)
    containers = st.columns(len(alone), gap="medium") if is_narrow and alone else [st.container() for _ in alone]
    for container, methods in zip(containers, alone, strict=True):
        groups = [group for group in comparison.groups if group.runs[0].config.method_title in methods]
        with container:
            st.markdown(f"**Only {plain(' and '.join(methods))} has**")
            _show_table(comparison, [row for row in rows if row.only_of == methods], groups)
    is_absent = any(ABSENT in row.values for row in rows if not row.only_of)
    st.caption("Everything else is the same." + (" “–”: not set." if is_absent else ""))


def _show_table(comparison: Comparison, rows: Sequence[DifferingSetting], groups: Sequence[SeedGroup]) -> None:
    """Settings in rows, groups of runs that differ only in their seed in columns; shown without scrolling."""
    table = {"Setting": [row.title for row in rows]}
    for group in groups:
        indices = [comparison.runs.index(run) for run in group.runs]
        # All but the seed is the same in a group.
        table[group.title] = [", ".join(dict.fromkeys(row.values[index] for index in indices)) for row in rows]
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        height="content",
        column_config={"Setting": st.column_config.TextColumn(width=180, pinned=True)},
        alt="Settings that are not the same in all runs",
    )


def describe_repetitions(comparison: Comparison) -> str:
    """A sentence on seeds that several runs of a group share; empty where each seed occurs once."""
    said = []
    for group in comparison.groups:
        times = [f"seed {seed} {_TIMES.get(n, f'{n} times')}" for seed, n in group.repeated_seeds.items()]
        if times and len(comparison.groups) > 1:
            said.append(f"{group.title}: {', '.join(times)}, counted once.")
        elif times:
            said.append(f"{', '.join(times)}, counted once.".capitalize())
    return plain(" ".join([*said, "Runs with the same seed repeat the same training."])) if said else ""
