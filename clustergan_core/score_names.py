"""Names of scores, and descriptions of what they decide."""

from __future__ import annotations

from clustergan_core.method_facts import MethodFacts

AGREEMENT_SCORES = ("purity", "accuracy", "nmi", "ari")
GENERATION_SCORES = ("mode_accuracy", "reconstruction_accuracy", "cluster_accuracy")
MODE_COUNT_SCORES = ("n_reached", "stray_share", "divergence")  # parts of `mode_count`
CRITERION = "neighbour agreement of the code, corrected for chance, on training samples (no labels)"


def describe_kept_weights(method: type[MethodFacts]) -> str:
    """The weights of a run that are kept as its best, to follow "the weights are"."""
    if not method.encodes:
        return "those of the last evaluation, as there are no clusters by which to choose"
    if method.max_read is not None:
        return "those of the last evaluation, as reading samples is too slow to score earlier ones"
    if method.trains_on_neighbours:
        return "those of the last evaluation, as agreement with neighbours cannot judge what was trained on them"
    return f"those of the highest {CRITERION}"


def describe_kept_weights_briefly(method: type[MethodFacts]) -> str:
    """A short description of the kept weights, to follow "with the weights of"."""
    return "the last evaluation" if keeps_last_weights(method) else "the highest label-free criterion"


def keeps_last_weights(method: type[MethodFacts]) -> bool:
    """Whether no label-free criterion can choose among a run's weights, so that the last evaluation's are kept."""
    return method.trains_on_neighbours or not method.encodes or method.max_read is not None
