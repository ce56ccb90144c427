"""The loss terms of the methods, each from tensors to one scalar tensor or to one value for each sample.

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


def saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """mean log(1 − σ(D(G(z)))) for critic scores (B,) of generated samples: the minimax loss of arXiv 1406.2661, eq. 1.

    Its gradient vanishes where the discriminator recognises generated samples, which is why the paper replaces it.
    """
    return -functional.softplus(fake_scores).mean()


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


def gaussian_divergence(mean: Tensor, scale: Tensor) -> Tensor:
    """KL(N(μ, diag σ²) ‖ N(0, I)) (B,) for means and standard deviations (B, D) (arXiv 1312.6114, appendix B)."""
    variance = scale.square()
    return 0.5 * (mean.square() + variance - 1 - variance.log()).sum(dim=1)


def mixture_divergence(
    mean: Tensor, log_variance: Tensor, log_gamma: Tensor, log_masses: Tensor, means: Tensor, log_variances: Tensor
) -> Tensor:
    """E log q(z, c|x) − log p(z, c) (B,) for a prior of K Gaussians (VaDE, arXiv 1611.05148: −ELBO without log p(x|z)).

    q(z|x) = N(μ̃, diag σ̃²) by `mean` and `log_variance` (B, D), q(c|x) = γ by `log_gamma` (B, K), and the prior by
    `log_masses` (K,), `means` and `log_variances` (K, D).
    """
    squares = log_variance.exp()[:, None] + (mean[:, None] - means).square()  # (B, K, D)
    within = 0.5 * (log_variances + squares / log_variances.exp()).sum(dim=2)  # (B, K)
    between = log_gamma - log_masses
    entropy = 0.5 * (1 + log_variance).sum(dim=1)
    return (log_gamma.exp() * (within + between)).sum(dim=1) - entropy


def student_assignment(points: Tensor, centres: Tensor) -> Tensor:
    """q_ij ∝ (1 + ‖z_i − μ_j‖²)⁻¹ (B, K) for points (B, D) and centres (K, D) (DEC, arXiv 1511.06335, eq. 1)."""
    kernel = 1 / (1 + (points[:, None] - centres).square().sum(dim=2))
    return kernel / kernel.sum(dim=1, keepdim=True)


def sharpened_target(assignment: Tensor, frequencies: Tensor) -> Tensor:
    """p_ij ∝ q_ij² / f_j (B, K) for assignments q (B, K) and their sums f (K,) over all samples (DEC, eq. 3)."""
    squares = assignment.square() / frequencies
    return squares / squares.sum(dim=1, keepdim=True)


def target_divergence(target: Tensor, assignment: Tensor) -> Tensor:
    """Σ_j p_ij log(p_ij / q_ij), averaged over the batch (B, K) (DEC, eq. 2)."""
    return functional.kl_div(assignment.log(), target, reduction="batchmean")


def centre_distance(points: Tensor, centres: Tensor, cluster: Tensor) -> Tensor:
    """½ ‖z − m_s‖², averaged over points (B, D) of clusters s (B,) with centres (K, D) (DCN, arXiv 1610.04794)."""
    return 0.5 * (points - centres[cluster]).square().sum(dim=1).mean()
