"""Weights and checkpoints on disk, safetensors only."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.method import Method
from clustergan_core.training import Checkpoint


def write_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Writes tensors atomically."""
    write_atomically(path, save({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Reads tensors to the CPU; RunError where the file is missing or corrupt."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise RunError(f"The weights in {path} cannot be read ({error}): train the run again.") from error


def load_weights(method: Method, folder: Path, which: str) -> None:
    """Loads `weights-<which>` into the method: from one file, or from one file per network as in shipped runs."""
    whole = folder / f"weights-{which}.safetensors"
    if whole.exists():
        _load(method, read_tensors(whole), whole)
        return
    for name, network in method.inference_networks().items():
        path = folder / f"weights-{which}-{name}.safetensors"
        if not path.exists():
            raise RunError(f"Run {folder.name} has no {which} weights yet: wait for its first evaluation.")
        _load(network, read_tensors(path), path)


def write_shipped_weights(method: Method, folder: Path, which: str = "best") -> None:
    """Writes one half-precision file for each network that encoding and generating need."""
    for name, network in method.inference_networks().items():
        tensors = {key: t.half() if t.is_floating_point() else t for key, t in network.state_dict().items()}
        write_tensors(folder / f"weights-{which}-{name}.safetensors", tensors)


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes resume.safetensors: weights and optimisers, the rest as metadata, so that all belong to one step."""
    tensors = {f"weights/{name}": tensor for name, tensor in checkpoint.weights.items()}
    tensors |= {f"optimizers/{name}": tensor for name, tensor in checkpoint.optimizers.items()}
    state = {
        "step": checkpoint.step,
        "seconds": checkpoint.seconds,
        "best": checkpoint.best,
        "random": checkpoint.random,
    }
    write_tensors(folder / "resume.safetensors", tensors, {"state": json.dumps(state)})


def read_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint a run continues from; RunError where there is none or it is corrupt."""
    from safetensors import safe_open

    path = folder / "resume.safetensors"
    if not path.exists():
        raise RunError(f"Run {folder.name} has no checkpoint to continue from: start a new run.")
    tensors = read_tensors(path)
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
    if "state" not in metadata:
        raise RunError(f"The checkpoint {path} cannot be read (it does not hold its step): start a new run.")
    state = json.loads(metadata["state"])
    parts: dict[str, dict[str, Tensor]] = {"weights": {}, "optimizers": {}}
    for key, tensor in tensors.items():
        part, name = key.split("/", 1)
        parts[part][name] = tensor
    return Checkpoint(
        state["step"], state["seconds"], state["best"], parts["weights"], parts["optimizers"], state["random"]
    )


def _load(module: torch.nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise RunError(f"The weights in {path} do not fit the run's config.json: train the run again.") from error
