"""Placing new samples on a finished map, whose own points do not move."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.runs.clusters.splits import describe_new_samples
from ui.cells.view import CellsView
from ui.frame.messages import show_notes
from ui.map.view import MapView

COLOUR = "#e0115f"  # a red that is no mode's colour


@dataclass(frozen=True)
class NewPoints:
    """New samples on the map."""

    coordinates: NDArray[np.float32]  # (M, 2)
    clusters: NDArray[np.int64]
    table: pd.DataFrame  # sample, cluster, confidence
    notes: tuple[str, ...] = ()  # on what the file lacked and how that was handled


def choose_new_points(view: MapView, fitted: FittedMap, cells: CellsView | None = None) -> NewPoints | None:
    """An uploader for samples like those the run was trained on; None while there are none."""
    with st.expander("Place new samples on this map", icon=":material/add_location_alt:"):
        st.caption("Upload a file like the one the run was trained on: the same columns, or pictures of the same size.")
        upload = st.file_uploader("File", key="newcomers", label_visibility="collapsed")
        if upload is None:
            return None
        content = upload.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        new = _place_samples(view, fitted, upload.name, content, digest, str(view.run.folder))
        splits = () if cells is None else cells.annotations.splits
        show_notes((*new.notes, *describe_new_samples(splits)))
        st.dataframe(new.table, hide_index=True, height=220)
        st.download_button(
            "Clusters as CSV",
            new.table.to_csv(index=False),
            file_name="clusters.csv",
            mime="text/csv",
            icon=":material/download:",
        )
        return new


@st.cache_data(max_entries=4, show_spinner="Encoding and placing the new samples…")
def _place_samples(
    _view: MapView, _fitted: FittedMap, name: str, _content: bytes, digest: str, folder: str
) -> NewPoints:
    from clustergan_core.runs.assignments import assign_file

    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / (Path(name).name or "upload")
        path.write_bytes(_content)
        assigned = assign_file(_view.run, path)
    features = _view.method.clustering_features(assigned.latents.encoding()).numpy()
    return NewPoints(_fitted.place(features), assigned.latents.clusters, assigned.table(), assigned.notes)
