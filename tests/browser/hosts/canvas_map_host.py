"""A page that holds one map and writes down, as text, what Python learnt from it.

Query parameters choose what is drawn: n points in so many groups; values=1 colours by a number; expressed=m colours by
a number that only the first m points have above zero; frames=1 moves the points every second from a fragment;
selected=m shows the first m points as selected.
"""

import io

import numpy as np
import streamlit as st
from PIL import Image

from ui.canvas_map import MapEvent, Sprites, canvas_map

COLOURS = ("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd")


@st.cache_data
def blobs(n: int, n_groups: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) coordinates around `n_groups` centres, and each point's group."""
    generator = np.random.default_rng(seed)
    groups = generator.integers(0, n_groups, n)
    angles = 2 * np.pi * np.arange(n_groups) / n_groups
    radii = np.where(np.arange(n_groups) % 2, 9.0, 5.0)
    centres = np.stack([1.5 * radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    spread = generator.normal(size=(n, 2)) * (0.55 + 0.9 * generator.random((n, 1)))
    return (centres[groups] + spread).astype(np.float32), groups


@st.cache_data
def thumbnails(n: int) -> bytes:
    """A sheet of n 8×8 random pictures, 32 a row."""
    side = np.random.default_rng(0).integers(0, 255, (-(-n // 32) * 8, 256), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(side).save(file, "PNG")
    return file.getvalue()


def choose(name: str, default: int) -> int:
    return int(st.query_params.get(name, default))


def draw(seed: int) -> None:
    n, n_groups, is_valued = choose("n", 1797), choose("groups", 10), choose("values", 0) == 1
    coordinates, groups = blobs(n, n_groups, seed)
    values = np.hypot(*coordinates.T).astype(np.float32) ** 3 if is_valued else None
    n_expressed = choose("expressed", 0)
    if n_expressed:
        values = (np.arange(n) < n_expressed).astype(np.float32)
    event: MapEvent = canvas_map(
        coordinates,
        groups,
        values,
        key="map",
        group_names=[f"Mode {g}" for g in range(n_groups)],
        group_colours=[COLOURS[g % 10] for g in range(n_groups)],
        values_name="distance³",
        is_zero_grey=n_expressed > 0,
        sprites=Sprites(thumbnails(min(n, 4000)), 8, 8, 32),
        hover_text=[f"sample {i}" for i in range(n)] if n < 10_000 else None,
        caption="Distances between clusters carry no meaning.",
        selected=np.arange(choose("selected", 0)) if choose("selected", 0) else None,
        highlighted=st.session_state.get("clicked"),
    )
    if event.clicked is not None:
        st.session_state["clicked"] = event.clicked
    selection = event.selection
    total = "none" if selection is None else f"{selection.size} points, sum {int(selection.sum())}"
    st.text(f"selection: {total}")
    if selection is not None and n < 3000:
        st.text(f"indices: {' '.join(map(str, selection))}")
    st.text(f"clicked: {st.session_state.get('clicked')}")


st.set_page_config(layout="wide")
if choose("frames", 0):

    @st.fragment(run_every=1)
    def stream() -> None:
        st.session_state["frame"] = st.session_state.get("frame", 0) + 1
        draw(seed=0 if st.session_state["frame"] % 2 else 1)

    stream()
else:
    st.button("Rerun")
    seed = int(st.toggle("Other coordinates"))
    if not st.toggle("Without map"):
        draw(seed)
