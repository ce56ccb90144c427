"""What starts often loads no library before it is needed: each takes up to seconds."""

import argparse
import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from clustergan_core.command_line import GROUPS
from clustergan_core.paths import PROJECT_FOLDER

pytestmark = pytest.mark.slow  # starts an interpreter for each module

HEAVY = {"torch", "sklearn", "scipy", "pandas", "scanpy", "anndata", "h5py", "faiss", "requests"}


def modules_after(statements: str) -> set[str]:
    """What a new Python has loaded after these statements."""
    script = f"{statements}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def loaded_by(statements: str) -> set[str]:
    """The heavy libraries among that."""
    return HEAVY & {name.partition(".")[0] for name in modules_after(statements)}


def test_inspecting_a_file_loads_its_libraries_in_the_process_that_reads() -> None:
    parser = "from clustergan_core.command_line import build_parser; build_parser(['inspect'])"
    assert loaded_by(f"{parser}\nfrom clustergan_core.data.counts.reading.preflight import Preflight") == set()


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_of_commands_is_found_by_the_commands_it_adds(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"clustergan_core.command_line.{group}").add_commands(commands)
    assert tuple(commands.choices) == GROUPS[group]


def test_names_of_the_data_package_are_found_late() -> None:
    data = import_module("clustergan_core.data")
    assert all(getattr(data, name) is not None for name in data.__all__)
    with pytest.raises(AttributeError, match="open_everything"):
        _ = data.open_everything


def test_training_leaves_the_compiler_out() -> None:
    statements = """
import torch
from clustergan_core.nn.acceleration import build_adam
weight = torch.nn.Parameter(torch.ones(2))
optimizer = build_adam([weight], 1e-3, (0.5, 0.9))
weight.square().sum().backward()
optimizer.step()
optimizer.zero_grad()
optimizer.load_state_dict(optimizer.state_dict())
"""
    modules = modules_after(statements)
    assert "torch.optim.adam" in modules
    assert "torch._dynamo" not in modules


def test_the_bundled_digits_are_read_without_their_library() -> None:
    assert loaded_by("from clustergan_core.data import load_dataset; load_dataset('digits')") == set()


def test_checking_settings_against_the_networks_leaves_the_compiler_out() -> None:
    modules = modules_after(
        "from clustergan_core.data import load_dataset; from clustergan_core.runs.configure import make_config\n"
        "make_config(load_dataset('digits'), 'digits')"
    )
    assert "torch" in modules
    assert "torch._dynamo" not in modules


def test_what_pages_import_loads_neither_pytorch_nor_scikit_learn() -> None:
    imports = [line for folder in ("pages", "ui") for line in core_imports(PROJECT_FOLDER / folder)]
    assert len(imports) > 100
    assert loaded_by("\n".join(sorted(set(imports)))) <= {"pandas", "scipy"}


def core_imports(folder: Path) -> Iterator[str]:
    """Every import of the core in the files of a folder, also inside functions, but not those for types alone."""
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for_types = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            is_of_core = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clustergan_core")
            if is_of_core and node not in for_types:
                yield ast.unparse(node)
