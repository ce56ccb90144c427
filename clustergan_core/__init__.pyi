from . import cells as cells
from . import data as data
from . import embedding as embedding
from . import evaluation as evaluation
from .data.dataset import Dataset
from .data.opening import open_dataset
from .data.options import OwnDataOptions
from .data.own.arrays import open_array
from .data.registry import DATASETS
from .errors import AppError, DataError, RunError, SettingsError
from .generation import generate_modes
from .library.estimators import ClusterGAN, PairedClusterGAN
from .library.functions import embed, fit, load, plot, score
from .method import Method
from .methods import METHODS, build_method, parse_settings
from .schedule import Schedule
from .training import Progress, train

__all__ = [
    "DATASETS",
    "METHODS",
    "AppError",
    "ClusterGAN",
    "DataError",
    "Dataset",
    "Method",
    "OwnDataOptions",
    "PairedClusterGAN",
    "Progress",
    "RunError",
    "Schedule",
    "SettingsError",
    "build_method",
    "cells",
    "data",
    "embed",
    "embedding",
    "evaluation",
    "fit",
    "generate_modes",
    "load",
    "open_array",
    "open_dataset",
    "parse_settings",
    "plot",
    "score",
    "train",
]
