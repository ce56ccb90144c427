"""Clusters of a run's own samples, and of new ones, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset, SplitName
from clustergan_core.data.opening import open_like
from clustergan_core.data.options import Orientation
from clustergan_core.runs.cells import is_of_cells, run_matrix
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.latents import RunLatents, encode_samples


@dataclass(frozen=True)
class AssignedFile:
    """New samples in a run's latent space."""

    sample_ids: tuple[str, ...]
    latents: RunLatents
    notes: tuple[str, ...]  # sentences on what the file lacked and how it was filled in

    def table(self) -> pd.DataFrame:
        """Columns sample, cluster, confidence."""
        clusters, confidence = self.latents.clusters, self.latents.confidence.round(4)
        return pd.DataFrame({"sample": self.sample_ids, "cluster": clusters, "confidence": confidence})


def assign_file(run: Run, path: Path, orientation: Orientation = "auto") -> AssignedFile:
    """Prepares new samples exactly as the run's own, encodes and assigns them; DataError where they do not fit."""
    record = run.config.dataset
    new = open_like(path, record.kind, record.shape, record.feature_names, record.preprocessing, orientation)
    latents = encode_samples(run.load(), new.samples, np.arange(len(new.samples), dtype=np.int64))
    return AssignedFile(new.sample_ids, latents, new.notes)


def run_table(run: Run, split: SplitName = "all", which: Weights = "best") -> pd.DataFrame:
    """The run's own samples: id, split, cluster, confidence, label where there is one, columns of the data, the latent.

    `split` is "all" where every sample was trained on and scored. A column of the data whose name is taken gets an
    underscore.
    """
    dataset = run.dataset()
    latents = run_latents(run, split, which)
    table: dict[str, Any] = {
        "sample": [dataset.sample_id(int(index)) for index in latents.indices],
        "split": _name_splits(dataset)[latents.indices],
        "cluster": latents.clusters,
        "confidence": latents.confidence.round(4),
    }
    if dataset.labels is not None:
        labels = dataset.labels[latents.indices]
        table["label"] = [dataset.label_names[label] if label != UNLABELLED else "" for label in labels]
    latent = {f"z_n{number + 1}": values.round(5) for number, values in enumerate(latents.normal.T)}
    latent |= {f"code{mode}": values.round(5) for mode, values in enumerate(latents.code.T)}
    for name, values in _own_columns(run, dataset).items():
        while name in table or name in latent:
            name += "_"
        table[name] = values[latents.indices]
    return pd.DataFrame(table | latent)


def describe_splits(dataset: Dataset) -> str:
    """A sentence on the splits that a `run_table` of all samples holds."""
    if dataset.splits.is_shared:
        return "The file holds all samples; each was both trained on and scored."
    return "The file holds the samples of all splits: its column split tells train, validation and test apart."


def _name_splits(dataset: Dataset) -> NDArray[np.object_]:
    names = np.full(len(dataset.samples), "all" if dataset.splits.is_shared else "train", dtype=object)
    if not dataset.splits.is_shared:
        names[dataset.splits.validation] = "validation"
        names[dataset.splits.test] = "test"
    return names


def _own_columns(run: Run, dataset: Dataset) -> dict[str, Any]:
    """What the data says about its samples, (N,) each; for cells as the file and the tables beside it have it."""
    if not is_of_cells(run):
        return dict(dataset.columns)
    cells = run_matrix(run, dataset).cells
    return {str(name): cells[name].array for name in cells}
