"""Measures how transform and number of genes affect clusters and neighbours, to choose the default preparation.

    CLUSTERGAN_DATA=… python -m benchmarks.preparation_choices [SET …] [--variants V …] [--genes 300 720 …] [--csv FILE]

No network is trained. A row is one preparation of one data set: NMI of k-means and of Leiden, both at the number of
labels, and the share of each cell's 10 nearest neighbours that have its label (which Paired ClusterGAN's pairs depend
on). Labels are used, so these are development figures. Cells with too few genes are removed as in preset "permissive".
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
from scipy.io import mmread
from scipy.sparse import csr_matrix
from sklearn.neighbors import NearestNeighbors

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import PreparationSettings
from clustergan_core.data.own.labels import ReferenceLabels
from clustergan_core.evaluation.agreement import nmi
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_at, neighbour_graph, principal_components

EXTRA_POPULATIONS = ("CD4+ T Helper2", "CD8+ Cytotoxic T")  # in pbmc_facs, but not among the paper's eight
N_NEIGHBOURS = 10

# Name → the options of prepare(), in addition to the number of genes.
VARIANTS: dict[str, dict[str, object]] = {
    "paper, variance": {"transform": "paper", "selection": "variance"},
    "paper, hvg": {"transform": "paper", "selection": "hvg"},
    "lognorm, variance": {"transform": "lognorm", "selection": "variance"},
    "lognorm to 10,000, variance": {"transform": "lognorm", "selection": "variance", "target": 1e4},
    "lognorm, hvg": {"transform": "lognorm", "selection": "hvg"},
    "lognorm, hvg, standardised": {"transform": "lognorm", "selection": "hvg", "standardise": True},
    "lognorm, variance, standardised": {"transform": "lognorm", "selection": "variance", "standardise": True},
}

Loaded = tuple[CountMatrix, ReferenceLabels]


def main() -> None:
    """Prints a row for each combination, then the means over the sets."""
    options = _parse()
    folder = Path(os.environ["CLUSTERGAN_DATA"])
    rows = []
    for name in options.sets or SETS:
        matrix, labels = SETS[name](folder / name)
        for variant in options.variants:
            for n_genes in options.genes:
                rows.append(
                    {
                        "set": name,
                        "variant": variant,
                        "genes": n_genes,
                        **_measure(matrix, labels, VARIANTS[variant], n_genes),
                    }
                )
                print(
                    *(f"{value:.3f}" if isinstance(value, float) else value for value in rows[-1].values()),
                    sep="\t",
                    flush=True,
                )
    table = pd.DataFrame(rows)
    if options.csv:
        table.round(4).to_csv(options.csv, index=False)
    print(table.groupby(["variant", "genes"])[["kmeans", "leiden", "neighbours"]].mean().round(3).to_string())


def _measure(matrix: CountMatrix, labels: ReferenceLabels, chosen: dict[str, object], n_genes: int) -> dict[str, float]:
    dataset = prepare(matrix, PreparationSettings.model_validate({**chosen, "n_genes": n_genes}), labels)
    assert dataset.labels is not None and dataset.n_labels is not None
    components = principal_components(dataset.samples)
    near = NearestNeighbors(n_neighbors=N_NEIGHBOURS + 1, algorithm="brute").fit(components).kneighbors(components)[1]
    shared = dataset.labels[near[:, 1:]] == dataset.labels[:, None]
    return {
        "kmeans": nmi(dataset.labels, kmeans_cells(components, dataset.n_labels)),
        "leiden": nmi(dataset.labels, leiden_at(neighbour_graph(components), dataset.n_labels).clusters),
        "neighbours": float(shared.mean()),
    }


def _load_facs(folder: Path) -> Loaded:
    cells = anndata.read_h5ad(folder / "pbmc_facs.h5ad")
    cells = cells[~cells.obs["celltype"].isin(EXTRA_POPULATIONS)].copy()
    labels = cells.obs["celltype"].to_numpy(dtype=str)
    return _matrix(
        folder.name, cells.X, cells.var_names.to_numpy(dtype=str), cells.var["symbol"].to_numpy(dtype=str)
    ), _labels(labels)


def _load_folder(folder: Path) -> Loaded:
    symbols = pd.read_csv(folder / "features.tsv.gz", sep="\t", header=None)[1].to_numpy(dtype=str)
    labels = pd.read_csv(folder / "labels.csv").iloc[:, 1].to_numpy(dtype=str)
    return _matrix(folder.name, csr_matrix(mmread(folder / "matrix.mtx.gz")).T, symbols, symbols), _labels(labels)


def _load_table(folder: Path) -> Loaded:
    table = pd.read_csv(folder / "counts.csv.gz", index_col=0)
    symbols = table.index.to_numpy(dtype=str)
    labels = pd.read_csv(folder / "labels.csv").iloc[:, 1].to_numpy(dtype=str)
    return _matrix(folder.name, table.to_numpy().T, symbols, symbols), _labels(labels)


def _load_arrays(file: str) -> Callable[[Path], Loaded]:
    def load(folder: Path) -> Loaded:
        with h5py.File(folder / file) as arrays:
            counts = np.asarray(arrays["X"], dtype=np.float32)
            labels = np.asarray(arrays["Y"]).astype(int).astype(str)
        genes = np.array([f"gene {number}" for number in range(counts.shape[1])])
        return _matrix(folder.name, counts, genes, genes), _labels(labels)

    return load


def _matrix(name: str, counts: object, gene_ids: np.ndarray, symbols: np.ndarray) -> CountMatrix:
    sparse = csr_matrix(counts, dtype=np.float32)
    cell_ids = np.arange(sparse.shape[0]).astype(str)
    return CountMatrix(name, sparse, cell_ids, gene_ids, symbols, pd.DataFrame(index=cell_ids), "raw", "X")


def _labels(texts: np.ndarray) -> ReferenceLabels:
    return ReferenceLabels(texts, None, "The set's own labels.")


SETS: dict[str, Callable[[Path], Loaded]] = {
    "pbmc_facs": _load_facs,
    "pbmc_sorted_mtx": _load_folder,
    "baron_mouse1": _load_table,
    "pbmc_4k": _load_arrays("10X_PBMC_top2000.h5"),
    "cbmc_cite": _load_arrays("CITE_CBMC_counts_top2000.h5"),
    "worm_neuron": _load_arrays("worm_neuron_cell.h5"),
    "mouse_bladder": _load_arrays("mouse_bladder_cell_top2000.h5"),
}


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="data sets; all of them by default")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--genes", nargs="+", type=int, default=[300, 720, 1000, 2000])
    parser.add_argument("--csv", type=Path, help="write the rows to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
