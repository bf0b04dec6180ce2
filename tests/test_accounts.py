import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnrs_kg import accounts as module
from cnrs_kg.accounts import ROLES, Account, Accounts
from cnrs_kg.errors import AccountRefused


@pytest.fixture
def file(tmp_path):
    return tmp_path / "var" / "app.sqlite"


@pytest.fixture
def accounts(file):
    found = Accounts(file)
    yield found
    found.close()


def test_a_token_tells_who_holds_it(accounts):
    found = accounts.verify(accounts.add("Anna Blanc", "steward"))
    assert (found.name, found.role, found.active) == ("Anna Blanc", "steward", True)


def test_the_secret_is_stored_nowhere(accounts, file):
    token = accounts.add("anna", "reader")
    accounts.verify(token)
    held = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert token.split(".")[0].encode() in held and token.split(".")[1].encode() not in held


def test_the_file_is_for_its_owner_alone(accounts, file):
    accounts.list()
    assert file.stat().st_mode & 0o077 == 0


def test_the_hash_is_argon2id(accounts, file):
    accounts.add("anna", "reader")
    with sqlite3.connect(file) as connection:
        (stored,) = connection.execute("select hash from account_tokens").fetchone()
    connection.close()
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: ("0" if token[0] != "0" else "1") + token[1:],
        lambda token: token + " ",
        lambda token: token.replace(".", ""),
        lambda token: "",
        lambda token: "é" * 60,
        lambda token: token * 1000,
        lambda token: token[:17] + "A" * 43,
    ],
)
def test_another_token_is_nobody(accounts, change):
    assert accounts.verify(change(accounts.add("anna", "reader"))) is None


def test_a_revoked_token_stops_at_once_though_it_was_just_verified(accounts):
    token = accounts.add("anna", "curator")
    assert accounts.verify(token)
    assert accounts.revoke("anna") == 1
    assert accounts.verify(token) is None


def test_a_revocation_beside_the_server_counts_at_once(accounts, file):
    token = accounts.add("anna", "curator")
    assert accounts.verify(token)
    beside = Accounts(file)
    beside.revoke(token.split(".")[0])
    beside.close()
    assert accounts.verify(token) is None


def test_a_token_verified_lately_is_not_hashed_again(accounts, monkeypatch):
    token = accounts.add("anna", "reader")
    assert accounts.verify(token)
    monkeypatch.setattr(module, "_HASHER", None)
    assert accounts.verify(token)


def test_a_wrong_token_is_hashed_each_time(accounts, monkeypatch):
    token = accounts.add("anna", "reader")
    wrong = token[:17] + "A" * 43
    assert accounts.verify(token) and accounts.verify(wrong) is None
    monkeypatch.setattr(module, "_HASHER", None)
    with pytest.raises(AttributeError):
        accounts.verify(wrong)


def test_an_expired_token_is_nobody(accounts):
    token = accounts.add("anna", "reader", expires=datetime.now(UTC) + timedelta(days=1))
    assert accounts.verify(token)
    accounts._connection.execute("update account_tokens set expires = '2020-01-01T00:00:00.000000+00:00'")
    assert accounts.verify(token) is None


@pytest.mark.parametrize("expires", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1)])
def test_a_token_cannot_expire_in_the_past_or_nowhere(accounts, expires):
    with pytest.raises(AccountRefused):
        accounts.add("anna", "reader", expires=expires)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " anna",
        "anna ",
        "a\nb",
        "a\x00b",
        "-x",
        "../etc",
        "a/b",
        "a" * 65,
        "<b>",
        "a\u202eb",
        "a\x1b[31m",
        '"a"',
    ],
)
def test_a_hostile_name_is_refused(accounts, name):
    with pytest.raises(AccountRefused) as refusal:
        accounts.add(name, "reader")
    assert "letters" in refusal.value.advice


@pytest.mark.parametrize("name", ["anna", "Zoé Lefèvre-d'Ormesson", "李明", "a.b@cnrs.fr", "x" * 64])
def test_a_real_name_is_taken(accounts, name):
    assert accounts.verify(accounts.add(name, "reader")).name == name


def test_names_are_compared_in_one_normal_form(accounts):
    accounts.add("Zoe\u0301", "reader")
    assert accounts.revoke("Zo\u00e9") == 1


def test_a_role_that_is_none_is_refused(accounts):
    with pytest.raises(AccountRefused, match="root"):
        accounts.add("anna", "root")


def test_a_name_has_one_role(accounts):
    accounts.add("anna", "reader")
    accounts.add("anna", "reader")
    with pytest.raises(AccountRefused, match="another role"):
        accounts.add("anna", "curator")


def test_a_name_may_take_another_role_once_revoked(accounts):
    accounts.add("anna", "reader")
    accounts.revoke("anna")
    assert accounts.verify(accounts.add("anna", "curator")).role == "curator"


def test_the_list_keeps_the_revoked_and_shows_no_hash(accounts):
    accounts.add("anna", "reader")
    accounts.revoke("anna")
    accounts.add("bea", "curator")
    assert [(found.name, found.active) for found in accounts.list()] == [("anna", False), ("bea", True)]
    assert "argon2" not in repr(accounts.list())


def test_revoking_nobody_is_refused(accounts):
    with pytest.raises(AccountRefused):
        accounts.revoke("nobody")


def test_each_role_may_what_the_lower_ones_may():
    when = datetime.now(UTC)
    for place, role in enumerate(ROLES):
        allowed = [other for other in ROLES if Account("1", "a", role, when).may(other)]
        assert allowed == list(ROLES[: place + 1])


def test_tokens_survive_a_restart(accounts, file):
    token = accounts.add("anna", "reader")
    again = Accounts(file)
    assert again.verify(token)
    again.close()


def test_an_existing_directory_is_fine(tmp_path):
    Accounts(Path(tmp_path) / "app.sqlite").close()


def test_who_acts_on_the_command_line(accounts):
    accounts.add("anna", "curator")
    assert (accounts.agent("anna").role, accounts.agent("stella").role) == ("curator", "steward")
    accounts.revoke("anna")
    assert accounts.agent("anna").role == "steward"
    with pytest.raises(AccountRefused):
        accounts.agent("\n")


def test_an_account_is_found_by_its_id_while_it_works(accounts):
    accounts.add("anna", "curator")
    (account,) = accounts.list()
    assert accounts.active(account.id) == account
    accounts.revoke("anna")
    assert accounts.active(account.id) is None and accounts.active("none") is None


def test_the_file_is_opened_when_it_is_needed(file):
    accounts = Accounts(file)
    accounts.close()
    assert not file.exists()
    assert accounts.list() == () and file.exists()
    accounts.close()
