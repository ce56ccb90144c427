"""Preparation in words, as after --prepare, in an address and in a run's config: from words to settings and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from clustergan_core.data.counts.settings import (
    N_GENES_OF_A_GENOME,
    PREPARATION_PRESETS,
    QUALITY_PRESETS,
    PreparationSettings,
    QualitySettings,
    quality_preset,
)
from clustergan_core.errors import SettingsError

OFF = "off"  # switches a rule off that the preset has on


def read_preparation(given: Mapping[str, Any], n_genes: int = N_GENES_OF_A_GENOME) -> PreparationSettings:
    """Settings from words: `preset` and `quality` name presets, thresholds of quality control stand by their names.

    `n_genes` of the file are what a preset's own thresholds go by; those in words are taken as they are.
    Raises SettingsError for an unknown name or an impossible value.
    """
    words = dict(given)
    start = _preset(PREPARATION_PRESETS, words.pop("preset", "default"), "preset")
    quality = str(words.pop("quality", nearest_preset(start.quality)))
    _preset(QUALITY_PRESETS, quality, "quality")
    rules = quality_preset(quality, n_genes)
    thresholds = {name: words.pop(name) for name in tuple(words) if name in QualitySettings.model_fields}
    thresholds |= {name: _switched_off(name) for name, value in thresholds.items() if value == OFF}
    unknown = [name for name in words if name not in PreparationSettings.model_fields]
    if unknown:
        known = ", ".join(["preset", "quality", *QualitySettings.model_fields, *_own_fields()])
        raise SettingsError(f"There is nothing named {unknown[0]} to prepare by: choose one of {known}.")
    try:
        rules = QualitySettings.model_validate(rules.model_dump() | thresholds)
        return PreparationSettings.model_validate(start.model_dump() | words | {"quality": rules})
    except ValidationError as error:
        problem = error.errors()[0]
        raise SettingsError(
            f"--prepare {problem['loc'][0]}={problem['input']} is not possible: {problem['msg']}."
        ) from error


def write_preparation(
    settings: PreparationSettings, quality: str = "", n_genes: int = N_GENES_OF_A_GENOME
) -> dict[str, str]:
    """The fewest words that give these settings, starting from the preset named `quality`, else the nearest one."""
    quality = quality or nearest_preset(settings.quality)
    default = PREPARATION_PRESETS["default"]
    words = {} if QUALITY_PRESETS[quality] == default.quality else {"quality": quality}
    words |= _differing(settings.quality, quality_preset(quality, n_genes), list(QualitySettings.model_fields))
    return words | _differing(settings, default, _own_fields())


def preset_of(given: Mapping[str, Any]) -> str:
    """The preset of quality control that these words start from."""
    return given.get("quality") or nearest_preset(PREPARATION_PRESETS[given.get("preset", "default")].quality)


def nearest_preset(rules: QualitySettings) -> str:
    """The preset of quality control from which the fewest thresholds differ."""
    names = list(QualitySettings.model_fields)
    return min(QUALITY_PRESETS, key=lambda preset: len(_differing(rules, QUALITY_PRESETS[preset], names)))


def _differing(settings: BaseModel, start: BaseModel, names: list[str]) -> dict[str, str]:
    pairs = {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(start, name)}
    return {name: _write(value) for name, value in pairs.items()}


def _write(value: Any) -> str:
    if value is None:
        return OFF
    return (
        f"{value:.10g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
    )


def _switched_off(name: str) -> int | None:
    """What switches a rule off: 0 where that is its default, else None."""
    return 0 if QualitySettings.model_fields[name].annotation is int else None


def _own_fields() -> list[str]:
    return [name for name in PreparationSettings.model_fields if name != "quality"]


def _preset(presets: Mapping[str, Any], name: object, what: str) -> Any:
    if name not in presets:
        raise SettingsError(f"There is no {what} named {name}: choose one of {', '.join(presets)}.")
    return presets[str(name)]
