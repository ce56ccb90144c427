"""What pip installs: a wheel with the library and the command, which write nothing beside the code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from clustergan_core.command_line import build_parser
from clustergan_core.methods import METHODS
from clustergan_core.paths import CODE_FOLDER, PROJECT_FOLDER, find_project_folder

PACKED = ("pyproject.toml", "README.md", "LICENSE", "requirements.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy: setuptools leaves folders where it builds."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    shutil.copytree(PROJECT_FOLDER / "clustergan_core", source / "clustergan_core")
    for name in PACKED:
        shutil.copy(PROJECT_FOLDER / name, source)
    words = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", folder, source]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Where pip has put the package."""
    target = wheel.parent / "installed"
    words = ["install", "--no-deps", "--no-index", "--quiet", "--target", target, wheel]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return target


def call(installed: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The installed command, called from a folder of its own with a home of its own."""
    own = {"PYTHONPATH": str(installed), "HOME": str(home), "OMP_NUM_THREADS": "1"}
    own |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CACHE")}
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CLUSTERGAN_")} | own
    command = [str(installed / "bin" / "clustergan"), *words]
    return subprocess.run(command, cwd=home, env=variables, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_library_its_types_and_its_dependencies_and_no_pages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (described,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(archive.read(described))
    held = {name for name in names if ".dist-info/" not in name}
    core = CODE_FOLDER / "clustergan_core"
    files = [*core.rglob("*.py"), *core.rglob("*.pyi"), *core.glob("browser/*/*.*")]  # what draws in offline files too
    files += core.glob("data/counts/reading/symbols/*")
    assert held == {path.relative_to(PROJECT_FOLDER).as_posix() for path in files} | {"clustergan_core/py.typed"}
    pins = [line.split("#")[0].strip() for line in (PROJECT_FOLDER / "requirements.txt").read_text().splitlines()]
    assert metadata.get_all("Requires-Dist") == [pin for pin in pins if pin]
    assert metadata["License-Expression"] == "MIT"


def test_the_installed_command_works_from_anywhere_and_writes_to_the_users_folder(
    installed: Path, tmp_path: Path
) -> None:
    listed = call(installed, tmp_path, "methods", "--json")
    assert [row["name"] for row in json.loads(listed.stdout)] == list(METHODS), listed.stderr

    before = sorted(installed.rglob("*"))
    trained = call(installed, tmp_path, "train", "--dataset", "digits", "--steps", "2", "--set", "width=0.1")
    assert trained.returncode == 0, trained.stderr
    (run,) = (tmp_path / "data" / "clustergan-explorer" / "runs").glob("2*")
    assert (run / "scores.json").exists()
    assert trained.stdout.startswith(str(run))
    written = {path for path in set(installed.rglob("*")) - set(before) if "__pycache__" not in path.parts}
    assert written == set()


def test_the_installed_command_calls_itself_by_its_name_and_says_where_models_are(
    installed: Path, tmp_path: Path
) -> None:
    missing = call(installed, tmp_path, "evaluate", "digits")
    assert missing.returncode == 2
    assert "(none yet). Trained models come with a clone of the repository" in missing.stderr
    wrong = call(installed, tmp_path, "train", "--nonsense")
    assert wrong.stderr.endswith("see `clustergan --help`.\n")


def test_from_a_checkout_it_is_a_module_and_everything_lies_in_the_checkout(tmp_path: Path) -> None:
    assert build_parser().prog == "python -m clustergan_core"
    assert find_project_folder(CODE_FOLDER) == CODE_FOLDER == PROJECT_FOLDER
    assert (PROJECT_FOLDER / "app.py").exists()
    (tmp_path / "pyproject.toml").touch()  # somebody else's project, into which the package was copied
    assert find_project_folder(tmp_path).name == "clustergan-explorer"
