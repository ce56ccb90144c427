"""Settings and facts of Paired ClusterGAN."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import Architecture, MethodFacts, MethodSettings, Precision, Upsampling
from clustergan_core.methods.paired_clustergan.presets import make_preset
from clustergan_core.preset import Preset, PresetName

PartnerKind = Literal["neighbours+augmentation", "neighbours", "augmentation", "none"]
PartnersAcross = Literal["harmony", "mutual", "none"]
Masses = Literal["uniform", "learned"]


class PairedClusterGANSettings(MethodSettings):
    """Settings of Paired ClusterGAN; the defaults are those for images of MNIST's size."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of modes of the latent prior.")
    n_normal: int = Field(30, ge=1, le=1000, title="z_n size", description="Dimensions of the normal part of z.")
    sigma: float = Field(0.1, gt=0, le=10, title="σ", description="Standard deviation of z_n.")
    partners: PartnerKind = Field(
        "neighbours+augmentation",
        title="Partners",
        description="What must get the same code as a real sample: a near neighbour, another view of it, or both. "
        "Only images have other views. With none there is no warm-up, codes are learnt from generated samples, and the "
        "settings for warm-up, pairs and held codes have no effect.",
    )
    n_neighbours: int = Field(
        10, ge=1, le=200, title="Neighbours", description="Number of nearest samples that a partner is drawn from."
    )
    n_candidates: int = Field(
        0,
        ge=0,
        le=200,
        title="Candidates",
        description="Number of nearest samples from which the neighbours are chosen: those that share the most of "
        "these with the sample. With no more candidates than neighbours, the nearest samples are used.",
    )
    partners_across: PartnersAcross = Field(
        "harmony",
        title="Partners across samples",
        description="Whether a cell's partner may be from another sample of the experiment. Harmony: neighbours are "
        "found after Harmony has moved the samples together. Mutual: half of the neighbours are from the cell's own "
        "sample, half are mutual nearest neighbours in others. None: neighbours are found among all cells as they "
        "are, so clusters may follow samples. No effect on data of one sample.",
    )
    condition_on_samples: bool = Field(
        True,
        title="Generate by sample",
        description="Whether generator and critic are told which sample of the experiment a cell is from, so that a "
        "cell can be generated as one of another sample. Clusters come from genes alone either way. No effect on data "
        "of one sample.",
    )
    sample_mean_weight: float = Field(
        2.0,
        ge=0,
        le=1000,
        title="Sample mean weight",
        description="Weight of keeping the mean of generated cells at that of real ones, for each mode and sample with "
        "at least 20 training cells. No effect where the generator is not told the sample.",
    )
    masses: Masses = Field(
        "uniform",
        title="Mode masses",
        description="Uniform: clusters are assumed to be about equally large; strictness says how exactly. Learned: "
        "masses follow the data; if sizes differ tenfold, this gave the best results with strictness 0.25.",
    )
    strictness: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Strictness",
        description="How closely each batch keeps the mode masses at the end of the warm-up; 1 means exactly.",
    )
    first_strictness: float = Field(
        1.0,
        ge=0,
        le=1,
        title="First strictness",
        description="Strictness at the beginning of a start. At 1 every mode gets samples; lower values keep large "
        "clusters whole.",
    )
    code_weight: float = Field(
        5.0, ge=0, le=1000, title="Code weight", description="Weight of keeping the warm-up's codes during the game."
    )
    pair_batch_size: int = Field(
        128, ge=2, le=8192, title="Pairs", description="Pairs in each batch, and samples whose codes are held."
    )
    warm_up_share: float = Field(
        0.25, gt=0, le=1, title="Warm-up", description="Share of the steps that train the encoder alone, on pairs."
    )
    warm_up_learning_rate: float = Field(
        4e-3, gt=0, le=0.1, title="Warm-up learning rate", description="Highest rate; the rate rises and then falls."
    )
    n_starts: int = Field(
        1,
        ge=1,
        le=100,
        title="Starts",
        description="Number of encoders that share the warm-up's steps. The one whose clusters agree best with those "
        "of the others continues; of two, the one whose codes tell the most about a partner's code.",
    )
    first_temperature: float = Field(
        0.5,
        gt=0,
        le=10,
        title="First temperature",
        description="Temperature of the targets at the beginning of a start; at 1 they are no sharper than the codes.",
    )
    temperature: float = Field(
        0.35,
        gt=0,
        le=10,
        title="Temperature",
        description="Temperature of the targets at the end of the warm-up; lower values give sharper targets.",
    )
    n_balancings: int = Field(
        15, ge=1, le=200, title="Balancing rounds", description="Sinkhorn iterations that give targets their masses."
    )
    batch_size: int = Field(64, ge=2, le=8192, title="Batch size", description="Samples in each batch of the game.")
    learning_rate: float = Field(
        1e-3, gt=0, le=0.1, title="Learning rate", description="Adam's highest step size for generator and critic."
    )
    encoder_learning_rate: float = Field(
        5e-4, gt=0, le=0.1, title="Encoder's learning rate", description="Adam's highest step size in the game."
    )
    beta1: float = Field(
        0.0, ge=0, lt=1, title="Adam β₁", description="Decay of the first moment, for generator and critic."
    )
    beta2: float = Field(
        0.99, ge=0, lt=1, title="Adam β₂", description="Decay of the second moment, for generator and critic."
    )
    penalty_weight: float = Field(
        2.0, ge=0, le=1000, title="R1 weight γ", description="Weight of the critic's gradient penalty at real samples."
    )
    normal_weight: float = Field(
        10.0, ge=0, le=1000, title="β_n", description="Weight of recovering z_n from the generated sample."
    )
    cluster_weight: float = Field(
        10.0,
        ge=0,
        le=1000,
        title="β_c",
        description="Weight of recovering the mode from the generated sample; it trains the generator, and the "
        "encoder only if there are no partners.",
    )
    energy_weight: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Energy weight",
        description="Weight of the energy score of generated samples against real ones of their mode, in the first 50 "
        "principal components. It keeps the variance within a mode, which the game alone loses on tables and cells.",
    )
    decay: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Averaging",
        description="Decay of the running averages of the weights; the averages are what a run saves.",
    )
    architecture: Architecture | Literal["auto"] = Field(
        "auto", title="Networks", description="The paper's networks by name; auto follows the data's kind and shape."
    )
    upsampling: Upsampling = Field(
        "transposed",
        title="Upsampling",
        description="How a generator of images doubles their sides: by transposed convolutions as in the paper, which "
        "may leave checkerboards, or by repeating each pixel before a convolution (nearest).",
    )
    width: float = Field(0.5, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Precision of the networks' passes; bfloat16 is faster for large networks. Weights stay float32.",
    )


class PairedClusterGANFacts(MethodFacts):
    """ClusterGAN whose code is learnt from pairs of real samples, which must get the same one, and held in the game."""

    name = "paired-clustergan"
    title = "Paired ClusterGAN"
    reference = "ours, on arXiv 1809.03627"
    Settings = PairedClusterGANSettings
    trains_on_neighbours = True
    assumptions = (
        "Samples that lie close together in the data belong to the same cluster. For images also: a "
        "rotation of up to 15°, a scale of 0.8 to 1.2, a shear of up to 0.3 and a shift of up to 7% of a side leave "
        "the cluster as it is. With *uniform* masses: clusters are of about equal size; "
        "strictness says how exactly, and clusters of very unequal size are cut up where nothing separates them."
    )

    @classmethod
    def generator_begins(cls, settings: MethodSettings, n_steps: int) -> int:
        assert isinstance(settings, PairedClusterGANSettings), type(settings)
        return count_warm_up(settings, n_steps)

    @classmethod
    def describe_step(cls, settings: MethodSettings, step: int, n_steps: int) -> str:
        assert isinstance(settings, PairedClusterGANSettings), type(settings)
        n_warm_up = count_warm_up(settings, n_steps)
        if not n_warm_up:
            return ""
        if step > n_warm_up:
            return "Phase 2 of 2: generator and critic train, and the encoder keeps its clusters."
        text = "Phase 1 of 2: the encoder alone learns, from pairs of real samples"
        if settings.n_starts > 1 and step:
            from clustergan_core.methods.paired_clustergan.warm_up import find_start  # loads PyTorch

            start = find_start(step, n_warm_up, settings.n_starts)
            text += f", in start {start.number + 1} of {settings.n_starts}; each begins anew, the most typical goes on"
        return f"{text}. The generator begins after step {n_warm_up:,}."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        return make_preset(name, dataset, kind, shape)


def count_warm_up(settings: PairedClusterGANSettings, n_steps: int) -> int:
    """How many of the training's steps are the warm-up, which trains the encoder alone."""
    return max(1, round(settings.warm_up_share * n_steps)) if settings.partners != "none" else 0
