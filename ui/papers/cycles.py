"""Figure 7 of ClusterGAN: both cycle losses of a run over its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.paper_tables.clustergan import FIGURE_7, FIGURE_7_STEPS
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped
from ui.frame.messages import plain
from ui.frame.theme import show_figure

CYCLES: Mapping[str, str] = {
    "sample_cycle": "‖x − G(E(x))‖², samples",
    "latent_cycle": "‖z − E(G(z))‖², latents",
}


def show_cycles() -> None:
    """The losses of a chosen run, and where the paper's end."""
    runs = _runs_with_cycles()
    if not runs:
        st.caption("No run of ClusterGAN on mnist with two evaluations is on this machine: train one first.")
        return
    run = st.selectbox("Run", list(runs), format_func=lambda run: run.title, key="papers_figure_7_run", width=420)
    _show(run, runs[run])


def _show(run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    from clustergan_core.drawing.figures.curves import loss_figure

    courses = [{"step": row["step"], **{title: row[name] for name, title in CYCLES.items()}} for row in rows]
    figure = loss_figure(courses, n_columns=2)
    show_figure(figure, "clustergan-figure-7", "Cycle losses of samples and latents over the steps of training")
    printed = " and ".join(f"{FIGURE_7[name]:g} ({title})" for name, title in CYCLES.items())
    ours = " and ".join(f"{rows[-1][name]:.2g}" for name in CYCLES)
    st.caption(
        plain(
            f"The paper ends at {printed} after {FIGURE_7_STEPS:,} steps; {run.name} at {ours} after "
            f"{rows[-1]['step']:,}, on validation samples. Both are means over dimensions. The camera above the figure "
            "saves it as SVG."
        )
    )


def _runs_with_cycles() -> dict[Run, list[dict[str, Any]]]:
    """Runs of ClusterGAN on MNIST with two evaluations or more, bundled ones first, and these evaluations."""
    found: dict[Run, list[dict[str, Any]]] = {}
    for run in (*list_shipped(), *list_runs()):
        try:
            config = run.config
        except AppError:  # the Runs page says what is wrong with it
            continue
        if (config.method, config.dataset.source) != ("clustergan", "mnist"):
            continue
        rows = [{"step": row["step"], **row["scores"]} for row in run.metrics().rows if "scores" in row]
        rows = [row for row in rows if CYCLES.keys() <= row.keys()]
        if len(rows) > 1:
            found[run] = rows
    return found
