from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnrs_kg.store.meta import Version
from cnrs_kg.store.retention import Retention

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIRST = Version(1, NOW - timedelta(days=5), Path(), 0, 0, "")
FIVE = [replace(FIRST, number=n, created=NOW - timedelta(days=5 - n)) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        (Retention(), []),
        (Retention(count=2), [1, 2, 3]),
        (Retention(age=timedelta(days=2)), [1, 2]),
        (Retention(count=1, age=timedelta(0)), [1, 2, 3, 4]),
        (Retention(count=0, age=timedelta(0)), [1, 2, 3, 4]),
    ],
    ids=["all", "count", "age", "one", "never the current one"],
)
def test_the_policy_names_the_stores_that_may_go(retention: Retention, gone: list) -> None:
    assert [version.number for version in retention.expendable(FIVE, NOW)] == gone
