"""Paired ClusterGAN: ClusterGAN's prior, generator and losses, and an encoder whose code is learnt from real data.

Differences from ClusterGAN (arXiv 1809.03627):
- Training begins with a warm-up of the encoder alone: a sample and its partner must get the same code. The partner is
  one of the sample's nearest neighbours in the training split (Euclidean, 50 principal components), or one of those
  among them that share the most neighbours with it (`n_candidates`). Images also pass through two random affine maps.
- Of cells from several samples of an experiment, partners also cross samples (`partners_across`). Generator and critic
  are told the sample (`conditioning.py`), the critic by a second projection; code and z_n are kept free of it. Latents
  take mode and sample from one real cell, so that no type is demanded of a sample that lacks it, and are recovered from
  what the generator makes of them under another cell's sample. Means of generated cells are held at those of real ones.
- The targets of these codes have given masses (`masses`), because otherwise one code for everything would agree best.
  A batch may deviate from them once clusters have formed (`strictness`), since it never holds all clusters equally
  often.
- There may be several such starts. The one whose clusters agree best with those of the others continues
  (`typical_start.py`); of two, the one whose codes tell the most about a partner's code (mutual information).
- A group that the graph of neighbours separates from all others gets a mode of its own before the codes are held, if
  one is empty, or if equal masses have cut up another group (`separation.py`).
- Then the game begins and holds the codes: every few steps the encoder is trained on them again. The code recovered
  from a generated sample trains only the generator. Otherwise the game would shift the codes of real samples along with
  those of generated ones.
- The critic is conditioned on the code by projection (Miyato, Koyama, arXiv 1802.05637), so that each mode must look
  like the samples with that code.
- The adversarial loss is the non-saturating one with a penalty on the critic's gradient at real samples (R1; Mescheder,
  Geiger, Nowozin, arXiv 1801.04406), applied every few steps; the game's learning rates fall to zero.
- For tables and cells, the generator also lowers the energy score of its samples against real ones of their mode
  (`energy.py`), so that a mode's samples vary as its real ones do.
- Assignments and samples come from running averages of the weights.

Symbols: β_n → normal_weight, β_c → cluster_weight, σ → sigma, d_n → n_normal, K → n_clusters, γ → penalty_weight.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.evaluation.integration import harmony_components, partners_across
from clustergan_core.evaluation.neighbours import nearest_neighbours, sharing_neighbours
from clustergan_core.method import ENCODE_BATCH, Batch, Encoding, Method
from clustergan_core.methods.paired_clustergan.conditioning import (
    MOST_DIMENSIONS,
    BatchGenerator,
    PairMeans,
    SeenPairs,
    fit_pair_means,
)
from clustergan_core.methods.paired_clustergan.energy import energy_score, fit_components
from clustergan_core.methods.paired_clustergan.pairing import balanced_targets, mutual_information, pair_loss
from clustergan_core.methods.paired_clustergan.partners import Partners
from clustergan_core.methods.paired_clustergan.separation import separate_codes, weigh_small_modes
from clustergan_core.methods.paired_clustergan.settings import (
    PairedClusterGANFacts,
    PairedClusterGANSettings,
    count_warm_up,
)
from clustergan_core.methods.paired_clustergan.typical_start import LEAST_STARTS, EndedStarts, choose_compared
from clustergan_core.methods.paired_clustergan.warm_up import (
    BestRestart,
    cosine_decay,
    find_start,
    one_cycle,
    reinitialise,
    reset_optimizer_state,
)
from clustergan_core.nn.acceleration import autocast, build_adam, set_learning_rate
from clustergan_core.nn.averaging import average_into, averaging_rate
from clustergan_core.nn.batch_norm import held_statistics
from clustergan_core.nn.input_gradients import scores_and_gradients
from clustergan_core.nn.losses import (
    cluster_recovery_loss,
    non_saturating_critic_loss,
    non_saturating_generator_loss,
    normal_recovery_loss,
    zero_centred_penalty,
)
from clustergan_core.nn.networks import ConditionedCritic, Networks, build_networks, choose_architecture
from clustergan_core.nn.prior import Latent, ModeWeights, Prior

ADDED_PACE = 0.5  # share of the game's learning rates when training continues beyond its planned end
PENALTY_INTERVAL = 4  # every so many steps include the penalty and the held codes
WARM_UP_DECAY = 0.99  # of the running averages while weights still change fast
N_JUDGED = 2048  # pairs used to score a start
ENCODER_BETAS = (0.5, 0.9)  # of the encoder's Adam
MASS_RATE = 0.02  # how fast learned masses follow the encoder's mean code


class PairedClusterGAN(PairedClusterGANFacts, Method):
    __doc__ = PairedClusterGANFacts.__doc__

    settings: PairedClusterGANSettings

    def __init__(self, settings: PairedClusterGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, Prior(settings.n_normal, settings.n_clusters, settings.sigma))
        networks = self._build_networks()
        self.generator: nn.Module = networks.generator
        self.encoder = networks.encoder
        self.critic = ConditionedCritic(networks.critic, settings.n_clusters)
        self.mean_generator = copy.deepcopy(self.generator).requires_grad_(False)
        self.mean_encoder = copy.deepcopy(self.encoder).requires_grad_(False)
        self.masses = ModeWeights(settings.n_clusters)
        self.kept_start = BestRestart(self.encoder, self.masses.shares)
        self.ended_starts: EndedStarts | None = None
        if settings.n_starts >= LEAST_STARTS:
            self.ended_starts = EndedStarts(self.encoder, settings.n_clusters, settings.n_starts)
        self.has_warm_up = settings.partners != "none"
        self.batches: NDArray[np.int64] | None = None  # (N,) of the training samples, where they are told apart
        self.pairs: SeenPairs | None = None  # where generator and critic are told the batch

    def _build_networks(self, n_told: int = 0) -> Networks:
        """Encoder, critic, and a generator that takes `n_told` values beside z_n and mode."""
        settings, kind, shape = self.settings, self.kind, self.shape
        n_outputs = settings.n_normal + settings.n_clusters
        return build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            n_outputs + n_told,
            settings.width,
            initialisation="framework",
            critic_norm="none",
            n_encoder_outputs=n_outputs,
            upsampling=settings.upsampling,
        )

    def condition_on(self, n_batches: int) -> None:
        settings = self.settings
        if n_batches < 2 or not settings.condition_on_samples:
            return
        n_dimensions = min(n_batches, MOST_DIMENSIONS)
        self.generator = BatchGenerator(self._build_networks(n_dimensions).generator, n_batches, n_dimensions)
        self.critic = ConditionedCritic(self.critic.critic, settings.n_clusters, n_batches)
        self.mean_generator = copy.deepcopy(self.generator).requires_grad_(False)
        self.pairs = SeenPairs(settings.n_clusters, n_batches)

    @property
    def n_batches(self) -> int:
        return 0 if self.pairs is None else self.pairs.counts.shape[1]

    @property
    def seen_pairs(self) -> Tensor | None:
        return None if self.pairs is None else self.pairs.counts

    def draw_batches(self, modes: Tensor, generator: torch.Generator) -> Tensor | None:
        return None if self.pairs is None else self.pairs.draw(modes, generator)

    def receive_batches(self, batches: NDArray[np.int64]) -> None:
        self.batches = batches

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        settings = self.settings
        self.random = generator
        self.samples = samples
        self.rate_of_means = torch.ones((), device=samples.device)
        self.strictness = torch.ones((), device=samples.device)
        self.temperature = torch.ones((), device=samples.device)
        self.start_number = torch.zeros(1, dtype=torch.int64, device=samples.device)
        self.batch_codes: Tensor | None = None  # (N,) of the samples, where generator and critic are told them
        if self.pairs is not None:
            assert self.batches is not None, "built for several samples of an experiment"
            self.batch_codes = torch.from_numpy(self.batches).to(samples.device)
        self.codes: Tensor | None = None  # (N, n_clusters) of the samples, held after the warm-up
        self.pair_means: PairMeans | None = None  # of the held codes' modes and batches
        self.code_weights: Tensor | None = None  # (N,) in the loss that holds them, where they are not all 1
        neighbours = None
        if settings.partners in ("neighbours", "neighbours+augmentation"):
            neighbours = torch.from_numpy(self._find_neighbours(samples)).to(samples.device)  # (N, n_neighbours)
        is_augmented = self.kind == "image" and settings.partners in ("augmentation", "neighbours+augmentation")
        self.partners = Partners(samples, neighbours, is_augmented, generator)
        self.compared = choose_compared(len(samples)).to(samples.device)
        self.components = fit_components(samples) if settings.energy_weight else None
        betas = (settings.beta1, settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), settings.learning_rate, betas)
        self.generator_optimizer = build_adam(self.generator.parameters(), settings.learning_rate, betas)
        self.encoder_optimizer = build_adam(self.encoder.parameters(), settings.encoder_learning_rate, ENCODER_BETAS)

    def _find_neighbours(self, samples: Tensor) -> NDArray[np.int64]:
        """The indices (N, n_neighbours) of the possible partners of each sample."""
        flat, across = samples.cpu().numpy(), self.settings.partners_across
        if self.batches is None or len(np.unique(self.batches)) < 2 or across == "none":
            return self._search_neighbours(flat)
        if across == "harmony":
            return self._search_neighbours(harmony_components(flat, self.batches))
        return partners_across(flat, self.batches, self.settings.n_neighbours, self._search_neighbours)

    def _search_neighbours(self, flat: NDArray[np.float32]) -> NDArray[np.int64]:
        """The nearest or the most sharing samples (N, n_neighbours) among samples or their components (N, ...)."""
        settings = self.settings
        # With few samples, many of these would be from other clusters, and the pairs would merge all clusters.
        share = max(2, len(flat) // settings.n_clusters)
        n_neighbours, n_candidates = min(settings.n_neighbours, share // 2), min(settings.n_candidates, share)
        if n_candidates <= n_neighbours:
            return nearest_neighbours(flat, n_neighbours)
        return sharing_neighbours(flat, n_neighbours, n_candidates)

    def begin_step(self, step: int, n_steps: int) -> None:
        n_warm_up = count_warm_up(self.settings, n_steps)
        if step <= n_warm_up:
            self._begin_warm_up_step(step, n_warm_up)
        else:
            self._begin_game_step(step - n_warm_up, n_steps - n_warm_up)

    def begin_added_step(self, step: int, n_steps: int) -> None:
        self._begin_game_step(step, n_steps, ADDED_PACE)

    def _begin_warm_up_step(self, step: int, n_warm_up: int) -> None:
        settings = self.settings
        start = find_start(step, n_warm_up, settings.n_starts)
        if start.is_first_step and start.number:
            self._start_anew()
        self.variant = "warm-up"
        if start.is_final_step:
            self.variant = "end of the last start" if start.is_last else "end of a start"
        self.start_number.fill_(start.number)
        set_learning_rate(self.encoder_optimizer, settings.warm_up_learning_rate * one_cycle(start.share))
        self.rate_of_means.fill_(averaging_rate(start.step, WARM_UP_DECAY))
        self.strictness.fill_(_between(settings.first_strictness, settings.strictness, start.share))
        self.temperature.fill_(_between(settings.first_temperature, settings.temperature, start.share))

    def _begin_game_step(self, step: int, n_steps: int, highest_scale: float = 1.0) -> None:
        """Sets up a step of the game; learning rates fall to zero from `highest_scale` times those of the settings."""
        settings = self.settings
        self.variant = "game" if step % PENALTY_INTERVAL else "game with penalty and codes"
        if self.has_warm_up and self.codes is None:
            self._hold_codes()
        lr_scale = highest_scale * cosine_decay((step - 1) / n_steps)
        set_learning_rate(self.critic_optimizer, settings.learning_rate * lr_scale)
        set_learning_rate(self.generator_optimizer, settings.learning_rate * lr_scale)
        set_learning_rate(self.encoder_optimizer, settings.encoder_learning_rate * lr_scale)
        self.rate_of_means.fill_(averaging_rate(step, settings.decay))

    @property
    def mode_weights(self) -> ModeWeights | None:
        return self.masses if self.settings.masses == "learned" else None

    @property
    def batch_sizes(self) -> Sequence[int]:
        if self._is_warming_up:
            return [self.settings.pair_batch_size]
        if self.variant == "game" or not self.has_warm_up:
            return [self.settings.batch_size]
        return [self.settings.batch_size, self.settings.pair_batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        if self._is_warming_up:
            return self._warm_up_step(batches[0])
        losses = self._critic_step(batches[0]) | self._generator_encoder_step(batches[0], batches[1:])
        average_into(self.mean_encoder, self.encoder, self.rate_of_means)
        average_into(self.mean_generator, self.generator, self.rate_of_means)
        return losses

    def critic_losses(
        self, real: Tensor, fake: Tensor, cluster: Tensor, batch: Tensor | None = None
    ) -> dict[str, Tensor]:
        """The critic's loss terms for real and generated samples (B, *shape).

        Each pair of a real and a generated one has one cluster (B,) and, where the critic is told it, one batch (B,).
        """
        samples, clusters = torch.cat([real, fake]), torch.cat([cluster, cluster])
        batches = None if batch is None else torch.cat([batch, batch])
        losses: dict[str, Tensor] = {}
        if self.variant == "game":
            with self._passes():
                scores = self.critic(samples, clusters, batches).float()
        else:
            body, precision = self.critic.critic, self.settings.precision
            directions, at_real = self.critic.directions_of(clusters, batches), slice(len(real))
            scores, gradients = scores_and_gradients(body.hidden, samples, directions, at_real, precision)
            scores = scores + body.last.bias
            losses["penalty"] = zero_centred_penalty(gradients)
        return {"critic": non_saturating_critic_loss(*scores.chunk(2))} | losses

    def generator_encoder_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The three loss terms of generator and encoder for a batch of latents.

        Latents of several samples of an experiment are recovered under those of other training samples: the encoder
        then cannot use the sample to find z_n, nor the generator hide the sample in it.
        """
        cluster = latent.cluster.argmax(dim=1)
        with self._passes():
            if latent.batch is None:
                fake = to_recover = self.generator(latent.joined())
            else:
                batches = torch.cat([latent.batch, self._draw_other_batches(len(latent.batch))])
                fake, to_recover = self.generator(latent.joined().repeat(2, 1), batches).chunk(2)
            scores = self.critic(fake, cluster, latent.batch)
            with held_statistics(self.encoder):
                recovered = self.encoder(to_recover)
        normal, cluster_logits = self._split(recovered.float())
        return {
            "generator": non_saturating_generator_loss(scores.float()),
            "normal_recovery": normal_recovery_loss(latent.normal, normal),
            "cluster_recovery": cluster_recovery_loss(latent.cluster, cluster_logits),
        }

    def twice_drawn_losses(self, real: Batch) -> dict[str, Tensor]:
        """The losses of two generated samples for each real one, all three of one mode and one batch."""
        losses: dict[str, Tensor] = {}
        if self.components is None and self.pair_means is None:
            return losses
        latent = self._draw_like(real, 2)
        with self._passes():
            fake = self._generate(self.generator, latent)
        fake = fake.float()
        if self.components is not None:
            first, second = self.components.project(fake).chunk(2)  # (B, 50) each
            losses["energy"] = energy_score(first, second, self.components.project(real.samples))
        if self.pair_means is not None:
            assert latent.batch is not None, "means of pairs are of several samples of an experiment"
            clusters, batches = (
                numbers[: len(real.samples)] for numbers in (latent.cluster.argmax(dim=1), latent.batch)
            )
            first, second = fake.flatten(1).chunk(2)  # (B, D) each
            losses["sample_means"] = self.pair_means.loss(first, second, clusters, batches)
        return losses

    def pairs_loss(self, indices: Tensor) -> Tensor:
        """The loss between the codes of samples (B,) and the targets of their partners, and vice versa."""
        logits = self._code_logits(self.partners.pair(indices))  # (2B, n_clusters)
        if self.settings.masses == "learned":
            with torch.no_grad():
                self.masses.shares.lerp_(logits.softmax(dim=1).mean(dim=0), MASS_RATE)
        targets = balanced_targets(
            logits, self.masses.shares, self.temperature, self.settings.n_balancings, self.strictness
        )
        return pair_loss(*logits.chunk(2), *targets.chunk(2))

    def codes_loss(self, batch: Batch) -> Tensor:
        """Cross-entropy of the codes of unaugmented samples against their held codes."""
        assert self.codes is not None
        logits, codes = self._code_logits(batch.samples), self.codes[batch.indices]
        if self.code_weights is None:
            return functional.cross_entropy(logits, codes)
        return (self.code_weights[batch.indices] * functional.cross_entropy(logits, codes, reduction="none")).mean()

    @property
    def recovers_normal(self) -> bool:
        return self.settings.normal_weight > 0

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        normal, cluster_logits = self._split(self.mean_encoder(samples))
        return Encoding(normal, cluster_logits.softmax(dim=1))

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        if self.pairs is None or latent.batch is not None:
            return self._generate(self.mean_generator, latent)
        assert isinstance(self.mean_generator, BatchGenerator)
        return self.mean_generator.average(latent.joined(), latent.cluster @ self.pairs.shares())

    def optimizers(self) -> dict[str, Optimizer]:
        return {
            "critic": self.critic_optimizer,
            "generator": self.generator_optimizer,
            "encoder": self.encoder_optimizer,
        }

    def inference_networks(self) -> dict[str, nn.Module]:
        learned = (
            {} if self.mode_weights is None else {"mode_masses": self.mode_weights}
        )  # the name of its shipped file
        seen = {} if self.pairs is None else {"seen_pairs": self.pairs}
        return {"mean_generator": self.mean_generator, "mean_encoder": self.mean_encoder, **learned, **seen}

    def calibrate(self, samples: Tensor) -> None:
        if self.pairs is not None and self.batch_codes is not None:
            self.pairs.count(self._encode_codes(self.mean_encoder, samples).argmax(dim=1), self.batch_codes)

    def label_free_figures(self) -> dict[str, float]:
        merit = float(self.kept_start.merit)  # not finite before the first start has ended
        return {"pair_information": merit} if math.isfinite(merit) else {}

    def _warm_up_step(self, batch: Batch) -> dict[str, Tensor]:
        loss = self.pairs_loss(batch.indices)
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
        reset_optimizer_state(self.encoder_optimizer)
        self.masses.shares.fill_(1 / self.settings.n_clusters)

    def _judge_start(self) -> None:
        indices = torch.randint(len(self.samples), (N_JUDGED,), generator=self.random, device=self.device)
        codes = self._encode_codes(self.mean_encoder, self.partners.pair(indices))
        score = mutual_information(*codes.chunk(2))
        self.kept_start.offer(self.mean_encoder, self.masses.shares, score)
        if self.ended_starts is not None:
            clusters = self._encode_codes(self.mean_encoder, self.samples[self.compared]).argmax(dim=1)
            self.ended_starts.add(self.start_number, self.mean_encoder, self.masses.shares, score, clusters)

    def _take_kept_start(self) -> None:
        if self.ended_starts is not None:
            self.ended_starts.hand_over(self.kept_start)
        # Adam keeps the last start's moments; at decays of 0.5 and 0.9 the game forgets them within ten steps.
        everything = torch.ones((), device=self.device)
        average_into(self.mean_encoder, self.kept_start.encoder, everything)
        average_into(self.encoder, self.kept_start.encoder, everything)
        self.masses.shares.copy_(self.kept_start.masses)

    def _hold_codes(self) -> None:
        """Fixes the codes of all samples, with modes for groups that have none.

        The weights are those of the checkpoint, so that a resumed game finds the same.
        """
        codes = self._encode_codes(self.kept_start.encoder, self.samples)
        self.codes = codes
        if self.partners.neighbours is not None:
            self._separate_codes(codes)
        if self.batch_codes is not None and self.settings.sample_mean_weight:
            clusters = self.codes.argmax(dim=1)
            n_clusters, n_batches = self.settings.n_clusters, self.n_batches
            self.pair_means = fit_pair_means(self.samples, clusters, self.batch_codes, n_clusters, n_batches)

    def _separate_codes(self, codes: Tensor) -> None:
        """Gives modes to groups of the graph of neighbours that have none."""
        assert self.partners.neighbours is not None
        is_learned = self.settings.masses == "learned"
        self.codes = separate_codes(codes, self.partners.neighbours, is_cut_up=not is_learned)
        if self.codes is codes:
            return
        self.code_weights = weigh_small_modes(self.codes)
        if is_learned:
            self.masses.shares.copy_(self.codes.mean(dim=0))

    @torch.no_grad()
    def _encode_codes(self, encoder: nn.Module, samples: Tensor) -> Tensor:
        """Cluster probabilities (N, n_clusters) for any number of samples (N, *shape)."""
        self.eval()
        with self._passes():
            parts = [self._split(encoder(part).float())[1].softmax(dim=1) for part in samples.split(ENCODE_BATCH)]
        return torch.cat(parts)

    @torch.no_grad()
    def _find_clusters(self, batch: Batch) -> Tensor:
        """The clusters (B,) of real samples: the held ones, or the encoder's current ones."""
        if self.codes is not None:
            return self.codes[batch.indices].argmax(dim=1)
        # Without codes to hold, this is the encoder's only pass over real samples in which its statistics can move.
        return self._code_logits(batch.samples).argmax(dim=1)

    def _draw_like(self, real: Batch, n_each: int = 1) -> Latent:
        """Latents (n_each · B) of the modes of real samples and, where the generator is told them, their batches."""
        modes = self._find_clusters(real).repeat(n_each)
        latent = self.prior.sample(len(modes), self.random, self.device, modes)
        if self.batch_codes is None:
            return latent
        return replace(latent, batch=self.batch_codes[real.indices].repeat(n_each))

    def _draw_other_batches(self, count: int) -> Tensor:
        """The batches (count,) of training samples drawn at random."""
        assert self.batch_codes is not None
        chosen = torch.randint(len(self.batch_codes), (count,), generator=self.random, device=self.device)
        return self.batch_codes[chosen]

    def _generate(self, generator: nn.Module, latent: Latent) -> Tensor:
        """Samples of latents by `generator` or its running average."""
        if self.pairs is None:
            return generator(latent.joined())
        return generator(latent.joined(), latent.batch)

    def _critic_step(self, batch: Batch) -> dict[str, Tensor]:
        latent = self._draw_like(batch)
        with torch.no_grad(), self._passes():
            fake = self._generate(self.generator, latent).float()
        losses = self.critic_losses(batch.samples, fake, latent.cluster.argmax(dim=1), latent.batch)
        loss = losses["critic"]
        if "penalty" in losses:
            # γ/2 as in the source, times the number of steps that it represents.
            loss = loss + PENALTY_INTERVAL * self.settings.penalty_weight / 2 * losses["penalty"]
        self.critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _generator_encoder_step(self, real: Batch, held: Sequence[Batch]) -> dict[str, Tensor]:
        if self.pairs is None:
            modes = self.masses.draw(self.settings.batch_size, self.random)
            latent = self.prior.sample(self.settings.batch_size, self.random, self.device, modes)
        else:
            latent = self._draw_like(real)
        losses = self.generator_encoder_losses(latent)
        normal = self.settings.normal_weight * losses["normal_recovery"]
        cluster = self.settings.cluster_weight * losses["cluster_recovery"]
        of_generator = losses["generator"] + normal + cluster
        twice_drawn = self.twice_drawn_losses(real)
        for name, value in twice_drawn.items():
            weight = self.settings.energy_weight if name == "energy" else self.settings.sample_mean_weight
            of_generator = of_generator + weight * value
        losses |= twice_drawn
        # If codes are held, generated samples must not change them; otherwise they are the only source of codes.
        of_encoder = normal if self.has_warm_up else normal + cluster
        for batch in held:
            losses["codes"] = self.codes_loss(batch)
            of_encoder = of_encoder + self.settings.code_weight * losses["codes"]
        self.generator_optimizer.zero_grad(set_to_none=True)
        self.encoder_optimizer.zero_grad(set_to_none=True)
        of_generator.backward(inputs=list(self.generator.parameters()), retain_graph=True)
        of_encoder.backward(inputs=list(self.encoder.parameters()))
        self.generator_optimizer.step()
        self.encoder_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    @property
    def _is_warming_up(self) -> bool:
        return not self.variant.startswith("game")

    def _code_logits(self, samples: Tensor) -> Tensor:
        """The encoder's cluster logits (B, n_clusters)."""
        with self._passes():
            latent = self.encoder(samples)
        return self._split(latent.float())[1]

    def _passes(self) -> AbstractContextManager[object]:
        """A context for the networks' passes at the precision of the settings."""
        return autocast(self.device, self.settings.precision)

    def _split(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's output (B, n_normal + n_clusters) as (ẑ_n, cluster logits)."""
        return latent[:, : self.settings.n_normal], latent[:, self.settings.n_normal :]


def _between(first: float, last: float, share: float) -> float:
    """The value at this share of the way from the first to the last."""
    return first + (last - first) * share
