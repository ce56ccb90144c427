"""`decode`: finds the latents of samples by descent through a run's generator."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from clustergan_core.data.dataset import SplitName
from clustergan_core.decoding import MAX_ITERATIONS, N_ITERATIONS, count_restarts, decode_samples, read_clusters
from clustergan_core.errors import SettingsError
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.method import Method
    from clustergan_core.nn.back_projection import BackProjection

SPLITS: tuple[SplitName, ...] = ("test", "validation", "train", "all")
N_SAMPLES = 5
_MAX_TOGETHER = 256  # latents that descend together; more would leave the processor's cache
_N_TIMED = 5  # iterations after which the time may be estimated
_TIMED_SECONDS = 2.0  # and how long it is measured where there is so much to do


def add_commands(commands: Any) -> None:
    """Adds `decode` to the parser's commands."""
    decode = commands.add_parser("decode", help="find samples' latents by descent through the generator (Algorithm 1)")
    decode.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    which = decode.add_mutually_exclusive_group()
    which.add_argument("--samples", metavar="0,5,17", help="positions in the data set, counted from 0")
    which.add_argument("--split", help=" | ".join(SPLITS) + "; by default test")
    decode.add_argument(
        "--n", type=int, metavar="N", help=f"evenly spaced samples of the split; by default {N_SAMPLES}"
    )
    decode.add_argument("--iterations", type=int, default=N_ITERATIONS, metavar="N", help=f"by default {N_ITERATIONS}")
    decode.add_argument("--json", action="store_true", help="one JSON document, with all losses and the winner's noise")
    decode.set_defaults(run=_decode)


def _decode(arguments: argparse.Namespace) -> None:
    n_iterations = arguments.iterations
    if not 1 <= n_iterations <= MAX_ITERATIONS:
        raise SettingsError(f"--iterations {n_iterations} is not possible: choose 1 to {MAX_ITERATIONS}, such as 200.")
    if arguments.samples is not None and arguments.n is not None:
        raise SettingsError("--n counts samples of a split and --samples names them: leave one of the two out.")
    run = find_run(arguments.name)
    named = None if arguments.samples is None else _read_samples(arguments.samples, run)
    method = run.load()
    method.require("generator")
    dataset = run.dataset()
    chosen = _choose(dataset, arguments.split or "test", N_SAMPLES if arguments.n is None else arguments.n)
    indices = chosen if named is None else named
    begun = time.perf_counter()
    rows = decode_rows(method, dataset, indices, n_iterations)
    seconds = time.perf_counter() - begun
    result = {
        "run": run.name,
        "n_starts": count_restarts(method),
        "starts": "modes" if method.has_modes else "draws",
        "n_iterations": n_iterations,
        "seconds": round(seconds, 3),
        "agreement": _agreement(rows),
        "purity": _purity(rows, "winner") if method.has_modes else None,
        "run_purity": _purity(rows, "cluster"),
        "samples": rows,
    }
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        _print(result)


def decode_rows(method: Method, dataset: Dataset, indices: list[int], n_iterations: int) -> list[dict[str, Any]]:
    """One row for each sample; reports an estimate of the time on standard error, and progress on a terminal."""
    n_together = max(1, _MAX_TOGETHER // count_restarts(method))
    parts = [indices[start : start + n_together] for start in range(0, len(indices), n_together)]
    rows: list[dict[str, Any]] = []
    begun, is_estimated = 0.0, False
    with tqdm(total=len(indices) * n_iterations, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        for part in parts:
            samples = dataset.samples[part]
            decoded = None
            for iteration, decoding in enumerate(decode_samples(method, samples, n_iterations)):
                decoded = decoding
                bar.update(len(part) if iteration else 0)
                if is_estimated:
                    continue
                passed = time.perf_counter() - begun
                if iteration < 2:
                    begun += passed  # the first ones also prepare what all others use
                elif iteration >= _N_TIMED and (passed >= _TIMED_SECONDS or iteration == n_iterations):
                    n_timed = len(part) * (iteration - 1)
                    seconds = passed / n_timed * len(indices) * n_iterations
                    _report_estimate(seconds, len(indices), method, n_iterations)
                    is_estimated = True
            assert decoded is not None
            rows += _rows(method, dataset, part, samples, decoded)
    return rows


def _rows(
    method: Method, dataset: Dataset, part: list[int], samples: NDArray[np.float32], decoded: BackProjection
) -> list[dict[str, Any]]:
    answers = read_clusters(method, samples)
    normals = decoded.best_latents[:, : method.prior.n_normal].tolist()
    rows = []
    for row, index in enumerate(part):
        winner, margin = int(decoded.winner[row]), float(decoded.margin[row])
        cluster = None if answers is None else int(answers[0][row])
        label = None if dataset.labels is None else int(dataset.labels[index])
        rows.append(
            {
                "sample": index,
                "label": None if label is None or label < 0 else dataset.label_names[label],
                "winner": winner,
                "loss": float(decoded.losses[row, winner]),
                "margin": margin if margin < float("inf") else None,
                "cluster": cluster,
                "confidence": None if answers is None else float(answers[1][row]),
                "agrees": None if cluster is None or not method.has_modes else cluster == winner,
                "losses": decoded.losses[row].tolist(),
                "normal": normals[row],
            }
        )
    return rows


def _read_samples(text: str, run: Run) -> list[int]:
    """Positions such as 0,5,17, each once; SettingsError for what is none, or not in the run's data."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise SettingsError(f"--samples {text} is not possible: give numbers from 0 on, such as 0,5,17.")
    last = run.config.dataset.n_samples - 1
    for part in parts:
        if len(part) > 18 or int(part) > last:
            raise SettingsError(f"Run {run.name} has no sample {part}: choose --samples from 0 to {last}.")
    return list(dict.fromkeys(map(int, parts)))


def _choose(dataset: Dataset, split: str, n: int) -> list[int]:
    """`n` positions of a split, evenly spaced, because a file may be sorted by its labels."""
    import numpy as np

    if split not in SPLITS:
        raise SettingsError(f"--split {split} is not possible: choose {' or '.join(SPLITS)}.")
    indices = dataset.indices(split)
    if not 1 <= n <= len(indices):
        raise SettingsError(f"--n {n} is not possible: choose 1 to {len(indices)}, the samples of split {split}.")
    return indices[np.linspace(0, len(indices) - 1, n).astype(int)].tolist()


def _agreement(rows: list[dict[str, Any]]) -> float | None:
    known = [row["agrees"] for row in rows if row["agrees"] is not None]
    return sum(known) / len(known) if known else None


def _purity(rows: list[dict[str, Any]], answer: str) -> float | None:
    """Purity of the winners, or of the run's own clusters, among the labelled samples; None without labels."""
    import numpy as np

    from clustergan_core.evaluation.agreement import purity

    known = [row for row in rows if row["label"] is not None and row[answer] is not None]
    if not known:
        return None
    names = sorted({row["label"] for row in known})
    labels = np.array([names.index(row["label"]) for row in known])
    return purity(labels, np.array([row[answer] for row in known]))


def _report_estimate(seconds: float, n_samples: int, method: Method, n_iterations: int) -> None:
    what = f"{n_samples} sample{'s' if n_samples > 1 else ''} × {count_restarts(method)} restarts"
    tqdm.write(f"{what} × {n_iterations} iterations: about {max(1, round(seconds))} s", file=sys.stderr)


def _print(result: dict[str, Any]) -> None:
    starts = "one for each mode" if result["starts"] == "modes" else "stored draws of a prior without modes"
    print(
        f"{result['run']}: Algorithm 1, {result['n_starts']} restarts ({starts}), {result['n_iterations']} iterations, "
        f"{result['seconds']:.1f} s"
    )
    columns = ("sample", "label", "winner", "loss", "margin", "cluster", "confidence", "agrees")
    table = [columns, *(tuple(_cell(column, row[column]) for column in columns) for row in result["samples"])]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print("winner: the restart with the lowest loss; margin: by which share of it the second-best is worse;")
    print("cluster, confidence: the run's own reading of the sample")
    if result["agreement"] is not None:
        print(f"The winner is the cluster of {result['agreement']:.0%} of these samples.")
    if result["purity"] is not None and result["run_purity"] is not None:
        print(
            f"Purity among them: {result['purity']:.3f} by the winner, {result['run_purity']:.3f} by the run's reading"
        )


def _cell(column: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column == "margin":
        return f"{value:.1%}"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
