"""Who may do what: bearer tokens with a role, kept as argon2id hashes in SQLite.

A token is `id.secret`: the id finds the one hash to check. The secret is shown once and stored nowhere.
"""

import hashlib
import re
import secrets
import threading
import time
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cnrs_kg.errors import AccountRefused
from cnrs_kg.store.application import Application

ROLES = ("reader", "steward", "curator", "administrator")
"""From least to most: each may do what those before it may."""

_NAME = re.compile(r"\w[\w .@+'’-]{0,63}")
_TOKEN = re.compile(r"([0-9a-f]{16})\.([A-Za-z0-9_-]{43})")
_REMEMBERED = 1000
_NO_TOKEN = "none"
"""In the place of a hash: no secret fits it."""
_SCHEMA = """
create table if not exists account_tokens (
    id text primary key, name text not null, role text not null, hash text not null,
    created text not null, expires text, revoked text
) strict;
create index if not exists account_tokens_name on account_tokens (name);
"""
# The secret has 256 bits of its own, so the hash need not be slow for a person's sake: about 10 ms and 16 MiB.
_HASHER = PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1)


@dataclass(frozen=True)
class Account:
    """The holder of a token."""

    id: str
    name: str
    role: str
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def may(self, role: str) -> bool:
        """Whether this account's role is `role` or more."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def active(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or self.expires > datetime.now(UTC))


class Accounts(Application):
    """The tokens of one data directory; safe to use from several threads and beside other processes."""

    def __init__(self, file: Path, *, remember: float = 300.0) -> None:
        super().__init__(file, _SCHEMA)
        self._hashing = threading.Semaphore(2)
        self._remember = remember
        self._verified: OrderedDict[bytes, float] = OrderedDict()

    def add(self, name: str, role: str, *, expires: datetime | None = None) -> str:
        """A new token for a name: the only time that it is seen. `AccountRefused` for a name or role that cannot be."""
        name = _checked_name(name)
        if role not in ROLES:
            raise AccountRefused(f"{role!r} is not a role", advice=f"Use one of: {', '.join(ROLES)}.")
        now = datetime.now(UTC)
        if expires is not None and (expires.tzinfo is None or expires <= now):
            raise AccountRefused("A token can only expire at a moment to come, with its time zone")
        if any(account.role != role for account in self.list() if account.name == name and account.active):
            raise AccountRefused(f"{name} already has another role", advice=f"Revoke it first: users revoke {name!r}.")
        token_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        row = (token_id, name, role, _HASHER.hash(secret), _text(now), _text(expires))
        with self._lock:
            self._connection.execute(
                "insert into account_tokens (id, name, role, hash, created, expires) values (?, ?, ?, ?, ?, ?)", row
            )
        return f"{token_id}.{secret}"

    def admit(self, identity: str, name: str, role: str, *, expires: datetime) -> Account:
        """The account of somebody whom an issuer knows by `identity`, for a while; no token opens it.

        `AccountRefused` if it was revoked, or if the name is somebody else's.
        """
        name, key = _checked_name(name), hashlib.sha256(identity.encode()).hexdigest()[:16]
        known = self.list()
        if any(account.id == key and account.revoked is not None for account in known):
            raise AccountRefused(f"{name} was revoked here", advice="Ask an administrator.")
        if any(account.name == name and account.id != key and account.active for account in known):
            raise AccountRefused(f"{name} is the name of somebody else here", advice="Ask an administrator.")
        row = (key, name, role, _NO_TOKEN, _text(datetime.now(UTC)), _text(expires))
        with self._lock:
            self._connection.execute(
                "insert into account_tokens (id, name, role, hash, created, expires) values (?, ?, ?, ?, ?, ?) "
                "on conflict (id) do update set name = excluded.name, role = excluded.role, expires = excluded.expires",
                row,
            )
        return next(account for account in self.list() if account.id == key)

    def list(self) -> tuple[Account, ...]:
        """Every token ever made, oldest first, without what could open it."""
        with self._lock:
            rows = self._connection.execute(
                "select id, name, role, created, expires, revoked from account_tokens order by created, id"
            ).fetchall()
        return tuple(_account(row) for row in rows)

    def active(self, token_id: str) -> Account | None:
        """The account of the token with this id, if it works."""
        with self._lock:
            row = self._connection.execute(
                "select id, name, role, created, expires, revoked from account_tokens where id = ?", (token_id,)
            ).fetchone()
        found = None if row is None else _account(row)
        return found if found is not None and found.active else None

    def agent(self, name: str) -> Account:
        """The newest account of this name whose token works; a steward without a token where there is none."""
        name = _checked_name(name)
        found = (account for account in reversed(self.list()) if account.name == name and account.active)
        return next(found, Account("", name, "steward", datetime.now(UTC)))

    def revoke(self, name_or_id: str) -> int:
        """How many tokens of this name, or with this id, stopped working; `AccountRefused` if there was none."""
        with self._lock:
            count = self._connection.execute(
                "update account_tokens set revoked = ? where (name = ? or id = ?) and revoked is null",
                (_text(datetime.now(UTC)), unicodedata.normalize("NFC", name_or_id), name_or_id),
            ).rowcount
        if count == 0:
            raise AccountRefused(f"No token to revoke for {name_or_id!r}", advice="See the names in: users list.")
        return count

    def verify(self, token: str) -> Account | None:
        """Whose token this is, or None. A token checked lately is not hashed again, but a revocation counts at once."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        with self._lock:
            row = self._connection.execute(
                "select id, name, role, created, expires, revoked, hash from account_tokens where id = ?", (match[1],)
            ).fetchone()
        # An id that is not known costs as much as one that is, so the time tells nothing.
        fits = self._fits(token, match[2], str(row[6]) if row else self._decoy)
        account = _account(row[:6]) if row and fits else None
        return account if account is not None and account.active else None

    @cached_property
    def _decoy(self) -> str:
        return _HASHER.hash(secrets.token_urlsafe(32))

    def _fits(self, token: str, secret: str, stored: str) -> bool:
        key = hashlib.sha256(f"{token}\n{stored}".encode()).digest()
        with self._lock:
            if time.monotonic() < self._verified.get(key, 0.0):
                return True
        with self._hashing:
            try:
                _HASHER.verify(stored, secret)
            except (VerificationError, InvalidHashError):
                return False
        with self._lock:
            self._verified[key] = time.monotonic() + self._remember
            if len(self._verified) > _REMEMBERED:
                self._verified.popitem(last=False)
        return True


def _checked_name(name: str) -> str:
    normal = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(normal) or normal != normal.strip():
        raise AccountRefused(
            f"{name!r} cannot be a name",
            advice="Use 1 to 64 letters, digits, spaces and . @ + - _ ' and begin with a letter or digit.",
        )
    return normal


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _account(row: tuple[str, str, str, str, str | None, str | None]) -> Account:
    token_id, name, role, created, expires, revoked = row
    return Account(token_id, name, role, datetime.fromisoformat(created), _moment(expires), _moment(revoked))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
