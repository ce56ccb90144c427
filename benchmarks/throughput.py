"""Times a training step: ours, one written directly from the paper, and ours with single ideas removed.

    python -m benchmarks.throughput [--cases mnist …] [--variants …] [--rounds 15] [--threads 2] [--device cpu] [--keep]
    python -m benchmarks.throughput --table     writes the saved rows to docs/measurements.md

All variants take turns in one process, one step each, so that other work on the machine affects all of them equally.
The figures are medians of wall-clock time and of processor time. On a busy machine only the latter, with --threads 1,
is meaningful. On a GPU our steps run as in training, as CUDA graphs, and the plain one runs eagerly; the clock stops
when the GPU has finished. Batches have 64 samples, and a step has five critic updates. --keep appends the rows to
benchmarks/throughput.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from benchmarks import step_variants
from benchmarks.machine import gpu_name
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.straightforward_step import StraightforwardStep
from benchmarks.tables import put_table
from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch
from clustergan_core.methods.clustergan import ClusterGAN, ClusterGANSettings
from clustergan_core.nn.acceleration import N_EAGER_STEPS, StepRunner

ROWS = Path(__file__).with_name("throughput.csv")
BASE = "straightforward"
N_SAMPLES = 2048  # to draw batches from
WARM_ROUNDS = N_EAGER_STEPS + 2  # on a GPU the step after the eager ones is recorded


@dataclass(frozen=True)
class Case:
    """Networks of the paper, at its width unless stated otherwise."""

    kind: Kind
    shape: tuple[int, ...]
    settings: dict[str, Any]


_PENDIGITS = {"n_normal": 5, "n_clusters": 10}
_MNIST = {"n_normal": 30, "n_clusters": 10}
CASES = {
    "mnist": Case("image", (1, 28, 28), _MNIST),
    "mnist, half width": Case("image", (1, 28, 28), _MNIST | {"width": 0.5}),
    "mnist, quarter width": Case("image", (1, 28, 28), _MNIST | {"width": 0.25}),
    "pendigits": Case("table", (16,), _PENDIGITS),
    "pendigits, critic without norm": Case("table", (16,), _PENDIGITS | {"critic_norm": "none"}),
    "10x, 720 genes": Case("expression", (720,), {"n_normal": 30, "n_clusters": 8}),
}
VARIANTS: dict[str, tuple[type[ClusterGAN], str]] = {
    "ours": (ClusterGAN, "float32"),
    "ours, bfloat16": (ClusterGAN, "bfloat16"),
    "bfloat16, without one kernel for Adam": (step_variants.PlainAdam, "bfloat16"),
    "bfloat16, foreach Adam": (step_variants.ForeachAdam, "bfloat16"),
    "bfloat16, critic's gradients in the players' step": (step_variants.CriticGradientsInPlayersStep, "bfloat16"),
    "bfloat16, a generator call for each batch": (step_variants.GeneratorCallForEachBatch, "bfloat16"),
    "bfloat16, second backward pass": (step_variants.SecondBackwardPass, "bfloat16"),
    "bfloat16, second backward and separate passes": (step_variants.SeparatePasses, "bfloat16"),
    "bfloat16, channels last": (step_variants.ChannelsLast, "bfloat16"),
    "float32, without one kernel for Adam": (step_variants.PlainAdam, "float32"),
    "float32, critic's gradients in the players' step": (step_variants.CriticGradientsInPlayersStep, "float32"),
    "float32, a generator call for each batch": (step_variants.GeneratorCallForEachBatch, "float32"),
    "float32, second backward pass": (step_variants.SecondBackwardPass, "float32"),
    "float32, second backward and separate passes": (step_variants.SeparatePasses, "float32"),
    "float32, channels last": (step_variants.ChannelsLast, "float32"),
}


class Cost(NamedTuple):
    """Milliseconds per step."""

    wall: float
    processor: float


def measure(case: Case, variants: list[str], n_rounds: int, device: str = "cpu") -> dict[str, Cost]:
    """Median costs of each variant, the straightforward one first."""
    torch.manual_seed(0)
    samples = torch.rand(N_SAMPLES, *case.shape).to(device)
    wait = torch.cuda.synchronize if samples.is_cuda else _wait_for_nothing
    steps = {name: _prepare_step(name, case, samples) for name in (BASE, *variants)}
    costs: dict[str, list[Cost]] = {name: [] for name in steps}
    for number in range(WARM_ROUNDS + n_rounds):
        for name, step in steps.items():
            wall, processor = time.perf_counter(), time.process_time()
            step()
            wait()
            if number >= WARM_ROUNDS:
                spent = Cost(1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor))
                costs[name].append(spent)
    return {name: Cost(*map(statistics.median, zip(*spent))) for name, spent in costs.items()}


def _prepare_step(name: str, case: Case, samples: torch.Tensor) -> Callable[[], object]:
    method_class, precision = VARIANTS.get(name, (ClusterGAN, "float32"))
    settings = ClusterGANSettings.model_validate(case.settings | {"precision": precision})
    device = samples.device
    method = method_class(settings, case.kind, case.shape).to(device)
    random = torch.Generator(device).manual_seed(0)

    def draw() -> list[Batch]:
        drawn = [torch.randint(N_SAMPLES, (size,), generator=random, device=device) for size in method.batch_sizes]
        return [Batch(samples[indices], indices) for indices in drawn]

    if name == BASE:
        plain = StraightforwardStep(method, random)
        return lambda: plain.train_step([batch.samples for batch in draw()])
    method.prepare(samples, random)
    runner = StepRunner(device, random)
    return lambda: runner.run("step", lambda: method.train_step(draw()))


def _wait_for_nothing() -> None:
    pass


def _rows(
    case: str, medians: dict[str, Cost], n_threads: int, n_rounds: int, commit: str, device: str
) -> list[dict[str, str]]:
    told = {
        "commit": commit,
        "machine": f"{gpu_name(device)}{_processor()}, {os.cpu_count()} cores",
        "torch": torch.__version__,
        "threads": str(n_threads),
        "load": f"{os.getloadavg()[0]:.1f}",
        "rounds": str(n_rounds),
        "networks": case,
    }
    base = medians[BASE]
    return [
        told
        | {
            "variant": name,
            "milliseconds": f"{cost.wall:.4g}",
            "ratio": f"{base.wall / cost.wall:.2f}",
            "processor_milliseconds": f"{cost.processor:.4g}",
            "processor_ratio": f"{base.processor / cost.processor:.2f}",
        }
        for name, cost in medians.items()
    ]


def _processor() -> str:
    """The processor's name, with the instructions that matter for bfloat16."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    wide = "".join(f" {name}" for name in ("avx512_bf16", "amx_bf16") if name in facts.get("flags", "").split())
    return f"{facts.get('model name', 'unknown')} family {facts.get('cpu family', '?')}{wide}"


def _keep(rows: list[dict[str, str]]) -> None:
    is_new = not ROWS.exists()
    with ROWS.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(rows)


def render_table(rows: Iterable[dict[str, str]]) -> str:
    """Markdown of the newest row of each variant, networks, number of threads and machine."""
    newest = {tuple(row[name] for name in ("machine", "threads", "networks", "variant")): row for row in rows}
    lines = [
        "| threads | networks | variant | ms | ratio | ms of processor | ratio | commit, load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    machine_before = ""
    for (machine, threads, networks, variant), row in sorted(newest.items(), key=lambda item: item[0][:3]):
        if machine != machine_before:
            lines.append(f"| *{machine}* | | | | | | | |")
            machine_before = machine
        wall, processor = [(row[f"{kind}milliseconds"], row[f"{kind}ratio"]) for kind in ("", "processor_")]
        told = [threads, networks, variant, *wall, *processor, f"{row['commit']}, {row['load']}"]
        lines.append(f"| {' | '.join(told)} |")
    return "\n".join(lines)


def read_rows() -> list[dict[str, str]]:
    """The rows saved so far."""
    with ROWS.open(newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, default=["ours", "ours, bfloat16"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--keep", action="store_true", help="append the rows to throughput.csv")
    parser.add_argument("--table", action="store_true", help="write the saved rows to the docs without measuring")
    arguments = parser.parse_args()
    if arguments.table:
        text = MEASUREMENTS.read_text()
        MEASUREMENTS.write_text(put_table(text, "throughput", "throughput", render_table(read_rows())))
        return
    # Read before the measurement: the code that is measured was imported at this commit.
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    torch.set_num_threads(arguments.threads)
    for case in arguments.cases:
        medians = measure(CASES[case], arguments.variants, arguments.rounds, arguments.device)
        rows = _rows(case, medians, arguments.threads, arguments.rounds, commit, arguments.device)
        for row in rows:
            wall, processor = [f"{row[k + 'milliseconds']:>7} ms {row[k + 'ratio']:>5}×" for k in ("", "processor_")]
            print(f"{case:31} {row['variant']:51} {wall} · processor {processor}", flush=True)
        if arguments.keep:
            _keep(rows)


if __name__ == "__main__":
    main()
