"""The table of count matrices is that of its rows, and says who wins and who loses."""

from pathlib import Path

import pytest

from benchmarks import cells_table
from benchmarks.cells import COLUMNS, FIGURES, WAYS
from benchmarks.cells_table import insert_table, render_cells
from benchmarks.protocol_table import MEASUREMENTS


def row(seed: int, dataset: str = "pbmc_facs", **others: str) -> dict[str, str]:
    told = {
        "dataset": dataset,
        "settings_digest": "new",
        "device": "cpu",
        "cpu": "A processor",
        "cores": "2",
        "threads": "1",
        "torch": "2.13.0",
        "commit": "abc",
        "seconds": "119.7",
        "n_cells": "3152",
        "n_genes": "1000",
        "n_labels": "8",
        "n": "315",
    }
    figures = {f"{way}_{figure}": "8" if figure == "n_clusters" else "0.5" for way in WAYS for figure in FIGURES}
    return dict.fromkeys(COLUMNS, "") | told | figures | {"seed": str(seed)} | others


def test_the_measurements_show_the_table_of_the_rows_and_no_other_figures() -> None:
    assert insert_table(MEASUREMENTS.read_text()) == MEASUREMENTS.read_text()


def test_without_rows_the_table_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cells_table, "ROWS", tmp_path / "none.csv")
    assert "| clustering |" in render_cells([])
    assert "Nothing has been measured yet.\n<!-- /cells -->" in insert_table(MEASUREMENTS.read_text())


def test_a_matrix_has_a_line_for_each_way_with_median_and_ends_of_the_newest_settings() -> None:
    rows = [row(0, settings_digest="old", paired_nmi="0.1")]
    rows += [row(seed, paired_nmi=nmi, leiden_n_clusters="11") for seed, nmi in enumerate(("0.7", "0.9", "0.8"))]
    lines = render_cells(rows).splitlines()
    sizes = "`pbmc_facs`: 3,152 cells, 1,000 genes, 8 labels; 315 test cells"
    figures = "0.500 | 0.500 | **0.800 (0.700–0.900)** | **0.500** | **0.500** | 120 |"
    assert lines[2] == f"| {sizes} | Paired ClusterGAN | 8 | {figures}"
    assert lines[3] == "|  | k-means | 8 | 0.500 | 0.500 | 0.500 | **0.500** | **0.500** |  |"
    assert [line.split(" | ")[1:3] for line in lines[4:6]] == [["Leiden", "11"], ["Leiden at K", "8"]]
    assert "A processor, 2 cores, threads: 1, PyTorch 2.13.0, commit abc." in lines[-1]
    assert "Fewer" not in lines[-1]


def test_a_loss_is_said_with_its_size_and_a_draw_is_none() -> None:
    rows = [row(seed, leiden_nmi="0.62", kmeans_nmi="0.6") for seed in range(3)]
    rows += [row(seed, dataset="mouse_bladder") for seed in range(2)]
    text = render_cells(rows)
    others = "the median of Paired ClusterGAN is at least that of every other method on"
    assert (
        f"- NMI of the test cells: {others} 1 of 2 matrices. It is below the best of them on `pbmc_facs` (-0.120)."
        in text
    )
    assert f"- NMI of all cells: {others} 2 of 2 matrices." in text
    assert text.count("**0.620**") == 1
    assert "**Fewer than 3 seeds:** `mouse_bladder`." in text
    assert "**Not measured yet:** `pbmc68k_reduced`, `baron_mouse1`, `pbmc_sorted_mtx`" in text


def test_lines_of_scvi_say_their_seeds_and_change_no_verdict() -> None:
    rows = [row(seed) for seed in range(3)]
    figures = {f"{way}_{figure}": "0.9" for way in cells_table.SCVI_TITLES for figure in FIGURES}
    scvi = [{"dataset": "pbmc_facs", "seed": "0"} | figures | {"scvi_leiden_n_clusters": "12"}]
    with_scvi, without = render_cells(rows, scvi).splitlines(), render_cells(rows).splitlines()
    assert with_scvi[6] == "|  | scVI + Leiden (one seed) | 12 | 0.900 | 0.900 | 0.900 | 0.900 | 0.900 |  |"
    assert [line for line in with_scvi if "scVI" not in line] == without
    assert "- scVI + Leiden, of 1 matrices, is ahead by NMI of the test cells on `pbmc_facs`." in with_scvi


def test_empty_modes_are_counted_in_the_median() -> None:
    rows = [row(seed, paired_n_clusters=str(used)) for seed, used in enumerate((8, 6, 7))]
    assert "- Modes that hold no cell, in the median: `pbmc_facs` 1." in render_cells(rows)
