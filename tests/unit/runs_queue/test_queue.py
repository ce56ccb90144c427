"""The queue: order, room, wishes, and what a crash or a second server must not do."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clustergan_core.command_line import main as command_line
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.paths import PROJECT_FOLDER, queue_folder, runs_folder
from clustergan_core.runs.queue import queue
from clustergan_core.runs.queue.backends import continue_run, extend_run
from clustergan_core.runs.queue.queue import active_runs, advance_queue, enqueue, request_run, waiting_runs
from clustergan_core.runs.queue.slots import Slots, count_slots, occupy_slots, take_slots
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status, hold_lock, write_status
from clustergan_core.runs.tickets import has_ticket, queue_lock
from clustergan_core.runs.worker import execute
from clustergan_core.schedule import Schedule
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.usefixtures("own_folders")


class Launcher:
    """Stands for processes: keeps the slots of each run until it is told that the run has ended."""

    def __init__(self) -> None:
        self.slots: dict[str, Slots] = {}
        self.order: list[str] = []

    def start(self, run: Run, status: Status, slots: Slots) -> None:
        write_status(run.folder / "status.json", status)
        self.order.append(run.name)
        self.slots[run.name] = slots

    def end(self, name: str) -> None:
        self.slots.pop(name).release()


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Launcher:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "2")
    launcher = Launcher()
    monkeypatch.setattr(queue, "start_worker", launcher.start)
    monkeypatch.setattr("clustergan_core.runs.queue.backends.ensure_dispatcher", lambda: None)
    return launcher


def make(name: str, **settings: object) -> Run:
    config = small_config().model_copy(update=settings)
    return new_run(runs_folder() / name, config)


# --- order and room ---------------------------------------------------------------------------------------------------


def test_runs_start_in_order_as_slots_become_free(launcher: Launcher) -> None:
    enqueue([make(name) for name in ("c", "a", "b", "d")])
    advance_queue()
    assert launcher.order == ["c", "a"]
    assert [run.name for run in waiting_runs()] == ["b", "d"]
    assert advance_queue() == []
    launcher.end("a")
    assert [run.name for run in advance_queue()] == ["b"]
    assert Run(runs_folder() / "d").status().state == "waiting"


def test_a_run_of_two_threads_waits_for_two_slots_and_is_not_overtaken(launcher: Launcher) -> None:
    enqueue([make("one"), make("wide", threads=2), make("small")])
    advance_queue()
    assert launcher.order == ["one"]
    launcher.end("one")
    assert [run.name for run in advance_queue()] == ["wide"]
    launcher.end("wide")
    assert [run.name for run in advance_queue()] == ["small"]


def test_more_threads_than_slots_take_all_of_them(launcher: Launcher) -> None:
    enqueue([make("very-wide", threads=64)])
    assert [run.name for run in advance_queue()] == ["very-wide"]
    assert take_slots("cpu", 1) is None


def test_a_slot_is_free_again_when_its_process_is_killed(launcher: Launcher) -> None:
    program = (
        "from clustergan_core.runs.queue.slots import take_slots; import time; take_slots('cpu', 2); "
        "print('held', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", program]
    with subprocess.Popen(words, cwd=PROJECT_FOLDER, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert take_slots("cpu", 1) is None
        holder.kill()
    slots = take_slots("cpu", 2)
    assert slots is not None
    slots.release()


def test_what_a_person_trains_in_the_foreground_counts(launcher: Launcher) -> None:
    enqueue([make("waits")])
    with occupy_slots("cpu", count_slots("cpu")):
        assert advance_queue() == []
    assert [run.name for run in advance_queue()] == ["waits"]


def test_a_gpu_is_one_slot_and_its_process_sees_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    first, second = take_slots("cuda", 4), take_slots("cuda", 1)
    assert first is not None
    assert second is not None
    assert take_slots("cuda", 1) is None
    assert [slots.environment() for slots in (first, second)] == [
        {"CUDA_VISIBLE_DEVICES": "0"},
        {"CUDA_VISIBLE_DEVICES": "1"},
    ]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    assert second.environment() == {"CUDA_VISIBLE_DEVICES": "7"}
    first.release()
    second.release()


# --- two at once, and crashes -----------------------------------------------------------------------------------------


def test_several_servers_on_one_folder_start_each_run_once(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "20")
    enqueue([make(f"run-{number:02}") for number in range(12)])
    barrier = threading.Barrier(6)

    def serve() -> None:
        barrier.wait()
        for _ in range(20):
            advance_queue()

    servers = [threading.Thread(target=serve) for _ in range(6)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(launcher.order) == [f"run-{number:02}" for number in range(12)]


def test_the_line_is_kept_where_another_holds_it(launcher: Launcher) -> None:
    enqueue([make("waits")])
    with queue_lock():
        assert advance_queue() == []
    assert [run.name for run in advance_queue()] == ["waits"]


def test_a_server_that_died_between_start_and_ticket_starts_nothing_twice(launcher: Launcher) -> None:
    run = make("begun")
    enqueue([run])
    write_status(run.folder / "status.json", run.status().model_copy(update={"state": "running"}))
    assert advance_queue() == []
    assert not has_ticket(run.folder)
    assert run.status().state == "interrupted"


def test_a_waiting_run_whose_ticket_is_lost_can_be_continued(launcher: Launcher) -> None:
    run = make("lost")
    enqueue([run])
    for path in queue_folder().glob("*.ticket"):
        path.unlink()
    assert run.status().state == "interrupted"
    continue_run(run)
    assert launcher.order == ["lost"]


def test_deleted_and_damaged_runs_do_not_keep_others_from_starting(launcher: Launcher) -> None:
    gone, damaged, good = make("gone"), make("damaged"), make("good")
    enqueue([gone, damaged, good])
    for path in gone.folder.iterdir():
        path.unlink() if path.is_file() else path.rmdir()
    (damaged.folder / "status.json").write_text("{")
    (queue_folder() / "nonsense.ticket").write_text("{")
    advance_queue()
    assert launcher.order == ["good"]
    assert active_runs()[0].name == "good"


def test_a_run_that_somebody_trains_in_the_foreground_does_not_hold_up_the_line(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(run: Run, status: Status, slots: Slots) -> None:
        slots.release()
        with hold_lock(run.folder / "lock"):
            launcher.order.append(run.name)

    monkeypatch.setattr(queue, "start_worker", start)
    taken, free = make("taken"), make("free")
    enqueue([taken, free])
    with hold_lock(taken.folder / "lock"):
        assert [run.name for run in advance_queue()] == ["free"]
    assert waiting_runs() == []


def test_a_runs_folder_that_cannot_be_made_hinders_no_run_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "file" / "runs"))
    with occupy_slots("cpu", 1):
        assert not queue_folder().exists()


# --- wishes -----------------------------------------------------------------------------------------------------------


def test_the_log_tells_of_the_line() -> None:
    run = make("a")
    enqueue([run])
    request_run(run, "pause")
    said = [line.partition("  ")[2] for line in run.log().splitlines()]
    assert said == ["Queued.", "Paused while it waited, as requested; it can be continued."]


def test_a_paused_run_can_be_stopped_and_only_once() -> None:
    run = make("a")
    enqueue([run])
    request_run(run, "pause")
    request_run(run, "stop")
    assert run.status().state == "stopped"
    assert run.log().endswith("Stopped while it was paused, as requested; it can be continued.\n")
    with pytest.raises(RunError, match="nothing to stop"):
        request_run(run, "stop")


def test_a_waiting_run_that_is_stopped_or_paused_leaves_the_line_at_once() -> None:
    stopped, paused = make("stopped"), make("paused")
    enqueue([stopped, paused])
    request_run(stopped, "stop")
    request_run(paused, "pause")
    assert (stopped.status().state, paused.status().state) == ("stopped", "paused")
    assert waiting_runs() == []


def test_a_resumed_run_goes_before_all_that_wait_and_a_continued_one_behind(launcher: Launcher) -> None:
    paused, stopped, others = make("paused"), make("stopped"), [make("x"), make("y")]
    enqueue([paused, stopped])
    request_run(paused, "pause")
    request_run(stopped, "stop")
    with occupy_slots("cpu", 2):
        enqueue(others)
        continue_run(stopped)
        continue_run(paused)
        assert [run.name for run in waiting_runs()] == ["paused", "x", "y", "stopped"]


def test_wishes_that_nobody_can_fulfil_are_refused_with_the_state() -> None:
    run = make("idle")
    enqueue([run])
    with pytest.raises(RunError, match="idle is waiting and not training: there is nothing to evaluate"):
        request_run(run, "evaluate")
    with pytest.raises(RunError, match="already waiting for its turn"):
        continue_run(run)
    request_run(run, "stop")
    with pytest.raises(RunError, match="idle is stopped and not training: there is nothing to pause"):
        request_run(run, "pause")


def test_a_paused_training_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    config = small_config(n_steps=40)
    run, unbroken = new_run(tmp_path / "paused", config), new_run(tmp_path / "unbroken", config)
    status = execute(run, lambda progress: run.request("pause") if progress.step == 10 else None)
    assert (status.state, status.step) == ("paused", 15)
    assert not (run.folder / ".reserve").exists()
    execute(run)
    execute(unbroken)
    for ours, theirs in zip(run.metrics().rows, unbroken.metrics().rows, strict=True):
        assert ours | {"seconds": 0} == theirs | {"seconds": 0}


# --- beyond the planned end -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["clustergan", "paired-clustergan"])
def test_a_finished_run_trains_on_for_as_many_steps_as_asked(launcher: Launcher, method: str) -> None:
    run = new_run(runs_folder() / "longer", small_config(n_steps=20, method=method))
    execute(run)
    before = run.metrics().rows
    extend_run(run, 20)
    assert launcher.order == ["longer"]
    assert run.config.schedule.ends == (20, 40)
    assert not (run.folder / "scores.json").exists()
    launcher.end("longer")
    status = execute(run)
    rows = run.metrics().rows
    assert (status.state, status.step) == ("finished", 40)
    assert rows[: len(before)] == before
    assert rows[-1]["step"] == 40
    assert "scores" in rows[-1]
    assert (run.folder / "scores.json").exists()
    assert run.config.command().endswith("--out RUN && python -m clustergan_core continue RUN --steps 20")


def test_the_rates_of_the_paired_game_rise_to_half_and_fall_again(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", small_config(n_steps=20, method="paired-clustergan"))
    execute(run)
    method, samples = run.load("last"), run.dataset().samples
    import torch

    method.prepare(torch.from_numpy(samples), torch.Generator().manual_seed(0))
    schedule = Schedule(n_steps=20, log_every=5, evaluate_every=10).extended(10)
    rates = []
    for step in (21, 26, 30):
        schedule.begin(method, step)
        rates.append(method.optimizers()["generator"].param_groups[0]["lr"])
    highest = run.config.settings["learning_rate"]
    # Half a cosine from ½ over ten steps: at its first, sixth and last step.
    assert [float(rate) / highest for rate in rates] == pytest.approx([0.5, 0.25, 0.0122], abs=1e-3)


def test_impossible_extensions_are_refused() -> None:
    run = make("never")
    enqueue([run])
    request_run(run, "stop")
    with pytest.raises(RunError, match="never has no checkpoint to continue from"):
        extend_run(run, 10)
    with pytest.raises(SettingsError, match="0 additional steps are not possible"):
        extend_run(run, 0)


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_queues_stops_and_continues(launcher: Launcher, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--dataset", "digits", "--steps", "10", "--threads", "1", "--out"]
    assert command_line([*words, str(runs_folder() / "one"), "--queue"]) == 0
    assert launcher.order == ["one"]
    with occupy_slots("cpu", 1):
        assert command_line([*words, str(runs_folder() / "two"), "--queue"]) == 0
        capsys.readouterr()
        assert command_line(["queue", "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert [(row["name"], row["state"]) for row in rows] == [("one", "starting"), ("two", "waiting")]
        assert command_line(["stop", "two"]) == 0
        assert "two: stop requested; now stopped" in capsys.readouterr().out
    assert command_line(["continue", "two"]) == 0
    assert launcher.order == ["one", "two"]
    assert command_line(["pause", "nobody"]) == 2
    assert "There is no run named nobody" in capsys.readouterr().err
