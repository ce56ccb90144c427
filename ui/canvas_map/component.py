"""canvas_map(): the scatter map of a page, and what a person did on it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2 import component

from ui.canvas_map.payload import (
    Sprites,
    encode_details,
    encode_groups,
    encode_values,
    pack_cargo,
    quantise_coordinates,
)
from ui.canvas_map.selection import encode_selection, name_drawing, read_click, read_isolated, read_selection

_FRONTEND = Path(__file__).parent / "frontend"

# A component gets bytes only as its whole payload, and Streamlit sends a payload again when any bit of it changes. So
# the large parts travel by invisible components of their own, and the map's payload is a small JSON that names them.
_cargo = component("clustergan_map_cargo", js=(_FRONTEND / "cargo.js").read_text())
_map = component(
    "clustergan_map",
    html=(_FRONTEND / "map.html").read_text(),
    css=(_FRONTEND / "map.css").read_text(),
    js="\n".join(path.read_text() for path in sorted((_FRONTEND / "map").glob("*.js"))),
)


@dataclass(frozen=True)
class MapEvent:
    """What a person did on the map."""

    selection: NDArray[np.int64] | None
    """Indices of the selected points, ascending, until they or the coordinates change; None while none is selected."""
    clicked: int | None
    """Index of the point clicked; told in one run only, so a page that needs it later keeps it in its state."""
    isolated: tuple[int, ...] | None = None
    """The groups isolated in this colouring, ascending; None until a person isolates some, and where nobody asked."""


def canvas_map(
    coordinates: NDArray[np.floating[Any]],
    groups: NDArray[np.integer[Any]] | None = None,
    values: NDArray[np.floating[Any]] | None = None,
    *,
    key: str,
    group_names: Sequence[str] = (),
    group_colours: Sequence[str] = (),
    values_name: str = "value",
    clip_values: bool = True,
    is_zero_grey: bool = False,
    sprites: Sprites | None = None,
    hover_text: Sequence[str] | None = None,
    show_labels: bool = True,
    show_legend: bool = True,
    caption: str = "",
    height: int = 560,
    selected: NDArray[np.integer[Any]] | None = None,
    turn: int = 0,
    isolated: Sequence[int] | None = None,
    highlighted: int | None = None,
    reach: float | None = None,
) -> MapEvent:
    """Draw N points and return what was selected and clicked.

    coordinates (N, 2): finite numbers; both axes keep one scale. Raises DataError for none, and for NaN or infinity.
    groups (N,): numbers into `group_names` and `group_colours` (#rrggbb); negative means no group and is drawn grey.
        They colour the points and make the legend (a click isolates a group: the rest greys out, and hover and lasso
        pass it over) and, with `show_labels`, labels at the groups' medians, which tell groups apart without colour.
        Names that differ in a number alone, as "Mode 3", are drawn as that number. Small maps, whose title tells their
        groups, go without the legend.
    values (N,): colour by viridis instead, with a colour bar named `values_name`; NaN is grey. `clip_values` ends the
        scale at the 99th percentile. `is_zero_grey`, for expression, draws zeros in grey below the others and takes
        the percentile of what lies above zero. Groups given beside values keep legend and labels, in a neutral colour.
    sprites, hover_text: what hovering shows beside the group's name and the value; texts are short, one a point.
    caption, height: below the map, "Distances between clusters carry no meaning."; of the map, in CSS pixels.
    selected: indices shown as selected until a person selects or clears; a change of it replaces their selection.
    isolated: groups isolated at first; where it is given, if only as (), what a person isolates later is told.
    turn: another number applies `selected` again, even where it is unchanged or None.
    highlighted: a point marked by a ring, as the one whose details the page shows.
    reach: the map always shows −reach..reach of both axes, for frames to be watched one after the other; there is
        nothing to select on it.

    A selection survives reruns. It belongs to the coordinates: with others it is dropped, with the same ones back it
    holds again. Pan and zoom are kept under one key, whatever the data. When the same number of points gets new
    coordinates they move there in a quarter of a second, so a map that is being computed can be shown frame by frame:
    one call a run, since a run may use a key once; from `@st.fragment(run_every=…)`, or end the run by `st.rerun`.
    An answer comes as fast as the run that computes it: on a page that does much else, call the map from a fragment.

    What is sent: 4 bytes a point for coordinates, 1 or 2 for groups, 1 for values, each again only when it changed;
    thumbnails and texts once. A selection comes back as a bit a point.
    """
    n_points = len(coordinates)
    assert len(group_names) == len(group_colours), f"{len(group_names)} names, {len(group_colours)} colours"
    assert groups is None or groups.shape == (n_points,), "groups and coordinates differ in length"
    assert values is None or values.shape == (n_points,), "values and coordinates differ in length"
    assert highlighted is None or 0 <= highlighted < n_points, f"point {highlighted} is none of {n_points}"

    points = {"xy": quantise_coordinates(coordinates, reach).astype("<u2").tobytes()}
    colouring: dict[str, bytes] = {}
    group_bytes, scale = 1, None
    if groups is not None:
        encoded = encode_groups(groups, len(group_names))
        group_bytes = encoded.itemsize
        colouring["groups"] = encoded.astype(encoded.dtype.newbyteorder("<")).tobytes()
    if values is not None:
        levels, scale = encode_values(values, clip_values, is_zero_grey)
        colouring["values"] = levels.tobytes()
    details = encode_details(n_points, sprites, hover_text)

    shown = None if selected is None else encode_selection(selected, n_points)
    with st.container(gap=None):  # no gap: the cargo takes no room on the page
        digests = {
            slot: send_cargo(f"{key}-{slot}", sections)
            for slot, sections in (("points", points), ("colouring", colouring), ("details", details))
        }
        drawing = name_drawing(digests["points"], shown, turn)
        answer = _map(
            key=key,
            data={
                "key": key,
                "drawing": drawing,
                "digests": digests,
                "n_points": n_points,
                "group_names": list(group_names) if groups is not None else [],
                "group_colours": list(group_colours),
                "group_bytes": group_bytes,
                "scale": None if scale is None else asdict(scale) | {"name": values_name},
                "sprites": None if sprites is None else [sprites.cell_width, sprites.cell_height, sprites.columns],
                "show_labels": show_labels,
                "show_legend": show_legend,
                "caption": caption,
                "height": height,
                "selected": shown,
                "isolated": None if isolated is None else list(isolated),
                "highlighted": highlighted,
                "is_watched": reach is not None,
            },
            on_selection_change=lambda: None,
            on_click_change=lambda: None,
            on_isolated_change=lambda: None,
        )
    return MapEvent(
        selection=read_selection(answer.get("selection"), drawing, n_points, shown),
        clicked=read_click(answer.get("click"), digests["points"], n_points),
        isolated=read_isolated(answer.get("isolated"), digests["colouring"], len(group_names)),
    )


def send_cargo(slot: str, sections: dict[str, bytes]) -> str:
    """Hand sections to the browser under a slot; returns the digest by which the map will know them."""
    cargo, digest = pack_cargo(slot, sections)
    _cargo(key=f"{slot}-cargo", data=cargo)
    return digest
