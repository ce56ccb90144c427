"""Where runs, uploads and shipped models are stored, and which names they may have."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path

import platformdirs

APPLICATION = "clustergan-explorer"
CODE_FOLDER = Path(__file__).resolve().parents[1]  # holds the package: a checkout, or where pip installed it


def find_project_folder(code_folder: Path) -> Path:
    """The checkout that holds the code, else the user's data folder: nothing is written where pip installs."""
    is_checkout = (code_folder / "pyproject.toml").is_file() and (code_folder / "app.py").is_file()
    return code_folder if is_checkout else platformdirs.user_data_path(APPLICATION, appauthor=False)


PROJECT_FOLDER = find_project_folder(CODE_FOLDER)
PRETRAINED_FOLDER = PROJECT_FOLDER / "pretrained"  # empty if installed by pip: only a checkout has the models

# A name from a URL or a command line is matched against this before it becomes part of a path.
RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


def runs_folder() -> Path:
    """The folder of the user's runs: CLUSTERGAN_RUNS, else `runs` in the project folder."""
    return Path(os.environ.get("CLUSTERGAN_RUNS") or PROJECT_FOLDER / "runs")


def pretrained_folder() -> Path:
    """The folder of bundled models: CLUSTERGAN_PRETRAINED, else `pretrained` in the project folder."""
    return Path(os.environ.get("CLUSTERGAN_PRETRAINED") or PRETRAINED_FOLDER)


def queue_folder() -> Path:
    """The folder of the queue's tickets and of the locks of this machine's device slots."""
    return runs_folder() / ".queue"


def uploads_folder() -> Path:
    """The folder of the user's files: CLUSTERGAN_UPLOADS, else `uploads` in the project folder."""
    return Path(os.environ.get("CLUSTERGAN_UPLOADS") or PROJECT_FOLDER / "uploads")


def lists_folder() -> Path:
    """The folder of lists of cells that runs were trained on, stored with those runs."""
    return runs_folder() / ".lists"


def files_folder() -> Path | None:
    """The folder of the operator's files that the Data page offers: CLUSTERGAN_FILES, or None."""
    folder = os.environ.get("CLUSTERGAN_FILES")
    return Path(folder) if folder else None


def derived_folder() -> Path:
    """The folder for results of shipped, read-only models: CLUSTERGAN_DERIVED, else `.cache` in the project folder."""
    return Path(os.environ.get("CLUSTERGAN_DERIVED") or PROJECT_FOLDER / ".cache")


def new_run_name(method: str, dataset: str, now: datetime) -> str:
    """A new run's name, <time>-<method>-<dataset>-<4 hex>, sortable by time."""
    slug = re.sub(r"[^a-z0-9]+", "-", dataset.lower()).strip("-")[:40] or "data"
    return f"{now:%Y%m%d-%H%M%S}-{method}-{slug}-{secrets.token_hex(2)}"
