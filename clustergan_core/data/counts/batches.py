"""Which sample of an experiment each cell is from: a column of the cells, described by a table of samples."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.joining import SAMPLE
from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix, CountState, find_state, keep_apart
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import as_categories, as_text, natural_order
from clustergan_core.data.own.label_proposal import describe_levels
from clustergan_core.data.own.table_text import decode_text
from clustergan_core.errors import DataError, SettingsError

MAX_SAMPLES = 200  # more values are names or measurements
SHOWN = 8
DESCRIBED = ("condition", "donor", "technology")
TABLE_COLUMNS = tuple(SampleFacts.model_fields)

# What columns of samples are called, the surest first. A person decides; nothing is taken from a name alone.
_NAMES = (
    r"(bio)?samples?([ _.-]?(id|name))?|orig[ _.-]ident",
    r"batch(es)?([ _.-]?(id|name))?|library([ _.-]?id)?|channel|lane|run",
    r"(donor|patient|subject|individual|mouse|animal|participant)([ _.-]?id)?",
    r"conditions?|stim(ulation)?|treatments?|groups?|stud(y|ies)|datasets?|tech(nology)?|chemistry|protocol|replicate",
)


@dataclass(frozen=True)
class SampleProposal:
    """A column that may tell samples apart; nothing has been done with it yet."""

    column: str
    levels: dict[str, int]  # how many cells each value has, in natural order

    def describe(self) -> str:
        """The column and its values in words."""
        return f"column '{self.column}' ({describe_levels(self.levels)})"


def propose_samples(columns: Mapping[str, Any]) -> SampleProposal | None:
    """The column (N,) that by its name most likely tells samples apart, if 2 to MAX_SAMPLES values recur in it."""
    for pattern in _NAMES:
        for column in columns:
            if re.fullmatch(pattern, column, re.IGNORECASE):
                levels = Counter(as_text(np.asarray(columns[column], dtype=object)).tolist())
                if "" not in levels and 2 <= len(levels) <= min(MAX_SAMPLES, sum(levels.values()) / 2):
                    return SampleProposal(column, {name: levels[name] for name in natural_order(levels)})
    return None


def assign_batches(matrix: CountMatrix, options: OwnDataOptions) -> tuple[CountMatrix, Batches | None, tuple[str, ...]]:
    """(the matrix with what is known of each cell's sample as columns, the samples, sentences for people).

    The samples are those of `options.sample`, or of the file that each cell is from where several were joined; without
    either there are none, and the matrix stays as it is. Raises DataError for a column that is not there, has gaps or
    too many values, for samples in different states, and for a table that does not fit.
    """
    column = options.sample or (SAMPLE if options.further else None)
    if column is None:
        if options.samples is not None:
            raise SettingsError(
                f"{Path(options.samples).name} describes samples, but no column of {matrix.name} is chosen to tell "
                "them apart: choose it with --sample."
            )
        return matrix, None, ()
    codes, levels = _read_column(matrix, column)
    _require_one_state(matrix, codes, levels)
    counted = describe_levels(_count(codes, levels))
    told_apart = "Each file is a sample" if options.sample is None else f"Samples are told apart by column '{column}'"
    notes = [f"{told_apart} ({counted})."]
    table = tuple(SampleFacts(sample=level, name=level) for level in levels)
    if options.samples is not None:
        table, left_out = read_sample_table(Path(options.samples), levels)
        notes += left_out
    batches = Batches(codes, table)
    return replace(matrix, cells=_add_columns(matrix, batches, column)), batches, tuple(notes)


def read_sample_table(path: Path, samples: Sequence[str]) -> tuple[tuple[SampleFacts, ...], list[str]]:
    """(the row of each of these samples, in their order; sentences on what of the table is not used).

    A table has a line of column names, of which `sample` (or `name`) is needed; TABLE_COLUMNS are read. Raises
    DataError for a table that lacks a sample, describes one twice, or gives two the same name.
    """
    rows, ignored = _read_rows(path)
    repeated = [sample for sample, n_rows in Counter(row["sample"] for row in rows).items() if n_rows > 1]
    if repeated:
        raise DataError(f"{path.name} has several rows for sample {repeated[0]}: keep one.")
    by_sample = {row["sample"]: row for row in rows}
    missing = [sample for sample in samples if sample not in by_sample]
    if missing:
        raise DataError(f"{path.name} has no row for sample {_some(missing)}: add one for each of {_some(samples)}.")
    table = tuple(
        SampleFacts(**{**by_sample[sample], "name": by_sample[sample].get("name") or sample}) for sample in samples
    )
    alike = [name for name, n_samples in Counter(facts.name for facts in table).items() if n_samples > 1]
    if alike:
        raise DataError(f"{path.name} calls several samples {alike[0]}: give each a name of its own.")
    notes = []
    if ignored:
        notes.append(
            f"Not read of {path.name}: column {_some(ignored)}; a table of samples has {_some(TABLE_COLUMNS)}."
        )
    if unknown := [sample for sample in by_sample if sample not in set(samples)]:
        notes.append(f"{path.name} also describes {_some(unknown)}, of which there are no cells.")
    return table, notes


def write_sample_table(table: Iterable[SampleFacts]) -> bytes:
    """The table as CSV, which `read_sample_table` reads."""
    text = io.StringIO()
    rows = csv.DictWriter(text, TABLE_COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(facts.model_dump() for facts in table)
    return text.getvalue().encode()


def _read_column(matrix: CountMatrix, column: str) -> tuple[NDArray[np.int64], list[str]]:
    """(codes (N,), the values they number, in natural order)."""
    if column not in {str(name) for name in matrix.cells}:
        shown = _some([str(name) for name in matrix.cells]) or "none"
        raise DataError(f"{matrix.name} has no column '{column}' for --sample: its columns are {shown}.")
    texts = as_text(matrix.cells[column].to_numpy(dtype=object))
    if n_gaps := int((texts == "").sum()):
        raise DataError(
            f"Column '{column}' of {matrix.name} names no sample for {n_gaps:,} of {len(texts):,} cells: fill it in, "
            "or choose another column."
        )
    levels = natural_order(set(texts.tolist()))
    if len(levels) > min(MAX_SAMPLES, len(texts) // 2):
        raise DataError(
            f"Column '{column}' of {matrix.name} has {len(levels):,} values for {len(texts):,} cells, too many for "
            f"samples (at most {MAX_SAMPLES}, each with several cells): choose another column."
        )
    number_of = {level: number for number, level in enumerate(levels)}
    return np.array([number_of[text] for text in texts.tolist()], dtype=np.int64), levels


def _require_one_state(matrix: CountMatrix, codes: NDArray[np.int64], levels: Sequence[str]) -> None:
    """Raises DataError where some samples of one file hold counts and others do not."""
    if matrix.state == "raw":
        return
    states: dict[str, CountState] = {
        level: find_state(matrix.counts[codes == code].data)[0] for code, level in enumerate(levels)
    }
    counts = [level for level, state in states.items() if state == "raw"]
    if counts and len(counts) < len(levels):
        other = next(level for level in levels if level not in counts)
        raise DataError(
            f"Sample {counts[0]} of {matrix.name} holds raw counts and {other} {STATE_WORDS[states[other]]}, which "
            "cannot be compared: provide all samples in one state, best raw counts."
        )


def _add_columns(matrix: CountMatrix, batches: Batches, column: str) -> Any:
    """The cells with their sample's name and what is known of it; a column of such a name keeps "(own)" beside it."""
    added = {SAMPLE: as_categories(np.array(batches.names, dtype=np.str_)[batches.codes])}
    for field in DESCRIBED:
        texts = np.array([getattr(facts, field) for facts in batches.table], dtype=np.str_)[batches.codes]
        if (texts != "").any():
            added[field] = as_categories(texts, texts == "")
    cells = matrix.cells
    for name, values in added.items():
        if name in cells and not _says_the_same(cells[name], values) and not (name == column == SAMPLE):
            cells = keep_apart(cells, (name,))
        cells = cells.assign(**{name: values})
    return cells


def _says_the_same(column: Any, values: Any) -> bool:
    return np.array_equal(as_text(column.to_numpy(dtype=object)), as_text(np.asarray(values, dtype=object)))


def _read_rows(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """(the rows with the columns of a table of samples, the names of other columns)."""
    text = decode_text(path)
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)  # a value may hold a line break
    try:
        columns, records = list(reader.fieldnames or ()), list(reader)
    except csv.Error as error:
        raise DataError(f"{path.name} is not a whole CSV file ({error}): save the table of samples again.") from error
    names = {name: name.strip().lower() for name in columns}
    if not {"sample", "name"} & set(names.values()):
        raise DataError(
            f"{path.name} has no column 'sample' ({_some(list(names)) or 'it is empty'}): a table of samples has "
            f"{_some(TABLE_COLUMNS)}."
        )
    plain_names = [names[name] for name in columns]
    if repeated := [name for name in TABLE_COLUMNS if plain_names.count(name) > 1]:
        raise DataError(f"{path.name} has several columns '{repeated[0]}': keep one.")
    key = "sample" if "sample" in names.values() else "name"
    rows = []
    for record in records:
        row = {
            names[name]: (value or "").strip()
            for name, value in record.items()
            if name is not None and names[name] in TABLE_COLUMNS and isinstance(value, str)
        }
        if any(value.strip() for value in record.get(None) or ()):
            raise DataError(
                f"{path.name} has more values than its {len(columns)} columns in the row of sample {row.get(key, '')}: "
                f"put values that hold '{delimiter}' in quotes."
            )
        if any(row.values()):
            if not row.get(key):
                raise DataError(
                    f"{path.name} has a row without a sample ({_some([*filter(None, row.values())])}): "
                    "fill it in, or remove the row."
                )
            rows.append({**row, "sample": row[key]})
    return rows, [name for name, plain in names.items() if plain not in TABLE_COLUMNS and plain]


def _count(codes: NDArray[np.int64], levels: Sequence[str]) -> dict[str, int]:
    return dict(zip(levels, np.bincount(codes, minlength=len(levels)).tolist(), strict=True))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
