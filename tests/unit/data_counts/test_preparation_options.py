"""Preparation in words: every setting can be said, and the fewest words say it."""

import pytest

from clustergan_core.data.counts.preparation_options import nearest_preset, read_preparation, write_preparation
from clustergan_core.data.counts.settings import (
    PREPARATION_PRESETS,
    QUALITY_PRESETS,
    PreparationSettings,
    QualitySettings,
)
from clustergan_core.errors import SettingsError


def test_a_rule_of_a_preset_is_switched_off_by_a_word() -> None:
    rules = read_preparation({"quality": "classic", "max_genes": "off", "min_cells": "off"}).quality
    assert (rules.min_genes, rules.max_genes, rules.min_cells, rules.max_mito_share) == (200, None, 0, 0.05)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (PreparationSettings(), {}),
        (PREPARATION_PRESETS["paper"], {"quality": "paper", "n_genes": "720", "transform": "paper"}),
        (PreparationSettings(quality=QUALITY_PRESETS["MAD"]), {"quality": "MAD"}),
        (
            PreparationSettings(quality=QualitySettings(min_genes=300, max_mito_share=0.2), selection="hvg"),
            {"min_genes": "300", "max_mito_share": "0.2", "selection": "hvg"},
        ),
        (PreparationSettings(standardise=True, target=1e4), {"standardise": "true", "target": "10000"}),
        (
            PreparationSettings(quality=QualitySettings(min_genes=200, max_mito_share=0.05)),
            {"quality": "classic", "max_genes": "off"},
        ),
    ],
)
def test_settings_are_written_in_the_fewest_words_and_read_back(
    settings: PreparationSettings, words: dict[str, str]
) -> None:
    assert write_preparation(settings) == words
    assert read_preparation(words) == settings


def test_words_start_from_the_preset_that_was_chosen() -> None:
    settings = read_preparation({"quality": "classic", "min_genes": "100"})
    assert write_preparation(settings, "classic") == {"quality": "classic", "min_genes": "100"}
    assert nearest_preset(settings.quality) == "classic"
    assert [nearest_preset(rules) for rules in QUALITY_PRESETS.values()] == list(QUALITY_PRESETS)


def test_a_word_that_is_no_threshold_is_told() -> None:
    with pytest.raises(SettingsError, match=r"--prepare n_genes=off is not possible"):
        read_preparation({"n_genes": "off"})
