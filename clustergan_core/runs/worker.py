"""Trains a run in this process and saves everything."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clustergan_core.data.dataset import Dataset
from clustergan_core.errors import AppError, RunError, SettingsError, StorageError
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.files import append_whole, remove_temporaries
from clustergan_core.methods import build_method, find_method
from clustergan_core.runs.card import write_card
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.latents import encode_run
from clustergan_core.runs.metrics import append_row, cut_after
from clustergan_core.runs.replay import cut_replay, is_due, write_frame
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_path, grid_steps, write_grid
from clustergan_core.runs.scores import score_run, score_run_without_labels, write_label_free, write_scores
from clustergan_core.runs.status import State, Status, hold_lock, read_status, write_status
from clustergan_core.score_names import describe_kept_weights

if TYPE_CHECKING:
    from clustergan_core.training import Checkpoint, Progress

RESERVED_BYTES = 2**16  # released when the disk is full, so that the run can still report it


def execute(
    run: Run, on_progress: Callable[[Progress], None] = lambda progress: None, lock: int | None = None
) -> Status:
    """Trains a new run, or continues an unfinished one from its checkpoint, until done or told to stop or pause.

    `lock` is a descriptor of the run's lock where the launching process holds it already. Raises AppError for problems
    that a person can fix, which status.json then also holds. A full disk pauses the run. Labels are used only for
    scores.
    """
    with hold_lock(run.folder / "lock", lock):
        try:
            return _execute_locked(run, on_progress)
        except StorageError as error:
            _pause_for_storage(run, error)
            raise
        except AppError as error:
            run.add_to_log(f"Failed: {error}")
            _set_state(run, "failed", message=str(error))
            raise
        except Exception:
            run.add_to_log(traceback.format_exc())
            _set_state(
                run, "failed", message=f"An unexpected error occurred: {run.folder / 'log.txt'} has the details."
            )
            raise


def check_unfinished(run: Run) -> None:
    """RunError where there is nothing to continue: a finished run, a living one, or a shipped model."""
    status = run.status()
    if run.is_shipped:
        raise RunError(f"{run.name} is a bundled model without a checkpoint: train your own copy instead.")
    if status.state == "finished":
        raise RunError(f"Run {run.name} is finished ({status.step} steps): start a new one to train longer.")
    if status.state == "waiting":
        raise RunError(f"Run {run.name} is already waiting for its turn: it starts by itself.")
    if status.is_training:
        raise RunError(f"Run {run.name} is already training in another process: stop that first.")


def choose_device(name: str) -> str:
    """The device "cuda" or "cpu" for a name or "auto"; SettingsError where CUDA is chosen but absent."""
    if name not in ("auto", "cpu", "cuda"):
        raise SettingsError(f"There is no device named {name}: choose auto, cpu or cuda.")
    if name == "cpu":
        return name
    # A build of PyTorch for processors alone need not be loaded, for seconds, to say that it finds no GPU.
    if name == "auto" and version("torch").endswith("+cpu"):
        return "cpu"
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise SettingsError("Device cuda was chosen, but PyTorch finds no CUDA GPU here: choose cpu or auto.")
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name


def _execute_locked(run: Run, on_progress: Callable[[Progress], None]) -> Status:
    import torch

    from clustergan_core.training import train

    config = run.config
    checkpoint = _prepare_folder(run)
    for note in config.notes if checkpoint is None else (f"Continuing after step {checkpoint.step}.",):
        run.add_to_log(note)
    torch.set_num_threads(config.threads)
    device = torch.device(choose_device(config.device))
    dataset = run.dataset()
    run.add_to_log(f"Training {config.method} on {len(dataset.splits.train)} samples of {dataset.name} ({device}).")
    settings = config.method_settings()
    method = build_method(config.method, settings, dataset.kind, dataset.shape, config.seed, device, config.n_batches)
    training = train(
        method,
        dataset,
        config.schedule,
        config.seed,
        device,
        resume=checkpoint,
        evaluate_now=lambda: _take_request(run, "evaluate"),
    )
    if checkpoint is None:
        write_grid(run.folder, 0, method)
        write_frame(run.folder, 0, method, dataset)
    _set_state(run, "running", step=checkpoint.step if checkpoint else 0)
    for progress in training:
        append_row(run.folder / "metrics.jsonl", progress.row())
        end = _take_end(run) if progress.step < progress.n_steps else None
        # Before the checkpoint: whatever breaks the run in between, its continuation writes this frame again.
        if is_due(config.schedule, progress.step, method, is_evaluated=progress.scores is not None):
            write_frame(run.folder, progress.step, method, dataset)
        if progress.scores is not None or end:
            save_progress(run, progress)
        if progress.scores is not None:
            write_grid(run.folder, progress.step, method)
        _set_state(run, "running", step=progress.step, seconds=progress.seconds)
        on_progress(progress)
        if end:
            _release_reserve(run)
            run.add_to_log(f"{end.capitalize()} after step {progress.step}, as requested; it can be continued.")
            return _set_state(run, end, step=progress.step, seconds=progress.seconds)
    return _finish(run, dataset)


def _pause_for_storage(run: Run, error: StorageError) -> None:
    """Records the reason if the reserve suffices; otherwise the page finds the reason by itself."""
    _release_reserve(run)
    try:
        run.add_to_log(f"Paused: {error}")
        _set_state(run, "paused", message=str(error))
    except StorageError:
        return


def _keep_reserve(run: Run) -> None:
    append_whole(_reserve(run), os.urandom(RESERVED_BYTES))  # not zeros, which a file system may not store


def _release_reserve(run: Run) -> None:
    _reserve(run).unlink(missing_ok=True)


def _reserve(run: Run) -> Path:
    return run.folder / ".reserve"


def _prepare_folder(run: Run) -> Checkpoint | None:
    """The checkpoint to continue from, with everything after it removed; None for a new start."""
    remove_temporaries(run.folder)
    _release_reserve(run)
    _keep_reserve(run)
    metrics = run.folder / "metrics.jsonl"
    if not (run.folder / "resume.safetensors").exists():
        cut_after(metrics, -1)
        for path in (run.folder / "samples").glob("*.npy"):
            path.unlink()
        cut_replay(run.folder, run.config.schedule, -1)
        return None
    from clustergan_core.runs.weights import read_checkpoint

    checkpoint = read_checkpoint(run.folder)
    cut_after(metrics, checkpoint.step)
    for step in grid_steps(run.folder):
        if step > checkpoint.step:
            grid_path(run.folder, step).unlink()
    cut_replay(run.folder, run.config.schedule, checkpoint.step)
    return checkpoint


def save_progress(run: Run, progress: Progress) -> None:
    """Saves the best weights before the checkpoint that names them: a crash in between repeats steps but loses none."""
    from clustergan_core.runs.weights import write_checkpoint, write_tensors

    checkpoint = progress.checkpoint()
    if progress.is_best:
        write_tensors(run.folder / "weights-best.safetensors", checkpoint.weights)
    write_tensors(run.folder / "weights-last.safetensors", checkpoint.weights)
    write_checkpoint(run.folder, checkpoint)


def _finish(run: Run, dataset: Dataset) -> Status:
    """Scores the best weights on the test split and writes the card."""
    from clustergan_core.nn.acceleration import one_thread

    config = run.config
    kept = describe_kept_weights(find_method(config.method), config.method_settings(), config.dataset.has_modes)
    run.add_to_log(f"Scoring the best weights, {kept}.")
    latents = None
    if find_method(config.method).encodes:
        with one_thread(), libraries_on_one_thread():  # as for all final scores
            latents = encode_run(run, "test", "best", dataset)
    scores = score_run(run, "test", "best", dataset, latents=latents)
    if latents is not None:
        write_label_free(run, score_run_without_labels(run, dataset))
    write_scores(run, scores)
    write_card(run, scores)
    last = run.metrics().rows[-1]
    _release_reserve(run)
    run.add_to_log("Finished.")
    return _set_state(run, "finished", step=config.schedule.n_steps, seconds=last["seconds"])


def _set_state(
    run: Run, state: State, step: int | None = None, seconds: float | None = None, message: str = ""
) -> Status:
    path = run.folder / "status.json"
    before = read_status(path) if path.exists() else None
    status = Status(
        state=state,
        step=step if step is not None else (before.step if before else 0),
        n_steps=run.config.schedule.n_steps,
        seconds=seconds if seconds is not None else (before.seconds if before else 0.0),
        heartbeat=datetime.now().astimezone(),
        message=message,
        scheduler=before.scheduler if before else "",
    )
    write_status(path, status)
    return status


def _take_end(run: Run) -> Literal["stopped", "paused"] | None:
    """The state that a person has requested; stop takes precedence over pause."""
    is_paused, is_stopped = _take_request(run, "pause"), _take_request(run, "stop")
    return "stopped" if is_stopped else "paused" if is_paused else None


def _take_request(run: Run, what: str) -> bool:
    path = run.folder / "control" / what
    if not path.exists():
        return False
    path.unlink(missing_ok=True)
    return True


def first_status(config: RunConfig, before: Status | None = None) -> Status:
    """A run's status between its launch and its first step, or its continuation after `before`."""
    step, seconds = (before.step, before.seconds) if before else (0, 0.0)
    return Status(
        state="starting",
        step=step,
        n_steps=config.schedule.n_steps,
        seconds=seconds,
        heartbeat=datetime.now().astimezone(),
    )
