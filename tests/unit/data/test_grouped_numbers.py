"""Numbers with marks at the thousands or another decimal mark: read where one way of writing fits, else refused."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.table_text import read_table
from clustergan_core.errors import DataError


def write(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


GROUPED = {
    "commas, quoted": ('n,a\n"1,200",.5\n950,1.5\n"98,000",2.5\n', [1200, 950, 98_000]),
    "commas and decimals": ('n,a\n"1,200.5",.5\n950.25,1.5\n"1,098,000",2.5\n', [1200.5, 950.25, 1_098_000]),
    "commas in every cell": ('n,a\n"1,200",.5\n"1,950",1.5\n"98,000",2.5\n', [1200, 1950, 98_000]),
    "commas between tabs": ("n\ta\n1,200\t.5\n950\t1.5\n98,000\t2.5\n", [1200, 950, 98_000]),
    "points and decimal commas": ("n;a\n1.200,5;0,5\n950;1,5\n98.000;2,5\n", [1200.5, 950, 98_000]),
    "points alone beside decimal commas": ("n;a\n1.200;0,5\n1.950;1,5\n98.000;2,5\n", [1200, 1950, 98_000]),
    "two points in a number": ("n;a\n1.200.000;3\n950;1\n98.000;2\n", [1_200_000, 950, 98_000]),
    "points among whole numbers": ("n;a\n1.200;3\n950;1\n98.000;2\n", [1200, 950, 98_000]),
    "apostrophes": ("n,a\n1'200,.5\n950,1.5\n98'000.5,2.5\n", [1200, 950, 98_000.5]),
    "blanks": ("n,a\n1 200,.5\n950,1.5\n98 000,2.5\n", [1200, 950, 98_000]),
    "narrow blanks": ("n;a\n1\u202f200;0,5\n950;1,5\n98\u202f000,5;2,5\n", [1200, 950, 98_000.5]),
    "negative": ('n,a\n"-1,200",.5\n-950,1.5\n"98,000",2.5\n', [-1200, -950, 98_000]),
    "a quoted decimal comma": ('n,a\n"0,5",3\n"1,25",1\n"2,125",2\n', [0.5, 1.25, 2.125]),
    "lakhs": ('n,a\n"1,10,000",.5\n950,1.5\n"98,000",2.5\n', [110_000, 950, 98_000]),
    "gaps": ('n,a\n"1,200",.5\nNA,1.5\n"98,000",2.5\n', [1200, np.nan, 98_000]),
}


@pytest.mark.parametrize(("text", "values"), GROUPED.values(), ids=GROUPED)
def test_a_column_is_read_where_one_way_of_writing_fits_it_and_that_is_said(
    tmp_path: Path, text: str, values: list[float]
) -> None:
    path = write(tmp_path, text)
    assert read_table(path)["n"].tolist() == pytest.approx(values, nan_ok=True)
    dataset = open_own(path)
    assert dataset.feature_names == ("n", "a")
    assert any("'n'" in step["text"] for step in dataset.preprocessing if step["step"] == "note")


@pytest.mark.parametrize(
    "text",
    [
        'n,a\n"1,200",3\n"1,950",1\n"98,123",2\n',  # nothing shows which mark the comma is
        "n\ta\n1,234\t3\n5,678\t1\n9,123\t2\n",
        'n,a\n"1,200",3\n"1,95",1\n"1,098,000",2\n',  # thousands, and decimals
        "n,a\n1'200,3\n1 950,1\n98'000,2\n",  # two marks
        'n,a\n700,3\n"1,400",1\n"2,100",2\n"1.234,5",4\n',  # thousands, and one cell of another country
        "n,a\n5%,3\n7%,1\n12.5 %,2\n",
        "n,a\n$5,3\n$7,1\n$12,2\n",
    ],
)
def test_a_column_that_may_mean_two_things_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"Column 'n' of t\.csv holds .*'.*write") as caught:
        open_own(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_decimals_of_three_digits_stay_decimals(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "n,a\n1.234,3\n5.678,1\n12.345,2\n"))
    assert table["n"].tolist() == [1.234, 5.678, 12.345]


def test_truths_are_read_as_1_and_0_and_that_is_said(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path, "n,passed\n1,True\n3,False\n2,\n"))
    assert dataset.samples[:2, 1].tolist() == [1.0, 0.0]
    assert any("true and false" in step["text"] for step in dataset.preprocessing if step["step"] == "note")
