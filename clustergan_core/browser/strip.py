"""Every step of a walk as bytes: what the browser shows while the handle moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clustergan_core.browser.charts import Chart
from clustergan_core.drawing.pictures.bitmaps import to_bytes
from clustergan_core.drawing.pictures.tabular import is_pen_stroke

N_STEPS = 101  # μ in hundredths

Form = Literal["pixels", "profile", "stroke"]


@dataclass(frozen=True)
class Strip:
    """The samples, codes and figures of N steps from one end of a walk to the other."""

    form: Form | None  # None where figures alone are drawn
    samples: NDArray[np.uint8]  # pixels (N, R, C, H, W, channels); rows of a table (N, R, C, F)
    codes: NDArray[np.uint8] | None = None  # (N, K) probabilities × 255; None where no code is read
    reads: NDArray[np.uint16] | None = None  # (N,) the most probable mode, by the probabilities themselves
    charts: tuple[Chart, ...] = ()
    said: tuple[str, ...] = ()  # (N,) a sentence on each step; without it the page tells the code
    rows: tuple[tuple[str, str], ...] = ()  # name and colour of each of the R rows
    columns: tuple[str, ...] = ()  # names of the C columns
    marked: tuple[int, ...] = ()  # (N,) the column that stands out at each step
    alt: str = "Generated sample"

    @property
    def n_steps(self) -> int:
        """How many steps there are."""
        return len(self.samples) if self.form else len(self.charts[0].values)

    @property
    def grid(self) -> tuple[int, int]:
        """How many samples a step has, in rows and columns."""
        return (self.samples.shape[1], self.samples.shape[2]) if self.form else (1, 1)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a sample; what is drawn is square."""
        return (self.samples.shape[3], self.samples.shape[4]) if self.form == "pixels" else (1, 1)

    def sections(self) -> dict[str, bytes]:
        """The arrays by name, as the browser reads them."""
        sections = {"samples": self.samples.tobytes()}
        if self.codes is not None and self.reads is not None:
            sections |= {"codes": self.codes.tobytes(), "reads": self.reads.astype("<u2").tobytes()}
        for number, chart in enumerate(self.charts):
            sections |= {f"chart-{number}{name}": content for name, content in chart.sections().items()}
        return sections

    def parts(self, n_steps: int) -> Iterator[dict[str, bytes]]:
        """The sections with the samples of `n_steps` steps at a time, so that a strip that grows is not sent again."""
        yield replace(self, samples=self.samples[:n_steps]).sections()
        for start in range(n_steps, len(self.samples), n_steps):
            yield {"samples": self.samples[start : start + n_steps].tobytes()}


def make_strip(
    samples: NDArray[np.float32], codes: NDArray[np.float32] | None, feature_names: tuple[str, ...] = ()
) -> Strip:
    """The strip of samples (N, *shape) in [0, 1] and their codes (N, K), each rounded to 1/255."""
    strip = make_grids(samples[:, None, None], feature_names)
    if codes is None:
        return strip
    return replace(strip, codes=to_levels(codes), reads=codes.argmax(axis=1).astype(np.uint16))


def make_grids(
    samples: NDArray[np.float32],
    feature_names: tuple[str, ...] = (),
    rows: tuple[tuple[str, str], ...] = (),
    alt: str = "Generated sample",
) -> Strip:
    """The strip of grids of samples (N, R, C, *shape) in [0, 1], rounded to 1/255; `rows` are names with colours."""
    if samples.ndim == 4:
        form = "stroke" if is_pen_stroke(feature_names) else "profile"
        return Strip(form, to_levels(samples), rows=rows, alt=alt)
    pixels = to_bytes(samples.reshape(-1, *samples.shape[3:])).transpose(0, 2, 3, 1)
    pixels = np.ascontiguousarray(pixels).reshape(*samples.shape[:3], *pixels.shape[1:])
    return Strip("pixels", pixels, rows=rows, alt=alt)


def chart_strip(
    charts: tuple[Chart, ...],
    codes: NDArray[np.float32] | None = None,
    said: tuple[str, ...] = (),
    alt: str = "Generated sample",
) -> Strip:
    """A strip without pictures: figures, and the codes (N, K) that are read."""
    read = None if codes is None else codes.argmax(axis=1).astype(np.uint16)
    return Strip(None, np.zeros(0, np.uint8), None if codes is None else to_levels(codes), read, charts, said, alt=alt)


def to_levels(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Values in [0, 1] in steps of 1/255."""
    return np.rint(np.clip(np.nan_to_num(values), 0, 1) * 255).astype(np.uint8)
