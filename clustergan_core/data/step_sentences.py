"""Preprocessing steps as sentences: what was left out, renamed, filled in, taken as labels and rescaled.

The same sentences are printed by `inspect` and `train`, shown on the Data page and stored in a run's card.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clustergan_core.data.counts.matrix import STATE_WORDS
from clustergan_core.data.steps import KeepRows, Quality, SelectGenes, Step, describe_skipped_rules

N_NAMED = 8  # columns that a sentence lists
_SELECTIONS = {"variance": "of highest variance", "hvg": "that scanpy calls highly variable", "all": "that vary"}


def describe_steps(steps: Sequence[Step]) -> list[str]:
    """One sentence for each thing that was done, in order."""
    return [sentence for step in steps for sentence in _describe(step)]


def _describe(step: Step) -> Iterator[str]:
    match step["step"]:
        case "labels" | "note":
            yield step["text"]
        case "keep_rows":
            yield _describe_rows(step)
        case "keep_ids":
            yield f"{step['n_kept']:,} of {step['n_rows']:,} cells are used, those that {step['file']} lists."
        case "sample_ids":
            yield f"Samples are named by column {step['column']}."
        case "drop_columns":
            yield f"Left out {name_columns(step['columns'])}: {step['reason']}."
        case "fill_missing":
            yield f"Missing values in {name_columns(step['columns'])} filled with the column's median."
        case "scale_columns":
            yield "Each column scaled so that its smallest value is 0 and its largest 1."
            if n_outliers := step.get("n_outliers"):
                yield _describe_outliers(n_outliers)
        case "scale_range":
            yield f"All values scaled from {step['minimum']:.4g} … {step['maximum']:.4g} to 0–1."
        case "divide":
            yield f"Values divided by {step['by']:g}, so that they lie in 0–1."
        case "picture_range":
            pass  # the note beside it says so
        case "resize":
            yield f"Images resized to {step['height']} × {step['width']} pixels."
        case "quality":
            yield from _describe_quality(step)
        case "expression_values":
            yield f"Values are {STATE_WORDS[step['state']]}, read from {step['part']}."
        case "normalise_totals":
            yield f"Counts of each cell scaled to a total of {step['target']:,.6g}."
        case "log":
            yield f"log{'' if step['base'] == 'e' else step['base']}(1 + x) of each value."
        case "select_genes":
            if n_left_out := step.get("n_cycle_left_out"):
                yield f"{n_left_out} genes of the cell cycle are left out before genes are chosen."
            yield _describe_genes(step)
        case "standardise_genes":
            clip = f"{step['clip']:g} standard deviations"
            yield f"Each gene scaled to mean 0 and standard deviation 1, clipped at {clip}."
        case "scale_by":
            yield f"Values divided by {step['by']:.4g}."


def name_columns(names: Sequence[str]) -> str:
    """The names of one or several columns, cut after some."""
    shown = ", ".join(names[:N_NAMED]) + (", …" if len(names) > N_NAMED else "")
    return f"column {shown}" if len(names) == 1 else f"{len(names)} columns ({shown})"


def _describe_outliers(n_outliers: Mapping[str, int]) -> str:
    n_values = sum(n_outliers.values())
    values = "1 value lies" if n_values == 1 else f"{n_values:,} values lie"
    return (
        f"In {name_columns(list(n_outliers))}, {values} far outside the others and would squash them: the scale ends "
        "at the 0.1% or 99.9% quantile there, and what lies beyond becomes 0 or 1."
    )


def _describe_rows(step: KeepRows) -> str:
    rules = [f"only {column} = {', '.join(values)}" for column, values in step["only"].items()]
    rules += [f"without {column} = {', '.join(values)}" for column, values in step["drop"].items()]
    return f"{step['n_kept']:,} of {step['n_rows']:,} rows are used ({'; '.join(rules)})."


def _describe_quality(step: Quality) -> Iterator[str]:
    yield (
        f"Quality control keeps {step['n_cells_left']:,} of {step['n_cells']:,} cells and {step['n_genes_left']:,} of "
        f"{step['n_genes']:,} genes."
    )
    for rule in step["rules"]:
        if rule["n_removed"]:
            yield f"Quality control removes {rule['n_removed']:,} {rule['removes']}: {rule['rule']}."
    yield from describe_skipped_rules([step])
    if (n_doublets := step.get("n_doublets")) is not None:
        fate = "removed" if step["settings"]["doublets"] == "remove" else "kept"
        yield f"Doublets called by Scrublet: {n_doublets:,}, all {fate}."
    for sample in step.get("samples", ()):
        doublets = f"; doublets called: {sample['n_doublets']:,}" if "n_doublets" in sample else ""
        yield f"Sample {sample['name']}: {sample['n_cells_left']:,} of {sample['n_cells']:,} cells are kept{doublets}."


def _describe_genes(step: SelectGenes) -> str:
    sentence = f"The {len(step['ids']):,} genes {_SELECTIONS[step['by']]}, of {step['n_considered']:,}"
    if n_samples := step.get("n_samples"):
        how = "" if step["by"] == "all" else f", ranked within each of {n_samples} samples and taken by median rank"
        return f"{sentence} that are expressed in at least two samples{how}."
    return f"{sentence}."
