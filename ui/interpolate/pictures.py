"""Pictures of a code between modes: its sample, the code the encoder reads, the whole walk, and files of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.browser.strip import N_STEPS, Strip, make_strip
from clustergan_core.drawing.figures.profiles import response_figure
from clustergan_core.drawing.pictures.images import gif, png
from clustergan_core.drawing.pictures.walk_strip import walk_strip
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.offline.walk import make_walk_page
from ui.frame.messages import plain
from ui.frame.theme import STRIP, is_dark, show_responsive_image, show_themed, theme_name
from ui.interpolate.codes import FIRST_MU, MIXTURE_FORMULA
from ui.interpolate.dials import LatentPlace, picture_fan
from ui.interpolate.mu_line import mark_mu
from ui.interpolate.view import GeneratorView
from ui.latent_slider.component import latent_slider

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from ui.interpolate.codes import Ends, Mixture

_GIF_SIDE = 256
_N_GIF_STEPS = 25  # there; and back again
_N_RESPONSE_STEPS = 51
_CELL = 72
_N_TOLD_FLIPS = 5


def _say_why_no_code(view: GeneratorView) -> None:
    reason = view.method.lacks("encoder") or "This method reads no code from a sample."
    st.info(plain(reason), icon=":material/info:")


def show_walk(view: GeneratorView, ends: Ends, place: LatentPlace) -> None:
    """The slider from B to A and the dials of z_n, whose picture and code follow the pointer."""
    strip, flips = _walk_strip(view, ends, view.walk_key(ends))
    latent_slider(
        "mu",
        strip,
        ends.mu,
        label="μ",
        ends=(ends.mode_b, ends.mode_a),
        default=FIRST_MU,
        words=f"The colour below a step is the mode that the encoder reads in it. {flips}" if flips else "",
        dials=place.dials,
        make_fan=lambda dial: picture_fan(view, place, dial),
    )
    if strip.codes is None:
        _say_why_no_code(view)


def show_mixture(view: GeneratorView, place: LatentPlace) -> None:
    """The dials of a mixture and of z_n, whose picture and code follow the pointer."""
    latent_slider(
        "mixture", None, words=MIXTURE_FORMULA, dials=place.dials, make_fan=lambda dial: picture_fan(view, place, dial)
    )
    if not view.method.encodes:
        _say_why_no_code(view)


@st.cache_data(max_entries=100, show_spinner=False)
def _walk_strip(_view: GeneratorView, _ends: Ends, key: object) -> tuple[Strip, str]:
    """The walk in steps of a hundredth, and the sentence on flips; `key` stands for all that is not hashed."""
    from clustergan_core.generation import read_codes

    mus, samples = _view.sample_walk(_ends, N_STEPS)
    codes = read_codes(_view.method, samples)
    return make_strip(samples, codes, _view.feature_names), describe_flips(mus, codes)


def show_mixed_modes(view: GeneratorView, mixture: Mixture) -> None:
    """The modes of a mixture, each pure, with their weights."""
    pure = np.eye(view.method.prior.n_clusters, dtype=np.float32)[list(mixture.modes)]
    strip = walk_strip(
        view.generate(pure),
        [f"{mixture.weights[mode]:.0%}" for mode in mixture.modes],
        pure,
        feature_names=view.feature_names,
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    described = "The modes of the mixture, with their weights"
    show_responsive_image(png(strip), (strip.width // 2, strip.height // 2), STRIP, described, "mixed-modes")
    st.caption("The modes of the mixture, at the same z_n, with their normalised weights.")


def show_responses(view: GeneratorView, ends: Ends) -> None:
    """How each feature of tabular data responds to μ; the figure is reused while only μ moves."""
    figure = _draw_responses(view, ends, view.walk_key(ends))
    mark_mu(figure, ends.mu)
    st.subheader("How the features respond")
    show_themed(figure, "responses", f"Generated features along μ from mode {ends.mode_b} to mode {ends.mode_a}")


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_responses(_view: GeneratorView, _ends: Ends, key: object) -> Figure:
    mus, samples = _view.sample_walk(_ends, _N_RESPONSE_STEPS)
    names = _view.feature_names or tuple(f"x{index + 1}" for index in range(samples.shape[1]))
    figure = response_figure(np.array(mus), samples, names, ends=(f"mode {_ends.mode_b}", f"mode {_ends.mode_a}"))
    return apply_theme(figure, is_dark())


def show_downloads(
    view: GeneratorView,
    sample: Callable[[], NDArray[np.float32]],
    name: str,
    *,
    animation: Callable[[], bytes] | None = None,
    page: Callable[[], bytes] | None = None,
) -> None:
    """Buttons for the sample and, where there are some, the animation and the page; files are made on request."""
    st.download_button(
        "PNG",
        lambda: png(view.draw_sample(sample(), 4 * _GIF_SIDE)),
        f"{name}.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
        help="This sample.",
    )
    if animation:
        st.download_button(
            "GIF",
            animation,
            f"{name}.gif",
            "image/gif",
            icon=":material/animation:",
            on_click="ignore",
            help="The whole walk and back.",
        )
    if page:
        st.download_button(
            "HTML",
            page,
            f"{name}.html",
            "text/html",
            icon=":material/html:",
            on_click="ignore",
            help="The walk under its handle, in one file that opens without the app.",
        )


def walk_page(view: GeneratorView, ends: Ends, seed: int | None) -> bytes:
    """The walk as a file that opens offline; `seed` is that of z_n, None where z_n was chosen by hand."""
    strip, _ = _walk_strip(view, ends, view.walk_key(ends))
    return make_walk_page(view.run, strip, ends.mode_b, ends.mode_a, seed=seed)


def walk_gif(view: GeneratorView, ends: Ends) -> bytes:
    """The walk from B to A and back as an endless animation."""
    _, samples = view.sample_walk(ends, _N_GIF_STEPS)
    frames = [view.draw_sample(sample, _GIF_SIDE) for sample in samples]
    return gif(frames + frames[-2:0:-1])


def describe_flips(mus: list[float], codes: NDArray[np.float32] | None) -> str:
    """Where the encoder's most probable mode changes along the walk, in one sentence."""
    from clustergan_core.evaluation.modes import code_flips

    if codes is None:
        return ""
    flips = code_flips(codes)
    if not flips:
        return f"It reads mode {int(codes[0].argmax())} all the way."
    changes = [f"from {flip.before} to {flip.after} at μ = {mus[flip.step]:.2f}" for flip in flips[:_N_TOLD_FLIPS]]
    more = len(flips) - len(changes)
    return f"It changes {', then '.join(changes)}{f', and {more} times more' if more else ''}."
