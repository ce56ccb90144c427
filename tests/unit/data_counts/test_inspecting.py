"""What is told of a matrix before it is read: of its genes, cells and values, and by the command."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pytest

from clustergan_core.command_line import main
from clustergan_core.data.counts.matrix import find_state
from clustergan_core.data.counts.reading.count_file import spread_blocks
from clustergan_core.data.counts.reading.names import (
    find_kind,
    looks_like_barcodes,
    looks_like_genes,
    make_unique,
    require_names,
)
from clustergan_core.data.counts.reading.preflight import Preflight, make_preflight
from clustergan_core.data.counts.reading.reader import open_counts
from clustergan_core.data.counts.reading.sandbox.parent import inspect
from tests.count_files import (
    N_CELLS,
    N_GENES,
    SYMBOLS,
    make_barcodes,
    make_counts,
    write_folder,
    write_table,
    write_tenx_hdf5,
)


def look_at(path: Path) -> Preflight:
    with closing(open_counts(path)) as file:
        return make_preflight(file)


@pytest.mark.parametrize(
    ("names", "kind", "species"),
    [
        (["ENSG00000243485", "ENSG00000237613.2"], "Ensembl", "human"),
        (["ENSMUSG00000051951", "ENSMUSG00000102343"], "Ensembl", "mouse"),
        (["ENSSSCG00000028996", "ENSSSCG00000005267"], "Ensembl", "unknown"),
        (["WBGene00000001", "WBGene00000002"], "WormBase", "worm"),
        (["FBgn0031208", "FBgn0002121"], "FlyBase", "fly"),
        (["AT1G01010", "AT1G01020"], "TAIR", "thale cress"),
        (["7157", "672", "1956"], "Entrez", "unknown"),
        (["gene_1", "gene_2", "gene_3"], "numbered", "unknown"),
        ([str(number) for number in range(50)], "numbered", "unknown"),
        (SYMBOLS, "symbols", "human"),
        ([symbol.title() for symbol in SYMBOLS], "symbols", "mouse"),
        (["unc-17", "egl-1", "flp-11", "F35D11.11"], "symbols", "worm"),
        (["größe", "?", "a b"], "unknown", "unknown"),
        ([], "unknown", "unknown"),
    ],
)
def test_the_kind_of_gene_names_and_the_species_are_told(names: list[str], kind: str, species: str) -> None:
    assert find_kind(names) == (kind, species)


def test_genes_and_barcodes_are_told_from_other_names() -> None:
    assert looks_like_genes(SYMBOLS)
    assert looks_like_genes([symbol.title() for symbol in SYMBOLS])
    assert not looks_like_genes(make_barcodes())
    assert not looks_like_genes([f"CD{number}" for number in range(40)])
    assert looks_like_barcodes(make_barcodes())
    assert not looks_like_barcodes(SYMBOLS)


def test_names_cannot_move_a_terminals_cursor() -> None:
    assert require_names("a.csv", "gene", [" ACTB\0", "\x1b[2JCD4", "größe"]).tolist() == ["ACTB", "[2JCD4", "größe"]


def test_suffixes_never_repeat_a_name_that_is_there() -> None:
    unique, n_repeats = make_unique(np.array(["A", "A", "A-1", "A", "B"]))
    assert unique.tolist() == ["A", "A-2", "A-1", "A-3", "B"]
    assert n_repeats == 2


@pytest.mark.parametrize(
    ("values", "state", "reason"),
    [
        ([1, 2, 700], "raw", "whole numbers up to 700"),
        ([0.5, 3.25], "log", "fractions, none above 3.25"),
        ([0.5, 812.25], "normalised", "fractions up to 812.2"),
        ([-1.5, 2], "scaled", "negative values down to -1.5"),
        ([], "raw", "no value is stored"),
    ],
)
def test_the_state_of_values_is_told_with_its_reason(values: list[float], state: str, reason: str) -> None:
    assert find_state(np.array(values, np.float32)) == (state, reason)


def test_blocks_are_spread_over_the_rows() -> None:
    assert spread_blocks(10, 20) == [slice(0, 10)]
    blocks = spread_blocks(1000, 40)
    assert [block.start for block in blocks] == [0, 330, 660, 990]
    assert sum(block.stop - block.start for block in blocks) == 40


def test_a_report_holds_what_a_person_checks(tmp_path: Path) -> None:
    preflight = look_at(write_folder(tmp_path / "lung"))
    assert preflight.summary == "30 cells × 40 genes, raw counts, human Ensembl ids"
    assert preflight.preview_cells == tuple(make_barcodes()[:5])
    assert preflight.preview_genes == tuple(SYMBOLS[:5])
    assert [list(row) for row in preflight.preview_values] == make_counts()[:5, :5].tolist()
    assert preflight.n_nonzeros == np.count_nonzero(make_counts())
    assert (preflight.n_empty_cells, preflight.n_empty_genes) == (0, 0)
    assert preflight.warnings == ()
    assert Preflight.model_validate_json(preflight.model_dump_json()) == preflight


def test_empty_cells_and_genes_are_counted(tmp_path: Path) -> None:
    counts = make_counts()
    counts[3], counts[:, [1, 7]] = 0, 0
    preflight = look_at(write_folder(tmp_path / "lung", counts=counts))
    assert (preflight.n_empty_cells, preflight.n_empty_genes) == (1, 2)
    assert preflight.warnings == (
        "1 cells have no counts at all.",
        "2 genes are counted in no cell.",
    )


def test_values_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        values = make_counts().astype(float)
        values[0, 0], values[2, 2] = np.nan, -3
        file["X"] = values
    preflight = look_at(tmp_path / "a.h5")
    assert (preflight.n_missing, preflight.n_negative, preflight.state) == (1, 1, "scaled")
    assert preflight.preview_values[0][0] is None
    assert any(warning.startswith("The values were scaled") for warning in preflight.warnings)
    assert any(warning.startswith("1 examined values are NaN") for warning in preflight.warnings)


def test_columns_of_classes_are_offered_as_labels(tmp_path: Path) -> None:
    lines = [",".join(["", "cluster", "type", "barcode_again", *SYMBOLS])]
    for number, (name, row) in enumerate(zip(make_barcodes(), make_counts().tolist())):
        lines.append(",".join([name, str(number % 4), f"type {number % 12}", name, *map(str, row)]))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    columns = look_at(tmp_path / "a.csv").label_columns
    assert [(column.name, column.n_values) for column in columns] == [("cluster", 4), ("type", 12)]
    assert columns[1].examples[:2] == ("type 0", "type 1")


def test_a_look_is_a_part_of_a_large_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clustergan_core.data.counts.reading import reader as reading
    from clustergan_core.data.counts.reading.hdf5 import values as hdf5_values

    monkeypatch.setattr(hdf5_values, "PEEK_NONZEROS", 200)
    monkeypatch.setattr(reading, "PEEK_TEXT_VALUES", 10 * N_CELLS)
    n_nonzeros = np.count_nonzero(make_counts())
    preflight = look_at(write_tenx_hdf5(tmp_path / "a.h5"))
    assert 0 < preflight.n_cells_looked_at < N_CELLS
    assert preflight.n_nonzeros == n_nonzeros  # as declared
    assert preflight.n_empty_genes is None
    preflight = look_at(write_table(tmp_path / "a.csv", is_by_gene=True))
    assert (preflight.n_genes_looked_at, preflight.n_cells_looked_at) == (10, N_CELLS)
    assert (preflight.n_genes, preflight.n_empty_cells) == (N_GENES, None)


def test_the_command_tells_and_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_folder(tmp_path / "lung")
    assert main(["inspect", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "lung: 30 cells × 40 genes, raw counts, human Ensembl ids"
    assert "orientation  cells in columns: features.tsv names its rows" in lines
    assert SYMBOLS[:5] in [line.split() for line in lines]
    assert main(["inspect", str(path), "--json"]) == 0
    assert Preflight.model_validate(json.loads(capsys.readouterr().out)) == inspect(path)


def test_the_command_ends_with_2_and_one_line_for_what_a_person_can_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.h5ad").write_bytes(b"no HDF5")
    for path in (tmp_path / "a.h5ad", tmp_path / "missing.csv"):
        assert main(["inspect", str(path)]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
        assert path.name in told.err
