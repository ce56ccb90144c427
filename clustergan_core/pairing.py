"""Two views of one sample should get the same code: targets of known masses, and the loss between partners.

Sources: balanced targets by Sinkhorn–Knopp, Asano, Rupprecht, Vedaldi, arXiv 1911.05371, and the swapped prediction of
Caron et al., arXiv 2006.09882, eq. 2; here the targets' masses may be unequal.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


@torch.no_grad()
def balanced_targets(logits: Tensor, masses: Tensor, temperature: float, n_iterations: int) -> Tensor:
    """Soft assignments (B, K), close to softmax(logits / temperature), whose columns have the given masses.

    Alternately scales columns to `masses` (K,), which sum to 1, and rows to 1, ending with the rows; no gradient.
    """
    scaled = logits / temperature  # (B, K), in logarithms throughout: exp(40 / 0.2) is beyond float32
    wanted = masses.clamp(min=1e-8).log() + torch.log(torch.tensor(float(len(logits)), device=logits.device))
    for _ in range(n_iterations):
        scaled = scaled - scaled.logsumexp(dim=0, keepdim=True) + wanted
        scaled = scaled - scaled.logsumexp(dim=1, keepdim=True)
    return scaled.exp()


def pair_loss(logits: Tensor, partner_logits: Tensor, targets: Tensor, partner_targets: Tensor) -> Tensor:
    """½·CE(Q(x′), p(x)) + ½·CE(Q(x), p(x′)): each side (B, K) predicts the other's target."""
    return (functional.cross_entropy(logits, partner_targets) + functional.cross_entropy(partner_logits, targets)) / 2
