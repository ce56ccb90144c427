"""Preparation settings as text, as --prepare, an address and a run's config hold them, to models and back."""

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
    """Settings from text: `preset` and `quality` name presets; all other names are those of the settings.

    A preset's own thresholds are scaled to the file's `n_genes`; given ones are used as they are.
    Raises SettingsError for an unknown name or an impossible value.
    """
    values = dict(given)
    start = _preset(PREPARATION_PRESETS, values.pop("preset", "default"), "preset")
    quality = str(values.pop("quality", nearest_preset(start.quality)))
    _preset(QUALITY_PRESETS, quality, "quality")
    rules = quality_preset(quality, n_genes)
    thresholds = {name: values.pop(name) for name in tuple(values) if name in QualitySettings.model_fields}
    thresholds |= {name: _switched_off(name) for name, value in thresholds.items() if value == OFF}
    unknown = [name for name in values if name not in PreparationSettings.model_fields]
    if unknown:
        names = ", ".join(["preset", "quality", *QualitySettings.model_fields, *_own_fields()])
        raise SettingsError(f"There is no preparation setting named {unknown[0]}: choose one of {names}.")
    try:
        rules = QualitySettings.model_validate(rules.model_dump() | thresholds)
        return PreparationSettings.model_validate(start.model_dump() | values | {"quality": rules})
    except ValidationError as error:
        problem = error.errors()[0]
        raise SettingsError(
            f"--prepare {problem['loc'][0]}={problem['input']} is not possible: {problem['msg']}."
        ) from error


def write_preparation(
    settings: PreparationSettings, quality: str = "", n_genes: int = N_GENES_OF_A_GENOME
) -> dict[str, str]:
    """The fewest values that give these settings, starting from the preset named `quality`, else the nearest one."""
    quality = quality or nearest_preset(settings.quality)
    default = PREPARATION_PRESETS["default"]
    values = {} if QUALITY_PRESETS[quality] == default.quality else {"quality": quality}
    values |= _differing(settings.quality, quality_preset(quality, n_genes), list(QualitySettings.model_fields))
    return values | _differing(settings, default, _own_fields())


def preset_of(given: Mapping[str, Any]) -> str:
    """The quality control preset that these values start from."""
    return given.get("quality") or nearest_preset(PREPARATION_PRESETS[given.get("preset", "default")].quality)


def nearest_preset(rules: QualitySettings) -> str:
    """The quality control preset from which the fewest thresholds differ."""
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


def _switched_off(name: str) -> int | float | str | None:
    """The value that switches a rule off: OFF for words, 0 for whole numbers that cannot be None, else None.

    A rate, which no rule is without, keeps its default.
    """
    field = QualitySettings.model_fields[name]
    if field.default == OFF or field.annotation is float:
        return field.default
    return 0 if field.annotation is int else None


def _own_fields() -> list[str]:
    return [name for name in PreparationSettings.model_fields if name != "quality"]


def _preset(presets: Mapping[str, Any], name: object, what: str) -> Any:
    if name not in presets:
        raise SettingsError(f"There is no {what} named {name}: choose one of {', '.join(presets)}.")
    return presets[str(name)]
