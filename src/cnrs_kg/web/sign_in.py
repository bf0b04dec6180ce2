"""`/sign-in`: a person with a token, or known to an issuer, gets a session; programs send their token instead."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import PermissionRefused
from cnrs_kg.openid import OpenId, new_secret
from cnrs_kg.sessions import LASTS, csrf
from cnrs_kg.web import security, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages
from cnrs_kg.web.service_description import public_url

if TYPE_CHECKING:
    from cnrs_kg.accounts import Account
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH, COOKIE, HOME = "/sign-in", "session", "/submissions"
ISSUER, LEAVING, LEAVE = f"{PATH}/openid", "leaving", timedelta(minutes=10)
BACK = f"{ISSUER}/back"
STEWARDING = ("/submissions", "/form", "/links", "/webhooks")
LONGEST = 1000
"""Characters of the address to which somebody who signs in goes back."""


@dataclass(frozen=True)
class Who:
    """Who asks: an account by token or session, or nobody; `csrf` is what forms of the session carry."""

    account: "Account | None" = None
    csrf: str | None = None

    def check(self, fields: Mapping[str, str]) -> None:
        """`PermissionRefused` if a form came in a session without what the session's forms carry."""
        if self.csrf is not None and not hmac.compare_digest(fields.get("csrf", "").encode(), self.csrf.encode()):
            raise PermissionRefused(
                "The form is not one of this session", advice="Load the page again, and send its form."
            )


def who(kg: "KnowledgeGraph", incoming: Incoming) -> Who:
    """Who asks; `PermissionRefused` for a token that is not good. A session that is over is nobody's."""
    account = security.account(incoming, kg.accounts)
    secret = _secret(incoming)
    if account is not None or secret is None:
        return Who(account)
    found = kg.sessions.account(secret)
    return Who() if found is None else Who(found, csrf(secret))


def blueprint(kg: "KnowledgeGraph", pages: Pages, openid: OpenId | None = None) -> Blueprint:
    """Signing in and out; `openid` in the place of the one that the settings say."""
    found, resource = Blueprint("sign_in", __name__), SignIn(kg, pages, openid or _openid(kg))

    @found.get(PATH)
    def form() -> ResponseReturnValue:
        return response(resource.page(current_request()))

    @found.post(PATH)
    def sign_in() -> ResponseReturnValue:
        return response(resource.by_token(current_request()))

    @found.get(ISSUER)
    def leave() -> ResponseReturnValue:
        return response(resource.leave(current_request()))

    @found.get(BACK)
    def back() -> ResponseReturnValue:
        return response(resource.back(current_request()))

    @found.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        incoming = current_request()
        who(kg, incoming).check(sent.fields(incoming))
        kg.sessions.end(_secret(incoming) or "")
        return response(see_other(HOME, ("Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")))

    return found


class SignIn:
    """Answers requests for sessions."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages, openid: OpenId | None) -> None:
        self._kg, self._pages, self._openid = kg, pages, openid

    def page(self, incoming: Incoming) -> Reply:
        """The ways to sign in."""
        return self._page(incoming, _local(dict(parameters(incoming.query_string)).get("to")))

    def by_token(self, incoming: Incoming) -> Reply:
        """A session for the holder of a token."""
        _refuse_strangers(self._kg, incoming)
        fields = sent.fields(incoming)
        to = _local(fields.get("to"))
        secret = self._kg.sessions.open(fields.get("token", "").strip())
        return self._page(incoming, to, status=403, wrong=True) if secret is None else self._opened(secret, to)

    def leave(self, incoming: Incoming) -> Reply:
        """The way to the issuer, with a secret that shows who comes back."""
        openid, secret = self._issuer(), new_secret()
        to = _local(dict(parameters(incoming.query_string)).get("to"))
        age = int(LEAVE.total_seconds())
        cookie = self._cookie(LEAVING, f"{secret}.{quote(to, safe='')}", age, path=ISSUER)
        return see_other(openid.begin(secret), cookie)

    def back(self, incoming: Incoming) -> Reply:
        """A session for whom the issuer sends back."""
        openid = self._issuer()
        secret, _, to = (_kept(incoming, LEAVING) or "").partition(".")
        person = openid.finish(secret, dict(parameters(incoming.query_string)))
        account = self._kg.accounts.admit(person.identity, person.name, person.role, expires=datetime.now(UTC) + LASTS)
        opened = self._opened(self._kg.sessions.open_for(account), _local(unquote(to)))
        return opened.with_headers(self._cookie(LEAVING, "", 0, path=ISSUER))

    def _issuer(self) -> OpenId:
        if self._openid is None:
            raise NotFound("No issuer is set up", advice="Sign in with a token: /sign-in.")
        return self._openid

    def _page(self, incoming: Incoming, to: str, *, status: int = 200, wrong: bool = False) -> Reply:
        label = None if self._openid is None else self._openid.issuer.label
        issuer = url(ISSUER, {"to": to})
        return self._pages.render(
            "sign_in.html", incoming, status=status, to=to, wrong=wrong, label=label, issuer=issuer
        )

    def _opened(self, secret: str, to: str) -> Reply:
        return see_other(to, self._cookie(COOKIE, secret, int(LASTS.total_seconds())))

    def _cookie(self, name: str, value: str, age: int, *, path: str = "/") -> tuple[str, str]:
        secure = "; Secure" if public_url(self._kg).startswith("https:") else ""
        return "Set-Cookie", f"{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"


def _openid(kg: "KnowledgeGraph") -> OpenId | None:
    return None if kg.settings.openid is None else OpenId(kg.settings.openid, f"{public_url(kg)}{BACK}")


def see_other(path: str, *headers: tuple[str, str]) -> Reply:
    """Where a browser goes after it sent a form."""
    return Reply(303, (("Location", path), ("Cache-Control", "no-store"), *headers, *security.HEADERS))


def _refuse_strangers(kg: "KnowledgeGraph", incoming: Incoming) -> None:
    """A form of another site must not sign anybody in."""
    origin = incoming.header("Origin")
    if origin is not None and urlsplit(origin).netloc not in (incoming.header("Host"), urlsplit(public_url(kg)).netloc):
        raise PermissionRefused("Forms of other sites sign nobody in", advice="Sign in on the page of this server.")


def _secret(incoming: Incoming) -> str | None:
    return _kept(incoming, COOKIE)


def _kept(incoming: Incoming, name: str) -> str | None:
    """The value of a cookie."""
    header = incoming.header("Cookie")
    if not header or name not in header:
        return None
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _local(path: str | None) -> str:
    """The path if it leads to a page of the stewards, else that of the queue."""
    plain = path is not None and len(path) <= LONGEST and path.isascii() and path.isprintable()
    return path if plain and path is not None and path.startswith(STEWARDING) else HOME
