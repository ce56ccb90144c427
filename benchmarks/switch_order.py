"""Compares definitions of the order in which genes switch, one row for each walk in benchmarks/switch_order.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.switch_order --only pbmc_facs,baron_mouse1,pbmc68k_reduced
    python -m benchmarks.switch_order --table

Two disjoint ensembles, of the first and the last half of the seeds, read the order along every walk between two types
that both ensembles find in at least three runs. An order repeats if they agree on it: Spearman's ρ over the genes that
both order. `rho_*` are of ensembles that read the same cells, `split_*` of ensembles that each read half of the cells,
drawn with a fixed seed. Runs are kept in --folder, so that another definition can be compared without training.

generated    half-way crossings of the generated walk, the mean over the runs (one_run: between two single runs)
along_walk   real cells at the nearest step of the generated walk by half of the genes; half-way crossings of the others
area         real cells by discriminant analysis of half of the genes; the area over the others' curves
crossing     the same placement; half-way crossings of the others' rising fits: what the program shows

`shown` are figures of the genes that the first ensemble resolves, on walks where it shows an order. `dpt` is the
correlation of its order with that along scanpy's diffusion pseudotime.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.cells import MATRICES, METHOD, read_options
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.switch_definitions import READ, Ensemble, Member, Points, read_one_run
from benchmarks.tables import put_table
from benchmarks.train_all import append_row, call, read_rows
from benchmarks.variants import choose
from clustergan_core.cells.ensembles import LEAST_CELLS, WalkEnds, find_ends
from clustergan_core.cells.expression import value_scale
from clustergan_core.cells.pseudotime import compare_with_pseudotime
from clustergan_core.cells.switch_order import LEAST_RUNS, SwitchOrder, find_switch_order
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.published.download import data_folder
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import create_run
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.runs.worker import execute

ROWS = Path(__file__).with_name("switch_order.csv")
DEFINITIONS = ("generated", "along_walk", "area", "crossing")
FIGURES = ("one_run", *(f"rho_{name}" for name in DEFINITIONS), *(f"split_{name}" for name in DEFINITIONS))
TITLES = {
    "one_run": "generated, one run",
    "rho_generated": "generated, three runs",
    "rho_along_walk": "along the generated walk",
    "rho_area": "area",
    "rho_crossing": "**crossing**",
    "split_along_walk": "along the generated walk, other cells",
    "split_area": "area, other cells",
    "split_crossing": "**crossing**, other cells",
    "concordance": "W",
    "rho_shown": "shown",
    "split_shown": "shown, other cells",
    "dpt": "pseudotime",
}
COLUMNS = (
    "dataset", "preset", "seeds", "start", "finish", "start_label", "finish_label", "n_cells", "middle_share",
    "placement", "links", "concordance", "split_concordance", "verdict", "n_genes", *FIGURES,
    "n_shown", "rho_shown", "split_shown", "sequence", "signs", "dpt",
)  # fmt: skip
SPLIT_SEED = 0


def open_members(name: str, arguments: argparse.Namespace) -> tuple[Dataset, list[Member]]:
    """The data of a matrix, and its runs, of which missing ones are trained."""
    path, options = data_folder() / name / MATRICES[name].file, read_options(name)
    dataset = open_dataset(str(path), options)
    members = []
    for seed in read_seeds(arguments.seeds):
        folder = arguments.folder.resolve() / f"{name}-{arguments.preset}-{seed}"
        if not (folder / "config.json").exists():
            config = make_config(
                dataset,
                str(path),
                method=METHOD,
                preset=arguments.preset,
                seed=seed,
                threads=1,
                options=options,
            )
            create_run(config, folder)
        run = Run(folder)
        if run.status().state != "finished":
            print(f"{name}, seed {seed}: training", flush=True)
            execute(run)
        latents = run_latents(run, "all", dataset=dataset)
        clusters = np.full(len(dataset.samples), -1, dtype=np.int64)
        clusters[latents.indices] = latents.clusters
        members.append(Member(run.load(), clusters, value_scale(dataset.preprocessing), {}))
    return dataset, members


def measure_matrix(name: str, arguments: argparse.Namespace) -> Iterator[dict[str, object]]:
    """A row for each walk between two types that both ensembles find."""
    dataset, members = open_members(name, arguments)
    values = value_scale(dataset.preprocessing).expression(dataset.samples)
    half = len(members) // 2
    parts = (members[:half], members[half:])
    readable = np.random.default_rng(SPLIT_SEED).uniform(size=len(values)) < 0.5
    sizes = np.bincount(members[0].clusters[members[0].clusters >= 0])
    for start, finish in combinations(np.flatnonzero(sizes >= LEAST_CELLS).tolist(), 2):
        # Both ensembles take the names of the first run, which only gives names to the second.
        first = Ensemble(parts[0], find_ends([one.clusters for one in parts[0]], start, finish), values)
        named = find_ends([members[0].clusters, *(one.clusters for one in parts[1])], start, finish)
        others = [WalkEnds(end.starts, end.finishes, end.overlap, end.run - 1, end.modes) for end in named if end.run]
        second = Ensemble(parts[1], others, values)
        if min(len(first.ends), len(second.ends)) < LEAST_RUNS:
            continue
        row: dict[str, object] = {"dataset": name, "preset": arguments.preset, "seeds": arguments.seeds}
        row |= {"start": start, "finish": finish}
        row |= {"start_label": _label(dataset, members[0], start), "finish_label": _label(dataset, members[0], finish)}
        yield row | compare(first, second, readable, dataset)


def compare(first: Ensemble, second: Ensemble, readable: NDArray[np.bool_], dataset: Dataset) -> dict[str, object]:
    """The figures of one walk."""
    orders = [_order(first), _order(second)]
    split = [_order(first.limited_to(readable)), _order(second.limited_to(~readable))]
    order = orders[0]
    common = np.intersect1d(order.genes, orders[1].genes)
    row: dict[str, object] = {
        "n_cells": order.n_cells,
        "middle_share": round(order.middle_share, 4),
        "placement": round(order.placement, 3),
        "links": order.n_links,
        "concordance": round(order.concordance, 3),
        "split_concordance": round(split[0].concordance, 3),
        "verdict": order.verdict,
        "n_genes": len(common),
    }
    one, other = (read_one_run(each.members[each.ends[0].run], each.ends[0])[common] for each in (first, second))
    row["one_run"] = _rho(one, other)
    halved = (first.limited_to(readable), second.limited_to(~readable))
    for name, read in READ.items():
        row[f"rho_{name}"] = _rho(read(first, common), read(second, common))
        row[f"split_{name}"] = _rho(read(halved[0], common), read(halved[1], common))
    row["rho_crossing"] = _rho_of(orders, common)
    row["split_crossing"] = _rho_of(split, np.intersect1d(split[0].genes, split[1].genes))
    signs = np.sign(order.differences).sum(axis=0)
    row["signs"] = round(float((np.abs(signs) == order.n_runs).mean()), 3)
    if order.verdict == "order":
        shown, split_shown = (
            np.intersect1d(pair[0].genes[pair[0].is_resolved], pair[1].genes) for pair in (orders, split)
        )
        row |= {"n_shown": len(shown), "rho_shown": _rho_of(orders, shown), "split_shown": _rho_of(split, split_shown)}
        row["sequence"] = len(order.chain)
    if order.verdict != "no path":
        reference = compare_with_pseudotime(
            dataset.samples, first.ends[0], order, value_scale(dataset.preprocessing).expression
        )
        row["dpt"] = round(reference.correlation, 3)
    return row


def _order(ensemble: Ensemble) -> SwitchOrder:
    order = find_switch_order(ensemble.values, ensemble.ends)
    assert order is not None
    return order


def _rho_of(orders: Sequence[SwitchOrder], genes: NDArray[np.int64]) -> float | str:
    """Spearman's ρ of two orders in some of their common genes."""
    points = []
    for order in orders:
        known = dict(zip(order.genes.tolist(), order.points.tolist(), strict=True))
        points.append(np.array([known[gene] for gene in genes.tolist()]))
    return _rho(points[0], points[1])


def _rho(one: Points, other: Points) -> float | str:
    return round(float(spearmanr(one, other)[0]), 3) if len(one) > 3 else ""


def _label(dataset: Dataset, member: Member, cluster: int) -> str:
    """The label that most cells of a cluster have."""
    assert dataset.labels is not None
    labels = dataset.labels[(member.clusters == cluster) & (dataset.labels >= 0)]
    return dataset.label_names[np.bincount(labels).argmax()] if len(labels) else ""


def render_table(rows: Sequence[dict[str, str]]) -> str:
    """A table in Markdown: medians over the walks of each matrix."""
    titles = ["data", "walks", "with a path", "with an order", *TITLES.values()]
    lines = [f"| {' | '.join(titles)} |", "|" + "---|" * len(titles)]
    for name, preset in dict.fromkeys((row["dataset"], row["preset"]) for row in rows):
        own = [row for row in rows if (row["dataset"], row["preset"]) == (name, preset)]
        n_paths = sum(row["verdict"] != "no path" for row in own)
        n_orders = sum(row["verdict"] == "order" for row in own)
        figures = [_median(own, figure) for figure in TITLES]
        lines.append(f"| {' | '.join([f'`{name}`, {preset}', str(len(own)), str(n_paths), str(n_orders), *figures])} |")
    return "\n".join(lines)


def _median(rows: Sequence[dict[str, str]], figure: str) -> str:
    values = [float(row[figure]) for row in rows if row[figure]]
    return f"{np.median(values):.2f}" if values else "–"


def main() -> None:
    """Measures the matrices without rows, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help="these matrices")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--seeds", default="10-15", help="the two ensembles, one after the other")
    parser.add_argument("--folder", type=Path, default=Path("switch-order-runs"), help="where runs are kept")
    parser.add_argument("--rows", type=Path, default=ROWS, metavar="FILE")
    parser.add_argument("--table", action="store_true", help="write the table of the rows into docs/measurements.md")
    arguments = parser.parse_args()
    if arguments.table:
        table = render_table(read_rows(arguments.rows))
        MEASUREMENTS.write_text(put_table(MEASUREMENTS.read_text(), "switch-order", "switch_order", table))
        return
    known = {(row["dataset"], row["preset"], row["seeds"]) for row in read_rows(arguments.rows)}
    for name in choose(arguments.only, MATRICES, "matrix"):
        if (name, arguments.preset, arguments.seeds) not in known:
            for row in measure_matrix(name, arguments):
                append_row(row, arguments.rows, COLUMNS)


if __name__ == "__main__":
    call(main)
