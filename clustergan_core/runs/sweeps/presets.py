"""Sweeps that papers report, and the rows they print: Table 3 of ClusterGAN, Tables 6 to 9 of Li and Dama.

The figures are those of `paper_tables`. A row is shown only beside runs with the settings that its table states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from clustergan_core.paper_tables import clustergan, li_dama
from clustergan_core.paper_tables.facts import Measure, PaperTable

SweepPresetName = Literal["k-robustness", "z-size", "sigma", "batch-size"]

SCALED_RATES = ("learning_rate", "encoder_learning_rate")  # of the game, which the batch size is of


@dataclass(frozen=True)
class SweepPreset:
    """A setting and the values a paper gave it, with what else its table states."""

    name: SweepPresetName
    title: str
    setting: str
    values: tuple[Any, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)  # settings that differ from the paper's usual ones
    scales_rate: bool = False  # whether the learning rate is multiplied by batch size / the usual batch size


@dataclass(frozen=True)
class PaperRow:
    """A printed row: one score at each value of a setting."""

    source: str
    score: str  # the score of ours that it is compared with
    figures: Mapping[Any, float]
    fixed: Mapping[str, Any]  # the other settings of its table
    scales_rate: bool = False

    def is_comparable(self, settings: Mapping[str, Any], scales_rate: bool) -> bool:
        """Whether a sweep with these shared settings repeats the table's."""
        return scales_rate == self.scales_rate and all(settings.get(name) == self.fixed[name] for name in self.fixed)


_TABLES: dict[str, PaperTable] = {  # the study's table of each setting
    "n_normal": li_dama.TABLE_6,
    "sigma": li_dama.TABLE_7,
    "batch_size": li_dama.TABLE_8,
    "n_clusters": li_dama.TABLE_9,
}
_STUDIED = (li_dama.CLUSTER_ACCURACY, clustergan.NMI, clustergan.ARI)
_OF_TABLE_3 = MappingProxyType({"n_normal": 30, "sigma": 0.1, "batch_size": 64})  # ClusterGAN's settings for MNIST


def _values(setting: str) -> tuple[Any, ...]:
    """The values that a setting has in the study's table."""
    return tuple(column.settings[setting] for column in _TABLES[setting].columns)


SWEEP_PRESETS: dict[SweepPresetName, SweepPreset] = {
    "k-robustness": SweepPreset("k-robustness", "K (Table 3)", "n_clusters", _values("n_clusters")),
    "z-size": SweepPreset("z-size", "Size of z_n", "n_normal", _values("n_normal"), {"sigma": 0.75}),
    "sigma": SweepPreset("sigma", "σ of z_n", "sigma", _values("sigma")),
    "batch-size": SweepPreset("batch-size", "Batch size", "batch_size", _values("batch_size"), scales_rate=True),
}


def _row(table: PaperTable, measure: Measure, setting: str, paper: str, fixed: Mapping[str, Any]) -> PaperRow:
    """What a table prints in one measure at each value of a setting."""
    (row,) = table.rows
    printed = {column.settings[setting]: table.printed(row, column, measure) for column in table.columns}
    title = measure.title if measure.title.isupper() else measure.title.lower()
    return PaperRow(
        f"{paper}, {table.short} ({title}, {'best of five' if table.n_runs == 5 else 'single runs'})",
        measure.score,
        MappingProxyType({value: figure for value, figure in printed.items() if figure is not None}),
        fixed,
        scales_rate="learning_rate" in table.columns[0].settings,
    )


def _study_rows(setting: str) -> tuple[PaperRow, ...]:
    """Cluster accuracy, NMI and ARI of the study's table of a setting."""
    varied = (setting, "learning_rate")
    fixed = {name: value for name, value in _TABLES[setting].columns[0].settings.items() if name not in varied}
    return tuple(
        _row(_TABLES[setting], measure, setting, li_dama.PAPER.short, MappingProxyType(fixed)) for measure in _STUDIED
    )


def _mnist_rows(setting: str) -> tuple[PaperRow, ...]:
    first = [(clustergan.TABLE_3, clustergan.PURITY)] if setting == "n_clusters" else []
    rows = [_row(*what, setting, clustergan.PAPER.short, _OF_TABLE_3) for what in first]
    return (*rows, *_study_rows(setting))


def paper_rows(dataset: str, setting: str, settings: Mapping[str, Any], scales_rate: bool) -> tuple[PaperRow, ...]:
    """The rows that papers print for a data set and a setting, of tables whose other settings are these."""
    rows = _mnist_rows(setting) if dataset == "mnist" and setting in _TABLES else ()
    return tuple(row for row in rows if row.is_comparable(settings, scales_rate))


def values_of(preset: SweepPreset, n_labels: int | None) -> tuple[Any, ...]:
    """The preset's values; K depends on the number of labels L as in Table 3: L − 3, L − 1, L, L + 1, L + 3.

    Values below two clusters are left out.
    """
    if preset.setting != "n_clusters" or n_labels is None:
        return preset.values
    return tuple(k for k in (n_labels - 3, n_labels - 1, n_labels, n_labels + 1, n_labels + 3) if k >= 2)
