"""The Clusters page: rows with names that are saved, markers, figures, other clusterings, and what needs the data."""

import shutil
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from streamlit.testing.v1 import AppTest

from clustergan_core.cells.markers import find_markers
from clustergan_core.runs import latents as latents_module
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters import subsets
from clustergan_core.runs.clusters.names import Annotations, annotations_path, read_annotations, write_annotations
from clustergan_core.runs.clusters.references import reference_clusterings
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs
from clustergan_core.scoring.latents import RunLatents
from tests.app.app_pages import open_page, texts, wait_for
from tests.small_cell_runs import train_cells, write_planted

PLANTED = np.arange(120) % 3  # genes 5k … 5k + 4 are high in group k


@pytest.fixture(autouse=True)
def _planted_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run, trained for a second, is taken to have found what was planted; the cells of group 2 are unsure."""
    read = latents_module.run_latents

    def planted(*arguments: object, **named: object) -> RunLatents:
        latents = read(*arguments, **named)  # type: ignore[arg-type] # passed on as they came
        if len(latents.clusters) != len(PLANTED):
            return latents
        confidence = np.where(PLANTED == 2, 0.5, 1).astype(np.float32)
        return replace(latents, clusters=PLANTED.astype(np.int64), confidence=confidence)

    monkeypatch.setattr(latents_module, "run_latents", planted)
    monkeypatch.setattr(subsets, "run_latents", planted)  # it may have been imported by now


def opened(**query: str) -> AppTest:
    app = open_page("clusters", **({"run": "cells"} | query))
    assert not app.exception
    return app


def table_with(app: AppTest, column: str) -> pd.DataFrame:
    (table,) = (frame.value for frame in app.dataframe if column in frame.value)
    return table


def name_of(app: AppTest, cluster: int) -> object:
    return app.text_input(key=f"name_cells_{cluster}").value


def test_every_cluster_has_a_row_with_its_figures_and_best_markers(cells: Run) -> None:
    app = opened()
    assert not app.error
    said = texts(app)
    markers = find_markers(run_matrix(cells), PLANTED)
    for cluster in range(3):
        best = markers[markers["cluster"] == cluster]["gene"].head(5)
        assert ", ".join(best) in said
        assert set(best) == {f"Gene{5 * cluster + place}" for place in range(5)}
    assert said.count("40 :gray[(33.3%)]") == 3
    assert "0.50" in said


def test_a_name_is_saved_at_once_and_can_be_undone(cells: Run) -> None:
    app = opened()
    app.text_input(key="name_cells_1").set_value("T cells").run()
    assert read_annotations(cells).names == {1: "T cells"}
    assert "Saved" in texts(app)
    app.text_input(key="note_cells_1").set_value("high in Gene5").run()
    assert read_annotations(cells).notes == {1: "high in Gene5"}

    write_annotations(cells, read_annotations(cells).with_name(2, "B cells"))  # as another tab would
    app.button(key="undo").click().run()
    assert read_annotations(cells) == Annotations().with_name(1, "T cells").with_name(2, "B cells")
    assert app.text_input(key="note_cells_1").value == ""
    assert name_of(app, 1) == "T cells"
    assert "Undone" in texts(app)
    assert not [button for button in app.button if button.key == "undo"], "one change can be undone"
    assert name_of(opened(), 1) == "T cells", "names are there when the page is opened again"


def test_a_name_that_cannot_be_kept_is_refused_and_nothing_is_lost(cells: Run) -> None:
    write_annotations(cells, Annotations().with_name(1, "T cells"))
    app = opened()
    app.text_input(key="name_cells_1").set_value("a\x1b[2Jb").run()
    assert "control character" in app.error[0].value
    assert read_annotations(cells).names == {1: "T cells"}


def test_a_refused_name_stays_in_its_field_with_the_reason_until_it_is_changed(cells: Run) -> None:
    app = opened()
    app.text_input(key="name_cells_0").set_value("2").run()
    assert [error.value for error in app.error] == [
        "The name 2 looks like the cluster with that number: add a word to it."
    ]
    assert name_of(app, 0) == "2"
    app.text_input(key="name_cells_1").set_value("B cells").run()
    assert "The name 2 looks like" in app.error[0].value and name_of(app, 0) == "2"
    assert "Not saved: the name of cluster 0." in texts(app)
    assert read_annotations(cells).names == {1: "B cells"}
    app.text_input(key="name_cells_0").set_value("type 2").run()
    assert not app.error and "Not saved" not in texts(app)
    assert read_annotations(cells).names == {0: "type 2", 1: "B cells"}


def test_blanks_around_a_name_are_dropped_and_it_is_said(cells: Run) -> None:
    app = opened()
    app.text_input(key="name_cells_1").set_value(" T  cell ").run()
    assert read_annotations(cells).names == {1: "T  cell"}
    assert "Saved as “T  cell”, without the blanks around it." in texts(app)
    assert name_of(app, 1) == "T  cell"
    assert "“T  cell” is written T cell" in texts(app), "beside the export"


def test_more_clusters_than_a_page_holds_are_shown_in_parts(cells: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.clusters.rows._N_ROWS", 2)
    app = opened()
    fields = [f"{what} of cluster {cluster}" for cluster in (0, 1) for what in ("Name", "Note")]
    assert [field.label for field in app.text_input] == fields
    assert app.selectbox(key="rows_of_3").options == ["1 to 2", "3 to 3"]
    app.selectbox(key="rows_of_3").set_value(2).run()
    app.text_input(key="name_cells_2").set_value("NK cells").run()
    assert read_annotations(cells).names == {2: "NK cells"}
    assert [field.label for field in app.text_input] == ["Name of cluster 2", "Note of cluster 2"]


def test_clusters_of_one_name_count_as_one_in_markers_figures_and_scores(cells: Run) -> None:
    app = opened()
    app.text_input(key="name_cells_0").set_value("blood").run()
    app.text_input(key="name_cells_2").set_value("blood").run()
    assert "Clusters 0, 2 now count as one, blood" in texts(app)
    assert app.selectbox(key="one_cluster").options == ["blood", "Cluster 1"]
    merged = find_markers(run_matrix(cells), np.where(PLANTED == 1, 1, 0).astype(np.int64))
    expected = merged[merged["cluster"] == 0].head(25)
    assert table_with(app, "log2_fold_change")["gene"].tolist() == expected["gene"].tolist()
    assert table_with(app, "ari_with_first")["clusters"].tolist()[0] == 2


def test_the_table_of_markers_is_of_the_chosen_cluster_and_length(cells: Run) -> None:
    app = opened(cluster="2", top="10")
    markers = find_markers(run_matrix(cells), PLANTED)
    own = markers[markers["cluster"] == 2].head(10)
    shown = table_with(app, "log2_fold_change")
    assert shown["gene"].tolist() == own["gene"].tolist()
    assert shown["fraction_out"].to_numpy() == pytest.approx(100 * own["fraction_out"].to_numpy())
    assert "exploratory" in texts(app)


def test_one_cluster_has_no_markers_and_the_rest_of_the_page_is_drawn(cells: Run) -> None:
    write_annotations(cells, Annotations().with_name(0, "all").with_name(1, "all").with_name(2, "all"))
    app = opened()
    assert [error.value for error in app.error] == [
        "Markers need two clusters, but cells's cells are in 1: choose others."
    ]
    assert table_with(app, "ari_with_first")["clusters"].iloc[0] == 1
    assert any("export-h5ad" in button.proto.id for button in app.get("download_button"))


def test_the_chosen_cluster_stays_chosen_when_it_gets_a_name_and_when_it_is_merged(cells: Run) -> None:
    app = opened(cluster="2")
    app.text_input(key="name_cells_2").set_value("NK cells").run()
    assert app.selectbox(key="one_cluster").value == 2
    assert app.selectbox(key="one_cluster").options == ["Cluster 0", "Cluster 1", "NK cells"]
    app.text_input(key="name_cells_1").set_value("NK cells").run()
    assert app.selectbox(key="one_cluster").value == 1, "the group it belongs to now"
    assert app.query_params["cluster"] == "1"


def test_an_address_that_asks_for_a_cluster_that_is_not_there_is_named(cells: Run) -> None:
    app = opened(cluster="7")
    assert "asks for cluster=7, but it can be 0, 1, 2; another is shown" in app.error[0].value
    assert app.selectbox(key="one_cluster").value == 0


def test_genes_of_all_clusters_are_the_best_of_each_or_a_list(cells: Run) -> None:
    app = opened(each="2", genes_as="Table")
    genes = table_with(app, "mean_expression")
    best = find_markers(run_matrix(cells), PLANTED, n_top=2)["gene"].tolist()
    assert genes[genes["cluster"] == "Cluster 0"]["gene"].tolist() == best
    assert len(app.get("plotly_chart")) == 1  # the contingency
    assert len(opened(each="2").get("plotly_chart")) == 2  # and the dot plot

    listed = opened(show="own list", genes="ENSG00000000007", genes_as="Table")
    assert not listed.error
    assert set(table_with(listed, "mean_expression")["gene"]) == {"ENSG00000000007"}


def test_a_gene_of_the_list_that_is_not_there_is_named(cells: Run) -> None:
    app = open_page("clusters", run="cells", show="own list", genes_as="Table", genes=["Gene3", "CD3D"])
    assert "asks for genes=CD3D, but cells has no gene of that symbol or id" in app.error[0].value
    assert set(table_with(app, "mean_expression")["gene"]) == {"Gene3"}


def test_other_clusterings_stand_beside_with_labels_without_and_with_another_column(cells: Run) -> None:
    app = opened()
    scores = table_with(app, "ari_with_first")
    others = reference_clusterings(cells, cells.dataset())
    assert scores["clustering"].tolist()[:3] == ["this run", "k-means, 3 clusters", "Leiden, resolution 1"]
    assert scores["ari_with_first"].tolist()[:3] == pytest.approx(
        [1, adjusted_rand_score(PLANTED, others.kmeans), adjusted_rand_score(PLANTED, others.leiden.clusters)]
    )
    assert scores["nmi"].iloc[0] == pytest.approx(1), "the labels are what was planted"

    assert app.selectbox(key="reference").options == ["label", "nothing", "donor"]
    app.selectbox(key="reference").set_value("nothing").run()
    assert "nmi" not in table_with(app, "ari_with_first")
    app.selectbox(key="reference").set_value("donor").run()
    donors = np.arange(120) % 2
    assert table_with(app, "ari_with_first")["ari"].iloc[0] == pytest.approx(adjusted_rand_score(donors, PLANTED))


def test_cells_of_some_clusters_are_clustered_again_by_one_button(cells: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustergan_core.runs.queue.backends.open_backend", lambda _: nullcontext(NoBackend()))
    app = opened()
    assert not any(button.key == "recluster_these" for button in app.button)
    app.multiselect(key="recluster").set_value([0, 2]).run()
    assert app.button(key="recluster_these").label == "Recluster 80 cells"
    wait_for(app, "About **")
    app.button(key="recluster_these").click().run()
    assert not app.error
    (run,) = [run for run in list_runs() if run.name != cells.name]
    options = run.config.dataset.options
    assert options.ids is not None
    listed = Path(options.ids).read_text().split()
    assert listed == [f"BARCODE{cell:03d}-1" for cell in range(120) if PLANTED[cell] != 1]
    assert run.config.dataset.n_samples == 80
    assert "Leiden" in run.config.notes[0], "how many is asked anew"
    assert app.title[0].value == "Train"


class NoBackend:
    """Takes a run and trains nothing."""

    def submit(self, runs: object) -> None: ...

    def poll(self) -> None: ...


@pytest.mark.parametrize(("threshold", "counts"), [("0.4", ["0", "0", "0"]), ("0.6", ["0", "0", "40"])])
def test_unsure_cells_are_those_below_the_chosen_confidence(cells: Run, threshold: str, counts: list[str]) -> None:
    app = opened(unsure=threshold)
    cells_of_rows = [markdown.value for markdown in app.markdown]
    places = [place for place, text in enumerate(cells_of_rows) if text.startswith("40 :gray")]
    assert [cells_of_rows[place + 2] for place in places] == counts  # cells, confidence, unsure


def test_without_its_file_the_page_names_clusters_and_says_what_is_missing(
    cells: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    latents_module.run_latents(cells, "all")
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    app = opened()
    assert "which is not on this machine" in app.info[0].value
    app.text_input(key="name_cells_0").set_value("B cells").run()
    assert read_annotations(cells).names == {0: "B cells"}
    assert not app.error


def test_a_damaged_file_of_names_is_never_written_over(cells: Run) -> None:
    annotations_path(cells).write_text("{")
    app = opened()
    assert "set it aside" in app.error[0].value
    app.text_input(key="name_cells_0").set_value("B cells").run()
    assert annotations_path(cells).read_text() == "{"
    app.button(key="set_aside").click().run()
    app.text_input(key="name_cells_0").set_value("NK cells").run()
    assert read_annotations(cells).names == {0: "NK cells"}


def test_columns_of_a_table_of_labels_colour_the_map_and_renamed_ones_are_told_beside_the_export(
    own_folders: Path,
) -> None:
    table = own_folders / "types.csv"
    names = [f"BARCODE{cell:03d}-1" for cell in range(120)]
    columns = {"barcode": names, "kind": np.array(["T", "B", "NK"])[PLANTED], "CD4/CD8": np.linspace(0, 1, 120)}
    pd.DataFrame(columns).to_csv(table, index=False)
    train_cells(own_folders / "runs" / "joined", write_planted(own_folders / "cells.h5ad"), labels=f"{table}:kind")
    said = texts(open_page("clusters", run="joined"))
    assert "Columns of types.csv go with the cells, matched by barcode (120 of 120)" in said
    assert "CD4/CD8 is called CD4" in said
    options = open_page("map", run="joined", layout="PCA").selectbox(key="colour").options
    assert {"CD4/CD8", "kind", "donor"} <= set(options)


@pytest.mark.usefixtures("own_copy")
def test_a_run_that_is_not_of_cells_leads_to_its_modes() -> None:
    app = open_page("clusters", run="digits")
    assert not app.exception and not app.error
    assert "not trained on cells" in app.info[0].value
    assert not app.dataframe


def test_the_page_opens_on_a_run_of_cells_and_lists_no_others(cells: Run, trained_runs: Path) -> None:
    shutil.copytree(trained_runs / "digits", cells.folder.parent / "digits")
    app = open_page("clusters")
    assert app.selectbox(key="run").value == "cells"
    assert "digits" not in app.selectbox(key="run").options
    assert "This run was not trained on cells" in texts(open_page("clusters", run="digits"))


def test_genes_are_shown_as_violins_and_on_the_map(cells: Run) -> None:
    app = opened()
    for kind, caption in (("Violins", "All violins are of one width"), ("Maps", "PCA of the latents, coloured by")):
        app.segmented_control(key="genes_as").set_value(kind).run()
        assert not app.exception and not app.error
        assert caption in texts(app)
    assert "Compute the UMAP on the Map page" in texts(app)
