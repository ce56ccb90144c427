"""A section that decodes one sample by Algorithm 1: the restarts of all modes side by side, as they descend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.decoding import N_ITERATIONS, decode_samples, descend_for, generate_decoded, read_clusters
from clustergan_core.drawing.figures.descents import descent_figure
from clustergan_core.drawing.pictures.images import filmstrip, png
from clustergan_core.errors import DataError
from clustergan_core.runs.run import Run
from ui.frame.choices import number
from ui.frame.messages import page_errors, plain
from ui.frame.theme import STRIP, show_figure, show_responsive_image, theme_name
from ui.frame.words import describe_duration
from ui.loading.runs import load_data, load_method, weights_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clustergan_core.method import Method
    from clustergan_core.nn.back_projection import BackProjection

SAMPLE = "sample"  # the address's parameter, as on the Map page: a position in the data set
STATE = "decoding"  # session state: the descent that was asked for last
REFRESH_SECONDS = 0.4
ABSENT_DATA = "Decoding a sample needs the data, which is not on this machine."
_SLICE_SECONDS = 0.2  # of descent between two drawings, after which other sessions have their turn
_MAX_ITERATIONS = 5000  # as the authors' code; the command goes further
_MAX_SHOWN = 12  # restarts side by side
_CELL = 72


@dataclass
class Decoding:
    """One sample's descent, which a session moves on slice by slice."""

    subject: tuple[object, ...]  # run, weights, sample and iterations
    title: str
    sample: NDArray[np.float32]
    n_iterations: int
    answer: tuple[int, float] | None  # the method's own cluster and confidence
    steps: Iterator[BackProjection]
    current: BackProjection
    losses: list[NDArray[np.float32]] = field(default_factory=list)  # (R,) at the start and after each iteration
    seconds: float = 0.0
    is_stopped: bool = False

    @property
    def n_done(self) -> int:
        """Iterations so far."""
        return len(self.losses) - 1

    @property
    def is_over(self) -> bool:
        """Whether it has reached its end, or was stopped before."""
        return self.is_stopped or self.n_done == self.n_iterations

    def advance(self) -> None:
        """Descends for a fifth of a second, and by one iteration at least."""
        if self.is_over:
            return
        begun = time.perf_counter()
        for step in descend_for(self.steps, _SLICE_SECONDS):
            self.current = step
            self.losses.append(step.losses[0].numpy())
        self.seconds += time.perf_counter() - begun


@st.fragment
@page_errors()
def show_decoding(run: Run) -> None:
    """The section; nothing is loaded for it before a person asks for a sample."""
    with st.expander("Decode a sample", expanded=SAMPLE in st.query_params, icon=":material/my_location:"):
        st.caption(
            "Algorithm 1 of the paper: from every mode, z_n descends until the generated sample is near the given one. "
            "The mode with the lowest loss decodes it; no encoder takes part."
        )
        if not run.is_data_here():
            st.info(ABSENT_DATA, icon=":material/download:")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            last = run.config.dataset.n_samples - 1
            index = number(
                SAMPLE, FieldInfo.from_field(0, ge=0, le=last), label="Sample", help_text=f"0 to {last}.", width=140
            )
            iterations = FieldInfo.from_field(N_ITERATIONS, ge=1, le=_MAX_ITERATIONS)
            n_iterations = number("iterations", iterations, label="Iterations", width=140)
            is_asked = st.button("Decode", key="decode", icon=":material/play_arrow:")
        subject = (str(run.folder), weights_stamp(run), index, n_iterations)
        if is_asked:
            st.session_state[STATE] = _begin(run, subject, index, n_iterations)
        decoding: Decoding | None = st.session_state.get(STATE)
        if decoding is None or decoding.subject != subject:
            st.session_state.pop(STATE, None)
            return
        _watch(run, decoding)


def _watch(run: Run, decoding: Decoding) -> None:
    """Draws the descent, which goes on while this page is open."""
    was_over = decoding.is_over

    @st.fragment(run_every=None if was_over else REFRESH_SECONDS)
    @page_errors()
    def draw() -> None:
        decoding.advance()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(decoding.n_done / decoding.n_iterations, text=describe_progress(decoding))
            if not decoding.is_over and st.button("Stop", key="stop-decoding", icon=":material/stop:"):
                decoding.is_stopped = True
        if decoding.is_over and not was_over:
            st.rerun()  # once: from here on nothing refreshes by itself
        _show(run, decoding)

    draw()


def _begin(run: Run, subject: tuple[object, ...], index: int, n_iterations: int) -> Decoding:
    dataset = load_data(run)
    if dataset is None:
        raise DataError(ABSENT_DATA)
    method, sample = load_method(run), dataset.samples[index]
    answers = read_clusters(method, sample[None])
    steps = decode_samples(method, sample[None], n_iterations)
    first = next(steps)
    label = UNLABELLED if dataset.labels is None else int(dataset.labels[index])
    title = f"Sample {dataset.sample_id(index)}"
    return Decoding(
        subject,
        title if label == UNLABELLED else f"{title}, label {dataset.label_names[label]}",
        sample,
        n_iterations,
        None if answers is None else (int(answers[0][0]), float(answers[1][0])),
        steps,
        first,
        [first.losses[0].numpy()],
    )


def _show(run: Run, decoding: Decoding) -> None:
    method, losses = load_method(run), np.array(decoding.losses)
    st.markdown(describe_winner(decoding))
    st.markdown(describe_answer(decoding, method))
    # The best restarts, in the order of their modes, in which they do not change places.
    shown = np.sort(losses[-1].argsort(kind="stable")[:_MAX_SHOWN])
    pictures = generate_decoded(method, decoding.current.latents[0, shown.tolist()])
    strip = filmstrip(
        np.concatenate([decoding.sample[None], pictures]),
        ["sample", *(f"{mode}: {losses[-1, mode]:.3f}" for mode in shown.tolist())],
        highlight=1 + shown.tolist().index(int(losses[-1].argmin())),
        feature_names=run.config.dataset.feature_names,
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    described = "The sample, and the best that each mode generates"
    show_responsive_image(png(strip), (strip.width // 2, strip.height // 2), STRIP, described, "restarts")
    of_all = f"The {len(shown)} best of {losses.shape[1]} restarts" if len(shown) < losses.shape[1] else "The restarts"
    st.caption(f"{of_all} beside the sample, each with its mode and its loss. The frame marks the winner.")
    names = [f"mode {mode}" for mode in range(losses.shape[1])]
    figure = descent_figure(losses, names, decoding.n_iterations)
    show_figure(figure, "descent", f"Loss of each restart over {decoding.n_iterations} iterations")


def describe_progress(decoding: Decoding) -> str:
    """How far it is, and how long the rest will take."""
    done = f"{decoding.n_done} of {decoding.n_iterations} iterations"
    if decoding.is_over:
        return f"{done}, stopped" if decoding.n_done < decoding.n_iterations else f"{done} in {decoding.seconds:.1f} s"
    if not decoding.n_done:
        return done
    # Between two slices of descent the page is drawn.
    rest = decoding.seconds / decoding.n_done * (decoding.n_iterations - decoding.n_done)
    return f"{done}, about {describe_duration(rest * REFRESH_SECONDS / _SLICE_SECONDS)} left"


def describe_winner(decoding: Decoding) -> str:
    """The mode of the lowest loss, and by how much the second-best is worse."""
    losses = decoding.losses[-1]
    winner, second = losses.argsort(kind="stable")[:2].tolist()
    return (
        f"{plain(decoding.title)}: **mode {winner}** has the lowest loss, {losses[winner]:.4f}; that of the "
        f"second-best, mode {second}, is {float(decoding.current.margin[0]):.1%} higher."
    )


def describe_answer(decoding: Decoding, method: Method) -> str:
    """What the method itself reads in the sample."""
    if decoding.answer is None:
        return plain(method.lacks("encoder"))
    cluster, confidence = decoding.answer
    answer = "as well" if cluster == int(decoding.losses[-1].argmin()) else "instead"
    return f"The run itself reads mode {cluster} {answer}, with confidence {confidence:.2f}."
