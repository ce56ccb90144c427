"""Names of scores, and descriptions of what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from clustergan_core.method_facts import MethodFacts, MethodSettings

AGREEMENT_SCORES = ("purity", "accuracy", "nmi", "ari")
DISTANCES: tuple[Literal["frechet", "fid"], ...] = ("frechet", "fid")
GENERATION_SCORES = ("mode_accuracy", "reconstruction_accuracy", "cluster_accuracy")
MODE_COUNT_SCORES = ("n_reached", "stray_share", "divergence")  # parts of `mode_count`
NMI_MEANING = (
    "Normalised mutual information, normalised by the arithmetic mean of the two entropies, from 0 (independent) to 1 "
    "(the same)."
)
UNCALIBRATED = (
    "Confidence is the largest entry of the code. It is not calibrated: of samples with a confidence of 0.9, fewer "
    "than nine in ten may be right."
)
CRITERION = (
    "information of a sample's cluster about those of its nearest neighbours, as a share of log K, on training samples "
    "(no labels)"
)
FORMER_CRITERION = "neighbour agreement of the code, corrected for chance, on training samples (no labels)"


def distance_title(name: Literal["frechet", "fid"], n: int) -> str:
    """What a Fréchet distance of n generated samples to n real ones is called, such as FID-5k."""
    if name == "frechet":
        return f"Fréchet distance, n = {n:,}"
    return f"FID-{n // 1000}k" if n % 1000 == 0 else f"FID, n = {n:,}"


def describe_kept_weights(
    method: type[MethodFacts], settings: MethodSettings, has_modes: bool, criterion: str = CRITERION
) -> str:
    """The weights of a run that are kept as its best, to follow "the weights are"; `has_modes` as the data says."""
    if not method.encodes:
        return "those of the last evaluation, as there are no clusters by which to choose"
    if method.max_read_with(settings) is not None:
        return "those of the last evaluation, as reading samples is too slow to score earlier ones"
    if method.trains_on_neighbours:
        return "those of the last evaluation, as agreement with neighbours cannot judge what was trained on them"
    if method.uses_labels:
        return "those of the last evaluation, as a criterion without labels does not judge what labels teach"
    if has_modes:
        return "those of the last evaluation, as clusters of samples do not show which modes the generator reaches"
    return f"those of the highest {criterion}"


def criterion_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The criterion of a run, by its rows of metrics: agreement stands beside it since it is information."""
    has_both = any("neighbour_agreement" in row.get("scores", {}) for row in rows)
    return CRITERION if has_both else FORMER_CRITERION


def describe_kept_weights_briefly(method: type[MethodFacts], settings: MethodSettings, has_modes: bool) -> str:
    """A short description of the kept weights, to follow "with the weights of"."""
    is_last = keeps_last_weights(method, settings, has_modes)
    return "the last evaluation" if is_last else "the highest label-free criterion"


def keeps_last_weights(method: type[MethodFacts], settings: MethodSettings, has_modes: bool) -> bool:
    """Whether no label-free criterion can choose among a run's weights, so that the last evaluation's are kept.

    Where the data says which modes a generator should reach, the generator is what counts: groups that lie far apart
    are told apart after a few steps, long before it has learned anything, and by all weights from then on. Masses that
    are learned from labels move until the end.
    """
    is_unscored = not method.encodes or method.max_read_with(settings) is not None
    return method.trains_on_neighbours or method.uses_labels or is_unscored or has_modes
