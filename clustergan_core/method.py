"""Method: what every clustering method offers to training, evaluation and the pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.nn.prior import Latent, ModeWeights, Prior
from clustergan_core.preset import Preset, PresetName

Ability = Literal["encoder", "generator", "modes"]  # what not every method has
ENCODE_BATCH = 256  # what a convolution makes of more leaves the processor's cache, and takes 1.4 times as long


class MethodSettings(BaseModel):
    """Base of every method's settings: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_clusters: int  # K, which every method is told; each gives it a default and limits of its own


class Batch(NamedTuple):
    """Training samples and where they stand in the training split."""

    samples: Tensor  # (B, *shape)
    indices: Tensor  # (B,) int64


@dataclass(frozen=True)
class LabelledSubset:
    """The few labels that a `LabelledMethod` is given, and of which training samples."""

    indices: Tensor  # (n,) int64, positions in the training split
    labels: Tensor  # (n,) int64


@dataclass(frozen=True)
class Encoding:
    """What an encoder knows of a batch of samples."""

    normal: Tensor  # (B, n_normal), ẑ_n
    cluster: Tensor | None  # (B, n_clusters) probabilities, or None for methods without a code

    def joined(self) -> Tensor:
        """(B, n_normal + n_clusters): ẑ_n and the code's probabilities side by side."""
        return self.normal if self.cluster is None else torch.cat([self.normal, self.cluster], dim=1)


class Method(ABC, nn.Module):
    """Owns its networks, its optimisers and the order of its updates; that order is the method.

    A method is built on its device (`.to(device)`) and told about the data by `prepare`, once, before training. What it
    cannot do (`encodes`, a prior, modes) is asked of `lacks`, which has the sentence for people.
    """

    name: ClassVar[str]  # its key in METHODS
    title: ClassVar[str]
    reference: ClassVar[str]  # arXiv id
    Settings: ClassVar[type[MethodSettings]]
    presets: ClassVar[tuple[PresetName, ...]] = ("default", "quick")  # "paper" only for what a paper published
    assumptions: ClassVar[str] = ""  # what it takes for granted about the data, for the form and the card
    # Whether training uses neighbours in the data: agreement with them then says nothing about the result.
    trains_on_neighbours: ClassVar[bool] = False
    encodes: ClassVar[bool] = True  # whether it reads samples: without, there are no latents and no clusters
    # How many samples are read at most where reading one takes long (latents that are optimised): such a method is
    # scored at its end alone, and on that many.
    max_read: ClassVar[int | None] = None
    uses_labels: ClassVar[bool] = False  # whether training sees labels, which only a `LabelledMethod` does

    kind: Kind
    shape: tuple[int, ...]
    variant: str = "step"  # which kind of step comes next; steps of one kind do the same operations

    def __init__(
        self, settings: MethodSettings, kind: Kind, shape: tuple[int, ...], prior: Prior | None = None
    ) -> None:
        """`prior` is what `generate` is asked from; None for a method that draws no new samples."""
        super().__init__()
        self.settings = settings
        self.kind = kind
        self.shape = shape
        self._prior = prior

    @classmethod
    def find_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """The preset for a data set by its name, or by its kind and shape where the name is not one of ours.

        Raises SettingsError for a preset that the method does not have.
        """
        if name not in cls.presets:
            raise SettingsError(f"{cls.name} has no preset named {name}: choose one of {', '.join(cls.presets)}.")
        return cls.make_preset(name, dataset, kind, shape)

    @classmethod
    @abstractmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """What `find_preset` gives for one of `presets`."""

    @property
    def n_clusters(self) -> int:
        """K, the number of clusters samples are assigned to, whether or not a prior has as many modes."""
        return self.settings.n_clusters

    @property
    def prior(self) -> Prior:
        """Where new samples are drawn from; RunError for a method without a generator."""
        self.require("generator")
        assert self._prior is not None
        return self._prior

    @property
    def generates(self) -> bool:
        """Whether it draws new samples."""
        return self._prior is not None

    @property
    def has_modes(self) -> bool:
        """Whether its prior has a one-hot part, so that each mode can be asked for."""
        return self._prior is not None and self._prior.n_clusters > 0

    def lacks(self, ability: Ability) -> str:
        """Why there is nothing to show of an ability, in one sentence for people; empty where the method has it."""
        if ability == "encoder" and not self.encodes:
            return f"{self.title} has no encoder: samples get no clusters, and new ones cannot be placed."
        if ability != "encoder" and not self.generates:
            return f"{self.title} has no generator: it draws no new samples and has no modes to show."
        if ability == "modes" and not self.has_modes:
            return f"{self.title} was trained on a prior without modes: there are none to show or to walk between."
        return ""

    def require(self, *abilities: Ability) -> None:
        """Raises RunError with the sentence of the first ability that is lacking."""
        for sentence in filter(None, map(self.lacks, abilities)):
            raise RunError(sentence)

    @property
    def device(self) -> torch.device:
        """Where the weights live, learned or fitted."""
        return next(chain(self.parameters(), self.buffers())).device

    @property
    def mode_weights(self) -> ModeWeights | None:
        """How large a share of the samples each mode has, where the method learns that; else all are equally large."""
        return None

    @property
    @abstractmethod
    def batch_sizes(self) -> Sequence[int]:
        """The number of samples of each batch that the coming `train_step` consumes."""

    def begin_step(self, step: int, n_steps: int) -> None:
        """Told before each `train_step` which step of the training it is, counted from 1.

        What follows from that (a phase, a term that joins every few steps) is decided here, on the host, and nothing
        else is remembered of it: a resumed training then continues exactly. Sets `variant`.
        """

    def begin_added_step(self, step: int, n_steps: int) -> None:
        """The same for a training that goes on for `n_steps` beyond its planned end, counted from 1 again.

        A method whose rates have fallen by then lets them rise once more.
        """
        self.begin_step(step, n_steps)

    @abstractmethod
    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        """Called once before training with the training split (N, *shape) and the only source of randomness."""

    @abstractmethod
    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        """One generator update with its critic updates; returns detached 0-d losses.

        Never waits for the device and never branches on tensor values, so that each variant can be captured in a CUDA
        graph.
        """

    def encode(self, samples: Tensor) -> Encoding:
        """Samples (B, *shape) to latents; deterministic, and independent of the other samples of the batch."""
        self.require("encoder")
        raise NotImplementedError(f"{type(self).__name__} must say how it encodes, or that it does not.")

    def generate(self, latent: Latent) -> Tensor:
        """Latents to samples (B, *shape), deterministic.

        A latent holds noise and the weights of modes, as pages and walks choose them. What else the method makes of
        them (a component's learned mean, noise added to the code) happens in here.
        """
        self.require("generator")
        raise NotImplementedError(f"{type(self).__name__} must say how it generates, or have no prior.")

    @abstractmethod
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimisers by name, for checkpoints."""

    @abstractmethod
    def inference_networks(self) -> dict[str, nn.Module]:
        """The networks that encoding and generating need, by name: what a shipped run holds."""

    def label_free_figures(self) -> dict[str, float]:
        """What the training itself tells of how good it is, by name, without labels; higher is better."""
        return {}

    def calibrate(self, samples: Tensor) -> None:
        """Fits what is fitted rather than learned (centres, a mixture) from training samples, into buffers."""

    @property
    def recovers_normal(self) -> bool:
        """Whether training asks ẑ_n to be the z_n of a generated sample; where not, ẑ_n means nothing to anybody."""
        return True

    def decode(self, encoding: Encoding) -> Tensor | None:
        """The samples (B, *shape) that an encoding stands for; None where it does not say which.

        The generator at the encoding, with z_n at the prior's mean where ẑ_n means nothing.
        """
        if encoding.cluster is None or not self.generates:
            return None
        normal = encoding.normal if self.recovers_normal else torch.zeros_like(encoding.normal)
        return self.generate(Latent(normal, encoding.cluster))

    def clustering_features(self, encoding: Encoding) -> Tensor:
        """What a map is drawn of and k-means reads (B, D): all of the latent that the method trains to be recovered."""
        if self.recovers_normal or encoding.cluster is None:
            return encoding.joined()
        return encoding.cluster

    def recoverable(self, latent: Latent) -> Tensor | None:
        """What of a latent (B, D) the `clustering_features` of its generated sample should equal; None for nothing."""
        return latent.joined() if self.recovers_normal else latent.cluster

    def assign(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Samples to (cluster (B,) int64, confidence (B,) in [0, 1])."""
        return self.assign_encoding(self.encode(samples))

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        """The same for what is encoded already, on whichever device it lies: argmax and maximum of the code."""
        if encoding.cluster is None:
            raise NotImplementedError(f"{type(self).__name__} has no code and must say how it assigns.")
        confidence, cluster = encoding.cluster.max(dim=1)
        return cluster, confidence

    @torch.no_grad()
    def encode_all(self, samples: Tensor) -> Encoding:
        """`encode` in batches for any number of samples; the result lies on the CPU."""
        parts = [self.encode(batch.to(self.device)) for batch in samples.split(ENCODE_BATCH)]
        codes = [part.cluster.cpu() for part in parts if part.cluster is not None]
        return Encoding(torch.cat([part.normal.cpu() for part in parts]), torch.cat(codes) if codes else None)

    @torch.no_grad()
    def assign_all(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """`assign` in batches for any number of samples; the result lies on the CPU."""
        parts = [self.assign(batch.to(self.device)) for batch in samples.split(ENCODE_BATCH)]
        return torch.cat([cluster.cpu() for cluster, _ in parts]), torch.cat([conf.cpu() for _, conf in parts])


class LabelledSettings(MethodSettings):
    """Base of the settings of methods that are given labels."""

    n_labelled: int  # how many training samples; each method gives it a default and limits of its own


class LabelledMethod(Method):
    """A method whose training is given the labels of a few samples, which are then left out of every score.

    Whatever names such a run says how many labels it used (`RunConfig.method_title`).
    """

    uses_labels = True

    @property
    def n_labelled(self) -> int:
        """How many labels it asks for."""
        assert isinstance(self.settings, LabelledSettings)
        return self.settings.n_labelled

    @abstractmethod
    def prepare(self, samples: Tensor, generator: torch.Generator, labelled: LabelledSubset | None = None) -> None:
        """As for every method, with the labels it may use; None where only the time of a step is measured."""
