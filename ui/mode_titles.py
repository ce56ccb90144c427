"""What a mode is called on a page of cells: its number, and the label most of its cells have."""

from __future__ import annotations

from dataclasses import dataclass

from clustergan_core.runs.store import Run
from ui.mode_rows import summary_of


@dataclass(frozen=True)
class ModeTitles:
    """Names of the K modes."""

    short: tuple[str, ...]  # for a table's column
    names: tuple[str, ...]  # with the label most of its cells have, for a sentence
    n_cells: tuple[int | None, ...]  # cells the encoder assigns to each; None while neither they nor the data are here

    def choice(self, mode: int) -> str:
        """The mode among others to choose from."""
        count = self.n_cells[mode]
        name = self.names[mode].replace(", mostly ", " · ")
        return name if count is None else f"{name} · {count:,}" if count else f"{name} · no cell"

    def largest(self) -> list[int]:
        """The modes by their cells, the largest first; by number where they are not known."""
        return sorted(range(len(self.names)), key=lambda mode: -(self.n_cells[mode] or 0))


def mode_titles(run: Run) -> ModeTitles:
    """The names of a run's modes; labels are those of its test samples."""
    summary = summary_of(run)
    labels = summary.labels or (None,) * summary.n_clusters
    short = tuple(f"mode {mode}" for mode in range(summary.n_clusters))
    names = tuple(f"{mode}, mostly {label}" if label else mode for mode, label in zip(short, labels, strict=True))
    if summary.usage is None:
        return ModeTitles(short, names, (None,) * summary.n_clusters)
    return ModeTitles(short, names, tuple(round(share * summary.n_samples) for share in summary.usage.tolist()))
