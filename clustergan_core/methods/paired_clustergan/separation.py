"""Modes put where the graph of partners shows a group of its own: clusters are split and merged along the graph.

A warm-up finds large groups first. Two groups that share one mode agree with all their partners, so no loss separates
them, and a mode without samples stays so. The graph knows better: it hardly has an edge between the two.

The cut of a cluster is the one of least conductance along eigenvectors of its normalised Laplacian (Shi & Malik, IEEE
Transactions on Pattern Analysis and Machine Intelligence 22, 2000), the edges between both sides over the edge ends of
the smaller side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Clusters = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST_SAMPLES, LEAST_SHARE = 10, 0.002  # the smallest group that a mode is given to: both hold
LEAST_NEIGHBOURS = 15  # mutual lists of fewer fall apart into fragments that no group stands behind
SEPARABLE = 0.02  # the conductance up to which a mode is given to a group
ONE_GROUP = 0.1  # the conductance between two modes from which on they are parts of one group: 0.14 to 0.27 measured
N_EIGENVECTORS = 5
N_ROUNDS = 3  # in which clusters are made to agree with neighbours


@dataclass(frozen=True)
class Cut:
    """A part of a cluster, and the share of its edge ends that lead to the rest."""

    part: NDArray[np.int64]  # indices of samples
    conductance: float


NO_CUT = Cut(np.empty(0, dtype=np.int64), np.inf)


def least_size(n_samples: int) -> int:
    """How many of `n_samples` a group needs for a mode of its own."""
    return max(LEAST_SAMPLES, round(LEAST_SHARE * n_samples))


def mutual_graph(neighbours: NDArray[np.int64]) -> csr_matrix[Any]:
    """Edges (N, N) of weight 1 between samples that are among each other's neighbours (N, M), and to the first of them.

    Edges of one direction would tie a group smaller than M, whose lists are filled with strangers, to those. The first
    neighbour keeps a sample in its group that is on nobody else's list.
    """
    from scipy.sparse import csr_matrix

    n_samples, n_neighbours = neighbours.shape
    starts = np.arange(0, n_samples * n_neighbours + 1, n_neighbours)
    listed = csr_matrix((np.ones(neighbours.size), neighbours.ravel(), starts), shape=(n_samples, n_samples))
    first = csr_matrix((np.ones(n_samples), neighbours[:, 0], np.arange(n_samples + 1)), shape=(n_samples, n_samples))
    return listed.multiply(listed.T).maximum(first).maximum(first.T).tocsr()


def separate_codes(codes: Tensor, neighbours: Tensor, *, is_cut_up: bool) -> Tensor:
    """Codes (N, K) in which groups of the graph of neighbours (N, M) have modes, as `separate_groups` gives them.

    The same tensor where nothing changes or the graph has too few neighbours; samples that change get one-hot codes.
    `is_cut_up` is that of `separate_groups`.
    """
    if neighbours.shape[1] < LEAST_NEIGHBOURS:
        return codes
    before = codes.argmax(dim=1)
    graph = mutual_graph(neighbours.cpu().numpy())
    groups = separate_groups(before.cpu().numpy(), graph, codes.shape[1], is_cut_up=is_cut_up)
    after = torch.from_numpy(groups).to(codes.device)
    is_changed = after != before
    if not is_changed.any():
        return codes
    return torch.where(is_changed[:, None], functional.one_hot(after, codes.shape[1]).to(codes.dtype), codes)


def weigh_small_modes(codes: Tensor) -> Tensor:
    """Weights (N,) by which samples in a mode smaller than the mean one count as much in all as that one.

    The game alone teaches the encoder a group that the warm-up has missed, and a batch holds few of its samples.
    """
    clusters = codes.argmax(dim=1)
    sizes = clusters.bincount(minlength=codes.shape[1])
    return (len(codes) / codes.shape[1] / sizes[clusters]).clamp(min=1)


def separate_groups(clusters: Clusters, graph: csr_matrix[Any], n_clusters: int, *, is_cut_up: bool) -> Clusters:
    """Clusters (N,) of which none is empty while another holds two groups that the graph (N, N) separates.

    With `is_cut_up` large groups may lie in several modes, as equal masses force them to: then two modes with many
    edges between them become one if that frees a mode for a group that has none. Groups are looked for among clusters
    that agree with their neighbours, because an encoder may spread the few samples of one over several modes.
    """
    least = least_size(len(clusters))
    clusters, agreeing = clusters.copy(), agree_with_neighbours(clusters, graph, n_clusters)
    sizes = np.bincount(agreeing, minlength=n_clusters)
    cuts = {mode: find_cut(graph, agreeing == mode, least) for mode in np.flatnonzero(sizes >= least).tolist()}
    while cuts:
        mode = min(cuts, key=lambda mode: cuts[mode].conductance)
        cut = cuts[mode]
        if cut.conductance > SEPARABLE:
            break
        free = next((empty for empty in range(n_clusters) if empty not in cuts), None)
        if free is None:
            kept, free, conductance = find_closest(graph, agreeing, n_clusters)
            if not is_cut_up or conductance < ONE_GROUP:
                break
            mode = kept if mode == free else mode
            for changed in (clusters, agreeing):
                changed[changed == free] = kept
            cuts[kept] = find_cut(graph, agreeing == kept, least)
        clusters[cut.part] = agreeing[cut.part] = free
        for changed_mode in (mode, free):
            cuts[changed_mode] = find_cut(graph, agreeing == changed_mode, least)
    return clusters


def agree_with_neighbours(clusters: Clusters, graph: csr_matrix[Any], n_clusters: int) -> Clusters:
    """Clusters (N,) after a few rounds in which each sample takes the one that most of its neighbours have."""
    for _ in range(N_ROUNDS):
        votes = np.asarray((graph @ _one_hot(clusters, n_clusters)).todense())  # (N, K)
        votes[np.arange(len(clusters)), clusters] += 0.5  # the own one among equals, or without neighbours
        clusters = votes.argmax(axis=1)
    return clusters


def _one_hot(clusters: Clusters, n_clusters: int) -> csr_matrix[Any]:
    from scipy.sparse import csr_matrix

    n_samples = len(clusters)
    return csr_matrix((np.ones(n_samples), (np.arange(n_samples), clusters)), shape=(n_samples, n_clusters))


def find_cut(graph: csr_matrix[Any], is_member: Flags, least: int) -> Cut:
    """The cut of least conductance through a cluster, flagged in (N,), into two parts of at least `least` samples."""
    from scipy.sparse.csgraph import connected_components

    members = np.flatnonzero(is_member)
    if len(members) < 2 * least:
        return NO_CUT
    inside = graph[members][:, members]
    _, component = connected_components(inside, directed=False)
    sizes = np.bincount(component)
    large = np.flatnonzero(sizes >= least)
    if not len(large):
        return NO_CUT
    if len(large) > 1:
        return Cut(members[component == large[sizes[large].argmin()]], 0.0)
    core = np.flatnonzero(component == large[0])
    cut = _sweep(inside[core][:, core], least)
    return Cut(members[core[cut.part]], cut.conductance)


def _sweep(graph: csr_matrix[Any], least: int) -> Cut:
    """The best cut of a connected graph (N, N) along its first eigenvectors."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import eigsh

    n_samples = graph.shape[0]
    if n_samples < max(2 * least, N_EIGENVECTORS + 3):
        return NO_CUT
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    scale = diags(1 / np.sqrt(degrees))
    start = np.random.default_rng(0).standard_normal(n_samples)
    _, vectors = eigsh(scale @ graph @ scale, k=N_EIGENVECTORS + 1, which="LA", v0=start, tol=1e-4)
    best = NO_CUT
    for vector in vectors.T[:-1]:  # the last is the constant one
        order = np.argsort(vector / np.sqrt(degrees), kind="stable")
        ordered = graph[order][:, order].tocoo()
        # An edge (i, j) is cut by the positions from min(i, j) up to max(i, j).
        low, high = np.minimum(ordered.row, ordered.col), np.maximum(ordered.row, ordered.col)
        change = np.bincount(low, ordered.data, n_samples) - np.bincount(high, ordered.data, n_samples)
        cut = change.cumsum()[:-1] / 2  # each edge is stored twice
        volume = degrees[order].cumsum()
        conductance = cut / np.minimum(volume[:-1], volume[-1] - volume[:-1])
        allowed = conductance[least - 1 : n_samples - least]
        at = int(allowed.argmin()) + least - 1
        if conductance[at] < best.conductance:
            part = order[: at + 1] if volume[at] <= volume[-1] / 2 else order[at + 1 :]
            best = Cut(part, float(conductance[at]))
    return best


def find_closest(graph: csr_matrix[Any], clusters: Clusters, n_clusters: int) -> tuple[int, int, float]:
    """The two clusters with the highest conductance between them, the larger first, within the graph of both."""
    one_hot = _one_hot(clusters, n_clusters)
    between = np.asarray((one_hot.T @ graph @ one_hot).todense())
    own = between.diagonal()
    conductance = between / np.maximum(np.minimum(own[:, None], own) + between, 1)
    np.fill_diagonal(conductance, -1)
    first, second = divmod(int(conductance.argmax()), n_clusters)
    sizes = np.bincount(clusters, minlength=n_clusters)
    kept, freed = (first, second) if sizes[first] >= sizes[second] else (second, first)
    return kept, freed, float(conductance[first, second])
