"""t-SNE maps of the same samples after several steps of a training, laid out backwards so that few move needlessly.

The last step is laid out as any map. Each earlier step starts from the layout of the step after it and is optimised for
a few iterations without early exaggeration; then a rotation and a shift (orthogonal Procrustes, with mirroring) lay it
onto that one. Lengths stay. How far samples move although nothing has changed is measured on the last step, which is
optimised once more from its own layout: smaller moves than this are the layout's and not the training's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.embedding.compute import compute_map, is_constant
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.errors import DataError

N_ITERATIONS = 50  # of each step but the last
SETTINGS = MapSettings.model_validate({"algorithm": "tsne", "n_iterations": 500})


@dataclass(frozen=True)
class AlignedMaps:
    """Maps of T steps, earliest first; those that are not laid out yet are missing at the front."""

    coordinates: tuple[NDArray[np.float32], ...]  # (N, 2) each
    n_steps: int  # T
    own_move: float  # the mean distance that samples of the last step move by layout alone; 0 before it is known

    @property
    def is_whole(self) -> bool:
        """Whether all steps are laid out."""
        return len(self.coordinates) == self.n_steps


def align_maps(latents: Sequence[NDArray[np.float32]], settings: MapSettings = SETTINGS) -> Iterator[AlignedMaps]:
    """Lays the latents (N, D) of T steps out, the last one first, and yields what is there after each.

    While the last one forms, there is nothing yet. To stop, ask for no more. The same latents and settings give the
    same maps. Raises DataError where the steps hold different numbers of samples, and what `compute_map` raises.
    """
    if len({len(step) for step in latents}) > 1:
        raise DataError("The steps hold different samples: only maps of the same samples can be aligned.")
    last = latents[-1]
    layout = np.zeros((len(last), 2), np.float32)
    for frame in compute_map(last, settings):
        layout = frame.coordinates
        yield AlignedMaps((), len(latents), 0.0)
    again = _continue(last, layout, settings)
    own_move = float(np.linalg.norm(again - layout, axis=1).mean())
    coordinates = (layout,)
    yield AlignedMaps(coordinates, len(latents), own_move)
    for step in reversed(latents[:-1]):
        coordinates = (_continue(step, coordinates[0], settings), *coordinates)
        yield AlignedMaps(coordinates, len(latents), own_move)


def _continue(latents: NDArray[np.float32], layout: NDArray[np.float32], settings: MapSettings) -> NDArray[np.float32]:
    """The map of latents that begins at `layout` and is laid back onto it."""
    if is_constant(latents):  # nothing says where its samples belong
        return layout
    from clustergan_core.embedding.tsne import continue_layout

    return lay_onto(continue_layout(latents, layout, settings, N_ITERATIONS), layout)


def lay_onto(points: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float32]:
    """Points (N, 2), rotated, mirrored where that is nearer, and shifted, as near to `target` as can be."""
    from scipy.linalg import orthogonal_procrustes

    middle, own = target.mean(axis=0), points.mean(axis=0)
    rotation, _ = orthogonal_procrustes(points - own, target - middle)
    return ((points - own) @ rotation + middle).astype(np.float32)
