"""The Map page of cells: by gene, by the names of clusters, by doubt, and two selections compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.cells.markers import compare_selections
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters.names import (
    Annotations,
    annotations_path,
    read_annotations,
    write_annotations,
)
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, MapWorker
from clustergan_core.runs.run import Run
from tests.app.app_pages import PROJECT, open_page, texts
from ui.canvas_map import MapEvent


class SeenMap:
    """What the page gave the canvas, and what a person is to have selected there."""

    def __init__(self) -> None:
        self.named: dict[str, object] = {}
        self.groups = np.zeros(0, dtype=np.int64)
        self.values: np.ndarray | None = None
        self.selection: np.ndarray | None = None


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> SeenMap:
    seen = SeenMap()

    def watch(coordinates: np.ndarray, groups: np.ndarray, values: np.ndarray | None, **named: object) -> MapEvent:
        seen.groups, seen.values, seen.named = groups, values, named
        return MapEvent(seen.selection, clicked=None)

    monkeypatch.setattr("ui.map.plot.canvas_map", watch)
    return seen


@pytest.fixture
def mapped(cells: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The run with a finished UMAP of all cells, whose coordinates are two of the latents' dimensions."""
    monkeypatch.setattr(MapWorker, "submit", lambda *_: None)
    settings = MapSettings.model_validate({"algorithm": "umap"})
    features = MapRequest(cells, settings, "all").features(cells.load(), run_latents(cells, "all"))
    FittedMap(features, features[:, :2], settings).save(cells.embeddings_folder())
    return cells


def opened(**query: str) -> AppTest:
    app = open_page("map", run="cells", **query)
    assert not app.exception
    return app


@pytest.mark.parametrize("asked", ["Gene7", "gene7", "ENSG00000000007"])
def test_a_gene_in_the_address_colours_the_map_by_its_expression(mapped: Run, seen: SeenMap, asked: str) -> None:
    app = opened(gene=asked)
    assert not app.error
    assert app.selectbox(key="colour").value == "gene"
    assert seen.values is not None
    expected = log1p_normalised(run_matrix(mapped)).toarray()[:, 7]
    assert seen.values == pytest.approx(expected, rel=1e-6)
    assert seen.named["is_zero_grey"] is True
    assert seen.named["values_name"] == asked


def test_a_gene_that_is_not_there_is_named_and_the_map_is_drawn(mapped: Run, seen: SeenMap) -> None:
    app = opened(gene="CD3D", colour="gene")
    assert [error.value for error in app.error] == [
        "The address asks for gene=CD3D, but cells has no gene of that symbol or id; the default is shown."
    ]
    assert seen.values is None and len(seen.groups) == 120


def test_a_typed_gene_that_is_not_there_is_named(mapped: Run, seen: SeenMap) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).switch_page("pages/map.py")
    app.session_state["gene"] = "*CD3D*"
    app.query_params["run"], app.query_params["colour"] = "cells", "gene"
    app.run()
    (error,) = app.error
    assert r"no gene \*CD3D\*: type" in error.value
    assert app.selectbox(key="gene").value is None and seen.values is None


def test_every_gene_can_be_chosen_by_symbol(mapped: Run, seen: SeenMap) -> None:
    app = opened(colour="gene")
    assert app.selectbox(key="gene").options == [f"Gene{gene}" for gene in range(60)]
    app.selectbox(key="gene").set_value("Gene12").run()
    assert not app.exception and not app.error
    assert seen.named["values_name"] == "Gene12"


def test_a_map_of_cells_can_be_coloured_by_all_that_is_known_of_them(mapped: Run) -> None:
    app = opened()
    offered = app.selectbox(key="colour").options
    own = ["cluster name", "unsure cells", "gene", "cell-cycle phase", "k-means", "Leiden"]
    figures = ["total counts", "genes detected"]
    assert {"cluster number", "label", "confidence", "donor", "age", *own, *figures} == set(offered)
    for name in offered:
        app.selectbox(key="colour").set_value(name).run()
        assert not app.exception and not app.error


def test_clusters_of_one_name_have_one_colour_and_hovering_names_barcode_and_cluster(
    mapped: Run, seen: SeenMap
) -> None:
    write_annotations(mapped, Annotations().with_name(0, "T cells").with_name(2, "T cells"))
    opened(colour="cluster name")
    clusters = run_latents(mapped, "all").clusters
    assert seen.named["group_names"] == ["T cells", "Cluster 1"]
    assert seen.named["group_colours"] == mode_colours(3)[:2]
    assert seen.groups.tolist() == np.where(clusters == 1, 1, 0).tolist()
    texts_shown = seen.named["hover_text"]
    assert isinstance(texts_shown, list)
    assert texts_shown[3] == f"Cell BARCODE003-1 · {'Cluster 1' if clusters[3] == 1 else 'T cells'}"


def test_unsure_cells_keep_their_colour_and_the_others_recede(mapped: Run, seen: SeenMap) -> None:
    latents = run_latents(mapped, "all")
    threshold = float(np.round(np.median(latents.confidence), 2))
    app = opened(colour="unsure cells", unsure=str(threshold))
    is_unsure = latents.confidence < app.slider(key="unsure").value
    assert seen.groups.tolist() == np.where(is_unsure, latents.clusters, 3).tolist()
    assert f"{int(is_unsure.sum())} of 120 cells on the map" in texts(app)


def test_without_its_file_the_page_says_that_genes_are_missing(mapped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    app = opened(gene="Gene3")
    assert not app.error
    assert "labels, genes, k-means and Leiden are missing" in texts(app)
    assert app.selectbox(key="colour").options == ["cluster number", "cluster name", "unsure cells", "confidence"]


def test_names_that_cannot_be_read_are_told_of_and_can_be_set_aside(mapped: Run) -> None:
    path: Path = annotations_path(mapped)
    path.write_text("{")
    app = opened()
    assert "restore that file, or set it aside" in app.error[0].value
    app.button(key="set_aside").click().run()
    assert not app.error
    assert (path.parent / "annotations-set-aside-1.json").read_text() == "{"


# --- two selections -------------------------------------------------------------------------------------------------


def compared(app: AppTest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables of genes: more in A, and more in what A is compared with."""
    tables = [frame.value for frame in app.dataframe if "log2_fold_change" in frame.value]
    assert len(tables) == 2
    return tables[0], tables[1]


def test_two_selections_drawn_on_the_map_are_kept_and_compared(mapped: Run, seen: SeenMap) -> None:
    planted = np.arange(120) % 3  # genes 5k … 5k + 4 are high in group k
    seen.selection = np.flatnonzero(planted == 0)
    app = opened()
    app.button(key="keep_A").click().run()
    assert "**A**: 40 cells, drawn on the map" in texts(app)
    more, less = compared(app)
    assert set(more["gene"].head(5)) == {f"Gene{gene}" for gene in range(5)}, "A alone is compared with all others"
    expected = compare_selections(run_matrix(mapped), planted == 0, planted != 0)
    assert less["gene"].tolist() == expected["gene"].tolist()[::-1]

    seen.selection = np.flatnonzero(planted == 2)
    app.run()
    app.button(key="keep_B").click().run()
    assert "**B**: 40 cells" in texts(app)
    more, less = compared(app)
    expected = compare_selections(run_matrix(mapped), planted == 0, planted == 2)
    assert more["gene"].tolist() == expected["gene"].tolist()
    assert more["fraction_in"].tolist() == pytest.approx((100 * expected["fraction_in"]).tolist())
    assert set(less["gene"].head(5)) == {f"Gene{gene}" for gene in range(10, 15)}
    assert "exploratory" in texts(app)

    seen.selection = None
    app.selectbox(key="colour").set_value("confidence").run()
    assert "**A**: 40 cells" in texts(app), "a selection survives that of the map"
    app.button(key="clear_B").click().run()
    app.button(key="clear_A").click().run()
    assert not [button for button in app.button if button.key in ("clear_A", "clear_B")]
    assert not [frame for frame in app.dataframe if "log2_fold_change" in frame.value]


def test_selections_can_be_made_of_clusters_without_a_mouse(mapped: Run, seen: SeenMap) -> None:
    write_annotations(mapped, Annotations().with_name(1, "T cells").with_name(2, "T cells"))
    clusters = run_latents(mapped, "all").clusters
    app = opened()
    assert app.multiselect(key="clusters_A").options == ["Cluster 0", "T cells"]
    app.multiselect(key="clusters_A").set_value([1]).run()
    assert f"**A**: {int((clusters != 0).sum())} cells, of T cells" in texts(app)
    more, _ = compared(app)
    expected = compare_selections(run_matrix(mapped), clusters != 0, clusters == 0)
    assert more["gene"].tolist() == expected["gene"].tolist()


def test_a_gene_set_of_ones_own_is_compared_with_the_genes_of_a_selection(mapped: Run, seen: SeenMap) -> None:
    app = opened()
    app.multiselect(key="clusters_A").set_value([0]).run()
    best = next(frame.value for frame in app.dataframe if "gene" in frame.value)["gene"].tolist()[:3]
    app.text_area(key="gene_set").set_value(f"{' '.join(best)}, NOGENE").run()
    assert not app.error
    assert "**3 of 3 genes** of the set are among the" in texts(app)
    assert "Not tested, 1: NOGENE." in texts(app)
    app.text_area(key="gene_set").set_value("NOGENE").run()
    assert "None of the set's genes (NOGENE) was tested" in app.error[0].value


def test_selections_that_overlap_are_told_of(mapped: Run, seen: SeenMap) -> None:
    seen.selection = np.arange(50)
    app = opened()
    app.button(key="keep_A").click().run()
    app.button(key="keep_B").click().run()
    assert [error.value for error in app.error] == [
        "Selections A and B share 50 cells: choose selections without common cells."
    ]


def test_a_selection_is_split_off_under_a_name_and_put_back(mapped: Run, seen: SeenMap) -> None:
    model = run_latents(mapped, "all").clusters
    seen.selection = np.arange(40)
    app = opened(colour="cluster number")
    app.button(key="split_off").click().run()
    assert "40 cells leave their clusters" in texts(app)
    app.text_input(key="dialog_text").set_value("2")
    app.button(key="dialog_yes").click().run()
    assert not read_annotations(mapped).splits, "a name that looks like another cluster is refused"

    app.button(key="split_off").click().run()
    app.text_input(key="dialog_text").set_value("Doublets")
    app.button(key="dialog_yes").click().run()
    assert not app.exception
    assert [split.cells for split in read_annotations(mapped).splits] == [tuple(range(40))]
    assert app.selectbox(key="colour").value == "cluster name", "what was split off is seen"
    assert seen.named["group_names"] == ["Cluster 0", "Cluster 1", "Cluster 2", "Doublets"]
    assert seen.groups.tolist() == [3] * 40 + model[40:].tolist()
    assert not opened(colour="cluster number").error
    assert seen.groups.tolist() == model.tolist(), "numbers stay the model's"

    app.button(key="undo_split").click().run()
    assert not read_annotations(mapped).splits
    assert seen.groups.tolist() == model.tolist()
