"""Quality control, genes and transform on the Data page, and the button that clusters the cells."""

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.counts.quality import check_quality
from clustergan_core.data.counts.reading.reader import read_counts
from clustergan_core.data.counts.settings import (
    PREPARATION_PRESETS,
    QUALITY_PRESETS,
    PreparationSettings,
    QualitySettings,
    quality_preset,
)
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import store_beside
from clustergan_core.runs.store import list_runs
from tests.app.app_pages import open_page, texts
from tests.count_files import SYMBOLS, write_table

pytestmark = pytest.mark.usefixtures("apart")

N_CELLS = 60


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Sixty cells of forty genes, MT-CO1 among them, a few of them poor; kept as an upload, with labels beside."""
    random = np.random.default_rng(2)
    rates = random.gamma(2.0, 1.0, (N_CELLS, len(SYMBOLS))) * np.linspace(0.05, 2, N_CELLS)[:, None]
    names = [f"cell_{number}" for number in range(N_CELLS)]
    table = write_table(tmp_path / "cells.csv", is_by_gene=False, cells=names, counts=random.poisson(rates))
    path = store_files([(table.name, table.read_bytes())]).uploads[0].path
    labels = "".join(f"{name},{'TBN'[number % 3]}\n" for number, name in enumerate(names))
    store_beside(path, "labels.csv", f"cell,kind\n{labels}".encode())
    return path


def opened(path: Path, **query: Any) -> AppTest:
    return open_page("data", dataset=f"{path.name} ({path.parent.name})", **query)


def rules(app: AppTest) -> list[list[str]]:
    """The table of rules: words, removed, left."""
    table = next(frame.value for frame in app.dataframe if "Rule, in order" in frame.value)
    return table.iloc[:, :3].to_numpy().tolist()


def expected(path: Path, settings: QualitySettings) -> list[list[str]]:
    report = check_quality(read_counts(path), settings)
    return [[rule.rule, f"{rule.n_removed:,} {rule.removes}", f"{rule.n_left:,}"] for rule in report.rules]


def set_number(app: AppTest, name: str, value: float | None) -> None:
    app.number_input(key=f"prepare_{name}").set_value(value).run()


def test_every_setting_has_a_widget_with_its_title_and_help(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=5")
    widgets: dict[str | None, Any] = {
        widget.key: widget for kind in ("number_input", "radio", "toggle", "button_group") for widget in app.get(kind)
    }
    fields = QualitySettings.model_fields | PreparationSettings.model_fields
    for name, field in fields.items():
        if name != "quality":
            assert widgets[f"prepare_{name}"].label == field.title
            assert name in ("selection", "transform") or str(field.description) in widgets[f"prepare_{name}"].help


def test_thresholds_change_the_table_of_rules_the_address_and_what_is_trained_on(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=5")
    set_number(app, "min_genes", 20)
    set_number(app, "max_mito_share", 0.06)
    assert not app.exception
    assert rules(app) == expected(cells, QualitySettings(min_genes=20, max_mito_share=0.06))
    assert app.query_params["prepare"] == ["min_genes=20", "max_mito_share=0.06"]
    n_left = check_quality(read_counts(cells), QualitySettings(min_genes=20, max_mito_share=0.06)).n_cells
    assert 0 < n_left < N_CELLS
    assert f"**{n_left} cells × {len(SYMBOLS)} genes**" in texts(app)
    assert "`--prepare min_genes=20 --prepare max_mito_share=0.06`" in texts(app)


def test_a_link_restores_thresholds_and_a_wrong_one_is_told(cells: Path) -> None:
    app = opened(cells, prepare=["quality=MAD", "n_mads=2", "n_genes=12", "transform=paper"])
    assert app.segmented_control(key="quality_preset").value == "MAD"
    assert app.number_input(key="prepare_n_mads").value == 2
    assert (app.number_input(key="prepare_n_genes").value, app.radio(key="prepare_transform").value) == (12, "paper")
    app = opened(cells, prepare=["quality=strict"])
    assert "There is no quality named strict: choose one of permissive, classic, MAD, paper." in app.error[0].value
    assert not app.exception


def test_each_preset_brings_its_thresholds_and_leaves_the_genes_alone(cells: Path) -> None:
    app = opened(cells, prepare=["min_genes=5", "n_genes=12"])
    for preset in QUALITY_PRESETS:
        if preset == "permissive":
            continue
        settings = quality_preset(preset, len(SYMBOLS))
        app.segmented_control(key="quality_preset").set_value(preset).run()
        for name, value in settings.model_dump(exclude={"doublets"}).items():
            assert app.number_input(key=f"prepare_{name}").value == (value or None)
        assert app.query_params["prepare"] == [f"quality={preset}", "n_genes=12"]


def test_undo_steps_back_through_the_choices_and_reset_goes_to_the_preset(cells: Path) -> None:
    app = opened(cells, prepare="quality=MAD")
    assert app.button(key="undo").disabled
    assert app.button(key="reset_quality").disabled
    set_number(app, "min_genes", 9)
    set_number(app, "n_mads", None)
    assert app.query_params["prepare"] == ["quality=MAD", "min_genes=9", "n_mads=off"]
    app.button(key="undo").click().run()
    assert app.query_params["prepare"] == ["quality=MAD", "min_genes=9"]
    assert app.number_input(key="prepare_n_mads").value == 5
    app.button(key="reset_quality").click().run()
    assert app.query_params["prepare"] == "quality=MAD"
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert app.query_params["prepare"] == "quality=MAD"
    assert app.button(key="undo").disabled


def test_a_threshold_that_leaves_nothing_says_so_and_can_be_relaxed(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=5")
    set_number(app, "min_counts", 1_000_000)
    assert "Quality control leaves none of 60 cells ('fewer than 1,000,000 counts')" in app.error[0].value
    assert not [button for button in app.button if button.label == "Cluster these cells"]
    set_number(app, "min_counts", None)
    assert not app.error
    assert [button for button in app.button if button.label == "Cluster these cells"]


def test_as_in_the_paper_sets_all_of_it(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=5")
    app.button(key="as_in_paper").click().run()
    assert app.query_params["prepare"] == ["quality=paper", "n_genes=720", "transform=paper"]
    assert app.button(key="as_in_paper").disabled
    assert PREPARATION_PRESETS["paper"].n_genes == app.number_input(key="prepare_n_genes").value


def test_what_cannot_be_judged_is_skipped_with_the_reason(tmp_path: Path) -> None:
    logs = np.log1p(np.random.default_rng(0).poisson(2.0, (N_CELLS, len(SYMBOLS)))).round(3)
    names = [f"cell_{number}" for number in range(N_CELLS)]
    table = write_table(tmp_path / "logs.csv", is_by_gene=False, cells=names, counts=logs)
    path = store_files([(table.name, table.read_bytes())]).uploads[0].path
    app = opened(path, prepare=["min_genes=5", "max_mito_share=0.5"])
    frame = next(frame.value for frame in app.dataframe if "Rule, in order" in frame.value)
    reason = "the file holds log-normalised values, from which it cannot be computed"
    assert reason in frame["Skipped, because"].tolist()
    assert texts(app).count("Not available: the file holds log-normalised values") == 2
    assert "The file holds log-normalised values, so no transform is applied." in texts(app)


def test_one_button_starts_a_run_on_these_cells_and_shows_it(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=20", labels="labels.csv: kind")
    n_left = check_quality(read_counts(cells), QualitySettings(min_genes=20)).n_cells
    said = texts(app)
    assert f"**{n_left} cells × {len(SYMBOLS)} genes**" in said
    assert "K = 3, the number of labels in the data." in said
    assert "3 labels, only compared with the clusters" in said
    assert "About **" in said
    assert app.number_input(key="n_clusters").value == 3
    app.number_input(key="n_clusters").set_value(4).run()
    next(button for button in app.button if button.label == "Cluster these cells").click().run()
    (run,) = list_runs()
    record = run.config.dataset
    assert (run.config.n_clusters, record.n_samples, record.source) == (4, n_left, str(cells.resolve()))
    assert record.options.preparation == {"min_genes": "20"}
    assert "--prepare" in shlex.split(run.config.command())
    assert app.title[0].value == "Train"
    assert app.selectbox(key="run").value == run.name


def test_the_number_of_clusters_outlives_a_threshold_but_not_other_labels(cells: Path) -> None:
    app = opened(cells, prepare="min_genes=5")
    without_labels = app.number_input(key="n_clusters").value
    assert without_labels != 3  # as many as Leiden finds; the labels say three
    app.number_input(key="n_clusters").set_value(6).run()
    set_number(app, "min_genes", 10)
    assert app.number_input(key="n_clusters").value == 6
    app.selectbox(key="labels").set_value("labels.csv: kind").run()
    assert app.number_input(key="n_clusters").value == 3


def test_settings_of_other_data_do_not_reach_the_train_page_by_way_of_the_cells(cells: Path) -> None:
    app = open_page("train", task="New run")
    app.number_input(key="steps").set_value(77).run()
    app.switch_page("pages/runs.py").run()
    app.switch_page("pages/data.py")
    app.query_params["dataset"], app.query_params["prepare"] = f"{cells.name} ({cells.parent.name})", "min_genes=5"
    app.run()
    app.number_input(key="n_clusters").set_value(6).run()
    app.switch_page("pages/train.py").run()
    assert (app.number_input(key="steps").value, app.number_input(key="n_clusters").value) == (3200, 6)


def test_the_train_page_keeps_the_preparation_and_leads_back(cells: Path) -> None:
    data = f"{cells.name} ({cells.parent.name})"
    app = opened(cells, prepare="min_genes=20")
    app.switch_page("pages/train.py").run()
    n_left = check_quality(read_counts(cells), QualitySettings(min_genes=20)).n_cells
    assert f"**{n_left} of {N_CELLS} cells × {len(SYMBOLS)} genes** :gray[(preparation: min_genes 20)]" in texts(app)
    assert app.query_params["prepare"] == "min_genes=20"
    link = next(link for link in app.page_link if "Change on the Data page" in link.label)
    assert "prepare=min_genes%3D20" in link.proto.query_string
    app = open_page("train", dataset=data, prepare="min_genes=5", task="New run")
    assert "(preparation: min_genes 5)" in texts(app)
