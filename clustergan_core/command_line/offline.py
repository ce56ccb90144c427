"""`offline`: a lesson, a recording or a walk as one HTML file that opens without the app."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clustergan_core.browser.handout import HIDEABLE, SPEEDS, Handout
from clustergan_core.errors import SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.lessons.lesson import PlaneStage, read_lesson
from clustergan_core.lessons.recording import read_recording
from clustergan_core.runs.store import find_run


def add_commands(commands: Any) -> None:
    """Adds `offline` to the parser's commands."""
    offline = commands.add_parser(
        "offline", help="one HTML file of a lesson, a recording or a walk, that opens offline"
    )
    kinds = offline.add_subparsers(required=True, metavar="what", parser_class=type(offline))
    lesson = kinds.add_parser("lesson", help="a lesson with its four beats")
    lesson.add_argument("name", help="a folder of lessons/")
    lesson.add_argument("--run", default="", dest="first", metavar="NAME", help="the recording that is shown first")
    lesson.add_argument("--hide", default="", metavar="NAME,NAME", help=f"what to leave out: {', '.join(HIDEABLE)}")
    lesson.add_argument("--speed", type=float, choices=SPEEDS, default=1.0, help="how fast a recording plays")
    lesson.set_defaults(make=_lesson)
    recording = kinds.add_parser("recording", help="a recorded training")
    recording.add_argument("path", type=Path, metavar="FILE", help="a .cgr file")
    recording.set_defaults(make=_recording)
    walk = kinds.add_parser("walk", help="a walk between two modes")
    walk.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    walk.add_argument("--from", type=int, required=True, dest="start", metavar="MODE", help="where the walk begins")
    walk.add_argument("--to", type=int, required=True, dest="end", metavar="MODE", help="where it ends")
    walk.add_argument("--seed", type=int, default=7, help="of z_n; 7 by default, as on the pages")
    walk.set_defaults(make=_walk)
    for parser in (lesson, recording, walk):
        parser.add_argument("--out", type=Path, metavar="FILE", help="by default a file in the working folder")
    offline.set_defaults(run=_offline)


def _offline(arguments: argparse.Namespace) -> None:
    name, content = arguments.make(arguments)
    path = arguments.out or Path(name)
    write_atomically(path, content)
    print(f"{path}: {len(content):,} bytes")


def _lesson(arguments: argparse.Namespace) -> tuple[str, bytes]:
    from clustergan_core.offline.lesson import make_lesson_page

    lesson = read_lesson(arguments.name)
    names = [run.name for run in lesson.stage.runs] if isinstance(lesson.stage, PlaneStage) else []
    if arguments.first and arguments.first not in names:
        listed = f"choose {', '.join(names)}" if names else "leave --run out"
        raise SettingsError(f"The lesson {lesson.name} has no recording {arguments.first}: {listed}.")
    hidden = frozenset(word for word in arguments.hide.split(",") if word)
    if unknown := sorted(hidden - HIDEABLE.keys()):
        raise SettingsError(f"A lesson cannot hide {', '.join(unknown)}: choose from {', '.join(HIDEABLE)}.")
    handout = Handout(hidden, arguments.speed)
    return f"lesson-{lesson.name}.html", make_lesson_page(lesson, arguments.first, handout)


def _recording(arguments: argparse.Namespace) -> tuple[str, bytes]:
    from clustergan_core.offline.recording import make_recording_page

    recording = read_recording(arguments.path)
    return f"{arguments.path.stem}.html", make_recording_page(recording, arguments.path.read_bytes())


def _walk(arguments: argparse.Namespace) -> tuple[str, bytes]:
    from clustergan_core.offline.walk import make_walk_page, make_walk_strip

    run = find_run(arguments.name)
    strip = make_walk_strip(run, run.load("best"), arguments.start, arguments.end, arguments.seed)
    page = make_walk_page(run, strip, arguments.start, arguments.end, seed=arguments.seed)
    return f"{run.name}-{arguments.start}-to-{arguments.end}.html", page
