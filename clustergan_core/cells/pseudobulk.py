"""Genes between two conditions within a cluster, on pseudobulk: the counts of its cells, summed by sample.

Samples are the replicates, never cells: cells of one sample share its donor and its handling, and tests that take them
for independent find genes without a difference (Squair et al., Nature Communications 12:5692, 2021). The test is
DESeq2's (Love et al., Genome Biology 15:550, 2014), as PyDESeq2 has it: a negative binomial model of condition, and of
donor where every donor has both conditions, with Wald's test and Benjamini–Hochberg after independent filtering.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.cells.composition import LEAST_SAMPLES
from clustergan_core.cells.markers import PSEUDO_COUNT
from clustergan_core.cells.overcorrection import LEAST_CELLS
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix
from clustergan_core.data.counts.sparse import TARGET
from clustergan_core.data.dataset import SampleFacts
from clustergan_core.errors import DataError

LEAST_COUNT = 10  # of a gene, in as many samples as the smaller condition has: below, a test has no chance


@dataclass(frozen=True)
class Pseudobulk:
    """The counts of one cluster's cells, summed by sample."""

    counts: NDArray[np.int64]  # (S, G)
    totals: NDArray[np.int64]  # (S,) of all genes, also where `counts` has only some
    n_cells: NDArray[np.int64]  # (S,)
    samples: tuple[SampleFacts, ...]
    genes: pd.DataFrame  # a row for each gene: gene, gene_id

    @property
    def per_10_000(self) -> NDArray[np.float64]:
        """(S, G) counts per 10,000 of each sample; 0 in a sample without cells."""
        return TARGET * self.counts / np.maximum(1, self.totals)[:, None]

    def take(self, rows: Sequence[int]) -> Pseudobulk:
        """The same for some samples, in this order."""
        numbers = list(rows)
        samples = tuple(self.samples[row] for row in numbers)
        counts, totals, n_cells = self.counts[numbers], self.totals[numbers], self.n_cells[numbers]
        return replace(self, counts=counts, totals=totals, n_cells=n_cells, samples=samples)


@dataclass(frozen=True)
class GeneComparison:
    """Genes of one cluster in one condition against another.

    Columns of `table`, the best genes first: gene, gene_id, mean_reference and mean_other (counts per 10,000, over
    samples), log2_fold_change. Where it was tested the fold change is that of the model, and standard_error, statistic,
    p and p_adjusted follow. Untested, it is that of the means, with 0.1 added to both.
    """

    table: pd.DataFrame
    compared: Pseudobulk  # the samples that were compared, those of the reference first
    is_tested: bool
    notes: tuple[str, ...]  # sentences: what was compared and how, what was left out


def sum_counts(
    matrix: CountMatrix, batches: NDArray[np.int64], chosen: NDArray[np.bool_], samples: Sequence[SampleFacts]
) -> Pseudobulk:
    """Sums the counts of the chosen cells (N,) by sample; `batches` (N,) are numbers into `samples`.

    Raises DataError for a matrix that does not hold counts.
    """
    if matrix.state != "raw":
        raise DataError(
            f"{matrix.name} holds {STATE_WORDS[matrix.state]}, and conditions are compared on sums of raw counts: "
            "provide the counts, such as the file before it was normalised."
        )
    rows = np.flatnonzero(chosen)
    belongs = csr_matrix((np.ones(len(rows)), (batches[rows], rows)), shape=(len(samples), len(batches)))
    counts = np.rint((belongs @ matrix.counts).toarray()).astype(np.int64)  # (S, G)
    return Pseudobulk(
        counts,
        counts.sum(axis=1),
        np.bincount(batches[rows], minlength=len(samples)).astype(np.int64),
        tuple(samples),
        pd.DataFrame({"gene": unique_gene_names(matrix), "gene_id": matrix.gene_ids.astype(object)}),
    )


def compare_genes(bulk: Pseudobulk, reference: str, other: str) -> GeneComparison:
    """Tests each gene of a cluster in `other` against `reference`, from three samples each; else fold changes alone.

    Samples with fewer than 10 cells of the cluster are left out. Raises DataError where that leaves none of a
    condition, and where no gene has counts enough.
    """
    of = {condition: _rows(bulk, condition) for condition in (reference, other)}
    kept = {condition: [row for row in rows if bulk.n_cells[row] >= LEAST_CELLS] for condition, rows in of.items()}
    for condition, rows in of.items():
        if not rows:
            known = ", ".join(sorted({facts.condition for facts in bulk.samples if facts.condition})) or "none"
            raise DataError(f"No sample has the condition '{condition}': the samples table has {known}.")
        if not kept[condition]:
            raise DataError(
                f"No sample of {condition} has {LEAST_CELLS} cells of this cluster: choose another cluster, or "
                "other conditions."
            )
    compared = bulk.take([*kept[reference], *kept[other]])
    left_out = [row for condition in of for row in of[condition] if row not in kept[condition]]
    notes = _describe_left_out(bulk, left_out)
    compared = _drop_scarce(compared, min(map(len, kept.values())))
    is_other = np.array([facts.condition == other for facts in compared.samples])
    few = min(kept, key=lambda condition: len(kept[condition]))
    if len(kept[few]) < LEAST_SAMPLES:
        n_samples = f"{len(kept[few])} sample{'s' if len(kept[few]) > 1 else ''}"
        notes.append(
            f"{few} has {n_samples}, and a test needs {LEAST_SAMPLES} of each condition: fold changes are shown "
            "without a test, because cells of one sample are not replicates."
        )
        return GeneComparison(_rank_by_change(compared, is_other), compared, False, tuple(notes))
    donors, reason = _pair_donors(compared, is_other)
    table, said = _test(compared, is_other, donors)
    notes.append(
        f"{len(kept[other])} samples of {other} against {len(kept[reference])} of {reference}"
        f"{', paired by donor' if donors else ''}: {len(compared.genes):,} genes with at least {LEAST_COUNT} counts in "
        f"{len(kept[few])} samples, tested by DESeq2 on the sums of counts by sample."
    )
    return GeneComparison(table, compared, True, (*notes, *reason, *said))


def _rows(bulk: Pseudobulk, condition: str) -> list[int]:
    return [row for row, facts in enumerate(bulk.samples) if facts.condition == condition]


def _describe_left_out(bulk: Pseudobulk, rows: Sequence[int]) -> list[str]:
    if not rows:
        return []
    named = ", ".join(f"{bulk.samples[row].name} ({bulk.n_cells[row]})" for row in rows)
    return [f"Left out, with fewer than {LEAST_CELLS} cells of this cluster: {named}."]


def _drop_scarce(bulk: Pseudobulk, n_samples: int) -> Pseudobulk:
    """The genes with LEAST_COUNT counts in as many samples."""
    enough = (bulk.counts >= LEAST_COUNT).sum(axis=0) >= n_samples
    if not enough.any():
        raise DataError(
            f"No gene has {LEAST_COUNT} counts in {n_samples} samples of this cluster: choose a larger cluster."
        )
    return replace(bulk, counts=bulk.counts[:, enough], genes=bulk.genes[enough].reset_index(drop=True))


def _means(bulk: Pseudobulk, is_other: NDArray[np.bool_]) -> pd.DataFrame:
    shares = bulk.per_10_000
    return bulk.genes.assign(mean_reference=shares[~is_other].mean(axis=0), mean_other=shares[is_other].mean(axis=0))


def _rank_by_change(bulk: Pseudobulk, is_other: NDArray[np.bool_]) -> pd.DataFrame:
    table = _means(bulk, is_other)
    change = np.log2((table["mean_other"] + PSEUDO_COUNT) / (table["mean_reference"] + PSEUDO_COUNT))
    order = np.argsort(-np.abs(change.to_numpy()), kind="stable")
    return table.assign(log2_fold_change=change).iloc[order].reset_index(drop=True)


def _pair_donors(bulk: Pseudobulk, is_other: NDArray[np.bool_]) -> tuple[list[str], list[str]]:
    """(the donors as a covariate, or none; sentences on donors that are left out of the model)."""
    donors = [facts.donor for facts in bulk.samples]
    names = sorted(set(donors))
    conditions = {name: {bool(other) for other, donor in zip(is_other, donors) if donor == name} for name in names}
    in_both = [name for name in names if name and len(conditions[name]) == 2]
    sentences = [
        f"{donor} gave {donors.count(donor)} samples of these, which count as replicates although they are alike."
        for donor in names
        if donor and len(conditions[donor]) == 1 and donors.count(donor) > 1
    ]
    if not in_both:
        return [], sentences
    if len(in_both) < len(names):
        lone = next(name for name in names if name not in in_both)
        what = f"donor {lone} has samples of one condition only" if lone else "some samples have no donor"
        return [], [*sentences, f"Donors are not part of the model, because {what}."]
    if len(donors) - len(names) - 1 < 1:
        return [], [*sentences, "Donors are not part of the model, because fitting them would use up every sample."]
    return donors, sentences


def _test(bulk: Pseudobulk, is_other: NDArray[np.bool_], donors: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """(the table, best first; what PyDESeq2 warned of, and which genes have no p-value)."""
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.ds import DeseqStats

    from clustergan_core.cells.deseq2_fits import AllGenesAtOnce

    # A donor's name may be anything; the model's formula sees numbers.
    number_of = {donor: f"d{number}" for number, donor in enumerate(sorted(set(donors)))}
    facts = pd.DataFrame(
        {
            "condition": np.where(is_other, "other", "reference"),
            **({"donor": [number_of[donor] for donor in donors]} if donors else {}),
        },
        index=pd.Index([f"s{row}" for row in range(len(is_other))]),
    )
    columns = [f"g{gene}" for gene in range(bulk.counts.shape[1])]
    counts = pd.DataFrame(bulk.counts, index=facts.index, columns=columns)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        design = "~donor + condition" if donors else "~condition"
        fits = AllGenesAtOnce()
        fit = DeseqDataSet(counts=counts, metadata=facts, design=design, inference=fits, quiet=True)
        fit.deseq2()
        stats = DeseqStats(fit, contrast=["condition", "other", "reference"], inference=fits, quiet=True)
        stats.summary()
    result = stats.results_df
    table = _means(bulk, is_other).assign(
        log2_fold_change=result["log2FoldChange"].to_numpy(),
        standard_error=result["lfcSE"].to_numpy(),
        statistic=result["stat"].to_numpy(),
        p=result["pvalue"].to_numpy(),
        p_adjusted=result["padj"].to_numpy(),
    )
    notes = [
        f"PyDESeq2 notes: {' '.join(str(warning.message).split()).rstrip('.')}."
        for warning in {str(each.message): each for each in caught if each.category is UserWarning}.values()
    ]
    if n_outliers := int(table["p"].isna().sum()):
        notes.append(f"{n_outliers:,} genes have no p-value: a single sample's counts stand out (Cook's distance).")
    if n_filtered := int((table["p_adjusted"].isna() & table["p"].notna()).sum()):
        notes.append(f"{n_filtered:,} genes have no adjusted p-value: their counts are too low for this many samples.")
    return table.sort_values("p", kind="stable", na_position="last", ignore_index=True), notes
