"""Fetching published files, against a server on this machine."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clustergan_core.data.published.download import PublishedFile, fetch, find_local
from clustergan_core.errors import DataError, DownloadError

CONTENT = bytes(range(256)) * 4000  # 1 MB


@dataclass
class Server:
    """What the local server offers and what it was asked."""

    address: str = ""
    content: dict[str, bytes] = field(default_factory=dict)
    break_after: int | None = None  # bytes of the next answer, which then ends too early
    knows_ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.requests.append((self.path, asked))
            if self.path not in state.content:
                self.send_error(404)
                return
            body, start = state.content[self.path], 0
            if asked and state.knows_ranges:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            stop = len(body) if state.break_after is None else start + state.break_after
            state.break_after = None
            self.wfile.write(body[start:stop])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "data" / "toy"


def published(server: Server, *paths: str, content: bytes = CONTENT) -> PublishedFile:
    urls = tuple(server.address + path for path in paths)
    return PublishedFile("toy", "toy.bin", hashlib.sha256(content).hexdigest(), len(content), urls)


def test_a_file_is_downloaded_once_and_reports_its_progress(server: Server, folders: Path) -> None:
    server.content["/toy.bin"] = CONTENT
    seen: list[float] = []
    file = published(server, "/toy.bin")
    path = fetch(file, lambda _, fraction: seen.append(fraction))
    assert path == folders / "toy.bin"
    assert path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert fetch(file) == path
    assert len(server.requests) == 1


def test_a_broken_download_leaves_no_file_and_is_continued_where_it_broke(server: Server, folders: Path) -> None:
    server.content["/toy.bin"] = CONTENT
    server.break_after = 600_000
    file = published(server, "/toy.bin")
    with pytest.raises(DownloadError, match=r"toy\.bin"):
        fetch(file)
    assert not (folders / "toy.bin").exists()
    assert fetch(file).read_bytes() == CONTENT
    held = int((server.requests[-1][1] or "").removeprefix("bytes=").rstrip("-"))
    assert 0 < held <= 600_000
    assert [path.name for path in folders.iterdir()] == ["toy.bin"]


def test_a_server_without_ranges_sends_the_file_again_from_its_start(server: Server) -> None:
    server.content["/toy.bin"] = CONTENT
    server.break_after = 600_000
    server.knows_ranges = False
    file = published(server, "/toy.bin")
    with pytest.raises(DownloadError):
        fetch(file)
    assert fetch(file).read_bytes() == CONTENT


def test_a_continued_download_of_other_bytes_is_fetched_anew(server: Server, folders: Path) -> None:
    folders.mkdir(parents=True)
    (folders / ".toy.bin.part").write_bytes(b"stale" * 1000)
    server.content["/toy.bin"] = CONTENT
    assert fetch(published(server, "/toy.bin")).read_bytes() == CONTENT
    assert [asked for _, asked in server.requests] == ["bytes=5000-", None]


def test_a_download_with_a_wrong_checksum_is_refused_and_leaves_nothing(server: Server, folders: Path) -> None:
    server.content["/toy.bin"] = CONTENT[::-1]
    with pytest.raises(
        DownloadError, match=r"toy\.bin could not be downloaded from http.*checksum is wrong.*put it into"
    ):
        fetch(published(server, "/toy.bin"))
    assert list(folders.iterdir()) == []


def test_a_server_that_sends_more_than_the_file_holds_is_refused(server: Server, folders: Path) -> None:
    server.content["/toy.bin"] = CONTENT * 3
    with pytest.raises(DownloadError):
        fetch(published(server, "/toy.bin"))
    assert list(folders.iterdir()) == []


def test_the_second_mirror_serves_when_the_first_does_not(server: Server) -> None:
    server.content["/second/toy.bin"] = CONTENT
    assert fetch(published(server, "/first/toy.bin", "/second/toy.bin")).read_bytes() == CONTENT


def test_a_file_is_taken_out_of_a_published_archive(server: Server, folders: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/other.txt", "no")
        archive.writestr("inside/toy.bin", CONTENT)
    server.content["/set.zip"] = packed.getvalue()
    assert fetch(published(server, "/set.zip#toy.bin")).read_bytes() == CONTENT
    assert [path.name for path in folders.iterdir()] == ["toy.bin"]


def test_offline_and_absent_is_one_sentence_with_file_address_and_folder(folders: Path) -> None:
    file = PublishedFile("toy", "toy.bin", "0" * 64, 10, ("http://127.0.0.1:9/toy.bin",))
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    message = str(caught.value)
    assert "toy.bin" in message
    assert "http://127.0.0.1:9/toy.bin" in message
    assert str(folders) in message
    assert "\n" not in message


def test_a_file_without_an_address_is_asked_for_by_name_and_folder(folders: Path) -> None:
    with pytest.raises(DownloadError, match=f"toy.bin is not in {folders}.*put the file there"):
        fetch(PublishedFile("toy", "toy.bin", "0" * 64, 10))


def test_a_read_only_folder_is_said_in_one_sentence(
    server: Server, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustergan_core.data.published.download.os.access", lambda *_: False)
    with pytest.raises(DownloadError, match="cannot be written to"):
        fetch(published(server, "/toy.bin"))
    assert server.requests == []


def test_a_local_file_with_a_wrong_checksum_is_refused_in_one_sentence(folders: Path) -> None:
    folders.mkdir(parents=True)
    (folders / "toy.bin").write_bytes(b"something else")
    with pytest.raises(DataError, match=r"toy\.bin is not the published file .*: replace it\."):
        fetch(PublishedFile("toy", "toy.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT)))


def test_a_verified_file_is_hashed_again_only_after_it_changed(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.mkdir(parents=True)
    path = folders / "toy.bin"
    path.write_bytes(CONTENT)
    file = PublishedFile("toy", "toy.bin", None, len(CONTENT), md5=hashlib.md5(CONTENT).hexdigest())
    hashed: list[Path] = []
    real = hashlib.new

    def counting(name: str, usedforsecurity: bool = True) -> object:
        hashed.append(path)
        return real(name, usedforsecurity=usedforsecurity)

    monkeypatch.setattr("clustergan_core.data.published.download.hashlib.new", counting)
    fetch(file)
    fetch(file)
    assert len(hashed) == 1
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(DataError):
        fetch(file)


def test_an_alternative_in_the_folder_stands_in_for_the_file(folders: Path) -> None:
    folders.mkdir(parents=True)
    copy = PublishedFile("toy", "copy.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    (folders / "copy.bin").write_bytes(CONTENT)
    file = PublishedFile("toy", "toy.bin", "0" * 64, 10, ("http://127.0.0.1:9/toy.bin",), alternatives=(copy,))
    assert find_local(file) == copy
    assert fetch(file) == folders / "copy.bin"
