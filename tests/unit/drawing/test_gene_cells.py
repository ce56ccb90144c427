"""Violins and maps of genes hold every cell's own value, and say where their colours end."""

from typing import Any, cast

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.gene_cells import gene_maps_figure, violin_figure

VALUES = np.array([[0, 1], [2, 0], [3, 4], [0, 0]], dtype=np.float32)  # four cells, two genes
GROUPS = np.array([0, 0, 1, -1])
GENES = ["CD3D", "<b>LYZ"]


def traces(figure: go.Figure) -> list[Any]:
    return list(cast(Any, figure).data)


def test_a_violin_holds_the_cells_of_its_cluster_and_no_others() -> None:
    violins = traces(violin_figure(VALUES, GROUPS, GENES, ["T cells", "B cells"], ["#3f90da", "#bd1f01"]))
    assert [(violin.name, violin.y.tolist()) for violin in violins] == [
        ("T cells", [0, 2]), ("B cells", [3]), ("T cells", [1, 0]), ("B cells", [4]),
    ]  # fmt: skip


def test_a_map_holds_every_cell_with_the_highest_on_top() -> None:
    places = np.arange(8, dtype=np.float32).reshape(4, 2)
    figure = gene_maps_figure(places, VALUES, GENES)
    first, second = traces(figure)
    assert first.marker.color.tolist() == [0, 0, 2, 3] and second.marker.color.tolist() == [0, 0, 1, 4]
    assert first.x.tolist() == [0, 6, 2, 4] and first.y.tolist() == [1, 7, 3, 5]
    assert first.marker.cmax == pytest.approx(np.percentile(VALUES[:, 0], 99))
    titles = [note.text for note in cast(Any, figure).layout.annotations]
    assert titles == ["CD3D (0 … 2.97)", "&lt;b&gt;LYZ (0 … 3.91)"]
