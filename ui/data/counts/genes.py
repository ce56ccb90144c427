"""Which genes a network receives, and how their counts are transformed."""

from __future__ import annotations

import streamlit as st

from clustergan_core.data.counts.matrix import STATE_WORDS, CountState
from clustergan_core.data.counts.preparation_options import write_preparation
from clustergan_core.data.counts.settings import PREPARATION_PRESETS
from ui.data.counts.preparation import PreparationForm
from ui.frame.messages import page_errors

_SELECTION = {
    "variance": "The genes of highest variance between cells, as in the paper.",
    "hvg": "scanpy's highly variable genes: those that vary more than other genes of similar mean.",
}
_TRANSFORM = {
    "lognorm": "Counts scaled to the same total in each cell, then log(1 + x): removes differences in depth.",
    "paper": "log2(1 + count) without scaling: keeps differences in sequencing depth.",
}


def show_genes(form: PreparationForm, state: CountState) -> None:
    """The section of genes and transform; `state` is how the file's values were transformed before."""

    st.subheader("Genes and transform", anchor=False)
    selection, transform, number = st.columns([0.37, 0.37, 0.26], gap="medium")
    with selection:
        form.choice("selection", _SELECTION)
    with transform:
        form.choice("transform", _TRANSFORM)
    with number:
        form.number("n_genes")
        form.switch("leave_out_cycle")
        st.button(
            "As in the paper",
            icon=":material/article:",
            key="as_in_paper",
            disabled=form.settings == PREPARATION_PRESETS["paper"],
            help="No quality control, the 720 genes of highest variance, log2(1 + count), divided by the largest.",
            on_click=page_errors()(form.prepare_as),
            args=("paper",),
        )
    with st.expander("More preparation settings"):
        target, clip, standardise, hold_out = st.columns(4, vertical_alignment="bottom")
        with target:
            form.number("target")
        with clip:
            form.number("clip")
        with standardise:
            form.switch("standardise")
        with hold_out:
            form.switch("hold_out")
    if state in ("log", "scaled"):
        st.caption(f"The file holds {STATE_WORDS[state]}, so no transform is applied.")
    divided = (
        "Standardised values are divided by the clip"
        if form.settings.standardise
        else "Values are divided by the largest"
    )
    options = " ".join(f"--prepare {name}={value}" for name, value in _preparation_options(form).items())
    command = f" On the command line: `{options}`" if options else ""
    st.caption(f"{divided}. The run saves everything that repeats this preparation.{command}")


def _preparation_options(form: PreparationForm) -> dict[str, str]:

    return write_preparation(form.settings, form.quality, form.n_genes)
