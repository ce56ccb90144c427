"""What every recording says of the training that it shows, whatever its format."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TypedDict

from pydantic import BaseModel

from clustergan_core.data.dataset import Dataset
from clustergan_core.lessons.recording import Setup
from clustergan_core.runs.configure import make_config


class Origin(TypedDict):
    """Fields of a recording's header."""

    name: str  # lesson/recording
    setup: Setup  # with every setting of the method, not only those that the lesson changes
    command: str  # which repeats it
    versions: dict[str, str]


def describe_origin(name: str, setup: Setup, settings: BaseModel, dataset: Dataset, command: Sequence[str]) -> Origin:
    """The fields for a training with these whole `settings`."""
    config = make_config(dataset, setup.dataset, method=setup.method, settings=setup.settings, n_steps=1, threads=1)
    return Origin(
        name=name,
        setup=setup.model_copy(update={"settings": settings.model_dump(mode="json")}),
        command=shlex.join(command),
        versions=config.versions,
    )
