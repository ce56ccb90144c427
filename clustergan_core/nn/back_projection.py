"""Back-projection: finds the latent of a sample by gradient descent through a fixed generator.

ClusterGAN (arXiv 1809.03627), Algorithm 1: for each k of K the code is fixed to e_k and z_n descends
    ‖G(z) − x‖₁ + λ‖z_n‖₂
by Adam, with z_n clipped after each step; the restart with the lowest loss decodes the sample. The authors' code
averages both terms (over pixels, and over the squares of z_n), as this file does. Its ancestor (Lipton, Tripathi,
arXiv 1702.04782) has neither codes nor λ.

Differences: every sample starts from the same given latents and not from its own draws, so that it is decoded alone as
in any batch, and a restart is worth the lowest loss on its way, not the last but one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from clustergan_core.nn.prior import Prior

Generator = Callable[[Tensor], Tensor]
Distance = Callable[[Tensor, Tensor], Tensor]

BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam, as in the authors' code
STARTS_SEED = 0


@dataclass(frozen=True)
class Descent:
    """How latents descend; the defaults are those of the authors' code but for the number of iterations."""

    n_iterations: int = 200
    learning_rate: float = 0.01
    penalty_weight: float = 10.0  # λ
    n_free: int | None = None  # the first so many entries descend and are penalised, the rest is fixed; None: all
    lowest: float = -torch.inf  # bounds of the free entries
    highest: float = torch.inf


@dataclass(frozen=True)
class BackProjection:
    """The best latents of every restart so far."""

    latents: Tensor  # (B, R, D)
    losses: Tensor  # (B, R)

    @property
    def winner(self) -> Tensor:
        """The restart (B,) with the lowest loss."""
        return self.losses.argmin(dim=1)

    @property
    def best_latents(self) -> Tensor:
        """The latents (B, D) of the winners."""
        return self.latents[torch.arange(len(self.latents), device=self.latents.device), self.winner]

    @property
    def margin(self) -> Tensor:
        """By which share of its loss (B,) the second-best restart is worse than the winner; infinite if it is alone."""
        if self.losses.shape[1] < 2:
            return torch.full_like(self.losses[:, 0], torch.inf)
        best, second = self.losses.topk(2, dim=1, largest=False).values.unbind(dim=1)
        return (second - best) / best.clamp(min=torch.finfo(best.dtype).tiny)


def descent_for(prior: Prior) -> Descent:
    """The descent of the authors' code for the one-hot prior with σ = 0.1, in units of the prior's σ.

    Uniform noise stays within its bounds, without a penalty, because its density is flat.
    """
    sigma = prior.sigma
    if prior.noise == "uniform":
        return Descent(
            learning_rate=0.01 * sigma, penalty_weight=0.0, n_free=prior.n_normal, lowest=-sigma, highest=sigma
        )
    return Descent(
        learning_rate=0.1 * sigma,
        penalty_weight=0.1 / sigma**2,
        n_free=prior.n_normal,
        lowest=-6 * sigma,
        highest=6 * sigma,
    )


def draw_starts(prior: Prior, n_starts: int) -> Tensor:
    """The starts (n_starts, n_normal + n_modes) of every sample, on the CPU: noise of a fixed seed beside the modes.

    Start k has mode k; a prior without modes gives noise alone.
    """
    cpu = torch.device("cpu")
    modes = torch.arange(n_starts, device=cpu) if prior.n_clusters else None
    return prior.sample(n_starts, torch.Generator(cpu).manual_seed(STARTS_SEED), cpu, modes).joined()


def mean_absolute_error(generated: Tensor, sample: Tensor) -> Tensor:
    """mean |G(z) − x| over the features (..., F) of both."""
    return (generated - sample).abs().mean(dim=-1)


def back_project(
    generator: Generator,
    samples: Tensor,
    starts: Tensor,
    descent: Descent,
    distance: Distance = mean_absolute_error,
) -> BackProjection:
    """Decodes samples (B, *shape) from all `starts` (R, D) at once; see `descend` for the iterations one by one."""
    result = None
    for step in descend(generator, samples, starts, descent, distance):
        result = step
    assert result is not None
    return result


def descend(
    generator: Generator,
    samples: Tensor,
    starts: Tensor,
    descent: Descent,
    distance: Distance = mean_absolute_error,
) -> Iterator[BackProjection]:
    """Yields the best latents at the starts and after each iteration, `n_iterations` + 1 times.

    `generator` maps latents (N, D) to samples (N, *shape) and must treat each row alone (evaluation mode).
    """
    n_free = starts.shape[1] if descent.n_free is None else descent.n_free
    flat = samples.flatten(1)[:, None]  # (B, 1, F)
    latents = starts.expand(len(samples), *starts.shape)  # (B, R, D)
    free, fixed = latents[..., :n_free].clone(), latents[..., n_free:]
    first, second = torch.zeros_like(free), torch.zeros_like(free)  # Adam's moments
    best_free, best_losses = free, torch.full(latents.shape[:2], torch.inf, device=samples.device)
    for iteration in range(descent.n_iterations + 1):
        is_last = iteration == descent.n_iterations
        with torch.set_grad_enabled(not is_last):
            free = free.detach().requires_grad_(not is_last)
            generated = generator(torch.cat([free, fixed], dim=-1).flatten(0, 1)).flatten(1)
            penalty = free.square().mean(dim=-1)
            losses = distance(generated.unflatten(0, latents.shape[:2]), flat) + descent.penalty_weight * penalty
            # Each row's gradient is that of its own loss, whatever else is in the batch.
            slope = free if is_last else torch.autograd.grad(losses.sum(), free)[0]
        losses = losses.detach()
        is_better = losses < best_losses
        best_losses = torch.where(is_better, losses, best_losses)
        best_free = torch.where(is_better[..., None], free.detach(), best_free)
        yield BackProjection(torch.cat([best_free, fixed], dim=-1), best_losses)
        if not is_last:
            free, first, second = _adam_step(free.detach(), slope, first, second, iteration + 1, descent)


def _adam_step(
    values: Tensor, slope: Tensor, first: Tensor, second: Tensor, step: int, descent: Descent
) -> tuple[Tensor, Tensor, Tensor]:
    """Adam entry by entry, then the bounds: new values and moments."""
    first = BETAS[0] * first + (1 - BETAS[0]) * slope
    second = BETAS[1] * second + (1 - BETAS[1]) * slope.square()
    mean, spread = first / (1 - BETAS[0] ** step), (second / (1 - BETAS[1] ** step)).sqrt()
    moved = values - descent.learning_rate * mean / (spread + EPSILON)
    return moved.clamp(descent.lowest, descent.highest), first, second
