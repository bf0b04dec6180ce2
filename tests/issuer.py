"""An OpenID Connect issuer in this process: discovery, keys, codes, ID tokens; asked through an injected transport."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from cnrs_kg.issuer import Issuer
from cnrs_kg.openid import OpenId
from cnrs_kg.outbound.client import Outbound

from .outbound.hosts import Hand

URL = "https://issuer.example"
BACK = "https://kg.example/sign-in/openid/back"
ROLES = (("kg-stewards", "steward"), ("kg-curators", "curator"))
ISSUER = Issuer(URL, "kg", "s3cret/&", label="Example", roles=ROLES)
NOW = 1_700_000_000


def reply(status: int, told: Any) -> httpx.Response:
    """An answer whose body is still to be read, as those of the network are."""
    return httpx.Response(
        status, headers={"Content-Type": "application/json"}, content=iter([json.dumps(told).encode()])
    )


class FakeIssuer:
    """Knows one person, whose `claims` a test may change; `asked` are the paths that it was asked for."""

    def __init__(self) -> None:
        self.kid = "one"
        self.key = ECKey.generate_key("P-256", {"kid": self.kid}, private=True)
        self.signing: Any = self.key
        self.algorithm = "ES256"
        self.claims: dict[str, Any] = {
            "iss": URL, "sub": "42", "aud": "kg", "iat": NOW, "exp": NOW + 300,
            "preferred_username": "stella", "groups": ["staff", "kg-stewards"],
        }  # fmt: skip
        self.described = {"issuer": URL} | {
            name: f"{URL}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        }
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def openid(self, issuer: Issuer = ISSUER) -> OpenId:
        """Signs people in at this issuer."""
        transport = httpx.MockTransport(self.answer)
        return OpenId(issuer, BACK, asking=Outbound(issuer.places, transport=transport, clock=Hand()), now=lambda: NOW)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path == "/.well-known/openid-configuration":
            return reply(200, self.described)
        if request.url.path == "/jwks_uri":
            return reply(200, {"keys": [self.key.as_dict(private=False)]})
        return self.token(request)

    def consent(self, location: str) -> dict[str, str]:
        """What the browser brings back, when the person at the URL agreed."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert location.startswith(f"{URL}/authorization_endpoint?") and asked["client_id"] == "kg"
        assert (asked["response_type"], asked["redirect_uri"]) == ("code", BACK)
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        self.codes["the-code"] = asked
        return {"code": "the-code", "state": asked["state"], "iss": URL}

    def token(self, request: httpx.Request) -> httpx.Response:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(fields.get("code", ""), None)  # a code is good once
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64encode(b"kg:s3cret%2F%26").decode()
        if asked is None or asked["code_challenge"] != challenge or fields["redirect_uri"] != BACK:
            return reply(400, {"error": "invalid_grant"})
        if request.headers.get("Authorization") != f"Basic {basic}":
            return reply(401, {"error": "invalid_client"})
        claims = {"nonce": asked["nonce"]} | self.claims
        token = jwt.encode({"alg": self.algorithm, "kid": self.kid}, claims, self.signing, algorithms=[self.algorithm])
        return reply(200, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    def sign_with_public_key(self) -> None:
        """Sign by HMAC with what everybody knows."""
        self.algorithm = "HS256"
        self.signing = OctKey.import_key(json.dumps(self.key.as_dict(private=False)))
