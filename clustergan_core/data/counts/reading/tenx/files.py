"""Finds the three files of a 10x folder: in a folder, a zip of one, or loose with a prefix, gzipped or not."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.compressed_text import CompressedText, open_compressed_text
from clustergan_core.data.own.vetting import open_archive
from clustergan_core.errors import DataError

EXPRESSION = "Gene Expression"

MAX_LISTED = 5000  # entries of a folder that are examined
_ROLE = re.compile(r"(?P<prefix>.*?)(?P<role>matrix\.mtx|features\.tsv|genes\.tsv|barcodes\.tsv)(\.gz)?", re.IGNORECASE)


@dataclass(frozen=True)
class TenxFiles:
    """The texts of one matrix."""

    matrix: CompressedText
    features: CompressedText
    barcodes: CompressedText


def find_tenx_files(path: Path, stack: ExitStack) -> TenxFiles:
    """The three files of a folder, of a zip, or beside a matrix file. `stack` closes the zip.

    Raises DataError where a file is missing, or where there are several matrices.
    """
    if path.is_dir():
        return _choose(path.name, _list_folder(path), None)
    if path.suffix.lower() == ".zip":
        archive = stack.enter_context(open_archive(path))
        return _choose(path.name, _list_zip(archive), None)
    match = _ROLE.fullmatch(path.name)
    prefix = match["prefix"] if match else re.sub(r"\.mtx(\.gz)?$", "", path.name, flags=re.IGNORECASE)
    return _choose(path.name, {**_list_folder(path.parent), path.name: open_compressed_text(path)}, prefix, path.name)


def holds_tenx(path: Path) -> bool:
    """Whether a folder or zip holds the matrix of a 10x folder, going by its file names."""
    try:
        if path.is_dir():
            names = list(_list_folder(path))
        else:
            with open_archive(path) as archive:
                names = [member.filename for member in archive.infolist()]
    except DataError:
        return False
    roles = (_ROLE.fullmatch(PurePosixPath(name).name) for name in names)
    return any(match is not None and match["role"].lower() == "matrix.mtx" for match in roles)


def tenx_role(name: str) -> tuple[str, str] | None:
    """(prefix, part) of a file of a 10x folder by its name, such as ("GSM1_", "barcodes.tsv"); None for any other.

    An .mtx file of any other name counts as a matrix, with its stem as the prefix.
    """
    match = _ROLE.fullmatch(name)
    if match is not None:
        return match["prefix"], match["role"].lower()
    match = re.fullmatch(r"(?P<stem>.+)\.mtx(\.gz)?", name, re.IGNORECASE)
    return (match["stem"], "matrix.mtx") if match else None


def _list_folder(folder: Path) -> dict[str, CompressedText]:
    """Texts by name, of the folder and of its sub-folders; links that lead outside are skipped."""
    texts: dict[str, CompressedText] = {}
    home = folder.resolve()
    for entry in sorted(islice(chain(folder.glob("*"), folder.glob("*/*")), MAX_LISTED)):
        if _has_role(entry.name) and entry.is_file() and entry.resolve().is_relative_to(home):
            texts[entry.relative_to(folder).as_posix()] = open_compressed_text(entry)
    return texts


def _list_zip(archive: zipfile.ZipFile) -> dict[str, CompressedText]:
    return {
        member.filename: CompressedText(member.filename, member.file_size, partial(archive.open, member.filename))
        for member in archive.infolist()
        if not member.is_dir() and _has_role(PurePosixPath(member.filename).name)
    }


def _has_role(name: str) -> bool:
    return _ROLE.fullmatch(name) is not None and not name.startswith("._")  # macOS adds such files


def _choose(where: str, texts: Mapping[str, CompressedText], prefix: str | None, given: str | None = None) -> TenxFiles:
    sets: dict[tuple[str, str], dict[str, CompressedText]] = {}
    for name, text in texts.items():
        path = PurePosixPath(name)
        match = _ROLE.fullmatch(path.name)
        role = "matrix.mtx" if name == given else match["role"].lower() if match else ""
        key = (str(path.parent), prefix if name == given and prefix is not None else match["prefix"] if match else "")
        sets.setdefault(key, {})[{"genes.tsv": "features.tsv"}.get(role, role)] = text
    if given is not None:
        chosen = sets[(".", prefix or "")]
    else:
        with_matrix = {key: parts for key, parts in sets.items() if "matrix.mtx" in parts}
        if not with_matrix:
            raise DataError(f"{where} holds no matrix.mtx or matrix.mtx.gz: provide the folder that has it.")
        if len(with_matrix) > 1:
            shown = ", ".join(parts["matrix.mtx"].name for parts in list(with_matrix.values())[:4])
            raise DataError(f"{where} holds {len(with_matrix)} matrices ({shown}): choose one of these files.")
        chosen = next(iter(with_matrix.values()))
    for role in ("features.tsv", "barcodes.tsv"):  # a single file serves all, whatever its prefix
        others = [parts[role] for parts in sets.values() if role in parts]
        if role not in chosen and len(others) == 1:
            chosen[role] = others[0]
    missing = [role for role in ("features.tsv", "barcodes.tsv") if role not in chosen]
    if missing:
        raise DataError(
            f"{where} has a matrix without {' and '.join(missing)} beside it: a 10x folder has matrix.mtx, "
            "features.tsv (or genes.tsv) and barcodes.tsv, each also .gz, under one prefix."
        )
    return TenxFiles(chosen["matrix.mtx"], chosen["features.tsv"], chosen["barcodes.tsv"])


def keep_expression(name: str, types: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """(rows of gene expression, a sentence on other rows if there are any). Raises DataError where there are none."""
    rows = np.flatnonzero(np.array(types, dtype=np.str_) == EXPRESSION)
    others = sorted({kind for kind in types if kind != EXPRESSION})
    if not len(rows):
        raise DataError(
            f"{name} holds {', '.join(others) or 'nothing'} but no gene expression: provide a matrix of genes."
        )
    if not others:
        return rows, []
    return rows, [f"{len(types) - len(rows):,} rows that are not gene expression are left out ({', '.join(others)})."]
