"""Makes a finished run a bundled model: `python -m clustergan_core.runs.shipping RUN NAME`.

With only the name of a shipped model, its scores and card are written again.

A shipped run holds the networks that encode and generate, in half precision and one file a network, the scores of
exactly those weights, latents and maps of its test split (of all cells, for a run of cells), and none of the data.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from clustergan_core.data.dataset import SplitName
from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.paths import pretrained_folder
from clustergan_core.runs.card import write_card
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.references import FILE as REFERENCE_FILE
from clustergan_core.runs.clusters.references import write_reference_clusterings
from clustergan_core.runs.gallery import ship_gallery
from clustergan_core.runs.latents import latents_file, run_latents, weights_digest, write_latents
from clustergan_core.runs.maps import MapRequest
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import score_run, write_scores
from clustergan_core.runs.store import find_run
from clustergan_core.runs.weights import write_shipped_weights
from clustergan_core.scoring.latents import encode_samples

SHIPPED_MAPS = tuple(MapSettings.model_validate({"algorithm": name}) for name in ("tsne", "umap", "pca"))
SHIPPED_ROWS = 500  # of metrics.jsonl, so that the file stays small


def ship_run(run: Run, name: str) -> Run:
    """Copies a finished run to pretrained/<name>; RunError where it is not finished."""
    if run.status().state != "finished":
        raise RunError(f"Run {run.name} is {run.status().state}: ship it once it is finished.")
    folder = pretrained_folder() / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "embeddings").mkdir(parents=True)
    shutil.copy(run.folder / "status.json", folder)
    config = run.config.model_copy(update={"title": ""})
    write_atomically(folder / "config.json", config.model_dump_json(indent=2).encode())
    _copy_metrics(run.folder / "metrics.jsonl", folder / "metrics.jsonl")
    write_shipped_weights(run.load("best"), folder)

    shipped = Run(folder)
    score_shipped(shipped)
    _add_map(shipped)
    ship_gallery(shipped, shipped.load("best"))
    if is_of_cells(shipped):
        add_reference_clusterings(shipped)
    return shipped


def add_reference_clusterings(shipped: Run) -> None:
    """k-means and Leiden of its cells, which a first visit would otherwise wait for."""
    write_reference_clusterings(shipped, shipped.dataset(), shipped.folder / "embeddings" / REFERENCE_FILE)


def score_shipped(shipped: Run) -> Run:
    """Scores a shipped model's weights and writes its scores and card."""
    scores = score_run(shipped, "test", "best")
    write_scores(shipped, scores)
    write_card(shipped, scores)
    return shipped


def _copy_metrics(source: Path, target: Path) -> None:
    """Copies every evaluation, the last row, and as many other rows as fit."""
    lines = source.read_text().splitlines()
    step = max(1, len(lines) // SHIPPED_ROWS)
    chosen = [line for i, line in enumerate(lines) if i % step == 0 or '"scores"' in line or i == len(lines) - 1]
    target.write_text("\n".join(chosen) + "\n")


def _add_map(shipped: Run) -> None:
    """Computes latents and maps, so that the pages open at once."""
    dataset = shipped.dataset()
    splits: tuple[SplitName, ...] = ("test", "all") if is_of_cells(shipped) else ("test",)
    for split in splits:
        indices = dataset.indices(split)
        latents = encode_samples(shipped.load("best"), dataset.samples[indices], indices)
        path = shipped.folder / "embeddings" / latents_file(split, "best")
        write_latents(path, latents, weights_digest(shipped, "best"))
    mapped = splits[-1]
    method, stored = shipped.load("best"), run_latents(shipped, mapped, "best")
    for settings in SHIPPED_MAPS:
        features = MapRequest(shipped, settings, mapped).features(method, stored)
        *_, final = compute_map(features, settings)
        FittedMap(features, final.coordinates, settings).save(shipped.folder / "embeddings")


if __name__ == "__main__":
    chosen = find_run(sys.argv[1])
    done = score_shipped(chosen) if chosen.is_shipped else ship_run(chosen, sys.argv[2])
    print(done.folder)  # noqa: T201 - a maintainer's command
