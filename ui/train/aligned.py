"""The t-SNE maps of a training's steps: laid out when a person asks for it, a slice of time after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.runs.aligned_maps import compute_aligned, read_aligned
from clustergan_core.runs.replay import frame_path, frame_steps
from ui.frame.messages import page_errors, show_problem
from ui.frame.words import describe_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clustergan_core.embedding.aligned import AlignedMaps
    from clustergan_core.runs.run import Run

_STATE = "aligned_maps"  # session state: the layout that was begun last
_REFRESH_SECONDS = 0.4
_SLICE_SECONDS = 0.2  # of work between two drawings, after which other sessions have their turn


@dataclass
class _Layout:
    """Maps that a session lays out."""

    run: str
    steps: Iterator[AlignedMaps]
    current: AlignedMaps | None = None
    seconds: float = 0.0  # of work
    is_stopped: bool = False
    problem: str = ""  # why it ended before its time

    def advance(self) -> bool:
        """Lays out for a fifth of a second, and one map at least; returns whether all are there."""
        begun = time.perf_counter()
        while time.perf_counter() - begun < _SLICE_SECONDS:
            self.current = next(self.steps, self.current)
            if self.current is None or self.current.is_whole:
                break
        self.seconds += time.perf_counter() - begun
        return self.current is None or self.current.is_whole

    @property
    def n_done(self) -> int:
        """Maps so far."""
        return 0 if self.current is None else len(self.current.coordinates)


def aligned_maps(run: Run) -> AlignedMaps | None:
    """The maps of all steps; None while they are missing, which the page then shows with a way to lay them out."""
    found = _read(run, str(run.folder), _stamp(run))
    if found is not None:
        return found
    if not run.status().is_over:
        st.caption("t-SNE can lay out the steps, from the last one backwards, once the training has ended.")
        return None
    layout: _Layout | None = st.session_state.get(_STATE)
    if layout is not None and layout.run != str(run.folder):
        layout = st.session_state.pop(_STATE, None)
    if layout is None or layout.is_stopped or layout.problem:
        _offer(run, layout)
        return None
    _watch(run, layout)
    return None


def describe_moves(maps: AlignedMaps, index: int, noun: str) -> str:
    """How far the samples moved since the step before, beside how far they move when nothing changes."""
    if index == 0:
        return f"Moves of less than {maps.own_move:.1f} come from the layout, not from the training."
    before, after = maps.coordinates[index - 1 : index + 1]
    move = float(np.linalg.norm(after - before, axis=1).mean())
    return (
        f"Since the step before, a {noun} moved by {move:.1f} on average; by layout alone, with nothing changed, "
        f"by {maps.own_move:.1f}."
    )


def _offer(run: Run, layout: _Layout | None) -> None:
    n_steps = len(frame_steps(run.folder))
    st.caption(
        f"t-SNE lays out the {n_steps} kept steps one by one, from the last one backwards. Each starts from the layout "
        "of the step after it and takes half a second to a second on a free core."
    )
    if layout is not None and layout.problem:
        show_problem(layout.problem)
        layout = None
    label = "Lay out" if layout is None else f"Continue after {layout.n_done} of {n_steps}"
    if st.button(label, key="align", icon=":material/play_arrow:"):
        st.session_state[_STATE] = layout or _Layout(str(run.folder), compute_aligned(run))
        st.session_state[_STATE].is_stopped = False
        st.rerun()


def _watch(run: Run, layout: _Layout) -> None:
    n_steps = len(frame_steps(run.folder))

    @st.fragment(run_every=_REFRESH_SECONDS)
    @page_errors()
    def draw() -> None:
        try:
            is_done = layout.advance()
        except AppError as problem:
            layout.problem = str(problem)
            st.rerun()
        if is_done:
            st.session_state.pop(_STATE, None)
            st.rerun()
        left = layout.seconds / max(1, layout.n_done) * (n_steps - layout.n_done)
        with st.container(horizontal=True, vertical_alignment="center"):
            told = f"{layout.n_done} of {n_steps} steps, about {describe_duration(left)} of work left"
            if not layout.n_done:
                told = "Laying out the last step, which takes longest."
            st.progress(layout.n_done / n_steps, text=told)
            if st.button("Stop", key="stop-align", icon=":material/stop:"):
                layout.is_stopped = True
                st.rerun()

    draw()


def _stamp(run: Run) -> tuple[tuple[int, int], ...]:
    return tuple((step, frame_path(run.folder, step).stat().st_mtime_ns) for step in frame_steps(run.folder))


def _read(run: Run, folder: str, stamp: object) -> AlignedMaps | None:
    """Kept once they are there; asked for again while they are not."""
    try:
        return _kept(run, folder, stamp)
    except LookupError:
        return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(_run: Run, folder: str, stamp: object) -> AlignedMaps:
    found = read_aligned(_run)
    if found is None:
        raise LookupError
    return found
