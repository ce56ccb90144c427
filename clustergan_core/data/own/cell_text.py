"""Cells of a column: which are missing, what numbers they hold, how they are compared, named and ordered."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


def is_missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which cells are empty."""
    import pandas as pd

    return np.asarray(pd.isna(values), dtype=np.bool_)


def as_numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """The cells as numbers, NaN where a cell is empty or isn't one."""
    import pandas as pd

    return np.asarray(pd.to_numeric(pd.Series(values), errors="coerce"), dtype=np.float64)


def as_text(values: NDArray[Any]) -> NDArray[np.str_]:
    """Each cell as a person would write it (3.0 is "3", and bytes are text); "" where it is missing."""
    gaps = is_missing(values)
    texts = ["" if gap else _write(value) for value, gap in zip(values.tolist(), gaps, strict=True)]
    return np.array(texts, dtype=np.str_)


def read_number(text: str) -> float | None:
    """A text as a finite number, or None. Python also reads "1_000" and "nan", which no file means as numbers."""
    if "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _write(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(value).strip()


def natural_order(texts: Iterable[str]) -> list[str]:
    """Numbers by value, then everything else alphabetically."""

    def sort_key(text: str) -> tuple[int, float, str]:
        number = read_number(text)
        return (1, 0.0, text) if number is None else (0, number, text)

    return sorted(texts, key=sort_key)


def as_categories(texts: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> pd.Categorical:
    """Text as categories in natural order; missing cells belong to none."""
    import pandas as pd

    given = texts if missing is None else texts[~missing]
    categories = pd.Index(natural_order(set(given.tolist())), dtype=object)
    codes = categories.get_indexer(pd.Index(texts.tolist(), dtype=object)).astype(np.int32)
    if missing is not None:
        codes[missing] = -1
    return pd.Categorical.from_codes(codes, categories=categories)


def categorize(codes: NDArray[Any], categories: NDArray[np.str_]) -> pd.Categorical | None:
    """Stored codes as categories, those out of range missing; None where the codes or the categories are unusable."""
    import pandas as pd

    if codes.dtype.kind not in "iu" or codes.ndim != 1 or len(set(categories.tolist())) != len(categories):
        return None
    valid = codes.astype(np.int64)
    valid[(valid < 0) | (valid >= len(categories))] = -1
    return pd.Categorical.from_codes(valid, categories=pd.Index(categories, dtype=object))
