"""Parses a command, runs it, and reports problems that a person can fix in one sentence."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from clustergan_core.errors import AppError, SettingsError
from clustergan_core.runs.queue.detached import wait_passively

EXIT_DONE, EXIT_FIXABLE, EXIT_INTERRUPTED = 0, 2, 130
COMMAND, MODULE = "clustergan", "python -m clustergan_core"  # the same, as pip installs it and from a checkout

# The modules of this package that add commands, and which: one is loaded without what the others need.
GROUPS = {
    "listings": ("datasets", "methods", "runs"),
    "inspecting": ("inspect",),
    "training": ("train",),
    "queueing": ("queue", "stop", "pause", "continue"),
    "sweeping": ("sweep",),
    "protocol": ("protocol",),
    "results": ("evaluate", "assign", "export"),
    "decoding": ("decode",),
    "walking": ("walk",),
    "as_sample": ("as-sample",),
    "naming": ("name",),
    "mixing": ("mixing",),
    "comparing": ("composition", "conditions", "markers"),
    "recording": ("record",),
    "offline": ("offline",),
}


class _Parser(argparse.ArgumentParser):
    """argparse that reports wrong arguments like every other problem: one sentence, exit status 2."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message[0].upper()}{message[1:]}: see `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 2 with one line on standard error for fixable problems."""
    argv = sys.argv[1:] if argv is None else argv
    wait_passively()  # before a command's module loads PyTorch
    try:
        arguments = build_parser(argv[:1]).parse_args(argv)
        arguments.run(arguments)
    except AppError as error:
        print(error, file=sys.stderr)
        return EXIT_FIXABLE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `… | head` closed its end
        sys.stderr.close()
    return EXIT_DONE


def build_parser(wanted: Iterable[str] = ()) -> argparse.ArgumentParser:
    """The parser of all commands, or of those beside `wanted`; the parsed arguments' `run` executes the command."""
    prog = COMMAND if Path(sys.argv[0]).stem == COMMAND else MODULE
    parser = _Parser(prog=prog, description="Cluster data in a ClusterGAN's latent space.")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    chosen = [group for group, names in GROUPS.items() if set(names) & set(wanted)]
    for group in chosen or GROUPS:
        import_module(f"{__name__}.{group}").add_commands(commands)
    return parser
