"""What presets set by the kind and shape of the data."""

import pytest

from clustergan_core.methods import METHODS
from clustergan_core.preset import PresetName

WASSERSTEIN = ("wgan-gp", "clustergan", "nemgan", "nemgan-labelled")


@pytest.mark.parametrize("method", WASSERSTEIN)
@pytest.mark.parametrize("preset", ["quick", "default"])
def test_on_points_of_the_plane_the_critic_is_sharp_and_the_generator_has_no_batch_statistics(
    method: str, preset: PresetName
) -> None:
    facts = METHODS[method]
    plane = facts.Settings.model_validate(facts.find_preset(preset, "ring-8", "table", (2,)).settings).model_dump()
    assert (plane["architecture"], plane["penalty_weight"], plane["learning_rate"]) == ("mlp", 0.1, 1e-4)
    table = facts.Settings.model_validate(facts.find_preset(preset, "pendigits", "table", (16,)).settings).model_dump()
    assert (table["architecture"], table["penalty_weight"], table["learning_rate"]) == ("auto", 10.0, 5e-4)
    assert table["batch_size"] == 64


@pytest.mark.parametrize("method", WASSERSTEIN)
def test_the_papers_own_settings_are_the_same_in_the_plane(method: str) -> None:
    facts = METHODS[method]
    settings = facts.Settings.model_validate(facts.find_preset("paper", "ring-8", "table", (2,)).settings).model_dump()
    assert (settings["architecture"], settings["penalty_weight"]) == ("auto", 10.0)
