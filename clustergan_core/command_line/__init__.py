"""Parses a command, runs it, and reports problems that a person can fix in one sentence."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from clustergan_core.command_line import inspecting, listings, protocol, queueing, results, sweeping, training
from clustergan_core.errors import AppError, SettingsError

EXIT_DONE, EXIT_FIXABLE, EXIT_INTERRUPTED = 0, 2, 130


class _Parser(argparse.ArgumentParser):
    """argparse that reports wrong arguments like every other problem: one sentence, exit status 2."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message[0].upper()}{message[1:]}: see `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 2 with one line on standard error for fixable problems."""
    try:
        arguments = build_parser().parse_args(argv)
        arguments.run(arguments)
    except AppError as error:
        print(error, file=sys.stderr)
        return EXIT_FIXABLE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `… | head` closed its end
        sys.stderr.close()
    return EXIT_DONE


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; the parsed arguments' `run` executes the command."""
    parser = _Parser(prog="python -m clustergan_core", description="Cluster data in a ClusterGAN's latent space.")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    for group in (listings, inspecting, training, queueing, sweeping, protocol, results):
        group.add_commands(commands)
    return parser
