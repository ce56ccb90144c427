"""What moving samples together may have cost, whether it was done, and training the other way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cells.view import CellsView
from ui.data.choice import list_choices
from ui.data.sources import source_text
from ui.frame.links import NEW, NEXT, link_page
from ui.frame.messages import plain, show_shell
from ui.samples.view import SamplesView
from ui.train.form import fill_form_from

if TYPE_CHECKING:
    from clustergan_core.cells.overcorrection import OneSampleCluster
    from clustergan_core.runs.clusters.mixing_report import MixingReport

SETTING, NONE, HARMONY = "partners_across", "none", "harmony"

_TRAINED = {
    HARMONY: "Trained with correction: a cell's partners are found after Harmony has moved the samples together.",
    "mutual": "Trained with correction: half of a cell's partners are its mutual nearest neighbours in other samples.",
    NONE: "Trained without correction: a cell's partners are found among all cells as they are.",
    "": "This method does not correct for samples; Paired ClusterGAN can.",
}


def show_partners(view: SamplesView) -> None:
    """How samples were brought together in training, and a button for the other way."""
    run = view.run
    across = str(run.config.settings.get(SETTING, ""))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_TRAINED[across], width="stretch")
        if across:
            _offer_other(run, HARMONY if across == NONE else NONE)


def _offer_other(run: Run, across: str) -> None:
    label = "Train without correction" if across == NONE else "Train with correction"
    if source_text(run.config.dataset.source) not in list_choices():
        # Data that the form cannot choose, such as a file given to the command.
        with st.popover(label, icon=":material/model_training:"):
            config = run.config
            show_shell(config.model_copy(update={"settings": config.settings | {SETTING: across}}).command())
        return
    if st.button(
        label,
        key="train_otherwise",
        icon=":material/model_training:",
        help="Opens the Train page with the same data and settings.",
    ):
        st.session_state[NEXT] = {"task": NEW, **fill_form_from(run), SETTING: across}
        st.switch_page("pages/train.py", query_params={})


def show_alarms(cells: CellsView, report: MixingReport) -> None:
    """A box for each kind of alarm, its clusters called by their names; one line where there is none."""
    from clustergan_core.cells.overcorrection import OneSampleCluster, name_clusters

    st.markdown("**What to check**")
    alarms = name_clusters(report.alarms, cells.annotations.name_of)
    lone = [alarm for alarm in alarms if isinstance(alarm, OneSampleCluster)]
    by_kind: dict[str, list[str]] = {}
    for alarm in alarms:
        if alarm not in lone:
            by_kind.setdefault(type(alarm).__name__, []).append(alarm.sentence)
    for sentences in by_kind.values():
        st.warning("  \n".join(map(plain, sentences)), icon=":material/warning:")
    if lone:
        held = (
            f"**Clusters that one sample holds:** {_list_lone(lone)}. They are types that the other samples lack, or "
        )
        st.warning(f"{held}cells that differ by sample alone: look at their markers.", icon=":material/warning:")
    if report.lone_types:
        st.info(f"**Types that one sample holds:** {_list_lone(report.lone_types)}.", icon=":material/info:")
    if alarms:
        link_page("Clusters", {"run": cells.run.name}, "Look at markers")
        return
    st.caption(
        "No alarm: cells have kept their neighbours within their own sample, the samples of each cluster share their "
        "top genes, and no cluster is held by one sample."
    )


def _list_lone(held: Iterable[OneSampleCluster]) -> str:
    return ", ".join(
        f"{plain(one.name)} ({plain(one.sample)}, {one.share:.0%} of {one.n_cells:,} cells)" for one in held
    )
