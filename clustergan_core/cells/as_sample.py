"""Counterfactuals: cells as cells of another sample of the experiment, with their own mode and z_n.

No such cell was measured. The generator is asked only for pairs of mode and sample that it saw often enough, because it
has nothing to imitate elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.cells.contrasts import GeneContrast, one_hot
from clustergan_core.cells.expression import ValueScale
from clustergan_core.errors import RunError
from clustergan_core.generation import generate_latents

if TYPE_CHECKING:
    from clustergan_core.method import Method

LEAST_SEEN = 20  # training cells of a mode and a sample from which on the pair is offered
N_DRAWS = 256  # z_n that a cluster's mean is taken over
_SEED = 7


@dataclass(frozen=True)
class SeenSamples:
    """How many training cells of each mode and sample the generator has seen."""

    names: tuple[str, ...]  # (S,) of the samples
    counts: NDArray[np.int64]  # (K, S)

    def offered(self, mode: int) -> list[int]:
        """The samples that cells of a mode can be generated as."""
        return np.flatnonzero(self.counts[mode] >= LEAST_SEEN).tolist()

    def explain(self, mode: int, batch: int, word: str = "Mode") -> str:
        """Why a mode, or whatever `word` calls it, is not generated as a sample, in one sentence; "" where it is."""
        count = int(self.counts[mode, batch])
        if count >= LEAST_SEEN:
            return ""
        cells = "1 training cell" if count == 1 else f"{count or 'no'} training cells"
        return f"{word} {mode} has {cells} of {self.names[batch]}, and at least {LEAST_SEEN} are needed."

    def others(self, mode: int, start: int) -> list[int]:
        """The samples that cells of a mode in the sample `start` can be generated as; none where it is not offered."""
        offered = self.offered(mode)
        return [batch for batch in offered if batch != start] if start in offered else []

    def require(self, mode: int, start: int, target: int) -> None:
        """Raises RunError where cells of a mode in the sample `start` cannot be generated as cells of `target`."""
        if start == target:
            raise RunError(f"Both samples are {self.names[start]}: choose two.")
        for batch in (start, target):
            if problem := self.explain(mode, batch, "Cluster"):
                raise RunError(f"{problem[:-1]}: choose another cluster or sample.")

    def find(self, name: str) -> int:
        """The number of a sample by its name; RunError that lists the names."""
        if name not in self.names:
            raise RunError(f"There is no sample {name}: choose one of {', '.join(self.names)}.")
        return self.names.index(name)


def describe_counterfactual(what: str) -> str:
    """What every page and command says of a counterfactual of `what`."""
    return (
        f"A generated counterfactual of {what}: no such cell was measured, and differences between samples of one "
        "experiment can be technical."
    )


def seen_samples(method: Method, names: Sequence[str]) -> SeenSamples:
    """What the generator saw of the samples with these names; RunError for one that was not told samples."""
    counts = method.seen_pairs
    if counts is None:
        raise RunError(
            "This run's generator does not tell samples apart: train again on two samples or more with Paired "
            "ClusterGAN and condition_on_samples=true."
        )
    return SeenSamples(tuple(names), counts.cpu().numpy())


def contrast_samples(
    method: Method,
    scale: ValueScale,
    mode: int,
    normals: NDArray[np.float32],
    batches: NDArray[np.int64],
    target: int,
) -> GeneContrast:
    """Genes of cells of a mode as cells of the sample `target`, against the same cells as cells of their own samples.

    `normals` (n, n_normal) and `batches` (n,) are the z_n and the samples of the cells, over which genes are averaged.
    """
    codes = np.broadcast_to(one_hot(method.n_clusters, mode), (len(normals), method.n_clusters))
    own = generate_latents(method, codes, normals, batches)
    other = generate_latents(method, codes, normals, np.full(len(normals), target, dtype=np.int64))
    return GeneContrast(scale, scale.expression(own).mean(axis=0), scale.expression(other).mean(axis=0), other)


def contrast_cluster(method: Method, scale: ValueScale, mode: int, start: int, target: int) -> GeneContrast:
    """Genes of a cluster's mean cell in the sample `target` against the sample `start`, over z_n drawn from the prior.

    Draws from the prior give truer means than the z_n of real cells (benchmarks/conditioning.py).
    """
    import torch

    latent = method.prior.sample(N_DRAWS, torch.Generator().manual_seed(_SEED), torch.device("cpu"))
    batches = np.full(N_DRAWS, start, dtype=np.int64)
    return contrast_samples(method, scale, mode, latent.normal.numpy(), batches, target)
