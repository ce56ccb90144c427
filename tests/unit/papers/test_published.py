"""The printed tables, against figures that were read from the papers' texts for this test alone."""

import pytest

from clustergan_core.data.registry import DATASETS
from clustergan_core.methods import METHODS
from clustergan_core.paper_tables.facts import PaperTable
from clustergan_core.paper_tables.published import PAPERS

TABLES = [(paper.name, table) for paper in PAPERS.values() for table in paper.tables]


def printed(paper: str, table: str, row: str, column: str) -> tuple[float | None, ...] | None:
    return PAPERS[paper].table(table).figures.get((row, column))


@pytest.mark.parametrize(
    ("place", "figures"),
    [
        (("clustergan", "table-1", "ClusterGAN", "MNIST"), (0.95, 0.89, 0.89)),
        (("clustergan", "table-1", "GAN + critic features", "10x_73k"), (0.33, 0.17, 0.07)),
        (("clustergan", "table-1", "DCN", "Pendigits"), (0.72, 0.69, 0.56)),
        (("clustergan", "table-1", "DCN", "Synthetic"), None),
        (("clustergan", "table-2", "InfoGAN", "Fashion"), (11.04,)),
        (("clustergan", "table-3", "ClusterGAN", "K = 7"), (0.72,)),
        (("nemgan", "table-i", "NEMGAN", "MNIST-5"), (0.96, 0.89, 0.89, 1.13)),
        (("nemgan", "table-i", "ClusterGAN", "MNIST-5"), None),
        (("nemgan", "table-ii", "NEMGAN", "CIFAR-2, 90:10"), (0.83, 0.26, 0.28, 32.86)),
        (("nemgan", "table-iii", "Class 3", "MNIST-5"), (0.419, 0.4)),
        (("li-dama", "table-1", "VAE + GMM", "MNIST"), (0.88, 0.79, 0.75)),
        (("li-dama", "table-5", "VAE + GMM", "Batch 1024"), (0.88, 0.79, 0.75)),
        (("li-dama", "table-6", "ClusterGAN", "50 dimensions"), (0.5768, 0.5098, 0.3356, 0.9041, 0.5702)),
    ],
)
def test_figures_are_those_of_the_papers(place: tuple[str, str, str, str], figures: tuple[float, ...] | None) -> None:
    assert printed(*place) == figures


@pytest.mark.parametrize(("paper", "table"), TABLES, ids=[f"{paper}-{table.name}" for paper, table in TABLES])
def test_every_figure_has_a_row_a_column_and_a_measure_that_exist(paper: str, table: PaperTable) -> None:
    rows, columns = {row.title for row in table.rows}, {column.title for column in table.columns}
    assert {row for row, _ in table.figures} <= rows and {column for _, column in table.figures} in (columns, set())
    assert all(len(cell) == len(table.measures) for cell in table.figures.values())
    for row in table.rows:
        assert row.method in METHODS or row.note
    for column in table.columns:
        assert column.dataset in DATASETS or column.note
        if column.masses:
            assert sum(map(float, column.masses.split())) == pytest.approx(1)
