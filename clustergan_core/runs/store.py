"""Lists runs, finds them by name, and creates them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.paths import RUN_NAME, pretrained_folder, runs_folder
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import SWEEP_FILE, Run
from clustergan_core.runs.status import Status, write_status


def list_runs() -> list[Run]:
    """A person's own runs, including those of sweeps, newest first. Folders that are not runs are skipped."""
    own = _runs_in(runs_folder())
    for folder in list_sweep_folders():
        own += _runs_in(folder)
    return sorted(own, key=lambda run: run.name, reverse=True)


def list_sweep_folders() -> list[Path]:
    """The folders of sweeps in the runs folder, newest first."""
    folder = runs_folder()
    return sorted((path.parent for path in folder.glob(f"*/{SWEEP_FILE}")), reverse=True) if folder.is_dir() else []


def list_shipped() -> list[Run]:
    """The bundled models, by name."""
    return _runs_in(pretrained_folder())


def find_run(name: str) -> Run:
    """A run by its folder, its name, or a shipped model's name; a data set's name means its best shipped model.

    The best model has the highest NMI on the test split among the models of that data set. That choice uses labels, so
    its scores are those of one model and no estimate of the method's. Raises RunError, with the existing names, where
    there is none.
    """
    folder = Path(name)
    try:
        if (folder / "config.json").exists():
            return Run(folder.resolve())
    except OSError as error:
        raise RunError(f"{name[:80]} cannot be read ({error.strerror}): check the path.") from error
    return find_run_by_name(name)


def find_run_by_name(name: str) -> Run:
    """A run by a name that came from outside (a URL), which is never used as a path. Raises RunError without one."""
    if not RUN_NAME.fullmatch(name):
        raise RunError(f"{name!r} is not a run's name: choose one from the Runs page or the command `runs`.")
    candidates = [runs_folder() / name, pretrained_folder() / name, *(folder / name for folder in list_sweep_folders())]
    shipped = [run for run in list_shipped() if run.config.dataset.source == name]
    candidates += [run.folder for run in sorted(shipped, key=_stored_nmi, reverse=True)]
    for folder in candidates:
        if (folder / "config.json").exists():
            return Run(folder.resolve())
    names = ", ".join(run.name for run in [*list_runs()[:5], *list_shipped()]) or "none yet"
    hint = " Trained models come with a clone of the repository: let CLUSTERGAN_PRETRAINED name its folder pretrained."
    raise RunError(
        f"There is no run named {name}: choose an existing one ({names})."
        + ("" if pretrained_folder().is_dir() else hint)
    )


def create_run(config: RunConfig, folder: Path) -> Run:
    """Creates a new run's folder; RunError where it exists already."""
    try:
        if folder.exists():
            raise RunError(f"{folder} exists already: choose another, or add --resume to continue an unfinished run.")
        for part in ("samples", "embeddings", "control"):
            (folder / part).mkdir(parents=True)
    except OSError as error:
        raise RunError(f"{folder} cannot be created ({error.strerror}): choose a writable folder.") from error
    # A run that has not begun counts as stopped at step 0, so that it can be continued from the first moment on.
    status = Status(state="stopped", n_steps=config.schedule.n_steps, heartbeat=datetime.now().astimezone())
    write_status(folder / "status.json", status)
    write_atomically(folder / "config.json", config.model_dump_json(indent=2).encode())
    return Run(folder.resolve())


def _stored_nmi(run: Run) -> float:
    """The NMI on the test split in the model's scores.json; -1 where there is none."""
    try:
        nmi = json.loads((run.folder / "scores.json").read_text())["nmi"]
    except (OSError, ValueError, TypeError, KeyError):
        return -1.0
    return nmi if isinstance(nmi, float) else -1.0


def _runs_in(folder: Path) -> list[Run]:
    if not folder.is_dir():
        return []
    return [Run(entry.resolve()) for entry in sorted(folder.iterdir()) if (entry / "config.json").is_file()]
