from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnrs_kg import sessions as module
from cnrs_kg.accounts import Accounts
from cnrs_kg.sessions import Sessions, csrf


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    found = Accounts(tmp_path / "app.sqlite")
    yield found
    found.close()


@pytest.fixture
def sessions(tmp_path: Path, accounts: Accounts) -> Iterator[Sessions]:
    found = Sessions(tmp_path / "app.sqlite", accounts)
    yield found
    found.close()


def test_a_session_is_its_tokens(sessions: Sessions, accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.add("anna", "curator")
    secret = sessions.open(token)
    assert secret is not None
    found = sessions.account(secret)
    assert found is not None and (found.name, found.role) == ("anna", "curator")
    assert secret.encode() not in (tmp_path / "app.sqlite").read_bytes() and csrf(secret) != csrf(secret[::-1])
    accounts.revoke("anna")
    assert sessions.account(secret) is None and sessions.open(token) is None


@pytest.mark.parametrize("token", ["", "x", "0" * 16 + "." + "A" * 43])
def test_a_token_that_is_none_opens_nothing(sessions: Sessions, token: str) -> None:
    assert sessions.open(token) is None and sessions.account(token) is None


def test_a_session_ends_by_itself_or_by_signing_out(
    sessions: Sessions, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = accounts.add("anna", "curator")
    first, second = sessions.open(token), sessions.open(token)
    assert first and second and first != second
    sessions.end(first)
    assert sessions.account(first) is None and sessions.account(second) is not None

    class Later:
        @staticmethod
        def now(zone: object) -> datetime:
            return datetime.now(UTC) + timedelta(hours=9)

    monkeypatch.setattr(module, "datetime", Later)
    assert sessions.account(second) is None
