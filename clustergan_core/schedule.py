"""Schedule: how long to train, and how often to report and to evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from clustergan_core.method import Method

LEAST_BETWEEN, LEAST_BETWEEN_LARGE = 100, 200  # steps from one evaluation to the next


class Schedule(BaseModel):
    """How long to train and how often to report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_steps: int = Field(
        ge=1,
        le=10_000_000,
        title="Steps",
        description="Updates of the generator, preceded by updates of the encoder alone if there is a warm-up.",
    )
    log_every: int = Field(50, ge=1, title="Log every", description="Steps between two rows of losses.")
    evaluate_every: int = Field(500, ge=1, title="Evaluate every", description="Steps between two evaluations.")
    extensions: tuple[int, ...] = ()  # steps in `n_steps` that each continuation beyond the planned end added

    @property
    def ends(self) -> tuple[int, ...]:
        """The steps at which training ends: as planned, then after each continuation."""
        return tuple(self.n_steps - sum(self.extensions[number:]) for number in range(len(self.extensions) + 1))

    def extended(self, n_more: int) -> Schedule:
        """Returns this schedule with `n_more` steps after its end."""
        return self.model_copy(update={"n_steps": self.n_steps + n_more, "extensions": (*self.extensions, n_more)})

    def is_evaluation(self, step: int) -> bool:
        """Whether scores are due after a step."""
        return step % self.evaluate_every == 0 or step in self.ends

    def begin(self, method: Method, step: int) -> None:
        """Tells the method which step is next: of the planned training, or of a continuation."""
        ends = self.ends
        if step <= ends[0]:
            method.begin_step(step, ends[0])
            return
        number = next(number for number, end in enumerate(ends) if step <= end)
        method.begin_added_step(step - ends[number - 1], self.extensions[number - 1])


def make_schedule(n_steps: int, shape: tuple[int, ...], evaluate_every: int | None = None) -> Schedule:
    """Builds a schedule that reports every second or two on two cores; larger samples take longer steps.

    An `evaluate_every` chosen by the user is kept, rounded up to a log row.
    """
    is_large = len(shape) == 3 and shape[1] * shape[2] > 256
    log_every = 10 if is_large else 50
    log_every = max(1, min(log_every, n_steps // 20))
    # About 20 evaluations per run, at a cost of at most a tenth of its time (benchmarks/evaluation_cost.py). Each is at
    # a log row, so that every row's means cover the same number of steps.
    if evaluate_every is None:
        least = min(LEAST_BETWEEN_LARGE if is_large else LEAST_BETWEEN, n_steps // 2)
        evaluate_every = max(log_every, max(n_steps // 20, least) // log_every * log_every)
    else:
        log_every = min(log_every, max(1, evaluate_every))
        evaluate_every = -(-evaluate_every // log_every) * log_every
    return Schedule(n_steps=n_steps, log_every=log_every, evaluate_every=evaluate_every)
