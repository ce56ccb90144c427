"""`record`: trains what a lesson shows and writes its recordings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from clustergan_core.errors import SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.lessons.lesson import CycleStage, Lesson, PlaneStage, RecordedStage, read_lesson
from clustergan_core.lessons.recording import Setup, pack_recording


def add_commands(commands: Any) -> None:
    """Adds `record` to the parser's commands."""
    record = commands.add_parser("record", help="train what a lesson shows and write its recordings")
    record.add_argument("lesson", help="a folder of lessons/")
    record.add_argument("--only", metavar="NAME", help="one of the lesson's trainings; by default all")
    record.add_argument("--seed", type=int, help="another seed for --only; the recording goes to the working folder")
    record.set_defaults(run=_record)


def _record(arguments: argparse.Namespace) -> None:
    lesson = read_lesson(arguments.lesson)
    runs = lesson.stage.runs if isinstance(lesson.stage, RecordedStage) else ()
    if not runs:
        raise SettingsError(f"Lesson {lesson.name} plays no recordings: it shows bundled models.")
    chosen = [run for run in runs if arguments.only in (None, run.name)]
    if not chosen:
        names = ", ".join(run.name for run in runs)
        raise SettingsError(f"Lesson {lesson.name} has no training {arguments.only}: choose {names}.")
    if arguments.seed is not None and (arguments.only is None or arguments.seed < 0):
        raise SettingsError(
            f"--seed {arguments.seed} must be at least 0, and is for one training: name it with --only."
        )
    for run in chosen:
        command = ["python", "-m", "clustergan_core", "record", lesson.name, "--only", run.name]
        setup, path = run.setup, lesson.recording_path(run.name)
        if arguments.seed is not None and arguments.seed != setup.seed:
            setup = setup.model_copy(update={"seed": arguments.seed})
            command, path = (
                [*command, "--seed", f"{arguments.seed}"],
                Path(f"{run.name}-seed-{arguments.seed}{path.suffix}"),
            )
        content = _recorded(lesson, setup, run.name, command)
        write_atomically(path, content)
        print(f"{path}: {len(content):,} bytes")


def _recorded(lesson: Lesson, setup: Setup, name: str, command: list[str]) -> bytes:
    """A training's recording in the form that its lesson shows."""
    from clustergan_core.lessons.arrays import pack_arrays
    from clustergan_core.lessons.cycle import record_cycle
    from clustergan_core.lessons.priors import record_prior
    from clustergan_core.lessons.record import record

    with tqdm(total=setup.n_steps, desc=name, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

        def show(step: int) -> None:
            bar.update(step - bar.n)

        if isinstance(lesson.stage, PlaneStage):
            return pack_recording(record(setup, f"{lesson.name}/{name}", command, show))
        record_arrays = record_cycle if isinstance(lesson.stage, CycleStage) else record_prior
        return pack_arrays(record_arrays(setup, f"{lesson.name}/{name}", command, show))
