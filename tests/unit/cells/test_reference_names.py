"""Cells named from a reference: as scikit-learn's regression names them, and unknown where they lie far away."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from clustergan_core.cells.reference_names import FAR, N_NEIGHBOURS, name_cells, name_clusters
from clustergan_core.cells.references import MAX_CELLS, UNKNOWN, Reference, load_reference, make_reference
from clustergan_core.cells.shared_genes import share_genes
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError
from tests.small_cells import planted_matrix

N_GENES = 240
TYPES = np.array(["T", "B", "NK", "DC"])


def cells(n_cells: int = 160, seed: int = 0) -> tuple[CountMatrix, np.ndarray]:
    """Counts of four types, with symbols as human genes have them."""
    matrix, groups = planted_matrix(n_cells, N_GENES, 4, seed)
    symbols = np.array([f"SLC{gene}A1" for gene in range(N_GENES)])
    return replace(matrix, gene_symbols=symbols, gene_ids=symbols, name="new.h5ad"), TYPES[groups]


def log_values(matrix: CountMatrix) -> np.ndarray:
    counts = matrix.counts.toarray()
    return np.log1p(1e4 * counts / counts.sum(axis=1, keepdims=True))


def features_of(texts: np.ndarray, seed: int = 0, width: float = 0.1) -> np.ndarray:
    """A point near a corner of its own for each type."""
    corners = np.eye(4, dtype=np.float32)[[TYPES.tolist().index(text) for text in texts]]
    return (corners + np.random.default_rng(seed).normal(0, width, corners.shape)).astype(np.float32)


def reference() -> Reference:
    return make_reference(*cells(seed=1), "blood")


def test_names_and_probabilities_are_those_of_scikit_learn() -> None:
    known, (matrix, texts) = reference(), cells(seed=2)
    texts_known = np.array(known.types)[known.labels]
    found, _ = name_cells(known, matrix, features_of(texts_known), features_of(texts, seed=3))

    values, mean = log_values(known.matrix), log_values(known.matrix).mean(axis=0)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000, tol=1e-6)
    expected = model.fit(values - mean, texts_known).predict_proba(log_values(matrix) - mean)
    assert model.classes_.tolist() == sorted(known.types)
    assert np.array(known.types)[found.named].tolist() == model.classes_[expected.argmax(axis=1)].tolist()
    np.testing.assert_allclose(found.probability, expected.max(axis=1), atol=0.05)  # solvers stop at their own point


def test_distances_and_the_limit_are_those_of_scikit_learns_neighbours() -> None:
    known, (matrix, texts) = reference(), cells(seed=2)
    near, queries = features_of(np.array(known.types)[known.labels]), features_of(texts, seed=3)
    found, _ = name_cells(known, matrix, near, queries)
    index = NearestNeighbors(n_neighbors=N_NEIGHBOURS).fit(near)
    np.testing.assert_allclose(found.distance, index.kneighbors(queries)[0].mean(axis=1), rtol=1e-3)
    own = index.kneighbors()[0].mean(axis=1)  # without points, a point is not its own neighbour
    assert found.limit == pytest.approx(np.quantile(own, FAR), rel=1e-3)


def test_cells_of_a_type_that_the_reference_lacks_are_unknown_and_others_are_not() -> None:
    known, (matrix, texts) = reference().without("NK"), cells(seed=2)
    near = features_of(np.array(known.types)[known.labels])
    found, _ = name_cells(known, matrix, near, features_of(texts, seed=3))
    is_nk = texts == "NK"
    assert (found.names[is_nk] == UNKNOWN).all()
    assert (found.names[~is_nk] == texts[~is_nk]).mean() > 0.9
    assert "NK" not in found.types


def test_confidence_is_the_agreement_of_two_opinions() -> None:
    known, (matrix, texts) = reference(), cells(seed=2)
    near = features_of(np.array(known.types)[known.labels])
    agreeing, _ = name_cells(known, matrix, near, features_of(texts, seed=3))
    swapped, _ = name_cells(known, matrix, near, features_of(np.roll(texts, 1), seed=3))  # neighbours say another
    assert agreeing.agrees.mean() > 0.95
    assert swapped.agrees.mean() < 0.05
    assert agreeing.confidence.mean() > 0.9 > 0.6 > swapped.confidence.mean()


def test_a_cluster_has_the_name_of_most_of_its_cells_and_says_their_share() -> None:
    known, (matrix, texts) = reference().without("NK"), cells(seed=2)
    near = features_of(np.array(known.types)[known.labels])
    found, _ = name_cells(known, matrix, near, features_of(texts, seed=3))
    clusters = np.where(texts == "NK", 7, 2 * np.isin(texts, ["T", "B"]))
    table = name_clusters(found, clusters).set_index("cluster")
    assert table.index.tolist() == [0, 2, 7]
    assert table.loc[0, "name"] == "DC"
    assert table.loc[7, "name"] == UNKNOWN
    assert table.loc[7, "unknown_share"] == table.loc[7, "share"] == 1.0
    assert table.loc[2, "share"] == pytest.approx(0.5, abs=0.1)
    assert table["cells"].sum() == len(texts)


def test_genes_are_matched_by_id_without_version_before_symbols_and_the_cost_is_said() -> None:
    matrix, _ = cells()
    ids = np.array([f"ENSG{gene:011d}" for gene in range(N_GENES)])
    first = replace(matrix, gene_ids=ids, name="one.h5ad")
    order = np.arange(N_GENES)[::-1]
    versions = np.array([f"{gene}.{number % 9}" for number, gene in enumerate(ids)])
    symbols = np.array([f"OTHER{gene}" for gene in range(N_GENES)])
    second = replace(matrix, gene_ids=versions[order], gene_symbols=symbols, name="two.h5ad")
    shared = share_genes(first, second)
    assert shared.first.tolist() == list(range(N_GENES))
    assert shared.second.tolist() == order.tolist()

    half = replace(matrix, counts=matrix.counts[:, :220], gene_ids=ids[:220], gene_symbols=matrix.gene_symbols[:220])
    note = share_genes(first, half).note
    assert "220 genes are shared" in note
    assert "20 of one.h5ad" in note


def test_other_species_and_too_few_genes_are_refused_in_one_sentence() -> None:
    matrix, _ = cells()
    mouse = replace(matrix, gene_ids=np.array([f"Slc{gene}a1" for gene in range(N_GENES)]), name="mouse.h5ad")
    mouse = replace(mouse, gene_symbols=mouse.gene_ids)
    with pytest.raises(DataError, match=r"new.h5ad holds genes of human and mouse.h5ad genes of mouse: choose"):
        share_genes(matrix, mouse)
    few = replace(matrix, gene_ids=matrix.gene_ids[:120], gene_symbols=matrix.gene_symbols[:120], name="few.h5ad")
    with pytest.raises(DataError, match=r"share 120 genes .*: choose a file with all genes"):
        share_genes(matrix, few)


def test_a_reference_holds_at_most_so_many_cells_of_a_type_and_leaves_out_unlabelled_ones() -> None:
    matrix, texts = cells(n_cells=4 * (MAX_CELLS + 20))
    texts = texts.astype("<U10")
    texts[texts == "DC"] = "Unknown"
    texts[np.flatnonzero(texts == "NK")[5:]] = ""
    known = make_reference(matrix, texts, "blood")
    assert known.counts == {"B": MAX_CELLS, "NK": 5, "T": MAX_CELLS}
    assert np.array_equal(np.array(known.types)[known.labels], texts[[int(cell[1:]) for cell in known.matrix.cell_ids]])
    assert any("have no type" in note for note in known.notes)
    with pytest.raises(DataError, match="at least two"):
        make_reference(matrix, np.where(texts == "T", "T", ""), "blood")


def test_a_reference_comes_back_from_its_file(tmp_path: Path) -> None:
    known = reference()
    known.save(tmp_path / "blood.npz")
    with np.load(tmp_path / "blood.npz", allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= set("iufU"), "no Python objects"
    back = load_reference(tmp_path / "blood.npz")
    assert (back.name, back.types, back.counts) == (known.name, known.types, known.counts)
    assert (back.matrix.counts != known.matrix.counts).nnz == 0
    assert back.labels.tolist() == known.labels.tolist()
    assert back.matrix.state == "raw"


@pytest.mark.parametrize(
    "change",
    [
        {"type": np.array([9, 9, 9])},
        {"indices": np.array([-1, 10**6])},
        {"state": np.array(["strange"])},
        {"types": np.array(["T"])},
        {"data": np.array([[1.0]])},
        {"format": np.array([1, 2])},
        {"format": np.array([np.inf])},
        {"format": np.array([1j])},
        {"types": np.array(3)},
        {"type": np.array(0)},
        {"indptr": np.array(0)},
        {"gene_ids": np.array("ACTB")},
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    reference().save(tmp_path / "blood.npz")
    with np.load(tmp_path / "blood.npz") as stored:
        arrays = dict(stored)
    np.savez(tmp_path / "bad.npz", allow_pickle=False, **(arrays | change))
    with pytest.raises(DataError, match=r"bad\.npz is not a whole reference: save it again"):
        load_reference(tmp_path / "bad.npz")


def test_values_that_no_reference_holds_are_refused_in_one_sentence(tmp_path: Path) -> None:
    reference().save(tmp_path / "blood.npz")
    with np.load(tmp_path / "blood.npz") as stored:
        arrays: dict[str, Any] = dict(stored)
    for value, problem in ((-5.0, "is not a whole reference"), (1e300, "NaN or infinite")):
        arrays["data"] = np.full(len(arrays["data"]), value)
        np.savez(tmp_path / "bad.npz", **arrays)
        with np.errstate(over="ignore"), pytest.raises(DataError, match=problem):
            load_reference(tmp_path / "bad.npz")


def test_a_reference_of_too_few_cells_to_compare_genes_is_refused_in_one_sentence() -> None:
    matrix, texts = cells(n_cells=2)
    few = make_reference(matrix, texts, "blood")
    with pytest.raises(DataError, match=r"No gene is in 3 cells of .* which have 2 and 160 cells: choose a reference"):
        name_cells(few, cells(seed=2)[0], features_of(texts), features_of(cells(seed=2)[1]))


def test_pickled_objects_and_newer_formats_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", format=np.array([{}], dtype=object))
    with pytest.raises(DataError, match="Python objects"):
        load_reference(tmp_path / "bad.npz")
    np.savez(tmp_path / "new.npz", format=np.array([99]))
    with pytest.raises(DataError, match="format 99"):
        load_reference(tmp_path / "new.npz")


def test_scaled_values_are_no_reference() -> None:
    matrix, texts = cells()
    with pytest.raises(DataError, match="scaled values"):
        make_reference(replace(matrix, state="scaled"), texts, "blood")
