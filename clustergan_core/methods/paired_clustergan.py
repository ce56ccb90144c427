"""Paired ClusterGAN: ClusterGAN's prior, generator and encoder losses, and an encoder that also learns from real data.

What differs from ClusterGAN (arXiv 1809.03627):
- A sample and its partner must get the same code. The partner is one of the sample's nearest neighbours in the training
  split (Euclidean, 50 principal components); images are moreover seen through two random affine maps.
- The targets of the codes have given masses (`masses`): otherwise one code for everything would agree best. A batch
  may deviate from them once clusters have formed (`strictness`), since it never holds all clusters equally often.
- The critic is conditioned on the code by projection (Miyato, Koyama, arXiv 1802.05637), so that each mode must look
  like the samples that the encoder gives that code.
- The adversarial loss is the non-saturating one with a penalty on the critic's gradient at real samples (R1; Mescheder,
  Geiger, Nowozin, arXiv 1801.04406), taken every few steps.
- Training begins with the encoder alone, from several starts where asked. That start goes on whose codes tell the most
  about a partner's (mutual information): two clusters that became one cost a part of it.
- Assignments and samples come from running averages of the weights.

Symbols: β_n → normal_weight, β_c → cluster_weight, σ → sigma, d_n → n_normal, K → n_clusters, γ → penalty_weight.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.acceleration import Precision, autocast, build_adam, set_learning_rate
from clustergan_core.augmentation import random_affine
from clustergan_core.averaging import average_into, averaging_rate, held_statistics
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.losses import (
    cluster_recovery_loss,
    non_saturating_critic_loss,
    non_saturating_generator_loss,
    normal_recovery_loss,
    zero_centred_penalty,
)
from clustergan_core.method import ENCODE_BATCH, Batch, Encoding, Method, MethodSettings
from clustergan_core.networks import Architecture, ConditionedCritic, Kind, build_networks, choose_architecture
from clustergan_core.pairing import balanced_targets, mutual_information, pair_loss
from clustergan_core.prior import Latent, Prior
from clustergan_core.warm_up import find_start, forget, one_cycle, reinitialise

Partners = Literal["neighbours+augmentation", "neighbours", "augmentation", "none"]
Masses = Literal["uniform", "learned"]

RARE = 4  # steps between two that hold the penalty and the pairs
WARM_UP_DECAY = 0.99  # of the running averages while weights still move fast
N_JUDGED = 2048  # pairs by which a start is judged
MASS_RATE = 0.02  # how fast learned masses follow the encoder's mean code


class PairedClusterGANSettings(MethodSettings):
    """Settings of Paired ClusterGAN; the defaults are those for images of MNIST's size."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of modes of the latent prior.")
    n_normal: int = Field(30, ge=1, le=1000, title="z_n size", description="Dimensions of the normal part of z.")
    sigma: float = Field(0.1, gt=0, le=10, title="σ", description="Standard deviation of z_n.")
    partners: Partners = Field(
        "neighbours+augmentation",
        title="Partners",
        description="What must get the same code as a real sample: a near neighbour, another view of it, or both. "
        "Only images have other views.",
    )
    n_neighbours: int = Field(
        10, ge=1, le=200, title="Neighbours", description="How many nearest samples a partner is drawn from."
    )
    masses: Masses = Field(
        "uniform",
        title="Mode masses",
        description="Uniform: all clusters are taken to be about equally large. Learned: they follow the data.",
    )
    strictness: float = Field(
        0.8,
        ge=0,
        le=1,
        title="Strictness",
        description="How exactly each batch keeps the mode masses. It falls from 1, exactly, to this over the warm-up.",
    )
    pair_weight: float = Field(
        5.0, ge=0, le=1000, title="Pair weight", description="Weight of the pairs beside the generator's losses."
    )
    pair_batch_size: int = Field(128, ge=2, le=8192, title="Pairs", description="Pairs in each batch.")
    warm_up_share: float = Field(
        0.25, ge=0, le=1, title="Warm-up", description="Share of the steps that train the encoder alone, on pairs."
    )
    warm_up_learning_rate: float = Field(
        4e-3, gt=0, le=0.1, title="Warm-up learning rate", description="The highest of the warm-up; it rises and falls."
    )
    n_starts: int = Field(
        1,
        ge=1,
        le=100,
        title="Starts",
        description="The warm-up's steps are shared by so many encoders; the one whose codes tell the most about a "
        "partner's goes on.",
    )
    first_temperature: float = Field(
        0.5,
        gt=0,
        le=10,
        title="First temperature",
        description="Of the targets when a start begins; at 1 they are no more decided than the codes.",
    )
    temperature: float = Field(
        0.35,
        gt=0,
        le=10,
        title="Temperature",
        description="Of the targets at the end of the warm-up and after it; lower ones are more decided.",
    )
    n_balancings: int = Field(
        15, ge=1, le=200, title="Balancing rounds", description="Sinkhorn iterations that give targets their masses."
    )
    batch_size: int = Field(64, ge=2, le=8192, title="Batch size", description="Samples in each batch of the game.")
    learning_rate: float = Field(
        5e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size for generator and critic."
    )
    encoder_learning_rate: float = Field(
        5e-5, gt=0, le=0.1, title="Encoder's learning rate", description="Adam's step size once the game has begun."
    )
    beta1: float = Field(0.5, ge=0, lt=1, title="Adam β₁", description="Decay of Adam's first moment.")
    beta2: float = Field(0.9, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    penalty_weight: float = Field(
        1.0, ge=0, le=1000, title="R1 weight γ", description="Weight of the critic's gradient penalty at real samples."
    )
    normal_weight: float = Field(
        10.0, ge=0, le=1000, title="β_n", description="Weight of recovering z_n from the generated sample."
    )
    cluster_weight: float = Field(
        10.0, ge=0, le=1000, title="β_c", description="Weight of recovering the mode from the generated sample."
    )
    decay: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Averaging",
        description="Decay of the weights' running averages, which are what is kept.",
    )
    architecture: Architecture | Literal["auto"] = Field(
        "auto", title="Networks", description="The paper's networks by name; auto follows the kind and shape of data."
    )
    width: float = Field(0.5, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Of the networks' passes; bfloat16 is faster where the networks are large. Weights stay float32.",
    )


class PairedClusterGAN(Method):
    """ClusterGAN whose encoder also learns from pairs of real samples: a sample and its partner get the same code."""

    name = "paired-clustergan"
    title = "Paired ClusterGAN"
    reference = "ours, on arXiv 1809.03627"
    Settings = PairedClusterGANSettings
    trains_on_neighbours = True
    assumptions = (
        "Samples that lie close together in the data belong to the same cluster. For images also: a "
        "rotation of up to 15°, a scale of 0.8 to 1.2, a shear of up to 0.3 and a shift of up to 7% of a side leave "
        "the cluster as it is. With *uniform* masses: clusters are about equally large."
    )

    settings: PairedClusterGANSettings
    masses: Tensor  # (n_clusters,), of the modes
    kept_masses: Tensor  # those of the best start so far
    kept_information: Tensor  # (), by which it is the best

    def __init__(self, settings: PairedClusterGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        self.prior = Prior(settings.n_normal, settings.n_clusters, settings.sigma)
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            settings.n_normal + settings.n_clusters,
            settings.width,
            initialisation="framework",
            critic_norm="none",
        )
        self.generator, self.encoder = networks.generator, networks.encoder
        self.critic = ConditionedCritic(networks.critic, settings.n_clusters)
        self.mean_generator = copy.deepcopy(self.generator).requires_grad_(False)
        self.mean_encoder = copy.deepcopy(self.encoder).requires_grad_(False)
        self.register_buffer("masses", torch.full((settings.n_clusters,), 1 / settings.n_clusters))
        if settings.n_starts > 1:
            self.kept_encoder = copy.deepcopy(self.mean_encoder)
            self.register_buffer("kept_masses", self.masses.clone())
            self.register_buffer("kept_information", torch.tensor(-torch.inf))
        self.has_neighbours = settings.partners in ("neighbours", "neighbours+augmentation")
        self.is_augmented = kind == "image" and settings.partners in ("augmentation", "neighbours+augmentation")

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        self.samples = samples
        self.rate_of_means = torch.ones((), device=samples.device)
        self.strictness = torch.ones((), device=samples.device)
        self.temperature = torch.ones((), device=samples.device)
        if self.has_neighbours:
            found = nearest_neighbours(samples.cpu().numpy(), self.settings.n_neighbours)
            self.has_neighbours = found.shape[1] > 0  # a single sample has none
            self.neighbours = torch.from_numpy(found).to(samples.device)  # (N, n_neighbours)
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        self.generator_optimizer = build_adam(self.generator.parameters(), rate, betas)
        self.encoder_optimizer = build_adam(self.encoder.parameters(), rate, betas)

    def begin_step(self, step: int, n_steps: int) -> None:
        settings = self.settings
        n_warm_up = round(settings.warm_up_share * n_steps) if settings.partners != "none" else 0
        if step <= n_warm_up:
            start = find_start(step, n_warm_up, settings.n_starts)
            if start.is_first_step and start.number:
                self._start_anew()
            self.variant = "warm-up"
            if start.is_final_step and settings.n_starts > 1:
                self.variant = "end of the last start" if start.is_last else "end of a start"
            rate, warmth = settings.warm_up_learning_rate * one_cycle(start.share), 1 - start.share
            averaging = averaging_rate(start.step, WARM_UP_DECAY)
        else:
            self.variant = "joint" if step % RARE else "joint with pairs and penalty"
            rate, warmth = settings.encoder_learning_rate, 0.0
            averaging = averaging_rate(step - n_warm_up, settings.decay)
        set_learning_rate(self.encoder_optimizer, rate)
        self.rate_of_means.fill_(averaging)
        self.strictness.fill_(_between(settings.strictness, 1.0, warmth))
        self.temperature.fill_(_between(settings.temperature, settings.first_temperature, warmth))

    @property
    def batch_sizes(self) -> Sequence[int]:
        if self._is_warming_up:
            return [self.settings.pair_batch_size]
        if self.variant == "joint":
            return [self.settings.batch_size]
        return [self.settings.batch_size, self.settings.pair_batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        if self._is_warming_up:
            return self._warm_up_step(batches[0])
        losses = self._critic_step(batches[0].samples) | self._player_step(batches[1:])
        average_into(self.mean_encoder, self.encoder, self.rate_of_means)
        average_into(self.mean_generator, self.generator, self.rate_of_means)
        return losses

    def critic_losses(self, real: Tensor, fake: Tensor, cluster: Tensor) -> dict[str, Tensor]:
        """The critic's terms for real and generated samples (B, *shape), each pair of one cluster (B,)."""
        with self._passes():
            scores = self.critic(torch.cat([real, fake]), torch.cat([cluster, cluster]))
        real_scores, fake_scores = scores.float().chunk(2)
        losses = {"critic": non_saturating_critic_loss(real_scores, fake_scores)}
        if self.variant != "joint":
            losses["penalty"] = zero_centred_penalty(lambda samples: self.critic(samples, cluster), real)
        return losses

    def player_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The three terms of generator and encoder for a batch of latents."""
        cluster = latent.cluster.argmax(dim=1)
        with self._passes():
            fake = self.generator(latent.joined())
            scores = self.critic(fake, cluster)
            with held_statistics(self.encoder):
                recovered = self.encoder(fake)
        normal, cluster_logits = self._split(recovered.float())
        return {
            "generator": non_saturating_generator_loss(scores.float()),
            "normal_recovery": normal_recovery_loss(latent.normal, normal),
            "cluster_recovery": cluster_recovery_loss(latent.cluster, cluster_logits),
        }

    def pairs_loss(self, batch: Batch) -> Tensor:
        """How far the codes of real samples (B, *shape) and of their partners are from each other's targets."""
        both = self._with_partners(batch)  # (2B, *shape)
        with self._passes():
            recovered = self.encoder(both)
        logits = self._split(recovered.float())[1]
        if self.settings.masses == "learned":
            with torch.no_grad():
                self.masses.lerp_(logits.softmax(dim=1).mean(dim=0), MASS_RATE)
        targets = balanced_targets(logits, self.masses, self.temperature, self.settings.n_balancings, self.strictness)
        return pair_loss(*logits.chunk(2), *targets.chunk(2))

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        normal, cluster_logits = self._split(self.mean_encoder(samples))
        return Encoding(normal, cluster_logits.softmax(dim=1))

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.mean_generator(latent.joined())

    def optimizers(self) -> dict[str, Optimizer]:
        return {
            "critic": self.critic_optimizer,
            "generator": self.generator_optimizer,
            "encoder": self.encoder_optimizer,
        }

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"mean_generator": self.mean_generator, "mean_encoder": self.mean_encoder}

    def _warm_up_step(self, batch: Batch) -> dict[str, Tensor]:
        loss = self.pairs_loss(batch)
        self.encoder_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.encoder_optimizer.step()
        average_into(self.mean_encoder, self.encoder, self.rate_of_means)
        if self.variant != "warm-up":
            self._judge_start()
        if self.variant == "end of the last start":
            self._take_kept_start()
        return {"pairs": loss.detach()}

    def _start_anew(self) -> None:
        reinitialise(self.encoder, self.random)
        forget(self.encoder_optimizer)
        self.masses.fill_(1 / self.settings.n_clusters)

    @torch.no_grad()
    def _judge_start(self) -> None:
        """Keeps the start that ends if it is the best so far."""
        self.eval()
        indices = torch.randint(len(self.samples), (N_JUDGED,), generator=self.random, device=self.device)
        both = self._with_partners(Batch(self.samples[indices], indices))
        codes = torch.cat([self._split(self.mean_encoder(part))[1].softmax(dim=1) for part in both.split(ENCODE_BATCH)])
        information = mutual_information(*codes.chunk(2))
        is_better = (information > self.kept_information).float()  # a tensor, so that no step waits for the device
        average_into(self.kept_encoder, self.mean_encoder, is_better)
        self.kept_masses.lerp_(self.masses, is_better)
        torch.maximum(self.kept_information, information, out=self.kept_information)

    @torch.no_grad()
    def _take_kept_start(self) -> None:
        everything = torch.ones((), device=self.device)
        average_into(self.mean_encoder, self.kept_encoder, everything)
        average_into(self.encoder, self.kept_encoder, everything)
        self.masses.copy_(self.kept_masses)

    def _critic_step(self, real: Tensor) -> dict[str, Tensor]:
        with torch.no_grad(), self._passes(), held_statistics(self.encoder):
            cluster = self._split(self.encoder(real))[1].argmax(dim=1)
            latent = self.prior.sample(len(real), self.random, real.device, cluster)
            fake = self.generator(latent.joined()).float()
        losses = self.critic_losses(real, fake, cluster)
        loss = losses["critic"]
        if "penalty" in losses:
            # γ/2 as in the source, times the steps it stands for.
            loss = loss + RARE * self.settings.penalty_weight / 2 * losses["penalty"]
        self.critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _player_step(self, pairs: Sequence[Batch]) -> dict[str, Tensor]:
        latent = self.prior.sample(self.settings.batch_size, self.random, self.device, self._draw_modes())
        # The players' step must not reach the critic, and then need not compute its gradients either.
        self.critic.requires_grad_(False)
        losses = self.player_losses(latent)
        loss = (
            losses["generator"]
            + self.settings.normal_weight * losses["normal_recovery"]
            + self.settings.cluster_weight * losses["cluster_recovery"]
        )
        for batch in pairs if self.settings.partners != "none" else ():
            losses["pairs"] = self.pairs_loss(batch)
            loss = loss + self.settings.pair_weight * losses["pairs"]
        self.generator_optimizer.zero_grad(set_to_none=True)
        self.encoder_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.critic.requires_grad_(True)
        self.generator_optimizer.step()
        self.encoder_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _with_partners(self, batch: Batch) -> Tensor:
        """The samples (B, *shape) and below them their partners: (2B, *shape)."""
        partners = batch.samples
        if self.has_neighbours:
            n_neighbours = self.neighbours.shape[1]
            pick = torch.randint(n_neighbours, batch.indices.shape, generator=self.random, device=self.device)
            partners = self.samples[self.neighbours[batch.indices, pick]]
        both = torch.cat([batch.samples, partners])
        return random_affine(both, self.random) if self.is_augmented else both

    def _draw_modes(self) -> Tensor:
        """Modes (B,) by their masses."""
        draws = torch.rand(self.settings.batch_size, generator=self.random, device=self.device)
        return torch.searchsorted(self.masses.cumsum(dim=0), draws).clamp(max=self.settings.n_clusters - 1)

    @property
    def _is_warming_up(self) -> bool:
        return not self.variant.startswith("joint")

    def _passes(self) -> AbstractContextManager[object]:
        """A block for the networks' passes, at the precision of the settings."""
        return autocast(self.device, self.settings.precision)

    def _split(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's output (B, n_normal + n_clusters) as (ẑ_n, cluster logits)."""
        return latent[:, : self.settings.n_normal], latent[:, self.settings.n_normal :]


def _between(end: float, beginning: float, share: float) -> float:
    """The value at this share of the way from `end` to `beginning`."""
    return end + (beginning - end) * share
