"""Pages: a template, a language, and the headers that every page has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

from jinja2 import Environment

from cnrs_kg.rdf import namespaces
from cnrs_kg.telling.french import french
from cnrs_kg.web import caching, negotiation, security, terms
from cnrs_kg.web.federation_texts import FEDERATION
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import NotAcceptable
from cnrs_kg.web.problems import Problem, wants_page
from cnrs_kg.web.query_texts import QUERYING
from cnrs_kg.web.reading_texts import READING
from cnrs_kg.web.reference_texts import REFERENCE
from cnrs_kg.web.stewarding_texts import STEWARDING
from cnrs_kg.web.takeaway_texts import TAKE_AWAY
from cnrs_kg.web.texts import TEXTS, number

COOKIE = "lang"
_VARY = f"{caching.VARY}, Cookie"
_MORE = (READING, REFERENCE, STEWARDING, TAKE_AWAY, QUERYING, FEDERATION)
_TEXTS = {
    language: {name: text for some in (TEXTS, *_MORE) for name, text in some[language].items()} for language in TEXTS
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}

_FORMS = {"json": "application/json", "html": negotiation.HTML}


def texts_of(language: str) -> Mapping[str, str]:
    """What pages say in a language."""
    return _TEXTS[language]


def language_of(incoming: Incoming) -> tuple[str, str | None]:
    """The language of a page for this client, and the `?lang=` that chose it, if one did."""
    try:
        asked = next((value for name, value in parameters(incoming.query_string) if name == "lang"), None)
    except BadRequest:
        asked = None
    cookie = _cookie(incoming.header("Cookie"))
    chosen = negotiation.language(asked, cookie, (incoming.header("Accept-Language") or "")[:1000])
    return chosen, asked if asked in negotiation.LANGUAGES else None


def page_wanted(incoming: Incoming) -> bool:
    """Whether a page is wanted rather than JSON, by `format` or by what the client reads; else `NotAcceptable`."""
    name = dict(parameters(incoming.query_string)).get("format")
    if name not in (None, "html", "json"):
        raise NotAcceptable(f"format: {name[:80]!r} is neither html nor json", available=["html", "json"])
    if name is not None:
        return name == "html"
    accept = incoming.header("Accept") or ""
    chosen = negotiation.HTML if wants_page(incoming) else negotiation.form(None, accept, _FORMS)
    if chosen is None:
        raise negotiation.not_acceptable(accept, [(one, (one,)) for one in _FORMS.values()])
    return chosen == negotiation.HTML


def _cookie(header: str | None) -> str | None:
    if not header or COOKIE not in header:
        return None
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def day(moment: datetime, language: str) -> str:
    """A date as the language writes it."""
    return f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"


class Pages:
    """Writes pages from the templates of an environment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.filters.update(
            french=french, place=terms.place, short=terms.short, prefixed=lambda term: namespaces.prefixed(str(term))
        )

    def render(
        self,
        template: str,
        incoming: Incoming,
        *,
        status: int = 200,
        headers: Sequence[tuple[str, str]] = (),
        etag_of: Sequence[object] | None = None,
        protection: Sequence[tuple[str, str]] = security.HEADERS,
        **context: Any,
    ) -> Reply:
        """The page as a reply; 304 if the client already has the one that depends on `etag_of`.

        `protection` is what tells browsers what they may do with it.
        """
        language, asked = language_of(incoming)
        packed = negotiation.gzip_accepted(incoming.header("Accept-Encoding"))
        common = [
            ("Vary", _VARY),
            ("Content-Language", language),
            ("Cache-Control", "no-cache" if etag_of is not None else "no-store"),
            *protection,
            *headers,
        ]
        if asked:
            common.append(("Set-Cookie", f"{COOKIE}={asked}; Path=/; Max-Age=31536000; SameSite=Lax"))
        if etag_of is not None:
            tag = caching.etag(*etag_of, language, asked, "html", "gzip" if packed else "identity", caching.build())
            common.append(("ETag", tag))
            if status == 200 and caching.matches(incoming.header("If-None-Match"), tag):
                return Reply(304, tuple(common))
        body = self._body(template, incoming, language, context)
        if packed and caching.worth_packing(len(body)):
            body = caching.packed(body)
            common.append(("Content-Encoding", "gzip"))
        content = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
        return Reply(status, (*content, *common), body)

    def _body(self, template: str, incoming: Incoming, language: str, context: dict[str, Any]) -> bytes:
        other = "en" if language == "fr" else "fr"
        pairs = context.pop("pairs", None)
        if pairs is None:
            try:
                pairs = parameters(incoming.query_string)
            except BadRequest:
                pairs = []
        page = self._environment.get_template(template)
        text = page.render(
            t=texts_of(language),
            language=language,
            other=other,
            other_url=url(
                "/" + incoming.path.lstrip("/"), [*((n, v) for n, v in pairs if n != "lang"), ("lang", other)]
            ),
            path=incoming.path,
            number=lambda value: number(value, language),
            day=lambda moment: day(moment, language),
            build=caching.build()[:8],
            **context,
        )
        return text.encode()

    def text(self, template: str, **context: Any) -> str:
        """A template that is no page, filled in."""
        return self._environment.get_template(template).render(**context)

    def problem(self, found: Problem, incoming: Incoming) -> Reply:
        """A problem as a page."""
        return self.render(
            "problem.html",
            incoming,
            status=found.kind.status,
            headers=found.headers,
            problem=found.told(language_of(incoming)[0]),
        )
