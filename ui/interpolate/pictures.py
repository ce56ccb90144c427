"""What a place between modes looks like: its sample, how the encoder reads it, the whole walk, and files of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.drawing.figures.profiles import response_figure
from clustergan_core.drawing.pictures.bitmaps import crisp_side
from clustergan_core.drawing.pictures.images import gif, png
from clustergan_core.drawing.pictures.tabular import thumbnail
from clustergan_core.drawing.pictures.walk_strip import walk_strip
from clustergan_core.drawing.theme import THEMES, apply_theme
from clustergan_core.runs.run import Run
from ui.frame.code_bars import show_code
from ui.frame.theme import LARGE_SAMPLE, STRIP, is_dark, show_responsive_image, show_themed, theme_name
from ui.loading.runs import weights_stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image
    from plotly.graph_objects import Figure

    from clustergan_core.method import Method
    from ui.interpolate.codes import Ends, Mixture

N_STEPS = 11
_SIDE = 360  # pixels of the large picture in a small window
_CODE_HEIGHT = "max(230px, min(24vw, 30vh))"
_GIF_SIDE = 256
_N_GIF_STEPS = 25  # there; and back again
_N_RESPONSE_STEPS = 51
_CELL = 72


def show_sample(sample: NDArray[np.float32], run: Run, code: NDArray[np.float32] | None, alt: str) -> None:
    """The sample, large, and beside it the code (K,) that the encoder reads in it."""
    with st.container(horizontal=True, gap="large"):
        # Inside the message rather than as a file of its own, the picture is there a request sooner.
        picture = draw_sample(sample, run, 2 * _SIDE)
        show_responsive_image(
            _png(picture), (picture.width // 2, picture.height // 2), LARGE_SAMPLE, alt, "large-sample"
        )
        with st.container(width="stretch"):
            if code is None:
                st.info("This method reads no code from a sample.", icon=":material/info:")
                return
            show_code(code, _CODE_HEIGHT)


def show_walk(run: Run, method: Method, normal: NDArray[np.float32], ends: Ends) -> None:
    """Eleven steps from B to A with the encoder's reading of each, and where it changes its mind."""
    highlight = round(ends.mu * (N_STEPS - 1))
    strip, size, flips = _draw_walk(run, method, normal, ends, highlight, _place(run, normal, ends))
    described = f"{N_STEPS} samples on the way from mode {ends.mode_b} to mode {ends.mode_a}"
    show_responsive_image(strip, size, STRIP, f"{described}. {flips}", "walk-strip")
    st.caption(f"The walk over μ; the bars show which mode the encoder reads in each step. {flips}")


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_walk(
    _run: Run, _method: Method, _normal: NDArray[np.float32], _ends: Ends, highlight: int, place: object
) -> tuple[bytes, tuple[int, int], str]:
    """PNG of the strip, its size on the page, and the sentence on flips; `place` stands for all that is not hashed."""
    from clustergan_core.generation import read_codes

    mus, samples = sample_walk(_method, _normal, _ends, N_STEPS)
    codes = read_codes(_method, samples)
    strip = walk_strip(
        samples,
        [f"{mu:.1f}" for mu in mus],
        codes,
        highlight=highlight,
        feature_names=_run.config.dataset.feature_names,
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    return _png(strip), (strip.width // 2, strip.height // 2), describe_flips(mus, codes)


def show_modes(run: Run, method: Method, normal: NDArray[np.float32], mixture: Mixture) -> None:
    """The modes that are mixed, each pure, with their weights."""

    from clustergan_core.generation import generate_codes

    pure = np.eye(method.prior.n_clusters, dtype=np.float32)[list(mixture.modes)]
    strip = walk_strip(
        generate_codes(method, pure, normal),
        [f"{mixture.weights[mode]:.0%}" for mode in mixture.modes],
        pure,
        feature_names=run.config.dataset.feature_names,
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    described = "The modes that are mixed, with their weights"
    show_responsive_image(_png(strip), (strip.width // 2, strip.height // 2), STRIP, described, "mixed-modes")
    st.caption("The modes that are mixed, at the same z_n, with their normalised weights.")


def show_responses(run: Run, method: Method, normal: NDArray[np.float32], ends: Ends) -> None:
    """How each feature of tabular data answers μ; the figure is kept while only μ moves."""

    figure = _draw_responses(run, method, normal, ends, _place(run, normal, ends))
    line = {"dash": "dot", "width": 1.5, "color": THEMES[theme_name()].text}
    figure.layout.shapes = [
        {"type": "line", "x0": ends.mu, "x1": ends.mu, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    ]
    st.subheader("How the features respond")
    show_themed(figure, "responses", f"Generated features along μ from mode {ends.mode_b} to mode {ends.mode_a}")


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_responses(_run: Run, _method: Method, _normal: NDArray[np.float32], _ends: Ends, place: object) -> Figure:

    mus, samples = sample_walk(_method, _normal, _ends, _N_RESPONSE_STEPS)
    names = _run.config.dataset.feature_names or tuple(f"x{index + 1}" for index in range(samples.shape[1]))
    figure = response_figure(np.array(mus), samples, names, ends=(f"mode {_ends.mode_b}", f"mode {_ends.mode_a}"))
    return apply_theme(figure, is_dark())


def _place(run: Run, normal: NDArray[np.float32], ends: Ends) -> tuple[object, ...]:
    """All that the pictures of a whole walk depend on: everything but μ."""
    return str(run.folder), weights_stamp(run), ends.mode_a, ends.mode_b, normal.tobytes(), theme_name()


def show_downloads(run: Run, sample: NDArray[np.float32], strip: Callable[[], bytes] | None, name: str) -> None:
    """Files are made only when they are asked for."""
    st.download_button(
        "PNG",
        lambda: _png(draw_sample(sample, run, 4 * _GIF_SIDE)),
        f"{name}.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
        help="This sample.",
    )
    if strip:
        st.download_button(
            "GIF",
            strip,
            f"{name}.gif",
            "image/gif",
            icon=":material/animation:",
            on_click="ignore",
            help="The whole walk and back.",
        )


def walk_gif(run: Run, method: Method, normal: NDArray[np.float32], ends: Ends) -> bytes:
    """The walk from B to A and back as an endless animation."""

    _, samples = sample_walk(method, normal, ends, _N_GIF_STEPS)
    frames = [draw_sample(sample, run, _GIF_SIDE) for sample in samples]
    return gif(frames + frames[-2:0:-1])


def sample_walk(
    method: Method, normal: NDArray[np.float32], ends: Ends, n_steps: int
) -> tuple[list[float], NDArray[np.float32]]:
    """Evenly spaced μ from 0 to 1 and their samples (n_steps, *shape)."""
    from clustergan_core.generation import generate_codes, walk_codes

    mus = [step / (n_steps - 1) for step in range(n_steps)]
    return mus, generate_codes(method, walk_codes(method.prior, ends.mode_a, ends.mode_b, mus), normal)


def describe_flips(mus: list[float], codes: NDArray[np.float32] | None) -> str:
    """Where the encoder's most probable mode changes along the walk, in one sentence."""
    from clustergan_core.evaluation.modes import code_flips

    if codes is None:
        return ""
    flips = code_flips(codes)
    if not flips:
        return f"It reads mode {int(codes[0].argmax())} all the way."
    said = [
        f"from {flip.before} to {flip.after} between μ = {mus[flip.step - 1]:.1f} and {mus[flip.step]:.1f}"
        for flip in flips
    ]
    return f"It changes {', then '.join(said)}."


def draw_sample(sample: NDArray[np.float32], run: Run, side: int) -> Image.Image:
    """One sample at most `side` pixels large, in whole pixels where it is an image."""

    record = run.config.dataset
    return thumbnail(sample, record.kind, record.feature_names, crisp_side(sample.shape, side), theme=theme_name())


def _png(picture: Image.Image) -> bytes:

    return png(picture)
