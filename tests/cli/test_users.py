import json
from pathlib import Path

from cnrs_kg.accounts import Accounts
from cnrs_kg.errors import AccountRefused

from .conftest import Run


def test_a_token_is_printed_alone_and_works(run: Run, tmp_path: Path) -> None:
    result = run("users", "add", "alice", "--role", "curator", data_dir=tmp_path)
    (token,) = result.stdout.splitlines()
    account = Accounts(tmp_path / "app.sqlite").verify(token)
    assert account is not None and (account.name, account.role) == ("alice", "curator")


def test_tokens_are_listed_without_what_could_open_them(run: Run, tmp_path: Path) -> None:
    token = run("users", "add", "alice", "--role", "steward", data_dir=tmp_path).stdout.strip()
    listed = run("users", "list", "--format", "json", data_dir=tmp_path).stdout
    assert [(row["name"], row["role"], row["state"]) for row in json.loads(listed)] == [("alice", "steward", "active")]
    assert token.partition(".")[2] not in listed


def test_a_revoked_token_is_refused(run: Run, tmp_path: Path) -> None:
    token = run("users", "add", "alice", "--role", "steward", data_dir=tmp_path).stdout.strip()
    assert run("users", "revoke", "alice", data_dir=tmp_path).exit_code == 0
    assert Accounts(tmp_path / "app.sqlite").verify(token) is None


def test_nobody_to_revoke_is_a_failure(run: Run, tmp_path: Path) -> None:
    assert isinstance(run("users", "revoke", "nobody", data_dir=tmp_path).exception, AccountRefused)


def test_a_role_must_be_one(run: Run, tmp_path: Path) -> None:
    assert run("users", "add", "alice", "--role", "king", data_dir=tmp_path).exit_code == 2
