"""Feature networks for the Fréchet distance; each has a name, which accompanies every score computed with it.

- labelled image data sets with a classifier: its last hidden layer (`classifier.py`);
- everything else: principal components of the training split;
- for images, in addition, where CLUSTERGAN_INCEPTION names the TorchScript file of the Inception network that defines
  the FID of Heusel et al.: its 2,048 features.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.classifier import Classifier, find_classifier

N_COMPONENTS = 50
N_FITTED = 10_000  # training samples that principal components are fitted on
INCEPTION_VARIABLE = "CLUSTERGAN_INCEPTION"
_INCEPTION_BATCH = 50


class FeatureNetwork(Protocol):
    """Turns samples into features to compare them in."""

    @property
    def name(self) -> str:
        """The network and its version: scores under different names cannot be compared."""
        ...

    def __call__(self, samples: Tensor) -> NDArray[np.floating]:
        """Features (N, D) of samples (N, *shape) on any device."""
        ...


@dataclass(frozen=True)
class ClassifierFeatures:
    """The last hidden layer of a data set's own classifier."""

    classifier: Classifier

    @property
    def name(self) -> str:
        return self.classifier.name

    def __call__(self, samples: Tensor) -> NDArray[np.floating]:
        return self.classifier.features(samples).cpu().numpy()


@dataclass(frozen=True)
class PrincipalComponents:
    """Coordinates along the directions in which the training samples vary most, in the data's own units."""

    mean: NDArray[np.float64]  # (D,)
    components: NDArray[np.float64]  # (n, D)

    @property
    def name(self) -> str:
        return f"{len(self.components)} principal components"

    def __call__(self, samples: Tensor) -> NDArray[np.floating]:
        return (samples.flatten(1).cpu().numpy() - self.mean) @ self.components.T


@dataclass(frozen=True)
class InceptionFeatures:
    """The Inception network of the FID, from its usual TorchScript file."""

    module: torch.jit.ScriptModule
    name: str

    def __call__(self, samples: Tensor) -> NDArray[np.floating]:
        # The network expects bytes and three channels; it resizes to 299×299 itself.
        pictures = (samples * 255).round().clamp(0, 255).to(torch.uint8).expand(-1, 3, -1, -1)
        module = self.module.to(samples.device)
        with torch.inference_mode():
            parts = [module(batch, return_features=True).cpu() for batch in pictures.split(_INCEPTION_BATCH)]
        return torch.cat(parts).numpy()


def choose_features(dataset: Dataset) -> FeatureNetwork:
    """The data set's classifier where there is one, else principal components of its training split."""
    classifier = find_classifier(dataset)
    return fit_components(dataset) if classifier is None else ClassifierFeatures(classifier)


def fit_components(dataset: Dataset) -> PrincipalComponents:
    """Principal components of at most 10,000 training samples, the same for every run on this data."""
    from sklearn.decomposition import PCA

    train = draw_subset(dataset.splits.train, N_FITTED, DATA_SEED)
    flat = dataset.samples[train].reshape(len(train), -1)
    n_components = min(N_COMPONENTS, *flat.shape)
    solver = "full" if n_components == min(flat.shape) else "randomized"
    fitted = PCA(n_components, svd_solver=solver, random_state=0).fit(flat.astype(np.float64))
    return PrincipalComponents(fitted.mean_, fitted.components_)


def find_inception(dataset: Dataset) -> FeatureNetwork | None:
    """Inception features for images where CLUSTERGAN_INCEPTION names its file, None otherwise.

    Only the operator can set that path, because TorchScript is code. Raises SettingsError for an unreadable file.
    """
    path = os.environ.get(INCEPTION_VARIABLE, "").strip()
    if not path or dataset.kind != "image":
        return None
    return _load_inception(Path(path).expanduser())


@lru_cache(maxsize=1)
def _load_inception(path: Path) -> InceptionFeatures:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with warnings.catch_warnings():
            # PyTorch deprecates TorchScript, but this file exists in no other format.
            warnings.simplefilter("ignore", DeprecationWarning)
            module = torch.jit.load(str(path), map_location="cpu").eval()
    except (OSError, RuntimeError, ValueError) as error:
        raise SettingsError(
            f"{INCEPTION_VARIABLE}={path} cannot be read as TorchScript: set it to the file inception-2015-12-05.pt, "
            "or unset it."
        ) from error
    return InceptionFeatures(module, f"Inception {digest[:6]}")
