"""What lesson.toml holds: a lesson's four beats, its stage, and the figures that Reveal states."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clustergan_core.errors import DataError
from clustergan_core.lessons.recording import Setup
from clustergan_core.paths import PROJECT_FOLDER

LESSONS_FOLDER = PROJECT_FOLDER / "lessons"

# Read from the last fifth of a recording by measures.py: a median, or the frame with the fewest strays.
Measure = Literal["islands", "strays", "fewest-strays"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Part):
    """A question with answers, of which one is right."""

    question: str
    options: tuple[str, ...] = Field(min_length=2, max_length=4)
    answer: int = Field(ge=0)
    why: str = ""  # said once an answer has been given

    @model_validator(mode="after")
    def _has_answer(self) -> Choice:
        if self.answer >= len(self.options):
            raise ValueError(f"answer {self.answer} is none of {len(self.options)} options")
        return self


class Run(_Part):
    """A recorded training and the values of the stage's controls that show it."""

    name: str = Field(pattern=r"[a-z0-9-]+")  # its recording is <name>.cgr
    choices: dict[str, str]
    setup: Setup


class RecordedStage(_Part):
    """Recorded trainings, chosen by a few controls.

    In lesson.toml, `setup` beside `runs` holds what they share, and a run with `seeds` stands for one training of each
    seed: <name>-<seed>, with the control Seed. The first keeps all its frames, the others those of `thinning`.
    """

    runs: tuple[Run, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, values: dict[str, Any]) -> dict[str, Any]:
        values = dict(values)
        shared = values.pop("setup", {})
        runs = [run for each in values.get("runs", ()) for run in _seeds_of(each)]
        return values | {"runs": [run | {"setup": _merge(shared, run.get("setup", {}))} for run in runs]}

    def options(self, run: Run) -> dict[str, tuple[str, ...]]:
        """The controls and the values that are there beside a run's: all of the first, of the next those with it."""
        fitting, options = list(self.runs), dict[str, tuple[str, ...]]()
        for name, value in run.choices.items():
            options[name] = tuple(dict.fromkeys(other.choices[name] for other in fitting))
            fitting = [other for other in fitting if other.choices[name] == value]
        return options

    def find_run(self, choices: dict[str, str], chosen: str) -> Run:
        """The run that shows these values; where none has them all, the first with that of the control `chosen`."""
        exact = [run for run in self.runs if run.choices == choices]
        return [*exact, *(run for run in self.runs if run.choices[chosen] == choices[chosen])][0]


class StripSweep(_Part):
    """A sweep of our own, kept as <file>.csv beside lesson.toml."""

    file: str = Field(pattern=r"[a-z0-9-]+")
    title: str  # what it holds fixed
    command: str  # which writes the file


class Strip(_Part):
    """A setting, what a paper's table prints at its values, and our runs at the same values."""

    title: str
    setting: str
    table: str  # of Li and Dama
    sweeps: tuple[StripSweep, ...] = Field(min_length=1)
    held: str  # what is fixed, and what changes besides the setting


class PlaneStage(RecordedStage):
    """Recordings of trainings in the plane, for the player."""

    kind: Literal["plane"]
    ends: tuple[str, ...] = ()  # the runs whose last frames Reveal shows
    compared: str = ""  # the control whose values are set beside each other by the islands they reach
    strips: tuple[Strip, ...] = ()


class CycleStage(RecordedStage):
    """Recordings of the two loops x → E → G and z → G → E."""

    kind: Literal["cycle"]


class PriorsStage(RecordedStage):
    """Recordings of what generators with different priors leave in their latent space."""

    kind: Literal["priors"]


class WalkStage(_Part):
    """A walk between two modes of a bundled model."""

    kind: Literal["walk"]
    model: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class ModesStage(_Part):
    """What each mode of bundled models generates, side by side at the same z_n."""

    kind: Literal["modes"]
    models: dict[str, str]  # what the control says → the model


class DecodeStage(_Part):
    """Pictures that Algorithm 1 decodes with the generator of a bundled model."""

    kind: Literal["decode"]
    model: str
    pictures: dict[str, int]  # what the control says → the sample's position in the data
    penalties: tuple[float, ...] = Field(min_length=1)  # values of λ, of which the first is the method's own


class SweepStage(_Part):
    """A shipped sweep over K."""

    kind: Literal["sweep"]
    sweep: str


Stage = Annotated[
    PlaneStage | CycleStage | PriorsStage | WalkStage | ModesStage | DecodeStage | SweepStage,
    Field(discriminator="kind"),
]


class Figure(_Part):
    """A figure of Reveal: the median of a measure over recordings."""

    measure: Measure
    runs: tuple[str, ...] = Field(min_length=1)
    value: float


class Ask(_Part):
    """The question of the lesson, and what is seen."""

    text: str
    formula: str = ""
    symbols: str = ""  # what the formula's symbols mean


class Lesson(_Part):
    """A lesson: Ask, Predict, Try, Reveal."""

    name: str
    number: int
    title: str
    question: str
    minutes: int
    source: Literal["recorded", "live"]
    ask: Ask
    predict: Choice
    try_text: str
    stage: Stage
    reveal_text: str  # {name} stands for a figure
    figures: dict[str, Figure] = {}
    sources: tuple[str, ...] = ()
    not_concluded: str
    check: Choice
    terms: tuple[str, ...] = ()  # of the glossary
    notes: tuple[str, ...] = ()  # for the teacher: timing, usual wrong answers, what to say

    def reveal(self) -> str:
        """The text of Reveal with its figures."""
        return self.reveal_text.format(**{name: _write(figure) for name, figure in self.figures.items()})

    def recording_path(self, run: str, folder: Path = LESSONS_FOLDER) -> Path:
        """Where a run's recording is stored."""
        suffix = "cgr" if isinstance(self.stage, PlaneStage) else "npz"
        return folder / self.name / f"{run}.{suffix}"


def read_lesson(name: str, folder: Path = LESSONS_FOLDER) -> Lesson:
    """The lesson of that name; DataError where there is none or its file does not fit."""
    path = folder / name / "lesson.toml"
    try:
        return _parse_lesson(name, path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise DataError(f"There is no lesson {name}: choose {', '.join(lesson_names(folder))}.") from problem
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as problem:
        raise DataError(f"lessons/{name}/lesson.toml cannot be read: {str(problem).splitlines()[0]}.") from problem


@lru_cache(maxsize=100)
def _parse_lesson(name: str, text: str) -> Lesson:
    """A page of cards asks for every lesson, and parsing one takes longer than drawing its card."""
    return Lesson(name=name, **tomllib.loads(text))


def lesson_names(folder: Path = LESSONS_FOLDER) -> list[str]:
    """The names of all lessons."""
    return sorted(path.parent.name for path in folder.glob("*/lesson.toml"))


def _write(figure: Figure) -> str:
    return f"{figure.value:g}" if figure.measure == "islands" else f"{figure.value:.0%}"


def _seeds_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The trainings that a run of lesson.toml stands for."""
    run = dict(run)
    seeds = run.pop("seeds", None)
    if seeds is None:
        return [run]
    return [
        run
        | {
            "name": f"{run['name']}-{seed}",
            "choices": run["choices"] | {"Seed": str(seed)},
            "setup": run.get("setup", {}) | {"seed": seed} | ({"thinning": 1} if seed == seeds[0] else {}),
        }
        for seed in seeds
    ]


def _merge(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return shared | own | {"settings": shared.get("settings", {}) | own.get("settings", {})}
