"""PreparationSettings: how a count matrix becomes samples to train on."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.expression.quality_settings import QUALITY_PRESETS, QualitySettings

Selection = Literal["variance", "hvg"]
Transformation = Literal["paper", "lognorm"]

PAPER_GENES = 720
DEFAULT_GENES = 1000  # neighbours agree a little more than with 720 on all sets tried (docs/decisions.md)


class PreparationSettings(BaseModel):
    """Quality control, the choice of genes and the transform. Without `target` it is the median cell's total."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    quality: QualitySettings = Field(default=QUALITY_PRESETS["permissive"], title="Quality control")
    selection: Selection = Field(
        default="variance",
        title="Genes",
        description="variance: of the transformed values, as in the paper. hvg: scanpy's highly variable genes, "
        "whose variance is compared with that of genes expressed alike.",
    )
    n_genes: int = Field(
        default=DEFAULT_GENES, ge=2, le=20_000, title="Number of genes", description="The most variable ones are kept."
    )
    transform: Transformation = Field(
        default="lognorm",
        title="Transform",
        description="paper: log2(1 + count). lognorm: counts scaled to the same total in every cell, then log(1 + x). "
        "Both are divided by the largest value.",
    )
    target: float | None = Field(
        default=None,
        gt=0,
        title="Counts a cell",
        description="lognorm: the total that every cell is scaled to; else the median.",
    )
    standardise: bool = Field(
        default=False,
        title="Standardise genes",
        description="Each gene to mean 0 and deviation 1, clipped and divided by the clip.",
    )
    clip: float = Field(
        default=10, gt=0, title="Clip", description="Standardised values beyond this many deviations are cut."
    )
    hold_out: bool = Field(
        default=False,
        title="Hold cells out",
        description="Fit and train on 80% of the cells, choose on 10% and score on 10%, instead of using all for all.",
    )


PREPARATION_PRESETS: dict[str, PreparationSettings] = {
    "default": PreparationSettings(),
    "paper": PreparationSettings(
        quality=QUALITY_PRESETS["paper"], selection="variance", n_genes=PAPER_GENES, transform="paper"
    ),
}
