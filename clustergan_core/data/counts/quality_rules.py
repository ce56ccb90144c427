"""The rules of quality control: how each judges the cells, all at once or within the samples they are from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.doublets import Doublets
from clustergan_core.data.counts.settings import QualitySettings

TOTAL, DETECTED, MITO, RIBO = "total counts", "genes detected", "mitochondrial share", "ribosomal share"
DOUBLET_SCORE, DOUBLET = "doublet score", "doublet"

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class Judgement:
    """Which cells a rule removes, the rule's description and its bounds."""

    removed: NDArray[np.bool_]
    description: str
    skipped: str = ""
    lower: float | None = None
    upper: float | None = None
    by_sample: tuple[Bounds, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Removes cells below `least`, and those at `limit` or above."""

    least: float | None = None
    limit: float | None = None

    def judge(self, values: NDArray[np.float64], mask: NDArray[np.bool_], description: str) -> Judgement:
        removed = np.zeros_like(mask)
        if self.least is not None:
            removed |= values < self.least
        if self.limit is not None:
            removed |= values >= self.limit
        return Judgement(mask & removed, description, lower=self.least, upper=self.limit)


@dataclass(frozen=True)
class Deviation:
    """Removes cells more than `n_mads` median absolute deviations from the median of the cells still there."""

    n_mads: float
    is_log: bool = False
    is_upper_only: bool = False

    def judge(self, values: NDArray[np.float64], mask: NDArray[np.bool_], description: str) -> Judgement:
        scale = np.log1p(values) if self.is_log else values
        median = float(np.median(scale[mask]))
        deviation = float(np.median(np.abs(scale[mask] - median)))
        if deviation == 0:
            reason = "at least half of the cells have the same value, so there is no spread"
            return Judgement(np.zeros_like(mask), description, reason)
        lower, upper = median - self.n_mads * deviation, median + self.n_mads * deviation
        shown = [float(np.expm1(bound)) if self.is_log else bound for bound in (lower, upper)]
        removed = scale > upper
        if self.is_upper_only:
            return Judgement(mask & removed, f"{description} (above {shown[1]:.3g})", upper=shown[1])
        removed |= scale < lower
        shown[0] = max(0.0, shown[0])
        description = f"{description} (outside {_write(shown[0])} … {_write(shown[1])})"
        return Judgement(mask & removed, description, lower=shown[0], upper=shown[1])


def _write(bound: float) -> str:
    return f"{bound:,.0f}" if bound >= 1000 else f"{bound:.4g}"


def cell_rules(settings: QualitySettings) -> Iterator[tuple[str, str, Limits | Deviation]]:
    """(metric, description, how it is judged) of each rule that is switched on."""
    if settings.min_counts:
        yield TOTAL, f"fewer than {settings.min_counts:,} counts", Limits(least=settings.min_counts)
    if settings.min_genes:
        yield DETECTED, f"fewer than {settings.min_genes:,} genes detected", Limits(least=settings.min_genes)
    if settings.max_genes is not None:
        yield DETECTED, f"{settings.max_genes:,} genes detected or more", Limits(limit=settings.max_genes)
    if settings.n_mads is not None:
        for figure, name in ((TOTAL, "counts"), (DETECTED, "genes")):
            description = f"log {name} more than {settings.n_mads:g} MADs from the median"
            yield figure, description, Deviation(settings.n_mads, is_log=True)
    if settings.n_mito_mads is not None:
        description = f"mitochondrial share more than {settings.n_mito_mads:g} MADs above the median"
        yield MITO, description, Deviation(settings.n_mito_mads, is_upper_only=True)
    if settings.max_mito_share is not None:
        share = settings.max_mito_share
        yield MITO, f"mitochondrial share of {100 * share:g}% or more", Limits(limit=share)


def judge_by_sample(
    rule: Limits | Deviation,
    values: NDArray[np.float64],
    mask: NDArray[np.bool_],
    description: str,
    groups: dict[str, NDArray[np.bool_]],
) -> Judgement:
    """The rule applied to all cells at once, or, where it depends on the other cells, within each sample."""
    if not groups or isinstance(rule, Limits):
        return rule.judge(values, mask, description)
    parts = {
        name: rule.judge(values, mask & cells, description)
        for name, cells in groups.items()
        if (mask & cells).any()  # an earlier rule may have left none, which is told at the end
    }
    skipped = [name for name, part in parts.items() if part.skipped]
    if len(skipped) == len(parts):
        return Judgement(np.zeros_like(mask), f"{description} of their sample", next(iter(parts.values())).skipped)
    description = f"{description} of their sample"
    if skipped:
        description += f" (not in {', '.join(skipped)}, where at least half of the cells have the same value)"
    return Judgement(
        np.any([part.removed for part in parts.values()], axis=0),
        description,
        by_sample=tuple((parts[name].lower, parts[name].upper) if name in parts else (None, None) for name in groups),
    )


def judge_doublets(doublets: Doublets, mask: NDArray[np.bool_], groups: dict[str, NDArray[np.bool_]]) -> Judgement:
    reasons = {sample.skipped for sample in doublets.samples}
    description = "called a doublet by Scrublet" + (" within its sample" if groups else "")
    if "" not in reasons:
        return Judgement(np.zeros_like(mask), description, f"no sample can be scored: {sorted(reasons)[0]}")
    return Judgement(
        mask & doublets.is_doublet,
        description,
        upper=doublets.samples[0].threshold if not groups else None,
        by_sample=tuple((None, sample.threshold) for sample in doublets.samples) if groups else (),
    )
