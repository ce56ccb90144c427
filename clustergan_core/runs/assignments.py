"""Clusters of a run's own samples, and of new ones, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from clustergan_core.data.dataset import UNLABELLED, SplitName
from clustergan_core.data.opening import open_like
from clustergan_core.data.options import Orientation
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
    """The run's own samples: id, split, cluster, confidence, label where there is one, and the latent's dimensions."""
    dataset = run.dataset()
    latents = run_latents(run, split, which)
    table = pd.DataFrame({"sample": [dataset.sample_id(int(index)) for index in latents.indices]})
    if not dataset.splits.is_shared:
        names = np.full(len(dataset.samples), "train", dtype=object)
        names[dataset.splits.validation] = "validation"
        names[dataset.splits.test] = "test"
        table["split"] = names[latents.indices]
    table["cluster"] = latents.clusters
    table["confidence"] = latents.confidence.round(4)
    if dataset.labels is not None:
        labels = dataset.labels[latents.indices]
        table["label"] = [dataset.label_names[label] if label != UNLABELLED else "" for label in labels]
    for dimension in range(latents.normal.shape[1]):
        table[f"z_n{dimension + 1}"] = latents.normal[:, dimension].round(5)
    for mode in range(latents.code.shape[1]):
        table[f"code{mode}"] = latents.code[:, mode].round(5)
    return table
