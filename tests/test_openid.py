"""Signing in at an issuer: what is taken, and what is not."""

from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey

from cnrs_kg.errors import OutboundError, PermissionRefused
from cnrs_kg.openid import OpenId, Person, new_secret

from .issuer import ISSUER, NOW, URL, FakeIssuer

SECRET = new_secret()


@pytest.fixture
def fake() -> FakeIssuer:
    return FakeIssuer()


def signed_in(fake: FakeIssuer, openid: OpenId | None = None) -> Person:
    found = openid or fake.openid()
    return found.finish(SECRET, fake.consent(found.begin(SECRET)))


def test_a_person_with_a_role(fake: FakeIssuer) -> None:
    assert signed_in(fake) == Person(f"{URL}\n42", "stella", "steward")
    assert fake.asked == ["/.well-known/openid-configuration", "/token_endpoint", "/jwks_uri"]


@pytest.mark.parametrize(
    ("groups", "default", "role"),
    [(["kg-stewards", "kg-curators"], None, "curator"), ("kg-stewards", None, "steward"), ([], "reader", "reader"),
     (["others", 5], "reader", "reader")],
)  # fmt: skip
def test_roles_by_claims(fake: FakeIssuer, groups: Any, default: str | None, role: str) -> None:
    fake.claims["groups"] = groups
    assert signed_in(fake, fake.openid(replace(ISSUER, default_role=default))).role == role


def test_who_has_no_role_is_refused(fake: FakeIssuer) -> None:
    del fake.claims["groups"]
    with pytest.raises(PermissionRefused, match="no role"):
        signed_in(fake)


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://other.example"}, {"aud": "another"}, {"aud": ["kg", "another"], "azp": "another"},
     {"nonce": "another"}, {"nonce": None}, {"exp": NOW - 61}, {"iat": NOW + 3600}, {"exp": None}, {"sub": None},
     {"preferred_username": None}, {"preferred_username": 5}],
    ids=str,
)  # fmt: skip
def test_an_id_token_that_does_not_fit(fake: FakeIssuer, claims: dict[str, Any]) -> None:
    fake.claims = {name: value for name, value in (fake.claims | claims).items() if value is not None}
    if claims == {"nonce": None}:
        fake.claims["nonce"] = ""
    with pytest.raises(PermissionRefused):
        signed_in(fake)


def test_a_token_that_somebody_else_signed(fake: FakeIssuer) -> None:
    fake.signing = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
    with pytest.raises(PermissionRefused, match="ID token"):
        signed_in(fake)


def test_a_token_that_the_public_key_signed(fake: FakeIssuer) -> None:
    fake.sign_with_public_key()
    with pytest.raises(PermissionRefused, match="ID token"):
        signed_in(fake)


def test_a_new_key_of_the_issuer_is_taken_at_once(fake: FakeIssuer) -> None:
    openid = fake.openid()
    signed_in(fake, openid)
    fake.kid = "two"
    fake.key = fake.signing = ECKey.generate_key("P-256", {"kid": "two"}, private=True)
    assert signed_in(fake, openid).name == "stella"


@pytest.mark.parametrize(
    "change",
    [{"state": "another"}, {"state": ""}, {"iss": "https://other.example"}, {"code": "another"}],
    ids=str,
)
def test_an_answer_that_does_not_fit(fake: FakeIssuer, change: dict[str, str]) -> None:
    openid = fake.openid()
    with pytest.raises(PermissionRefused):
        openid.finish(SECRET, fake.consent(openid.begin(SECRET)) | change)


def test_an_answer_in_another_browser_and_one_that_comes_twice(fake: FakeIssuer) -> None:
    openid = fake.openid()
    given = fake.consent(openid.begin(SECRET))
    with pytest.raises(PermissionRefused, match="this browser"):
        openid.finish(new_secret(), given)
    openid.finish(SECRET, given)
    with pytest.raises(PermissionRefused, match="code"):
        openid.finish(SECRET, given)


def test_who_does_not_agree(fake: FakeIssuer) -> None:
    openid = fake.openid()
    state = fake.consent(openid.begin(SECRET))["state"]
    with pytest.raises(PermissionRefused, match="access_denied"):
        openid.finish(SECRET, {"state": state, "error": "access_denied"})


def test_an_issuer_that_describes_another(fake: FakeIssuer) -> None:
    fake.described["issuer"] = "https://other.example"
    with pytest.raises(PermissionRefused, match="describe"):
        fake.openid().begin(SECRET)


def test_endpoints_elsewhere_are_not_asked(fake: FakeIssuer) -> None:
    fake.described["token_endpoint"] = "https://elsewhere.example/token"
    openid = fake.openid()
    with pytest.raises(OutboundError):
        signed_in(fake, openid)
    further = fake.openid(replace(ISSUER, hosts=("https://elsewhere.example/",)))
    assert signed_in(fake, further).name == "stella"


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(ISSUER)
