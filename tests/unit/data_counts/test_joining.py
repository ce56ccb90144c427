"""Several count matrices as one: genes matched, cells named after their sample, and sentences on what that costs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustergan_core.data.counts import joining
from clustergan_core.data.counts.joining import join_matrices, sample_name
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

HUMAN = ["ACTB", "GAPDH", "CD3D", "LYZ", "NKG7"]


@pytest.fixture(autouse=True)
def _few_genes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "LEAST_GENES", 3)


def sample(genes: list[str], ids: list[str] | None = None, n_cells: int = 3, seed: int = 0) -> CountMatrix:
    counts = np.random.default_rng(seed).poisson(2, (n_cells, len(genes)))
    return count_matrix(counts, genes, ids or genes)


def test_genes_of_all_samples_are_kept_in_the_first_ones_order_with_their_own_counts() -> None:
    control = sample(["CD3D", "ACTB", "LYZ", "GAPDH"], seed=1)
    treated = sample(["GAPDH", "NKG7", "LYZ", "CD3D"], seed=2)
    joined = join_matrices({"control": control, "treated": treated})
    assert joined.gene_symbols.tolist() == ["CD3D", "LYZ", "GAPDH"]
    expected = np.vstack([control.counts.toarray()[:, [0, 2, 3]], treated.counts.toarray()[:, [3, 2, 0]]])
    assert joined.counts.toarray().tolist() == expected.tolist()
    lost = control.counts.toarray()[:, 1].sum() / control.counts.sum()
    assert (
        f"3 genes are in both samples, matched by symbol, and are kept: control loses 1 of 4 with {lost:.1%}"
        in (joined.notes[0])
    )


def test_ensembl_ids_match_whatever_their_versions_and_symbols() -> None:
    ids = [f"ENSG{number:011d}" for number in range(4)]
    old = sample(["A", "B", "C", "D"], [f"{gene}.1" for gene in ids])
    new = sample(["D", "C", "RENAMED", "A"], [f"{gene}.7" for gene in reversed(ids)])
    joined = join_matrices({"old": old, "new": new})
    assert joined.gene_ids.tolist() == old.gene_ids.tolist()
    assert joined.counts.toarray()[3:].tolist() == new.counts.toarray()[:, ::-1].tolist()
    assert "matched by Ensembl id" in joined.notes[0]
    assert "no sample loses any" in joined.notes[0]


def test_cells_of_one_barcode_stay_apart_and_keep_it() -> None:
    joined = join_matrices({"a": sample(HUMAN), "b": sample(HUMAN)})
    assert joined.cell_ids.tolist() == ["a_c0", "a_c1", "a_c2", "b_c0", "b_c1", "b_c2"]
    assert joined.cells["barcode"].tolist() == ["c0", "c1", "c2"] * 2
    assert joined.cells["sample"].astype(str).tolist() == ["a"] * 3 + ["b"] * 3


def test_cells_of_two_samples_that_would_get_one_name_are_refused() -> None:
    one, other = sample(HUMAN), sample(HUMAN)
    one = replace(one, cell_ids=np.array(["1_AAAC", "x", "y"]))
    other = replace(other, cell_ids=np.array(["AAAC", "x", "y"]))
    with pytest.raises(DataError, match=r"Samples s, s_1 both have a cell that is called s_1_AAAC .*another name"):
        join_matrices({"s": one, "s_1": other})


def test_a_sample_without_any_count_is_told_to_lose_genes_alone() -> None:
    empty = count_matrix(np.zeros((3, 5)), HUMAN)
    assert "none loses 1 of 5." in join_matrices({"none": empty, "some": sample(HUMAN[:4])}).notes[0]


def test_columns_join_by_name_and_those_of_one_file_have_gaps_elsewhere() -> None:
    one = replace(sample(HUMAN), cells=pd.DataFrame({"type": ["T", "B", "T"], "age": [1, 2, 3], "sample": "x"}))
    other = replace(sample(HUMAN), cells=pd.DataFrame({"age": [4, 5, 6]}))
    cells = join_matrices({"one": one, "other": other}).cells
    assert cells["age"].tolist() == [1, 2, 3, 4, 5, 6]
    assert cells["type"].iloc[:3].tolist() == ["T", "B", "T"]
    assert cells["type"].iloc[3:].isna().all()
    assert cells["sample (own)"].iloc[:3].tolist() == ["x"] * 3


def test_samples_that_do_not_belong_together_are_refused_with_the_value_and_the_remedy() -> None:
    counts, logs = sample(HUMAN), replace(sample(HUMAN), state="log")
    with pytest.raises(DataError, match=r"control holds raw counts and treated log-normalised values.*best raw counts"):
        join_matrices({"control": counts, "treated": logs})
    mouse = sample(["Actb", "Gapdh", "Cd3d", "Lyz2", "Nkg7"])
    with pytest.raises(DataError, match=r"control is human, treated is mouse.*one species at a time"):
        join_matrices({"control": counts, "treated": mouse})
    with pytest.raises(DataError, match=r"Only 2 genes are in both samples, and a alone has 4"):
        join_matrices({"a": sample(["CD3D", "LYZ", "NEAT1", "XIST"]), "b": sample([*HUMAN[2:4], "VIM", "FTL", "FTH1"])})
    with pytest.raises(DataError, match=r"Only 3 genes .* half of the smaller file"):
        join_matrices({"a": sample([*HUMAN[:3], "X1", "X2", "X3", "X4"]), "b": sample([*HUMAN, "VIM", "FTL", "B2M"])})
    with pytest.raises(DataError, match="ids names genes by Ensembl id and symbols does not"):
        join_matrices(
            {"ids": sample(HUMAN[:4], [f"ENSG{n:011d}" for n in range(4)]), "symbols": sample(["W", "X", "Y"])}
        )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/data/control.h5ad", "control"),
        ("/data/GSM1_liver.csv.gz", "GSM1_liver"),
        ("/data/donor 1", "donor 1"),
        ("/data/day3/outs/filtered_feature_bc_matrix", "day3"),
        ("/data/day3_filtered_feature_bc_matrix.h5", "day3"),
        ("/data/v1.2_sample", "v1.2_sample"),
    ],
)
def test_a_sample_is_named_by_its_file_or_folder_and_not_by_what_cell_ranger_calls_all(path: str, name: str) -> None:
    assert sample_name(Path(path)) == name
