"""Figures of a paper, drawn from runs and recordings that have their data: Figures 3, 6 and 7 of ClusterGAN."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from clustergan_core.paper_tables.clustergan import PAPER
from ui.frame.messages import section_errors
from ui.papers.choice import PaperView
from ui.papers.cycles import show_cycles
from ui.papers.interpolations import show_interpolations
from ui.papers.latent_maps import show_latent_maps

_FIGURES: Mapping[str, tuple[str, Callable[[], None]]] = {
    "papers_figure_3": ("Figure 3: what four priors leave in the latent space", show_latent_maps),
    "papers_figure_6": ("Figure 6: interpolation, beside a GAN with a normal prior", show_interpolations),
    "papers_figure_7": ("Figure 7: cycle losses on MNIST over the steps of training", show_cycles),
}


def show_figures(view: PaperView) -> None:
    """The figures of the chosen paper, each behind a switch, because they load what tables do not need."""
    if view.paper is not PAPER:
        return
    st.subheader("Figures", anchor=False)
    for key, (title, show) in _FIGURES.items():
        if st.toggle(title, key=key):
            with section_errors():
                show()
