"""The loss terms of ClusterGAN's game, each from tensors to one scalar tensor.

Sources: Wasserstein critic with gradient penalty, Gulrajani et al., arXiv 1704.00028, eq. 3; latent recovery,
Mukherjee et al., arXiv 1809.03627, eq. 1 (the mean over dimensions follows the authors' code; the paper has a sum).
"""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional


def wasserstein_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """mean D(G(z)) − mean D(x), which falls as the critic scores real samples (B,) above generated ones (B,)."""
    return fake_scores.mean() - real_scores.mean()


def wasserstein_generator_loss(fake_scores: Tensor) -> Tensor:
    """−mean D(G(z)) for critic scores (B,) of generated samples."""
    return -fake_scores.mean()


def mix_samples(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """x̂ = mix·real + (1 − mix)·fake, the points of the penalty, with one `mix` in [0, 1] for each sample (B,)."""
    mix = mix.view(-1, *[1] * (real.dim() - 1))
    return (mix * real + (1 - mix) * fake).detach()


def gradient_penalty(gradients: Tensor) -> Tensor:
    """mean (‖∇D(x̂)‖₂ − 1)² for the critic's gradients (B, *shape) at the mixed samples."""
    return (gradients.flatten(1).norm(dim=1) - 1).square().mean()


def non_saturating_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """mean −log σ(D(x)) − log σ(−D(G(z))) for scores (B,): the original game (arXiv 1406.2661), in logits."""
    return functional.softplus(-real_scores).mean() + functional.softplus(fake_scores).mean()


def non_saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """mean −log σ(D(G(z))) for critic scores (B,) of generated samples: the non-saturating loss of arXiv 1406.2661."""
    return functional.softplus(-fake_scores).mean()


def zero_centred_penalty(gradients: Tensor) -> Tensor:
    """mean ‖∇D(x)‖² for gradients (B, *shape) at real samples: R1 (arXiv 1801.04406, eq. 9) without its γ/2."""
    return gradients.flatten(1).square().sum(dim=1).mean()


def normal_recovery_loss(normal: Tensor, recovered: Tensor) -> Tensor:
    """Mean squared error between z_n and ẑ_n = E(G(z))_n over batch and dimensions (B, n_normal)."""
    return functional.mse_loss(recovered, normal)


def cluster_recovery_loss(cluster: Tensor, recovered_logits: Tensor) -> Tensor:
    """Cross-entropy of z_c (B, K) against the encoder's logits for E(G(z))_c (B, K), averaged over the batch."""
    return functional.cross_entropy(recovered_logits, cluster)


def unit_gaussian_loss(values: Tensor, means: Tensor) -> Tensor:
    """−log N(values; means, I) of codes (B, D), averaged over the batch (InfoGAN, arXiv 1606.03657, §5)."""
    squares = (values - means).square().sum(dim=1).mean()
    return 0.5 * (squares + values.shape[1] * math.log(2 * math.pi))
