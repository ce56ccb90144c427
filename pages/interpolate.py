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
    mix,
    mixture_dials,
    show_end_buttons,
    show_mixture_buttons,
)
from ui.interpolate.decoding import show_decoding
from ui.interpolate.dials import LatentPlace, place_dials
from ui.interpolate.pictures import (
    show_downloads,
    show_mixed_modes,
    show_mixture,
    show_responses,
    show_walk,
    walk_gif,
    walk_page,
)
from ui.interpolate.realism import show_realism
from ui.interpolate.view import GeneratorView
from ui.interpolate.z_n import DRAWN, choose_source, choose_z_n, show_z_n_buttons
from ui.loading.runs import load_method, require_abilities
from ui.runs.choice import choose_run


@st.fragment
@page_errors()
def show_interpolation(run: Run) -> None:
    """Everything that follows a choice, which redraws this part only; along a walk the browser needs no answer."""
    from clustergan_core.generation import walk_codes

    method = load_method(run)
    prior = method.prior
    ends, mixture, weights = None, None, ()
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
        weights = place_dials(mixture_dials(prior))
        mixture = mix(prior, weights)
    stage, buttons = st.container(), st.container(horizontal=True, vertical_alignment="center")
    below = st.container()
    z_n = choose_z_n(prior, source, seed)
    view = GeneratorView(run, method, z_n.normals[0])
    if mixture:
        code = mixture.weights[None]
    else:
        assert ends, "a walk has ends"
        code = walk_codes(prior, ends.mode_a, ends.mode_b, [ends.mu])
    place = LatentPlace(prior, code[0], z_n.normals, (*weights, *z_n.dials))
    if ends:
        with stage:
            show_walk(view, ends, place)
        with buttons:
            show_end_buttons()
            show_z_n_buttons(prior, z_n)
            show_downloads(
                view,
                lambda: view.generate(code)[0],
                f"{run.name}-{ends.mode_b}-to-{ends.mode_a}",
                animation=lambda: walk_gif(view, ends),
                page=lambda: walk_page(view, ends, seed if source == DRAWN else None),
            )
        with below:
            if run.config.dataset.kind != "image":
                show_responses(view, ends)
            show_realism(view, ends)
    if mixture:
        with stage:
            show_mixture(view, place)
        with buttons:
            show_mixture_buttons(mixture)
            show_z_n_buttons(prior, z_n)
            show_downloads(view, lambda: view.generate(code)[0], f"{run.name}-mixture")
        with below:
            show_mixed_modes(view, mixture)


show_title("Interpolate", "interpolation", "mode", "noise", "decoding")
st.markdown(
    "The generator makes samples between its modes, z_c = (1 − μ) · From + μ · To. "
    "**Between the ends, these codes were never sampled in training.**"
)
which, views = st.columns([5, 4], gap="medium")
with which:
    run = choose_run()
require_abilities(run, "modes")
if is_of_cells(run):
    with views:
        chosen = choose_cell_view(run)
    with fresh_container("interpolate", run.name):
        show_cells(open_cells(run), chosen)
else:
    with fresh_container("interpolate", run.name):
        show_interpolation(run)
        show_decoding(run)
