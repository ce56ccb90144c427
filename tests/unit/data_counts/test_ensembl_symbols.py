"""Files that name genes by Ensembl id alone get symbols: facts of HGNC and MGI, and of files that hold both."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.gene_sets import is_mitochondrial
from clustergan_core.data.counts.reading.ensembl_symbols import find_symbols
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from tests.count_files import make_barcodes, write_table

HUMAN = {"ENSG00000141510": "TP53", "ENSG00000012048": "BRCA1", "ENSG00000153563": "CD8A", "ENSG00000198888": "MT-ND1"}
MOUSE = {"ENSMUSG00000059552": "Trp53", "ENSMUSG00000053977": "Cd8a", "ENSMUSG00000064341": "mt-Nd1"}


@pytest.mark.parametrize("genes", [HUMAN, MOUSE])
@pytest.mark.parametrize("mark", ["{}", "{}.12", "GRCh38_{}"])
def test_ids_get_the_symbols_of_their_species_whatever_stands_beside_them(genes: dict[str, str], mark: str) -> None:
    found = find_symbols([mark.format(gene) for gene in genes])
    assert found is not None
    assert found.symbols == list(genes.values())
    assert f"Symbols of {len(genes)} of {len(genes)} Ensembl ids are taken from GENCODE" in found.note


def test_names_that_are_no_ids_or_unknown_ids_stay() -> None:
    assert find_symbols(["TP53", "BRCA1"]) is None
    assert find_symbols(["ENSDARG00000000001", "ENSDARG00000000002"]) is None
    found = find_symbols([*HUMAN, "ENSG00000999999", "eGFP"])
    assert found is not None
    assert found.symbols == [*HUMAN.values(), "ENSG00000999999", "eGFP"]
    assert "the other 2 keep their ids" in found.note


def test_a_table_of_ids_alone_is_read_with_symbols_and_its_ids_stay(tmp_path: Path) -> None:
    cells = make_barcodes()[:12]
    counts = np.random.default_rng(0).integers(0, 3, (12, len(HUMAN))) + np.eye(12, len(HUMAN), dtype=int)
    path = write_table(tmp_path / "a.csv", is_by_gene=True, genes=list(HUMAN), cells=cells, counts=counts)
    matrix = read_counts(path)
    assert matrix.gene_ids.tolist() == list(HUMAN)
    assert matrix.gene_symbols.tolist() == list(HUMAN.values())
    assert is_mitochondrial(matrix.gene_symbols).tolist() == [False, False, False, True]
    assert any("Symbols of 4 of 4 Ensembl ids" in note for note in matrix.notes)
    assert np.array_equal(matrix.counts.toarray(), csr_matrix(counts).toarray())


def test_symbols_agree_with_those_of_a_file_that_holds_both(data_folder: Path) -> None:
    file = open_counts(data_folder / "pbmc_facs" / "pbmc_facs.h5ad")
    file.close()
    ids, own = file.names.gene_ids.tolist(), file.names.gene_symbols
    found = find_symbols(ids)
    assert found is not None
    named = np.array(found.symbols) != ids
    assert named.mean() > 0.85
    assert np.mean(np.array(found.symbols)[named] == own[named]) > 0.85  # the file's annotation is ten years older
