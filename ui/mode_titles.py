"""What a mode is called on a page of cells: the name a person gave it, else the label most of its cells have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustergan_core.runs.run import Run
from ui.cluster_names import names_of
from ui.mode_rows import summary_of
from ui.real_cells import real_cells


@dataclass(frozen=True)
class ModeTitles:
    """Names of the K modes."""

    short: tuple[str, ...]  # for a table's column
    names: tuple[str, ...]  # for a sentence
    choices: tuple[str, ...]  # to choose from
    n_cells: tuple[int | None, ...]  # cells the encoder assigns to each; None while neither they nor the data are here

    def largest(self) -> list[int]:
        """The modes by their cells, the largest first; by number where they are not known."""
        return sorted(range(len(self.names)), key=lambda mode: -(self.n_cells[mode] or 0))


def mode_titles(run: Run) -> ModeTitles:
    """The names of a run's modes with their cells: all of the data, or the test samples while it is absent."""
    summary, given = summary_of(run), names_of(run).names
    modes = range(summary.n_clusters)
    labels = summary.labels or (None,) * summary.n_clusters
    counts = [None] * summary.n_clusters
    cells = real_cells(run)
    if cells is not None:
        counts = np.bincount(cells.latents.clusters, minlength=summary.n_clusters).tolist()
    elif summary.usage is not None:
        counts = [round(share * summary.n_samples) for share in summary.usage.tolist()]
    return ModeTitles(
        tuple(given.get(mode) or f"mode {mode}" for mode in modes),
        tuple(_name(mode, given.get(mode), labels[mode]) for mode in modes),
        tuple(_choice(mode, given.get(mode) or labels[mode], counts[mode]) for mode in modes),
        tuple(counts),
    )


def _name(mode: int, given: str | None, label: str | None) -> str:
    """The number stands beside the name: several modes may have one name or label."""
    if given:
        return f"{given} (mode {mode})"
    return f"mode {mode}, mostly {label}" if label else f"mode {mode}"


def _choice(mode: int, name: str | None, n_cells: int | None) -> str:
    parts = [f"mode {mode}", name or "", "" if n_cells is None else f"{n_cells:,}" if n_cells else "no cell"]
    return " · ".join(part for part in parts if part)
