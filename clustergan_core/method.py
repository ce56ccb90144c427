"""Method: the interface of every clustering method for training, evaluation and the pages."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import RunError
from clustergan_core.method_facts import Ability, LabelledSettings, MethodFacts, MethodSettings
from clustergan_core.nn.back_projection import Descent, descent_for
from clustergan_core.nn.prior import Latent, ModeWeights, Prior

ENCODE_BATCH = 256  # the outputs of a convolution on more exceed the processor's cache and take 1.4 times as long


class Batch(NamedTuple):
    """Training samples and their positions in the training split."""

    samples: Tensor  # (B, *shape)
    indices: Tensor  # (B,) int64


@dataclass(frozen=True)
class LabelledSubset:
    """The few labels that a `LabelledMethod` is given, and the training samples they belong to."""

    indices: Tensor  # (n,) int64, positions in the training split
    labels: Tensor  # (n,) int64


@dataclass(frozen=True)
class Encoding:
    """An encoder's output for a batch of samples."""

    normal: Tensor  # (B, n_normal), ẑ_n
    cluster: Tensor | None  # (B, n_clusters) probabilities, or None for methods without a code

    def joined(self) -> Tensor:
        """(B, n_normal + n_clusters): ẑ_n and the code's probabilities side by side."""
        return self.normal if self.cluster is None else torch.cat([self.normal, self.cluster], dim=1)


class Method(MethodFacts, nn.Module):
    """Owns its networks, its optimisers and the order of its updates; that order is the method.

    A method is built on its device (`.to(device)`), and `prepare` gives it the data once, before training. `lacks` says
    in a sentence for the user what the method cannot do (encode, generate, show modes).
    """

    kind: Kind
    shape: tuple[int, ...]
    variant: str = "step"  # the kind of the next step; steps of one kind do the same operations

    def __init__(
        self, settings: MethodSettings, kind: Kind, shape: tuple[int, ...], prior: Prior | None = None
    ) -> None:
        """`prior` is the distribution of `generate`'s latents; None for a method that draws no new samples."""
        super().__init__()
        self.settings = settings
        self.kind = kind
        self.shape = shape
        self._prior = prior

    @property
    def n_clusters(self) -> int:
        """K, the number of clusters that samples are assigned to, whether or not a prior has as many modes."""
        return self.settings.n_clusters

    @property
    def prior(self) -> Prior:
        """The prior from which new samples are drawn; RunError for a method without a generator."""
        self.require("generator")
        assert self._prior is not None
        return self._prior

    @property
    def generates(self) -> bool:
        """Whether it draws new samples."""
        return self._prior is not None

    @property
    def has_modes(self) -> bool:
        """Whether its prior has a one-hot part, so that each mode can be generated."""
        return self._prior is not None and self._prior.n_clusters > 0

    def lacks(self, ability: Ability) -> str:
        """Why the method lacks an ability, in one sentence for the user; empty if the method has it."""
        if ability == "encoder":
            return self.lacks_encoder()
        if not self.generates:
            return f"{self.title} has no generator: it draws no new samples and has no modes to show."
        if ability == "modes" and not self.has_modes:
            return f"{self.title} was trained on a prior without modes: there are none to show or to walk between."
        return ""

    def require(self, *abilities: Ability) -> None:
        """Raises RunError with the sentence of the first ability that the method lacks."""
        for sentence in filter(None, map(self.lacks, abilities)):
            raise RunError(sentence)

    @property
    def n_batches(self) -> int:
        """How many samples of an experiment `generate` can be told; 0 where it makes no difference between them."""
        return 0

    @property
    def seen_pairs(self) -> Tensor | None:
        """How many training samples (n_clusters, n_batches) each mode and sample of the experiment share."""
        return None

    def draw_batches(self, modes: Tensor, generator: torch.Generator) -> Tensor | None:
        """A sample of the experiment for each of modes (B,), as often as training saw them; None if not told them."""
        return None

    @property
    def device(self) -> torch.device:
        """The device of the weights, learned or fitted."""
        return next(chain(self.parameters(), self.buffers())).device

    @property
    def mode_weights(self) -> ModeWeights | None:
        """Each mode's share of the samples, if the method learns it; None means that all modes are equally large."""
        return None

    @property
    def descent(self) -> Descent:
        """How Algorithm 1 (arXiv 1809.03627) finds a sample's noise and mode; RunError for one without a generator."""
        return descent_for(self.prior)

    @property
    @abstractmethod
    def batch_sizes(self) -> Sequence[int]:
        """The number of samples in each batch that the next `train_step` uses."""

    def begin_step(self, step: int, n_steps: int) -> None:
        """Prepares for a step of the training, counted from 1; called before each `train_step`. Sets `variant`.

        Whatever depends on the step (a phase, a term that is added every few steps) is decided here, on the host, and
        no other state depends on it, so that a resumed training continues exactly.
        """

    def begin_added_step(self, step: int, n_steps: int) -> None:
        """Prepares for a step of a continuation by `n_steps` beyond the planned end, counted from 1 again.

        A method whose learning rates have fallen by then raises them again.
        """
        self.begin_step(step, n_steps)

    def condition_on(self, n_batches: int) -> None:
        """Makes room for the samples of an experiment, right after the method is built; it may make no use of them."""

    def receive_batches(self, batches: NDArray[np.int64]) -> None:
        """Receives which sample of an experiment each training sample (N,) is from, before `prepare`."""

    @abstractmethod
    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        """Receives the training split (N, *shape) and the only source of randomness; called once before training."""

    @abstractmethod
    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        """Does one generator update with its critic updates and returns detached 0-d losses.

        Never waits for the device and never branches on tensor values, so that each variant can be captured in a CUDA
        graph.
        """

    def encode(self, samples: Tensor) -> Encoding:
        """Maps samples (B, *shape) to latents, deterministically and independently of the batch's other samples."""
        self.require("encoder")
        raise NotImplementedError(f"{type(self).__name__} has no encoder: implement `encode` or set `encodes = False`.")

    def generate(self, latent: Latent) -> Tensor:
        """Maps latents to samples (B, *shape), deterministically.

        A latent holds noise and the weights of modes, as pages and walks choose them. Any further processing (a
        component's learned mean, noise added to the code) is done here.
        """
        self.require("generator")
        raise NotImplementedError(f"{type(self).__name__} has no generator: implement `generate` or pass no prior.")

    @abstractmethod
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimisers by name, for checkpoints."""

    @abstractmethod
    def inference_networks(self) -> dict[str, nn.Module]:
        """The networks that encoding and generating need, by name; a shipped run holds these."""

    def label_free_figures(self) -> dict[str, float]:
        """Label-free quality figures from the training itself, by name; higher is better."""
        return {}

    def calibrate(self, samples: Tensor) -> None:
        """Fits parts that are not learned by gradients (centres, a mixture) to training samples, into buffers."""

    @property
    def is_read_calibrated(self) -> bool:
        """Whether clusters are read with what `calibrate` fits, and so at evaluations only."""
        return False

    @property
    def recovers_normal(self) -> bool:
        """Whether training makes ẑ_n recover the z_n of a generated sample; if not, ẑ_n has no meaning."""
        return True

    def decode(self, encoding: Encoding) -> Tensor | None:
        """The samples (B, *shape) that an encoding represents; None if it does not determine any.

        By default these are the generator's samples at the encoding, with z_n at the prior's mean if ẑ_n has no
        meaning.
        """
        if encoding.cluster is None or not self.generates:
            return None
        normal = encoding.normal if self.recovers_normal else torch.zeros_like(encoding.normal)
        return self.generate(Latent(normal, encoding.cluster))

    def clustering_features(self, encoding: Encoding) -> Tensor:
        """The features (B, D) for maps and k-means: all parts of the latent that the method trains to recover."""
        if self.recovers_normal or encoding.cluster is None:
            return encoding.joined()
        return encoding.cluster

    def recoverable(self, latent: Latent) -> Tensor | None:
        """The part of a latent (B, D) that `clustering_features` of its generated sample should equal, or None."""
        return latent.joined() if self.recovers_normal else latent.cluster

    def assign(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Assigns samples (B, *shape): (cluster (B,) int64, confidence (B,) in [0, 1], not calibrated)."""
        return self.assign_encoding(self.encode(samples))

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        """Assigns encoded samples on any device: (cluster (B,), confidence (B,)), argmax and maximum of the code."""
        if encoding.cluster is None:
            raise NotImplementedError(f"{type(self).__name__} has no code: implement `assign_encoding`.")
        confidence, cluster = encoding.cluster.max(dim=1)
        return cluster, confidence

    @torch.no_grad()
    def encode_all(self, samples: Tensor) -> Encoding:
        """Applies `encode` in batches to any number of samples; the result is on the CPU."""
        parts = [self.encode(batch.to(self.device)) for batch in samples.split(ENCODE_BATCH)]
        codes = [part.cluster.cpu() for part in parts if part.cluster is not None]
        return Encoding(torch.cat([part.normal.cpu() for part in parts]), torch.cat(codes) if codes else None)

    @torch.no_grad()
    def assign_all(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Applies `assign` in batches to any number of samples; the result is on the CPU."""
        parts = [self.assign(batch.to(self.device)) for batch in samples.split(ENCODE_BATCH)]
        return torch.cat([cluster.cpu() for cluster, _ in parts]), torch.cat([conf.cpu() for _, conf in parts])


class LabelledMethod(Method):
    """A method whose training is given the labels of a few samples, which are then left out of every score.

    Everything that names such a run says how many labels it used (`RunConfig.method_title`).
    """

    uses_labels = True

    @property
    def n_labelled(self) -> int:
        """The number of labels it requests."""
        assert isinstance(self.settings, LabelledSettings)
        return self.settings.n_labelled

    @abstractmethod
    def prepare(self, samples: Tensor, generator: torch.Generator, labelled: LabelledSubset | None = None) -> None:
        """Receives the training split and the labels it may use; None if only the time of a step is measured."""
