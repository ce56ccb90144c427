"""Downloads one file over HTTP: resumed after an interruption, verified, and renamed only when complete."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pooch
import requests

CHUNK = 1 << 18
TIMEOUTS = (10, 60)  # seconds to connect, seconds without data
MAX_DOWNLOAD = 1 << 30  # no published archive is larger; a server that sends more is not trusted
ATTEMPTS = 2  # a resumed file that fails its checksum is downloaded once more from the beginning


def transfer(
    urls: Sequence[str],
    path: Path,
    known_hash: str | None,
    size: int | None,
    on_progress: Callable[[str, float], None] | None,
) -> str | None:
    """Downloads from the first address that returns the right bytes; returns None, or why it failed.

    Nothing exists at `path` until the checksum has passed. An interrupted download leaves `.<name>.part` beside it,
    which the next call continues.
    """
    pooch.get_logger().setLevel("WARNING")  # it would print each download's address and hash to the terminal
    failure = "no address is known"
    for url in urls:
        for _ in range(ATTEMPTS):
            try:
                downloader = _ResumingDownloader(path, size, on_progress)
                pooch.retrieve(url, known_hash, fname=path.name, path=path.parent, downloader=downloader)
                return None
            except requests.RequestException as error:
                failure = _describe_network_error(error)
                break
            except zipfile.BadZipFile:
                failure = "the archive is corrupt"
            except ValueError:
                failure = "its checksum is wrong"
            except OSError as error:
                failure = error.strerror or str(error)
                break
    return failure


@dataclass(frozen=True)
class _ResumingDownloader:
    """Fills pooch's temporary file; keeps the bytes of an interrupted attempt and requests the rest."""

    path: Path
    size: int | None
    on_progress: Callable[[str, float], None] | None

    # pooch prescribes the parameters' names: the address, the temporary file to fill, and what is not used here.
    def __call__(
        self, fname: str, action: str | PathLike[str] | None, pooch: object, *, check_only: bool | None = None
    ) -> None:
        assert action is not None
        target = Path(action)
        address, _, member = fname.partition("#")
        part = self.path.parent / f".{Path(unquote(urlsplit(address).path)).name}.part"
        self._receive(address, part, None if member else self.size)
        if member:
            try:
                self._take_member(part, member, target)
            finally:
                part.unlink()
        else:
            part.replace(target)

    def _receive(self, address: str, part: Path, size: int | None) -> None:
        held = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={held}-"} if held else {}
        # "identity": a server that compresses on the way would make byte positions meaningless.
        headers["Accept-Encoding"] = "identity"
        with requests.get(address, headers=headers, stream=True, timeout=TIMEOUTS) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable and held:
                # The part is complete already, or belongs to another file; the checksum decides.
                if held != size:
                    part.unlink()
                    self._receive(address, part, size)
                return
            response.raise_for_status()
            is_continued = response.status_code == requests.codes.partial_content and response.headers.get(
                "Content-Range", ""
            ).startswith(f"bytes {held}-")
            received = held if is_continued else 0
            announced = int(response.headers.get("Content-Length", 0))
            total = received + announced if announced else size
            with part.open("ab" if is_continued else "wb") as file:
                for chunk in response.iter_content(CHUNK):
                    received += len(chunk)
                    if received > (size or MAX_DOWNLOAD):
                        part.unlink()
                        raise ValueError("The server sends more than the published file holds.")
                    file.write(chunk)
                    if self.on_progress is not None:
                        self.on_progress(f"Downloading {self.path.name}", min(received / total, 1.0) if total else 0.0)
        if announced and total is not None and received < total:
            raise requests.ConnectionError("interrupted")

    def _take_member(self, archive: Path, member: str, target: Path) -> None:
        with zipfile.ZipFile(archive) as opened:
            entry = next((info for info in opened.infolist() if Path(info.filename).name == member), None)
            if entry is None or entry.file_size > (self.size or MAX_DOWNLOAD):
                raise zipfile.BadZipFile(member)
            with opened.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, CHUNK)


def _describe_network_error(error: requests.RequestException) -> str:
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "the server did not answer"
    return "no connection"
