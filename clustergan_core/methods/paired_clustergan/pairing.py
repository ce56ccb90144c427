"""Losses that give two views of one sample the same code: targets of known masses, and the loss between partners.

Sources: balanced targets by Sinkhorn–Knopp are those of Asano, Rupprecht, Vedaldi, arXiv 1911.05371, and the swapped
prediction is that of Caron et al., arXiv 2006.09882, eq. 2. Here the targets' masses may be unequal, and a batch may
deviate from them as in Chizat, Peyré, Schmitzer, Vialard, arXiv 1607.05816, algorithm 1, with a Kullback–Leibler
penalty on one side. The mutual information of two codes is that of Ji, Henriques, Vedaldi, arXiv 1807.06653, eq. 3.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


@torch.no_grad()
def balanced_targets(
    logits: Tensor,
    masses: Tensor,
    temperature: float | Tensor,
    n_iterations: int,
    strictness: float | Tensor = 1.0,
) -> Tensor:
    """Soft assignments (B, K), close to softmax(logits / temperature), whose columns have about the given masses.

    Alternately scales columns towards `masses` (K,), which sum to 1, and rows to 1, ending with the rows; no gradient.
    `strictness` in [0, 1], a number or (), is the exponent of the columns' scaling. At 1 the columns get their masses
    exactly, which moves samples to other clusters if a batch holds more of one cluster by chance; at 0 nothing is
    balanced.
    """
    scaled = logits / temperature  # (B, K), in logarithms throughout: exp(40 / 0.2) is beyond float32
    wanted = masses.clamp(min=1e-8).log() + math.log(len(logits))  # (K,)
    rows = torch.zeros_like(scaled[:, :1])
    columns = torch.zeros_like(scaled[:1])
    for _ in range(n_iterations):
        columns = strictness * (wanted - (scaled + rows).logsumexp(dim=0, keepdim=True))
        rows = -(scaled + columns).logsumexp(dim=1, keepdim=True)
    return (scaled + rows + columns).exp()


def pair_loss(logits: Tensor, partner_logits: Tensor, targets: Tensor, partner_targets: Tensor) -> Tensor:
    """½·CE(Q(x′), p(x)) + ½·CE(Q(x), p(x′)): each side (B, K) predicts the other's target."""
    return (functional.cross_entropy(logits, partner_targets) + functional.cross_entropy(partner_logits, targets)) / 2


def mutual_information(codes: Tensor, partner_codes: Tensor) -> Tensor:
    """Mutual information () between the codes (B, K) of samples and of their partners, in [0, log K]."""
    joint = codes.double().T @ partner_codes.double() / len(codes)  # (K, K)
    joint = ((joint + joint.T) / 2).clamp(min=1e-12)  # the order within a pair does not matter
    mass = joint.sum(dim=1)
    return (joint * (joint.log() - mass.log()[:, None] - mass.log())).sum().float()
