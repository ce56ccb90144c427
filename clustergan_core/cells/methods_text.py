"""The paragraph on methods that a paper needs: what was done to the cells, with every threshold, seed and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustergan_core.data.counts.matrix import STATE_WORDS
from clustergan_core.data.preprocessing import Step


def describe_methods(
    name: str,
    steps: Sequence[Step],
    method: str,
    n_clusters: int,
    n_steps: int,
    seed: int,
    versions: Mapping[str, str],
    command: str = "",
    has_markers: bool = True,
) -> str:
    """Sentences on a run: `steps` are its data's preprocessing, `method` its name for people."""
    by_name = {step["step"]: step for step in steps}
    sentences = [*_cells(name, by_name), *_chosen(steps), *_values(by_name)]
    sentences.append(
        f"Cells were grouped into {n_clusters} clusters by {method} ({n_steps:,} training steps, seed {seed}); a "
        "cell's cluster is the largest component of the encoder's code, and its confidence that component's value."
    )
    if has_markers:
        sentences.append(
            "Markers are exploratory: genes were ordered by Wilcoxon's rank-sum test with correction for ties, each "
            "cluster against all other cells, on counts scaled to 10,000 a cell and log(1 + x) transformed; p-values "
            "were adjusted after Benjamini and Hochberg."
        )
    sentences.append(f"Software: {', '.join(f'{package} {version}' for package, version in versions.items())}.")
    if command:
        sentences.append(f"Repeated by: {command}")
    return " ".join(sentences)


def _cells(name: str, by_name: Mapping[str, Step]) -> list[str]:
    read = by_name.get("expression_values")
    source = f"{name} ({read['part']}, {STATE_WORDS[read['state']]})" if read else name
    quality = by_name.get("quality")
    if quality is None:
        return [f"Cells were read from {source}."]
    applied = [rule for rule in quality["rules"] if not rule.get("skipped")]
    kept = (
        f"Of the file, {quality['n_cells_left']:,} of {quality['n_cells']:,} cells and {quality['n_genes_left']:,} of "
        f"{quality['n_genes']:,} genes were kept"
    )
    if not applied:
        return [f"Cells were read from {source} without quality control. {kept}."]
    rules = "; ".join(f"{rule['removes']}: {rule['rule']} ({rule['n_removed']:,} removed)" for rule in applied)
    return [f"Cells were read from {source} and judged by these rules in order. {rules[0].upper()}{rules[1:]}. {kept}."]


def _chosen(steps: Sequence[Step]) -> list[str]:
    """Cells that were left out before quality control, by a column or by a list."""
    sentences = []
    for step in steps:
        if step["step"] == "keep_rows":
            rules = [f"{column} is {' or '.join(values)}" for column, values in step["only"].items()]
            rules += [f"{column} is not {' or '.join(values)}" for column, values in step["drop"].items()]
            sentences.append(f"Only cells whose {' and whose '.join(rules)} were used ({_share(step)}).")
        elif step["step"] == "keep_ids":
            sentences.append(f"Only the cells listed in {step['file']} were used ({_share(step)}).")
    return sentences


def _share(step: Step) -> str:
    return f"{step['n_kept']:,} of {step['n_rows']:,}"


def _values(by_name: Mapping[str, Step]) -> list[str]:
    sentences = []
    normalised, logarithm = by_name.get("normalise_totals"), by_name.get("log")
    if normalised is not None:
        sentences.append(f"Counts were scaled to {normalised['target']:,.6g} a cell and log(1 + x) transformed.")
    elif logarithm is not None:
        sentences.append(f"Counts were log{logarithm['base']}(1 + x) transformed.")
    chosen = by_name.get("select_genes")
    if chosen is not None:
        how = {"variance": "of highest variance", "hvg": "that scanpy calls highly variable", "all": "that vary"}
        sentences.append(f"The {len(chosen['ids']):,} genes {how[chosen['by']]} were used.")
    standardised, scaled = by_name.get("standardise_genes"), by_name.get("scale_by")
    if standardised is not None:
        sentences.append(f"Each gene was standardised and clipped at {standardised['clip']:g} standard deviations.")
    if scaled is not None:
        sentences.append(f"Values were divided by {scaled['by']:.6g}.")
    return sentences
