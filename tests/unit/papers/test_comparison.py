"""Our runs beside the printed figures: which count, what is compared, and what is missing."""

import csv
import io
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from clustergan_core.command_line import build_parser
from clustergan_core.paper_tables.facts import Measure
from clustergan_core.paper_tables.published import PAPERS
from clustergan_core.papers.comparison import Cell, compare_table, find_missing
from clustergan_core.papers.measured import RESULTS, MeasuredRun, measured_runs, preset_settings
from clustergan_core.papers.misses import describe_misses
from clustergan_core.papers.order import compare_order
from clustergan_core.papers.rendering import describe_cell, to_csv, to_latex, to_markdown

TABLE_1 = PAPERS["clustergan"].table("table-1")
PURITY, NMI, _ = TABLE_1.measures


@pytest.fixture(autouse=True)
def _no_own_runs(own_folders: Path) -> None:
    """Nothing of this machine's runs is read."""


def measured(seed: int = 0, purity: float = 0.9, method: str = "clustergan", dataset: str = "mnist") -> MeasuredRun:
    return MeasuredRun(
        method=method,
        dataset=dataset,
        preset="default",
        seed=seed,
        steps=3000,
        seconds=100.0 + seed,
        split="test",
        n=10_000,
        scores={"purity": purity},
        settings=preset_settings(method, dataset, "default"),
    )


def cell(runs: list[MeasuredRun], measure: Measure = PURITY, row: str = "ClusterGAN", column: str = "MNIST") -> Cell:
    cells = compare_table(TABLE_1, measure, runs, "default")
    return next(c for cells_of_row in cells for c in cells_of_row if (c.row.title, c.column.title) == (row, column))


def test_a_cell_is_the_median_over_seeds_less_the_printed_figure() -> None:
    found = cell([measured(0, 0.70), measured(1, 0.80), measured(2, 0.74)])
    assert found.median == 0.74
    assert found.difference == pytest.approx(0.74 - 0.95)
    assert found.exceeds
    assert found.seconds == 101
    assert found.share == pytest.approx(3000 / 500_000)


def test_a_difference_within_the_range_of_the_seeds_or_of_one_seed_is_not_marked() -> None:
    assert not cell([measured(0, 0.90), measured(1, 0.99), measured(2, 0.97)]).exceeds
    assert not cell([measured(0, 0.5)]).exceeds
    assert not cell([measured(0, 0.9460), measured(1, 0.9461)]).exceeds  # rounds to the printed 0.95
    assert cell([measured(0, 0.9440), measured(1, 0.9441)]).exceeds


def test_a_score_that_was_not_measured_and_a_method_that_was_not_trained_are_told_apart() -> None:
    assert cell([measured()], NMI).gap == "not measured"
    assert cell([measured()], column="Fashion-10").gap == "not trained"
    assert cell([measured()], row="NMF").gap == "no run"


def test_runs_with_changed_settings_of_other_presets_and_lengths_do_not_mix() -> None:
    good = [measured(0, 0.7), measured(1, 0.7)]
    others = [
        replace(measured(2, 0.1), changed=frozenset({"width"})),
        replace(measured(2, 0.1), preset="quick"),
        replace(measured(2, 0.1), steps=50_000),
        replace(measured(0, 0.1), run="again"),
    ]
    assert cell([*good, *others]).values == [0.7, 0.7]


def test_the_longest_preset_with_runs_stands_in_a_cell_and_is_named() -> None:
    quick = [replace(measured(seed, 0.6), preset="quick", steps=300) for seed in range(3)]
    (first, *_) = compare_table(TABLE_1, PURITY, [*quick, measured(0, 0.5)], "longest")[0][1:]
    assert first.values == [0.5]
    (first, *_) = compare_table(TABLE_1, PURITY, quick, "longest")[0][1:]
    assert first.values == [0.6] * 3
    assert describe_cell(first).spread == "all 3 seeds, quick"
    assert cell(quick).gap == "not trained"


def test_a_row_takes_only_runs_with_its_own_settings() -> None:
    features = measured(0, 0.6, method="wgan-gp")
    changed = {"reading": "back-projection"}
    decoded = replace(features, settings={**features.settings, **changed}, changed=frozenset(changed))
    decoded = replace(decoded, scores={"purity": 0.8})
    assert cell([features, decoded], row="GAN + critic features").values == [0.6]
    assert cell([features, decoded], row="GAN + back-projection").values == [0.8]


def test_the_stand_in_and_distances_in_other_features_are_not_subtracted() -> None:
    stood_in = cell([measured(0, 0.5, dataset="pbmc_facs"), measured(1, 0.5, dataset="pbmc_facs")], column="10x_73k")
    assert stood_in.median == 0.5 and stood_in.difference is None
    table = PAPERS["clustergan"].table("table-2")
    run = replace(measured(), scores={"frechet": 3.5})
    (first, *_) = compare_table(table, table.measures[0], [run], "default")[0]
    assert first.median == 3.5 and first.difference is None


def test_cluster_accuracy_of_the_reproduction_is_not_taken_for_purity() -> None:
    table = PAPERS["li-dama"].table("table-1")
    run = replace(measured(), scores={"purity": 0.9, "cluster_accuracy": 0.8})
    cells = compare_table(table, table.measures[0], [run], "default")
    assert cells[2][0].values == [0.8]


def test_modes_of_another_number_belong_to_another_column() -> None:
    table = PAPERS["clustergan"].table("table-3")
    seven = replace(measured(0, 0.7), changed=frozenset({"n_clusters"}))
    seven = replace(seven, settings={**seven.settings, "n_clusters": 7})
    (cells,) = compare_table(table, table.measures[0], [measured(0, 0.9), seven], "default")
    assert {c.column.title: c.values for c in cells if c.values} == {"K = 7": [0.7], "K = 10": [0.9]}


def test_missing_runs_have_the_commands_that_train_them() -> None:
    missing = find_missing(TABLE_1, [measured(0)], "default")
    of_clustergan = [run for run in missing if (run.row.title, run.dataset) == ("ClusterGAN", "mnist")]
    assert [run.seed for run in of_clustergan] == [1, 2]
    decoded = next(run for run in missing if (run.row.title, run.dataset) == ("GAN + back-projection", "mnist"))
    words = decoded.command().split()
    assert words[3:] == [
        "train", "--dataset", "mnist", "--method", "wgan-gp", "--preset", "default", "--seed", "0",
        "--set", "reading=back-projection",
    ]  # fmt: skip
    build_parser(words[3:4]).parse_args(words[3:])
    assert not any(run.row.title in ("NMF", "Paired ClusterGAN") for run in missing)


def test_given_masses_are_those_of_the_data_and_only_where_they_are_given() -> None:
    missing = find_missing(PAPERS["nemgan"].table("table-i"), [], "default")
    settings = {run.method: run.settings for run in missing if run.dataset == "mnist-2-90-10"}
    assert settings["nemgan"] == {"masses": "0.9 0.1"}
    assert settings["wgan-gp"] == {"prior": "normal"}
    assert settings["bigan"] == {}


def test_the_masses_that_a_run_learned_stand_in_the_rows_of_its_classes() -> None:
    table = PAPERS["nemgan"].table("table-iii")
    run = measured(method="nemgan-labelled", dataset="mnist-2-90-10")
    run = replace(
        run,
        settings={**run.settings, "n_labelled": 61},
        changed=frozenset({"n_labelled"}),
        scores={"mode_mass_1": 0.88, "mode_mass_2": 0.12},
    )
    cells = compare_table(table, table.measures[0], [run], "default")
    assert [row[1].values for row in cells] == [[0.88], [0.12], [], [], []]
    assert cells[1][1].difference == pytest.approx(0.12 - 0.109)
    assert not compare_order(cells)  # classes are no methods
    missing = find_missing(table, [run], "default")
    of_it = [(run.seed, run.settings) for run in missing if run.dataset == "mnist-2-90-10"]
    assert of_it == [(1, {"n_labelled": 61}), (2, {"n_labelled": 61})]


@pytest.mark.skipif(not RESULTS.exists(), reason="only a checkout has our rows")
def test_our_rows_are_those_of_the_benchmark() -> None:
    with RESULTS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["method"], row["dataset"]) == ("clustergan", "mnist")]
    newest = [row for row in rows if row["settings_digest"] == rows[-1]["settings_digest"]]
    found = cell(measured_runs())
    assert found.median == statistics.median(float(row["purity"]) for row in newest)
    assert len(found.values) == len(newest) >= 3


def test_a_row_with_changed_settings_belongs_to_the_cell_that_asks_for_them(tmp_path: Path) -> None:
    with RESULTS.open(newline="") as file:
        kept = next(row for row in csv.DictReader(file) if row["method"] == "wgan-gp")
    decoded = kept | {"settings_digest": "decoded", "overrides": '{"reading": "back-projection"}', "purity": "0.875"}
    with (tmp_path / "results.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(kept))
        writer.writeheader()
        writer.writerows(row | {"dataset": "mnist", "preset": "default"} for row in (kept, decoded))
    runs = measured_runs(tmp_path / "results.csv")
    assert cell(runs, row="GAN + back-projection").values == [0.875]
    assert cell(runs, row="GAN + critic features").values == [float(kept["purity"])]


def test_the_order_of_methods_is_compared_in_pairs() -> None:
    runs = [
        replace(measured(0, purity, method, "pendigits"), preset=preset)
        for method, purity, preset in (
            ("clustergan", 0.7, "default"),
            ("infogan", 0.8, "default"),
            ("dcn", 0.6, "quick"),
        )
    ]
    (order,) = compare_order(compare_table(TABLE_1, PURITY, runs, "longest"))
    assert order.reversed_pairs == (("ClusterGAN", "InfoGAN"),)  # the paper: 0.77, 0.72 and, tied with it, DCN 0.72
    assert order.n_pairs == 2
    said = (
        "On Pendigits our order of 3 methods does not agree with the paper's (runs of default and quick): 1 of 2 pairs"
    )
    assert order.describe() == f"{said} stand the other way round (InfoGAN ahead of ClusterGAN)."
    assert order.describe() in to_markdown(TABLE_1, PURITY, compare_table(TABLE_1, PURITY, runs, "longest"))

    near = [measured(0, 0.999, dataset="synthetic"), measured(0, 1.0, "infogan", "synthetic")]
    (order,) = compare_order(compare_table(TABLE_1, PURITY, near, "longest"))
    assert order.n_pairs == 1 and not order.reversed_pairs  # nobody is ahead by 0.001
    stood_in = [measured(0, 0.5, name, "pbmc_facs") for name in ("clustergan", "infogan")]
    assert not compare_order(compare_table(TABLE_1, PURITY, stood_in, "default"))

    table = PAPERS["clustergan"].table("table-2")
    distances = {"clustergan": 1.0, "infogan": 2.0}
    runs = [replace(measured(0, method=name), scores={"frechet": distance}) for name, distance in distances.items()]
    (order,) = compare_order(compare_table(table, table.measures[0], runs, "default"))
    assert order.describe() == "On MNIST our order of 2 methods agrees with the paper's."


def test_where_ours_is_well_under_the_paper_the_table_says_by_how_much_and_what_was_tried() -> None:
    runs = [measured(0, 0.60), measured(0, 0.71, dataset="pendigits"), measured(0, 0.98, dataset="synthetic")]
    runs.append(replace(measured(0, 0.30, "infogan", "mnist"), preset="quick", steps=50))
    cells = compare_table(TABLE_1, PURITY, runs, "longest")
    of_mnist, of_pendigits, of_infogan = describe_misses(cells)  # on synthetic, ours is within 0.05
    assert of_mnist.startswith("ClusterGAN on MNIST: 0.35 under the paper with 0.6% of the paper's steps. Tried: 1, 2,")
    assert of_pendigits.startswith("ClusterGAN on Pendigits: 0.06 under the paper")
    assert of_infogan.startswith("InfoGAN on MNIST: 0.59 under the paper with 1% of the paper's steps.")
    assert f"- {of_mnist}" in to_markdown(TABLE_1, PURITY, cells)
    masses = PAPERS["nemgan"].table("table-iii")
    learned = replace(measured(0, 0.9, "nemgan-labelled", "mnist-2-90-10"), scores={"mode_mass_1": 0.5})
    learned = replace(learned, settings={**learned.settings, "n_labelled": 61}, changed=frozenset({"n_labelled"}))
    cells = compare_table(masses, masses.measures[0], [learned], "default")
    assert not describe_misses(cells)  # a mass may be small


def test_files_hold_the_figures_of_the_table() -> None:
    runs = [measured(0, 0.70), measured(1, 0.80), measured(2, 0.74)]
    cells = compare_table(TABLE_1, PURITY, runs, "default")
    lines = list(csv.DictReader(io.StringIO(to_csv(PAPERS["clustergan"], TABLE_1, runs, "default"))))
    assert len(lines) == len(TABLE_1.rows) * len(TABLE_1.columns) * len(TABLE_1.measures)
    (line,) = [x for x in lines if (x["row"], x["column"], x["measure"]) == ("ClusterGAN", "MNIST", "Purity")]
    assert (line["printed"], line["ours_median"], line["n_seeds"], line["difference"]) == ("0.95", "0.74", "3", "-0.21")
    said = "0.95 · 0.740 (0.700–0.800, 3 seeds) · **−0.210**"
    assert said in to_markdown(TABLE_1, PURITY, cells)
    latex = to_latex(TABLE_1, PURITY, cells)
    assert latex.count(r"\\") == len(TABLE_1.rows) + 1
    assert {line.count("&") for line in latex.splitlines() if line.endswith(r"\\")} == {len(TABLE_1.columns)}
    assert r"10x\_73k" in latex and r"$-$0.210" in latex


def test_a_cell_without_figures_says_why() -> None:
    assert describe_cell(cell([], column="Fashion-5")).gap == "not trained"
