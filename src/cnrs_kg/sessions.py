"""Sessions of people who signed in on a page: a secret in a cookie, its hash in SQLite.

A session is as good as its account: when that expires or is revoked, the session ends. Forms carry a second secret that
is made from the first (CSRF), so that another site cannot send them.
"""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cnrs_kg.accounts import Account, Accounts
from cnrs_kg.store.application import Application

LASTS = timedelta(hours=8)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_SCHEMA = """
create table if not exists sessions (
    hash text primary key, account text not null, expires text not null
) strict;
"""


class Sessions(Application):
    """The sessions of one data directory; safe to use from several threads and beside other processes."""

    def __init__(self, file: Path, accounts: Accounts) -> None:
        super().__init__(file, _SCHEMA)
        self._accounts = accounts

    def open(self, token: str) -> str | None:
        """The secret of a new session for the holder of a token; None if the token is not good."""
        account = self._accounts.verify(token)
        return None if account is None else self.open_for(account)

    def open_for(self, account: Account) -> str:
        """The secret of a new session for an account."""
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        with self._lock:
            self._connection.execute("delete from sessions where expires < ?", (now.isoformat(),))
            row = (_hash(secret), account.id, (now + LASTS).isoformat())
            self._connection.execute("insert into sessions (hash, account, expires) values (?, ?, ?)", row)
        return secret

    def account(self, secret: str) -> Account | None:
        """Whose session it is; None if it is over, or its token no longer works."""
        if not _SECRET.fullmatch(secret):
            return None
        with self._lock:
            row = self._connection.execute(
                "select account from sessions where hash = ? and expires > ?",
                (_hash(secret), datetime.now(UTC).isoformat()),
            ).fetchone()
        return None if row is None else self._accounts.active(row[0])

    def end(self, secret: str) -> None:
        """Nobody is signed in with this secret from now on."""
        with self._lock:
            self._connection.execute("delete from sessions where hash = ?", (_hash(secret),))


def csrf(secret: str) -> str:
    """What forms of a session carry."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
