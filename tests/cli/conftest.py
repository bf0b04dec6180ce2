"""Run a command as the shell would, in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cnrs_kg.cli.main import cnrs_kg

Run = Callable[..., Result]


@pytest.fixture
def run(built: Path) -> Run:
    """`run("query", "-e", …)` on the published graph; `data_dir=` for another directory."""

    def command(*arguments: str, data_dir: Path = built, **settings: str) -> Result:
        environment = {"CNRS_KG_DATA_DIR": str(data_dir)}
        environment |= {f"CNRS_KG_{name.upper()}": value for name, value in settings.items()}
        return CliRunner().invoke(cnrs_kg, list(arguments), env=environment, catch_exceptions=True)

    return command
