"""Interpolate: walk between modes and see what the generator makes of codes it was never trained on."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.run import Run
from ui.cells.view import open_cells
from ui.frame.choices import segmented
from ui.frame.fresh import fresh_container
from ui.frame.messages import page_errors
from ui.interpolate.cells import choose_cell_view, show_cells
from ui.interpolate.codes import (
    VIEWS,
    choose_ends,
    choose_mixture,
    describe_code,
    show_end_buttons,
    show_mixture_buttons,
)
from ui.interpolate.pictures import show_downloads, show_mixed_modes, show_responses, show_sample, show_walk, walk_gif
from ui.interpolate.view import GeneratorView
from ui.interpolate.z_n import choose_source, choose_z_n
from ui.loading.runs import load_method, require_abilities
from ui.runs.choice import choose_run


@st.fragment
@page_errors()
def show_interpolation(run: Run) -> None:
    """Everything that follows the sliders. A moved slider redraws this part only, and only for its newest value."""
    from clustergan_core.generation import read_codes, walk_codes

    method = load_method(run)
    prior = method.prior
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = segmented("view", VIEWS, "Walk between")
        source, seed = choose_source(prior)
    ends, mixture = None, None
    if chosen == VIEWS[0]:
        ends = choose_ends(prior)
        code = walk_codes(prior, ends.mode_a, ends.mode_b, [ends.mu])[0]
    else:
        mixture = choose_mixture(prior)
        code = mixture.weights
    buttons = st.container(horizontal=True, vertical_alignment="center")
    stage, below = st.container(), st.container()
    with below:
        view = GeneratorView(run, method, choose_z_n(prior, source, seed))
    sample = view.generate(code[None])
    codes = read_codes(method, sample)
    with stage:
        # The large sample is sent before anything slower is drawn.
        show_sample(view, sample[0], None if codes is None else codes[0], f"Generated sample at {describe_code(code)}")
        if ends:
            show_walk(view, ends)
            if run.config.dataset.kind != "image":
                show_responses(view, ends)
        if mixture:
            show_mixed_modes(view, mixture)
    with buttons:
        if ends:
            show_end_buttons()
            animation = lambda: walk_gif(view, ends)  # noqa: E731
            show_downloads(view, sample[0], animation, f"{run.name}-{ends.mode_b}-to-{ends.mode_a}")
        if mixture:
            show_mixture_buttons(mixture)
            show_downloads(view, sample[0], None, f"{run.name}-mixture")
        st.markdown(f"z_c = {describe_code(code)}")


st.title("Interpolate")
st.markdown(
    "The generator makes samples between its modes, z_c = (1 − μ) · From + μ · To. "
    "**Between the ends, these codes were never sampled in training.**"
)
which, views = st.columns([3, 2], gap="medium")
with which:
    run = choose_run()
require_abilities(run, "modes")
if is_of_cells(run):
    with views:
        chosen = choose_cell_view()
    with fresh_container("interpolate", run.name):
        show_cells(open_cells(run), chosen)
else:
    with fresh_container("interpolate", run.name):
        show_interpolation(run)
