"""Tables for Loupe and CELLxGENE: the barcodes and names as given, within what those programs read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clustergan_core.cells.export_tables import (
    describe_barcodes,
    describe_gene_sets,
    gene_set_names,
    gene_sets,
    loupe_clusters,
    loupe_map,
    marker_table,
)
from clustergan_core.cells.markers import find_markers
from tests.small_cells import count_matrix, planted_matrix
from tests.unit.cells.test_exports import clustered


def test_loupe_reads_barcodes_with_clusters_and_places() -> None:
    named = clustered(names={2: "B cells"})
    assert loupe_clusters(named).to_csv(index=False).splitlines() == [
        "Barcode,ClusterGAN",
        "c3,10",
        "c0,B cells",
        "c2,10",
    ]
    assert loupe_map(named).to_csv(index=False).splitlines()[:2] == ["Barcode,X,Y", "c3,0.0,1.0"]


def test_gene_sets_hold_what_a_cluster_has_more_of() -> None:
    matrix, groups = planted_matrix()
    markers = find_markers(matrix, groups)
    named = clustered(names={1: "T cells"})
    sets = gene_sets(markers, named, n_genes=5)
    assert sets.columns.tolist() == ["gene_set_name", "gene_set_description", "gene_symbol", "gene_description"]
    assert set(sets.loc[sets["gene_set_name"] == "ClusterGAN T cells", "gene_symbol"]) == {
        f"g{number}" for number in range(5, 10)
    }
    assert set(marker_table(markers, named)["cluster"]) == {"0", "T cells", "2"}


def test_names_of_gene_sets_are_unique_and_such_as_cellxgene_accepts() -> None:
    names = {0: "T  cell", 1: "T cell", 2: "γδ T", 3: "Zellen, ü", 4: "細胞", 5: "CD4/CD8", 6: "nan"}
    assert gene_set_names(range(8), clustered(names=names)) == {
        0: "ClusterGAN T cell",
        1: "ClusterGAN T cell (cluster 1)",
        2: "ClusterGAN gammadelta T",
        3: "ClusterGAN Zellen, u",
        4: "ClusterGAN cluster 4",
        5: "ClusterGAN CD4/CD8",
        6: "ClusterGAN nan",
        7: "ClusterGAN 7",
    }
    assert describe_gene_sets({0: "T  cell", 4: "細胞", 6: "nan"}) == (
        "CELLxGENE takes plain letters and single blanks in the name of a gene set: “T  cell” is written T cell, "
        "“細胞” is written by its number."
    )
    assert describe_gene_sets({6: "nan"}) == ""


def test_a_gene_set_is_described_by_the_name_as_it_was_given() -> None:
    matrix, groups = planted_matrix()
    sets = gene_sets(find_markers(matrix, groups), clustered(names={1: "T  Zellen, ü"}), n_genes=5)
    own = sets[sets["gene_set_name"] == "ClusterGAN T Zellen, u"]
    assert set(own["gene_symbol"]) == {f"g{number}" for number in range(5, 10)}
    assert set(own["gene_set_description"]) == {"Markers (exploratory) of cluster T  Zellen, ü"}


def test_barcodes_that_loupe_will_not_recognise_are_counted() -> None:
    matrix = count_matrix(np.eye(4))
    assert describe_barcodes(matrix) == ""
    repeated = replace(matrix, cell_ids=np.array(["A-1", "A-1-1", "A-1-2", "B-1"]), repeated_cells=("A-1-1", "A-1-2"))
    assert describe_barcodes(repeated) == (
        "small.h5ad repeats barcodes, so Loupe will not recognise 2 barcodes of 4 (such as A-1-1): give each sample's "
        "barcodes a suffix of their own before they are merged."
    )
