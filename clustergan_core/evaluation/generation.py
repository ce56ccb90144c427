"""Mode, Reconstruction and Cluster Accuracy: what a classifier reads in generated samples.

ClusterGAN (arXiv 1809.03627) §2.6, with a classifier of 99.2% on MNIST: samples generated from mode k are classified,
which maps each mode to a digit; *Mode Accuracy* is how often a mode shows its digit. A real sample of label y is
encoded and generated back; *Reconstruction Accuracy* is how often the classifier reads y again. *Cluster Accuracy* asks
whether real samples of one class get one code. Where the paper is ambiguous, this module chooses as follows:

- a mode's label is the one read most often in its samples (as in Li and Dama's reproduction); several modes may share
  a label, so the number of labels that have a mode is reported with the accuracy;
- a real sample counts for Cluster Accuracy if its assigned mode shows its label, as in Li and Dama: clusters are named
  by what their mode *generates*, not by the labels of their samples. It is never above purity;
- real samples are encoded by the encoder, where the paper uses Algorithm 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED


def name_modes(read: NDArray[np.int64]) -> NDArray[np.int64]:
    """The label read most often in each mode's samples: (K,) from labels read (K, M); the lower one among equals."""
    return np.array([np.bincount(row).argmax() for row in read], dtype=np.int64)


def mode_accuracy(read: NDArray[np.int64]) -> float:
    """The share of generated samples in which the label of their mode is read, from labels read (K, M)."""
    return float(np.mean(read == name_modes(read)[:, None]))


def reconstruction_accuracy(labels: NDArray[np.int64], read: NDArray[np.int64]) -> float | None:
    """The share of labelled samples (N,) whose reconstruction (N,) is read as their label; None without labels."""
    return _share(read == labels, labels)


def cluster_accuracy(
    labels: NDArray[np.int64], clusters: NDArray[np.int64], mode_names: NDArray[np.int64]
) -> float | None:
    """The share of labelled samples (N,) whose mode (N,) generates their label; `mode_names` (K,) from `name_modes`."""
    return _share(mode_names[clusters] == labels, labels)


def _share(is_right: NDArray[np.bool_], labels: NDArray[np.int64]) -> float | None:
    is_labelled = labels != UNLABELLED
    return float(is_right[is_labelled].mean()) if is_labelled.any() else None
