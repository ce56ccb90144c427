"""Counterfactuals: a cell as another type, with its own z_n and another mode, and any two codes gene by gene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.expression import ValueScale
from clustergan_core.generation import generate_latents

if TYPE_CHECKING:
    from clustergan_core.method import Method


@dataclass(frozen=True)
class GeneContrast:
    """The generated expression of every gene at two codes with the same z_n, averaged over the draws."""

    scale: ValueScale
    before: NDArray[np.float32]  # (n_genes,)
    after: NDArray[np.float32]
    samples: NDArray[np.float32]  # (n_draws, n_genes) generated at the second code, as the method returns them

    @property
    def differences(self) -> NDArray[np.float64]:
        """(n_genes,) how much each gene rises, as the scale expresses differences."""
        return self.scale.differences(self.after, self.before)

    def top(self, n_genes: int) -> NDArray[np.int64]:
        """The `n_genes` genes that change most, ordered from the largest rise to the largest fall."""
        differences = self.differences
        changed = np.argsort(-np.abs(differences), kind="stable")[:n_genes]
        return changed[np.argsort(-differences[changed], kind="stable")]

    def n_changed(self, at_least: float = 1.0) -> int:
        """How many genes change by at least this much: a log2 difference of 1 doubles or halves 1 + expression."""
        return int((np.abs(self.differences) >= at_least).sum())

    def table(
        self, gene_names: tuple[str, ...], states: tuple[str, str], over_runs: NDArray[np.floating] | None = None
    ) -> pd.DataFrame:
        """One row per gene, the largest change first.

        `over_runs` (R, n_genes) are the differences of R independently trained runs, this one among them: their range,
        and how many have this one's sign.
        """
        column = self.scale.difference_title.replace(" ", "_")
        table = pd.DataFrame(
            {"gene": gene_names, column: self.differences, states[0]: self.before, states[1]: self.after}
        )
        if over_runs is not None:
            table.insert(2, "lowest", over_runs.min(axis=0))
            table.insert(3, "highest", over_runs.max(axis=0))
            table.insert(4, "runs_that_agree", (np.sign(over_runs) == np.sign(self.differences)).sum(axis=0))
        order = np.argsort(-np.abs(self.differences), kind="stable")
        return table.iloc[order].round(4).reset_index(drop=True)


def contrast_codes(
    method: Method,
    scale: ValueScale,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    normals: NDArray[np.float32],
) -> GeneContrast:
    """Genes at the cluster part `after` (n_clusters,) against `before`, at each of `normals` (n_draws, n_normal)."""
    samples = [
        generate_latents(method, np.broadcast_to(code, (len(normals), len(code))), normals) for code in (before, after)
    ]
    values = [scale.expression(part).mean(axis=0) for part in samples]
    return GeneContrast(scale, values[0], values[1], samples[1])


def one_hot(n_clusters: int, mode: int) -> NDArray[np.float32]:
    """The cluster part (n_clusters,) of a mode."""
    return np.eye(n_clusters, dtype=np.float32)[mode]
