"""How real a walk of images or tables is: its distance to real samples, and what the data's classifier reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.figures.nearness import confidence_walk_figure, distance_walk_figure
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.generation import draw_normals
from ui.cells.view import ABSENT_DATA
from ui.frame.theme import is_dark, show_themed, theme_name
from ui.interpolate.mu_line import mark_mu
from ui.interpolate.view import GeneratorView
from ui.loading.runs import load_data, weights_stamp

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.evaluation.classifier import Classifier
    from clustergan_core.evaluation.nearness import RealSpace
    from clustergan_core.scoring.walk_realism import WalkRealism, WalkTraces
    from ui.interpolate.codes import Ends

_SEED_OF_OTHERS = 0
_UNSURE = 0.5  # of the classifier; below it, no label has most of the probability


def show_realism(view: GeneratorView, ends: Ends) -> None:
    """The distance to real samples and the classifier's confidence along the walk; only a line moves with μ."""
    st.subheader("How real is the walk?")
    dataset = load_data(view.run)
    if dataset is None:
        st.info(f"This needs {ABSENT_DATA}", icon=":material/info:")
        return
    realism = _measure(view, ends, dataset, view.walk_key(ends))
    st.markdown(describe_realism(realism))
    distance, confidence = _draw(realism, view.walk_key(ends))
    left, right = st.columns(2, gap="medium") if confidence else (st.container(), None)
    with left:
        mark_mu(distance, ends.mu)
        show_themed(distance, "walk-distance", "Distance to real samples along μ")
    if right is not None and confidence is not None:
        with right:
            mark_mu(confidence, ends.mu)
            show_themed(confidence, "walk-confidence", "The classifier's confidence along μ")
    told = (
        "Line: the z_n of this page. Band: 24 others, one standard deviation to either side. Distance to the fifth "
        "nearest real sample, in 20 principal components, beside the same distance among real samples; shaded where "
        "it is further than 95% of real samples lie from each other."
    )
    if realism.reading is not None:
        told += (
            " Above the confidence: the label that the data's classifier names. It was trained on real samples alone, "
            "and can be sure of an image that resembles none."
        )
    st.caption(told)


def describe_realism(realism: WalkRealism) -> str:
    """How far the middle of the walk is from real samples, and where the classifier is least sure, in words."""
    if not realism.usual:
        return "Most real samples equal others, so distances among them are 0 and no walk can be compared with them."
    near = f"In its middle third, the walk is **{realism.middle:.2f} times** as far from real samples as these are "
    words = [f"{near}from each other (median)."]
    if realism.far:
        far = " and ".join(_name_stretch(first, last) for first, last in realism.far)
        words.append(f"At {far} it is further than 95% of real samples are.")
    else:
        words.append("It stays as close as 95% of real samples all the way.")
    reading = realism.reading
    if reading is not None:
        least = int(reading.confidence.argmin())
        sure = f"{float(reading.confidence[least]):.2f} at μ\u00a0=\u00a0{realism.mus[least]:.2f}"
        words.append(
            f"The classifier's confidence falls to {sure}, where no label has most of the probability."
            if reading.confidence[least] < _UNSURE
            else f"The classifier's confidence is lowest at {sure}."
        )
    return " ".join(words)


def _name_stretch(first: float, last: float) -> str:
    return f"μ\u00a0=\u00a0{first:.2f}" + (f" to {last:.2f}" if last > first else "")


@st.cache_data(max_entries=50, show_spinner="Measuring the walk…")
def _measure(_view: GeneratorView, _ends: Ends, _dataset: Dataset, key: object) -> WalkRealism:
    from clustergan_core.scoring.walk_realism import describe_walk, trace_walk

    record = _view.run.config.dataset
    classifier, usual = _classifier(_dataset, record.source, record.digest)
    space = _space(_dataset, record.source, record.digest)
    others = _trace_others(_view, _ends, space, classifier, _ends_key(_view, _ends))
    shown = trace_walk(_view.method, _ends.mode_a, _ends.mode_b, _view.normal[None], space, classifier)
    return describe_walk(shown, others, space, _dataset.label_names, usual)


@st.cache_data(max_entries=50, show_spinner=False)
def _trace_others(
    _view: GeneratorView, _ends: Ends, _space: RealSpace, _classifier: Classifier | None, key: object
) -> WalkTraces:
    """The same walk at other z_n, which do not change with the page's."""
    from clustergan_core.scoring.walk_realism import trace_walk

    normals = draw_normals(_view.method.prior, _SEED_OF_OTHERS)
    return trace_walk(_view.method, _ends.mode_a, _ends.mode_b, normals, _space, _classifier)


def _ends_key(view: GeneratorView, ends: Ends) -> tuple[object, ...]:
    return str(view.run.folder), weights_stamp(view.run), ends.mode_a, ends.mode_b


@st.cache_resource(max_entries=3, show_spinner="Looking for real samples nearby…")
def _space(_dataset: Dataset, source: str, digest: str) -> RealSpace:
    from clustergan_core.evaluation.nearness import fit_real_space

    return fit_real_space(_dataset.samples.reshape(len(_dataset.samples), -1))


@st.cache_resource(max_entries=3, show_spinner=False)
def _classifier(_dataset: Dataset, source: str, digest: str) -> tuple[Classifier | None, float]:
    from clustergan_core.scoring.walk_realism import find_reader

    return find_reader(_dataset)


def _draw(realism: WalkRealism, key: object) -> tuple[Figure, Figure | None]:
    return _draw_distance(realism, key, theme_name()), _draw_confidence(realism, key, theme_name())


@st.cache_data(max_entries=50, show_spinner=False)
def _draw_distance(_realism: WalkRealism, key: object, theme: str) -> Figure:
    figure = distance_walk_figure(
        _realism.mus,
        _realism.distance,
        _realism.low,
        _realism.high,
        usual=_realism.usual,
        limit=_realism.limit,
        far=_realism.far,
        noun="sample",
    )
    return apply_theme(figure, is_dark())


@st.cache_data(max_entries=50, show_spinner=False)
def _draw_confidence(_realism: WalkRealism, key: object, theme: str) -> Figure | None:
    reading = _realism.reading
    if reading is None:
        return None
    figure = confidence_walk_figure(
        _realism.mus, reading.confidence, reading.low, reading.high, reading.labels, usual=reading.usual
    )
    return apply_theme(figure, is_dark())
