"""Describes the machine and the commit of a measurement."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import torch


def describe_machine(device: str = "cpu") -> dict[str, object]:
    """The processor's name and the number of cores this process may use, preceded by the GPU's name if it trains."""
    return {"cpu": gpu_name(device) + _processor(), "cores": len(os.sched_getaffinity(0))}


def gpu_name(device: str) -> str:
    """The GPU's name and a comma, to precede the processor's name; empty if no GPU trains."""
    return f"{torch.cuda.get_device_name()}, " if device == "cuda" else ""


def _processor() -> str:
    """The model's name, or vendor, family and model numbers if a virtual machine hides it."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return platform.processor() or platform.machine()
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    facts = {name.strip(): value.strip() for name, _, value in pairs}
    name = facts.get("model name", "unknown")
    if name != "unknown":
        return name
    return f"{facts.get('vendor_id', platform.machine())} family {facts.get('cpu family')} model {facts.get('model')}"


def describe_commit(project: Path) -> str:
    """The commit, followed by a plus if files of the program differ from it."""
    head = _git(project, "rev-parse", "--short=10", "HEAD")
    return head + ("+" if _git(project, "status", "--porcelain", "--", "clustergan_core") else "")


def _git(project: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=project, capture_output=True, text=True, check=True).stdout.strip()


def load_now() -> float:
    """The number of processes that wanted a core in the last minute; above 0, the machine was not idle."""
    return os.getloadavg()[0]
