"""Arguments for reading a person's own data: labels, rows, cells, preparation, orientation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from clustergan_core.data.options import Orientation, OwnDataOptions, ReadAs
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import SettingsError
from clustergan_core.invalid_settings import explain_invalid
from clustergan_core.paths import uploads_folder

ARCHIVE_ENDS = (".zip", ".tar", ".tar.gz", ".tgz")
MAX_TOLD = 12  # samples of a folder or archive


def add_data_arguments(command: argparse.ArgumentParser) -> None:
    """Adds the arguments that `read_data_options` reads."""
    command.add_argument("--labels", metavar="COLUMN|FILE[:COLUMN]|none", help="reference labels, used only for scores")
    command.add_argument("--only", action="append", default=[], metavar="COLUMN=V,V", help="keep only these rows")
    command.add_argument("--drop", action="append", default=[], metavar="COLUMN=V,V", help="leave these rows out")
    command.add_argument(
        "--prepare",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="for a count matrix: preset, quality, n_genes, transform, … (docs/data.md)",
    )
    command.add_argument(
        "--ids", metavar="FILE", help="for a count matrix: a file of the cells to use, one id per line"
    )
    command.add_argument(
        "--sample", metavar="COLUMN", help="for a count matrix: the column that tells the experiment's samples apart"
    )
    command.add_argument(
        "--samples", metavar="FILE", help="a table of the samples: sample, name, condition, donor, technology"
    )
    add_orientation(command)
    command.add_argument("--read-as", default="auto", help=f"for a text table: {' | '.join(get_args(ReadAs))}")
    command.add_argument(
        "--image-side", type=int, metavar="PIXELS", help="resize your own pictures to squares of this size"
    )


def add_orientation(command: argparse.ArgumentParser) -> None:
    """Adds the orientation of a count matrix, which `read_orientation` checks."""
    command.add_argument(
        "--orientation", default="auto", help=f"orientation of a count matrix: {' | '.join(get_args(Orientation))}"
    )


def read_orientation(word: str) -> Orientation:
    """The argument as an orientation; SettingsError for any other word."""
    return _one_of("--orientation", word, Orientation)


def _one_of(option: str, word: str, choices: Any) -> Any:
    if word not in get_args(choices):
        raise SettingsError(f"{option} {word} is not possible: choose {', '.join(get_args(choices))}.")
    return word


def read_data_options(arguments: argparse.Namespace) -> OwnDataOptions:
    """The arguments as options. Raises SettingsError for invalid ones."""
    try:
        return OwnDataOptions(
            labels=_resolve_labels(arguments.labels) if arguments.labels else None,
            only=_rows(arguments.only, "--only"),
            drop=_rows(arguments.drop, "--drop"),
            ids=resolve_path(arguments.ids) if arguments.ids else None,
            further=tuple(map(resolve_source, getattr(arguments, "further", ()))),
            sample=arguments.sample,
            samples=resolve_path(arguments.samples) if arguments.samples else None,
            image_side=arguments.image_side,
            read_as=_one_of("--read-as", arguments.read_as, ReadAs),
            orientation=read_orientation(arguments.orientation),
            preparation=dict(split_pair(word, "--prepare") for word in arguments.prepare),
        )
    except ValidationError as error:
        raise explain_invalid(error) from error


def resolve_path(name: str) -> str:
    """A file's absolute path, so that a run finds its data whatever folder it is continued from."""
    path = Path(name).expanduser()
    return str(path.resolve()) if path.exists() else name


def resolve_source(name: str) -> str:
    """A data set's name as it is, a file by its absolute path."""
    return name if name in DATASETS else resolve_path(name)


class AddDataset(argparse.Action):
    """The first `--dataset` is the data; each further one a count matrix of another sample, in `further`."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        """Stores one `--dataset`."""
        if getattr(namespace, self.dest, None) is None:
            setattr(namespace, self.dest, values)
        else:
            namespace.further = [*getattr(namespace, "further", ()), values]


def expand_samples(arguments: argparse.Namespace) -> None:
    """Puts the samples that a folder or archive holds in its place among the data sets, and says so."""
    sources = [arguments.dataset, *getattr(arguments, "further", ())]
    arguments.dataset, *arguments.further = [sample for source in sources for sample in _samples_of(source)]


def _samples_of(source: str) -> list[str]:
    samples = [] if source in DATASETS else list_samples(Path(source).expanduser())
    return [str(sample.resolve()) for sample in samples] or [source]


def list_samples(path: Path) -> list[Path]:
    """The samples that a folder or archive of several holds, which it says; none for any other path."""
    if not path.is_dir() and not (path.is_file() and path.name.lower().endswith(ARCHIVE_ENDS)):
        return []  # libraries that read matrices load for a second
    from clustergan_core.data.opening import name_samples
    from clustergan_core.data.uploads.bundles import find_samples

    samples, notes = find_samples(path)
    if samples == [path]:
        return []
    names = name_samples([str(sample) for sample in samples])
    shown = ", ".join(names[:MAX_TOLD]) + (f" and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else "")
    held = f"{len(names)} samples ({shown})" if len(names) > 1 else f"one sample ({shown})"
    kept = "" if path.is_dir() else f", unpacked into {uploads_folder()}"
    for sentence in (f"{path.name} holds {held}{kept}.", *notes):
        print(sentence, file=sys.stderr)
    return samples


def _resolve_labels(choice: str) -> str:
    """FILE[:COLUMN] with the file's absolute path; a plain word, which is a column of the data, stays as it is."""
    if not any(mark in choice for mark in "./~"):
        return choice
    if Path(choice).expanduser().exists():
        return resolve_path(choice)
    file, separator, column = choice.rpartition(":")
    return f"{resolve_path(file)}{separator}{column}"


def _rows(pairs: list[str], option: str) -> dict[str, tuple[str, ...]]:
    from clustergan_core.data.options import split_values

    return {column: split_values(values) for column, values in (split_pair(word, option) for word in pairs)}


def split_pair(word: str, option: str) -> tuple[str, str]:
    """The name and value of an argument such as n_clusters=10; SettingsError for anything else."""
    name, separator, value = word.partition("=")
    if not separator or not name or not value:
        raise SettingsError(f"{option} {word} is not name=value: enter, for example, {option} n_clusters=10.")
    return name, value
