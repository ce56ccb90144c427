"""Compare: two or more runs side by side, and where they differ."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from ui.compare.assignments import load_common
from ui.compare.choice import choose_comparison
from ui.compare.curves import watch_curves
from ui.compare.maps import show_maps
from ui.compare.pair import choose_pair, label_pair, show_agreement
from ui.compare.scores import show_scores
from ui.compare.sections import list_sections, section
from ui.compare.settings import show_differences
from ui.compare.stability import show_stability
from ui.frame.messages import page_errors, section_errors
from ui.frame.title import show_title
from ui.map.settings import choose_split

show_title("Compare", "seed", "accuracy", "purity")
comparison = choose_comparison()
list_sections()
show_differences(comparison)


@st.fragment
@page_errors()
def scores() -> None:
    """A fragment, so that another reading does not redraw the rest."""
    with section_errors():
        show_scores(comparison)


scores()
with section_errors():
    watch_curves(comparison)
st.header("Clusters", anchor="clusters")
split = choose_split(comparison.runs)
stability = None
with section_errors():
    stability = show_stability(comparison, split)
section("Two clusterings")
pair = choose_pair(comparison)
if pair is not None:
    with section_errors():
        labels = label_pair(pair)
        show_agreement(labels, load_common(pair, split), split)
        section("Two maps")
        show_maps(labels, pair, split, stability)
