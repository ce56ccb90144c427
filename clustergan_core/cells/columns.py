"""A file's columns on its cells, as an h5ad holds them for anndata of any age, R and CELLxGENE."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.own.cell_text import as_text, natural_order

SHOWN = 8
_OF_THE_FORMAT = frozenset({"_index", "__categories", ""})


def column_names(names: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """What each column is called in an h5ad, by its own name.

    A slash would become a group, some names belong to the format, and those in `taken` are columns of our own.
    """
    given: dict[str, str] = {}
    used = set(taken)
    for name in names:
        new = "".join("_" if character == "/" or ord(character) < 32 else character for character in name)
        if not new.strip("."):
            new = "_" * len(new)
        while new in used or new in _OF_THE_FORMAT:
            new += "_"
        used.add(new)
        given[name] = new
    return given


def describe_renamed(names: Iterable[str], taken: Collection[str] = ()) -> str:
    """A sentence on the columns that get another name in an h5ad; "" where all keep theirs."""
    names = column_names(names, taken)
    renamed = [f"{old or 'the nameless one'} is called {new}" for old, new in names.items() if old != new]
    if not renamed:
        return ""
    shown = ", ".join(renamed[:SHOWN]) + (f", and {len(renamed) - SHOWN} more" if len(renamed) > SHOWN else "")
    return f"An h5ad cannot hold every column under its own name: {shown}."


def plain_columns(table: pd.DataFrame, taken: Collection[str] = ()) -> pd.DataFrame:
    """Numbers and booleans as numpy types, everything else as categories of text, under the names of `column_names`.

    Whole numbers and booleans stay what they are unless some are missing: numbers then become fractions and NaN,
    booleans the categories False and True.
    """
    names = column_names(map(str, table), taken)
    columns = {names[str(name)]: _plain_column(table.iloc[:, position]) for position, name in enumerate(table)}
    return pd.DataFrame(columns, index=table.index)


def _plain_column(values: pd.Series) -> Any:
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        names = [_write(category) for category in kind.categories]
        return _as_categories(np.array([*names, None], dtype=object)[values.cat.codes], names)
    if pd.api.types.is_bool_dtype(kind) and not values.hasnans:
        return values.to_numpy(dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        if not pd.api.types.is_extension_array_dtype(kind):
            return values.to_numpy()
        is_whole = pd.api.types.is_integer_dtype(kind) and not values.hasnans
        return values.to_numpy(dtype=np.int64) if is_whole else values.to_numpy(dtype=np.float64, na_value=np.nan)
    pairs = zip(values, values.isna(), strict=True)
    texts = np.array([None if is_missing else _write(value) for value, is_missing in pairs], dtype=object)
    return _as_categories(texts, natural_order({text for text in texts.tolist() if text}))


def _as_categories(texts: NDArray[np.object_], order: Iterable[str]) -> pd.Categorical:
    """Texts (N,), None where missing, as those categories of `order` that occur; "" is missing too."""
    used = set(pd.unique(texts)) - {None, ""}
    return pd.Categorical(texts, pd.Index([text for text in dict.fromkeys(order) if text in used], dtype=object))


def _write(value: object) -> str:
    """Text letter by letter; anything else as `as_text` writes it."""
    return value if isinstance(value, str) else str(as_text(np.array([value], dtype=object))[0])
