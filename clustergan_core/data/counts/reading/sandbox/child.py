"""The child process that looks at, or reads, a stranger's file: `… reading_process inspect|read FILE ORIENTATION OUT`.

It vets, reads, and leaves preflight.json or a matrix in the folder OUT. Exit 0 done; 2 with a sentence in error.txt.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from clustergan_core.data.counts.reading.count_file import Orientation
from clustergan_core.data.counts.reading.limits import (
    BASE_BYTES,
    INSPECTION_SECONDS,
    READING_SECONDS,
    allow_reading,
    limit_process,
)
from clustergan_core.errors import DataError

EXIT_DONE, EXIT_MENDABLE = 0, 2
ERROR, PREFLIGHT = "error.txt", "preflight.json"
_NO_MEMORY = ("out of memory", "memory allocation", "unable to allocate", "can't allocate", "cannot allocate")


def main(words: list[str]) -> int:
    """Carries out one task and returns the exit status."""
    task, file, way, out = words
    path, folder = Path(file), Path(out)
    orientation: Orientation = (
        "cells-by-genes" if way == "cells-by-genes" else "genes-by-cells" if way == "genes-by-cells" else "auto"
    )
    limit_process(INSPECTION_SECONDS if task == "inspect" else READING_SECONDS)
    allowed = [BASE_BYTES]
    try:
        _inspect(path, orientation, folder) if task == "inspect" else _read(path, orientation, folder, allowed)
    except Exception as error:
        # Libraries answer a broken file by whatever comes to them; to a person each of these is the file's fault.
        if any(_is_of_memory(cause) for cause in _causes(error)):
            sentence = (
                f"{path.name} needs more than {allowed[0] / 1e9:.1f} GB of memory to read, which is more than its size "
                "explains or than is free: bring fewer cells, or a sparse .h5ad."
            )
        elif isinstance(error, DataError):
            sentence = str(error)
        else:
            logging.exception("%s could not be read", path.name)
            sentence = (
                f"{path.name} is damaged or of a variety that is not known here ({type(error).__name__}: "
                f"{str(error).splitlines()[0][:120] if str(error) else 'no reason given'}): write or download it again."
            )
        # A file's own words stand in it: none may move a terminal's cursor.
        sentence = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in sentence)
        (folder / ERROR).write_text(sentence, encoding="utf-8", errors="replace")
        return EXIT_MENDABLE
    return EXIT_DONE


def _inspect(path: Path, orientation: Orientation, folder: Path) -> None:
    from clustergan_core.data.counts.reading.formats import looks_like_counts
    from clustergan_core.data.counts.reading.preflight import make_preflight
    from clustergan_core.data.counts.reading.reader import open_counts

    file = open_counts(path, orientation)
    try:
        preflight = make_preflight(file, looks_like_counts(path))
    finally:
        file.close()
    (folder / PREFLIGHT).write_text(preflight.model_dump_json(), encoding="utf-8")


def _read(path: Path, orientation: Orientation, folder: Path, allowed: list[int]) -> None:
    from clustergan_core.data.counts.reading.reader import open_counts, read_opened
    from clustergan_core.data.counts.reading.sandbox.handover import write_matrix

    file = open_counts(path, orientation)
    try:
        n_nonzeros = file.layout.n_nonzeros
        if n_nonzeros is None:
            look = file.peek()
            n_cells, n_genes = len(file.names.cell_ids), len(file.names.gene_ids)
            n_nonzeros = int(look.values.nnz / max(len(look.cells) * len(look.genes), 1) * n_cells * n_genes)
        allowed[0] = allow_reading(n_nonzeros)
        matrix = read_opened(file)
    finally:
        file.close()
    write_matrix(matrix, folder)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_of_memory(error: BaseException) -> bool:
    if isinstance(error, DataError):
        return False
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _NO_MEMORY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
