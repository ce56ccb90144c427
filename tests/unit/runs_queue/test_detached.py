"""How processes that train let their threads wait."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clustergan_core.runs.queue import detached
from clustergan_core.runs.queue.detached import PASSIVE_WAITING, start_detached

SHOW = "import os; print(os.environ.get('OMP_WAIT_POLICY'), os.environ.get('KMP_BLOCKTIME'))"


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PASSIVE_WAITING:
        monkeypatch.delenv(name, raising=False)


def variables_of_a_started_process(folder: Path) -> str:
    path = folder / "output"
    with path.open("wb") as output:
        # `timeit` is a module that runs what it is told to, once.
        start_detached("timeit", "-n", "1", "-r", "1", SHOW, output=output)
    detached._started.pop().wait(60)
    return path.read_text().splitlines()[0]


def test_threads_of_a_started_process_sleep_while_they_wait(tmp_path: Path) -> None:
    assert variables_of_a_started_process(tmp_path) == "passive 0"


def test_a_choice_of_the_user_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert variables_of_a_started_process(tmp_path) == "active 0"


def test_a_command_decides_before_pytorch_is_loaded() -> None:
    """OpenMP reads its variables once, when PyTorch loads it."""
    program = (
        "import os, sys, builtins\n"
        "seen, load = [], builtins.__import__\n"
        "def watch(name, *rest):\n"
        "    if name == 'torch' and not seen: seen.append(os.environ.get('OMP_WAIT_POLICY'))\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = watch\n"
        "from clustergan_core.command_line import main\n"
        "main(['train', '--seed', 'none'])\n"
        "print(seen)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ))
    assert done.stdout.splitlines()[-1] == "['passive']", done.stderr
