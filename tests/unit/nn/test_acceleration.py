"""What makes a step fast must leave its equations alone."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn

from clustergan_core.nn.acceleration import (
    N_EAGER_STEPS,
    Recording,
    Step,
    StepRunner,
    autocast,
    build_adam,
    choose_threads,
)

CPU = torch.device("cpu")


def test_float32_is_the_same_as_no_block_at_all():
    layer, samples = nn.Linear(8, 4), torch.randn(3, 8)
    with autocast(CPU, "float32"):
        inside = layer(samples)
    assert torch.equal(inside, layer(samples))


def test_bfloat16_runs_the_pass_in_half_the_bits_and_leaves_weights_and_gradients_in_float32():
    layer, samples = nn.Linear(8, 4), torch.randn(3, 8)
    with autocast(CPU, "bfloat16"):
        output = layer(samples)
    output.float().sum().backward()
    assert output.dtype == torch.bfloat16
    assert layer.weight.dtype == torch.float32
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float32


def test_adam_in_one_kernel_goes_where_pytorchs_adam_goes():
    ours, plain = [nn.Parameter(torch.linspace(-1, 1, 12).view(3, 4)) for _ in range(2)]
    fast = build_adam([ours], 1e-2, (0.5, 0.9))
    slow = torch.optim.Adam([plain], 1e-2, (0.5, 0.9))
    for step in range(5):
        for parameter, optimizer in ((ours, fast), (plain, slow)):
            optimizer.zero_grad()
            (parameter.sin() * (step + 1)).square().sum().backward()
            optimizer.step()
    assert torch.allclose(ours, plain, atol=1e-6)


@pytest.mark.parametrize(
    ("n_parameters", "n_cores", "expected"),
    [(200_000, 2, 1), (3_000_000, 64, 1), (20_000_000, 1, 1), (20_000_000, 2, 2), (20_000_000, 64, 8)],
)
def test_only_large_networks_get_more_than_one_thread(n_parameters, n_cores, expected):
    assert choose_threads(n_parameters, n_cores) == expected


class Counter:
    """A step that counts, and a recorder that keeps what the step does, as a CUDA graph would."""

    def __init__(self) -> None:
        self.value = torch.zeros(())
        self.n_called = 0
        self.recorded: list[str] = []

    def step(self, amount: float) -> dict[str, Tensor]:
        self.n_called += 1
        self.value += amount
        return {"value": self.value.clone()}

    def record(self, step: Step, random: torch.Generator) -> Recording:
        before = self.value.clone()
        losses = step()
        amount = float(self.value - before)
        self.value -= amount  # a recording executes nothing
        self.recorded.append(f"{amount:g}")

        def replay() -> None:
            self.value += amount
            losses["value"].copy_(self.value)

        return Recording(replay, losses)


def run_steps(runner: StepRunner, counter: Counter, amounts: list[float]) -> list[float]:
    return [float(runner.run(f"{amount}", partial(counter.step, amount))["value"]) for amount in amounts]


def test_a_recorded_step_gives_what_the_step_gives_and_is_called_no_more():
    amounts = [1.0, 10.0] * 10
    eager, recorded = Counter(), Counter()
    expected = run_steps(StepRunner(CPU, torch.Generator()), eager, amounts)
    found = run_steps(StepRunner(CPU, torch.Generator(), recorded.record), recorded, amounts)

    assert found == expected
    assert eager.n_called == len(amounts)
    # Each variant is run a few times, then recorded once, by one more call.
    assert recorded.recorded == ["1", "10"]
    assert recorded.n_called == 2 * (N_EAGER_STEPS + 1)


def test_a_step_that_cannot_be_recorded_goes_on_as_it_is(caplog):
    def refuse(step: Step, random: torch.Generator) -> Recording:
        raise RuntimeError("operation not permitted when stream is capturing")

    counter = Counter()
    found = run_steps(StepRunner(CPU, torch.Generator(), refuse), counter, [1.0] * 8)
    assert found == list(range(1, 9))
    assert "cannot be recorded" in caplog.text
    assert len(caplog.records) == 1


def test_adam_takes_the_steps_of_pytorchs_own() -> None:
    weights = [torch.nn.Parameter(torch.linspace(-1, 1, 5)) for _ in range(2)]
    ours = build_adam([weights[0]], 1e-2, (0.5, 0.9))
    theirs = torch.optim.Adam([weights[1]], 1e-2, (0.5, 0.9), fused=True)
    for _ in range(3):
        for weight, optimizer in zip(weights, (ours, theirs), strict=True):
            optimizer.zero_grad()
            weight.cos().sum().backward()
            optimizer.step()
        assert torch.equal(weights[0], weights[1])
    assert torch.equal(ours.state_dict()["state"][0]["exp_avg"], theirs.state_dict()["state"][0]["exp_avg"])
    assert not any(tensor.requires_grad for tensor in ours.state_dict()["state"][0].values())
