"""A real server of the app for one test, with folders of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import folder_variables

PROJECT = Path(__file__).resolve().parents[2]
START_LIMIT = 60.0  # seconds


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str  # http://127.0.0.1:<port>
    folder: Path  # holds runs/, uploads/ and app.log
    process: subprocess.Popen[bytes]


@contextmanager
def running_server(folder: Path, script: Path = PROJECT / "app.py", project: Path = PROJECT) -> Iterator[Server]:
    """Starts `streamlit run` on a free port of 127.0.0.1 and ends it afterwards.

    project: the folder whose code and settings are used.

    Raises RuntimeError with the server's output when it does not answer in a minute.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    output = folder / f"server-{port}.txt"
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", "--server.headless=true"]
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=project,
            env={**os.environ, **folder_variables(folder), "PYTHONPATH": str(project)},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(url, process, output)
        yield Server(url, folder, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server at {url} does not answer; it wrote:\n{output.read_text(errors='replace')}")
