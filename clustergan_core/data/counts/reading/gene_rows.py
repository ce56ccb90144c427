"""Which rows of a matrix are genes: counters and antibodies are left out, and joined names are taken apart.

These rows are known by their names alone, in whatever format the file is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clustergan_core.data.counts.reading.count_file import CountFile, KeptGenes
from clustergan_core.data.counts.reading.ensembl_symbols import find_symbols
from clustergan_core.data.counts.reading.limits import check_shape
from clustergan_core.data.counts.reading.names import CLEAR, show_some
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Rows below or above the genes of htseq-count, STAR and featureCounts; R writes X before __.
_COUNTER = re.compile(
    r"(X?__)?(no_feature|ambiguous|too_low_aQual|not_aligned|alignment_not_unique)|"
    r"N_(unmapped|multimapping|noFeature|ambiguous)|Unassigned_[A-Za-z_]+|\*"
)
_ANTIBODY = re.compile(r".+[|.:_-](pAbO|stAbO)")  # BD Rhapsody's antibodies and sample tags
_ENSEMBL = r"ENS[A-Z]{0,6}G\d{11}(?:\.\d+)?"
_ID_FIRST = re.compile(rf"({_ENSEMBL})[_|:-]+(.+)")
_ID_LAST = re.compile(rf"(.+?)[_|:-]+({_ENSEMBL})")
_NO_SYMBOL = re.compile(rf"{_ENSEMBL}|\d*|\?|[NX][MR]_\d+(\.\d+)?")

EXPRESSION = "Gene Expression"  # 10x's word for the type of a gene
MANY_SHOWN = 12  # names of rows that are left out


def keep_expression(name: str, types: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """(rows of gene expression, a sentence on other rows if there are any). Raises DataError where there are none."""
    import numpy as np

    rows = np.flatnonzero(np.array(types, dtype=np.str_) == EXPRESSION)
    others = sorted({kind for kind in types if kind != EXPRESSION})
    if not len(rows):
        raise DataError(
            f"{name} holds {', '.join(others) or 'nothing'} but no gene expression: provide a matrix of genes."
        )
    if not others:
        return rows, []
    return rows, [f"{len(types) - len(rows):,} rows that are not gene expression are left out ({', '.join(others)})."]


def leave_out_others(file: CountFile) -> CountFile:
    """The file without counters and antibodies, and with symbols where names join them to something or are ids.

    Raises DataError where no gene is left.
    """
    import numpy as np

    names, notes = file.names, list(file.layout.notes)
    ids = names.gene_ids.tolist()
    is_other = np.zeros(len(ids), dtype=np.bool_)
    for pattern, what in ((_COUNTER, "of reads outside genes"), (_ANTIBODY, "of antibodies or sample tags")):
        matches = [pattern.fullmatch(name) is not None for name in ids]
        others = [name for name, matched in zip(ids, matches, strict=True) if matched]
        if others:
            is_other |= np.array(matches)
            n_rows = f"{len(others):,} rows {what} are" if len(others) > 1 else f"1 row {what} is"
            notes.append(f"{n_rows} left out ({show_some(others, MANY_SHOWN)}).")
    if is_other.all():
        raise DataError(f"{file.name} holds no genes ({show_some(ids)}): provide a matrix of genes.")
    has_own_symbols = np.mean(names.gene_ids == names.gene_symbols) <= CLEAR
    symbols = None if has_own_symbols else split_joined(ids)
    if symbols is not None:
        first = next(index for index, name in enumerate(ids) if symbols[index] != name)
        notes.append(f"The symbol is taken from gene names of several parts: {ids[first]} is {symbols[first]}.")
    elif not has_own_symbols and (found := find_symbols(ids)) is not None:
        symbols = found.symbols
        notes.append(found.note)
    if symbols is not None:
        names = replace(names, gene_symbols=np.array(symbols, dtype=np.str_))
    if symbols is None and not is_other.any():
        return file
    genes = np.flatnonzero(~is_other)
    check_shape(file.name, len(names.cell_ids), len(genes))
    names = replace(names, gene_ids=names.gene_ids[genes], gene_symbols=names.gene_symbols[genes])
    return KeptGenes(file, names, replace(file.layout, notes=tuple(notes)), genes)


def split_joined(names: Sequence[str]) -> list[str] | None:
    """The symbol in each name such as CD3E|NM_000733|Reference_end or ENSG00000198851_CD3E; None where few are so."""
    symbols = [_find_symbol(name) for name in names]
    n_split = sum(symbol != name for symbol, name in zip(symbols, names, strict=True))
    return symbols if n_split > CLEAR * len(names) else None


def _find_symbol(name: str) -> str:
    if "|" in name:
        parts = (part.strip() for part in name.split("|"))
        return next((part for part in parts if not _NO_SYMBOL.fullmatch(part)), name)
    if match := _ID_FIRST.fullmatch(name):
        return match[2]
    if match := _ID_LAST.fullmatch(name):
        return match[1]
    return name
