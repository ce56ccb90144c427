"""What makes a training step fast and leaves its equations alone: precision, threads, Adam, and CUDA graphs."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.overrides import TorchFunctionMode

from clustergan_core.method_facts import Precision

DTYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}

SMALLEST_SHARED = 4_000_000  # parameters of all networks; below, threads wait for each other longer than they work
MOST_THREADS = 8  # batches of 64 give no more than that something to do

Losses = dict[str, Tensor]
Step = Callable[[], Losses]

# Eager steps of a variant before it is recorded: they create the optimisers' state and let libraries choose kernels.
N_EAGER_STEPS = 3

_log = logging.getLogger(__name__)


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """A block in which the networks' passes run at this precision; weights, and what stands outside, stay float32.

    Losses, penalties and optimisers belong outside: take `.float()` of what a network gives.
    """
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=DTYPES[precision])


def build_adam(parameters: Iterable[Tensor], learning_rate: float, betas: tuple[float, float]) -> Adam:
    """Adam in one kernel for all parameters; on a GPU its step count lives there, so that a CUDA graph can hold it."""
    parameters = list(parameters)
    is_capturable = any(parameter.is_cuda for parameter in parameters)
    rate = torch.tensor(learning_rate, device=parameters[0].device) if is_capturable else learning_rate
    return _EagerAdam(parameters, rate, betas, fused=True, capturable=is_capturable)


class _EagerAdam(Adam):
    """Adam without PyTorch's compiler, which compiles nothing here.

    Adam's methods load it only to tell it to keep away from them, which takes more than a second once a process.
    """

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        return _plain_step(self, closure)


# The step itself, without the wrappers that speak to the compiler and, like the above, switch gradients off.
_plain_step = inspect.unwrap(Adam.step)
for _name in ("add_param_group", "zero_grad", "state_dict", "load_state_dict"):
    # What their wrapper would keep for the second call, the method as it is, is there before the first.
    _plain = inspect.unwrap(getattr(Optimizer, _name))
    vars(_plain).setdefault("__dynamo_disable", _plain)


@contextmanager
def without_numbers() -> Iterator[None]:
    """A block in which networks are built with shapes and without numbers, in a hundredth of the time.

    Draws of numbers are left out, for which PyTorch would first load its compiler.
    """
    with torch.device("meta"), _NoDraws():
        yield


class _NoDraws(TorchFunctionMode):
    _DRAWS = (nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_, Tensor.normal_, Tensor.uniform_)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in self._DRAWS:
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def choose_threads(n_parameters: int, n_cores: int) -> int:
    """Threads for a training step on the CPU, for networks of this size in all."""
    return 1 if n_parameters < SMALLEST_SHARED else max(1, min(n_cores, MOST_THREADS))


@dataclass(frozen=True)
class Recording:
    """A step that can be repeated without Python; `losses` are the same tensors each time, filled anew."""

    replay: Callable[[], None]
    losses: Losses


class StepRunner:
    """Runs training steps; on a GPU it records each variant once as a CUDA graph and replays it from then on.

    A step is a function without arguments that draws its batches on the device, updates the weights and returns 0-d
    losses. Steps of one variant must do the same operations, all randomness must come from `random`, and optimisers
    must be capturable. Where recording fails, steps go on as they are, with the same losses.
    """

    def __init__(
        self,
        device: torch.device,
        random: torch.Generator,
        record: Callable[[Step, torch.Generator], Recording] | None = None,
    ) -> None:
        self.random = random
        self.record = record or (_record_cuda_graph if device.type == "cuda" else None)
        self.run_eagerly: Callable[[Step], Losses] = _run_on_side_stream if device.type == "cuda" else _run
        self.recordings: dict[str, Recording] = {}
        self.n_eager: dict[str, int] = {}

    def run(self, variant: str, step: Step) -> Losses:
        """One step; the losses are to be read before the next one."""
        if self.record is None:
            return step()
        if variant not in self.recordings:
            if self.n_eager.get(variant, 0) < N_EAGER_STEPS:
                self.n_eager[variant] = self.n_eager.get(variant, 0) + 1
                return self.run_eagerly(step)
            try:
                # Recording executes nothing: the step's first replay is this very step.
                self.recordings[variant] = self.record(step, self.random)
            except RuntimeError as error:
                _log.warning("Steps of kind %s cannot be recorded and run one operation at a time: %s", variant, error)
                self.record = None
                return step()
        recording = self.recordings[variant]
        recording.replay()
        return recording.losses


def _run(step: Step) -> Losses:
    return step()


def _run_on_side_stream(step: Step) -> Losses:
    """As PyTorch asks for before a recording, so that no operation is bound to the default stream."""
    current, side = torch.cuda.current_stream(), torch.cuda.Stream()
    side.wait_stream(current)
    with torch.cuda.stream(side):
        losses = step()
    current.wait_stream(side)
    return losses


def _record_cuda_graph(step: Step, random: torch.Generator) -> Recording:
    graph = torch.cuda.CUDAGraph()
    # Each replay then draws new numbers, as if the step had run.
    graph.register_generator_state(random)
    # A recording that fails leaves its own stream current (PyTorch 2.13); the outer block goes back in any case.
    with torch.cuda.stream(torch.cuda.current_stream()), torch.cuda.graph(graph):
        losses = step()
    return Recording(graph.replay, losses)


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """Changes the learning rate; in place where it is a tensor, which is how a CUDA graph sees the change."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch works on one thread inside, without keeping track of gradients.

    Not in inference mode, within which no method could optimise latents.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_num_threads(before)
