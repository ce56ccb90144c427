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
from ui.frame.title import show_title
from ui.interpolate.cells import choose_cell_view, show_cells
from ui.interpolate.codes import (
    SAME_ENDS,
    VIEWS,
    choose_ends,
    choose_mixture,
    describe_code,
    show_end_buttons,
    show_mixture_buttons,
)
from ui.interpolate.decoding import show_decoding
from ui.interpolate.pictures import (
    show_downloads,
    show_mixed_modes,
    show_responses,
    show_sample,
    show_walk,
    walk_gif,
    walk_page,
)
from ui.interpolate.view import GeneratorView
from ui.interpolate.z_n import DRAWN, choose_source, choose_z_n
from ui.loading.runs import load_method, require_abilities
from ui.runs.choice import choose_run


@st.fragment
@page_errors()
def show_interpolation(run: Run) -> None:
    """Everything that follows a choice, which redraws this part only; along a walk the browser needs no answer."""
    from clustergan_core.generation import read_codes, walk_codes

    method = load_method(run)
    prior = method.prior
    ends, mixture = None, None
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row:
        chosen = segmented("view", VIEWS, "Walk between")
    if chosen == VIEWS[0]:
        ends = choose_ends(prior, row)
    with row:
        source, seed = choose_source(prior)
    if ends and ends.mode_a == ends.mode_b:
        st.caption(SAME_ENDS)
    if ends is None:
        mixture = choose_mixture(prior)
    stage, buttons = st.container(), st.container(horizontal=True, vertical_alignment="center")
    below = st.container()
    with below:
        view = GeneratorView(run, method, choose_z_n(prior, source, seed))
    if ends:
        with stage:
            show_walk(view, ends)
        with buttons:
            show_end_buttons()
            code = walk_codes(prior, ends.mode_a, ends.mode_b, [ends.mu])
            show_downloads(
                view,
                lambda: view.generate(code)[0],
                f"{run.name}-{ends.mode_b}-to-{ends.mode_a}",
                animation=lambda: walk_gif(view, ends),
                page=lambda: walk_page(view, ends, seed if source == DRAWN else None),
            )
        if run.config.dataset.kind != "image":
            with below:
                show_responses(view, ends)
    if mixture:
        sample = view.generate(mixture.weights[None])
        codes = read_codes(method, sample)
        place = describe_code(mixture.weights)
        with stage:
            show_sample(view, sample[0], None if codes is None else codes[0], f"Generated sample at {place}")
            show_mixed_modes(view, mixture)
        with buttons:
            show_mixture_buttons(mixture)
            show_downloads(view, lambda: sample[0], f"{run.name}-mixture")
            st.markdown(f"z_c = {place}")


show_title("Interpolate", "interpolation", "mode", "noise", "decoding")
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
        show_decoding(run)
