"""Whether the samples of a run mix: a verdict, and the scores before and after that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.cells.view import ABSENT_DATA, CellsView
from ui.frame.messages import plain
from ui.frame.words import describe_duration
from ui.loading.runs import tables_stamp
from ui.samples.alarms import show_alarms, show_partners
from ui.samples.view import SamplesView

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.mixing_report import MixingReport

# The scores in their order: the report's column, the title, what it says to a biologist.
_SCORES = (
    ("crossing", "Neighbours across", "Share of a cell's nearest neighbours that are from another sample"),
    ("cluster_mates", "Cluster mates across", "Share of the cells in a cell's cluster that are from another sample"),
    ("crossing_if_mixed", "Both, if mixed", "What both shares would be if samples made no difference within a type"),
    ("ilisi", "iLISI", "How many samples there are around a cell"),
    ("cilisi", "CiLISI", "The same among cells of one type; types of one sample do not count"),
    ("kbet", "kBET", "Share of cells around which samples are as frequent as in all cells: strict"),
    ("connectivity", "Connectivity", "Whether cells of one type hang together"),
    ("pcr", "PCR", "How much less of the variance lies between samples than before"),
    ("nmi_sample", "NMI with sample", "How closely clusters follow samples: 0 is best"),
    ("clisi", "cLISI", "Whether cells of one type are around a cell"),
    ("isolated_f1", "Isolated-label F1", "Whether types of the fewest samples have a cluster of their own"),
    ("nmi", "NMI with type", "How closely clusters follow types: 1 is best"),
    ("ari", "ARI with type", "The same over pairs of cells, 0 for chance"),
    ("mixing", "Mixing", "Mean of iLISI, kBET, connectivity, PCR and BRAS"),
    ("biology", "Types", "Mean of cLISI, isolated-label F1, NMI and ARI"),
    ("overall", "Overall", "0.6 × types + 0.4 × mixing"),
    ("bras", "BRAS", "Batch silhouette: misleads where samples differ within conditions"),
)
_SECONDS_OF_THOUSAND = 5  # measured on two cores, and growing faster than the number of cells


def show_mixing(view: SamplesView) -> None:
    """The section: how the run was trained, then the report, or a button that makes it."""
    st.subheader("Do the samples mix?", anchor="mixing")
    dataset = view.cells.dataset
    if dataset is None:
        st.info(f"Scores of mixing need {ABSENT_DATA}", icon=":material/cloud_off:")
        return
    report = _read_report(view.cells)
    if report is None:
        show_partners(view)
        _offer(view.cells)
        return
    _show_verdict(report)
    show_partners(view)
    _show_scores(report, view.run.name)
    show_alarms(view.cells, report)


def _offer(cells: CellsView) -> None:
    """The button, and the scoring that it starts."""
    from clustergan_core.runs.clusters.mixing import MAX_CELLS, judge_mixing

    n_cells = min(MAX_CELLS, cells.run.config.dataset.n_samples)
    seconds = _SECONDS_OF_THOUSAND * max(1.0, n_cells / 1_000)
    st.caption(
        "Compares the cells before training, after Harmony, and in this run. Takes about "
        f"{describe_duration(seconds)}, once a run."
    )
    if not st.button("Score the mixing", key="judge_mixing", type="primary", icon=":material/play_arrow:"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text="Starting")
        # Pressing it runs the page again, which ends this run at the next step.
        st.button("Stop", key="stop_mixing", icon=":material/stop:")
    for progress in judge_mixing(cells.run, cells.dataset, cells.matrix):
        bar.progress(progress.fraction, text=plain(progress.message))
    st.rerun()


def _show_verdict(report: MixingReport) -> None:
    show, icon = {
        "mixed": (st.success, ":material/check_circle:"),
        "mixed in part": (st.info, ":material/info:"),
        "not mixed": (st.warning, ":material/warning:"),
        "mixed too much": (st.warning, ":material/warning:"),
    }[report.verdict]
    show(plain(report.sentence), icon=icon)


def _show_scores(report: MixingReport, name: str) -> None:
    table = report.table()
    spaces = table["space"].tolist()
    by_score = table.set_index("space").astype(float).round(3)
    shown = [(key, title, meaning) for key, title, meaning in _SCORES if by_score[key].notna().any()]
    rows = [{"Score": title, **by_score[key].to_dict(), "What it says": meaning} for key, title, meaning in shown]
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="mixing_scores",
        height="content",
        placeholder="–",
        alt="Scores of mixing and of types: principal components, Harmony's components and this run",
        column_config={
            "Score": st.column_config.TextColumn(width=150),
            **{space: number(format="%.2f", width="small") for space in spaces},
            "What it says": st.column_config.TextColumn(width="large"),
        },
    )
    st.caption(plain(" ".join(report.notes)))
    st.download_button(
        "Scores (CSV)",
        table.to_csv(index=False).encode(),
        f"{name}-mixing.csv",
        "text/csv",
        key="mixing_csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _read_report(cells: CellsView) -> MixingReport | None:
    from clustergan_core.runs.clusters.mixing import FILE

    path = cells.run.find_embedding(FILE)
    if path is None:
        return None
    return _report(cells, *cells.weights_key, *cells.data_key, tables_stamp(cells.run), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=6, show_spinner=False)
def _report(
    _cells: CellsView, folder: str, stamp: object, source: str, digest: str, tables: object, written: int
) -> MixingReport | None:
    from clustergan_core.runs.clusters.mixing import read_mixing

    assert _cells.dataset is not None, "asked for with the data alone"
    return read_mixing(_cells.run, _cells.dataset)
