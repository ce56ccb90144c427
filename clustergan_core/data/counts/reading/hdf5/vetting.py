"""Untrusted HDF5 files: all links are walked before a value is read, and those that lead outside are refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.limits import MAX_CELLS, MAX_DENSE_VALUES, MAX_OBJECTS, check_expansion
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
# Some files hold their matrix as one chunk, which would be decompressed again for each block of it.
CHUNK_CACHE_BYTES = 512 << 20
MAX_TEXT_CELL_BYTES = 1000  # of fixed-width text in one cell
MAX_SMALL_VALUES = 5 * MAX_CELLS  # of names, one column, or row bounds


def open_vetted(path: Path) -> h5py.File:
    """The file, opened for reading with its links vetted; the caller closes it. Raises DataError for bad links."""
    import h5py

    try:
        file = h5py.File(path, "r", locking=False, rdcc_nbytes=CHUNK_CACHE_BYTES)
    except OSError as error:
        raise DataError(f"{path.name} is not a complete HDF5 file: copy or download it again.") from error
    try:
        _vet_links(file, path.name)
    except BaseException:
        file.close()
        raise
    return file


def read_values(dataset: h5py.Dataset, where: str, most: int = MAX_SMALL_VALUES) -> NDArray[Any]:
    """A dataset's values, after its declared size was checked. `where` names it in the error."""
    if dataset.shape is None or dataset.size > most:
        raise DataError(f"{where} declares {dataset.size or 0:,} values, but at most {most:,} are read: save it again.")
    if dataset.nbytes > most * MAX_TEXT_CELL_BYTES:
        raise DataError(f"{where} declares {dataset.nbytes / 1e6:,.0f} MB of text: shorten it.")
    check_stored_size(dataset, where)
    return np.asarray(dataset[()])


def check_stored_size(dataset: h5py.Dataset, where: str) -> None:
    """Raises DataError where a dataset declares far more than is stored for it, or more than is read."""
    if dataset.size > MAX_DENSE_VALUES:
        raise DataError(
            f"{where} declares {dataset.size:,} values, but at most {MAX_DENSE_VALUES:,} are read: save it as a sparse "
            "matrix, or provide fewer cells."
        )
    check_expansion(where, dataset.nbytes, dataset.id.get_storage_size())
    if dataset.chunks is not None:  # reading one value loads its whole chunk into memory
        check_expansion(where, math.prod(dataset.chunks) * dataset.dtype.itemsize, dataset.id.get_storage_size())


def require_numbers(dataset: h5py.Dataset, where: str) -> None:
    """Raises DataError where a dataset holds anything but numbers."""
    if dataset.dtype.kind not in "iufb":
        raise DataError(f"{where} holds {dataset.dtype} instead of numbers: save the counts as numbers.")


def _vet_links(file: h5py.File, name: str) -> None:
    import h5py

    groups, seen, soft_links, n_links = [file["/"]], set[int](), list[tuple[h5py.Group, str]](), 0
    while groups:
        group = groups.pop()
        n_links += len(group)
        if n_links > MAX_OBJECTS:
            raise DataError(f"{name} holds more than {MAX_OBJECTS:,} objects: save the counts in a file of their own.")
        for key in group:
            link = _link_of(group, key, name)
            if isinstance(link, h5py.ExternalLink):
                raise DataError(
                    f"{name} links '{key}' to another file ('{link.filename}'), which is refused: save everything in "
                    "one file."
                )
            if isinstance(link, h5py.SoftLink):
                soft_links.append((group, key))
                continue
            node = group[key]
            address = h5py.h5o.get_info(node.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(node, h5py.Group):
                groups.append(node)
            elif isinstance(node, h5py.Dataset):
                _vet_dataset(node, name)
    # Only now may a soft link be followed: no external link is left that it could pass through.
    for group, key in soft_links:
        try:
            group[key]
        except (KeyError, OSError) as error:
            raise DataError(
                f"{name} links '{key}' to an object that it does not hold, which is refused: save everything in one "
                "file."
            ) from error


def _link_of(group: h5py.Group, key: str, name: str) -> Any:
    try:
        return group.get(key, getlink=True)
    except TypeError as error:  # a user-defined link, which some library would follow
        raise DataError(f"{name} holds a link '{key}' of an unknown type: save everything in one file.") from error


def _vet_dataset(dataset: h5py.Dataset, name: str) -> None:
    if dataset.external:
        raise DataError(
            f"{name} stores '{dataset.name}' in another file ('{dataset.external[0][0]}'), which is refused: save "
            "everything in one file."
        )
    if dataset.is_virtual:
        raise DataError(
            f"{name} assembles '{dataset.name}' from other files, which is refused: save everything in one file."
        )
    if _holds_objects(dataset.dtype):
        raise DataError(
            f"{name} holds references or packed objects in '{dataset.name}', which are not read: remove that part."
        )


def _holds_objects(dtype: np.dtype[Any]) -> bool:
    import h5py

    if dtype.names is not None:
        return any(_holds_objects(dtype[field]) for field in dtype.names)
    if dtype.subdtype is not None:
        return _holds_objects(dtype.subdtype[0])
    if h5py.check_ref_dtype(dtype) is not None:
        return True
    elements = h5py.check_vlen_dtype(dtype)
    if elements is not None:
        return _holds_objects(np.dtype(elements))
    return dtype.kind == "V" or (dtype.kind == "O" and h5py.check_string_dtype(dtype) is None)
