"""Composition: which share of each sample's cells every cluster has, and whether it differs between conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from clustergan_core.drawing.figures.composition import composition_figure
from ui.cells.markers import offer_csv
from ui.cells.view import ABSENT_DATA
from ui.frame.choices import segmented
from ui.frame.messages import plain
from ui.frame.theme import draw_figure_once, show_themed
from ui.samples.pair import choose_pair
from ui.samples.view import SamplesView

if TYPE_CHECKING:
    from clustergan_core.cells.composition import Composition
    from clustergan_core.runs.clusters.samples import RunSamples

_SHARES, _CELLS = "Shares", "Cells"
_CLR = (
    "log-ratio to the mean of all clusters. If one cluster loses cells, the shares of all others rise, but not their "
    "ratios to each other: a difference that only the logit shows may be the other side of that loss."
)


def show_composition(view: SamplesView) -> None:
    """Bars of clusters by sample, their table and files, and the test between two conditions."""
    st.subheader("Composition")
    samples = view.samples
    if samples is None:
        st.info(f"The composition needs {ABSENT_DATA}", icon=":material/cloud_off:")
        return
    composition = samples.composition()
    groups = [samples.groups[number] for number in composition.clusters]
    figure = draw_figure_once(
        composition_figure,
        composition.counts,
        [facts.name for facts in composition.samples],
        [facts.condition for facts in composition.samples],
        [group.name for group in groups],
        [group.colour for group in groups],
    )
    show_themed(figure, "composition", f"Shares of {len(groups)} clusters in {len(composition.samples)} samples")
    if len(samples.conditions) > 1:
        _show_test(samples, composition, choose_pair(samples.conditions))
    else:
        st.info(explain_conditions(samples.conditions), icon=":material/edit_note:")
    _show_table(view, composition, [group.name for group in groups])


def explain_conditions(conditions: tuple[str, ...]) -> str:
    """What is missing to compare conditions."""
    has = f"Only the condition {plain(conditions[0])} is given" if conditions else "No sample has a condition"
    return f"{has}: fill in “Conditions and donors” above to compare two. Nothing has to be trained again."


def _show_test(samples: RunSamples, composition: Composition, pair: tuple[str, str]) -> None:
    from clustergan_core.cells.composition import compare_conditions

    reference, other = pair
    result = compare_conditions(composition, reference, other)
    table = result.table.assign(cluster=[samples.groups[number].name for number in composition.clusters])
    is_tested = "p" in table
    if is_tested:
        table = table.sort_values("p", kind="stable")
    shares = ["proportion_reference", "proportion_other"]
    shown = ["cluster", *shares, "logit_difference", *(["p", "p_adjusted"] if is_tested else []), "clr_difference"]
    number = st.column_config.NumberColumn
    st.dataframe(
        table[shown].assign(**{name: 100 * table[name] for name in shares}),
        hide_index=True,
        key="share_test",
        column_config={
            "cluster": "Cluster",
            "proportion_reference": number(f"Share in {reference}", format="%.1f%%", help="Mean over samples."),
            "proportion_other": number(f"Share in {other}", format="%.1f%%", help="Mean over samples."),
            "logit_difference": number("Logit difference", format="%.2f", help="Of the shares, by the model."),
            "p": number("p", format="%.2g"),
            "p_adjusted": number("Adjusted p", format="%.2g", help="Benjamini–Hochberg, over all clusters."),
            "clr_difference": number("CLR difference", format="%.2f", help=f"Difference of the {_CLR}"),
        },
    )
    st.caption(plain(result.note))


def _show_table(view: SamplesView, composition: Composition, names: list[str]) -> None:
    from clustergan_core.runs.clusters.samples import counts_table

    counts = counts_table(composition, names)
    with st.expander("All samples as a table", icon=":material/table:"):
        kind = segmented("composition_as", [_SHARES, _CELLS], "Show", label_visibility="collapsed")
        if kind == _SHARES:
            shares = pd.DataFrame(100 * composition.proportions, columns=names)
            config = {name: st.column_config.NumberColumn(format="%.1f%%") for name in names}
            st.dataframe(
                pd.concat([counts.drop(columns=names), shares], axis=1),
                hide_index=True,
                key="composition_table",
                column_config=config,
            )
        else:
            st.dataframe(counts, hide_index=True, key="composition_table")
    with st.container(horizontal=True, vertical_alignment="center"):
        offer_csv("Counts for scCODA and sccomp", counts, f"{view.run.name}-composition.csv", "composition-csv")
        st.caption(
            "A row for each sample, its condition and donor first, then a column of cells for each cluster: scCODA "
            "takes it as it is; for sccomp, make the clusters' columns long.",
            width="content",
        )
