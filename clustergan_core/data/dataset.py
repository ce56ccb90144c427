"""Dataset: samples, reference labels and splits, frozen once loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.data.steps import Step

Kind = Literal["image", "table", "expression"]

SplitName = Literal["train", "validation", "test", "all"]

# Splits belong to the data, not to a run: one fixed seed, so that every run is scored on the same samples.
DATA_SEED = 20180910
UNLABELLED = -1
LEAST_SPLIT = 10  # samples: a tenth of fewer rounds down to none


@dataclass(frozen=True)
class Splits:
    """Sample indices, int64 and sorted. Where `is_shared`, all three splits hold every sample (uploads)."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    is_shared: bool = False


def split_samples(n_samples: int, test: NDArray[np.int64] | None = None) -> Splits:
    """Official `test` indices with 10% of the rest for validation; without them 80/10/10. Labels play no part.

    With fewer than LEAST_SPLIT samples none would be held out; callers must refuse so few where that can happen.
    """
    order = np.random.default_rng(DATA_SEED).permutation(n_samples).astype(np.int64)
    if test is None:
        test, rest = np.split(order, [n_samples // 10])
        n_validation = n_samples // 10
    else:
        rest = order[~np.isin(order, test)]
        n_validation = len(rest) // 10
    return Splits(train=np.sort(rest[n_validation:]), validation=np.sort(rest[:n_validation]), test=np.sort(test))


def draw_subset(indices: int | NDArray[np.int64], n_most: int, seed: int) -> NDArray[np.int64]:
    """At most `n_most` of ascending indices, or of those below an int, drawn with `seed`; in order, none twice.

    The same arguments give the same subset, so that figures can be compared and a page shows the same at every visit.
    """
    if isinstance(indices, int):
        indices = np.arange(indices, dtype=np.int64)
    if len(indices) <= n_most:
        return indices
    return np.sort(np.random.default_rng(seed).choice(indices, n_most, replace=False))


def share_samples(n_samples: int) -> Splits:
    """Every sample in every split, as uploads are trained and scored."""
    everything = np.arange(n_samples, dtype=np.int64)
    return Splits(everything, everything, everything, is_shared=True)


class SampleFacts(BaseModel):
    """What is known of one sample of an experiment: a row of the samples table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str = Field(title="Sample", description="As the data calls it: its file or folder, or a column's value.")
    name: str = Field(title="Name", description="What it is called in tables, maps and exports.")
    condition: str = Field(default="", title="Condition", description="Such as control, treated or a diagnosis.")
    donor: str = Field(default="", title="Donor", description="The person or animal it was taken from.")
    technology: str = Field(default="", title="Technology", description="Such as 10x 3' v3.")


@dataclass(frozen=True)
class Batches:
    """Which sample of an experiment each cell is from.

    People call it a sample; in code it is a batch, because a sample is one row of a data set here.
    """

    codes: NDArray[np.int64]  # (N,) numbers into `table`
    table: tuple[SampleFacts, ...]  # every sample holds a cell

    @property
    def names(self) -> tuple[str, ...]:
        """What the samples are called, in the order of their codes."""
        return tuple(facts.name for facts in self.table)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Batches:
        """The same samples for some cells: a mask (N,), or row numbers."""
        return Batches(self.codes[rows], self.table)


@dataclass(frozen=True)
class PlantedModes:
    """Modes that are known by their means: a sample is good if it lies within 3 `spread` of the nearest one."""

    means: NDArray[np.float64]  # (M, n_features), on the scale of the samples
    spread: float  # the standard deviation of each feature


@dataclass(frozen=True)
class TracedModes:
    """Modes that are known by lines: a sample is good if it lies within 3 `spread` of the nearest point of a line."""

    points: NDArray[np.float64]  # (P, n_features), densely along all lines, on the scale of the samples
    lines: NDArray[np.int64]  # (P,), the line, and so the mode, of each point
    spread: float  # the standard deviation of each feature around a line


@dataclass(frozen=True)
class ReadModes:
    """Modes that are combinations of labels, one for each channel of an image, read by a classifier."""

    classifier: str  # the data set of single channels whose classifier reads them


@dataclass(frozen=True)
class Dataset:
    """Samples ready to train on. Images and tables lie in [0, 1]; expression data is as its transform leaves it."""

    name: str
    kind: Kind
    samples: NDArray[np.float32]  # (N, C, H, W) for images, (N, n_features) otherwise
    splits: Splits
    labels: NDArray[np.int64] | None = None  # (N,) numbers into label_names, or UNLABELLED; None without a reference
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()  # empty for images
    sample_ids: tuple[str, ...] = ()  # empty means the row number
    preprocessing: tuple[Step, ...] = ()  # repeated on new samples
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)  # further per-sample columns to colour a map by
    content_digest: str = ""  # identifies the data where the samples' last bits differ between machines
    label_column: str = ""  # the data's own column that holds the labels; empty where they are from elsewhere
    has_confirmed_labels: bool = True  # False where a column was proposed by its name: K does not come from its levels
    modes: PlantedModes | TracedModes | ReadModes | None = None  # where it is known what a generator should reach
    batches: Batches | None = None  # of cells from the samples of an experiment; None where they are not told apart
    source: str = ""  # a name in DATASETS or the path it was opened by; empty for arrays, which have neither

    @property
    def shape(self) -> tuple[int, ...]:
        """One sample's shape."""
        return tuple(self.samples.shape[1:])

    @property
    def n_labels(self) -> int | None:
        """How many distinct labels there are, or None without a reference."""
        return None if self.labels is None else len(self.label_names)

    @property
    def n_confirmed_labels(self) -> int | None:
        """The same, and None too where the labels are a proposal: what K may be derived from."""
        return self.n_labels if self.has_confirmed_labels else None

    def indices(self, split: SplitName) -> NDArray[np.int64]:
        """The sample indices of a split."""
        if split == "all":
            return np.arange(len(self.samples), dtype=np.int64)
        return getattr(self.splits, split)

    def sample_id(self, index: int) -> str:
        """The sample's own id, or its row number."""
        return self.sample_ids[index] if self.sample_ids else str(index)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the prepared samples: what a run's config records, whatever file they came from.

        Logarithms differ in their last bit between processors, so samples derived from them carry the digest of the
        values they were derived from.
        """
        if self.content_digest:
            return self.content_digest
        samples = np.ascontiguousarray(self.samples)
        return hashlib.sha256(repr(samples.shape).encode() + samples.tobytes()).hexdigest()
