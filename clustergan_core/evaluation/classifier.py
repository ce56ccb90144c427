"""The small classifier of a labelled image data set: labels generated samples, and provides features to compare them.

One network for every image size: five 3×3 convolutions, the mean over positions, 64 features, the labels.
`python -m benchmarks.train_classifiers` trains it on a data set's training split. Classifiers ship in
`pretrained/classifiers/`, each as one safetensors file in half precision whose metadata names the samples (by digest)
and the labels. A classifier is used for exactly those samples: a person's own file of the same name gets none.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from safetensors import safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from clustergan_core.data.dataset import Dataset
from clustergan_core.paths import PRETRAINED_FOLDER

CLASSIFIERS_FOLDER = PRETRAINED_FOLDER / "classifiers"
N_FEATURES = 64
_BATCH = 100  # the activations fit the processor's cache: nearly twice as fast as 500


class ClassifierRecord(BaseModel):
    """What a classifier was trained on, how, and how good it is; the metadata of its file."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    digest: str  # of the data set's prepared samples
    shape: tuple[int, int, int]
    label_names: tuple[str, ...]
    seed: int
    n_steps: int
    batch_size: int
    learning_rate: float
    augmentation: str
    seconds: float
    device: str
    versions: dict[str, str]
    n_train: int
    validation_accuracy: float
    test_accuracy: float  # of the half-precision weights in the file; never used to select anything
    n_test: int


class ClassifierNetwork(nn.Module):
    """(B, *shape) in [0, 1] → label logits (B, n_labels)."""

    def __init__(self, n_channels: int, n_labels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_conv(n_channels, 16, stride=1),
            *_conv(16, 32, stride=2),
            *_conv(32, 32, stride=1),
            *_conv(32, 64, stride=2),
            *_conv(64, 64, stride=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(64, N_FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(N_FEATURES, n_labels)

    def forward(self, samples: Tensor) -> Tensor:
        return self.head(self.body(samples))


class Classifier:
    """A trained classifier with its name: label numbers and features of samples, computed on the samples' device."""

    def __init__(self, network: ClassifierNetwork, record: ClassifierRecord, digest: str) -> None:
        self.network = network.eval().requires_grad_(False)
        self.record = record
        # Retrained weights are another network, whose scores cannot be compared with earlier ones.
        self.name = f"{record.dataset} classifier {digest[:6]}"

    @torch.inference_mode()
    def features(self, samples: Tensor) -> Tensor:
        """The last hidden layer (N, 64) for samples (N, *shape)."""
        body = self.network.to(samples.device).body
        return torch.cat([body(batch) for batch in samples.split(_BATCH)])

    @torch.inference_mode()
    def labels(self, samples: Tensor) -> NDArray[np.int64]:
        """Numbers into `record.label_names` (N,) for samples (N, *shape)."""
        return self.probabilities(samples).argmax(axis=1)

    @torch.inference_mode()
    def probabilities(self, samples: Tensor) -> NDArray[np.float32]:
        """The probability of each label (N, n_labels) for samples (N, *shape); not calibrated."""
        return self.network.head(self.features(samples)).softmax(dim=1).cpu().numpy()

    def knows_labels_of(self, dataset: Dataset) -> bool:
        """Whether the data set's labels are those it was trained on, in the same order."""
        return dataset.labels is not None and dataset.label_names == self.record.label_names


def find_classifier(dataset: Dataset, folder: Path = CLASSIFIERS_FOLDER) -> Classifier | None:
    """The shipped classifier of exactly these samples, or None."""
    path = folder / f"{dataset.name}.safetensors"
    if dataset.kind != "image" or Path(dataset.name).name != dataset.name or not path.exists():
        return None
    classifier = load_classifier(path, path.stat().st_mtime_ns)
    return classifier if classifier.record.digest == dataset.digest else None


def find_named_classifier(name: str, folder: Path = CLASSIFIERS_FOLDER) -> Classifier | None:
    """The shipped classifier of a data set by its name, for images that only resemble its samples; or None."""
    path = folder / f"{name}.safetensors"
    return load_classifier(path, path.stat().st_mtime_ns) if path.exists() else None


@lru_cache(maxsize=16)
def load_classifier(path: Path, stamp: int = 0) -> Classifier:
    """A classifier from its file, in single precision on the CPU; `stamp` makes the cache notice a new file."""
    content = path.read_bytes()
    record = read_record(path)
    network = ClassifierNetwork(record.shape[0], len(record.label_names))
    network.load_state_dict(load(content))
    return Classifier(network, record, hashlib.sha256(content).hexdigest())


def read_record(path: Path) -> ClassifierRecord:
    """The record in a classifier's file."""
    with safe_open(path, framework="pt") as file:
        return ClassifierRecord.model_validate(json.loads((file.metadata() or {})["classifier"]))


def halve_weights(network: ClassifierNetwork) -> dict[str, Tensor]:
    """The weights as they are stored: half precision, counters unchanged."""
    return {
        name: tensor.half().contiguous() if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }


def pack_classifier(weights: dict[str, Tensor], record: ClassifierRecord) -> bytes:
    """The content of a classifier's file."""
    return save(weights, {"classifier": json.dumps(record.model_dump(mode="json"))})


def _conv(n_in: int, n_out: int, stride: int) -> list[Any]:
    return [nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]
