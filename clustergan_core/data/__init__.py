"""Data sets: built in, published, or a person's own file, all as one frozen `Dataset`."""

from clustergan_core.data.dataset import UNLABELLED, Dataset, SplitName, Splits, share_samples, split_samples
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.own_files import OwnDataOptions, apply_preprocessing, open_like, open_own
from clustergan_core.data.registry import DATASETS, DatasetSource, is_available, load_dataset

__all__ = [
    "DATASETS",
    "UNLABELLED",
    "Dataset",
    "DatasetSource",
    "OwnDataOptions",
    "SplitName",
    "Splits",
    "apply_preprocessing",
    "is_available",
    "load_dataset",
    "open_dataset",
    "open_like",
    "open_own",
    "share_samples",
    "split_samples",
]
