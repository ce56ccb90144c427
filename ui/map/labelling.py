"""Giving labels by hand to samples on the map, for methods that learn from a few labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.given_labels import GivenLabels
from clustergan_core.runs.hand_labels import give_label, hand_label_table, read_hand_labels, take_label_back
from ui.frame.dialogs import ask_text
from ui.frame.messages import plain, show_problem
from ui.map.view import MapView

TRAIN_KEY = "train_with_labels"  # of the button: the page knows what the Train page needs


def show_label_button(view: MapView, rows: Sequence[int] | np.ndarray) -> None:
    """A button that asks for a label and gives it to those of these points that belong to the training split."""
    if view.dataset is None:
        return
    chosen = view.indices[np.asarray(rows, dtype=np.int64)]
    usable = np.sort(chosen[np.isin(chosen, view.dataset.splits.train)])
    if not len(usable):
        st.caption("Labels are given to training samples, and none is selected: choose **all samples** above.")
        return
    if st.button("Give a label", key=f"give_label_{len(chosen) > 1}", icon=":material/new_label:", width="stretch"):
        ask_text(
            "Give a label",
            "Label",
            value="",
            placeholder="such as left",
            note=plain(describe_labelling(view.noun, len(usable), len(chosen))),
            change=lambda name: give_label(view.run, usable.tolist(), name),
        )


def stored_labels(view: MapView) -> GivenLabels:
    """The labels given so far; none where their file cannot be read, which `show_given_labels` tells."""
    try:
        return read_hand_labels(view.run)
    except RunError:
        return GivenLabels()


def describe_labelling(noun: str, n_usable: int, n_chosen: int) -> str:
    """What giving a label does, in sentences."""
    some = f"1 {noun} gets" if n_usable == 1 else f"{n_usable:,} {noun}s get"
    n_others = n_chosen - n_usable
    others = (
        "Another is outside the training split and does"
        if n_others == 1
        else f"{n_others:,} others are outside the training split and do"
    )
    rest = f" {others} not." if n_others else ""
    return (
        f"{some} this label, instead of any given before.{rest} A method that learns from labels uses them, and every "
        "score then leaves these samples out and says how many labels were used."
    )


def show_given_labels(view: MapView) -> bool:
    """The labels given so far, their table, and a way to take each back; returns whether to train with them."""
    try:
        given = read_hand_labels(view.run)
    except RunError as problem:
        show_problem(problem)
        return False
    if not given.n or view.dataset is None:
        return False
    noun = f"{view.noun}s" if given.n > 1 else view.noun
    with st.expander(f"{given.n:,} {noun} with a label of yours", icon=":material/new_label:"):
        for number, (name, own) in enumerate(given.samples.items()):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(name)}** · {len(own):,}", width="stretch")
                st.button(
                    "Take back",
                    key=f"take_back_{number}",
                    icon=":material/undo:",
                    on_click=take_label_back,
                    args=(view.run, name),
                )
        st.download_button(
            "Labels as CSV",
            lambda: hand_label_table(given, view.dataset).to_csv(index=False),  # type: ignore[arg-type] # not None here
            file_name=f"{view.run.name}-labels.csv",
            mime="text/csv",
            icon=":material/download:",
        )
        if len(given.names) < 2:
            st.caption("Training with them needs a second label.")
            return False
        return st.button("Train with these labels", key=TRAIN_KEY, icon=":material/model_training:", width="stretch")
