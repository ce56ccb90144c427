"""Text that may be compressed, read as a stream whose expansion is bounded."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from clustergan_core.data.counts.reading.limits import LARGEST_DEFLATE, MAX_TEXT_BYTES, check_expansion
from clustergan_core.data.own.vetting import GZIP_MAGIC
from clustergan_core.errors import DataError

_CORRUPT = "{name} is a corrupt {packing} file: compress it again."


@dataclass(frozen=True)
class CompressedText:
    """The text of a file or of a member of a zip archive."""

    name: str
    n_bytes: int  # as stored
    open_raw: Callable[[], IO[bytes]]

    @contextmanager
    def open(self, most: int = MAX_TEXT_BYTES) -> Iterator[BinaryIO]:
        """A stream of the expanded bytes. Reading raises DataError past `most`, for a bomb, and for corrupt data."""
        is_packed = self._is_packed()
        with self.open_raw() as raw:
            stream = _Bounded(self, gzip.GzipFile(fileobj=raw) if is_packed else raw, most)
            with io.BufferedReader(stream, 1 << 20) as buffered:
                yield buffered

    def most_bytes(self) -> int:
        """The most bytes it can expand to."""
        return self.n_bytes * (LARGEST_DEFLATE if self._is_packed() else 1)

    def _is_packed(self) -> bool:
        try:
            with self.open_raw() as raw:
                return raw.read(2) == GZIP_MAGIC
        except zipfile.BadZipFile as error:
            raise DataError(_CORRUPT.format(name=self.name, packing="zip")) from error


class _Bounded(io.RawIOBase):
    def __init__(self, text: CompressedText, source: IO[bytes] | gzip.GzipFile, most: int) -> None:
        self._text, self._source, self._most, self._n_read = text, source, most, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            content = self._source.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            packing = "zip" if isinstance(error, zipfile.BadZipFile) else "gzip"
            raise DataError(_CORRUPT.format(name=self._text.name, packing=packing)) from error
        self._n_read += len(content)
        check_expansion(self._text.name, self._n_read, self._text.n_bytes)
        if self._n_read > self._most:
            raise DataError(
                f"{self._text.name} holds more than {self._most >> 20:,} MB of text: provide it as a sparse .h5ad or a "
                "10x folder, or with fewer cells."
            )
        buffer[: len(content)] = content
        return len(content)


def open_compressed_text(path: Path) -> CompressedText:
    """The text of a file, gzipped or not."""
    return CompressedText(path.name, path.stat().st_size, lambda: path.open("rb"))
