"""Mitochondrial and ribosomal genes, under the names of several species."""

from __future__ import annotations

import numpy as np
import pytest

from clustergan_core.data.counts.gene_sets import (
    HUMAN_IDS,
    HUMAN_RIBOSOMAL_IDS,
    MOUSE_IDS,
    NO_MITOCHONDRIAL,
    NO_RIBOSOMAL,
    is_mitochondrial,
    is_ribosomal,
)
from clustergan_core.data.counts.quality import MITO, RIBO, check_quality, why_missing
from clustergan_core.data.counts.settings import QualitySettings
from clustergan_core.data.steps import describe_skipped_rules
from tests.small_cells import count_matrix

# Names of mitochondrial genes, and names beside them that are of other genes.
NAMES: dict[str, tuple[list[str], list[str]]] = {
    "human": (["MT-ND1", "MT-RNR2", "MT-TS1"], ["MTOR", "MT1A", "MTND1P23", "MTRNR2L1", "NDUFA4"]),
    "human by R": (["MT.ND1", "MT.CYB"], ["MTOR", "HLA.A"]),
    "mouse": (["mt-Nd1", "mt-Cytb"], ["Mt1", "Mtor", "Atp6v0a1"]),
    "rat": (["Mt-nd1", "Mt-co1"], ["Mt1", "Mtor"]),
    "zebrafish": (["mt-nd1", "mt-co1"], ["mt2", "mtor", "mtnr1aa"]),
    "fly": (["mt:ND1", "mt:CoI", "mt:lrRNA"], ["mtm", "mRpL1", "mtSSB", "CoIV"]),
    "fly by R": (["mt.ND1", "mt.Cyt.b"], ["mtm"]),
    "two genomes": (
        ["GRCh38_MT-ND1", "hg19_MT-CO1", "mm10___mt-Nd1", "GRCm39______mt-Co1", "HUMAN_MT-ND2", "MOUSE_mt-Nd2"],
        ["GRCh38_MTOR", "mm10___Mt1", "hg19_ACTB", "mm10_Mtor"],
    ),
    "two genomes by R": (["GRCh38_MT.ND1", "mm10___mt.Nd1", "mm10...mt.Nd1"], ["GRCh38_MTOR", "mm10...Mt1"]),
    "two genomes by Seurat": (["GRCh38-MT-ND1", "mm10---mt-Nd1"], ["GRCh38-MTOR", "mm10---Mt1"]),
    "joined to an id": (["ENSG00000198888_MT-ND1", "ENSMUSG00000064341.1-mt-Nd1"], ["ENSG00000198793_MTOR"]),
    "worm": (["ctc-1", "ctb-1", "nduo-6", "ndfl-4", "atp-6", "MTCE.7"], ["atp-1", "ctc-4", "nuo-1", "cox-4"]),
    "thale cress": (["ATMG00010", "AtMG01360"], ["AT1G01010", "ATCG00020"]),
    "yeast": (["Q0045", "COX1", "COB", "VAR1"], ["YAL001C", "YBR085W", "YHR001W-A", "COX4", "ACT1"]),
    "no prefix": (["ND1", "ND4L", "COX1", "ATP6", "CYTB"], ["NDUFA1", "COX4I1", "ACTB"]),
}


@pytest.mark.parametrize(("inside", "outside"), NAMES.values(), ids=NAMES)
def test_mitochondrial_genes_are_found_by_the_names_of_a_species(inside: list[str], outside: list[str]) -> None:
    symbols = np.array([*inside, *outside])
    assert is_mitochondrial(symbols).tolist() == [True] * len(inside) + [False] * len(outside)


def test_names_without_a_prefix_count_only_where_there_are_many() -> None:
    assert not is_mitochondrial(np.array(["COX1", "COX2", "ND1", "ACTB", "ATP6"])).any()


def test_yeast_names_count_only_in_a_file_of_yeast() -> None:
    assert not is_mitochondrial(np.array(["COB", "OLI1", "Q0045", "ACTB", "TP53"])).any()


@pytest.mark.parametrize(
    ("gene_id", "expected"),
    [
        ("ENSG00000198804", True),  # MT-CO1
        ("ENSG00000198804.2", True),
        ("GRCh38_ENSG00000198804", True),
        ("ENSG00000210082", True),  # MT-RNR2
        ("ENSG00000210196", True),  # MT-TP, the last of the chromosome
        ("ENSMUSG00000064351", True),  # mt-Co1
        ("mm10___ENSMUSG00000064351", True),
        ("ENSMUSG00000065947", True),  # mt-Nd4l
        ("ENSMUSG00000064362", False),
        ("ENSG00000198793", False),  # MTOR
        ("ENSG00000075624", False),  # ACTB
        ("ENSG000001988041", False),
        ("198804", False),
    ],
)
def test_mitochondrial_genes_of_human_and_mouse_are_found_by_ensembl_id(gene_id: str, expected: bool) -> None:
    ids = np.array([gene_id])
    assert is_mitochondrial(ids, ids).tolist() == [expected]
    assert is_mitochondrial(np.array(["a"]), ids).tolist() == [expected]


def test_both_mitochondrial_genomes_have_37_genes() -> None:
    assert len(HUMAN_IDS) == len(MOUSE_IDS) == 37
    assert all(len(gene) == 15 for gene in HUMAN_IDS | HUMAN_RIBOSOMAL_IDS)
    assert all(len(gene) == 18 for gene in MOUSE_IDS)


def test_ribosomal_genes_are_found_by_symbol_and_by_ensembl_id() -> None:
    symbols = np.array(["RPS3", "Rpl7", "RpL10", "rpl-5", "GRCh38_RPS4X", "mm10___Rps6", "RPS6KA1", "mRpL1", "ACTB"])
    assert is_ribosomal(symbols).tolist() == [True] * 6 + [False] * 3
    ids = np.array(["ENSG00000149273", "ENSG00000089157.16", "ENSG00000075624"])  # RPS3, RPLP0, ACTB
    assert is_ribosomal(ids, ids).tolist() == [True, True, False]


def test_a_limit_removes_cells_by_ensembl_ids_alone() -> None:
    ids = ("ENSG00000075624", "ENSG00000198804", "ENSG00000210082")
    matrix = count_matrix([[90, 5, 5], [40, 50, 10], [99, 0, 1]], ids, ids)
    report = check_quality(matrix, QualitySettings(min_genes=0, min_cells=0, max_mito_share=0.2))
    assert report.figures[MITO].tolist() == pytest.approx([0.1, 0.6, 0.01])
    assert report.cell_mask.tolist() == [True, False, True]


def test_a_figure_without_its_genes_says_what_was_looked_for() -> None:
    report = check_quality(count_matrix([[1, 2], [3, 4]], ("A", "B")), QualitySettings(min_genes=0, min_cells=0))
    assert why_missing(MITO, report.figures, "raw") == NO_MITOCHONDRIAL
    assert why_missing(RIBO, report.figures, "raw") == NO_RIBOSOMAL


def test_a_rule_that_could_not_be_applied_becomes_a_sentence() -> None:
    rules = [
        {"rule": "a", "removes": "cells", "n_removed": 2, "n_left": 5},
        {"rule": "b", "removes": "cells", "n_removed": 0, "n_left": 5, "skipped": "no gene is c"},
    ]
    steps: list = [{"step": "log", "base": 2}, {"step": "quality", "settings": {}, "rules": rules}]
    assert describe_skipped_rules(steps) == ("Quality control removed no cells by 'b', because no gene is c.",)
