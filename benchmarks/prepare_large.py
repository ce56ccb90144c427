"""Measures time and memory for the paper's number of cells: 73,233 × 32,738, one count in twenty above zero.

    python -m benchmarks.prepare_large [--cells N] [--genes G] [--density D] [--keep FILE]

One process writes a made-up matrix as h5ad to a temporary file. Each preparation runs in its own process, so that the
peak memory is that of this preparation alone, and reads the matrix like an uploaded file, with a limited child process.
Seconds include reading. Limits: 180 s, and 4 GB for either process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.reading.sandbox.parent import read_safely
from clustergan_core.data.counts.settings import PREPARATION_PRESETS, PreparationSettings

N_CELLS, N_GENES = 73_233, 32_738  # 10x_73k before gene selection
CELLS_A_PART = 1_000

PREPARED: dict[str, PreparationSettings] = {
    **PREPARATION_PRESETS,
    "default, hvg": PreparationSettings(selection="hvg"),
    "default, standardised": PreparationSettings(standardise=True),
}


def main() -> None:
    """Writes the matrix, then runs every preparation, one process after the other."""
    options = _parse()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "large.h5ad"
        if not path.exists():
            _in_own_process(write_matrix, path, options.cells, options.genes, options.density)
        for name in PREPARED:
            _in_own_process(measure, path, name)


def write_matrix(path: Path, n_cells: int, n_genes: int, density: float) -> None:
    """Writes an h5ad of CSR float32 in which few genes occur in most cells and most genes in few, as in real cells."""
    generator = np.random.default_rng(0)
    popularity = generator.gamma(0.3, size=n_genes).astype(np.float32)
    chances = np.minimum(popularity * (density / popularity.mean()), 0.95)
    chances *= density / chances.mean()
    n_entries = [0]
    with h5py.File(path, "w") as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        stored = file.create_group("X")
        stored.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [n_cells, n_genes]})
        data = stored.create_dataset("data", (0,), np.float32, maxshape=(None,), chunks=(1 << 20,))
        indices = stored.create_dataset("indices", (0,), np.int32, maxshape=(None,), chunks=(1 << 20,))
        for start in range(0, n_cells, CELLS_A_PART):
            n_rows = min(CELLS_A_PART, n_cells - start)
            rows, genes = np.nonzero(generator.random((n_rows, n_genes), dtype=np.float32) < chances)
            end = n_entries[-1] + len(rows)
            for dataset in (data, indices):
                dataset.resize((end,))
            data[n_entries[-1] :] = generator.geometric(0.6, size=len(rows))
            indices[n_entries[-1] :] = genes
            n_entries += (n_entries[-1] + np.cumsum(np.bincount(rows, minlength=n_rows))).tolist()
        stored.create_dataset("indptr", data=np.array(n_entries, dtype=np.int64))
        for group, prefix, count in (("obs", "cell", n_cells), ("var", "gene", n_genes)):
            table = file.create_group(group)
            table.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
            table.attrs["column-order"] = np.array([], dtype="S1")
            names = [f"{prefix}{number}" for number in range(count)]
            index = table.create_dataset("_index", data=names, dtype=h5py.string_dtype())
            index.attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})
    print(
        f"{n_cells:,} × {n_genes:,}, {n_entries[-1]:,} entries, {path.stat().st_size / 1e9:.2f} GB on disk", flush=True
    )


def measure(path: Path, name: str) -> None:
    """Prints the seconds and the peak memory of one preparation."""
    start = time.perf_counter()
    before = _peak()
    matrix = read_safely(path)
    read = time.perf_counter() - start
    dataset = prepare(matrix, PREPARED[name])
    seconds, peak = time.perf_counter() - start, _peak()
    print(
        f"{name}: {dataset.samples.shape}, {seconds:.0f} s ({read:.0f} s to read), peak {peak:.2f} GB "
        f"({before:.2f} GB before), peak of the reading child {_peak(resource.RUSAGE_CHILDREN):.2f} GB",
        flush=True,
    )


def _peak(whose: int = resource.RUSAGE_SELF) -> float:
    return resource.getrusage(whose).ru_maxrss * 1024 / 1e9


def _in_own_process(work: Any, *arguments: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=N_CELLS)
    parser.add_argument("--genes", type=int, default=N_GENES)
    parser.add_argument("--density", type=float, default=0.05)
    parser.add_argument("--keep", type=Path, help="write the matrix to this file, or use it if it exists")
    return parser.parse_args()


if __name__ == "__main__":
    main()
