"""Clusters exported as tables: for Loupe Browser, markers with names, and CELLxGENE's gene sets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.exports import ClusteredCells
from clustergan_core.data.counts.matrix import CountMatrix

MAX_ADJUSTED_P = 0.05
GENES_A_SET = 50


def loupe_clusters(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,ClusterGAN`, for Loupe's "import categories"; `ClusterGAN edited` follows where cells were split off."""
    table = {"Barcode": list(cells.barcodes or cells.cell_ids), "ClusterGAN": cells.cluster_names}
    if cells.edited is not None:
        table["ClusterGAN edited"] = cells.as_edited.cluster_names
    return pd.DataFrame(table)


def loupe_map(cells: ClusteredCells) -> pd.DataFrame:
    """`Barcode,X,Y`, for Loupe's "import projection"; the first two latent dimensions where there is no map."""
    coordinates = cells.latents if cells.coordinates is None else cells.coordinates
    return pd.DataFrame(
        {"Barcode": list(cells.barcodes or cells.cell_ids), "X": coordinates[:, 0], "Y": coordinates[:, 1]}
    )


def number_barcodes(barcodes: Sequence[str], codes: NDArray[np.int64]) -> list[str]:
    """The barcodes (M,) of several samples, each with the number of its sample (M,), as Cell Ranger aggregates them.

    AAAC-1 of the second sample becomes AAAC-2. Barcodes that end in no number stay as they are.
    """
    return [re.sub(r"-\d+$", f"-{code + 1}", barcode) for barcode, code in zip(barcodes, codes.tolist(), strict=True)]


def describe_barcodes(matrix: CountMatrix, samples: Sequence[str] = ()) -> str:
    """A sentence on the barcodes that Loupe will not recognise, because the file repeats them; "" without any.

    `samples` are the names of several that were joined, in the order of their numbers, which is what it then says.
    """
    if samples:
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(samples, start=1))
        return (
            f"Barcodes for Loupe end in the number of their sample ({numbered}), as Cell Ranger aggregates samples "
            "that are listed in this order."
        )
    repeated = set(matrix.repeated_cells)
    unknown = [cell for cell in matrix.cell_ids.tolist() if cell in repeated]
    if not unknown:
        return ""
    barcodes = "1 barcode" if len(unknown) == 1 else f"{len(unknown):,} barcodes"
    return (
        f"{matrix.name} repeats barcodes, so Loupe will not recognise {barcodes} of {len(matrix.cell_ids):,} (such as "
        f"{unknown[0]}): give each sample's barcodes a suffix of their own before they are merged."
    )


def marker_table(markers: pd.DataFrame, cells: ClusteredCells) -> pd.DataFrame:
    """The table of `find_markers` with cluster names instead of numbers."""
    return markers.assign(cluster=[cells.name_of(cluster) for cluster in markers["cluster"]])


def gene_sets(markers: pd.DataFrame, cells: ClusteredCells, n_genes: int = GENES_A_SET) -> pd.DataFrame:
    """CELLxGENE gene sets: each cluster's raised genes with an adjusted p below 5%, `n_genes` at most.

    CELLxGENE refuses a file in which a set's name is not unique, holds anything but ASCII, or two blanks in a row:
    `gene_set_name` is the cluster's name within these bounds, and `gene_set_description` holds it as it was given.
    """
    raised = markers[(markers["score"] > 0) & (markers["p_adjusted"] < MAX_ADJUSTED_P)]
    best = raised.groupby("cluster", sort=False).head(n_genes)
    clusters = best["cluster"].tolist()
    set_names = gene_set_names(dict.fromkeys(clusters), cells)
    return pd.DataFrame(
        {
            "gene_set_name": [set_names[cluster] for cluster in clusters],
            "gene_set_description": [
                f"Markers (exploratory) of cluster {cells.name_of(cluster)}" for cluster in clusters
            ],
            "gene_symbol": best["gene"].to_numpy(),
            "gene_description": [f"log2 fold change {change:.2f}" for change in best["log2_fold_change"]],
        }
    )


def gene_set_names(clusters: Iterable[int], cells: ClusteredCells) -> dict[int, str]:
    """The name of each cluster's gene set, as CELLxGENE accepts it."""
    names: dict[int, str] = {}
    for cluster in clusters:
        name = f"ClusterGAN {_in_ascii(cells.name_of(cluster)) or f'cluster {cluster}'}"
        names[cluster] = f"{name} (cluster {cluster})" if name in names.values() else name
    return names


def describe_gene_sets(names: Mapping[int, str]) -> str:
    """A sentence on clusters whose gene sets cannot bear the name that a person gave them; "" without any."""
    changed = dict.fromkeys(name for name in names.values() if _in_ascii(name) != name)
    if not changed:
        return ""
    shown = ", ".join(f"“{name}” is written {_in_ascii(name) or 'by its number'}" for name in changed)
    return f"CELLxGENE takes plain letters and single blanks in the name of a gene set: {shown}."


def _in_ascii(name: str) -> str:
    """The name in ASCII with single blanks: accents dropped, Greek letters spelt out, anything else left out."""
    letters = []
    for letter in unicodedata.normalize("NFKD", name):
        words = unicodedata.name(letter, "").split()
        if letter.isspace():
            letters.append(" ")
        elif " " < letter <= "~":
            letters.append(letter)
        elif words[:1] == ["GREEK"] and words[2:3] == ["LETTER"]:
            letters.append(" ".join(words[3:4]).lower())
    return " ".join("".join(letters).split())
