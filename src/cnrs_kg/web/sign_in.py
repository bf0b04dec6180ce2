"""`/sign-in`: a person with a token gets a session for the stewards' pages; programs send their token instead."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import PermissionRefused
from cnrs_kg.sessions import LASTS, csrf
from cnrs_kg.web import security, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters
from cnrs_kg.web.rendering import Pages
from cnrs_kg.web.service_description import public_url

if TYPE_CHECKING:
    from cnrs_kg.accounts import Account
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH, COOKIE, HOME = "/sign-in", "session", "/submissions"


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


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """Signing in and out."""
    found = Blueprint("sign_in", __name__)

    @found.get(PATH)
    def form() -> ResponseReturnValue:
        incoming = current_request()
        to = _local(dict(parameters(incoming.query_string)).get("to"))
        return response(pages.render("sign_in.html", incoming, to=to, wrong=False))

    @found.post(PATH)
    def sign_in() -> ResponseReturnValue:
        return response(_sign_in(kg, pages, current_request()))

    @found.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        incoming = current_request()
        who(kg, incoming).check(sent.fields(incoming))
        kg.sessions.end(_secret(incoming) or "")
        return response(see_other(HOME, ("Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")))

    return found


def _sign_in(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    _refuse_strangers(kg, incoming)
    fields = sent.fields(incoming)
    to = _local(fields.get("to"))
    secret = kg.sessions.open(fields.get("token", "").strip())
    if secret is None:
        return pages.render("sign_in.html", incoming, status=403, to=to, wrong=True)
    secure = "; Secure" if public_url(kg).startswith("https:") else ""
    age = int(LASTS.total_seconds())
    cookie = f"{COOKIE}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    return see_other(to, ("Set-Cookie", cookie))


def see_other(path: str, *headers: tuple[str, str]) -> Reply:
    """Where a browser goes after it sent a form."""
    return Reply(303, (("Location", path), ("Cache-Control", "no-store"), *headers, *security.HEADERS))


def _refuse_strangers(kg: "KnowledgeGraph", incoming: Incoming) -> None:
    """A form of another site must not sign anybody in."""
    origin = incoming.header("Origin")
    if origin is not None and urlsplit(origin).netloc not in (incoming.header("Host"), urlsplit(public_url(kg)).netloc):
        raise PermissionRefused("Forms of other sites sign nobody in", advice="Sign in on the page of this server.")


def _secret(incoming: Incoming) -> str | None:
    header = incoming.header("Cookie")
    if not header or COOKIE not in header:
        return None
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _local(path: str | None) -> str:
    """The path if it leads to a page of this server, else that of the queue."""
    pages = ("/submissions", "/form", "/links")
    good = path is not None and path.startswith(pages) and path.isascii() and path.isprintable()
    return path if good and path is not None else HOME
