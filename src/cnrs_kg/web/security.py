"""Who asks, and the headers that keep browsers safe (decision 17)."""

from collections.abc import Sequence

from cnrs_kg.accounts import Account, Accounts
from cnrs_kg.errors import PermissionRefused
from cnrs_kg.web.messages import Incoming

REALM = "cnrs-kg"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
EMBEDDED: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *",
    ),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
"""For pages that any site may embed: no script, no form, nothing but a style sheet of ours."""
CROSS_ORIGIN: tuple[tuple[str, str], ...] = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "Allow, Content-Location, ETag, Link, Location, Memento-Datetime, Retry-After, WWW-Authenticate",
    ),
)


def preflight(methods: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The headers that answer OPTIONS, a browser's question before a request from another site included."""
    return (
        ("Allow", ", ".join(methods)),
        ("Access-Control-Allow-Methods", ", ".join(methods)),
        (
            "Access-Control-Allow-Headers",
            "Accept, Accept-Datetime, Accept-Language, Authorization, Content-Encoding, Content-Type, "
            "If-Match, If-None-Match, If-Unmodified-Since",
        ),
        ("Access-Control-Max-Age", "86400"),
    )


def account(incoming: Incoming, accounts: Accounts) -> Account | None:
    """The account of the request's bearer token, None without one; `PermissionRefused` if the token is not good.

    https://www.rfc-editor.org/rfc/rfc6750#section-2.1
    """
    header = incoming.header("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    found = accounts.verify(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise PermissionRefused(
            "The token is not known, has expired or was revoked",
            advice="Send 'Authorization: Bearer TOKEN' with a token from: cnrs-kg users add.",
            authenticated=False,
            invalid=True,
        )
    return found


def require(found: Account | None, role: str, *, purpose: str) -> Account:
    """The account if its role is enough; else `PermissionRefused` that says which role is."""
    if found is None:
        raise PermissionRefused(
            f"{purpose} needs a token with the role {role}",
            advice="Send 'Authorization: Bearer TOKEN' with a token from: cnrs-kg users add.",
            authenticated=False,
            role=role,
        )
    if not found.may(role):
        steward = found.role == "steward"
        raise PermissionRefused(
            f"{purpose} needs the role {role}; {found.name} is {found.role}",
            advice="POST it to /submissions, where a curator decides." if steward else None,
            role=role,
        )
    return found
