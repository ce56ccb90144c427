"""A file's columns of cells in an h5ad: under their names where the format can hold them, and of their types."""

from __future__ import annotations

import warnings
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

from clustergan_core.cells.columns import column_names, describe_renamed, plain_columns


def written(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The columns as anndata reads them back, without a warning."""
    plain = plain_columns(frame.set_axis([f"c{row}" for row in range(len(frame))]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        anndata.AnnData(np.ones((len(frame), 1), np.float32), obs=plain).write_h5ad(path)
        return anndata.read_h5ad(path).obs


def test_names_that_hdf5_cannot_hold_are_changed_and_told() -> None:
    names = ["CD4/CD8", "CD4_CD8", "_index", "index", "__categories", ".", "a\x00b", "n"]
    assert column_names(names) == {
        "CD4/CD8": "CD4_CD8",
        "CD4_CD8": "CD4_CD8_",
        "_index": "_index_",
        "index": "index",
        "__categories": "__categories_",
        ".": "_",
        "a\x00b": "a_b",
        "n": "n",
    }
    assert describe_renamed(["CD4/CD8", "n", "_index"]) == (
        "An h5ad cannot hold every column under its own name: CD4/CD8 is called CD4_CD8, _index is called _index_."
    )
    assert describe_renamed(["index", "n"]) == ""


def test_a_column_of_our_own_name_is_kept_beside_it() -> None:
    assert column_names(["clustergan", "n"], ("clustergan",)) == {"clustergan": "clustergan_", "n": "n"}


def test_hard_columns_come_back_without_a_warning_and_of_their_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "CD4/CD8": [0.2, 0.4, np.nan],
            "_index": ["row0", "row1", "row2"],
            "index": [0, 1, 2],
            "whole": [True, False, True],
            "gaps": pd.array([True, None, False], dtype="boolean"),
            "count": pd.array([1, 2, 3], dtype="Int64"),
            "gappy count": pd.array([1, None, 3], dtype="Int64"),
            "order": pd.Categorical(["late", "early", None], categories=["late", "early", "never"]),
            "names": ["nan", "NA", " T  cell "],
            "mixed": [1, "two", None],
        }
    )
    back = written(frame, tmp_path / "a.h5ad")
    assert back["CD4_CD8"].tolist()[:2] == [0.2, 0.4] and np.isnan(back["CD4_CD8"].iloc[2])
    assert back["_index_"].tolist() == ["row0", "row1", "row2"]
    assert back["index"].dtype == np.int64 and back["index"].tolist() == [0, 1, 2]
    assert back["whole"].dtype == np.bool_ and back["whole"].tolist() == [True, False, True]
    assert back["gaps"].isna().tolist() == [False, True, False]
    assert (back["gaps"].iloc[0], back["gaps"].iloc[2]) == ("True", "False")
    assert back["count"].dtype == np.int64 and back["count"].tolist() == [1, 2, 3]
    assert back["gappy count"].dtype == np.float64 and back["gappy count"].tolist()[::2] == [1, 3]
    assert back["order"].cat.categories.tolist() == ["late", "early"], "in the file's order"
    assert back["names"].tolist() == ["nan", "NA", " T  cell "]
    assert back["mixed"].tolist()[:2] == ["1", "two"] and pd.isna(back["mixed"].iloc[2])
