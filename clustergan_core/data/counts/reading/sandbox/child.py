"""The child process that inspects or reads an untrusted file: `… sandbox.child inspect|read FILE ORIENTATION OUT`.

It writes preflight.json or a matrix to the folder OUT. Exit status 0: done; 2: error.txt holds a sentence.
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

EXIT_DONE, EXIT_FIXABLE = 0, 2
ERROR, PREFLIGHT = "error.txt", "preflight.json"
_NO_MEMORY = ("out of memory", "memory allocation", "unable to allocate", "can't allocate", "cannot allocate")


def main(argv: list[str]) -> int:
    """Runs one task and returns the exit status."""
    task, file, chosen, out = argv
    path, folder = Path(file), Path(out)
    orientation: Orientation = (
        "cells-by-genes" if chosen == "cells-by-genes" else "genes-by-cells" if chosen == "genes-by-cells" else "auto"
    )
    limit_process(INSPECTION_SECONDS if task == "inspect" else READING_SECONDS)
    allowed = [BASE_BYTES]
    try:
        _inspect(path, orientation, folder) if task == "inspect" else _read(path, orientation, folder, allowed)
    except Exception as error:
        # Libraries raise all sorts of errors on a broken file; for a person, each of them is the file's fault.
        if any(_is_memory_error(cause) for cause in _causes(error)):
            sentence = (
                f"{path.name} needs more than {allowed[0] / 1e9:.1f} GB of memory to read, which is more than its size "
                "justifies or than is free: provide fewer cells, or a sparse .h5ad."
            )
        elif isinstance(error, DataError):
            sentence = str(error)
        else:
            logging.exception("%s could not be read", path.name)
            sentence = (
                f"{path.name} is corrupt or of an unsupported variant ({type(error).__name__}: "
                f"{str(error).splitlines()[0][:120] if str(error) else 'no reason given'}): save or download it again."
            )
        # The sentence quotes the file, which must not move a terminal's cursor.
        sentence = "".join(char if char.isprintable() or char == "\n" else "?" for char in sentence)
        (folder / ERROR).write_text(sentence, encoding="utf-8", errors="replace")
        return EXIT_FIXABLE
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
            peek = file.peek()
            n_cells, n_genes = len(file.names.cell_ids), len(file.names.gene_ids)
            n_nonzeros = int(peek.values.nnz / max(len(peek.cells) * len(peek.genes), 1) * n_cells * n_genes)
        allowed[0] = allow_reading(n_nonzeros)
        matrix = read_opened(file)
    finally:
        file.close()
    write_matrix(matrix, folder)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_memory_error(error: BaseException) -> bool:
    if isinstance(error, DataError):
        return False
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _NO_MEMORY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
