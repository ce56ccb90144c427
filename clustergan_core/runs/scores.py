"""A finished run's scores, with labels and without, worked out and kept beside it."""

from __future__ import annotations

import json

from pydantic import ValidationError

from clustergan_core.data.dataset import Dataset, SplitName
from clustergan_core.files import write_atomically
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.final import RunScores, score_method
from clustergan_core.scoring.label_free import LabelFree, score_without_labels

LABEL_FREE_FILE = "label_free.json"


def score_run(
    run: Run, split: SplitName = "test", which: Weights = "best", dataset: Dataset | None = None
) -> RunScores:
    """Scores the weights on a split; agreement is null without labels. DataError when the data is absent.

    `purity`, `accuracy`, `nmi`, `ari` at top level read the cluster as the argmax of the code, under "kmeans" as
    k-means on the latents, which is how the authors' code of ClusterGAN reports it. `sample_cycle` and `latent_cycle`
    are means over dimensions and samples. `frechet` and, with Inception weights at hand, `fid` compare `n` generated
    samples with `n` of the split, and `real_halves` those with `n` others of it. The three accuracies of §2.6 are null
    for data without a classifier.

    Works on one thread and gives five digits, so that the same weights give the same figures wherever they are scored.
    `dataset` is the run's, for those who hold it already.
    """
    figures = score_method(run.load(which), dataset or run.dataset(), split)
    return {"run": run.name, "method": run.config.method, "weights": which, **figures}


def write_scores(run: Run, scores: RunScores) -> None:
    """Keeps a run's final scores as scores.json, so that lists need not compute them."""
    write_atomically(run.folder / "scores.json", json.dumps(scores, indent=2).encode())


def read_scores(run: Run) -> RunScores | None:
    """The kept final scores, or None before the run is finished."""
    path = run.folder / "scores.json"
    return json.loads(path.read_text()) if path.exists() else None


def score_run_without_labels(run: Run, dataset: Dataset) -> LabelFree:
    """What `score_without_labels` says of the run's best weights."""
    return score_without_labels(run.load("best"), dataset)


def write_label_free(run: Run, scores: LabelFree) -> None:
    """Keeps them as label_free.json."""
    write_atomically(run.folder / LABEL_FREE_FILE, scores.model_dump_json().encode())


def read_label_free(run: Run) -> LabelFree | None:
    """The kept figures; None where a run has none, or none that can be read: they are worked out when it finishes."""
    try:
        return LabelFree.model_validate(json.loads((run.folder / LABEL_FREE_FILE).read_text()))
    except (OSError, ValueError, ValidationError):
        return None
