"""metrics.jsonl: read by offset while it is written, cut by a resume."""

from pathlib import Path

import pytest

from clustergan_core.runs.metrics import append_row, cut_after, read_rows


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.jsonl"
    for step in (10, 20, 30):
        append_row(path, {"step": step, "losses": {"critic": step / 7}})
    return path


def test_a_file_that_is_not_there_yet_has_no_rows(tmp_path: Path) -> None:
    part = read_rows(tmp_path / "metrics.jsonl")

    assert (part.rows, part.offset) == ([], 0)


def test_reading_goes_on_where_it_ended(metrics: Path) -> None:
    first = read_rows(metrics)
    append_row(metrics, {"step": 40})
    second = read_rows(metrics, first.offset)

    assert [row["step"] for row in first.rows] == [10, 20, 30]
    assert second.rows == [{"step": 40}]
    assert read_rows(metrics, second.offset).rows == []


def test_a_loss_survives_the_file_unchanged(metrics: Path) -> None:
    assert read_rows(metrics).rows[0]["losses"]["critic"] == 10 / 7


def test_a_half_written_last_line_waits_for_its_end(metrics: Path) -> None:
    with metrics.open("ab") as file:
        file.write(b'{"step": 4')
    before = read_rows(metrics)
    with metrics.open("ab") as file:
        file.write(b"0}\n")

    assert before.rows[-1]["step"] == 30
    assert read_rows(metrics, before.offset).rows == [{"step": 40}]


def test_a_cut_drops_later_rows_and_a_half_written_line(metrics: Path) -> None:
    with metrics.open("ab") as file:
        file.write(b'{"step": 4')
    cut_after(metrics, 20)
    append_row(metrics, {"step": 30, "again": True})

    assert [row["step"] for row in read_rows(metrics).rows] == [10, 20, 30]
    assert dict(read_rows(metrics).rows[-1])["again"]


def test_a_cut_makes_a_new_file_so_that_a_reader_with_an_offset_notices(metrics: Path) -> None:
    inode = metrics.stat().st_ino
    cut_after(metrics, 20)

    assert metrics.stat().st_ino != inode


def test_a_cut_that_drops_nothing_leaves_the_file_alone(metrics: Path) -> None:
    before = metrics.stat()
    cut_after(metrics, 30)

    assert (metrics.stat().st_ino, metrics.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_cut_of_no_file_makes_none(tmp_path: Path) -> None:
    cut_after(tmp_path / "metrics.jsonl", 5)

    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_is_no_number_is_refused_before_it_is_written(metrics: Path) -> None:
    size = metrics.stat().st_size
    with pytest.raises(ValueError, match="JSON"):
        append_row(metrics, {"step": 40, "losses": {"critic": float("nan")}})

    assert metrics.stat().st_size == size
