from .dataset import UNLABELLED, Dataset, Kind, Splits
from .opening import NewSamples, open_dataset, open_like
from .options import OwnDataOptions
from .own.arrays import open_array
from .registry import DATASETS, DatasetSource, is_available, load_dataset

__all__ = [
    "DATASETS",
    "UNLABELLED",
    "Dataset",
    "DatasetSource",
    "Kind",
    "NewSamples",
    "OwnDataOptions",
    "Splits",
    "is_available",
    "load_dataset",
    "open_array",
    "open_dataset",
    "open_like",
]
