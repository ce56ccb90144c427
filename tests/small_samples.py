"""Two small samples of one experiment, written as two files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.io import mmwrite
from scipy.sparse import csc_matrix, csr_matrix

N_CELLS, N_GENES = 60, 260
RAISED = tuple(f"GENE{gene:03d}A" for gene in range(200, 210))  # by a treatment, in all types alike
SIX = tuple(f"{condition} {donor}" for condition in ("control", "treated") for donor in (1, 2, 3))
SIX_TABLE = "sample,condition,donor\n" + "".join(f"{name},{name[:-2]},D{name[-1]}\n" for name in SIX)


def write_samples(
    folder: Path, names: tuple[str, ...] = ("control", "treated"), n_cells: int = N_CELLS, treated: tuple[str, ...] = ()
) -> list[Path]:
    """A .h5ad of each sample: three types of cells, the same barcodes in all, each sample with its own depth.

    Those `treated` have RAISED genes at eight times their rate.
    """
    import anndata

    paths = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        random = np.random.default_rng(number)
        types = np.arange(n_cells) % 3
        rates = np.full((n_cells, N_GENES), 0.5)
        for kind in range(3):
            rates[np.ix_(types == kind, np.arange(20 * kind, 20 * kind + 20))] = 8
        if name in treated:
            rates[:, 200:210] *= 8
        cells = anndata.AnnData(
            csr_matrix(random.poisson(rates * (1 + number)).astype(np.float32)),
            obs=pd.DataFrame(
                {"kind": [f"kind {kind}" for kind in types]},
                index=pd.Index([f"{barcode}-1" for barcode in _barcodes(n_cells)]),
            ),
            var=pd.DataFrame(index=pd.Index([f"GENE{gene:03d}A" for gene in range(N_GENES)])),
        )
        paths.append(folder / f"{name}.h5ad")
        cells.write_h5ad(paths[-1])
    return paths


def write_wells(path: Path, names: tuple[str, ...] = SIX, treated: tuple[str, ...] = SIX[3:]) -> Path:
    """The same samples in one .h5ad, whose column `well` tells them apart."""
    import anndata

    cells = [anndata.read_h5ad(each) for each in write_samples(path.parent / "apart", names, treated=treated)]
    anndata.concat(cells, label="well", keys=names, index_unique="-").write_h5ad(path)
    return path


def write_sample_folders(folder: Path, names: tuple[str, ...] = ("control", "treated")) -> Path:
    """The same samples, each as Cell Ranger writes it; returns the folder that holds their folders."""
    import anndata

    for path in write_samples(folder.parent / "as-h5ad", names):
        cells = anndata.read_h5ad(path)
        home = folder / path.stem / "filtered_feature_bc_matrix"
        home.mkdir(parents=True)
        mmwrite(home / "matrix.mtx", csc_matrix(cells.X).T.astype(np.int32))
        genes = "".join(f"{gene}\t{gene}\tGene Expression\n" for gene in cells.var_names)
        (home / "features.tsv").write_text(genes)
        (home / "barcodes.tsv").write_text("".join(f"{cell}\n" for cell in cells.obs_names))
    return folder


def _barcodes(n_cells: int) -> list[str]:
    letters = np.array(list("ACGT"))
    return ["".join(letters[[(cell >> 2 * place) & 3 for place in range(12)]]) for cell in range(n_cells)]
