"""The page Interpolate for a run of cells: names, genes, real cells, and what is said where data is missing."""

import shutil

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.browser.parts import Dial
from clustergan_core.cells.contrasts import contrast_codes, one_hot
from clustergan_core.cells.expression import value_scale
from clustergan_core.cells.walks import many_normals
from clustergan_core.runs.clusters.names import Annotations, write_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import cluster_as_planted
from ui.cells.view import open_cells
from ui.frame.seed import FIRST_SEED
from ui.interpolate.dials import LatentPlace, gene_fan
from ui.interpolate.ensemble import forget_ensembles


def neighbours_of(app: AppTest) -> pd.DataFrame:
    """The table of the nearest real cells."""
    return next(table.value for table in app.dataframe if "barcode" in table.value)


def test_the_walk_begins_between_the_two_largest_modes_and_they_are_named_by_their_cells_label(cells: Run) -> None:
    app = open_page("interpolate", run="cells")
    assert not app.exception
    assert not app.error
    counts = np.bincount(run_latents(cells).clusters, minlength=3)
    largest = np.argsort(-counts, kind="stable")
    assert app.query_params["b"] == str(largest[0])
    assert app.query_params["a"] == str(largest[1])
    assert app.selectbox(key="named_b").value == largest[0]
    (chosen,) = (option for option in app.selectbox(key="named_b").options if option.startswith(f"mode {largest[0]} "))
    assert chosen.endswith(f" · {counts[largest[0]]}")
    assert "Between the ends, these codes were never sampled in training." in texts(app)


def test_the_name_a_person_gave_a_mode_takes_the_place_of_its_label(cells: Run) -> None:
    write_annotations(cells, Annotations().with_name(1, "plasma cells"))
    app = open_page("interpolate", run="cells", a="1", b="0", view="One cell", **{"as": "1"})
    assert app.selectbox(key="named_as").options[1].startswith("mode 1 · plasma cells · ")
    assert "plasma cells (mode 1)" in texts(app)


def test_a_link_restores_the_walk_and_a_wrong_mode_is_named(cells: Run) -> None:
    app = open_page("interpolate", run="cells", a="0", b="2", mu="0.25", gene=["Gene3", "Gene7"])
    assert app.selectbox(key="named_a").value == 0
    assert app.selectbox(key="named_b").value == 2
    assert app.slider(key="mu").value == 0.25
    assert app.multiselect(key="gene").value == ["Gene3", "Gene7"]
    assert "Nearest real cells at μ = 0.25" in texts(app)
    app = open_page("interpolate", run="cells", a="9")
    assert [error.value for error in app.error] == [
        "The address asks for a=9, but it can be 0, 1, 2; another is shown."
    ]


def test_the_nearest_cells_at_mu_are_listed_with_their_barcodes_clusters_and_labels(cells: Run) -> None:
    app = open_page("interpolate", run="cells", a="1", b="0", mu="1.0")
    table = neighbours_of(app)
    assert len(table) == 10
    dataset, latents = cells.dataset(), run_latents(cells)
    assert dataset.labels is not None
    for _, row in table.iterrows():
        cell = dataset.sample_ids.index(row["barcode"])
        assert row["label"] == dataset.label_names[dataset.labels[cell]]
        assert row["cluster"] == f"mode {latents.clusters[cell]}"
    assert table["distance"].is_monotonic_increasing


def test_moving_mu_moves_the_table_and_keeps_the_walk(cells: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("interpolate", run="cells", a="1", b="0", mu="0.0")
    before = neighbours_of(app)["barcode"].tolist()

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the walk is kept")

    monkeypatch.setattr("clustergan_core.cells.walks.walk_cells", fail)
    app.slider(key="mu").set_value(1.0).run()
    assert not app.error
    assert neighbours_of(app)["barcode"].tolist() != before


def test_without_the_data_the_genes_are_shown_and_real_cells_need_the_data(
    cells: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_latents(cells)
    monkeypatch.setattr(Run, "is_data_here", lambda self: False)
    app = open_page("interpolate", run="cells")
    assert not app.error
    said = texts(app)
    assert "Distances to real cells need the data" in said
    charts = [chart.proto.id for chart in app.get("plotly_chart")]
    assert len(charts) == 2, "genes, and which of them change, and nothing about distances"
    assert not any("walk-distance" in name for name in charts)


def test_one_run_shows_no_order_and_a_button_trains_the_two_seeds_that_it_lacks(cells: Run) -> None:
    cluster_as_planted(cells)
    app = open_page("interpolate", run="cells", b="0", a="1")
    assert not app.exception
    said = texts(app)
    assert "needs 3 independently trained runs" in said
    assert "Genes that change" in said
    assert not any("switch" in column for table in app.dataframe for column in table.value)
    app = app.button(key="train_ensemble").click().run()
    assert not app.exception
    others = [run for run in list_runs() if run != cells]
    assert sorted(run.config.seed for run in others) == [1, 2]
    assert all(run.config.settings == cells.config.settings for run in others)
    assert "2 more runs train or wait" in texts(app)


def test_three_runs_are_judged_and_the_page_tells_why_there_is_no_order(cells: Run) -> None:
    cluster_as_planted(cells)
    for seed in (1, 2):
        folder = shutil.copytree(cells.folder, cells.folder.parent / f"seed-{seed}")
        (folder / "config.json").write_text(cells.config.model_copy(update={"seed": seed}).model_dump_json())
    app = open_page("interpolate", run="cells", b="0", a="1")
    assert not app.exception
    assert "No path, only a difference" in texts(app), "the planted types are apart"
    assert not any(button.key == "train_ensemble" for button in app.button)
    table = next(table.value for table in app.dataframe if "runs_with_this_sign" in table.value)
    assert set(table["runs"]) == {3}


def test_one_cell_as_another_type_shows_what_the_generator_makes_of_its_own_z_n(cells: Run) -> None:
    app = open_page("interpolate", run="cells", view="One cell", sample="17", **{"as": "2"})
    assert not app.error
    assert app.text_input(key="cell_barcode").value == "BARCODE017-1"
    latents, dataset, method = run_latents(cells), cells.dataset(), cells.load()
    own = int(latents.clusters[17])
    scale = value_scale(dataset.preprocessing)
    expected = contrast_codes(method, scale, one_hot(3, own), one_hot(3, 2), latents.normal[17][None])
    table = app.dataframe[0].value.set_index("gene")
    assert table.loc["Gene3", "as mode 2"] == pytest.approx(
        expected.after[dataset.feature_names.index("Gene3")], abs=1e-3
    )
    real = scale.expression(dataset.samples[17])
    assert table.loc["Gene3", "real cell"] == pytest.approx(real[dataset.feature_names.index("Gene3")], abs=1e-3)


def test_a_counterfactual_has_its_range_over_seeds_that_have_both_types(cells: Run) -> None:
    cluster_as_planted(cells)
    alone = open_page("interpolate", run="cells", view="One cell", sample="0", **{"as": "2"})
    assert "needs runs with other seeds" in texts(alone)
    assert "lowest" not in alone.dataframe[0].value
    folder = shutil.copytree(cells.folder, cells.folder.parent / "seed-1")
    (folder / "config.json").write_text(cells.config.model_copy(update={"seed": 1}).model_dump_json())
    forget_ensembles()
    table = open_page("interpolate", run="cells", view="One cell", sample="0", **{"as": "2"}).dataframe[0].value
    assert (table["runs_that_agree"] == 2).all(), "a copy agrees with itself"
    assert np.allclose(table["lowest"], table["highest"])


def test_a_cell_is_found_by_its_barcode_and_a_wrong_one_is_named(cells: Run) -> None:
    app = open_page("interpolate", run="cells", view="One cell")
    app = app.text_input(key="cell_barcode").set_value("BARCODE042-1").run()
    assert app.query_params["sample"] == "42"
    app = app.text_input(key="cell_barcode").set_value("nobody").run()
    assert app.query_params["sample"] == "42"
    (error,) = app.error
    assert "no cell nobody" in error.value
    assert "BARCODE000-1, BARCODE001-1" in error.value, "what a barcode looks like"


def test_a_mixture_is_set_against_its_largest_mode(cells: Run) -> None:
    app = open_page("interpolate", run="cells", view="All modes", w0="0.2", w1="0.0", w2="0.6")
    assert not app.error
    table = app.dataframe[0].value.set_index("gene")
    assert {"mode 2", "the mixture"} <= set(table.columns)
    view = open_cells(cells)
    normals = many_normals(view.method.prior, FIRST_SEED)
    weights = tuple(Dial(f"w{mode}", f"Mode {mode}", 0, 1, value, 0) for mode, value in enumerate((0.2, 0.0, 0.6)))
    code = np.array([0.25, 0, 0.75], np.float32)
    strip = gene_fan(view, LatentPlace(view.method.prior, code, normals, weights), weights[0])
    step = weights[0].values().index(0.2)
    assert strip.said[step] == "z_c = 0.75 · mode 2 + 0.25 · mode 0"
    (curves,) = strip.charts
    shown = dict(zip(curves.names, curves.values[step], strict=True))
    assert shown == pytest.approx({gene: table.loc[gene, "the mixture"] for gene in shown}, abs=1e-3)
