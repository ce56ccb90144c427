"""Sweeps that papers report, and the rows they print."""

import pytest

from clustergan_core.methods import METHODS
from clustergan_core.runs.sweeps.presets import SWEEP_PRESETS, paper_rows, values_of


@pytest.mark.parametrize(
    ("n_labels", "expected"),
    [(10, (7, 9, 10, 11, 13)), (4, (3, 4, 5, 7)), (2, (2, 3, 5)), (None, (7, 9, 10, 11, 13))],
)
def test_k_keeps_table_3_s_distances_from_the_number_of_labels(n_labels: int | None, expected: tuple[int, ...]) -> None:
    assert values_of(SWEEP_PRESETS["k-robustness"], n_labels) == expected


def test_other_settings_keep_the_study_s_values() -> None:
    assert values_of(SWEEP_PRESETS["sigma"], 4) == (0.1, 0.5, 0.75, 1.0)


@pytest.mark.parametrize("name", SWEEP_PRESETS)
def test_every_preset_varies_a_setting_of_clustergan_and_a_paper_prints_it(name: str) -> None:
    preset = next(preset for preset in SWEEP_PRESETS.values() if preset.name == name)

    assert preset.setting in METHODS["clustergan"].Settings.model_fields
    assert all(set(row.figures) == set(preset.values) for row in paper_rows("mnist", preset.setting))


def test_table_3_is_printed_for_mnist_and_nothing_else() -> None:
    table, study = paper_rows("mnist", "n_clusters")
    assert dict(table.figures) == {7: 0.72, 9: 0.80, 10: 0.95, 11: 0.90, 13: 0.84}
    assert "Table 3" in table.source and "Li and Dama" in study.source
    assert paper_rows("digits", "n_clusters") == () == paper_rows("mnist", "width")
