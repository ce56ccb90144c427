"""Two of the compared runs: which they are, and how well their clusters agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.drawing.figures.clusterings import clusterings_figure, flows_figure
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.runs.comparison.groups import Comparison
from clustergan_core.runs.run import Run
from clustergan_core.score_names import NMI_MEANING
from ui.compare.assignments import load_agreement
from ui.frame.choices import select
from ui.frame.messages import plain
from ui.frame.theme import show_themed, theme_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.data.dataset import SplitName
    from clustergan_core.runs.comparison.samples import ClusteringAgreement, CommonSamples

ARI_HELP = "Adjusted Rand index: agreement on pairs of samples beyond chance, 0 by chance, 1 when both are the same."
ONE_TO_ONE_HELP = "Share of samples that agree when each mode of one run is matched with one mode of the other."
MANY_MODES = 20  # of a run, above which its figure scrolls in a frame of its own
FRAME_HEIGHT = 560


def choose_pair(comparison: Comparison) -> tuple[Run, Run] | None:
    """The left and the right run; None where fewer than two have weights yet."""
    runs = {run.name: run for run in comparison.runs if run.has_weights()}
    if len(runs) < 2:
        st.caption("Needs two runs that have weights: the first are written at the first evaluation.")
        return None
    left_column, right_column = st.columns(2, gap="medium")
    with left_column:
        left = runs[_pick("Left", "left", list(runs), comparison)]
    others = [run for run in runs.values() if run != left]
    others.sort(key=lambda run: run.config.dataset.digest != left.config.dataset.digest)
    with right_column:
        right = runs[_pick("Right", "right", [run.name for run in others], comparison)]
    return left, right


def label_pair(pair: tuple[Run, Run]) -> tuple[str, str]:
    """What distinguishes each of the two from the other, which is less than what distinguishes it from all runs."""
    labels = Comparison.of(pair).labels
    return labels[pair[0].name], labels[pair[1].name]


def _pick(title: str, key: str, names: Sequence[str], comparison: Comparison) -> str:
    name = select(key, names, title)
    st.caption(plain(comparison.labels[name]))
    return name


def show_agreement(labels: tuple[str, str], common: CommonSamples, split: SplitName) -> None:
    """ARI, NMI and how the modes of the two runs correspond: heat map, flows, table."""
    agreement = load_agreement(common, split)
    figures = [
        ("ARI", f"{agreement.ari:.3f}", ARI_HELP),
        ("NMI", f"{agreement.nmi:.3f}", NMI_MEANING),
        ("One to one", f"{agreement.one_to_one:.1%}", ONE_TO_ONE_HELP),
        ("Samples", f"{len(common.indices):,}", "The samples that both runs assign. No labels are involved."),
    ]
    for column, (title, value, meaning) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(title, value, help=meaning)
    left, right = labels
    n_most = max(agreement.counts.shape)
    heat_map, flows, table = st.tabs(["Heat map", "Flows", "Table"])
    counts = tuple(map(tuple, agreement.counts.tolist()))
    for tab, kind, description in (
        (heat_map, "heat", "Samples in each pair of modes as a heat map"),
        (flows, "flows", "Samples in each pair of modes as bands"),
    ):
        with tab, st.container(height=FRAME_HEIGHT if n_most > MANY_MODES else "content", border=False):
            show_themed(_figure(kind, counts, left, right, theme_name()), f"clusterings-{kind}", description)
    with table:
        _show_table(agreement, left, right)


def _show_table(agreement: ClusteringAgreement, left: str, right: str) -> None:
    counts = agreement.counts
    table = pd.DataFrame(counts, columns=pd.Index([f"mode {mode}" for mode in range(counts.shape[1])]))
    table.insert(0, "left mode", [f"mode {mode}" for mode in range(len(counts))])
    st.dataframe(table, hide_index=True, height="content", alt="Samples in each pair of modes")
    st.caption(plain(f"Rows: modes of {left}; columns: modes of {right}."))
    st.download_button(
        "CSV",
        table.to_csv(index=False).encode(),
        "compared-clusters.csv",
        "text/csv",
        key="clusters-csv",
        icon=":material/download:",
        on_click="ignore",
    )


@st.cache_resource(max_entries=40, show_spinner=False)
def _figure(kind: str, counts: tuple[tuple[int, ...], ...], left: str, right: str, theme: str) -> Figure:

    draw = clusterings_figure if kind == "heat" else flows_figure
    return apply_theme(draw(np.array(counts), left, right), theme == "dark")
