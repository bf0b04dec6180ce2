import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cnrs_kg.cli import main as module
from cnrs_kg.cli.main import explain
from cnrs_kg.errors import QuerySyntaxError

from .conftest import Run

PROJECT = Path(__file__).parents[2]


def shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnrs_kg", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_a_failure_is_one_sentence_on_stderr_and_exit_2(tmp_path: Path) -> None:
    done = shell("query", "-e", "ASK {}", CNRS_KG_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cnrs-kg: nothing is published yet")
    assert "cnrs-kg build" in done.stderr


def test_an_unknown_setting_is_a_failure(tmp_path: Path) -> None:
    done = shell("versions", "list", CNRS_KG_WROKERS="2", CNRS_KG_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "CNRS_KG_WROKERS" in done.stderr


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), sqlite3.OperationalError("disk I/O error")])
def test_a_disk_that_fails_is_no_negative_answer(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(**_: object) -> None:
        raise error

    monkeypatch.setattr(module, "cnrs_kg", failing)
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert (ended.value.code, capsys.readouterr().err) == (2, f"cnrs-kg: {error}\n")


def test_an_explanation_tells_where_which_limit_and_what_to_do() -> None:
    error = QuerySyntaxError("no", position=(3, 7), limit="query_bytes", advice="Do this.")
    assert explain(error) == "cnrs-kg: no (line 3, column 7)\n  limit: query_bytes\n  Do this."


@pytest.mark.parametrize(
    "command",
    ["build", "serve", "query", "validate", "submit", "submissions", "explain", "reason", "versions", "export", "users"]
    + ["bench", "blame"],
)
def test_each_command_has_help_and_is_in_the_readme(run: Run, command: str) -> None:
    assert run(command, "--help").exit_code == 0
    assert f"cnrs-kg {command}" in (PROJECT / "README.md").read_text()
