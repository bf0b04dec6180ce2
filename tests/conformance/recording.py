"""A table of what the W3C suites say, and EARL of the same run (`--earl FILE`)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from .manifest import Entry
from .report import Outcome, earl, table

_OUTCOMES = pytest.StashKey[dict[str, Outcome]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--earl", type=Path, metavar="FILE", help="write the outcomes of the W3C suites as EARL Turtle")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_OUTCOMES] = {}
    config.pluginmanager.register(_Recorder(config.stash[_OUTCOMES]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        entry = getattr(item, "callspec", None) and item.callspec.params.get("entry")  # type: ignore[attr-defined]
        if isinstance(entry, Entry):
            item.user_properties.append(("w3c", (entry.suite, entry.iri)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = config.stash[_OUTCOMES]
    if outcomes:
        terminalreporter.section("W3C suites")
        terminalreporter.write_line(table(outcomes.values()))
    path = config.getoption("--earl", default=None)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(earl(outcomes, datetime.now(UTC)))
        terminalreporter.write_line(f"EARL: {path}")


class _Recorder:
    """Keeps the outcome of every test that stands for an entry of a manifest."""

    def __init__(self, outcomes: dict[str, Outcome]) -> None:
        self.outcomes = outcomes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == "w3c" and isinstance(value, tuple) and (report.when == "call" or not report.passed):
                suite, iri = value
                self.outcomes[iri] = Outcome(suite, *_result(report))


def _result(report: pytest.TestReport) -> tuple[str, str]:
    if report.passed:
        return "passed", ""
    if hasattr(report, "wasxfail") and report.skipped:
        return "xfailed", report.wasxfail
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        return "not applicable", reason.removeprefix("Skipped: ")
    return "failed", ""
