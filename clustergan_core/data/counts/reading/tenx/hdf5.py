"""10x .h5 files: version 3 (group `matrix`) and before it (one group a genome)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.reading.count_file import Layout, Names, Peek, name_all
from clustergan_core.data.counts.reading.gene_rows import keep_expression
from clustergan_core.data.counts.reading.hdf5.names import read_text
from clustergan_core.data.counts.reading.hdf5.values import CompressedValues
from clustergan_core.data.counts.reading.hdf5.vetting import read_values
from clustergan_core.data.counts.reading.names import require_names
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True)
class TenxHdf5:
    """A CountFile."""

    name: str
    names: Names
    layout: Layout
    file: h5py.File
    values: CompressedValues
    gene_rows: NDArray[np.int64]  # among all features

    def peek(self) -> Peek:
        peek = self.values.peek()
        return Peek(peek.values[:, self.gene_rows], peek.cells, np.arange(len(self.gene_rows)))

    def read(self) -> csr_matrix[Any]:
        counts = self.values.read()
        return counts if len(self.gene_rows) == counts.shape[1] else csr_matrix(counts[:, self.gene_rows])

    def close(self) -> None:
        self.file.close()


def find_genomes(file: h5py.File) -> list[str]:
    """Groups that hold a 10x matrix: "matrix", or one a genome."""
    import h5py

    wanted = {"barcodes", "data", "indices", "indptr", "shape"}
    return [key for key in file if isinstance(file[key], h5py.Group) and wanted <= set(file[key])]


def open_tenx_hdf5(file: h5py.File, name: str) -> TenxHdf5:
    """The gene expression of a 10x file. Raises DataError where its parts do not fit together."""
    genomes = find_genomes(file)
    notes: list[str] = []
    # Among several genomes, the one with the most counts is that of the cells.
    genome = max(genomes, key=lambda key: file[key]["data"].size)
    if len(genomes) > 1:
        notes.append(
            f"The file holds the genomes {', '.join(genomes)}; the one with the most counts is read ({genome})."
        )
    group = file[genome]
    shape = read_values(group["shape"], f"{name}: {genome}/shape", most=2)
    if shape.shape != (2,):
        raise DataError(f"{name} declares a shape of {shape.size} numbers instead of two: save it again.")
    n_features, n_cells = int(shape[0]), int(shape[1])
    values = CompressedValues(group, f"{name}: {genome}", (n_cells, n_features), is_by_cell=True)
    barcodes = require_names(name, "cell", read_text(group["barcodes"], f"{name}: barcodes").tolist())
    ids, symbols, types = _read_features(group, name)
    if len(barcodes) != n_cells or len(ids) != n_features or len(symbols) != n_features:
        raise DataError(
            f"{name} declares {n_features:,} genes × {n_cells:,} cells but names {len(ids):,} and {len(barcodes):,}: "
            "save it again."
        )
    gene_rows, note = keep_expression(name, types)
    notes.extend(note)
    layout = Layout(
        file_format="10x HDF5 file" if genome == "matrix" else "10x HDF5 file of Cell Ranger 2",
        part=genome,
        orientation="genes-by-cells",
        reason="10x files hold genes in rows",
        n_nonzeros=values.n_nonzeros,
        notes=notes,
    )
    return TenxHdf5(name, name_all(barcodes, ids[gene_rows], symbols[gene_rows]), layout, file, values, gene_rows)


def _read_features(group: h5py.Group, name: str) -> tuple[NDArray[np.str_], NDArray[np.str_], list[str]]:
    """(ids, symbols, types) of all features."""
    features = group.get("features")
    if features is None:
        parts = ("genes", "gene_names")
        source = group
    else:
        parts = ("id", "name")
        source = features
    for part in parts:
        if part not in source:
            raise DataError(f"{name} lacks '{part}', which names its genes: save it again.")
    ids, symbols = (require_names(name, "gene", read_text(source[part], f"{name}: {part}").tolist()) for part in parts)
    types = read_text(features["feature_type"], f"{name}: feature_type").tolist() if (
        features is not None and "feature_type" in features
    ) else ["Gene Expression"] * len(ids)  # fmt: skip
    return ids, symbols, types
