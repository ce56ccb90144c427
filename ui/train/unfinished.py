"""A run that still trains, on the pages that show trained runs: the sentence about its step, and the refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.methods import find_method
from clustergan_core.runs.replay import frame_steps
from clustergan_core.runs.run import Run
from clustergan_core.score_names import keeps_last_weights
from ui.frame.choices import segmented
from ui.frame.messages import page_errors
from ui.loading.metrics import load_history
from ui.loading.runs import weights_stamp
from ui.train.forming import show_forming
from ui.train.phases import generator_begins

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_SECONDS = 1
AS_IT_TRAINS, WEIGHTS = "as it trains", "weights so far"


def is_drawn_as_it_trains(run: Run) -> bool:
    """Whether the run still trains and its encoder has been read; where it has saved weights, a person chooses."""
    if run.status().is_over or not frame_steps(run.folder):
        return False
    return not run.has_weights() or segmented("unfinished", [AS_IT_TRAINS, WEIGHTS], "Show") == AS_IT_TRAINS


def precedes_generator(run: Run) -> bool:
    """Whether the run still trains, and its generator has not begun to learn or no weights are saved yet."""
    status = run.status()
    if status.is_over or not frame_steps(run.folder):
        return False
    return not run.has_weights() or status.step <= generator_begins(run)


def show_map_as_it_trains(run: Run) -> None:
    """The map after each kept step, drawn again as training goes on; the page runs anew when it has ended."""

    def draw() -> None:
        st.caption(
            "This run still trains, and the map follows its encoder by itself. Saved weights can also be laid out by "
            "t-SNE, UMAP or PCA, with selections and exports."
        )
        show_forming(run)

    follow(run, draw, ends=lambda: run.status().is_over)


def follow(run: Run, draw: Callable[[], None], ends: Callable[[], bool]) -> None:
    """Draws every second while the run trains; once `ends` holds, the whole page runs anew."""

    @st.fragment(run_every=REFRESH_SECONDS)
    @page_errors()
    def draw_again() -> None:
        if ends():
            st.rerun()
        draw()

    draw_again()


def show_weights_so_far(run: Run) -> None:
    """Says which step's weights a page shows of a run that still trains; the page runs anew with newer weights.

    Nothing for a run that has ended.
    """
    if run.status().is_over:
        return
    shown = weights_stamp(run)

    def draw() -> None:
        status, config, history = run.status(), run.config, load_history(run)
        is_last = keeps_last_weights(find_method(config.method), config.method_settings(), config.dataset.has_modes)
        step = history.best_step(config.schedule, is_last)
        which = "its weights" if step is None else f"its best weights so far, of step {step:,}"
        st.caption(
            f"This run still trains, at step {status.step:,} of {status.n_steps:,}. The page shows {which}, and "
            "follows by itself."
        )

    follow(run, draw, ends=lambda: run.status().is_over or weights_stamp(run) != shown)
