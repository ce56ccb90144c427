"""Definitions of the order in which genes switch, for benchmarks/switch_order.py to compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.cells.ensembles import WalkEnds
from clustergan_core.cells.expression import ValueScale
from clustergan_core.cells.switch_genes import find_switches
from clustergan_core.cells.switch_points import bin_values, cross_half, draw_halves, place_cells
from clustergan_core.cells.walks import many_normals, walk_cells
from clustergan_core.method import Method

Points = NDArray[np.float64]

N_READ = 24  # readings that a definition averages over


@dataclass(frozen=True)
class Member:
    """A trained run: its clusters of all cells, and its generated walks by their ends."""

    method: Method
    clusters: NDArray[np.int64]
    scale: ValueScale
    walks: dict[tuple[int, int], NDArray[np.float32]]

    def walk(self, modes: tuple[int, int]) -> NDArray[np.float32]:
        """(M, G) mean generated expression from the first mode to the second."""
        if modes not in self.walks:
            normals = many_normals(self.method.prior, 0)
            self.walks[modes] = walk_cells(self.method, self.scale, modes[1], modes[0], normals).mean
        return self.walks[modes]


@dataclass(frozen=True)
class Ensemble:
    """Runs that have both ends of a walk, and the cells that they may read."""

    members: Sequence[Member]
    ends: Sequence[WalkEnds]
    values: NDArray[np.float32]  # (N, G)

    def limited_to(self, readable: NDArray[np.bool_]) -> Ensemble:
        """The same runs, which read only some of the cells (N,)."""
        ends = [
            WalkEnds(end.starts & readable, end.finishes & readable, end.overlap, end.run, end.modes)
            for end in self.ends
        ]
        return Ensemble(self.members, ends, self.values)


def read_generated(ensemble: Ensemble, genes: NDArray[np.int64]) -> Points:
    """The mean over the runs of the half-way crossings of their generated walks."""
    return np.mean([read_one_run(ensemble.members[end.run], end)[genes] for end in ensemble.ends], axis=0)


def read_one_run(member: Member, end: WalkEnds) -> Points:
    walk = member.walk(end.modes)
    return np.nan_to_num(find_switches(np.linspace(0, 1, len(walk)), walk).mus, nan=0.5)


def read_real(
    place: Callable[[Ensemble, WalkEnds, NDArray[np.int64], NDArray[np.bool_]], Points],
    summarise: Callable[[Points], Points],
) -> Callable[[Ensemble, NDArray[np.int64]], Points]:
    """A definition by real cells: the mean of readings in which the runs take turns, each with new halves and cells."""

    def read(ensemble: Ensemble, genes: NDArray[np.int64]) -> Points:
        generator = np.random.default_rng(0)
        readings = []
        for number in range(N_READ):
            end = ensemble.ends[number % len(ensemble.ends)]
            cells = np.flatnonzero(end.starts | end.finishes)
            cells = generator.choice(cells, len(cells))
            halves = draw_halves(ensemble.values.shape[1], generator)
            positions = place(ensemble, end, cells, halves)
            is_finish, points = end.finishes[cells], np.empty(len(genes))
            for position, own in zip(positions, (~halves[genes], halves[genes]), strict=True):
                chosen = ensemble.values[np.ix_(cells, genes[own])]
                start, finish = chosen[~is_finish].mean(axis=0), chosen[is_finish].mean(axis=0)
                span = finish - start
                curves = bin_values(chosen, position, is_finish)
                points[own] = summarise((curves - start) / np.where(span == 0, 1, span))
            readings.append(points)
        return np.median(readings, axis=0)

    return read


def by_discriminant(ensemble: Ensemble, end: WalkEnds, cells: NDArray[np.int64], halves: NDArray[np.bool_]) -> Points:
    """Positions (2, n) by the genes of each half."""
    return place_cells(ensemble.values[cells], end.finishes[cells], halves)


def by_nearest_step(ensemble: Ensemble, end: WalkEnds, cells: NDArray[np.int64], halves: NDArray[np.bool_]) -> Points:
    """Positions (2, n): the step of the generated walk that is nearest by the genes of each half."""
    walk, values = ensemble.members[end.run].walk(end.modes), ensemble.values[cells]
    positions = []
    for half in (halves, ~halves):
        squares = (walk[:, half] ** 2).sum(axis=1) - 2 * values[:, half] @ walk[:, half].T
        # Cells at one step are told apart by how much nearer they are to the finish than to the start.
        positions.append(squares.argmin(axis=1) + 1e-6 * (squares[:, 0] - squares[:, -1]))
    return np.array(positions, dtype=np.float64)


def over_area(curves: Points) -> Points:
    """(G,) the area over curves (M, G) between the means of their first and last two bins."""
    start, finish = curves[:2].mean(axis=0), curves[-2:].mean(axis=0)
    span = finish - start
    return 1 - np.clip((curves - start) / np.where(np.abs(span) < 1e-6, 1, span), -1, 2).mean(axis=0)


READ: dict[str, Callable[[Ensemble, NDArray[np.int64]], Points]] = {
    "generated": read_generated,
    "along_walk": read_real(by_nearest_step, cross_half),
    "area": read_real(by_discriminant, over_area),
}
