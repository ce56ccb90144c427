"""Clusters as a table: of a run's own samples, and of new ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from clustergan_core.data.dataset import UNLABELLED, SplitName
from clustergan_core.data.own_options import Orientation
from clustergan_core.opening import open_like
from clustergan_core.runs.latents import RunLatents, encode_samples, run_latents
from clustergan_core.runs.store import Run, Weights


def encode_file(run: Run, path: Path, orientation: Orientation = "auto") -> tuple[list[str], RunLatents]:
    """Ids and latents of new samples, prepared exactly as the run's own were; DataError where they do not fit."""
    record = run.config.dataset
    samples, sample_ids = open_like(
        path, record.kind, record.shape, record.feature_names, record.preprocessing, orientation
    )
    return list(sample_ids), encode_samples(run.load(), samples, np.arange(len(samples), dtype=np.int64))


def assign_file(run: Run, path: Path, orientation: Orientation = "auto") -> pd.DataFrame:
    """Clusters of new samples: columns sample, cluster, confidence."""
    sample_ids, latents = encode_file(run, path, orientation)
    return pd.DataFrame({"sample": sample_ids, "cluster": latents.clusters, "confidence": latents.confidence.round(4)})


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
