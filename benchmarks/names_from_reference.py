"""Measures names from a reference, one row a set, seed and missing type in benchmarks/names_from_reference.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.names_from_reference --seeds 0-2
    python -m benchmarks.names_from_reference --table

A run is trained on one sample with the preset quick, and the other sample's labels name its cells. Then the same with a
type taken out of the reference, whose cells should be unknown. `rule` says how a cell becomes unknown:

none           never: the regression's names alone
specified      fewer than 60% of the neighbours have the regression's name, or further than the 99% distance
latents        neighbours by the encoder's latents in place of its last hidden layer, 99% distance
distance       99% distance alone
shipped        99% distance, or a probability below one half: what the program does

`macro_f1` is the mean over the types of the named sample; a cell that is unknown counts as wrong. `unknown` is the
share of cells of types that the reference has, `missing_unknown` that of the type that was taken out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import put_table
from benchmarks.train_all import append_row, read_rows
from clustergan_core.cells.reference_names import FAR, N_GENES, N_NEIGHBOURS, CellNames, name_cells
from clustergan_core.cells.references import UNKNOWN, Reference, make_reference
from clustergan_core.data.counts.matrix import CountMatrix, take_cells
from clustergan_core.data.counts.steps import apply_preparation
from clustergan_core.data.opening import open_dataset, open_matrix
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published.download import data_folder
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import create_run
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.runs.worker import execute
from clustergan_core.scoring.encoder_features import encoder_features
from clustergan_core.scoring.latents import encode_samples

ROWS = Path(__file__).with_name("names_from_reference.csv")
LABEL, METHOD, PRESET = "cell_type", "paired-clustergan", "quick"
LEAST_VOTE = 0.6  # the specified rule
GENES = (1000, 2000, 4000)
RULES = ("none", "specified", "latents", "distance", "shipped")
COLUMNS = (
    "dataset", "reference", "named", "missing", "seed", "preset", "n_genes", "rule", "n_cells", "accuracy",
    "macro_f1", "unknown", "missing_unknown", "agreeing", "accuracy_agreeing", "accuracy_others", "cpu", "cores",
)  # fmt: skip


Both = tuple[NDArray[np.float32], NDArray[np.float32]]  # of the reference's cells, and of the run's


@dataclass(frozen=True)
class Pair:
    """Two samples of one file, of which one names the other."""

    column: str
    reference: str
    named: str
    missing: tuple[str, ...]  # types that are taken out of the reference, one at a time
    absent: tuple[str, ...] = ()  # types of the named sample that the reference lacks anyway


PAIRS = {
    "kang_ifnb": Pair("condition", "CTRL", "STIM", ("NK",)),
    "baron_mouse_pair": Pair("mouse", "mouse2", "mouse1", ("macrophage", "endothelial")),
    # These two took no part in the choice of any setting or rule.
    "pbmc_3chemistries": Pair("chemistry", "V3", "V2", ("Monocytes",)),
    "pancreas_two_studies": Pair("study", "xin", "wang", ("delta",), absent=("acinar", "ductal", "stellate")),
}


def train(name: str, seed: int, folder: Path) -> Run:
    """The run on the sample to be named, from the folder or trained into it."""
    pair, path = PAIRS[name], data_folder() / name / f"{name}.h5ad"
    target = folder / f"{name}-{seed}"
    if (target / "scores.json").is_file():
        return Run(target)
    options = OwnDataOptions(labels=LABEL, only={pair.column: (pair.named,)})
    dataset = open_dataset(str(path), options)
    config = make_config(dataset, str(path), method=METHOD, preset=PRESET, options=options, seed=seed)
    run = create_run(config, target)
    execute(run)
    return run


def measure(name: str, run: Run) -> Iterator[dict[str, object]]:
    """A row for each rule, with the whole reference and without each missing type."""
    pair = PAIRS[name]
    whole = open_matrix(run.config.dataset.source)
    known = take_cells(whole, (whole.cells[pair.column].astype(str) == pair.reference).to_numpy())
    reference = make_reference(known, known.cells[LABEL].astype(str).to_numpy(dtype=np.str_), pair.reference)
    matrix = run_matrix(run)
    for missing in ("", *pair.missing):
        partial = reference.without(missing) if missing else reference
        lacking = (*pair.absent, *([missing] if missing else []))
        features, latents = _features(run, partial)
        for n_genes in GENES:
            names, _ = name_cells(partial, matrix, *features, n_genes=n_genes)
            is_far = names.distance > names.limit
            unknown = {
                "none": np.zeros(len(is_far), dtype=np.bool_),
                "specified": is_far | (names.vote < LEAST_VOTE),
                "latents": _is_far(*latents),
                "distance": is_far,
                "shipped": names.is_unknown,
            }
            assert unknown.keys() == set(RULES)
            for rule, is_unknown in unknown.items():
                score = _score(matrix, names, is_unknown, lacking)
                yield {"missing": ", ".join(lacking), "n_genes": n_genes, "rule": rule, **score}


def _is_far(known: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) whether a cell lies beyond the 99% distance, by scikit-learn."""
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(n_neighbors=N_NEIGHBOURS).fit(known)
    return index.kneighbors(new)[0].mean(axis=1) > np.quantile(index.kneighbors()[0].mean(axis=1), FAR)


def _features(
    run: Run, reference: Reference
) -> tuple[tuple[NDArray[np.float32], ...], tuple[NDArray[np.float32], ...]]:
    """(the last hidden layer, the latents) of the reference's cells and of the run's."""
    method = run.load()
    both = (apply_preparation(run.config.dataset.preprocessing, reference.matrix), run.dataset().samples)
    latents = (encode_samples(method, samples, np.arange(len(samples))) for samples in both)
    known, new = (method.clustering_features(own.encoding()).numpy() for own in latents)
    return (encoder_features(method, both[0]), encoder_features(method, both[1])), (known, new)


def _score(
    matrix: CountMatrix, names: CellNames, is_unknown: NDArray[np.bool_], lacking: tuple[str, ...]
) -> dict[str, object]:
    from sklearn.metrics import f1_score

    truth = matrix.cells[LABEL].astype(str).to_numpy(dtype=np.str_)
    is_known = ~np.isin(truth, lacking)
    answers = np.where(is_unknown, UNKNOWN, np.array(names.types)[names.named])
    types = sorted(set(truth[is_known]) & set(names.types))
    is_right, agrees = answers == truth, names.agrees & ~is_unknown
    others = ~names.agrees & ~is_unknown
    return {
        "n_cells": len(truth),
        "accuracy": round(float(is_right[is_known].mean()), 4),
        "macro_f1": round(float(f1_score(truth[is_known], answers[is_known], labels=types, average="macro")), 4),
        "unknown": round(float(is_unknown[is_known].mean()), 4),
        "missing_unknown": round(float(is_unknown[~is_known].mean()), 4) if lacking else "",
        "agreeing": round(float(agrees.sum() / (~is_unknown).sum()), 4),
        "accuracy_agreeing": _share(is_right[is_known & agrees]),
        "accuracy_others": _share(is_right[is_known & others]),
    }


def _share(values: NDArray[np.bool_]) -> float | str:
    """How many are true; "" where there are none."""
    return round(float(values.mean()), 4) if len(values) else ""


def table(rows: list[dict[str, str]]) -> str:
    """Medians over the seeds, a line for each pair, missing type and rule, by the shipped number of genes."""
    lines = ["| set | reference lacks | unknown by | seeds | accuracy | macro-F1 | known, unknown | missing, unknown |"]
    lines += ["|---|---|---|--:|--:|--:|--:|--:|"]
    keys = dict.fromkeys((row["dataset"], row["missing"], row["rule"]) for row in rows)
    for dataset, missing, rule in keys:
        own = [
            row
            for row in rows
            if (row["dataset"], row["missing"], row["rule"], row["n_genes"]) == (dataset, missing, rule, str(N_GENES))
        ]
        lines.append(
            f"| `{dataset}` | {missing or 'nothing'} | {rule} | {len(own)} | {_median(own, 'accuracy')} | "
            f"{_median(own, 'macro_f1')} | {_median(own, 'unknown')} | {_median(own, 'missing_unknown')} |"
        )
    lines += [
        "",
        "| genes | " + " | ".join(f"`{name}`, {rule}" for name in PAIRS for rule in ("none", "shipped")) + " |",
    ]
    lines += ["|--:|" + "--:|" * 2 * len(PAIRS)]
    columns = [(name, rule) for name in PAIRS for rule in ("none", "shipped")]
    for n_genes in GENES:
        cells = [
            _median([row for row in rows if _is_whole(row, name, rule, n_genes)], "macro_f1") for name, rule in columns
        ]
        lines.append(f"| {n_genes:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _is_whole(row: dict[str, str], name: str, rule: str, n_genes: int) -> bool:
    return (row["dataset"], row["missing"], row["rule"], row["n_genes"]) == (
        name,
        ", ".join(PAIRS[name].absent),
        rule,
        str(n_genes),
    )


def _median(rows: list[dict[str, str]], figure: str) -> str:
    """The median with its spread; a dash where there is none."""
    values = [float(row[figure]) for row in rows if row[figure]]
    if not values:
        return "–"
    low, high = min(values), max(values)
    spread = f" ({low:.2f}–{high:.2f})" if round(low, 2) < round(high, 2) else ""
    return f"{np.median(values):.2f}{spread}" if figure != "macro_f1" else f"{np.median(values):.3f}{spread}"


def main() -> None:
    """Measures the missing rows, or writes the table into docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0-2", help="such as 0-2 or 0,5")
    parser.add_argument("--folder", type=Path, default=Path(".cache/benchmarks"), help="where runs are kept")
    parser.add_argument("--table", action="store_true", help="write the table from the rows")
    arguments = parser.parse_args()
    rows = read_rows(ROWS)
    if arguments.table:
        text = MEASUREMENTS.read_text(encoding="utf-8")
        MEASUREMENTS.write_text(put_table(text, "names", "names_from_reference", table(rows)), encoding="utf-8")
        return
    measured = {(row["dataset"], row["seed"]) for row in rows}
    for seed in read_seeds(arguments.seeds):
        for name, pair in PAIRS.items():
            if (name, str(seed)) in measured:
                continue
            facts = {"dataset": name, "reference": pair.reference, "named": pair.named, "seed": seed, "preset": PRESET}
            for row in list(measure(name, train(name, seed, arguments.folder.resolve()))):
                append_row(facts | row | describe_machine(), ROWS, COLUMNS)
            print(f"{name}, seed {seed}", flush=True)


if __name__ == "__main__":
    main()
