"""Sweeps that papers report, and the rows they print."""

import pytest

from clustergan_core.errors import SettingsError
from clustergan_core.methods import METHODS
from clustergan_core.runs.sweeps.plan import plan_sweep
from clustergan_core.runs.sweeps.presets import SWEEP_PRESETS, paper_rows, values_of
from clustergan_core.runs.sweeps.sweep import folder_for
from tests.small_runs import small_config


@pytest.mark.parametrize(
    ("n_labels", "expected"),
    [(10, (7, 9, 10, 11, 13)), (4, (3, 4, 5, 7)), (2, (2, 3, 5)), (None, (7, 9, 10, 11, 13))],
)
def test_k_keeps_table_3_s_distances_from_the_number_of_labels(n_labels: int | None, expected: tuple[int, ...]) -> None:
    assert values_of(SWEEP_PRESETS["k-robustness"], n_labels) == expected


def test_other_settings_keep_the_study_s_values() -> None:
    assert values_of(SWEEP_PRESETS["sigma"], 4) == (0.1, 0.5, 0.75, 1.0)


MNIST = {"n_clusters": 10, "n_normal": 30, "sigma": 0.1, "batch_size": 64}


@pytest.mark.parametrize("name", SWEEP_PRESETS)
def test_every_preset_varies_a_setting_of_clustergan_and_a_paper_prints_it(name: str) -> None:
    preset = next(preset for preset in SWEEP_PRESETS.values() if preset.name == name)
    rows = paper_rows("mnist", preset.setting, {**MNIST, **preset.fixed}, preset.scales_rate)
    assert preset.setting in METHODS["clustergan"].Settings.model_fields
    assert rows and all(set(row.figures) == set(preset.values) for row in rows)


def test_table_3_is_printed_for_mnist_and_nothing_else() -> None:
    table, *study = paper_rows("mnist", "n_clusters", MNIST, False)
    assert dict(table.figures) == {7: 0.72, 9: 0.80, 10: 0.95, 11: 0.90, 13: 0.84}
    assert "Table 3" in table.source and table.score == "purity"
    assert [row.score for row in study] == ["cluster_accuracy", "nmi", "ari"], "like is compared with like"
    assert all("Li and Dama, Table 9" in row.source for row in study)
    assert paper_rows("digits", "n_clusters", MNIST, False) == () == paper_rows("mnist", "width", MNIST, False)


def test_a_table_is_not_shown_beside_runs_with_other_settings() -> None:
    """Table 6 of the study varies the size of z_n at a spread of 0.75, Table 8 scales the rate with the batch."""
    assert paper_rows("mnist", "n_normal", MNIST, False) == ()
    assert paper_rows("mnist", "n_normal", MNIST | {"sigma": 0.75}, False)[0].figures[50] == 0.5768
    assert paper_rows("mnist", "batch_size", MNIST, False) == ()
    assert paper_rows("mnist", "batch_size", MNIST, True)[0].figures[1024] == 0.3842


def test_the_learning_rate_follows_the_batch_size_as_in_table_8() -> None:
    config = small_config(batch_size=64, learning_rate=1e-4)
    plan = plan_sweep(config, {"batch_size": (32, 64, 1024)}, (0,), scales_rate=True)
    rates = [plan.config_of(point).settings["learning_rate"] for point in plan.points()]
    assert rates == pytest.approx([0.5e-4, 1e-4, 16e-4])
    assert "--scale-rate" in plan.command()
    assert folder_for(plan) != folder_for(plan.model_copy(update={"scales_rate": False}))
    with pytest.raises(SettingsError, match="only where that varies"):
        plan_sweep(config, {"sigma": (0.1, 0.2)}, (0,), scales_rate=True)
