"""The start that agrees best with the others, chosen once all have ended.

What most starts find repeats under another seed; an unusual start is as often worse as better, even where its codes say
more of a partner's code. Agreement is the adjusted Rand index (Hubert & Arabie, Journal of Classification 2, 1985).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import draw_subset
from clustergan_core.methods.paired_clustergan.warm_up import BestRestart

LEAST_STARTS = 3  # of two, each agrees with the other as much
N_COMPARED = 2048  # samples whose clusters are compared


class EndedStarts(nn.Module):
    """All starts that have ended: encoder, mode masses, score, and clusters of the same samples.

    Everything happens in buffers, so that no step waits for the device and a resumed run finds the starts again.
    """

    scores: Tensor  # (S,) -inf for starts that have not ended
    masses: Tensor  # (S, n_clusters)
    clusters: Tensor  # (S, N_COMPARED) -1 behind the last sample where there are fewer

    def __init__(self, encoder: nn.Module, n_clusters: int, n_starts: int) -> None:
        super().__init__()
        self.n_clusters = n_clusters
        self.register_buffer("scores", torch.full((n_starts,), -torch.inf))
        self.register_buffer("masses", torch.zeros(n_starts, n_clusters))
        self.register_buffer("clusters", torch.full((n_starts, N_COMPARED), -1))
        for name, value in encoder.state_dict().items():
            self.register_buffer(_buffer(name), torch.zeros(n_starts, *value.shape, dtype=value.dtype))
        self.register_load_state_dict_pre_hook(_without_ended_starts)

    @torch.no_grad()
    def add(self, number: Tensor, encoder: nn.Module, masses: Tensor, score: Tensor, clusters: Tensor) -> None:
        """Copies the start `number` (1,) at its end: masses (n_clusters,), score (), clusters (n_compared,)."""
        self.scores.index_copy_(0, number, score[None].to(self.scores.dtype))
        self.masses.index_copy_(0, number, masses[None])
        self.clusters[:, : len(clusters)].index_copy_(0, number, clusters[None])
        for name, value in encoder.state_dict().items():
            self.get_buffer(_buffer(name)).index_copy_(0, number, value[None])

    @torch.no_grad()
    def hand_over(self, kept: BestRestart) -> None:
        """Writes the start that agrees best with the others into `kept`."""
        chosen = self.find_typical()
        # Plain indexing by a tensor would wait for the device.
        kept.masses.copy_(self.masses.index_select(0, chosen)[0])
        kept.merit.copy_(self.scores.index_select(0, chosen)[0])
        for name, value in kept.encoder.state_dict().items():
            value.copy_(self.get_buffer(_buffer(name)).index_select(0, chosen)[0])

    def find_typical(self) -> Tensor:
        """The number (1,) of the start; a diverged one, or one that has not ended, counts for nothing."""
        n_starts, counts = len(self.scores), torch.isfinite(self.scores)
        agreement = self.scores.new_zeros(n_starts, n_starts)
        for first in range(n_starts):
            for second in range(first):
                index = adjusted_rand_index(self.clusters[first], self.clusters[second], self.n_clusters)
                agreement[first, second] = agreement[second, first] = index
        agreement = agreement.masked_fill(~counts[:, None] | ~counts, 0.0)
        return agreement.sum(dim=1).masked_fill(~counts, -torch.inf).argmax(keepdim=True)


def _without_ended_starts(module: nn.Module, state_dict: dict[str, Any], prefix: str, *_: object) -> None:
    """A checkpoint from before starts were compared has none: those that end from now on are compared."""
    for name, value in module.named_buffers():
        state_dict.setdefault(prefix + name, value)


def choose_compared(n_samples: int) -> Tensor:
    """The indices (n_compared,) of the training samples whose clusters are compared, the same in every run."""
    return torch.from_numpy(draw_subset(n_samples, N_COMPARED, seed=0))


def adjusted_rand_index(first: Tensor, second: Tensor, n_clusters: int) -> Tensor:
    """The adjusted Rand index () of two clusterings (n,); 1 where both have one cluster, and -1 is no sample."""
    counts = torch.zeros(n_clusters * n_clusters, dtype=torch.float64, device=first.device)
    cells = first.clamp(min=0) * n_clusters + second.clamp(min=0)
    counts.scatter_add_(0, cells, ((first >= 0) & (second >= 0)).double())
    table = counts.view(n_clusters, n_clusters)
    together, of_first, of_second = _pairs(table), _pairs(table.sum(dim=1)), _pairs(table.sum(dim=0))
    expected = of_first * of_second / _pairs(table.sum())
    most = (of_first + of_second) / 2
    return torch.where(most > expected, (together - expected) / (most - expected), 1.0)


def _pairs(counts: Tensor) -> Tensor:
    """How many pairs () lie within groups of these sizes."""
    return (counts * (counts - 1) / 2).sum()


def _buffer(name: str) -> str:
    return f"encoder {name}".replace(".", " ")  # a buffer's name may hold no dot
