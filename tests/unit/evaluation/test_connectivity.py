"""How far two groups touch among nearest neighbours, beside scanpy's PAGA."""

import numpy as np
import pytest

from clustergan_core.evaluation.neighbours import measure_links


def draw_line(seed: int = 0) -> np.ndarray:
    """400 samples along a line in ten dimensions."""
    generator = np.random.default_rng(seed)
    return (generator.uniform(0, 40, (400, 1)) + generator.normal(size=(400, 10))).astype(np.float32)


def test_groups_far_apart_do_not_touch_and_one_population_at_random_is_fully_connected() -> None:
    generator = np.random.default_rng(0)
    is_second = np.arange(400) >= 150
    cells = generator.normal(size=(400, 10)).astype(np.float32)
    assert measure_links(cells + 100 * is_second[:, None].astype(np.float32), is_second) == (0, 0)
    assert measure_links(cells, is_second)[1] == pytest.approx(1, abs=0.05)
    line = np.arange(300.0, dtype=np.float32)[:, None] * np.ones(3, np.float32)
    n_links, _ = measure_links(line, np.arange(300) >= 150)
    assert n_links == pytest.approx(15**2 / 4, rel=0.15), "two sides of the cut, up to seven steps away"


@pytest.mark.slow
def test_the_figure_is_near_that_of_paga() -> None:
    import scanpy

    for cut in (20, 35):
        line = draw_line()
        is_second = line.mean(axis=1) > cut
        cells = scanpy.AnnData(line)
        scanpy.pp.neighbors(cells, n_neighbors=15, use_rep="X", transformer="sklearn")
        cells.obs["group"] = np.where(is_second, "b", "a")
        cells.obs["group"] = cells.obs["group"].astype("category")
        scanpy.tl.paga(cells, groups="group")
        expected = cells.uns["paga"]["connectivities"].max()
        assert measure_links(line, is_second)[1] == pytest.approx(expected, abs=0.05)
