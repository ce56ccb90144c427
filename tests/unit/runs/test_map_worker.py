"""The process that computes maps: it serves one after the other, and a failed one says why."""

import io
import os
import subprocess
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapFrame, MapSettings
from clustergan_core.runs import map_worker, maps
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, MapWorker, find_map, read_progress, write_progress
from clustergan_core.runs.run import Run

pytestmark = pytest.mark.slow  # starts worker processes

PCA = MapSettings.model_validate({"algorithm": "pca"})
PCA_IN_SPACE = MapSettings.model_validate({"algorithm": "pca", "n_components": 3})
WORKER_LIMIT = 120.0  # seconds: a process that imports PyTorch on a busy machine


def found(request: MapRequest) -> FittedMap | None:
    return find_map(request, request.features(request.run.load(), run_latents(request.run)))


def serve(monkeypatch: pytest.MonkeyPatch, *requests: MapRequest) -> None:
    """The worker's own loop, in this process."""
    lines = "".join(request.to_json() + "\n" for request in requests)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    map_worker.main()


def test_a_map_of_too_few_samples_fails_in_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    request = MapRequest(run, PCA, n_samples=3)
    serve(monkeypatch, request)

    progress = read_progress(request)
    assert progress.state == "failed"
    assert progress.message == "A map needs at least 4 samples, but there are 3: choose more."


def test_our_own_mistake_fails_calmly_and_its_traceback_goes_to_the_log(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    request = MapRequest(run, PCA)

    def broken(*_: object) -> Iterator[MapFrame]:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(maps, "compute_map", broken)
    serve(monkeypatch, request)

    progress = read_progress(request)
    assert progress.state == "failed"
    assert progress.message == "The map could not be computed: try another algorithm."
    assert "ZeroDivisionError: secret detail" in caplog.text


def test_a_map_that_nobody_reads_any_more_gives_way_to_one_that_waits(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, wanted = MapRequest(run, PCA), MapRequest(run, PCA_IN_SPACE)
    seen: list[str] = []

    def slow(features: NDArray[np.float32], settings: MapSettings) -> Iterator[MapFrame]:
        seen.append(settings.algorithm + str(settings.n_components))
        yield MapFrame(features[:, : settings.n_components], 0.5, "Half way.")
        if settings == left.settings:
            leave(left)  # its tab is closed
        yield MapFrame(features[:, : settings.n_components], 0.7, "Further.")
        yield MapFrame(features[:, : settings.n_components], 1.0, "Finished.", is_final=True)

    monkeypatch.setattr(maps, "compute_map", slow)
    serve(monkeypatch, left, wanted)

    assert seen == ["pca2", "pca3"]
    assert found(left) is None and read_progress(left).state == "absent"
    assert found(wanted) is not None


def test_a_map_that_nobody_reads_any_more_is_finished_while_none_waits(run: Run) -> None:
    request = MapRequest(run, PCA)
    write_progress(request.job_folder(), "waiting", 0.0, "")
    leave(request)
    maps.compute_requested_map(request)
    assert found(request) is not None


def test_a_map_whose_tab_was_closed_while_it_waited_is_not_begun(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    left, wanted = MapRequest(run, PCA), MapRequest(run, PCA_IN_SPACE)
    write_progress(left.job_folder(), "waiting", 0.0, "")
    leave(left)
    serve(monkeypatch, left, wanted)
    assert found(left) is None and not left.job_folder().exists()
    assert found(wanted) is not None


def test_reading_a_jobs_progress_keeps_it_wanted(run: Run) -> None:
    request = MapRequest(run, PCA)
    write_progress(request.job_folder(), "waiting", 0.0, "")
    assert not maps.is_abandoned(request), "nobody has asked for it on a page yet"
    leave(request)
    assert maps.is_abandoned(request)
    read_progress(request)
    assert not maps.is_abandoned(request)


def leave(request: MapRequest) -> None:
    """As if the job had been read last a minute ago."""
    marker = request.job_folder() / "wanted"
    marker.touch()
    os.utime(marker, (time.time() - 60, time.time() - 60))


def wait(condition: Callable[[], bool]) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < WORKER_LIMIT, f"nothing happened in {WORKER_LIMIT:g} s"
        time.sleep(0.02)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MapWorker, list[subprocess.Popen[str]]]]:
    """A worker and the processes it has started, which end with the test."""
    started: list[subprocess.Popen[str]] = []
    start = MapWorker._start

    def remember(self: MapWorker) -> subprocess.Popen[str]:
        started.append(start(self))
        return started[-1]

    monkeypatch.setattr(MapWorker, "_start", remember)
    yield MapWorker(), started
    for process in started:
        assert process.stdin is not None
        process.stdin.close()  # as when the server ends
        process.wait(timeout=30)


def test_one_process_serves_one_map_after_the_other_and_survives_a_failure(
    run: Run, worker: tuple[MapWorker, list[subprocess.Popen[str]]]
) -> None:
    owner, started = worker
    flat, impossible, space = (
        MapRequest(run, PCA),
        MapRequest(run, PCA, n_samples=3),
        MapRequest(run, PCA_IN_SPACE),
    )
    for request in (flat, impossible, flat, space):
        owner.submit(request)
    wait(lambda: found(space) is not None)

    fitted = found(flat)
    assert fitted is not None
    assert fitted.coordinates.shape == (179, 2)
    assert read_progress(impossible).state == "failed"
    assert len(started) == 1
    assert started[0].poll() is None


def test_a_worker_that_was_killed_is_replaced_at_the_next_map(
    run: Run, worker: tuple[MapWorker, list[subprocess.Popen[str]]]
) -> None:
    owner, started = worker
    request = MapRequest(run, PCA)
    owner.submit(request)
    started[0].kill()
    started[0].wait()
    owner.submit(request)
    wait(lambda: found(request) is not None)

    assert len(started) == 2


def test_a_map_that_a_killed_server_left_waiting_is_taken_up_by_the_next_one(
    run: Run, worker: tuple[MapWorker, list[subprocess.Popen[str]]]
) -> None:
    owner, _ = worker
    first, left = MapRequest(run, PCA), MapRequest(run, PCA_IN_SPACE)
    owner.submit(first)
    wait(lambda: found(first) is not None)
    write_progress(left.job_folder(), "waiting", 0.0, "Waiting for the map before it.")
    owner.submit(left)
    wait(lambda: found(left) is not None)

    assert read_progress(left).state == "absent"
