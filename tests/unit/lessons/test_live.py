"""Live training is a recording that has not ended: the same frames, in parts, and at the end the same bytes."""

import io
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from clustergan_core.errors import RunError
from clustergan_core.lessons.live import (
    ABANDONED_SECONDS,
    CHUNK_FRAMES,
    LiveTake,
    LiveWorker,
    Message,
    read_message,
    write_message,
)
from clustergan_core.lessons.record import Take, record
from clustergan_core.lessons.recording import Bookmark, Setup, pack_recording, unpack_recording

SETTINGS = {"n_clusters": 4, "n_normal": 2, "batch_size": 8, "n_critic_steps": 1, "width": 0.1}
SETUP = Setup(dataset="corners-4", method="wgan-gp", n_steps=45, seed=3, settings=SETTINGS)
COMMAND = ["python", "record"]


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("_one_thread")
def test_looking_between_two_frames_changes_nothing_of_the_recording() -> None:
    before = pack_recording(record(SETUP, "test", COMMAND))
    take = Take(SETUP, "test", COMMAND)
    for step in take.train():
        if step in (33, 34, 35):
            take.look()
    assert [frame.step for frame in take.frames][-5:] == [33, 34, 35, 40, 45]  # 35 is a frame anyway
    assert pack_recording(take.recording()) == before


def test_a_message_is_read_as_it_was_written() -> None:
    channel = io.BytesIO()
    message = Message(7, "running", 12, (Bookmark(frame=3, title="First island"),), "so \n far")
    write_message(channel, message, {0: b"\n\n", 3: b"abc"}, b"{}\n")
    write_message(channel, Message(7, "stopped", 13), {})
    channel.seek(0)
    assert read_message(channel) == (message, {0: b"\n\n", 3: b"abc"}, b"{}\n")
    assert read_message(channel) == (Message(7, "stopped", 13), {}, None)
    assert read_message(channel) is None


@pytest.fixture(scope="module")
def worker() -> Iterator[LiveWorker]:
    worker = LiveWorker()
    yield worker
    worker.close()


@pytest.mark.slow
def test_the_same_seed_live_gives_the_bytes_that_record_gives(worker: LiveWorker) -> None:
    take = worker.start(SETUP, "test", COMMAND)
    wait_for(lambda: take.watch().has_ended)
    view = take.watch()
    assert (view.state, view.step, view.message) == ("finished", 45, "")
    expected = record(SETUP, "test", COMMAND)
    assert view.whole == pack_recording(expected)
    assert view.bookmarks == expected.header.bookmarks
    parts = [unpack_recording(chunk) for chunk in view.chunks]
    assert [part.n_frames for part in parts] == [CHUNK_FRAMES, expected.n_frames - CHUNK_FRAMES]
    for name in ("steps", "generated", "critic", "losses"):
        together = np.concatenate([part.arrays[name] for part in parts])
        np.testing.assert_array_equal(together, expected.arrays[name])


@pytest.mark.slow
def test_a_live_training_pauses_steps_goes_on_and_starts_again(worker: LiveWorker) -> None:
    long = SETUP.model_copy(update={"n_steps": 100_000})
    take = worker.start(long, "test", COMMAND)
    wait_for(lambda: take.watch().step > 40)
    take.tell("pause")
    wait_for(lambda: take.watch().state == "paused")
    paused = take.watch().step
    take.tell("step")
    wait_for(lambda: take.watch().step > paused)
    assert take.watch().step == paused + 1
    assert unpack_recording(take.watch().chunks[-1]).arrays["steps"][-1] == paused + 1
    take.tell("play")
    wait_for(lambda: take.watch().step > paused + 10)
    again = worker.start(SETUP.model_copy(update={"seed": 4}), "test", COMMAND, take)
    wait_for(lambda: again.watch().has_ended)
    assert again.watch().state == "finished"
    assert again.watch().number > take.number


@pytest.mark.slow
def test_another_person_waits_until_nobody_looks(worker: LiveWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    long = SETUP.model_copy(update={"n_steps": 100_000})
    take = worker.start(long, "test", COMMAND)
    wait_for(lambda: take.watch().state == "running")
    with pytest.raises(RunError, match="one at a time"):
        worker.start(SETUP, "test", COMMAND)
    monkeypatch.setattr(take, "seen_at", time.monotonic() - ABANDONED_SECONDS - 1)
    wait_for(lambda: state_of(take) == "stopped")
    other = worker.start(SETUP, "test", COMMAND)
    wait_for(lambda: other.watch().state == "finished")


@pytest.mark.slow
def test_settings_that_are_not_possible_are_told(worker: LiveWorker) -> None:
    take = worker.start(SETUP.model_copy(update={"dataset": "digits"}), "test", COMMAND)
    wait_for(lambda: take.watch().has_ended)
    assert take.watch().state == "failed"
    assert "data is a table" in take.watch().message


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_another_takes_its_place(worker: LiveWorker) -> None:
    take = worker.start(SETUP.model_copy(update={"n_steps": 100_000}), "test", COMMAND)
    wait_for(lambda: take.watch().state == "running")
    assert worker._process is not None
    worker._process.kill()
    wait_for(lambda: take.watch().has_ended)
    assert "has ended" in take.watch().message
    again = worker.start(SETUP, "test", COMMAND, take)
    wait_for(lambda: again.watch().state == "finished")


def state_of(take: LiveTake) -> str:
    """Its state without counting as a viewer."""
    return take._view.state
