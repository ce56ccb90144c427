"""Words of the command line that say how one's own data is read: labels, rows, cells, preparation, orientation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from clustergan_core.data.options import Orientation, OwnDataOptions, ReadAs
from clustergan_core.errors import SettingsError
from clustergan_core.invalid_settings import explain_invalid


def add_data_words(command: argparse.ArgumentParser) -> None:
    """The words that `read_data_options` reads."""
    command.add_argument(
        "--labels", metavar="COLUMN|FILE[:COLUMN]|none", help="reference labels, used for scores alone"
    )
    command.add_argument("--only", action="append", default=[], metavar="COLUMN=V,V", help="keep these rows")
    command.add_argument("--drop", action="append", default=[], metavar="COLUMN=V,V", help="leave these rows out")
    command.add_argument(
        "--prepare",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="for a count matrix: preset, quality, n_genes, transform, … (docs/data.md)",
    )
    command.add_argument("--ids", metavar="FILE", help="for a count matrix: the cells to use, one id a line")
    add_orientation(command)
    command.add_argument("--read-as", default="auto", help=f"for a text table: {' | '.join(get_args(ReadAs))}")
    command.add_argument("--image-side", type=int, metavar="PIXELS", help="resize your own pictures to such squares")


def add_orientation(command: argparse.ArgumentParser) -> None:
    """The word that turns a count matrix, which `read_orientation` checks."""
    command.add_argument(
        "--orientation", default="auto", help=f"how a count matrix lies: {' | '.join(get_args(Orientation))}"
    )


def read_orientation(word: str) -> Orientation:
    """The word as an orientation; SettingsError for any other."""
    return _one_of("--orientation", word, Orientation)


def _one_of(option: str, word: str, choices: Any) -> Any:
    if word not in get_args(choices):
        raise SettingsError(f"{option} {word} is not possible: choose {', '.join(get_args(choices))}.")
    return word


def read_data_options(arguments: argparse.Namespace) -> OwnDataOptions:
    """The words as options. Raises SettingsError for anything that is off."""
    try:
        return OwnDataOptions(
            labels=_labels_from_anywhere(arguments.labels) if arguments.labels else None,
            only=_rows(arguments.only, "--only"),
            drop=_rows(arguments.drop, "--drop"),
            ids=from_anywhere(arguments.ids) if arguments.ids else None,
            image_side=arguments.image_side,
            read_as=_one_of("--read-as", arguments.read_as, ReadAs),
            orientation=read_orientation(arguments.orientation),
            preparation=dict(pair(word, "--prepare") for word in arguments.prepare),
        )
    except ValidationError as error:
        raise explain_invalid(error) from error


def from_anywhere(name: str) -> str:
    """A file's path from the root, so that a run finds its data whatever the folder it is continued from."""
    path = Path(name).expanduser()
    return str(path.resolve()) if path.exists() else name


def _labels_from_anywhere(choice: str) -> str:
    """FILE[:COLUMN] with the file's whole path. What looks like no file, a bare word, is a column of the data."""
    if not any(mark in choice for mark in "./~"):
        return choice
    if Path(choice).expanduser().exists():
        return from_anywhere(choice)
    file, separator, column = choice.rpartition(":")
    return f"{from_anywhere(file)}{separator}{column}"


def _rows(words: list[str], option: str) -> dict[str, tuple[str, ...]]:
    from clustergan_core.data.options import split_values

    return {column: split_values(values) for column, values in (pair(word, option) for word in words)}


def pair(word: str, option: str) -> tuple[str, str]:
    """Name and value of a word such as n_clusters=10; SettingsError for anything else."""
    name, separator, value = word.partition("=")
    if not separator or not name or not value:
        raise SettingsError(f"{option} {word} is not of the form name=value: write for example {option} n_clusters=10.")
    return name, value
