"""Small count matrices written in the forms biologists hold."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.io import mmwrite
from scipy.sparse import coo_matrix, csr_matrix

N_CELLS, N_GENES = 30, 40
SYMBOLS = [
    "ACTB", "GAPDH", "MALAT1", "B2M", "CD3D", "CD79A", "RPL13", "RPS27", "MT-CO1", "NKG7", "LYZ", "CST3", "TUBB",
    "HLA-DRA", "SOX4", "KRT18", "TMEM107", "ZNF207", "SLC25A6", "EIF1AX", "FOXP3", "GATA3", "IRF8", "XIST", "BRCA1",
    "TP53", "EGFR", "MYC", "PAX5", "NANOG", "OLIG2", "GFAP", "SYN1", "DCX", "MBP", "PLP1", "AQP4", "CLDN5", "PECAM1",
    "VWF",
]  # fmt: skip
BASES = np.array(list("ACGT"))


def make_counts(seed: int = 0) -> NDArray[np.int64]:
    """(N_CELLS, N_GENES) whole counts, mostly zero; every cell and every gene has some."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.5, (N_CELLS, N_GENES))
    counts[np.arange(N_CELLS), np.arange(N_CELLS) % N_GENES] += 3
    counts[np.arange(N_GENES) % N_CELLS, np.arange(N_GENES)] += 3
    return counts


def make_barcodes() -> list[str]:
    """One 10x barcode a cell."""
    rng = np.random.default_rng(1)
    return ["".join(BASES[rng.integers(0, 4, 16)]) + "-1" for _ in range(N_CELLS)]


def ensembl_ids() -> list[str]:
    """One human Ensembl id a gene."""
    return [f"ENSG{1000 + 7 * number:011d}" for number in range(N_GENES)]


def write_folder(
    folder: Path,
    prefix: str = "",
    features: str = "features.tsv",
    is_packed: bool = True,
    feature_rows: list[tuple[str, ...]] | None = None,
    counts: NDArray[Any] | None = None,
) -> Path:
    """A 10x folder in one of its varieties."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = make_counts() if counts is None else counts
    rows = feature_rows or [(gene, symbol, "Gene Expression") for gene, symbol in zip(ensembl_ids(), SYMBOLS)]
    mmwrite(folder / "plain.mtx", coo_matrix(counts.T))
    texts = {
        "matrix.mtx": (folder / "plain.mtx").read_bytes(),
        features: "".join("\t".join(row) + "\n" for row in rows).encode(),
        "barcodes.tsv": "".join(f"{barcode}\n" for barcode in make_barcodes()).encode(),
    }
    (folder / "plain.mtx").unlink()
    for name, content in texts.items():
        path = folder / f"{prefix}{name}{'.gz' if is_packed else ''}"
        path.write_bytes(gzip.compress(content) if is_packed else content)
    return folder


def matrix_text(values: NDArray[Any], banner: str = "%%MatrixMarket matrix coordinate integer general\n%\n") -> str:
    """A sparse matrix as text, column after column."""
    columns, rows = np.nonzero(values.T)
    entries = (f"{row + 1} {column + 1} {values[row, column]}\n" for row, column in zip(rows, columns))
    return f"{banner}{values.shape[0]} {values.shape[1]} {len(rows)}\n" + "".join(entries)


def write_texts(folder: Path, texts: dict[str, str]) -> Path:
    """A folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        content = text.encode()
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder


def kb_texts(prefix: str = "cells_x_genes") -> dict[str, str]:
    """The files of kb-python: cells × genes, and a gene without a symbol."""
    return {
        f"{prefix}.mtx": matrix_text(make_counts()),
        f"{prefix}.barcodes.txt": "".join(f"{cell}\n" for cell in make_barcodes()),
        f"{prefix}.genes.txt": "".join(f"{gene}\n" for gene in ensembl_ids()),
        f"{prefix}.genes.names.txt": "".join(f"{symbol}\n" for symbol in ["", *SYMBOLS[1:]]),
    }


def parse_texts(prefix: str = "") -> dict[str, str]:
    """The files of Parse: cells × genes, a gene without a symbol, and columns of the cells."""
    genes = ["gene_id,gene_name,genome"]
    genes += [f"{gene},{symbol},hg38" for gene, symbol in zip(ensembl_ids(), ["", *SYMBOLS[1:]])]
    cells = ["bc_wells,sample,species,gene_count,tscp_count,bc1_well"]
    for number, row in enumerate(make_counts().tolist()):
        cells.append(
            f"{number:02d}_01_02,s{number % 2},hg38,{sum(value > 0 for value in row)},{sum(row)},A{number % 3}"
        )
    return {
        f"{prefix}DGE.mtx": matrix_text(make_counts()),
        f"{prefix}all_genes.csv": "\n".join(genes) + "\n",
        f"{prefix}cell_metadata.csv": "\n".join(cells) + "\n",
    }


def write_tenx_hdf5(path: Path, genome: str | None = None, types: list[str] | None = None) -> Path:
    """A 10x .h5 file: version 3, or with `genome` the legacy one."""
    compressed = csr_matrix(make_counts())  # genes × cells by column, which is cells × genes by row
    with h5py.File(path, "w") as file:
        group = file.create_group(genome or "matrix")
        group["barcodes"] = np.array(make_barcodes(), dtype="S")
        group["data"] = compressed.data.astype(np.int32)
        group["indices"] = compressed.indices
        group["indptr"] = compressed.indptr
        group["shape"] = np.array([N_GENES, N_CELLS], np.int32)
        if genome is not None:
            group["genes"] = np.array(ensembl_ids(), dtype="S")
            group["gene_names"] = np.array(SYMBOLS, dtype="S")
        else:
            features = group.create_group("features")
            features["id"] = np.array(ensembl_ids(), dtype="S")
            features["name"] = np.array(SYMBOLS, dtype="S")
            features["feature_type"] = np.array(types or ["Gene Expression"] * N_GENES, dtype="S")
    return path


def write_loom(path: Path) -> Path:
    """A .loom file: genes × cells."""
    with h5py.File(path, "w") as file:
        file.create_dataset("matrix", data=make_counts().T.astype(np.float64), chunks=(16, 16), compression="gzip")
        file["row_attrs/Gene"] = np.array(SYMBOLS, dtype=object)
        file["row_attrs/Accession"] = np.array(ensembl_ids(), dtype=object)
        file["col_attrs/CellID"] = np.array(make_barcodes(), dtype=object)
        file["col_attrs/tissue"] = np.array(["lung", "gut"] * (N_CELLS // 2), dtype=object)
    return path


def write_h5ad(path: Path, index: list[str], var: dict[str, Any], cells: list[str] | None = None, **obs: Any) -> Path:
    """An .h5ad file with these columns of its genes and cells."""
    import anndata  # takes a second, and few tests need it

    anndata.AnnData(
        csr_matrix(make_counts().astype(np.float32)),
        obs=pd.DataFrame(obs, index=pd.Index(make_barcodes() if cells is None else cells)),
        var=pd.DataFrame(var, index=pd.Index(index)),
    ).write_h5ad(path)
    return path


def write_table(
    path: Path,
    is_by_gene: bool,
    delimiter: str = ",",
    genes: list[str] | None = None,
    cells: list[str] | None = None,
    counts: NDArray[Any] | None = None,
    corner: str | None = "",
    decimal: str = ".",
) -> Path:
    """A table of text either way round; `corner` None leaves it out, as R does."""
    counts = make_counts() if counts is None else counts
    genes, cells = genes or SYMBOLS, cells or make_barcodes()
    rows, columns, values = (genes, cells, counts.T) if is_by_gene else (cells, genes, counts)
    lines = [delimiter.join([*([] if corner is None else [corner]), *columns])]
    for name, row in zip(rows, values.tolist()):
        lines.append(delimiter.join([name, *(str(value).replace(".", decimal) for value in row)]))
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
