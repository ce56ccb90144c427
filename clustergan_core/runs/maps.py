"""Maps of a run: read from disk, or computed by a process that stays warm.

UMAP takes half a minute to compile at the first fit of each process, so one process computes all maps of a server, one
after the other. A job is a folder beside the finished maps; pages read its frames from there, so that a reload or a
second tab sees the same job. A job that no page reads any more, because its tab was closed, gives way to those that
wait.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import SplitName, draw_subset
from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapFrame, MapSettings
from clustergan_core.errors import RunError
from clustergan_core.files import is_locked, write_atomically
from clustergan_core.paths import CODE_FOLDER
from clustergan_core.runs.components import run_components
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run, Weights
from clustergan_core.runs.status import hold_lock
from clustergan_core.scoring.latents import RunLatents

if TYPE_CHECKING:
    from clustergan_core.method import Method

Space = Literal["latents", "components"]

MAP_SEED = 0
ABANDONED_SECONDS = 8  # after this long without a reader; pages read a job's progress about once a second
_WANTED = "wanted"  # a file of the job, which every reader touches


@dataclass(frozen=True)
class MapRequest:
    """A map of at most `n_samples` latents of a run's split, or of the same samples' principal components."""

    run: Run
    settings: MapSettings
    split: SplitName = "test"
    which: Weights = "best"
    n_samples: int = 10_000
    space: Space = "latents"

    def rows(self, n_all: int) -> NDArray[np.int64]:
        """The indices, ascending, of the latents that are drawn among a split's `n_all`."""
        return draw_subset(n_all, self.n_samples, MAP_SEED)

    def features(self, method: Method, latents: RunLatents) -> NDArray[np.float32]:
        """The features to lay out (N, D) of the drawn latents: those the method's k-means uses, or components."""
        if self.space == "components":
            features = run_components(self.run)[latents.indices]
        else:
            features = method.clustering_features(latents.encoding()).numpy()
        return np.ascontiguousarray(features[self.rows(len(features))], dtype=np.float32)

    def job_folder(self) -> Path:
        """Where the job's frames appear: a short path, the same for everyone who requests this map."""
        choices = [self.split, self.which, self.n_samples, self.space, self.settings.model_dump()]
        key = json.dumps(choices, sort_keys=True)
        return self.run.embeddings_folder() / f"job-{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    def to_json(self) -> str:
        """One line for the worker."""
        return json.dumps(
            {
                "folder": str(self.run.folder),
                "settings": self.settings.model_dump(),
                "split": self.split,
                "which": self.which,
                "n_samples": self.n_samples,
                "space": self.space,
            }
        )

    @staticmethod
    def from_json(line: str) -> MapRequest:
        """The request in a line that `to_json` wrote."""
        record = json.loads(line)
        settings = MapSettings.model_validate(record["settings"])
        run, given = Run(Path(record["folder"])), [record[name] for name in ("split", "which", "n_samples", "space")]
        return MapRequest(run, settings, *given)


def find_map(request: MapRequest, features: NDArray[np.float32]) -> FittedMap | None:
    """The finished map of these features (N, D), shipped with the run or computed later; None without one."""
    for folder in (request.run.embeddings_folder(), request.run.folder / "embeddings"):
        fitted = FittedMap.load(folder, features, request.settings)
        if fitted is not None:
            return fitted
    return None


@dataclass(frozen=True)
class MapProgress:
    """The progress of a job."""

    state: str  # waiting | running | failed | absent
    frame: MapFrame | None
    message: str


def read_progress(request: MapRequest) -> MapProgress:
    """The progress that a job has written so far; reading it keeps the job wanted."""
    folder = request.job_folder()
    try:
        record = json.loads((folder / "progress.json").read_text())
        (folder / _WANTED).touch()
    except (OSError, ValueError):
        return MapProgress("absent", None, "")
    frame = None
    if (folder / "frame.npy").exists():
        coordinates = np.load(folder / "frame.npy", allow_pickle=False)
        frame = MapFrame(coordinates, record["fraction"], record["message"])
    state = record["state"]
    # A job whose worker is gone together with its server counts as absent and is started again.
    if state == "running" and not is_locked(folder / "lock"):
        state = "absent"
    return MapProgress(state, frame, record["message"])


def is_abandoned(request: MapRequest) -> bool:
    """Whether nobody has read the job's progress for a while; a job that no page has asked for is not abandoned."""
    try:
        read_at = (request.job_folder() / _WANTED).stat().st_mtime
    except OSError:
        return False
    return time.time() - read_at > ABANDONED_SECONDS


def give_way(request: MapRequest) -> None:
    """Discards a job; a page that comes back finds it absent and submits it again."""
    shutil.rmtree(request.job_folder(), ignore_errors=True)


def cancel_map(request: MapRequest) -> None:
    """Asks a job to end; it checks at every frame."""
    folder = request.job_folder()
    if folder.is_dir():
        write_atomically(folder / "cancel", b"")


class MapWorker:
    """The warm process, started at the first map and kept as long as its owner lives."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._submitted: set[Path] = set()

    def submit(self, request: MapRequest) -> None:
        """Queues a map; submitting one that is waiting or running again changes nothing."""
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            folder, state = request.job_folder(), read_progress(request).state
            # A killed server may leave a job waiting that nobody will compute; only our own queue is trusted.
            if state == "running" or (alive and state == "waiting" and folder in self._submitted):
                return
            process = self._process if alive else self._start()
            assert process is not None
            self._submitted.add(folder)
            shutil.rmtree(folder, ignore_errors=True)
            write_progress(folder, "waiting", 0.0, "Waiting for the map before it.")
            (folder / _WANTED).touch()
            assert process.stdin is not None
            process.stdin.write(request.to_json() + "\n")
            process.stdin.flush()

    def _start(self) -> subprocess.Popen[str]:
        self._submitted.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "clustergan_core.runs.map_worker"],
            cwd=CODE_FOLDER,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        return self._process


def write_progress(folder: Path, state: str, fraction: float, message: str) -> None:
    """Replaces a job's progress file."""
    record = {"state": state, "fraction": fraction, "message": message}
    write_atomically(folder / "progress.json", json.dumps(record).encode())


def compute_requested_map(request: MapRequest, do_others_wait: Callable[[], bool] = lambda: False) -> None:
    """Computes a map in this process, frame by frame, and stores it; the job's folder is deleted at the end.

    An abandoned job gives way at its next frame while others wait.
    """
    folder = request.job_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if is_locked(folder / "lock"):
        return  # another server's worker is computing this map
    with hold_lock(folder / "lock"):
        write_progress(folder, "running", 0.0, "Reading the latents.")
        run, which = request.run, request.which
        features = request.features(run.load(which), run_latents(run, request.split, which))
        for frame in compute_map(features, request.settings):
            if (folder / "cancel").exists():
                give_way(request)
                return
            if frame.is_final:
                FittedMap(features, frame.coordinates, request.settings).save(request.run.embeddings_folder())
                give_way(request)
                return
            if do_others_wait() and is_abandoned(request):
                give_way(request)
                return
            _write_frame(folder, frame)
    raise RunError(f"The map of {request.run.name} ended without a result: compute it again.")


def _write_frame(folder: Path, frame: MapFrame) -> None:
    temporary = folder / ".frame.npy"
    np.save(temporary, frame.coordinates, allow_pickle=False)
    temporary.replace(folder / "frame.npy")
    write_progress(folder, "running", frame.fraction, frame.message)
