"""What uploaded matrices are called, so that their samples can be told apart, and which of them are of one sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from clustergan_core.data.counts.joining import sample_name
from clustergan_core.data.uploads.store import safe_name

_RAW, _FILTERED = "raw_", "filtered_"  # Cell Ranger's matrices of all barcodes, and of those that are cells
_MATRICES = ("feature_bc_matrix", "gene_bc_matrices")


def name_apart(matrices: Sequence[tuple[PurePosixPath, Path]]) -> list[Path]:
    """Each matrix, moved to a name of its own where two would be called the same; given the folder it was brought in.

    The folders above tell apart what is called alike (control/rep1 and treated/rep1 become control_rep1 and
    treated_rep1), and name what Cell Ranger calls the same in every sample. What no folder tells apart stays.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for number, (_, path) in enumerate(matrices):
        alike[sample_name(Path(path.name))].append(number)
    paths = [path for _, path in matrices]
    for name, numbers in alike.items():
        origins = [[part for part in matrices[number][0].parts if not _is_generic(part)] for number in numbers]
        if len(numbers) == 1 and not _is_generic(name):
            continue
        levels = enumerate(zip(*origins, strict=False))
        n_shared = next((depth for depth, parts in levels if len(set(parts)) > 1), min(map(len, origins)))
        n_shared = n_shared if len(numbers) > 1 else len(origins[0]) - 1
        for number, origin in zip(numbers, origins, strict=True):
            path = paths[number]
            name_of_folders = "_".join(origin[max(n_shared, 0) :])
            if name_of_folders:
                paths[number] = path.rename(path.with_name(safe_name(f"{name_of_folders}_{path.name}")))
    return paths


def leave_out_unfiltered(
    files: Sequence[tuple[PurePosixPath, Path]],
) -> tuple[list[tuple[PurePosixPath, Path]], list[str]]:
    """(the files without matrices of all barcodes, and of cells as .h5, that stand beside a folder of cells; why)."""
    folders = {name.parent for name, _ in files}
    names = {name for name, _ in files} | folders
    kept, unfiltered = [], {}
    for name, path in files:
        matrix = next((part for part in (name, name.parent) if _is_cell_ranger(part)), None)
        twin = None if matrix is None else matrix.with_name(matrix.name.replace(_RAW, _FILTERED, 1))
        is_folder_too = name.suffix == ".h5" and _is_cell_ranger(name) and name.with_suffix("") in folders
        if is_folder_too or (matrix is not None and twin != matrix and twin in names):
            unfiltered[name if is_folder_too or matrix is None else matrix] = None
        else:
            kept.append((name, path))
    notes = [
        f"{name} is left out: the filtered matrix of the same sample is beside it." for name in map(str, unfiltered)
    ]
    return kept, notes


def _is_generic(name: str) -> bool:
    """Whether a name is one that Cell Ranger gives to every sample."""
    return sample_name(Path("sample") / name) == "sample"


def _is_cell_ranger(path: PurePosixPath) -> bool:
    return any(word in path.name for word in _MATRICES)
