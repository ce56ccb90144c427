"""Seeds as a person writes them."""

from __future__ import annotations

import re

from clustergan_core.errors import SettingsError

MOST_SEEDS = 1000


def read_seeds(text: str) -> tuple[int, ...]:
    """ "0-4" or "0,3,7" or both, in the order given and each once; SettingsError for anything else."""
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,18})(?:\s*[-–]\s*(\d{1,18}))?", part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if not 0 <= last - first < MOST_SEEDS or len(seeds) > MOST_SEEDS:
            raise SettingsError(f"Seeds {text} are not possible: write up to {MOST_SEEDS}, for example 0-4 or 0,3,7.")
        seeds += range(first, last + 1)
    return tuple(dict.fromkeys(seeds))
