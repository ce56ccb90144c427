"""RunConfig: everything that repeats a run, as config.json holds it."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.dataset import Kind
from clustergan_core.data.options import OwnDataOptions, join_values
from clustergan_core.data.registry import DATASETS
from clustergan_core.preset import PresetName
from clustergan_core.schedule import Schedule, make_schedule

if TYPE_CHECKING:  # the methods bring torch, which lists of runs and the queue do without
    from clustergan_core.method import MethodSettings

FORMAT = 2  # 2: a schedule may hold extensions


class DatasetRecord(BaseModel):
    """Which data a run was trained on, and how its samples look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str  # a name in DATASETS, or the path of a person's own file
    name: str
    digest: str
    kind: Kind
    shape: tuple[int, ...]
    n_samples: int
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    preprocessing: tuple[dict[str, Any], ...] = ()
    options: OwnDataOptions = OwnDataOptions()

    @property
    def has_splits(self) -> bool:
        """Whether some samples were held out; a person's own are all trained on and scored unless they say so."""
        if "hold_out" in self.options.preparation:
            return read_preparation(self.options.preparation).hold_out
        return self.source in DATASETS and DATASETS[self.source].has_splits


class RunConfig(BaseModel):
    """Everything that repeats a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    title: str = ""
    created: datetime
    method: str
    dataset: DatasetRecord
    preset: PresetName
    settings: dict[str, Any]
    schedule: Schedule
    seed: int = Field(ge=0, le=2**63 - 1, title="Seed", description="Of weights, batches and latents.")
    device: str
    threads: int = Field(ge=1, le=256)
    versions: dict[str, str]
    notes: tuple[str, ...] = ()  # what was decided for the person, such as K

    def method_settings(self) -> MethodSettings:
        """The settings as the method's own model."""
        from clustergan_core.methods import parse_settings

        return parse_settings(self.method, self.settings)

    @property
    def method_title(self) -> str:
        """The method as people call it, with the labels it used; its name where this version has no such method."""
        from clustergan_core.methods import METHODS

        if self.method not in METHODS:
            return self.method
        method = METHODS[self.method]
        return f"{method.title}, used {self.settings['n_labelled']} labels" if method.uses_labels else method.title

    @property
    def n_clusters(self) -> int:
        """K, the number of modes."""
        return int(self.settings["n_clusters"])

    def command(self) -> str:
        """The command line that repeats this run; one that was extended takes a second command."""
        schedule = self.schedule
        n_planned = schedule.ends[0]
        words = ["python", "-m", "clustergan_core", "train", "--dataset", self.dataset.source, "--method", self.method]
        words += ["--preset", self.preset, "--seed", str(self.seed), "--steps", str(n_planned)]
        if schedule.evaluate_every != make_schedule(n_planned, self.dataset.shape).evaluate_every:
            words += ["--evaluate-every", str(schedule.evaluate_every)]
        words += ["--device", self.device, "--threads", str(self.threads)]
        for option, value in self.own_data_words():
            words += [option, value]
        for key, value in self.differing_settings().items():
            words += ["--set", f"{key}={value}"]
        if schedule.extensions:
            words += ["--out", "RUN"]
        goes_on = ["python", "-m", "clustergan_core", "continue", "RUN", "--steps"]
        return " && ".join(map(shlex.join, [words, *([*goes_on, str(n_more)] for n_more in schedule.extensions)]))

    def own_data_words(self) -> list[tuple[str, str]]:
        """How its file is read, as options of `train` and their values; none for our own data sets."""
        options = self.dataset.options
        words = [("--labels", options.labels)] if options.labels else []
        words += [("--only", f"{column}={join_values(values)}") for column, values in options.only.items()]
        words += [("--drop", f"{column}={join_values(values)}") for column, values in options.drop.items()]
        words += [("--ids", options.ids)] if options.ids else []
        words += [("--prepare", f"{name}={value}") for name, value in options.preparation.items()]
        words += [("--read-as", options.read_as)] if options.read_as != "auto" else []
        words += [("--orientation", options.orientation)] if options.orientation != "auto" else []
        words += [("--image-side", str(options.image_side))] if options.image_side else []
        return words

    def differing_settings(self) -> dict[str, Any]:
        """Settings that the preset alone would not give, those that an older run does not name at its default."""
        from clustergan_core.methods import find_method, parse_settings

        data = self.dataset
        preset = find_method(self.method).find_preset(self.preset, data.source, data.kind, data.shape)
        implied = parse_settings(self.method, preset.settings).model_dump() | {"n_clusters": None}
        return {key: value for key, value in self.method_settings().model_dump().items() if implied[key] != value}

    def changed_settings(self) -> dict[str, Any]:
        """Settings that a person chose otherwise: K is none of them where the data gave it."""
        changed = self.differing_settings()
        is_k_given = self.n_clusters == len(self.dataset.label_names) or _say_chosen(self.n_clusters) not in self.notes
        return {key: value for key, value in changed.items() if key != "n_clusters" or not is_k_given}


def _say_chosen(n_clusters: Any) -> str:
    return f"K = {n_clusters}, as chosen."
