"""An AnnData in memory as a CountMatrix: the same parts, names and states as the reader finds in its .h5ad."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.hdf5.h5ad import open_h5ad
from clustergan_core.data.counts.reading.reader import read_opened
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    from anndata import AnnData


def read_annotated(annotated: AnnData, layer: str | None = None, name: str = "AnnData") -> CountMatrix:
    """All cells and genes of an AnnData, which stays as it is.

    `layer` names the values to take, "X" those of X; without it they are the counts, or what comes nearest to them in
    X, raw and layers. Raises DataError for a layer that is not there and for values that are no counts of any kind.
    """
    import anndata
    import h5py

    chosen = annotated.X if layer in (None, "X") else annotated.layers.get(layer)
    if layer is not None and chosen is None:
        held = ", ".join(["X", *annotated.layers])
        raise DataError(f"There is no layer named {layer}: choose one of {held}.")
    slim = anndata.AnnData(chosen, obs=annotated.obs, var=annotated.var)
    if layer is None:
        slim.layers.update(annotated.layers)
        slim.raw = None if annotated.raw is None else annotated.raw.to_adata()
    # By way of a file in memory, so that there is one reader, and what it takes from here it takes from there.
    with h5py.File(name, "w", driver="core", backing_store=False) as file:
        anndata.io.write_elem(file, "/", slim)
        matrix = read_opened(open_h5ad(file, name))
    return replace(matrix, part=f"layers['{layer}']") if layer not in (None, "X") else matrix
