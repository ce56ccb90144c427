"""Text tables of unknown dialect: encoding, delimiter, decimal mark and header are detected, then pandas reads them.

A `TextTable` has each column as numbers or text, and every cell as it is written: ids such as 0007 or 10E2 stay text.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.own.cell_text import as_text
from clustergan_core.data.own.grouped_numbers import find_proof, holds_groups, read_grouped, read_point_groups
from clustergan_core.data.own.vetting import MAX_COLUMNS, MAX_VALUES, read_text_bytes
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_LINES = 60  # enough to see a dialect
SPACES = r"\s+"
CLEAR_SHARE = 0.1  # of the cells; text that contains spaces shifts the share a little
MISSING = ("", "?", "-", ".", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "null", "NULL", "None", "#N/A", "<NA>")

Columns = dict[str, NDArray[Any]]  # each (N,), in the file's order

_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?")
_NUMBERS_AS_WORDS = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity", "true", "false"})
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d*)?")  # as a number is written again
_TRUTHS = {"true": 1.0, "false": 0.0}
MAX_WRITTEN = 1_000_000  # cells of which the text is kept; of a larger table, that of some columns
N_OUTER = 16  # first and last columns of a larger table, where ids and labels stand
_GAP_WORDS = {word: re.sub(r"[^a-z]", "", word.lower()) for word in MISSING}  # NA, N/A and <NA> are one word


@dataclass(frozen=True)
class TextTable(Mapping[str, NDArray[Any]]):
    """Columns in the file's order, by name: numbers, or objects that are text, and NaN where a cell is empty."""

    columns: Columns
    written: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # (N,) str as in the file, with outer blanks
    notes: Mapping[str, str] = field(default_factory=dict)  # by column: how it was renamed or read
    problems: Mapping[str, str] = field(default_factory=dict)  # by column: why its cells cannot be read as numbers

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.columns[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())))

    def texts(self, column: str) -> NDArray[Any]:
        """Each cell letter by letter; of a large table's further columns of numbers, as they are written again."""
        written = self.written.get(column)
        return as_text(self.columns[column]).astype(object) if written is None else _strip(written)

    def classes(self, column: str) -> NDArray[np.str_]:
        """Each cell as the name of a class, "" where it is a gap; 3.0 is "3", and 03 stays "03"."""
        texts = self.texts(column)
        gaps = self.gaps(column)
        is_gap = np.isin(texts.astype(np.str_), list(gaps))
        if all(_PLAIN.fullmatch(text) for text in set(texts[~is_gap].tolist())):
            texts = as_text(self.columns[column])
        return np.where(is_gap, "", texts.astype(np.str_))

    def gaps(self, column: str) -> dict[str, int]:
        """The words for a gap in a column, and how many cells hold each."""
        return find_gap_words(self.texts(column).tolist())

    def named_gaps(self, column: str) -> list[str]:
        """The classes of a column that are called as gaps are, such as NA."""
        held = {text for text in self.texts(column).tolist() if text in _GAP_WORDS and text}
        return sorted(held - self.gaps(column).keys())


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    delimiter: str  # one character, or SPACES
    decimal: str  # "." or ","
    has_header: bool


def find_gap_words(texts: Sequence[str]) -> dict[str, int]:
    """The words for a gap among the cells of a column, and how many cells hold each.

    Where two such words recur, as NA and None, neither can mean a gap, as a program writes one: they are classes.
    """
    counts = Counter(text for text in texts if text in _GAP_WORDS)
    recurring = {word for word, count in counts.items() if count > 1 and _GAP_WORDS[word]}
    if len({_GAP_WORDS[word] for word in recurring}) > 1:
        return {word: count for word, count in counts.items() if word not in recurring}
    return dict(counts)


def read_table(path: Path, n_expected: int | None = None) -> TextTable:
    """The columns of a .csv, .tsv or .txt file (.gz too) by name; without a header column_1, column_2, ….

    `n_expected` rows, where known, decide whether the first line of an ambiguous file is a header.
    Raises DataError with one sentence for whatever isn't a table.
    """
    text = decode_text(path)
    lines = [line for line in text[: 1 << 22].split("\n") if line.strip()][:SAMPLE_LINES]
    if not lines:
        raise DataError(f"{path.name} is empty: choose a file with samples in it.")
    try:
        delimiter, decimal = find_delimiter(lines)
        rows = [split_line(line, delimiter) for line in lines]
    except csv.Error as error:
        raise DataError(f"{path.name} has a line that cannot be split into cells ({error}): fix it.") from error
    width = max(len(row) for row in rows)
    n_lines = text.count("\n") + 1
    if width > MAX_COLUMNS or n_lines * width > MAX_VALUES:
        raise DataError(
            f"{path.name} has {width:,} columns in {n_lines:,} lines, but at most {MAX_COLUMNS:,} columns and "
            f"{MAX_VALUES:,} values are read: provide fewer columns or rows."
        )
    has_header = _has_header(rows, decimal)
    if has_header is None:  # all text
        n_rows = sum(1 for line in text.split("\n") if line.strip())
        if width == 1 and n_expected is not None:
            has_header = n_rows != n_expected
        else:  # unlike a class, a column's name does not occur again below it
            has_header = not any(
                cell in (row[index] for row in rows[1:] if index < len(row)) for index, cell in enumerate(rows[0])
            )
    return _parse(path, text, rows, Dialect(delimiter, decimal, has_header))


def find_delimiter(lines: Sequence[str]) -> tuple[str, str]:
    """(delimiter, decimal mark) of a table's first lines.

    Tab, semicolon and bar are accepted wherever they divide the lines evenly; between comma and spaces the one that
    yields more numbers wins, comma when it is close. A file of one column has a delimiter that never occurs in it.
    """
    for delimiter in ("\t", ";", "|"):
        if _divides_evenly(lines, delimiter):
            return delimiter, _find_decimal([split_line(line, delimiter) for line in lines])
    best, best_share = ("\t", ","), -1.0
    for delimiter in (",", SPACES):
        if not _divides_evenly(lines, delimiter):
            continue
        rows = [split_line(line, delimiter) for line in lines]
        decimal = "." if delimiter == "," else _find_decimal(rows)
        cells = [cell for row in rows for cell in row]
        share = sum(is_number(cell, decimal) for cell in cells) / len(cells)
        if share > best_share + CLEAR_SHARE:
            best, best_share = (delimiter, decimal), share
    if best_share >= 0:
        return best
    # Nothing divides the lines evenly. A mark in every line is the delimiter of a table with a fault, which pandas will
    # locate; without one this is a single column.
    delimiter = next((mark for mark in ("\t", ";", "|", ",") if all(mark in line for line in lines)), "\t")
    return delimiter, _find_decimal([split_line(line, delimiter) for line in lines])


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line, stripped and unquoted."""
    if delimiter == SPACES:
        delimiter, line = " ", " ".join(line.split())
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell reads as a number under this decimal mark."""
    pattern = _COMMA if decimal == "," else _POINT
    return pattern.fullmatch(cell) is not None or cell.lower() in _NUMBERS_AS_WORDS


def decode_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 as spreadsheets save it, or Latin-1. Raises DataError for other content."""
    content = read_text_bytes(path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        if b"\0" in content[: 1 << 16]:
            raise DataError(f"{path.name} is not text: provide .csv, .tsv or .txt as text, or numbers as .npz.")
        encodings = ("utf-8-sig", "latin-1")  # latin-1 reads any byte, so it comes last
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError(f"{path.name} is corrupt UTF-16 text: save it as UTF-8.")
    text = re.sub(r"\r\n?", "\n", text).lstrip("\n")
    text = re.sub(r"\Asep=.\n", "", text)  # a hint that Excel writes for itself
    return _without_count(re.sub(r"\A#[ \t]*(?=[^#\n]*\n[^#])", "", text))  # numpy.savetxt marks its header line


def _without_count(text: str) -> str:
    """The text without a first line that only counts the rows below its header, as CelebA's lists have one."""
    count, _, rest = text.partition("\n")
    if not count.strip().isdecimal() or len(rest.partition("\n")[0].split()) < 2:
        return text
    n_rows = sum(1 for line in rest.split("\n") if line.strip()) - 1
    return rest if int(count) == n_rows else text


def _divides_evenly(lines: Sequence[str], delimiter: str) -> bool:
    widths = [len(split_line(line, delimiter)) for line in lines]
    body = widths[1:] or widths
    # R writes one name fewer than there are columns, since row names have none; pandas reports ragged lines.
    usual = max(set(body), key=body.count)
    return usual > 1 and body.count(usual) >= 0.9 * len(body) and widths[0] in (usual, usual - 1)


def _find_decimal(rows: Sequence[Sequence[str]]) -> str:
    cells = [cell for row in rows for cell in row]
    commas = [cell for cell in cells if "," in cell and _COMMA.fullmatch(cell)]
    points = [cell for cell in cells if "." in cell and _POINT.fullmatch(cell)]
    proof = find_proof([*commas, *points])
    if proof or not commas:
        return proof or "."
    # Where each comma may stand at the thousands, its column decides; see `read_grouped`.
    return "," if find_proof(commas) and len(commas) > len(points) else "."


def _has_header(rows: Sequence[Sequence[str]], decimal: str) -> bool | None:
    """Whether the first row names the columns; None where every column is text and nothing decides it."""
    first, body = rows[0], rows[1:]
    if not body:
        return not any(is_number(cell, decimal) for cell in first)
    if len(body[0]) == len(first) + 1:
        return True  # R's format: row names without a header
    named = numbered = 0
    for position, cell in enumerate(first):
        below = [row[position] for row in body if position < len(row) and row[position] not in MISSING]
        if below and sum(is_number(value, decimal) for value in below) > len(below) / 2:
            named += cell not in MISSING and not is_number(cell, decimal)
            numbered += is_number(cell, decimal)
    if named + numbered == 0:
        return None
    if named == 0 and _counts_up(first):
        return not _counts_up(body[0])
    return named > numbered


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether the cells are 0, 1, 2, …, as pandas names nameless columns (the index's name is an empty cell)."""
    numbers = [cell for cell in cells if cell]
    return len(numbers) > (0 if cells[0] == "" else 2) and numbers == [str(number) for number in range(len(numbers))]


def _parse(path: Path, text: str, rows: Sequence[Sequence[str]], dialect: Dialect) -> TextTable:
    import pandas as pd

    if dialect.has_header and len(rows) == 1:
        raise DataError(f"{path.name} holds column names but no samples: provide a file with rows below them.")
    layout: dict[str, Any] = {
        "sep": dialect.delimiter,
        # The header is skipped rather than parsed: the first data line then fixes the width, a longer line is an
        # error with its number, and row names without a header (R's format) shift nothing.
        "header": None,
        "skiprows": 1 if dialect.has_header else 0,
        "skipinitialspace": dialect.delimiter != SPACES,
        "low_memory": False,
        "keep_default_na": False,
    }
    try:
        frame = pd.read_csv(io.StringIO(text), decimal=dialect.decimal, na_values=list(MISSING), **layout)
        given = list(rows[0]) if dialect.has_header else [f"column_{number + 1}" for number in range(frame.shape[1])]
        if len(given) == frame.shape[1] - 1:
            given.insert(0, "row_names")
        kept = _columns_to_keep_written(frame)
        written = pd.read_csv(io.StringIO(text), dtype=str, na_filter=False, usecols=kept, **layout)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        match = re.search(r"line (\d+)", str(error))
        where = f"line {match[1]} has more cells than the first" if match else "its lines differ in layout"
        raise DataError(f"{path.name} is not a regular table ({where}): fix that line.") from error
    if len(given) != frame.shape[1]:
        raise DataError(
            f"{path.name} names {len(given)} columns but its rows have {frame.shape[1]} cells: fix the first line."
        )
    names = _name_columns(given)
    texts = {names[position]: written[position].to_numpy(dtype=object) for position in written.columns}
    columns = {name: np.asarray(frame.iloc[:, position].to_numpy()) for position, name in enumerate(names)}
    proof = find_proof([cell for row in rows for cell in row])
    if not proof and dialect.decimal == ",":
        proof = ","
    usual = "," if dialect.delimiter == ";" else ""
    notes = {
        name: f"Column {number + 1} is called '{name}' here, as an earlier column of {path.name} is called '{cell}'."
        for number, (name, cell) in enumerate(zip(names, given, strict=True))
        if cell and name != cell
    }
    problems: dict[str, str] = {}
    for name, cells in texts.items():
        if columns[name].dtype.kind in "iu" or (columns[name].dtype.kind == "f" and proof):
            continue  # plain numbers
        try:
            columns[name], note = _as_numbers(
                f"Column '{name}' of {path.name}", columns[name], _strip(cells), proof, usual
            )
        except DataError as problem:
            problems[name] = str(problem)
            continue
        if note:
            notes[name] = f"{notes[name]} {note}" if name in notes else note
    return TextTable(columns, texts, notes, problems)


def _columns_to_keep_written(frame: pd.DataFrame) -> list[int]:
    """The positions of the columns whose text is kept: all, or of a large table text and the outer ones."""
    if frame.size <= MAX_WRITTEN:
        return list(range(frame.shape[1]))
    outer = [*range(min(N_OUTER, frame.shape[1])), *range(max(0, frame.shape[1] - N_OUTER), frame.shape[1])]
    return sorted(
        {*outer, *(position for position in range(frame.shape[1]) if frame.dtypes.iloc[position].kind in "Ob")}
    )


def _as_numbers(
    where: str, values: NDArray[Any], cells: NDArray[Any], proof: str, usual: str
) -> tuple[NDArray[Any], str]:
    """(a column as numbers where one way of writing them fits, else as it is; a note on that way, or "")."""
    is_filled = np.array([cell not in _GAP_WORDS for cell in cells], dtype=np.bool_)
    filled = [str(cell) for cell in cells[is_filled]]
    if not filled:
        return values, ""
    numbers = np.full(len(values), np.nan)
    if values.dtype.kind == "b" or (values.dtype.kind == "O" and all(cell.lower() in _TRUTHS for cell in set(filled))):
        numbers[is_filled] = [_TRUTHS[cell.lower()] for cell in filled]
        return numbers, f"{where} holds true and false, which are read as 1 and 0."
    if values.dtype.kind == "O":
        if (read := read_grouped(where, filled, proof, usual)) is None:
            return values, ""
        numbers[is_filled] = read[0]
        return numbers, f"{where} is written with {read[1].words} and read as numbers ('{_first(filled)}')."
    if values.dtype.kind == "f" and holds_groups(filled):
        numbers[is_filled] = read_point_groups(filled)
        return numbers, f"{where} is written with a point at the thousands and read as numbers."
    return values, ""


def _strip(cells: NDArray[Any]) -> NDArray[Any]:
    return np.array([cell.strip() for cell in cells.tolist()], dtype=object)


def _first(cells: Sequence[str]) -> str:
    """The first cell with a mark in it, as an example."""
    return next((cell for cell in cells if not cell.isalnum()), cells[0])


def _name_columns(given: Sequence[str]) -> list[str]:
    """Header cells as unique names; an empty cell becomes unnamed_1, unnamed_2, … by its position."""
    names: dict[str, None] = {}
    for position, cell in enumerate(given):
        name = cell or f"unnamed_{position + 1}"
        while name in names:
            name += "_2"
        names[name] = None
    return list(names)
