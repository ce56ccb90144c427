"""Settings of quality control and preparation, and the presets a person starts from."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Selection = Literal["variance", "hvg"]
Transformation = Literal["paper", "lognorm"]
DoubletChoice = Literal["off", "flag", "remove"]

PAPER_GENES = 720
DEFAULT_GENES = 1000  # neighbours agree slightly more than with 720 on all data sets tried (docs/decisions.md)


class QualitySettings(BaseModel):
    """Thresholds of quality control, in the order in which they apply; None or 0 switches a rule off."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    min_counts: int = Field(
        default=0, ge=0, title="Least counts", description="Removes cells with fewer counts in total."
    )
    min_genes: int = Field(
        default=100, ge=0, title="Least genes", description="Removes cells with fewer detected genes."
    )
    max_genes: int | None = Field(
        default=None,
        ge=1,
        title="Genes below",
        description="Removes cells with this many genes or more, which are probably doublets.",
    )
    max_mito_share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Mitochondrial share below",
        description="Removes cells with this share of mitochondrial counts or more, which were probably dying.",
    )
    n_mads: float | None = Field(
        default=None,
        gt=0,
        title="MADs of counts and genes",
        description="Removes cells whose log counts or log genes are further from the median, in median absolute "
        "deviations.",
    )
    n_mito_mads: float | None = Field(
        default=None,
        gt=0,
        title="MADs of the mitochondrial share",
        description="Removes cells whose mitochondrial share is further above the median.",
    )
    doublets: DoubletChoice = Field(
        default="off",
        title="Doublets",
        description="Scores cells with Scrublet within each sample. flag: colours and exports show what it calls "
        "doublets, and all cells stay. remove: they are left out.",
    )
    doublet_rate: float = Field(
        default=0.008,
        gt=0,
        le=0.1,
        title="Doublets per 1,000 cells",
        description="The expected share of doublets for each 1,000 cells of a sample: 0.008 for 10x Genomics. No more "
        "than the expected share are called doublets.",
    )
    min_cells: int = Field(default=3, ge=0, title="Least cells", description="Removes genes detected in fewer cells.")


QUALITY_PRESETS: dict[str, QualitySettings] = {
    "permissive": QualitySettings(),
    "classic": QualitySettings(min_genes=200, max_genes=2500, max_mito_share=0.05),
    # The mitochondrial rules act together: 3 MADs above the median, or 8%.
    "MAD": QualitySettings(min_genes=0, n_mads=5, n_mito_mads=3, max_mito_share=0.08),
    "paper": QualitySettings(min_genes=0, min_cells=0),
}

N_GENES_OF_A_GENOME = 20_000  # about as many code for proteins in human, mouse and worm


def quality_preset(name: str, n_genes: int) -> QualitySettings:
    """A preset for a file of `n_genes`: the least number of genes is scaled down where the file holds selected ones.

    A good cell may express twenty of 2,000 genes that were selected before: 100 would remove nearly all cells.
    """
    preset = QUALITY_PRESETS[name]
    share = min(1.0, n_genes / N_GENES_OF_A_GENOME)
    return preset.model_copy(update={"min_genes": math.ceil(preset.min_genes * share)})


class PreparationSettings(BaseModel):
    """Quality control, the choice of genes and the transform. `target` defaults to the median cell's total."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    quality: QualitySettings = Field(default=QUALITY_PRESETS["permissive"], title="Quality control")
    selection: Selection = Field(
        default="variance",
        title="Genes",
        description="variance: of the transformed values, as in the paper. hvg: scanpy's highly variable genes, "
        "whose variance is compared with that of genes with similar expression.",
    )
    n_genes: int = Field(
        default=DEFAULT_GENES,
        ge=2,
        le=20_000,
        title="Number of genes",
        description="How many of the most variable genes are kept.",
    )
    leave_out_cycle: bool = Field(
        default=False,
        title="Leave out cell-cycle genes",
        description="Never chooses the 97 genes that cycle (Tirosh et al. 2016), so that cells are not grouped by "
        "phase; they stay in markers and exports.",
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
        description="lognorm: the total that every cell is scaled to; the median if empty.",
    )
    standardise: bool = Field(
        default=False,
        title="Standardise genes",
        description="Scales each gene to mean 0 and standard deviation 1, clips it and divides it by the clip.",
    )
    clip: float = Field(
        default=10, gt=0, title="Clip", description="Standardised values are clipped at this many deviations."
    )
    hold_out: bool = Field(
        default=False,
        title="Hold cells out",
        description="Trains on 80% of the cells, selects weights on 10% and scores on 10%, instead of using all cells "
        "for everything.",
    )


PREPARATION_PRESETS: dict[str, PreparationSettings] = {
    "default": PreparationSettings(),
    "paper": PreparationSettings(
        quality=QUALITY_PRESETS["paper"], selection="variance", n_genes=PAPER_GENES, transform="paper"
    ),
}
