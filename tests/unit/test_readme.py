"""README's figures are those of the files they come from."""

import re

from benchmarks.protocol_table import MEASUREMENTS, insert_table, read_reports
from benchmarks.readme_tables import README, had_its_cores, insert_tables, render_benchmarks
from benchmarks.train_all import COLUMNS, KEY, RESULTS, read_rows
from clustergan_core.methods import METHODS
from clustergan_core.runs.store import list_shipped


def row(seed: int, purity: float, seconds: float, **others: str) -> dict[str, str]:
    told = {
        "method": "clustergan",
        "dataset": "pendigits",
        "preset": "default",
        "settings_digest": "new",
        "device": "cpu",
        "cpu": "A processor",
        "cores": "2",
        "threads": "1",
        "torch": "2.13.0",
        "mode_accuracy": "",
        "frechet": "12.345",
        "steps": "4000",
        "overrides": "",
    }
    scores = dict.fromkeys(("accuracy", "nmi", "ari"), "0.5")
    taken = {"wall_seconds": str(seconds), "cpu_seconds": str(0.9 * seconds)}
    return told | scores | taken | {"seed": str(seed), "purity": str(purity)} | others


def test_readme_shows_the_figures_of_the_files_and_no_others() -> None:
    assert list_shipped()
    assert insert_tables(README.read_text()) == README.read_text()


def test_a_row_of_the_table_is_median_and_both_ends_over_seeds_beside_the_paper() -> None:
    rows = [row(0, 0.7, 30), row(1, 0.8, 40), row(2, 0.6, 20.4)]
    lines = render_benchmarks(rows).splitlines()
    assert "| `pendigits` | ClusterGAN | 3 | 4,000 (0.8%) | 1 | 0.700 (0.600–0.800) | 0.500 |" in lines[2]
    assert lines[2].endswith("| – | 12.3 | 30 (20–40) | 27 (18–36) |")
    paper = "| | *the paper: best of 5, chosen with labels* | 5 | 500,000 | 1 | 0.77 | – | 0.73 | 0.65 |"
    assert lines[3] == f"{paper} – | – | – | – |"
    assert "A processor, 2 cores, threads: 1, PyTorch 2.13.0" in lines[5]


def test_seconds_of_runs_that_had_to_wait_for_a_core_are_not_shown() -> None:
    waited = row(1, 0.8, 400, cpu_seconds="200")
    (of_both,) = (
        line for line in render_benchmarks([row(0, 0.7, 30), waited]).splitlines() if "| ClusterGAN |" in line
    )
    (of_busy,) = (line for line in render_benchmarks([waited]).splitlines() if "| ClusterGAN |" in line)
    assert of_both.endswith("| 30 | 114 (27–200) |")
    assert of_busy.endswith("| – | 200 |")


def test_two_threads_owe_twice_the_processor_time() -> None:
    assert had_its_cores(row(0, 0.7, 30)) and not had_its_cores(row(0, 0.7, 30, threads="2"))


def test_runs_of_earlier_or_changed_settings_and_of_other_presets_are_left_out() -> None:
    changed = row(0, 0.3, 9, settings_digest="changed", overrides='{"sigma": 0.5}')
    rows = [row(0, 0.1, 9, settings_digest="old"), row(0, 0.7, 30), row(1, 0.2, 5, preset="quick"), changed]
    shown = "| `pendigits` | ClusterGAN | 1 | 4,000 (0.8%) | 1 | 0.700 | 0.500 | 0.500 | 0.500 | – | 12.3 | 30 | 27 |"
    assert shown in render_benchmarks(rows)


def test_every_committed_row_is_whole_known_and_there_once() -> None:
    rows = read_rows()
    assert RESULTS.exists()
    assert [tuple(found) for found in rows] == [COLUMNS] * len(rows)
    keys = [tuple(found[name] for name in KEY) for found in rows]
    assert len(set(keys)) == len(keys)
    for found in rows:
        assert found["method"] in METHODS
        assert 0 < float(found["nmi"]) <= 1
        assert float(found["purity"]) >= float(found["accuracy"])
        assert found["commit"]


def test_the_measurements_show_the_reports_of_the_protocol_and_no_other_figures() -> None:
    assert read_reports()
    assert insert_table(MEASUREMENTS.read_text()) == MEASUREMENTS.read_text()


def test_every_picture_and_page_that_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(((?!https?://)[^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", README.read_text())
    paths = [README.parent / (markdown or html) for markdown, html in links]
    assert paths
    assert [path for path in paths if not path.exists()] == []
