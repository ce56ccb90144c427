"""The recorded preprocessing steps as they are stored in JSON: `Step` is any of them, told apart by `step`.

`preprocessing` applies those of images and tables, `counts.steps` those of count matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict


class Divide(TypedDict):
    """Values divided by the largest possible one."""

    step: Literal["divide"]
    by: float


class ScaleRange(TypedDict):
    """All values scaled from [minimum, maximum] to [0, 1]."""

    step: Literal["scale_range"]
    minimum: float
    maximum: float


class ScaleColumns(TypedDict):
    """Each column scaled from its [minimum, maximum] to [0, 1].

    `n_outliers` has the columns of which an end is a quantile, with how many values lie far beyond it.
    """

    step: Literal["scale_columns"]
    columns: NotRequired[list[str]]
    minimum: list[float]
    maximum: list[float]
    n_outliers: NotRequired[dict[str, int]]


class FillMissing(TypedDict):
    """Gaps in some columns filled with the training medians."""

    step: Literal["fill_missing"]
    columns: list[str]
    values: list[float]
    n_missing: list[int]


class Resize(TypedDict):
    """Images resized."""

    step: Literal["resize"]
    height: int
    width: int


class PictureRange(TypedDict):
    """The values of grey of more than 8 bits that became black and white when pictures were read."""

    step: Literal["picture_range"]
    minimum: float
    maximum: float


class SampleIds(TypedDict):
    """The column that names the samples."""

    step: Literal["sample_ids"]
    column: str


class DropColumns(TypedDict):
    """Columns that are not features."""

    step: Literal["drop_columns"]
    columns: list[str]
    reason: str


class KeepRows(TypedDict):
    """Rows chosen by the values of columns."""

    step: Literal["keep_rows"]
    only: dict[str, list[str]]
    drop: dict[str, list[str]]
    n_kept: int
    n_rows: int


class KeepIds(TypedDict):
    """Samples chosen by a file of ids."""

    step: Literal["keep_ids"]
    file: str
    n_kept: int
    n_rows: int


class Note(TypedDict):
    """A sentence on where labels come from, or on anything else."""

    step: Literal["labels", "note"]
    text: str


class QualityRule(TypedDict):
    """What one rule of quality control removed."""

    rule: str
    removes: Literal["cells", "genes"]
    n_removed: int
    n_left: int
    skipped: NotRequired[str]


class QualitySample(TypedDict):
    """What quality control left of one of several samples."""

    name: str
    n_cells: int
    n_cells_left: int
    n_doublets: NotRequired[int]


class Quality(TypedDict):
    """Quality control of cells and genes."""

    step: Literal["quality"]
    settings: dict[str, Any]
    rules: list[QualityRule]
    n_cells: int
    n_cells_left: int
    n_genes: int
    n_genes_left: int
    samples: NotRequired[list[QualitySample]]
    n_doublets: NotRequired[int]  # called doublets, whether removed or not


class ExpressionValues(TypedDict):
    """The state of the matrix, and the part of the file it was read from."""

    step: Literal["expression_values"]
    state: Literal["raw", "log", "normalised", "scaled"]
    part: str


class NormaliseTotals(TypedDict):
    """Each cell's counts scaled to a total over all `n_genes` of its file."""

    step: Literal["normalise_totals"]
    target: float
    n_genes: int


class Log(TypedDict):
    """The logarithm of 1 + value."""

    step: Literal["log"]
    base: Literal[2, "e"]


class SelectGenes(TypedDict):
    """The genes that are features, by id and symbol."""

    step: Literal["select_genes"]
    by: Literal["variance", "hvg", "all"]
    n_considered: int
    ids: list[str]
    symbols: list[str]
    n_samples: NotRequired[int]  # where genes were ranked within several samples
    n_cycle_left_out: NotRequired[int]  # genes of the cell cycle that could not be chosen


class StandardiseGenes(TypedDict):
    """Each gene less its mean, over its standard deviation, clipped."""

    step: Literal["standardise_genes"]
    means: list[float]
    deviations: list[float]
    clip: float


class ScaleBy(TypedDict):
    """Values divided by a number."""

    step: Literal["scale_by"]
    by: float


Step = (
    Divide
    | ScaleRange
    | ScaleColumns
    | FillMissing
    | Resize
    | PictureRange
    | SampleIds
    | DropColumns
    | KeepRows
    | KeepIds
    | Note
    | Quality
    | ExpressionValues
    | NormaliseTotals
    | Log
    | SelectGenes
    | StandardiseGenes
    | ScaleBy
)


def describe_skipped_rules(steps: Sequence[Step]) -> tuple[str, ...]:
    """One sentence for each rule of quality control that was asked for and could not be applied."""
    return tuple(
        f"Quality control removed no {rule['removes']} by '{rule['rule']}', because {reason}."
        for step in steps
        if step["step"] == "quality"
        for rule in step["rules"]
        if (reason := rule.get("skipped"))
    )
