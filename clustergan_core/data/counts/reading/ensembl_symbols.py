"""Symbols for files that name genes by Ensembl ids of human or mouse alone, from GENCODE (symbols/SOURCE.md)."""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clustergan_core.data.counts.gene_sets import strip_genome

MOSTLY = 0.5  # of the names that must be ids of one species with a symbol; below it the file keeps its names
TABLES = Path(__file__).with_name("symbols")
VERSIONS = {"human": "GENCODE 48 (human)", "mouse": "GENCODE M37 (mouse)"}
_ID = re.compile(r"ENS(MUS)?G(\d{11})(\.\d+)?(_PAR_Y)?")


@dataclass(frozen=True)
class FoundSymbols:
    """A name for each gene, and a sentence on where it is from."""

    symbols: list[str]  # the given name where it has no symbol
    note: str


def find_symbols(names: Sequence[str]) -> FoundSymbols | None:
    """The symbols of Ensembl ids, with or without version; None where most names are no ids of human or of mouse."""
    matches = [_ID.fullmatch(strip_genome(name)) for name in names]
    n_mouse = sum(match is not None and match[1] is not None for match in matches)
    n_human = sum(match is not None for match in matches) - n_mouse
    species = "mouse" if n_mouse > n_human else "human"
    if max(n_mouse, n_human) <= MOSTLY * len(names):
        return None
    table = _read_table(species)
    found = [
        table.get(int(match[2])) if match is not None and (match[1] is not None) == (species == "mouse") else None
        for match in matches
    ]
    n_found = sum(symbol is not None for symbol in found)
    if n_found <= MOSTLY * len(names):
        return None
    rest = len(names) - n_found
    others = "" if not rest else f"; the other {rest:,} keep their ids" if rest > 1 else "; the other one keeps its id"
    note = f"Symbols of {n_found:,} of {len(names):,} Ensembl ids are taken from {VERSIONS[species]}{others}."
    return FoundSymbols([symbol or name for symbol, name in zip(found, names, strict=True)], note)


@lru_cache(maxsize=2)
def _read_table(species: str) -> dict[int, str]:
    text = lzma.decompress((TABLES / f"{species}.tsv.xz").read_bytes()).decode()
    pairs = (line.split("\t") for line in text.splitlines())
    return {int(number): symbol for number, symbol in pairs}
