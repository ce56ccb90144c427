"""A count matrix prepared for training: quality control, choice of genes, transform, and the record of all three.

The paper's way (preset "paper"): log2(1 + count), the 720 genes of highest variance, divided by the largest entry.
The matrix stays sparse and is never copied; only the chosen genes become dense.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.cycle_genes import mark_cycle_genes
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.highly_variable_genes import (
    highly_variable,
    in_several_samples,
    rank_by_variance,
    rank_over_samples,
    score_dispersion,
)
from clustergan_core.data.counts.matrix import CountMatrix, keep_apart
from clustergan_core.data.counts.quality import QualityReport, RuleOutcome, check_quality
from clustergan_core.data.counts.quality_rules import DOUBLET, DOUBLET_SCORE
from clustergan_core.data.counts.sample_quality import record_samples
from clustergan_core.data.counts.settings import PreparationSettings
from clustergan_core.data.counts.sparse import GeneMoments, cell_totals, gene_moments, take_dense
from clustergan_core.data.counts.steps import finish_values, read_values, value_transform
from clustergan_core.data.dataset import LEAST_SPLIT, Batches, Dataset, Splits, share_samples, split_samples
from clustergan_core.data.own.cell_text import as_text
from clustergan_core.data.own.labels import ReferenceLabels, number_labels
from clustergan_core.data.own.tables import MAX_CATEGORIES
from clustergan_core.data.own.vetting import MAX_VALUES, MIN_SAMPLES
from clustergan_core.data.steps import Quality, QualityRule, SelectGenes, Step
from clustergan_core.errors import DataError


def prepare(
    matrix: CountMatrix,
    settings: PreparationSettings,
    labels: ReferenceLabels | None = None,
    report: QualityReport | None = None,
    batches: Batches | None = None,
) -> Dataset:
    """The cells that pass quality control as a Dataset of kind "expression".

    `labels` cover every cell of the matrix, with "" where nothing is known. `report` is the settings' own quality
    control where it has been done already. `batches` are the samples of all cells: quality control judges each cell
    within its sample, and genes are ranked within each. Held-out cells influence neither the choice of genes nor any
    fitted value.
    Raises DataError where too few cells are left, or too few to hold any out, where no gene differs between cells,
    or where there are too many values to hold.
    """
    report = check_quality(matrix, settings.quality, batches=batches) if report is None else report
    if report.n_cells < MIN_SAMPLES:
        raise DataError(f"Quality control leaves {report.n_cells} of {matrix.name}'s cells: relax its thresholds.")
    splits = _split(matrix.name, report.n_cells, settings)
    steps: list[Step] = [{"step": "note", "text": note} for note in matrix.notes]
    steps.append(_record_quality(settings, report))
    steps += labels.steps() if labels is not None else []
    samples, fitted = _fit(matrix, settings, report, splits, batches)
    numbers, names = (None, ()) if labels is None else number_labels(labels.texts[report.cell_mask])
    chosen = next(step for step in fitted if step["step"] == "select_genes")
    gene_names = dict(zip(matrix.gene_ids.tolist(), unique_gene_names(matrix), strict=True))
    return Dataset(
        name=matrix.name,
        kind="expression",
        samples=samples,
        splits=splits,
        labels=numbers,
        label_names=names,
        feature_names=tuple(gene_names[gene] for gene in chosen["ids"]),
        sample_ids=tuple(matrix.cell_ids[report.cell_mask].tolist()),
        preprocessing=(*steps, *fitted),
        columns=_columns(matrix, report, exclude=None if labels is None else labels.column),
        content_digest=_digest(matrix, settings, report, chosen["ids"], batches),
        label_column=(labels and labels.column) or "",
        has_confirmed_labels=labels is None or labels.is_confirmed,
        batches=None if batches is None else batches.take(report.cell_mask),
    )


def _split(name: str, n_cells: int, settings: PreparationSettings) -> Splits:
    if not settings.hold_out:
        return share_samples(n_cells)
    if n_cells < LEAST_SPLIT:
        raise DataError(
            f"{name} has {n_cells} cells after quality control, too few to hold any out: keep at least {LEAST_SPLIT}, "
            "or choose hold_out=false."
        )
    return split_samples(n_cells)


def _digest(
    matrix: CountMatrix,
    settings: PreparationSettings,
    report: QualityReport,
    genes: list[str],
    batches: Batches | None,
) -> str:
    """SHA-256 over the counts behind the samples and the settings that prepare them, the same on every machine.

    Which of several samples each cell is from is part of it; one sample is like none.
    """
    index_of = {gene: index for index, gene in enumerate(matrix.gene_ids.tolist())}
    counts = take_dense(matrix.counts, report.cell_mask, np.array([index_of[gene] for gene in genes]), None)
    totals = cell_totals(matrix.counts)[report.cell_mask] if matrix.state == "raw" else np.zeros(0)  # whole numbers
    later = set() if settings.leave_out_cycle else {"leave_out_cycle"}  # data sets from before keep their digest
    facts = repr((counts.shape, matrix.state, genes, settings.model_dump_json(exclude={"quality", *later})))
    content = hashlib.sha256(facts.encode() + totals.tobytes() + np.ascontiguousarray(counts).tobytes())
    if batches is not None and len(batches.table) > 1:
        samples = [facts.sample for facts in batches.table]
        content.update(repr(samples).encode() + batches.codes[report.cell_mask].astype("<i8").tobytes())
    return content.hexdigest()


def _record_quality(settings: PreparationSettings, report: QualityReport) -> Quality:
    record: Quality = {
        "step": "quality",
        "settings": settings.quality.model_dump(),
        "rules": [_record_rule(rule) for rule in report.rules],
        "n_cells": len(report.cell_mask),
        "n_cells_left": report.n_cells,
        "n_genes": len(report.gene_mask),
        "n_genes_left": report.n_genes,
    }
    if report.doublets is not None:
        record["n_doublets"] = int(report.doublets.is_doublet.sum())
    if report.batches is not None:
        record["samples"] = record_samples(report)
    return record


def _record_rule(rule: RuleOutcome) -> QualityRule:
    record: QualityRule = {
        "rule": rule.rule,
        "removes": rule.removes,
        "n_removed": rule.n_removed,
        "n_left": rule.n_left,
    }
    if rule.skipped:
        record["skipped"] = rule.skipped
    return record


def _fit(
    matrix: CountMatrix,
    settings: PreparationSettings,
    report: QualityReport,
    splits: Splits,
    batches: Batches | None,
) -> tuple[NDArray[np.float32], list[Step]]:
    """(samples (cells left, n_genes), the steps that reproduce them)."""
    fitted_on = np.zeros(len(report.cell_mask), dtype=np.bool_)
    fitted_on[np.flatnonzero(report.cell_mask)[splits.train]] = True
    steps: list[Step] = [{"step": "expression_values", "state": matrix.state, "part": matrix.part}]
    steps += _value_steps(matrix, settings, fitted_on)
    transform = value_transform(steps, matrix)
    moments = gene_moments(matrix.counts, fitted_on, transform)
    # A gene without spread carries no information about a cell.
    varies = report.gene_mask & (moments.variance > 0)
    if settings.leave_out_cycle:
        varies &= ~mark_cycle_genes(matrix)
    if not varies.any():
        raise DataError(f"No gene of {matrix.name} differs between the cells that are left: relax the thresholds.")
    n_samples = 1 if batches is None else len(batches.table)
    if batches is not None and n_samples > 1:
        masks = [fitted_on & (batches.codes == code) for code in range(n_samples)]
        within = [gene_moments(matrix.counts, mask, transform) for mask in masks]
        varies &= in_several_samples(within)
        genes, selection = _choose_genes_over_samples(matrix, settings, within, masks, varies)
    else:
        genes, selection = _choose_genes(matrix, settings, moments, fitted_on, varies)
    if report.n_cells * len(genes) > MAX_VALUES:
        raise DataError(
            f"{report.n_cells:,} cells of {len(genes):,} genes are more than {MAX_VALUES:,} values: choose at most "
            f"{MAX_VALUES // report.n_cells:,} genes."
        )
    selected: SelectGenes = {
        "step": "select_genes",
        "by": selection,
        "n_considered": int(varies.sum()),
        "ids": matrix.gene_ids[genes].tolist(),
        "symbols": matrix.gene_symbols[genes].tolist(),
    }
    if n_samples > 1:
        selected["n_samples"] = n_samples
    if settings.leave_out_cycle:
        selected["n_cycle_left_out"] = int(mark_cycle_genes(matrix).sum())
    steps.append(selected)
    values = read_values(steps, matrix, report.cell_mask)
    finishing = _finishing_steps(settings, values, moments, genes, splits)
    return finish_values(finishing, values), [*steps, *finishing]


def _value_steps(matrix: CountMatrix, settings: PreparationSettings, fitted_on: NDArray[np.bool_]) -> list[Step]:
    """The steps of single values; none where they are logarithms already, or scaled and so beyond these steps."""
    if matrix.state in ("log", "scaled"):
        return []
    if settings.transform == "paper":
        return [{"step": "log", "base": 2}]
    target = settings.target
    if target is None:
        totals = cell_totals(matrix.counts)[fitted_on]
        target = float(np.median(totals[totals > 0])) if totals.any() else 1.0
    normalised: Step = {"step": "normalise_totals", "target": target, "n_genes": len(matrix.gene_ids)}
    return [normalised, {"step": "log", "base": "e"}]


def _choose_genes(
    matrix: CountMatrix,
    settings: PreparationSettings,
    moments: GeneMoments,
    fitted_on: NDArray[np.bool_],
    varies: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], Literal["variance", "hvg", "all"]]:
    """(gene indices, how they were chosen). Dispersion is meaningless for scaled values, so variance decides there."""
    if int(varies.sum()) <= settings.n_genes:
        return np.flatnonzero(varies), "all"
    if settings.selection == "hvg" and matrix.state != "scaled":
        return highly_variable(matrix, fitted_on, varies, settings.n_genes), "hvg"
    return rank_by_variance(moments.variance, varies, settings.n_genes), "variance"


def _choose_genes_over_samples(
    matrix: CountMatrix,
    settings: PreparationSettings,
    within: Sequence[GeneMoments],
    masks: Sequence[NDArray[np.bool_]],
    varies: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], Literal["variance", "hvg", "all"]]:
    """The same over samples, each given by its moments and its cells: by the rank that a gene has in most of them."""
    if not varies.any():
        raise DataError(
            f"No gene of {matrix.name} is expressed in two of its {len(masks)} samples: check that they name genes "
            "alike."
        )
    if int(varies.sum()) <= settings.n_genes:
        return np.flatnonzero(varies), "all"
    if settings.selection == "hvg" and matrix.state != "scaled":
        scores = [score_dispersion(matrix, mask, settings.n_genes) for mask in masks]
        return rank_over_samples(scores, varies, settings.n_genes), "hvg"
    return rank_over_samples([moments.variance for moments in within], varies, settings.n_genes), "variance"


def _finishing_steps(
    settings: PreparationSettings,
    values: NDArray[np.float32],
    moments: GeneMoments,
    genes: NDArray[np.int64],
    splits: Splits,
) -> list[Step]:
    if settings.standardise:
        deviations = np.sqrt(moments.variance[genes])
        standardised: Step = {
            "step": "standardise_genes",
            "means": moments.mean[genes].tolist(),
            "deviations": deviations.tolist(),
            "clip": settings.clip,
        }
        return [standardised, {"step": "scale_by", "by": settings.clip}]
    trained = values if splits.is_shared else values[splits.train]
    return [{"step": "scale_by", "by": max(float(trained.max()), -float(trained.min()))}]


def _columns(matrix: CountMatrix, report: QualityReport, exclude: str | None) -> dict[str, NDArray[Any]]:
    """Quality control metrics and the file's own columns, where these are numbers or few enough classes.

    Where doublets were looked for, a column of the file that is called as theirs keeps "(own)" beside its name.
    """
    columns = {str(name): np.asarray(report.figures[name])[report.cell_mask] for name in report.figures}
    cells = matrix.cells.drop(columns=exclude or [], errors="ignore")
    if report.doublets is not None:
        cells = keep_apart(cells, (DOUBLET_SCORE, DOUBLET))
    for name in cells:
        if str(name) in columns:
            continue
        values = cells[name][report.cell_mask]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            columns[str(name)] = values.to_numpy(dtype=np.float64, na_value=np.nan)
            continue
        texts = as_text(values.to_numpy(dtype=object))
        if 0 < len(set(texts.tolist()) - {""}) <= MAX_CATEGORIES:
            columns[str(name)] = texts
    return columns
