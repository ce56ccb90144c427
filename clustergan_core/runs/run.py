"""Run: reads a run's folder, and makes the changes that a person may make."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from clustergan_core.data.counts.cell_tables import label_file
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.errors import DataError, RunError
from clustergan_core.files import append_whole, find_storage_problem, is_locked, write_atomically
from clustergan_core.methods import build_method
from clustergan_core.paths import derived_folder, pretrained_folder, uploads_folder
from clustergan_core.runs.config import FORMAT, RunConfig
from clustergan_core.runs.metrics import MetricsPart, read_rows
from clustergan_core.runs.status import Status, read_status
from clustergan_core.runs.tickets import has_ticket

if TYPE_CHECKING:
    from clustergan_core.method import Method

SWEEP_FILE = "sweep.json"  # marks the folder of a sweep
Weights = Literal["best", "last"]
Request = Literal["stop", "pause", "evaluate"]  # what a person may request from a training process
# Allows for the few system calls between writing "starting" and taking the lock.
START_ALLOWANCE_SECONDS = 5


@dataclass(frozen=True)
class Run:
    """A run on disk. Nothing is cached but its config, which never changes while it trains."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name, which is the run's id."""
        return self.folder.name

    @property
    def is_shipped(self) -> bool:
        """Whether it is a bundled model: read-only, best weights only, no data."""
        return self.folder.parent == pretrained_folder()

    @property
    def is_of_sweep(self) -> bool:
        """Whether it is in a sweep's folder, beside the runs that it is compared with."""
        return (self.folder.parent / SWEEP_FILE).exists()

    def embeddings_folder(self) -> Path:
        """Where latents and maps computed later are stored: in the run's folder, or elsewhere for a shipped run."""
        return derived_folder() / self.name if self.is_shipped else self.folder / "embeddings"

    def find_embedding(self, file_name: str) -> Path | None:
        """A stored file of latents or of a map: computed later, or shipped with the run."""
        candidates = (self.embeddings_folder() / file_name, self.folder / "embeddings" / file_name)
        return next((path for path in candidates if path.exists()), None)

    @cached_property
    def config(self) -> RunConfig:
        """config.json; RunError where it is missing, corrupt or of a newer format."""
        path = self.folder / "config.json"
        try:
            return _parse_config(path.read_text(), self.name)
        except (OSError, ValueError, TypeError, KeyError, ValidationError) as error:
            raise RunError(f"{path} cannot be read as a run's configuration: restore or delete the run.") from error

    @property
    def title(self) -> str:
        """The title a person gave it, or its name."""
        return self.config.title or self.name

    def status(self) -> Status:
        """The current state: "interrupted" where status.json says that it trains or waits, but nothing handles it."""
        status = read_status(self.folder / "status.json")
        if status.is_over or self._is_attended(status):
            return status
        # The process may have finished between the two checks.
        latest = read_status(self.folder / "status.json")
        if latest.is_over or self._is_attended(latest):
            return latest
        return latest.model_copy(update={"state": "interrupted", "message": find_storage_problem(self.folder)})

    def _is_attended(self, status: Status) -> bool:
        if is_locked(self.folder / "lock"):
            return True
        if status.state == "waiting":
            return bool(status.scheduler) or has_ticket(self.folder)
        age = (datetime.now().astimezone() - status.heartbeat).total_seconds()
        return status.state == "starting" and age < START_ALLOWANCE_SECONDS

    def metrics(self, offset: int = 0) -> MetricsPart:
        """The progress rows from a byte offset on."""
        return read_rows(self.folder / "metrics.jsonl", offset)

    def log(self) -> str:
        """The activity log so far."""
        path = self.folder / "log.txt"
        return path.read_text(errors="replace") if path.exists() else ""

    def add_to_log(self, sentence: str) -> None:
        """Appends a sentence to the activity log, with the time."""
        append_whole(self.folder / "log.txt", f"{datetime.now():%Y-%m-%d %H:%M:%S}  {sentence}\n".encode())

    def has_weights(self, which: Weights = "best") -> bool:
        """Whether these weights have been saved yet."""
        return any(self.folder.glob(f"weights-{which}*.safetensors"))

    def load(self, which: Weights = "best") -> Method:
        """The method with its weights, on the CPU and ready to encode and generate."""
        import torch

        from clustergan_core.runs.weights import load_weights

        if which == "last" and self.is_shipped:
            raise RunError(f"{self.name} ships only its best weights: choose --weights best.")
        config = self.config
        method = build_method(
            config.method,
            config.method_settings(),
            config.dataset.kind,
            config.dataset.shape,
            config.seed,
            torch.device("cpu"),
            config.n_batches,
        )
        load_weights(method, self.folder, which)
        return method.eval().requires_grad_(False)

    def dataset(self) -> Dataset:
        """The data it was trained on; DataError where it is absent or has changed."""
        record = self.config.dataset
        if missing := self._find_missing_file():
            raise DataError(missing)
        dataset = open_dataset(record.source, record.options)
        if dataset.digest != record.digest:
            raise DataError(
                f"{record.source} has changed since run {self.name} was trained on it: restore that file or train "
                "again."
            )
        return dataset

    def is_data_here(self) -> bool:
        """Whether `dataset()` works without a download."""
        source = self.config.dataset.source
        return is_available(source) or Path(source).exists()

    def _find_missing_file(self) -> str:
        """A sentence on a file of the data, of its labels or its samples that is no longer there; "" without any."""
        record = self.config.dataset
        files = [
            (Path(source), "which this run was trained on")
            for source in (record.source, *record.options.further)
            if source not in DATASETS
        ]
        if (labels := label_file(record.options.labels)) is not None:
            files.append((labels, "which holds the labels of this run's data"))
        if record.options.samples is not None:
            files.append((Path(record.options.samples), "which describes the samples of this run's data"))
        missing = next((file for file in files if not file[0].exists()), None)
        if missing is None:
            return ""
        path, what = missing
        if path.is_relative_to(uploads_folder().resolve()) or path.is_relative_to(uploads_folder()):
            return f"{path.name}, {what}, was removed from your files: upload the same file again."
        return f"{path.name}, {what}, is not on this machine any more: put it back into {path.parent}."

    def request(self, what: Request) -> None:
        """Sends a request to the training process, which checks for requests at every log row."""
        write_atomically(self.folder / "control" / what, b"")

    def is_requested(self, what: Request) -> bool:
        """Whether a request is still pending."""
        return (self.folder / "control" / what).exists()

    def forget_requests(self) -> None:
        """Clears requests to an earlier process; call it only before a new process starts."""
        for path in (self.folder / "control").glob("*"):
            path.unlink(missing_ok=True)

    def rename(self, title: str) -> None:
        """Gives the run a title; RunError for a shipped run, an empty or an overlong title."""
        self._refuse_if_shipped("renamed")
        title = title.strip()
        if not 1 <= len(title) <= 80:
            raise RunError(f"A title has 1 to 80 characters, but this one has {len(title)}: choose another.")
        self._replace_config(self.config.model_copy(update={"title": title}))

    def extend(self, n_more: int) -> None:
        """Moves the planned end; only while no process trains it, which `backends.extend_run` ensures."""
        self._replace_config(self.config.model_copy(update={"schedule": self.config.schedule.extended(n_more)}))
        for derived in ("scores.json", "label_free.json", "card.md"):
            (self.folder / derived).unlink(missing_ok=True)

    def _replace_config(self, config: RunConfig) -> None:
        # A run of an earlier format may now hold values that that format does not have.
        config = config.model_copy(update={"format": FORMAT})
        write_atomically(self.folder / "config.json", config.model_dump_json(indent=2).encode())
        self.__dict__.pop("config", None)  # what `cached_property` keeps

    def delete(self) -> None:
        """Removes the run's folder, even a corrupt one; RunError while it trains and for shipped runs."""
        self._refuse_if_shipped("deleted")
        if self._is_training():
            raise RunError(f"Run {self.name} is still training: stop it before deleting it.")
        shutil.rmtree(self.folder)

    def _is_training(self) -> bool:
        """Whether its process lives, even where status.json is corrupt."""
        try:
            return not self.status().is_over
        except RunError:
            return is_locked(self.folder / "lock")

    def _refuse_if_shipped(self, what: str) -> None:
        if self.is_shipped:
            raise RunError(f"{self.name} is a bundled model and cannot be {what}: train your own copy instead.")


@lru_cache(maxsize=500)
def _parse_config(text: str, name: str) -> RunConfig:
    """The configuration that config.json holds, parsed once: every list of runs reads it of each, at every visit."""
    content = json.loads(text)
    number = content["format"]
    if isinstance(number, int) and number > FORMAT:
        raise RunError(f"Run {name} has format {number}, and this version reads up to {FORMAT}: update it.")
    return RunConfig.model_validate(content)
