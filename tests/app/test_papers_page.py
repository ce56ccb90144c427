"""The Papers page: each table opens, a known cell is right, its files hold the table, and what is missing is queued."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.command_line import build_parser
from clustergan_core.paper_tables.published import PAPERS
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_runs
from tests.app.app_pages import open_page, texts
from tests.app.train_widgets import press
from tests.small_runs import new_run
from tests.sweeps import set_state

pytestmark = pytest.mark.usefixtures("apart", "no_models")


@pytest.fixture
def no_models(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bundled models, and none of our rows, so that the test decides what was trained."""
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    monkeypatch.setattr("clustergan_core.papers.measured.read_rows", lambda *_: [])


def opened(**query: str) -> AppTest:
    app = open_page("papers", **query)
    assert not app.exception and not app.error
    return app


def grid(app: AppTest) -> dict[tuple[str, str], str]:
    """What each cell says, by row and column."""
    (page,) = [body for element in app.get("html") if "<table" in (body := element.proto.body)]
    columns = re.findall(r'<th scope="col">(.*?)</th>', page)
    cells = {}
    for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', page):
        title, *parts = re.split(r"</th>|<td>", row.replace("</th><td>", "<td>"))
        cells |= {(title, column): re.sub("<.*?>", " ", part) for column, part in zip(columns, parts, strict=True)}
    return cells


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda paper: paper.name)
def test_every_paper_opens_on_its_first_table_with_what_it_claims(paper: Any) -> None:
    app = opened(paper=paper.short)
    said = texts(app)
    assert paper.reference in said and paper.claims[:40] in said and paper.tables[0].title in said
    assert len(grid(app)) == len(paper.tables[0].rows) * len(paper.tables[0].columns)


@pytest.mark.parametrize("table", ["Table II", "Table III", "Table IV"])
def test_tables_without_runs_or_data_of_ours_open_too(table: str) -> None:
    assert grid(opened(paper="NEMGAN", paper_table=table))


def test_a_cell_shows_the_printed_figure_ours_and_the_difference(trained: Run, own_folders: Path) -> None:
    purities = finished(own_folders, trained, seeds=(0, 1, 2))
    cells = grid(opened())
    low, middle, high = sorted(purities)
    ours = cells["ClusterGAN", "Synthetic"].split()
    assert ours[:2] == ["paper", "0.99"]
    assert f"{middle:.3f}" in ours and f"{low:.3f}–{high:.3f}," in ours
    assert ours[-2:] == ["▼", f"−{0.99 - middle:.3f}"]
    assert cells["ClusterGAN", "MNIST"].split() == ["paper", "0.95", "not", "trained"]
    assert cells["DCN", "Synthetic"].split()[:2] == ["paper", "–"]


def test_files_of_a_table_hold_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str] = {}

    def keep(label: str, content: bytes, *_: object, **__: object) -> None:
        files[label] = content.decode()

    monkeypatch.setattr("streamlit.download_button", keep)
    opened(paper="Li and Dama", paper_table="Table 6", paper_measure="NMI")
    lines = list(csv.DictReader(io.StringIO(files["CSV"])))
    printed = {line["column"]: line["printed"] for line in lines if line["measure"] == "NMI"}
    assert printed["20 dimensions"] == "0.8629"
    dimensions = ("0.833", "0.8629", "0.8719", "0.5098")
    assert f"| ClusterGAN | {' | '.join(f'{figure} · not trained' for figure in dimensions)} |" in files["Markdown"]
    assert r"\begin{tabular}{lcccc}" in files["LaTeX"]


def test_the_runs_of_a_row_are_linked_and_their_training_is_told(trained: Run, own_folders: Path) -> None:
    finished(own_folders, trained, seeds=(0, 1))
    app = opened()
    (link,) = [link for link in app.page_link if "ClusterGAN" in link.label]
    assert link.page == "compare" and "2 runs" in link.label
    (table,) = [frame.value for frame in app.dataframe if "Of the paper's" in frame.value]
    assert table["Seeds"].tolist() == ["0, 1"]
    assert table["Of the paper's"].tolist() == [1500 / 500_000]


def test_missing_runs_have_commands_and_are_queued_after_time_and_disk_are_told(own_folders: Path) -> None:
    app = opened()
    assert "--dataset synthetic --method clustergan --preset default --seed 0" in app.code[0].value
    assert not [button for button in app.button if button.label.startswith("Queue")]
    app = press(app, "Estimate time and disk space")
    assert "on this machine" in texts(app) and "on disk" in texts(app)
    app = press(app, "Queue 3 runs")
    assert not app.exception
    runs = list_runs()
    assert sorted(run.config.seed for run in runs) == [0, 1, 2]
    assert {(run.config.method, run.config.dataset.source) for run in runs} == {("clustergan", "synthetic")}
    assert "3 runs queued" in "\n".join(message.value for message in app.success)
    assert "3 runs of this table wait" in texts(app)
    assert "--seed" in app.code[0].value and "--dataset synthetic --method clustergan" not in app.code[0].value


def finished(own_folders: Path, trained: Run, seeds: tuple[int, ...]) -> list[float]:
    """Runs of ClusterGAN's default preset on synthetic data that count as finished; returns their purities."""
    from clustergan_core.data.registry import load_dataset
    from clustergan_core.runs.configure import make_config
    from clustergan_core.runs.scores import write_scores

    scores = read_scores(trained)
    assert scores is not None
    purities = []
    for seed in seeds:
        config = make_config(load_dataset("synthetic"), "synthetic", method="clustergan", seed=seed)
        run = new_run(own_folders / "runs" / f"s{seed}", config)
        purities.append(0.70 + 0.01 * seed)
        write_scores(run, {**scores, "purity": purities[-1]})
        set_state(run, "finished", config.schedule.n_steps, 10)
    return purities


def test_figure_7_is_drawn_from_a_bundled_run_beside_where_the_papers_curves_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened()
    assert not app.get("plotly_chart")
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(PROJECT_FOLDER / "pretrained"))
    app = app.toggle(key="papers_figure_7").set_value(True).run()
    assert not app.exception and len(app.get("plotly_chart")) == 1
    assert "0.038" in texts(app) and "0.0004" in texts(app) and "mnist-clustergan" in texts(app)
    assert not opened(paper="NEMGAN").toggle


def test_figure_3_shows_the_recorded_maps_with_the_agreement_of_k_means() -> None:
    app = opened().toggle(key="papers_figure_3").set_value(True).run()
    assert not app.exception and not app.error and len(app.get("plotly_chart")) == 1
    titles = [note["text"] for note in json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["annotations"]]
    assert titles[0] == "Pixels: NMI 0.71" and len(titles) == 5
    assert "Normal prior: NMI 0.51" in titles[1]


def test_figure_6_says_how_to_train_what_it_needs_where_that_is_missing() -> None:
    app = opened().toggle(key="papers_figure_6").set_value(True).run()
    assert not app.exception and not app.error and not app.get("plotly_chart")
    assert "--method wgan-gp --set prior=normal" in app.code[0].value
    build_parser().parse_args(app.code[0].value.split()[3:])


def test_figure_6_walks_between_modes_of_bundled_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(PROJECT_FOLDER / "pretrained"))
    app = opened().toggle(key="papers_figure_6").set_value(True).run()
    assert not app.exception and not app.error and len(app.get("plotly_chart")) == 1
    own = app.selectbox(key="papers_figure_6_own").value
    assert own is not None and own.name == "digits-clustergan"
    assert "middle third of 4 walks" in texts(app) and "One run each on digits" in texts(app)
