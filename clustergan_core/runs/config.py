"""RunConfig: everything that repeats a run, as stored in config.json."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.dataset import Kind
from clustergan_core.data.options import OwnDataOptions, join_values
from clustergan_core.data.registry import DATASETS
from clustergan_core.data.steps import QualitySample, Step
from clustergan_core.method_facts import MethodSettings
from clustergan_core.methods import METHODS, find_method, parse_settings
from clustergan_core.preset import PresetName
from clustergan_core.schedule import Schedule, make_schedule

if TYPE_CHECKING:  # the methods import torch, which lists of runs and the queue do not need
    from clustergan_core.method import MethodSettings

FORMAT = 2  # 2: a schedule may hold extensions

if TYPE_CHECKING:
    RecordedStep = Step
else:
    RecordedStep = dict[str, Any]  # not validated, so that steps of other versions are kept as they are


class DatasetRecord(BaseModel):
    """The data a run was trained on, and the shape of its samples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str  # a name in DATASETS, or the path of a person's own file
    name: str
    digest: str
    kind: Kind
    shape: tuple[int, ...]
    n_samples: int
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    batch_names: tuple[str, ...] = ()  # samples of the experiment, in the order of the generator's embedding
    preprocessing: tuple[RecordedStep, ...] = ()
    options: OwnDataOptions = OwnDataOptions()

    @property
    def has_splits(self) -> bool:
        """Whether some samples were held out; a person's own are all trained on and scored unless they choose this."""
        if "hold_out" in self.options.preparation:
            return read_preparation(self.options.preparation).hold_out
        return self.source in DATASETS and DATASETS[self.source].has_splits

    @property
    def has_modes(self) -> bool:
        """Whether it is known which modes a generator of this data should reach."""
        return self.source in DATASETS and DATASETS[self.source].has_modes

    @property
    def batch_counts(self) -> tuple[QualitySample, ...]:
        """What quality control left of each sample of the experiment; none where there are not several."""
        quality = next((step for step in self.preprocessing if step["step"] == "quality"), None)
        counts = tuple(quality.get("samples", ())) if quality else ()
        return counts if sum(count["n_cells_left"] > 0 for count in counts) > 1 else ()


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
    seed: int = Field(ge=0, le=2**63 - 1, title="Seed", description="Determines initial weights, batches and latents.")
    device: str
    threads: int = Field(ge=1, le=256)
    versions: dict[str, str]
    notes: tuple[str, ...] = ()  # defaults that were chosen for the person, such as K

    def method_settings(self) -> MethodSettings:
        """The settings as the method's own model."""

        return parse_settings(self.method, self.settings)

    @property
    def method_title(self) -> str:
        """The method's title with the labels it used; its name where this version has no such method."""
        if self.method not in METHODS:
            return self.method
        return METHODS[self.method].title_with_labels(self.n_labels_used)

    @property
    def n_labels_used(self) -> int:
        """How many labels training sees: none but with a `LabelledMethod`."""
        return int(self.settings.get("n_labelled", 0))

    @property
    def n_clusters(self) -> int:
        """K, the number of modes."""
        return int(self.settings["n_clusters"])

    @property
    def n_batches(self) -> int:
        """How many samples of an experiment the method is built for; 0 for runs before generators were told them."""
        return len(self.dataset.batch_names)

    def command(self) -> str:
        """The command line that repeats this run; an extended run needs a second command."""
        schedule = self.schedule
        n_planned = schedule.ends[0]
        argv = ["python", "-m", "clustergan_core", "train", "--dataset", self.dataset.source, "--method", self.method]
        argv += ["--preset", self.preset, "--seed", str(self.seed), "--steps", str(n_planned)]
        if schedule.evaluate_every != make_schedule(n_planned, self.dataset.shape).evaluate_every:
            argv += ["--evaluate-every", str(schedule.evaluate_every)]
        argv += ["--device", self.device, "--threads", str(self.threads)]
        for option, value in self.data_arguments():
            argv += [option, value]
        for key, value in self.differing_settings().items():
            argv += ["--set", f"{key}={value}"]
        if schedule.extensions:
            argv += ["--out", "RUN"]
        extension = ["python", "-m", "clustergan_core", "continue", "RUN", "--steps"]
        return " && ".join(map(shlex.join, [argv, *([*extension, str(n_more)] for n_more in schedule.extensions)]))

    def data_arguments(self) -> list[tuple[str, str]]:
        """How its data is read, as options of `train` and their values; none where all are defaults."""
        options = self.dataset.options
        arguments = [("--dataset", source) for source in options.further]
        arguments += [("--sample", options.sample)] if options.sample else []
        arguments += [("--samples", options.samples)] if options.samples else []
        arguments += [("--labels", options.labels)] if options.labels else []
        arguments += [("--only", f"{column}={join_values(values)}") for column, values in options.only.items()]
        arguments += [("--drop", f"{column}={join_values(values)}") for column, values in options.drop.items()]
        arguments += [("--ids", options.ids)] if options.ids else []
        arguments += [("--prepare", f"{name}={value}") for name, value in options.preparation.items()]
        arguments += [("--read-as", options.read_as)] if options.read_as != "auto" else []
        arguments += [("--orientation", options.orientation)] if options.orientation != "auto" else []
        arguments += [("--image-side", str(options.image_side))] if options.image_side else []
        return arguments

    def differing_settings(self) -> dict[str, Any]:
        """Settings that the preset alone would not give; settings that an older run lacks count at their default."""
        data = self.dataset
        preset = find_method(self.method).find_preset(self.preset, data.source, data.kind, data.shape)
        implied = parse_settings(self.method, preset.settings).model_dump() | {"n_clusters": None}
        return {key: value for key, value in self.method_settings().model_dump().items() if implied[key] != value}

    def changed_settings(self) -> dict[str, Any]:
        """Settings that a person changed; K is not one of them where the data determined it."""
        changed = self.differing_settings()
        is_k_given = (
            self.n_clusters == len(self.dataset.label_names) or chosen_k_note(self.n_clusters) not in self.notes
        )
        return {key: value for key, value in changed.items() if key != "n_clusters" or not is_k_given}


def chosen_k_note(n_clusters: Any) -> str:
    """The note of a run whose K a person chose."""
    return f"K = {n_clusters}, as chosen."
