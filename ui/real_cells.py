"""The real cells of a run, as the pages of cells speak of them: barcode, cluster, label, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.runs.run import Run
from ui.loaded import load_data, load_latents, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.evaluation.nearness import RealSpace
    from clustergan_core.scoring.latents import RunLatents

NEEDS_DATA = "needs the data, which is not on this machine."


@dataclass(frozen=True)
class RealCells:
    """All cells of the run's data, in its order, with what the run makes of them."""

    dataset: Dataset
    latents: RunLatents  # of all cells
    space: RealSpace

    def table(self, cells: NDArray[np.int64]) -> pd.DataFrame:
        """A row for each of the cells: barcode, cluster, confidence, and label where there is one."""
        table = pd.DataFrame(
            {
                "barcode": [self.dataset.sample_id(cell) for cell in cells.tolist()],
                "cluster": self.latents.clusters[cells],
                "confidence": self.latents.confidence[cells].round(3),
            }
        )
        if self.dataset.labels is not None:
            table["label"] = [self.label(cell) for cell in cells.tolist()]
        return table

    def label(self, cell: int) -> str:
        """The cell's reference label, "" where it has none."""
        number = -1 if self.dataset.labels is None else int(self.dataset.labels[cell])
        return self.dataset.label_names[number] if number >= 0 else ""


def real_cells(run: Run) -> RealCells | None:
    """The run's cells; None while the data is not on this machine."""
    dataset = load_data(run)
    if dataset is None:
        return None
    # Where all is shared, the test split is all cells in their order, and its latents are kept with the run.
    latents = load_latents(run, "test" if dataset.splits.is_shared else "all")
    return _real_cells(dataset, latents, str(run.folder), weights_stamp(run))


@st.cache_resource(max_entries=3, show_spinner="Laying out the real cells…")
def _real_cells(_dataset: Dataset, _latents: RunLatents, folder: str, stamp: object) -> RealCells:
    from clustergan_core.evaluation.nearness import fit_real_space

    return RealCells(_dataset, _latents, fit_real_space(_dataset.samples))
