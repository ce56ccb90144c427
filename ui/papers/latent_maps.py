"""Figure 3 of ClusterGAN: maps of digits decoded to the latent spaces of four priors, and of their pixels."""

from __future__ import annotations

import streamlit as st

from clustergan_core.lessons.arrays import read_arrays
from clustergan_core.lessons.lesson import PriorsStage, read_lesson
from clustergan_core.lessons.recording import POSITION_LEVELS
from ui.frame.messages import plain
from ui.frame.theme import show_figure

_LESSON = "priors"


def show_latent_maps() -> None:
    """The maps of the lesson on priors beside each other, with the NMI of k-means in each space."""
    from clustergan_core.drawing.figures.label_maps import label_maps_figure
    from clustergan_core.evaluation import nmi

    lesson = read_lesson(_LESSON)
    stage = lesson.stage
    assert isinstance(stage, PriorsStage)
    recordings = [(run.choices["Prior"], read_arrays(lesson.recording_path(run.name)).arrays) for run in stage.runs]
    first = recordings[0][1]
    labels = first["labels"].astype(int)
    control = nmi(labels, first["control_clusters"].astype(int))
    maps = {f"Pixels: NMI {control:.2f}": first["control_map"] / POSITION_LEVELS}
    for prior in dict.fromkeys(prior for prior, _ in recordings):
        ours = [arrays for name, arrays in recordings if name == prior]
        scores = " and ".join(f"{nmi(labels, arrays['clusters'].astype(int)):.2f}" for arrays in ours)
        maps[f"{prior} prior: NMI {scores}"] = ours[0]["map"] / POSITION_LEVELS
    n_groups = int(stage.runs[0].setup.settings["n_clusters"])
    figure = label_maps_figure(maps, labels, n_groups, "digit")
    described = f"t-SNE maps of {len(labels)} digits by pixels and by decoded z: {plain(', '.join(maps))}"
    show_figure(figure, "clustergan-figure-3", described)
    seeds = sorted({run.setup.seed for run in stage.runs})
    st.caption(
        plain(
            f"The paper shows MNIST, decoded after a long training, without clusters under the normal, uniform and "
            f"mixture priors. Ours: {len(labels)} held-out digits of {stage.runs[0].setup.dataset} after "
            f"{stage.runs[0].setup.n_steps:,} steps, {'seed' if len(seeds) == 1 else 'seeds'} "
            f"{' and '.join(map(str, seeds))}; NMI of k-means on z with the digits. "
            "The lesson on priors has these recordings."
        )
    )
    st.page_link("pages/learn.py", label="Open the lesson", query_params={"lesson": _LESSON}, icon=":material/school:")
