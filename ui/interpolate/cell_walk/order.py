"""The order in which genes switch in the real cells between two types: shown where it repeats, else why it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.cells.ensembles import LEAST_CELLS
from clustergan_core.drawing.figures.gene_walks import switch_order_figure
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.errors import AppError
from clustergan_core.runs.clusters.ensembles import Ensemble, find_ensemble
from clustergan_core.runs.run import Run
from ui.cells.view import RealCells
from ui.forms.scheduler import usual_scheduler
from ui.frame.links import choices_to_watch, link_page
from ui.frame.messages import page_errors, plain, show_problem, show_shell
from ui.frame.theme import is_dark, show_themed, theme_name
from ui.frame.words import describe_duration
from ui.interpolate.cell_walk.position import WalkPosition
from ui.interpolate.ensemble import ends_in_runs, ensemble_key, forget_ensembles, open_ensemble

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.pseudotime import PseudotimeReference
    from clustergan_core.cells.switch_order import SwitchOrder

_POLL_SECONDS = 5


def open_order(position: WalkPosition) -> SwitchOrder | None:
    """The order of the walk's genes over the run's ensemble; None while the data is absent and for equal ends."""
    if position.cells is None or position.walk.mode_a == position.walk.mode_b:
        return None
    runs = open_ensemble(position.view.run).runs
    return _order(position, position.cells, runs, ensemble_key(runs), position.walk.mode_b, position.walk.mode_a)


def show_order(position: WalkPosition, order: SwitchOrder | None) -> None:
    """What is known of the order, with its figure where it repeats, and how to train what it lacks."""
    st.subheader("The order in which genes switch")
    if position.cells is None:
        st.caption("The order is read in real cells, which need the data.")
        return
    if position.walk.mode_a == position.walk.mode_b:
        st.caption("A walk from a type to itself has no order: choose two types.")
        return
    if order is None:
        st.caption(f"One of the two types has fewer than {LEAST_CELLS} cells in this run: too few for an order.")
        return
    if order.verdict == "too few runs":
        _show_missing_runs(position, order)
    elif order.verdict == "order":
        _show_figure(position, position.cells, order)
    else:
        st.info(plain(order.explain()), icon=":material/shuffle:")
    with st.expander("Genes that differ, over the runs" if order.verdict != "order" else "As a table"):
        table = order.table(position.view.gene_names)
        st.dataframe(table, hide_index=True, key="order-table", alt="Genes with their difference between the types")
        st.caption(
            f"Mean expression of real cells, {plain(position.titles.short[position.walk.mode_a])} minus "
            f"{plain(position.titles.short[position.walk.mode_b])}: the median, lowest and highest of the runs that "
            "have both types, and how many of them agree on its sign."
        )


def _show_figure(position: WalkPosition, cells: RealCells, order: SwitchOrder) -> None:
    names = [position.view.gene_names[gene] for gene in order.genes.tolist()]
    chain = [names[place] for place in order.chain]
    st.markdown(f"{plain(order.explain())}" + (f"  \n**{plain(' → '.join(chain))}**" if len(chain) > 1 else ""))
    figure = _draw(order, tuple(names), theme_name(), position.key)
    show_themed(figure, "gene-order", f"{len(names)} genes in the order in which they switch in real cells")
    st.caption(
        "Real cells, placed by half of the genes; the other half is read along them. A dot marks half way between the "
        "two types, with the middle 68% of readings. Solid dots: genes that stand before or after at least half of the "
        "others in 90% of readings; the others are grey. In the line above, each gene switches before all that follow."
    )
    if st.toggle("Compare with diffusion pseudotime", key="pseudotime", help="scanpy; takes about ten seconds."):
        st.markdown(plain(_pseudotime(position, cells, order, position.key).explain()))


@page_errors()
def _show_missing_runs(position: WalkPosition, order: SwitchOrder) -> None:
    """What an order lacks: runs that train, or the button and the command that train the missing ones."""
    from clustergan_core.cells.switch_order import LEAST_RUNS

    run, walk = position.view.run, position.walk
    ensemble = open_ensemble(run)
    seeds = ", ".join(map(str, sorted(ensemble.seeds)))
    st.info(
        plain(f"{order.explain()} This configuration has {len(ensemble.runs)} trained (seed {seeds})."),
        icon=":material/casino:",
    )
    if ensemble.active:
        _wait_for(run, len(ensemble.active))
        return
    missing = ensemble.missing_configs(LEAST_RUNS)
    if not missing:
        st.caption(f"Runs that lack one of the two types do not count: {len(ensemble.runs)} are trained.")
        return
    names = " and ".join(str(config.seed) for config in missing)
    if seconds := run.status().seconds:
        st.caption(f"One run takes about {describe_duration(seconds)}, as this one did, and joins the queue.")
    with st.container(horizontal=True, vertical_alignment="center"):
        plural = "s" if len(missing) > 1 else ""
        if st.button(f"Train seed{plural} {names}", key="train_ensemble", type="primary", icon=":material/play_arrow:"):
            _start(ensemble)
        with st.popover("The command"):
            show_shell(f"python -m clustergan_core walk {run.name} --from {walk.mode_b} --to {walk.mode_a} --train")


def _start(ensemble: Ensemble) -> None:
    from clustergan_core.cells.switch_order import LEAST_RUNS
    from clustergan_core.runs.queue.backends import launch

    try:
        for config in ensemble.missing_configs(LEAST_RUNS):
            launch(config, usual_scheduler())
    except AppError as problem:
        show_problem(problem)
        return
    forget_ensembles()
    st.rerun()


@st.fragment(run_every=_POLL_SECONDS)
def _wait_for(run: Run, n_active: int) -> None:
    """Says that runs train, and shows the order once one of them has ended."""
    active = find_ensemble(run).active
    if len(active) != n_active:
        forget_ensembles()
        st.rerun()
    st.caption(f"{n_active} more {'run trains or waits' if n_active == 1 else 'runs train or wait'}.")
    if active:
        link_page("Train", choices_to_watch(active[0].name), "Watch")


@st.cache_resource(max_entries=20, show_spinner="Reading the order in real cells…")
def _order(
    _position: WalkPosition, _cells: RealCells, _runs: tuple[Run, ...], stamps: object, mode_b: int, mode_a: int
) -> SwitchOrder | None:
    from clustergan_core.cells.switch_order import find_switch_order

    samples = _cells.dataset.samples
    ends = ends_in_runs(_runs, len(samples), mode_b, mode_a)
    return find_switch_order(samples, ends, _position.view.scale.expression)


@st.cache_resource(max_entries=20, show_spinner="Computing diffusion pseudotime…")
def _pseudotime(_position: WalkPosition, _cells: RealCells, _order: SwitchOrder, key: str) -> PseudotimeReference:
    from clustergan_core.cells.pseudotime import compare_with_pseudotime

    samples, walk = _cells.dataset.samples, _position.walk
    (end,) = ends_in_runs((_position.view.run,), len(samples), walk.mode_b, walk.mode_a)
    return compare_with_pseudotime(samples, end, _order, _position.view.scale.expression)


@st.cache_resource(max_entries=50, show_spinner=False)
def _draw(_order: SwitchOrder, names: tuple[str, ...], theme: str, key: str) -> Figure:
    order = _order
    figure = switch_order_figure(order.curves, names, order.points, order.low, order.high, np.array(order.is_resolved))
    return apply_theme(figure, is_dark())
