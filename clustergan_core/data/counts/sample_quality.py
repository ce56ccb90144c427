"""Quality control sample by sample: a row for each of several samples, with what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustergan_core.data.counts.quality import QualityReport
from clustergan_core.data.counts.quality_rules import DETECTED, MITO, TOTAL
from clustergan_core.data.steps import QualitySample

FEW_CELLS = 50  # fewer hold no type that is not common
SHALLOW = 1 / 3  # of the median sample's depth: cells of a shallower sample differ in what was not counted
MUCH_REMOVED = 0.3  # of a sample's cells


@dataclass(frozen=True)
class SampleQuality:
    """What quality control leaves of one sample; medians are over the cells that stay."""

    name: str
    n_cells: int
    n_left: int
    n_doublets: int | None  # called, whether removed or not; None where nobody looked for any
    median_counts: float | None  # None where the values are no counts
    median_genes: float | None
    median_mito_share: float | None  # None without mitochondrial genes
    warnings: tuple[str, ...] = ()  # sentences

    @property
    def share_removed(self) -> float:
        """The share of the sample's cells that do not stay."""
        return 1 - self.n_left / self.n_cells


def judge_samples(report: QualityReport) -> list[SampleQuality]:
    """A row for each sample, in the order of their codes; none where samples are not told apart."""
    if report.batches is None:
        return []
    codes, names = report.batches.codes, report.batches.names
    kept = [report.cell_mask & (codes == code) for code in range(len(names))]
    depths = [_median(report, TOTAL, cells) for cells in kept]
    typical = float(np.median([depth for depth in depths if depth is not None])) if TOTAL in report.figures else None
    rows = []
    for code, (name, cells, depth) in enumerate(zip(names, kept, depths, strict=True)):
        doublets = report.doublets
        n_cells = int((codes == code).sum())
        rows.append(
            SampleQuality(
                name=name,
                n_cells=n_cells,
                n_left=int(cells.sum()),
                n_doublets=None if doublets is None else int((doublets.is_doublet & (codes == code)).sum()),
                median_counts=depth,
                median_genes=_median(report, DETECTED, cells),
                median_mito_share=_median(report, MITO, cells),
                warnings=tuple(_warn(report, code, name, n_cells, int(cells.sum()), depth, typical)),
            )
        )
    return rows


def record_samples(report: QualityReport) -> list[QualitySample]:
    """The rows as a run's record of its preparation keeps them."""
    samples: list[QualitySample] = []
    for row in judge_samples(report):
        sample: QualitySample = {"name": row.name, "n_cells": row.n_cells, "n_cells_left": row.n_left}
        if row.n_doublets is not None:
            sample["n_doublets"] = row.n_doublets
        samples.append(sample)
    return samples


def _median(report: QualityReport, figure: str, cells: np.ndarray) -> float | None:
    return float(np.median(report.figures[figure].to_numpy()[cells])) if figure in report.figures else None


def _warn(
    report: QualityReport, code: int, name: str, n_cells: int, n_left: int, depth: float | None, typical: float | None
) -> list[str]:
    warnings = []
    if n_left < FEW_CELLS:
        warnings.append(
            f"Sample {name} has {n_left:,} cells left, fewer than {FEW_CELLS}: leave it out, or pool it with another."
        )
    if depth is not None and typical is not None and depth < SHALLOW * typical:
        warnings.append(
            f"Sample {name} has a median of {depth:,.0f} counts a cell, less than a third of the samples' "
            f"{typical:,.0f}: check its sequencing, or leave it out."
        )
    removed = n_cells - n_left
    if removed > MUCH_REMOVED * n_cells:
        warnings.append(
            f"Quality control removes {removed:,} of {n_cells:,} cells ({removed / n_cells:.0%}) of sample {name}: "
            "relax its thresholds, or check the sample."
        )
    if report.doublets is not None and (reason := report.doublets.samples[code].skipped):
        warnings.append(f"Sample {name} was not searched for doublets, because {reason}.")
    return warnings
