"""QualitySettings: which cells and genes are good enough, and the presets a person starts from."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict, Field


class QualitySettings(BaseModel):
    """Thresholds of quality control, in the order in which they act; None or 0 switches a rule off."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    min_counts: int = Field(
        default=0, ge=0, title="Least counts", description="Cells with fewer counts in all are removed."
    )
    min_genes: int = Field(
        default=100, ge=0, title="Least genes", description="Cells with fewer detected genes are removed."
    )
    max_genes: int | None = Field(
        default=None,
        ge=1,
        title="Genes below",
        description="Cells with this many genes or more are removed: doublets.",
    )
    max_mito_share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Mitochondrial share below",
        description="Cells with this share of mitochondrial counts or more are removed: they were dying.",
    )
    n_mads: float | None = Field(
        default=None,
        gt=0,
        title="MADs of counts and genes",
        description="Cells whose log counts or log genes lie further from the median, in median absolute deviations, "
        "are removed.",
    )
    n_mito_mads: float | None = Field(
        default=None,
        gt=0,
        title="MADs of the mitochondrial share",
        description="Cells whose mitochondrial share lies further above the median are removed.",
    )
    min_cells: int = Field(
        default=3, ge=0, title="Least cells", description="Genes detected in fewer cells are removed."
    )


QUALITY_PRESETS: dict[str, QualitySettings] = {
    "permissive": QualitySettings(),
    "classic": QualitySettings(min_genes=200, max_genes=2500, max_mito_share=0.05),
    # The mitochondrial rules act together: 3 MADs above the median, or 8%.
    "MAD": QualitySettings(min_genes=0, n_mads=5, n_mito_mads=3, max_mito_share=0.08),
    "paper": QualitySettings(min_genes=0, min_cells=0),
}

N_GENES_OF_A_GENOME = 20_000  # about as many code for proteins in human, mouse and worm


def quality_preset(name: str, n_genes: int) -> QualitySettings:
    """A preset for a file of `n_genes`: the least number of genes in proportion, where the file has chosen ones only.

    Of 2,000 genes chosen before, a good cell may have twenty: 100 would throw away nearly all of them.
    """
    preset = QUALITY_PRESETS[name]
    share = min(1.0, n_genes / N_GENES_OF_A_GENOME)
    return preset.model_copy(update={"min_genes": math.ceil(preset.min_genes * share)})
