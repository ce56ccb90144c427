"""A mixture of many modes of a run of cells, against the mode that has the largest part in it."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cell_walk import AVERAGED, CELL_WAYS
from ui.code_bars import show_code
from ui.gene_contrast import show_contrast
from ui.loaded import load_method
from ui.mode_titles import mode_titles
from ui.normal_choice import choose_normal, choose_way
from ui.walk_code import choose_mixture, formula, mixture_buttons


def show_cell_mixture(run: Run) -> None:
    """Weights of the modes, the genes of their mixture, and what the encoder reads in it."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot
    from clustergan_core.cells.expression import value_scale
    from clustergan_core.cells.walks import many_normals
    from clustergan_core.generation import read_codes

    method = load_method(run)
    # An empty mode stands for nothing in the data, so a mixture begins with modes that hold cells.
    mixture = choose_mixture(method.prior, tuple(mode_titles(run).largest()[:2]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way, seed = choose_way(method.prior, CELL_WAYS)
        mixture_buttons(mixture)
    normals = many_normals(method.prior, seed) if way == AVERAGED else choose_normal(method.prior, way, seed)[None]
    largest = int(mixture.weights.argmax())
    scale = value_scale(run.config.dataset.preprocessing)
    pure = one_hot(run.config.n_clusters, largest)
    contrast = contrast_codes(method, scale, pure, mixture.weights, normals)
    st.markdown(f"z_c = {formula(mixture.weights)}")
    codes = read_codes(method, contrast.samples)
    if codes is not None:
        show_code(codes.mean(axis=0), height="90px")
    if mixture.weights[largest] == 1:
        st.caption("This is one pure mode: give another some weight to see what it changes.")
        return
    others = [mode for mode in mixture.modes if mode != largest and mixture.weights[mode] > 0]
    second = max(others, key=lambda mode: mixture.weights[mode], default=largest)
    show_contrast(run, contrast, (f"mode {largest}", "the mixture"), (largest, second), f"{run.name}-mixture")
