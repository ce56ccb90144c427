"""A finished run's scores, with labels and without, computed and stored beside it."""

from __future__ import annotations

import json
from typing import cast

from pydantic import ValidationError

from clustergan_core.data.dataset import Dataset, SplitName
from clustergan_core.files import write_atomically
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.final import N_GENERATED, score_method
from clustergan_core.scoring.label_free import LabelFree, score_without_labels
from clustergan_core.scoring.latents import RunLatents
from clustergan_core.scoring.records import RunScores

LABEL_FREE_FILE = "label_free.json"


def score_run(
    run: Run,
    split: SplitName = "test",
    which: Weights = "best",
    dataset: Dataset | None = None,
    n_generated: int = N_GENERATED,
    latents: RunLatents | None = None,
) -> RunScores:
    """Scores the weights on a split; agreement is null without labels. DataError where the data is absent.

    `purity`, `accuracy`, `nmi`, `ari` at top level take the argmax of the code as the cluster, under "kmeans" k-means
    on the latents, which is what the code of ClusterGAN's authors reports. `sample_cycle` and `latent_cycle` are means
    over dimensions and samples. `frechet` and, where Inception weights are available, `fid` compare `n` generated
    samples with `n` samples of the split; `real_halves` compares the latter with `n` others of the split. `coverage`
    (arXiv 2002.09797, with density) is of the same samples and features. `mode_variance` is the variance within a
    mode, generated over real, in the median mode. The three accuracies of §2.6 are null for data without a classifier.

    Uses one thread and rounds to five digits, so that the same weights give the same scores on every machine.
    `dataset` is the run's, if already open; `n_generated` and `latents` as in `score_method`.
    """
    figures = score_method(run.load(which), dataset or run.dataset(), split, n_generated, latents)
    return cast("RunScores", {"run": run.name, "method": run.config.method, "weights": which, **figures})


def write_scores(run: Run, scores: RunScores) -> None:
    """Stores a run's final scores as scores.json, so that lists need not compute them."""
    write_atomically(run.folder / "scores.json", json.dumps(scores, indent=2).encode())


def read_scores(run: Run) -> RunScores | None:
    """The stored final scores, or None before the run is finished."""
    path = run.folder / "scores.json"
    return json.loads(path.read_text()) if path.exists() else None


def score_run_without_labels(run: Run, dataset: Dataset) -> LabelFree:
    """The label-free scores of the run's best weights."""
    return score_without_labels(run.load("best"), dataset)


def write_label_free(run: Run, scores: LabelFree) -> None:
    """Stores label-free scores as label_free.json."""
    write_atomically(run.folder / LABEL_FREE_FILE, scores.model_dump_json().encode())


def read_label_free(run: Run) -> LabelFree | None:
    """The stored label-free scores; None where there are none yet, or none that can be read."""
    try:
        return LabelFree.model_validate(json.loads((run.folder / LABEL_FREE_FILE).read_text()))
    except (OSError, ValueError, ValidationError):
        return None
