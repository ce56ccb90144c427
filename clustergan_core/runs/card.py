"""card.md: a run described for people."""

from __future__ import annotations

from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.files import write_atomically
from clustergan_core.methods import find_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run
from clustergan_core.score_names import AGREEMENT_SCORES, DISTANCES, criterion_of, describe_kept_weights, distance_title
from clustergan_core.scoring.final import describe_labelled, explain_no_agreement
from clustergan_core.scoring.records import RunScores


def write_card(run: Run, scores: RunScores) -> None:
    """Writes the card of a finished run."""
    write_atomically(run.folder / "card.md", render_card(run, scores).encode())


def render_card(run: Run, scores: RunScores) -> str:
    """The card's text; every figure comes from the run's own files."""
    config = run.config
    method = find_method(config.method)
    rows = run.metrics().rows
    last, criterion = rows[-1], criterion_of(rows)
    kept = describe_kept_weights(method, config.method_settings(), config.dataset.has_modes, criterion)
    missing = scores.get("missing", {})
    groups = "clusters" if "modes" in missing else "modes"
    lines = [
        f"# {run.title}",
        "",
        f"{config.method_title} ({method.reference}) on `{config.dataset.name}`: {config.n_clusters} {groups}, "
        f"{config.dataset.n_samples} samples of shape {'×'.join(map(str, config.dataset.shape))}, "
        f"trained for {last['step']} steps in {last['seconds']:.0f} s on {config.device}, threads: {config.threads}.",
        "",
        "```",
        config.command(),
        "```",
        "",
        *_list_steps(config),
        f"Weights: {scores['weights']}, which are {kept}. {' '.join(config.notes)}",
        "",
        _scores_heading(scores),
        "",
        *_scores_table(scores),
        "",
        f"Without labels: silhouette {_figure(scores['silhouette'])}, entropy of mode usage "
        f"{_figure(scores['usage_entropy'])} nats, mean squared cycle losses (per dimension) "
        f"{_figure(scores.get('sample_cycle'), 4)} for samples and "
        f"{_figure(scores.get('latent_cycle'), 4)} for latents.",
        "",
        *[line for sentence in dict.fromkeys(missing.values()) for line in (sentence, "")],
        *_generation_lines(scores),
        f"Seed {config.seed}; " + ", ".join(f"{name} {version}" for name, version in config.versions.items()) + ".",
        "",
    ]
    return "\n".join(lines)


def _list_steps(config: RunConfig) -> list[str]:
    """How the data was read and prepared."""
    sentences = describe_steps(config.dataset.preprocessing)
    return [*(f"- {sentence}" for sentence in sentences), ""] if sentences else []


def _scores_heading(scores: RunScores) -> str:
    where = f"the {scores['split']} split, {scores['n']} samples"
    if "n_in_split" in scores:
        where += f" drawn from its {scores['n_in_split']}, as reading one takes long"
    if scores["is_training_data"]:
        where += ", which it was also trained on"
    if n_labels := scores.get("n_labels_used"):
        return f"Scores on {where} (training used {n_labels} other labels):"
    return f"Scores on {where} (labels used only for scoring):"


def _scores_table(scores: RunScores) -> list[str]:
    if scores["purity"] is None:
        return [explain_no_agreement(scores)]
    rows = [("argmax of the code", scores), ("k-means on the latents", scores["kmeans"])]
    labelled = [f"{sentence}.", ""] if (sentence := describe_labelled(scores)) else []
    table = [*labelled, "| reading | purity | accuracy | NMI | ARI |", "|---|---|---|---|---|"]
    return table + [
        f"| {name} | " + " | ".join(_figure(row[key]) for key in AGREEMENT_SCORES) + " |" for name, row in rows
    ]


def _generation_lines(scores: RunScores) -> list[str]:
    """Lines on generated samples; none for runs scored by versions that did not measure them."""
    lines = []
    for name in DISTANCES:
        if distance := scores.get(name):
            heading = distance_title(name, distance["n"]).partition(",")[0]  # n stands behind it
            lines += [
                f"{heading} of generated samples: {distance['value']:g} (features: {distance['features']}; "
                f"{distance['n']} generated against {distance['n']} real samples of the {scores['split']} split; "
                f"two disjoint sets of {distance['n']} real samples: {distance['real_halves']:g}).",
                "",
            ]
    if coverage := scores.get("coverage"):
        lines += [
            f"Coverage of real samples by generated ones: {coverage['value']:.3f}, density {coverage['density']:.3f} "
            f"(arXiv 2002.09797, k = {coverage['k']}, the same features and samples; two disjoint sets of real "
            f"samples: {coverage['real_halves']:.3f} and {coverage['real_halves_density']:.3f}).",
            "",
        ]
    if variance := scores.get("mode_variance"):
        known = [ratio for ratio in variance["ratios"] if ratio is not None]
        lines += [
            f"Variance within a mode, generated over real: {variance['value']:.2f} in the median of {len(known)} "
            f"modes, {min(known):.2f} to {max(known):.2f} (first {variance['n_components']} principal components of "
            f"the {variance['n_real']} real samples, {variance['n_generated']} generated samples a mode; one half of "
            f"the real samples over the other: {_figure(variance['real_halves'], 2)}).",
            "",
        ]
    if count := scores.get("mode_count"):
        lines += [
            f"Modes of the data reached by {count['n']:,} generated samples: {count['n_reached']} of "
            f"{count['n_modes']} ({count['n_reached_often']} by at least 5); {100 * count['stray_share']:.1f}% belong "
            f"to none; KL divergence to the true shares: {_figure(count['divergence'])} nats."
            + (f" Shares: {', '.join(f'{share:.3f}' for share in count['shares'])}." if "shares" in count else ""),
            "",
        ]
    classifier = scores.get("classifier")
    if classifier:
        lines += [
            f"Labels assigned by the {classifier['name']}, which is right on "
            f"{100 * classifier['test_accuracy']:.1f}% of the test split: "
            f"Mode Accuracy {_figure(scores.get('mode_accuracy'))} on {classifier['n_generated']} generated samples "
            f"({classifier['n_labels_with_a_mode']} of {classifier['n_labels']} labels have a mode), "
            f"Reconstruction Accuracy {_figure(scores.get('reconstruction_accuracy'))}, "
            f"Cluster Accuracy {_figure(scores.get('cluster_accuracy'))}.",
            "",
        ]
    return lines


def _figure(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
