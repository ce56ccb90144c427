"""Which runs are compared, in the address as ?runs=…&runs=… or with commas, and what to offer while too few are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.comparison.groups import Comparison
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped
from ui.frame.choices import N_NAMED_RUNS, linked, one_of, respell
from ui.frame.links import link_pages
from ui.frame.messages import plain, show_problem
from ui.runs.choice import describe_run

RUNS_KEY = "runs"  # the picker's key and the address's parameter
MAX_RUNS = 12  # more columns and curves cannot be compared at a glance


def choose_comparison() -> Comparison:
    """The picker of runs; while fewer than two are chosen, offers some and stops the page."""
    runs = {run.name: run for run in [*list_runs(), *list_shipped()] if _is_readable(run)}
    if len(runs) < 2:
        st.info("A comparison needs two runs: train one, and it will appear here.", icon=":material/model_training:")
        link_pages("Train", "Runs")
        st.stop()
    names = _pick(list(runs))
    if len(names) < 2:
        _offer(list(runs.values()), names)
        st.stop()
    st.caption("  \n".join(plain(f"{name}: {describe_run(runs[name])}") for name in names))
    return Comparison.of([runs[name] for name in names])


def _pick(names: Sequence[str]) -> list[str]:
    # No run's name holds a comma, and people type lists with commas.
    respell(RUNS_KEY, lambda text: [name for name in text.split(",") if name])
    n_asked = len(set(st.query_params.get_all(RUNS_KEY)))
    if n_asked > MAX_RUNS:
        problem = (
            f"The address asks for {n_asked} runs, but only {MAX_RUNS} can be compared: the first {MAX_RUNS} are shown."
        )
        show_problem(SettingsError(problem))
    with linked(RUNS_KEY, one_of(names, N_NAMED_RUNS)):
        return st.multiselect(
            "Runs",
            names,
            key=RUNS_KEY,
            bind="query-params",
            max_selections=MAX_RUNS,
            placeholder="Choose two or more runs",
            help=f"Your own runs, newest first, then bundled models; {MAX_RUNS} at most.",
        )


def _offer(runs: Sequence[Run], chosen: Sequence[str]) -> None:
    """Says what is missing, and offers runs on the same data."""
    first = next((run for run in runs if run.name in chosen), None)
    if first is None:
        st.info(
            "Choose two or more runs to compare their settings, scores, curves, clusters and maps.",
            icon=":material/info:",
        )
    else:
        st.info(
            f"{plain(first.name)} is the only run chosen: choose another to compare it with.",
            icon=":material/info:",
        )
    by_data: dict[str, list[Run]] = {}
    for run in runs:
        if first is None or run.config.dataset.digest == first.config.dataset.digest:
            by_data.setdefault(run.config.dataset.digest, []).append(run)
    offers = [together for together in by_data.values() if len(together) > 1]
    if offers:
        st.caption("Runs on the same data:")
    elif first is not None:
        st.caption(
            plain(
                f"There is no other run on {first.config.dataset.name}. Runs on other data can still be compared by "
                "scores and curves."
            )
        )
    for together in offers:
        if first is not None:
            together = [first, *(run for run in together if run != first)]
        together = together[:MAX_RUNS]
        st.button(
            f"{plain(together[0].config.dataset.name)}: {_name(together)}",
            key=f"offer-{together[0].config.dataset.digest[:12]}",
            icon=":material/compare_arrows:",
            on_click=_choose,
            args=([run.name for run in together],),
        )
    link_pages("Runs", "Train")


def _choose(names: list[str]) -> None:
    st.session_state[RUNS_KEY] = names


def _name(runs: Sequence[Run]) -> str:
    names = [plain(run.title) for run in runs[:2]]
    return " and ".join(names) if len(runs) == 2 else f"{', '.join(names)} and {len(runs) - 2} more"


def _is_readable(run: Run) -> bool:
    """Damaged runs are listed on the Runs page and not offered here."""
    try:
        return bool(run.config)
    except RunError:
        return False
