"""Maps of a run: looked up where they are kept, or computed by a process that stays warm.

UMAP compiles itself for half a minute at the first fit of each process, so one process serves all maps of a server, one
after the other. A job is a folder beside the finished maps; whoever looks reads its frames from there, so a reload or a
second tab sees the same job.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import SplitName
from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapFrame, MapSettings
from clustergan_core.errors import RunError
from clustergan_core.files import is_locked, write_atomically
from clustergan_core.paths import CODE_FOLDER
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run, Weights
from clustergan_core.runs.status import hold_lock
from clustergan_core.scoring.latents import RunLatents

if TYPE_CHECKING:
    from clustergan_core.method import Method

MAP_SEED = 0


@dataclass(frozen=True)
class MapRequest:
    """Which map: of a run's split, drawn of at most `n_samples` of its latents."""

    run: Run
    settings: MapSettings
    split: SplitName = "test"
    which: Weights = "best"
    n_samples: int = 10_000

    def rows(self, n_all: int) -> NDArray[np.int64]:
        """Which of a split's `n_all` latents are drawn: all, or `n_samples` of them by a fixed seed, ascending."""
        if n_all <= self.n_samples:
            return np.arange(n_all, dtype=np.int64)
        return np.sort(np.random.default_rng(MAP_SEED).choice(n_all, self.n_samples, replace=False))

    def features(self, method: Method, latents: RunLatents) -> NDArray[np.float32]:
        """What is laid out (N, D): the latents as the method's k-means reads them, of the rows that are drawn."""
        features = method.clustering_features(latents.encoding()).numpy()
        return np.ascontiguousarray(features[self.rows(len(features))], dtype=np.float32)

    def job_folder(self) -> Path:
        """Where the job's frames appear; short and the same for everyone who asks for this map."""
        words = json.dumps([self.split, self.which, self.n_samples, self.settings.model_dump()], sort_keys=True)
        return self.run.embeddings_folder() / f"job-{hashlib.sha256(words.encode()).hexdigest()[:16]}"

    def to_json(self) -> str:
        """One line for the worker."""
        return json.dumps(
            {
                "folder": str(self.run.folder),
                "settings": self.settings.model_dump(),
                "split": self.split,
                "which": self.which,
                "n_samples": self.n_samples,
            }
        )

    @staticmethod
    def from_json(line: str) -> MapRequest:
        """The request of such a line."""
        words = json.loads(line)
        settings = MapSettings.model_validate(words["settings"])
        return MapRequest(Run(Path(words["folder"])), settings, words["split"], words["which"], words["n_samples"])


def find_map(request: MapRequest, features: NDArray[np.float32]) -> FittedMap | None:
    """The finished map of these features (N, D), shipped with the run or computed later; None where there is none."""
    for folder in (request.run.embeddings_folder(), request.run.folder / "embeddings"):
        fitted = FittedMap.load(folder, features, request.settings)
        if fitted is not None:
            return fitted
    return None


@dataclass(frozen=True)
class MapProgress:
    """How far a job is."""

    state: str  # waiting | running | failed | absent
    frame: MapFrame | None
    message: str


def read_progress(request: MapRequest) -> MapProgress:
    """What a job has written so far."""
    folder = request.job_folder()
    try:
        words = json.loads((folder / "progress.json").read_text())
    except (OSError, ValueError):
        return MapProgress("absent", None, "")
    frame = None
    if (folder / "frame.npy").exists():
        coordinates = np.load(folder / "frame.npy", allow_pickle=False)
        frame = MapFrame(coordinates, words["fraction"], words["message"])
    state = words["state"]
    # A job nobody works on any more, because the server and its worker went, counts as absent and is started again.
    if state == "running" and not is_locked(folder / "lock"):
        state = "absent"
    return MapProgress(state, frame, words["message"])


def cancel_map(request: MapRequest) -> None:
    """Asks a job to end; it looks at every frame."""
    folder = request.job_folder()
    if folder.is_dir():
        write_atomically(folder / "cancel", b"")


class MapWorker:
    """The warm process, started at the first map and kept while its owner lives."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._submitted: set[Path] = set()

    def submit(self, request: MapRequest) -> None:
        """Queues a map; asking again for one that is waiting or running changes nothing."""
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            folder, state = request.job_folder(), read_progress(request).state
            # A job left waiting by a server that was killed waits for nobody; only our own queue is trusted.
            if state == "running" or (alive and state == "waiting" and folder in self._submitted):
                return
            process = self._process if alive else self._start()
            assert process is not None
            self._submitted.add(folder)
            shutil.rmtree(folder, ignore_errors=True)
            write_progress(folder, "waiting", 0.0, "Waiting for the map before it.")
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
    words = {"state": state, "fraction": fraction, "message": message}
    write_atomically(folder / "progress.json", json.dumps(words).encode())


def carry_out(request: MapRequest) -> None:
    """Computes a map in this process, frame by frame, and keeps it; the job's folder goes when it is done."""
    folder = request.job_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if is_locked(folder / "lock"):
        return  # another server's worker is at this very map
    with hold_lock(folder / "lock"):
        write_progress(folder, "running", 0.0, "Reading the latents.")
        run, which = request.run, request.which
        features = request.features(run.load(which), run_latents(run, request.split, which))
        for frame in compute_map(features, request.settings):
            if (folder / "cancel").exists():
                shutil.rmtree(folder, ignore_errors=True)
                return
            if frame.is_final:
                FittedMap(features, frame.coordinates, request.settings).save(request.run.embeddings_folder())
                shutil.rmtree(folder, ignore_errors=True)
                return
            _write_frame(folder, frame)
    raise RunError(f"The map of {request.run.name} ended without a result: compute it again.")


def _write_frame(folder: Path, frame: MapFrame) -> None:
    temporary = folder / ".frame.npy"
    np.save(temporary, frame.coordinates, allow_pickle=False)
    temporary.replace(folder / "frame.npy")
    write_progress(folder, "running", frame.fraction, frame.message)
