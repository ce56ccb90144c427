"""Cells that a person takes out of a run's clusters into clusters of their own. The model and its clusters stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from clustergan_core.positions import read_positions, write_positions


class Split(BaseModel):
    """Some cells, and the number of the cluster that they were split off as, which no mode of the model has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: int = Field(ge=0)
    cells: tuple[int, ...] = Field(min_length=1)  # positions in the data set, ascending; written as ranges "0-4,9"

    @field_validator("cells", mode="before")
    @classmethod
    def _read_ranges(cls, cells: object) -> object:
        return read_positions(cells) if isinstance(cells, str) else cells

    @field_validator("cells")
    @classmethod
    def _vet_cells(cls, cells: tuple[int, ...]) -> tuple[int, ...]:
        if cells[0] < 0 or any(one >= other for one, other in pairwise(cells)):
            raise ValueError("The cells of a split are positions in ascending order.")
        return cells

    @field_serializer("cells")
    def _write_ranges(self, cells: tuple[int, ...]) -> str:
        return write_positions(cells)


def apply_splits(clusters: NDArray[np.int64], indices: NDArray[np.int64], splits: Sequence[Split]) -> NDArray[np.int64]:
    """The clusters (N,) of samples at `indices` (N,) of the data set, with those of `splits` in their own.

    A cell of several splits belongs to the last.
    """
    edited = clusters.copy()
    for split in splits:
        edited[np.isin(indices, split.cells)] = split.cluster
    return edited


def count_origins(
    clusters: NDArray[np.int64], indices: NDArray[np.int64], cells: NDArray[np.int64]
) -> dict[int, tuple[int, int]]:
    """By cluster, how many of its samples are among `cells`, and how many it holds; those with none are left out.

    `clusters` (N,) are those of the samples at `indices` (N,) of the data set.
    """
    sizes = np.bincount(clusters)
    taken = np.bincount(clusters[np.isin(indices, cells)], minlength=len(sizes))
    return {int(cluster): (int(taken[cluster]), int(sizes[cluster])) for cluster in np.flatnonzero(taken)}


def describe_new_samples(splits: Sequence[Split]) -> list[str]:
    """A sentence on the clusters of new samples, where cells were split off by hand."""
    if not splits:
        return []
    clusters = "the cluster that was" if len(splits) == 1 else f"the {len(splits)} clusters that were"
    return [f"New cells get the model's clusters: none goes to {clusters} split off by hand."]
