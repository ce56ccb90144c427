"""A matrix of an open HDF5 file with its names, whichever form the file has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy.sparse import csr_matrix

from clustergan_core.expression.count_file import Layout, Look, Names
from clustergan_core.expression.hdf5_values import StoredValues

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True)
class Hdf5Counts:
    """A CountFile."""

    name: str
    names: Names
    layout: Layout
    file: h5py.File
    values: StoredValues

    def look(self) -> Look:
        return self.values.look()

    def read(self) -> csr_matrix[Any]:
        return self.values.read()

    def close(self) -> None:
        self.file.close()
