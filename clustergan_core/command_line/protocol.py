"""`protocol`: several runs of one configuration, and what the paper's protocol says of them."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clustergan_core.command_line.training import add_run_words, read_config
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.live_scores import AGREEMENT_SCORES
from clustergan_core.methods import find_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.places import runs_folder
from clustergan_core.runs.protocol import READINGS, Report, make_report
from clustergan_core.runs.seeds import SeedRuns, train_missing

MOST_SEEDS = 1000


def add_commands(commands: Any) -> None:
    """Adds `protocol` to the parser's commands."""
    protocol = commands.add_parser("protocol", help="train several seeds and report them as the paper does, and fairly")
    add_run_words(protocol)
    protocol.add_argument("--seeds", default="0-4", help="such as 0-4 or 0,3,7")
    protocol.add_argument("--out", metavar="DIR", help="the runs' folder; without it one that these words always name")
    protocol.add_argument("--json", action="store_true", help="one JSON document")
    protocol.set_defaults(run=_protocol, seed=0, title="")


def _protocol(arguments: argparse.Namespace) -> None:
    seeds = read_seeds(arguments.seeds)
    config = read_config(arguments)
    folder = Path(arguments.out) if arguments.out else runs_folder() / _folder_name(config)
    runs = SeedRuns(config, seeds, folder)
    runs.check()
    _say(f"Runs: {folder}")
    _train(runs)
    finished = runs.finished()
    if not finished:
        raise RunError(f"No run in {folder} is finished: see log.txt in the folders of its runs.")
    report = make_report(finished)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print(render_report(report))


def read_seeds(text: str) -> tuple[int, ...]:
    """ "0-4" or "0,3,7" or both, in the order given and each once; SettingsError for anything else."""
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,18})(?:-(\d{1,18}))?", part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if not 0 <= last - first < MOST_SEEDS or len(seeds) > MOST_SEEDS:
            raise SettingsError(f"--seeds {text} is not possible: write up to {MOST_SEEDS}, for example 0-4 or 0,3,7.")
        seeds += range(first, last + 1)
    return tuple(dict.fromkeys(seeds))


def _folder_name(config: RunConfig) -> str:
    """The same for the same words, so that repeating the command finds its runs."""
    what = config.model_dump(mode="json", include={"method", "dataset", "settings", "schedule", "device", "threads"})
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", config.dataset.name.lower()).strip("-")[:40] or "data"
    return f"protocol-{config.method}-{slug}-{config.preset}-{digest}"


def _train(runs: SeedRuns) -> None:
    """Trains what is missing and says so: a progress bar on a terminal, a line for each run elsewhere."""
    before = {seed: status.state for seed, status in runs.statuses().items()}
    done = [seed for seed in runs.seeds if before.get(seed) == "finished"]
    left = [seed for seed in runs.seeds if seed not in done]
    if done:
        _say(f"Finished already: {_seeds(done)}.")
    if not left:
        return
    begun = [seed for seed in left if seed in before]
    _say(f"To train: {_seeds(left)}" + (f", of which begun already: {_seeds(begun)}." if begun else "."))
    n_steps = len(left) * runs.config.schedule.n_steps
    working: set[int] = set()
    with (
        tqdm(total=n_steps, unit=" steps", file=sys.stderr, disable=not sys.stderr.isatty()) as bar,
        closing(train_missing(runs)) as training,  # Ctrl-C ends the processes, whose runs can be continued
    ):
        for statuses in training:
            bar.update(sum(statuses[seed].step for seed in left if seed in statuses) - bar.n)
            for seed, status in statuses.items():
                if not status.is_over:
                    working.add(seed)
                elif seed in working:
                    working.remove(seed)
                    _say(f"Seed {seed} {status.state}, {status.seconds:.0f} s of training. {status.message}".strip())


def _seeds(seeds: list[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


def _say(sentence: str) -> None:
    """To standard error, so that the report alone is the command's answer."""
    tqdm.write(sentence, file=sys.stderr)


def render_report(report: Report) -> str:
    """The report as a table for a terminal."""
    trained_on = " (also trained on)" if report["is_training_data"] else ""
    lines = [
        f"{find_method(report['method']).title} on {report['dataset']}, preset {report['preset']}, "
        f"{report['n_steps']:,} steps: {report['n_runs']} runs, {report['split']} split, "
        f"{report['n']:,} samples{trained_on}",
        "",
    ]
    rows: list[list[str]] = [["", "seed", *AGREEMENT_SCORES, *(f"km {name}" for name in AGREEMENT_SCORES), "rank ρ"]]
    if report["all_runs"] is None:
        lines.append("Purity, accuracy, NMI and ARI need labels, and the data has none.")
    else:
        chosen, all_runs = report["chosen_with_labels"], report["all_runs"]
        rows.append([f"{chosen['mark']}: {chosen['by']}", str(chosen["seed"]), *_figures(chosen)])
        for figure in ("mean", "sd", "median", "min", "max"):
            spread = {
                reading: {name: all_runs[reading][name][figure] for name in AGREEMENT_SCORES} for reading in READINGS
            }
            rows.append([f"all {report['n_runs']} runs: {figure}", "", *_figures(spread)])
    for chosen in report["chosen_without_labels"]:
        label = f"{chosen['mark']}: {chosen['title']}"
        rows.append([label, str(chosen["seed"]), *_figures(chosen), _figure(chosen["rank_correlation"])])
    lines += _aligned(rows)
    lines += [
        "",
        f"km: k-means on the latents. rank ρ: of the criterion with test purity over {report['n_runs']} runs.",
    ]
    if report["trains_on_neighbours"]:
        lines.append("This method trains on neighbours, so neighbour agreement says nothing about its result.")
    return "\n".join(lines)


def _figures(readings: dict[str, Any]) -> list[str]:
    return [_figure(readings[reading][name]) for reading in READINGS for name in AGREEMENT_SCORES]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _aligned(rows: list[list[str]]) -> list[str]:
    """Cells in columns: the first to the left, figures to the right."""
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]) for row in rows]
