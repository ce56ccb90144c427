"""A spare process: a run that is handed to it trains as in a process of its own, and no lock is ever loose."""

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustergan_core.files import is_locked, open_locked
from clustergan_core.runs.queue import detached, spare
from clustergan_core.runs.queue.queue import start_worker
from clustergan_core.runs.queue.slots import take_slots
from clustergan_core.runs.queue.spare import hand_to_spare, keep_spare
from clustergan_core.runs.worker import first_status
from tests.small_runs import new_run

LIMIT = 120.0  # seconds for a process to load its libraries and train on a busy machine


@pytest.fixture
def other_end() -> Iterator[socket.socket]:
    """The spare's end of its socket, without a process."""
    ours, its = socket.socketpair()
    spare._waiting.append(ours)
    with its:
        yield its
    spare._forget()


def test_without_a_spare_nothing_is_handed_over(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert not hand_to_spare("run", [], log)


def test_a_spare_that_has_ended_is_noticed(tmp_path: Path, other_end: socket.socket) -> None:
    assert spare._is_alive(spare._waiting[0])
    other_end.close()
    assert not spare._is_alive(spare._waiting[0])
    with (tmp_path / "log").open("wb") as log:
        assert not hand_to_spare("run", [], log)
    assert not spare._waiting


def test_a_lock_stays_held_from_the_handing_over_until_the_spare_ends(tmp_path: Path, other_end: socket.socket) -> None:
    lock = open_locked(tmp_path / "lock")
    assert lock is not None
    with (tmp_path / "log").open("wb") as log:
        assert hand_to_spare("run", [lock], log, {"NAME": "value"})
    os.close(lock)
    assert is_locked(tmp_path / "lock"), "while the message waits to be read"
    received = spare._wait_for_run(other_end)
    assert received is not None
    (folder, variables), (output, held) = received
    assert (folder, variables) == ("run", {"NAME": "value"})
    assert is_locked(tmp_path / "lock")
    os.close(held)
    os.close(output)
    assert not is_locked(tmp_path / "lock")


def test_a_spare_ends_with_its_server_and_without_a_run(
    other_end: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare, "WAITING_SECONDS", 0.01)
    assert spare._wait_for_run(other_end) is None
    ours, its = socket.socketpair()
    ours.close()
    with its:
        assert spare._wait_for_run(its) is None


def test_a_run_sent_in_the_moment_of_giving_up_is_trained(
    tmp_path: Path, other_end: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("wb") as log:
        socket.send_fds(spare._waiting[0], [json.dumps(["run", {}]).encode()], [log.fileno()])
    receive, calls = socket.recv_fds, []

    def give_up_once(*arguments: int) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise TimeoutError
        return receive(*arguments)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(spare.socket, "recv_fds", give_up_once)
    received = spare._wait_for_run(other_end)
    assert received is not None
    assert received[0] == ("run", {})
    os.close(received[1][0])


@pytest.mark.slow  # loads PyTorch in a process
def test_a_run_trains_in_the_process_that_waited_for_it(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "run")
    keep_spare()
    keep_spare()
    (process,) = [started for started in detached._started if started.poll() is None]
    slots = take_slots("cpu", 1)
    assert slots is not None
    start_worker(run, first_status(run.config), slots)
    deadline = time.monotonic() + LIMIT
    while not run.status().is_over and time.monotonic() < deadline:
        assert is_locked(run.folder / "lock") or run.status().is_over
        time.sleep(0.1)
    assert run.status().state == "finished", run.log()
    assert process.wait(LIMIT) == 0
    assert "Finished." in run.log()
    assert not is_locked(run.folder / "lock")
