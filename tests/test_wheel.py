"""What `pip install` of a built wheel gives: the commands, the pages, and the graph's own files."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("src", "ontology", "shapes", "data", "pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a virtual environment into which the wheel was installed, beside the dependencies of this one."""
    directory = tmp_path_factory.mktemp("wheel")
    sources, environment = directory / "sources", directory / "environment"
    for name in SOURCES:
        _copy(ROOT / name, sources / name)
    subprocess.run(
        [*PIP, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", str(directory), str(sources)],
        check=True,
    )
    (wheel,) = directory.glob("cnrs_kg-*.whl")
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    # A path file inside a directory that a path file names is not read, so this environment's own package stays out.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([*PIP, "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)], check=True)
    return environment / "bin" / "cnrs-kg"


def _copy(source: Path, target: Path) -> None:
    left_out = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info")
    if source.is_dir():
        shutil.copytree(source, target, ignore=left_out)
    else:
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)


def run(program: Path, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("CNRS_KG_")}
    return subprocess.run([program, *arguments], cwd=directory, env=settings, capture_output=True, text=True)


def test_every_file_of_the_package_and_of_the_graph_is_installed(installed: Path) -> None:
    environment = installed.parents[1]
    (package,) = environment.glob("lib/python*/site-packages/cnrs_kg")
    assert _files(ROOT / "src" / "cnrs_kg") - _files(package) == set()
    for name in ("ontology", "shapes", "data"):
        left_out = _files(ROOT / name) - _files(environment / "share" / "cnrs-kg" / name)
        assert {name for name in left_out if not name.endswith(".md")} == set()


def _files(directory: Path) -> set[str]:
    found = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    return {str(path) for path in found if not {"__pycache__", "assets"} & set(path.parts)}


def test_it_builds_and_answers_in_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    built = run(installed, tmp_path, "build")
    assert (built.returncode, built.stdout) == (0, "1\n"), built.stderr
    asked = run(installed, tmp_path, "query", "-e", "ASK { <https://w3id.org/cnrs-kg/id/unit/cintra> ?p ?o }")
    assert asked.stdout.strip() == "true", asked.stderr


def test_benchmarks_need_the_sources(installed: Path, tmp_path: Path) -> None:
    refused = run(installed, tmp_path, "bench")
    assert refused.returncode == 2
    assert "in a checkout of the sources" in refused.stderr
