"""What a child process that reads a stranger's file may take of memory and time. Set by the child, on itself."""

from __future__ import annotations

import resource
from contextlib import suppress

from clustergan_core.expression.limits import BASE_BYTES, available_bytes, reading_bytes

SPARE_FACTOR = 1.5  # the estimate counts the copies already; this covers what a look could not see


def limit_process(seconds: int) -> None:
    """Before anything of the file is looked at: BASE_BYTES of address space, `seconds` of processor time, no core."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_AS, BASE_BYTES)


def allow_reading(n_nonzeros: int) -> int:
    """After vetting: as much as so many non-zeros take, no more than is free. Returns the bytes that are allowed."""
    allowed = BASE_BYTES + min(int(SPARE_FACTOR * reading_bytes(n_nonzeros)), available_bytes())
    _limit(resource.RLIMIT_AS, allowed)
    return allowed


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    # Some systems know a limit by name and refuse to set it; the others still hold.
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
