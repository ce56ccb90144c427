"""The column that may hold known classes: by name and content, proposed before anything uses it."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.label_proposal import propose_labels
from clustergan_core.runs.configure import make_config

N = 60


def recurring(*names: str) -> np.ndarray:
    return np.array([names[n % len(names)] for n in range(N)])


COLUMNS = {
    "cell_number": np.arange(N) % 2 + 1,
    "batch": recurring("b1", "b2"),
    "plate": np.arange(N) % 3,
    "louvain": recurring("0", "1", "2"),
    "score": np.linspace(0, 1, N),
    "tissue": recurring("lung", "gut"),
}


@pytest.mark.parametrize(
    "name",
    [
        *("cell_type", "CellType", "celltype", "cell.type", "cell_ontology_class", "cell_line_demuxlet", "cell_label"),
        *("annotation", "free_annotation", "celltype_major", "bulk_labels", "population", "label", "class"),
    ],
)
def test_columns_named_as_types_are_come_before_numbers_and_batches(name: str) -> None:
    proposal = propose_labels(COLUMNS | {name: recurring("B", "T", "NK")})
    assert proposal is not None
    assert (proposal.column, proposal.levels) == (name, {"B": 20, "NK": 20, "T": 20})
    assert proposal.reason


def test_numbered_columns_batches_and_plates_are_not_proposed() -> None:
    assert propose_labels(COLUMNS) is None


def test_a_clustering_is_proposed_only_where_its_levels_have_names() -> None:
    named = propose_labels(COLUMNS | {"louvain": recurring("CD4 T", "B", "NK")})
    assert named is not None and named.column == "louvain"


@pytest.mark.parametrize(
    "name", ["cell_type_id", "cell_ontology_id", "cell_type_score", "cell_number", "cell_type_colors"]
)
def test_what_else_is_said_of_a_type_is_not_proposed(name: str) -> None:
    assert propose_labels({name: np.arange(N) % 3}) is None


def test_names_and_measurements_are_not_proposed_whatever_their_name() -> None:
    assert propose_labels({"cell_type": np.array([f"x{n}" for n in range(N)])}) is None
    assert propose_labels({"cell_type": np.array(["B"] * N)}) is None


def test_of_a_table_brought_for_its_labels_text_comes_before_how_samples_were_handled() -> None:
    proposal = propose_labels(COLUMNS, by_any_name=True)
    assert proposal is not None and proposal.column == "tissue"
    only = {name: COLUMNS[name] for name in ("cell_number", "batch")}
    assert (handled := propose_labels(only, by_any_name=True)) is not None and handled.column in (
        "cell_number",
        "batch",
    )


def test_rows_without_a_level_are_counted() -> None:
    texts = recurring("B", "T", "")
    proposal = propose_labels({"cell_type": texts})
    assert proposal is not None
    assert proposal.n_unlabelled == 20
    assert proposal.describe() == "column 'cell_type' (2 levels: B 20, T 20; 20 rows without one)"


def test_a_proposal_is_compared_with_the_clusters_but_gives_no_number_of_clusters(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},{n % 7},{'BTN'[n % 3]}" for n in range(60)]
    path.write_text("\n".join(["a,b,cell_type", *rows]))
    proposed = open_own(path)
    assert (proposed.label_column, proposed.has_confirmed_labels) == ("cell_type", False)
    assert make_config(proposed, str(path), method="clustergan").n_clusters == 10
    path.write_text("\n".join(["a,b,label", *rows]))
    named = open_own(path)
    assert (named.label_column, named.has_confirmed_labels) == ("label", True)
    assert make_config(named, str(path), method="clustergan").n_clusters == 3
