"""What a command's folder or archive of several samples holds, a source for each sample."""

from __future__ import annotations

from itertools import islice
from pathlib import Path, PurePosixPath

from clustergan_core.data.counts.reading.formats import HDF5_SUFFIXES, find_format, looks_like_counts
from clustergan_core.data.counts.reading.tenx.files import MATRIX, find_role
from clustergan_core.data.uploads.archives import is_bundle
from clustergan_core.data.uploads.sample_names import leave_out_unfiltered
from clustergan_core.data.uploads.sorting import store_archive
from clustergan_core.errors import DataError

MAX_LISTED = 5000  # files of a folder that are examined
DEPTH = 4  # experiment/sample/outs/filtered_feature_bc_matrix/matrix.mtx.gz


def find_samples(path: Path) -> tuple[list[Path], tuple[str, ...]]:
    """(the samples of a folder or archive, sentences on what was left out); just the path where it holds one.

    An archive is unpacked into the folder of uploads, where a run finds its data again. Raises DataError where an
    archive cannot be read or holds no counts.
    """
    if is_bundle(path):
        result = store_archive(path)
        matrices = [upload.path for upload in result.uploads if _holds_counts(upload.path)]
        if not matrices:
            raise DataError(f"{path.name} holds no counts of cells: pack 10x folders, .h5ad or .h5 files.")
        return matrices, result.notes
    samples, notes = _list_folder(path) if path.is_dir() else ([], ())
    return (samples, notes) if len(samples) > 1 else ([path], ())


def _holds_counts(path: Path) -> bool:
    return find_format(path) not in (None, "text") or (path.is_file() and looks_like_counts(path))


def _list_folder(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """(the 10x folders and matrices below a folder, else its HDF5 files; sentences on what was left out)."""
    home = folder.resolve()
    paths = [path for depth in range(DEPTH + 1) for path in islice(folder.glob("*/" * depth + "*"), MAX_LISTED)]
    files = [
        (PurePosixPath(path.relative_to(folder).as_posix()), path)
        for path in sorted(paths[:MAX_LISTED])
        if not path.name.startswith(".") and path.is_file() and path.resolve().is_relative_to(home)
    ]
    files, notes = leave_out_unfiltered(files)
    homes: dict[Path, list[Path]] = {}
    for _, path in files:
        role = find_role(path.name)
        if role is not None and role.part == MATRIX and role.is_standard:
            homes.setdefault(path.parent, []).append(path)
    samples = [sample for parent, matrices in homes.items() for sample in (matrices if len(matrices) > 1 else [parent])]
    hdf5 = [path for _, path in files if path.suffix.lower() in HDF5_SUFFIXES]
    return (samples or hdf5), tuple(notes)
