"""Signing in at an OpenID Connect issuer: the authorization code flow with PKCE, state and nonce.

https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth, https://www.rfc-editor.org/rfc/rfc7636,
https://www.rfc-editor.org/rfc/rfc9207. Tokens are checked by Authlib and joserfc; connections go through the one
outbound transport. Nothing is kept of a sign-in that has begun but a secret in the browser's cookie, of which
state, nonce and verifier are made: so it can only end in the browser in which it began.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cnrs_kg.errors import OutboundAnswer, PermissionRefused
from cnrs_kg.issuer import Issuer
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound, Reply

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by keys that the issuer publishes; none that a shared secret makes."""
LIMITS = Limits(connect=5.0, read=10.0, whole=20.0, bytes=2**20, attempts=2, patience=5.0)
_LEEWAY = 60
_FRESH = 600.0
_JSON = ("application/json", "application/jwk-set+json")


@dataclass(frozen=True)
class Person:
    """Who signed in: what the issuer knows them by for ever, their name, their role here."""

    identity: str
    name: str
    role: str


class Asking(Protocol):
    """What asks the issuer: `Outbound`."""

    def get(self, url: str, *, accept: tuple[str, ...]) -> AbstractContextManager[Reply]:
        """The answer to a GET."""

    def post(
        self, url: str, body: bytes, media_type: str, *, accept: tuple[str, ...], headers: Mapping[str, str]
    ) -> AbstractContextManager[Reply]:
        """The answer to a POST."""


class OpenId:
    """Signs people in at an issuer; `redirect` is the URL to which it sends them back."""

    def __init__(
        self, issuer: Issuer, redirect: str, *, asking: Asking | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self.issuer = issuer
        self._redirect, self._now = redirect, now
        self._asking = asking or Outbound(issuer.places, limits=LIMITS)
        self._described: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self, secret: str) -> str:
        """Where a browser goes that keeps this secret."""
        found: str = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            self.issuer.client_id,
            "code",
            redirect_uri=self._redirect,
            scope=self.issuer.scope,
            state=_made(secret, "state"),
            nonce=_made(secret, "nonce"),
            code_challenge=create_s256_code_challenge(_made(secret, "verifier")),
            code_challenge_method="S256",
        )
        return found

    def finish(self, secret: str, given: Mapping[str, str]) -> Person:
        """Who came back to the browser that keeps the secret; `PermissionRefused` if it is not so, or has no role."""
        if not hmac.compare_digest(given.get("state", "").encode(), _made(secret, "state").encode()):
            raise _refused("the answer belongs to no sign-in of this browser")
        if given.get("iss", self.issuer.issuer) != self.issuer.issuer:
            raise _refused("the answer comes from another issuer")
        if "code" not in given:
            raise _refused(f"the issuer said {given.get('error', 'nothing')[:80]}")
        claims = self._claims(self._token(given["code"], secret), secret)
        role = self.issuer.role(claims)
        if role is None:
            raise PermissionRefused(
                "The issuer gives you no role here", advice="Ask its operator, or whoever runs this server."
            )
        name = claims.get(self.issuer.name_claim)
        if not isinstance(name, str) or not name:
            raise _refused(f"the issuer does not say {self.issuer.name_claim}")
        return Person(f"{claims['iss']}\n{claims['sub']}", name, role)

    def _token(self, code: str, secret: str) -> str:
        """The ID token that a code is good for."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": _made(secret, "verifier"),
        }
        headers = {}
        if self.issuer.client_secret is None:
            fields["client_id"] = self.issuer.client_id
        else:  # https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
            pair = f"{quote(self.issuer.client_id, safe='')}:{quote(self.issuer.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            found = _json(
                self._asking.post(
                    self._endpoint("token_endpoint"),
                    urlencode(fields).encode(),
                    "application/x-www-form-urlencoded",
                    accept=_JSON,
                    headers=headers,
                )
            )
        except OutboundAnswer as error:
            raise _refused("the issuer does not take the code") from error
        token = found.get("id_token")
        if not isinstance(token, str):
            raise _refused("the issuer sent no ID token")
        return token

    def _claims(self, token: str, secret: str) -> Mapping[str, Any]:
        """What an ID token says, once it is proved (OpenID Connect Core, section 3.1.3.7)."""
        try:
            read = jwt.decode(token, self._keys(), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self.issuer.issuer},
                    "aud": {"essential": True, "value": self.issuer.client_id},
                    "sub": {"essential": True},
                },
                params={"nonce": _made(secret, "nonce"), "client_id": self.issuer.client_id},
            )
            claims.validate(int(self._now()), _LEEWAY)
        except (JoseError, ValueError) as error:
            raise _refused(f"the ID token is not good ({error})") from error
        return dict(claims)

    def _keys(self) -> KeySet:
        # Asked for each time: an issuer changes its keys when it likes, and people sign in rarely.
        return KeySet.import_key_set(self._fetched(self._endpoint("jwks_uri")))  # type: ignore[arg-type]

    def _endpoint(self, name: str) -> str:
        """An endpoint that the issuer names: https://openid.net/specs/openid-connect-discovery-1_0.html"""
        fetched, found = self._described
        if self._now() - fetched > _FRESH:
            found = self._fetched(f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._described = self._now(), found
        if found.get("issuer") != self.issuer.issuer or not isinstance(found.get(name), str):
            raise _refused(f"the issuer does not describe itself as {self.issuer.issuer} with {name}")
        return str(found[name])

    def _fetched(self, url: str) -> dict[str, Any]:
        return _json(self._asking.get(url, accept=_JSON))


def new_secret() -> str:
    """What a browser keeps while it signs in."""
    return secrets.token_urlsafe(32)


def _made(secret: str, purpose: str) -> str:
    """State, nonce and verifier of a sign-in: 43 characters each, of which none tells another."""
    made = hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _json(opened: AbstractContextManager[Reply]) -> dict[str, Any]:
    with opened as reply:
        try:
            found = json.loads(reply.read())
        except (ValueError, RecursionError) as error:
            raise _refused("the issuer's answer is not JSON") from error
    if not isinstance(found, dict):
        raise _refused("the issuer's answer is no JSON object")
    return found


def _refused(why: str) -> PermissionRefused:
    return PermissionRefused(f"You are not signed in: {why}", advice="Try again; if it stays so, use a token.")
