"""Clusters the cells of an AnnData in place, as scanpy's functions do; available as `clustergan_core.cells.cluster`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from clustergan_core.cells.exports import CLUSTER, COMPONENTS, ClusteredCells, write_clusters
from clustergan_core.data.counts.annotated import read_annotated
from clustergan_core.data.counts.matrix import find_cells
from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.evaluation.clusterings import principal_components
from clustergan_core.library.estimators import GanClusterer, RandomState
from clustergan_core.library.fitting import OnProgress
from clustergan_core.library.functions import fit
from clustergan_core.preset import PresetName

if TYPE_CHECKING:
    from anndata import AnnData


def cluster(
    adata: AnnData,
    n_clusters: int | None = None,
    *,
    layer: str | None = None,
    key_added: str = CLUSTER,
    method: str | None = None,
    preset: PresetName = "default",
    n_steps: int | None = None,
    settings: Mapping[str, Any] | None = None,
    preparation: Mapping[str, Any] | None = None,
    random_state: RandomState = 0,
    device: Literal["auto", "cpu", "cuda"] = "cpu",
    n_threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> GanClusterer:
    """Clusters cells (N) in place, with the same entries as our h5ad export, and returns the fitted estimator.

    obs[key_added] holds the clusters, obs[f"{key_added}_confidence"] their uncalibrated confidence in [0, 1],
    obsm[f"X_{key_added}"] the latents (N, n_normal + n_clusters), uns[f"{key_added}_colors"] one colour for each
    cluster, and uns[key_added] the configuration, seed and versions. obsm["X_pca"] gets the principal components of
    the prepared genes, unless `adata` has such components already or cells are removed. `n_clusters` defaults to the
    number that Leiden finds.

    Counts are read from `layer` ("X" for X), else from wherever they are found, and prepared as in the app: quality
    control, gene selection, transform. `preparation` takes the keys of `--prepare`, such as {"n_genes": 500}. Cells
    that quality control removes stay in `adata` without a cluster, and a warning gives their number. Labels are never
    used.

    Raises DataError for values that are not counts of any kind, and SettingsError for an invalid setting.
    """
    matrix = read_annotated(adata, layer)
    dataset = prepare(matrix, read_preparation(preparation or {}, len(matrix.gene_ids)))
    model = fit(
        dataset,
        method,
        n_clusters=n_clusters,
        preset=preset,
        n_steps=n_steps,
        settings=settings,
        random_state=random_state,
        device=device,
        n_threads=n_threads,
        on_progress=on_progress,
    )
    latents, config = model.encode(dataset), model.config_
    n_removed = len(matrix.cell_ids) - len(dataset.sample_ids)
    needs_components = COMPONENTS not in adata.obsm and not n_removed
    cells = ClusteredCells(
        cell_ids=dataset.sample_ids,
        clusters=latents.clusters,
        confidence=latents.confidence,
        latents=latents.joined(),
        components=principal_components(dataset.samples) if needs_components else None,
        colours=mode_colours(config.n_clusters),
        config=config.model_dump(mode="json"),
        seed=config.seed,
        versions=config.versions,
    )
    if n_removed:
        warnings.warn(
            f"Quality control removes {n_removed} of {len(matrix.cell_ids)} cells, which get no cluster: relax its "
            "thresholds with `preparation`.",
            stacklevel=2,
        )
    write_clusters(adata, cells, find_cells(matrix, dataset.sample_ids), matrix, key_added)
    return model
