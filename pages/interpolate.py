"""Interpolate: walk between modes and see what the generator makes of codes it was never trained on."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.run import Run
from ui.frame.choices import linked, one_of
from ui.frame.messages import page_errors
from ui.interpolate.cells import choose_cell_view, show_cells
from ui.interpolate.codes import VIEWS, choose_ends, choose_mixture, end_buttons, formula, mixture_buttons
from ui.interpolate.pictures import show_downloads, show_modes, show_responses, show_sample, show_walk, walk_gif
from ui.interpolate.z_n import choose_normal, choose_way
from ui.loading.runs import load_method, require_abilities
from ui.runs.choice import choose_run


@st.fragment
@page_errors()
def walk(run: Run) -> None:
    """Everything that follows the sliders. A move of one draws this part only, and only for its newest value."""
    from clustergan_core.generation import generate_codes, read_codes, walk_codes

    method = load_method(run)
    prior = method.prior
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with linked("view", one_of(VIEWS)):
            view = st.segmented_control(
                "Walk between", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params"
            )
        way, seed = choose_way(prior)
    ends, mixture = None, None
    if view == VIEWS[0]:
        ends = choose_ends(prior)
        code = walk_codes(prior, ends.mode_a, ends.mode_b, [ends.mu])[0]
    else:
        mixture = choose_mixture(prior)
        code = mixture.weights
    buttons = st.container(horizontal=True, vertical_alignment="center")
    stage, below = st.container(), st.container()
    with below:
        normal = choose_normal(prior, way, seed)
    sample = generate_codes(method, code[None], normal)
    codes = read_codes(method, sample)
    with stage:
        # The large sample goes out before anything slower is drawn.
        show_sample(sample[0], run, None if codes is None else codes[0], f"Generated sample at {formula(code)}")
        if ends:
            show_walk(run, method, normal, ends)
            if run.config.dataset.kind != "image":
                show_responses(run, method, normal, ends)
        if mixture:
            show_modes(run, method, normal, mixture)
    with buttons:
        if ends:
            end_buttons()
            animation = lambda: walk_gif(run, method, normal, ends)  # noqa: E731
            show_downloads(run, sample[0], animation, f"{run.name}-{ends.mode_b}-to-{ends.mode_a}")
        if mixture:
            mixture_buttons(mixture)
            show_downloads(run, sample[0], None, f"{run.name}-mixture")
        st.markdown(f"z_c = {formula(code)}")


st.title("Interpolate")
st.markdown(
    "The generator is asked for samples between its modes, z_c = (1 − μ) · From + μ · To. "
    "**Between the ends, these codes were never sampled in training.**"
)
which, views = st.columns([3, 2], gap="medium")
with which:
    run = choose_run()
require_abilities(run, "modes")
if run.config.dataset.kind == "expression":
    with views:
        chosen = choose_cell_view()
    show_cells(run, chosen)
else:
    walk(run)
