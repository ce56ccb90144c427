"""A run on several samples of an experiment as the page sees it, handed down to every section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clustergan_core.data.steps import QualitySample
from clustergan_core.runs.run import Run
from ui.cells.view import CellsView, open_cells

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Batches
    from clustergan_core.runs.clusters.samples import RunSamples


@dataclass(frozen=True)
class SamplesView:
    """A run of cells from several samples. Opening it loads nothing."""

    cells: CellsView
    counts: tuple[QualitySample, ...]  # what quality control left of each sample; known without the data

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.cells.run

    @property
    def batches(self) -> Batches | None:
        """The sample of each cell of the data, and what is known of it now; None while the data is not on this machine.

        Raises DataError for a table beside the run that cannot be read.
        """
        dataset = self.cells.dataset
        if dataset is None or dataset.batches is None:
            return None
        from clustergan_core.runs.clusters.samples import read_facts

        return replace(dataset.batches, table=read_facts(self.run, dataset.batches))

    @property
    def samples(self) -> RunSamples | None:
        """The cells by cluster, as edited, and by sample; None while the data is not on this machine."""
        batches = self.batches
        if batches is None:
            return None
        from clustergan_core.runs.clusters.samples import RunSamples

        return RunSamples(batches.table, self.cells.groups, batches.codes, self.cells.group_numbers())


def open_samples(run: Run) -> SamplesView:
    """The view of a run whose config records several samples."""
    return SamplesView(open_cells(run), run.config.dataset.batch_counts)
