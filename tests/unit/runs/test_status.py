"""status.json and the lock: what is known of a run without asking its process."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clustergan_core.errors import RunError
from clustergan_core.files import is_locked
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import State, Status, hold_lock, read_status, write_status


def _status(state: State, age: float = 0.0) -> Status:
    return Status(state=state, step=7, n_steps=9, heartbeat=datetime.now().astimezone() - timedelta(seconds=age))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    status = _status("stopped")
    write_status(tmp_path / "status.json", status)

    assert read_status(tmp_path / "status.json") == status


@pytest.mark.parametrize("content", ["", "{", "[]", '{"state": "dancing"}', '{"state": "running"}'])
def test_a_damaged_status_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content)

    with pytest.raises(RunError, match="cannot be read: delete the run"):
        read_status(tmp_path / "status.json")


def test_running_without_a_living_process_is_interrupted(tmp_path: Path) -> None:
    write_status(tmp_path / "status.json", _status("running"))

    assert Run(tmp_path).status().state == "interrupted"
    assert Run(tmp_path).status().step == 7


def test_running_with_the_lock_held_is_running(tmp_path: Path) -> None:
    write_status(tmp_path / "status.json", _status("running", age=3600))

    with hold_lock(tmp_path / "lock"):
        assert Run(tmp_path).status().state == "running"
    assert Run(tmp_path).status().state == "interrupted"


@pytest.mark.parametrize(("age", "expected"), [(0.0, "starting"), (60.0, "interrupted")])
def test_starting_without_a_lock_is_believed_for_a_moment_only(tmp_path: Path, age: float, expected: str) -> None:
    write_status(tmp_path / "status.json", _status("starting", age))

    assert Run(tmp_path).status().state == expected


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_a_run_that_is_over_stays_what_it_is(tmp_path: Path, state: State) -> None:
    write_status(tmp_path / "status.json", _status(state, age=3600))

    assert Run(tmp_path).status().state == state


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "lock"):
        assert is_locked(tmp_path / "lock")
        with pytest.raises(RunError, match="already training in another process"), hold_lock(tmp_path / "lock"):
            pytest.fail("two processes held one lock")
    assert not is_locked(tmp_path / "lock")


def test_looking_at_a_lock_does_not_take_it(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "lock"):
        pass
    is_locked(tmp_path / "lock")

    with hold_lock(tmp_path / "lock"):
        assert is_locked(tmp_path / "lock")
