"""The paragraph for a paper's methods section: what was done to the cells, with every threshold, seed and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustergan_core.data.counts.matrix import STATE_WORDS
from clustergan_core.data.steps import KeepIds, KeepRows, Quality, Step

_ACROSS: Mapping[str, str] = {
    "harmony": "Pairs of cells that should share a cluster were found after Harmony had moved the samples together.",
    "mutual": "Half of the cells with which a cell was paired in training are from its own sample, half are mutual "
    "nearest neighbours in others, of which the least supported quarter was left out.",
    "none": "Samples were not moved together: pairs of cells that should share a cluster were found among all of them.",
}


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
    split_off: Mapping[str, int] | None = None,
    named_from: Mapping[int, str] | None = None,
    partners_across: str = "",
) -> str:
    """Sentences that describe a run: `steps` is its data's preprocessing, `method` the title of its method.

    `split_off` has the number of cells that were split off by hand as each cluster of that name, `named_from` the
    reference that a cluster's name comes from, such as "from blood.h5ad", `partners_across` the setting of that name of
    a method whose cells have partners in other samples.
    """
    sentences = [*_cells(name, steps), *_chosen(steps), *_values(steps)]
    sentences.append(
        f"Cells were grouped into {n_clusters} clusters by {method} ({n_steps:,} training steps, seed {seed}); a "
        "cell's cluster is the largest component of the encoder's code, and its confidence that component's value."
    )
    if partners_across in _ACROSS and any(step["step"] == "quality" and step.get("samples") for step in steps):
        sentences.append(_ACROSS[partners_across])
    if split_off:
        named = ", ".join(f"{name} ({n_cells:,})" for name, n_cells in split_off.items())
        sentences.append(f"Cells were then split off by hand on a map of the latents: {named}.")
    sentences += _named(named_from or {})
    if has_markers:
        sentences.append(
            "Markers are exploratory: genes were ordered by Wilcoxon's rank-sum test with correction for ties, each "
            "cluster against all other cells, on counts scaled to 10,000 per cell and log(1 + x) transformed; "
            "p-values were adjusted by Benjamini and Hochberg's method."
        )
    sentences.append(f"Software: {', '.join(f'{package} {version}' for package, version in versions.items())}.")
    if command:
        sentences.append(f"Command: {command}")
    return " ".join(sentences)


def _named(named_from: Mapping[int, str]) -> list[str]:
    """A sentence on each reference that clusters were named from, after one on how."""
    by_reference: dict[str, list[str]] = {}
    for cluster, reference in named_from.items():
        by_reference.setdefault(reference, []).append(str(cluster))
    if not by_reference:
        return []
    how = (
        "A multinomial logistic regression on log-normalised counts named cells from a reference; cells far from all "
        "of its cells in the encoder's last hidden layer, and cells for which no type had a probability of at least "
        "one half, were called unknown. Each cluster got the most frequent name of its cells."
    )
    return [
        how,
        *(
            f"{'Cluster' if len(own) == 1 else 'Clusters'} {', '.join(own)} {'was' if len(own) == 1 else 'were'} named "
            f"{reference}."
            for reference, own in by_reference.items()
        ),
    ]


def _cells(name: str, steps: Sequence[Step]) -> list[str]:
    read = next((step for step in steps if step["step"] == "expression_values"), None)
    source = f"{name} ({read['part']}, {STATE_WORDS[read['state']]})" if read else name
    quality = next((step for step in steps if step["step"] == "quality"), None)
    if quality is None:
        return [f"Cells were read from {source}."]
    applied = [rule for rule in quality["rules"] if not rule.get("skipped")]
    retained = (
        f"{quality['n_cells_left']:,} of the file's {quality['n_cells']:,} cells and {quality['n_genes_left']:,} of "
        f"its {quality['n_genes']:,} genes were kept"
    )
    if not applied:
        return [f"Cells were read from {source} without quality control. {retained}.", *_samples(quality)]
    rules = "; ".join(f"{rule['removes']}: {rule['rule']} ({rule['n_removed']:,} removed)" for rule in applied)
    rules = f"{rules[0].upper()}{rules[1:]}"
    read_and_filtered = f"Cells were read from {source} and filtered by these rules in order. {rules}. {retained}."
    return [read_and_filtered, *_samples(quality)]


def _samples(quality: Quality) -> list[str]:
    """Sentences on the samples that the cells are from, and on doublets."""
    sentences = []
    if samples := quality.get("samples"):
        counted = ", ".join(f"{sample['name']} ({sample['n_cells_left']:,})" for sample in samples)
        sentences.append(f"They are from {len(samples)} samples, within which they were filtered: {counted}.")
    if (n_doublets := quality.get("n_doublets")) is not None:
        rate = quality["settings"]["doublet_rate"]
        fate = "removed" if quality["settings"]["doublets"] == "remove" else "kept"
        sentences.append(
            "Scrublet was run within each sample (mean of three simulations) with an expected share of doublets of "
            f"{rate:.1%} per 1,000 cells; cells called doublets ({n_doublets:,}) were {fate}."
        )
    return sentences


def _chosen(steps: Sequence[Step]) -> list[str]:
    """Sentences on cells that were left out before quality control, by a column or by a list."""
    sentences = []
    for step in steps:
        if step["step"] == "keep_rows":
            rules = [f"{column} is {' or '.join(values)}" for column, values in step["only"].items()]
            rules += [f"{column} is not {' or '.join(values)}" for column, values in step["drop"].items()]
            sentences.append(f"Only cells whose {' and whose '.join(rules)} were used ({_share(step)}).")
        elif step["step"] == "keep_ids":
            sentences.append(f"Only the cells listed in {step['file']} were used ({_share(step)}).")
    return sentences


def _share(step: KeepRows | KeepIds) -> str:
    return f"{step['n_kept']:,} of {step['n_rows']:,}"


def _values(steps: Sequence[Step]) -> list[str]:
    sentences = []
    normalised = next((step for step in steps if step["step"] == "normalise_totals"), None)
    logarithm = next((step for step in steps if step["step"] == "log"), None)
    if normalised is not None:
        sentences.append(f"Counts were scaled to {normalised['target']:,.6g} per cell and log(1 + x) transformed.")
    elif logarithm is not None:
        sentences.append(f"Counts were log{logarithm['base']}(1 + x) transformed.")
    chosen = next((step for step in steps if step["step"] == "select_genes"), None)
    if chosen is not None:
        if n_left_out := chosen.get("n_cycle_left_out"):
            sentences.append(
                f"{n_left_out} genes of the cell cycle (Tirosh et al., Science 352:189, 2016) were left out before "
                "genes were chosen."
            )
        which = {"variance": "of highest variance", "hvg": "that scanpy calls highly variable", "all": "that vary"}
        n_samples = chosen.get("n_samples")
        within = f", by their median rank within {n_samples} samples," if n_samples and chosen["by"] != "all" else ""
        sentences.append(f"The {len(chosen['ids']):,} genes {which[chosen['by']]}{within} were used.")
    standardised = next((step for step in steps if step["step"] == "standardise_genes"), None)
    scaled = next((step for step in steps if step["step"] == "scale_by"), None)
    if standardised is not None:
        sentences.append(f"Each gene was standardised and clipped at {standardised['clip']:g} standard deviations.")
    if scaled is not None:
        sentences.append(f"Values were divided by {scaled['by']:.6g}.")
    return sentences
