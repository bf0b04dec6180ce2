"""`/facts`: all values that a thing has of one property, or all things that point to it by one; and what links lead
on from a fact.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from cnrs_kg.browsing.names import folded
from cnrs_kg.rdf.namespaces import CNRS, prefixed
from cnrs_kg.rdf.reading import read_predicate
from cnrs_kg.rdf.terms import Term
from cnrs_kg.things import Property, Thing
from cnrs_kg.web import memento
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.missing import missing
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.parameters import flag
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sparql import client, identity
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/facts"
SHOWN = 100
"""Values on a page."""


class FactsPage:
    """Called with a request, gives the page."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def __call__(self, incoming: Incoming) -> Reply:
        """The values in the order of their names, a page at a time."""
        options = dict(parameters(incoming.query_string))
        subject, predicate = (_named(options, name) for name in ("iri", "property"))
        inverse = flag(options, "inverse")
        asked = memento.requested(self._kg, incoming)
        of = client(incoming, None)
        found = self._kg.facts(subject.value, predicate.value, asked.version, inverse=inverse, client=of)
        if found is None:
            if not self._kg.knows(subject.value, asked.version, client=of):
                raise missing(self._kg, subject.value, asked)
            raise NotFound(f"{subject} has nothing by {predicate}", advice=f"See {describe_url(subject.value)}.")
        (one,), language = found.properties, language_of(incoming)[0]
        values = sorted(one.values, key=lambda value: folded(found.label(value.term, language)))
        kept = [(name, options[name]) for name in ("iri", "property", "inverse", "version") if name in options]
        paged = Paged.of(values, options.get("page"), PATH, kept, size=SHOWN)
        links = Links(found, language, asked)
        return self._pages.render(
            "facts.html",
            incoming,
            status=404 if paged.beyond else 200,
            etag_of=None if paged.beyond else ("facts", identity(asked.version), tuple(kept), paged.number),
            headers=memento.headers(asked, PATH, incoming.query_string),
            found=found,
            one=one,
            links=links,
            paged=paged,
            thing=describe_url(subject.value),
            query=url("/sparql", [("query", _query(found, one)), *links.version]),
        )


class Links:
    """Where the facts of a thing lead to, in a language and for the version that was asked for."""

    def __init__(self, found: Thing, language: str, asked: memento.Asked) -> None:
        self._found, self._language = found, language
        self.version = [("version", str(asked.version.number))] if asked.past else []

    def name(self, term: Term) -> str:
        """What a term is called."""
        return self._found.label(term, self._language)

    def link(self, term: Term) -> str | None:
        """Where a term leads: one of our vocabulary to what it means, all else to what is said of it."""
        if not isinstance(term, ox.NamedNode):
            return None
        own = term.value.startswith(CNRS.iri)
        return f"/ontology#{quote(term.value.removeprefix(CNRS.iri))}" if own else describe_url(term.value)

    def why(self, one: Property, value: Term) -> str:
        """Why a fact holds."""
        subject, value = (value, self._found.iri) if one.inverse else (self._found.iri, value)
        terms = (prefixed(str(term)) for term in (subject, one.predicate, value))
        return url("/explain", [*zip("spo", terms, strict=True), *self.version])

    def correct(self, one: Property, value: Term) -> str:
        """The form of a thing, with the statement that is to be corrected."""
        said = {"property": prefixed(str(one.predicate)), "value": prefixed(str(value))[:2000]}
        return url("/form", {"thing": self._found.iri.value, **said})

    def all(self, one: Property) -> str:
        """All values of a property."""
        pairs = [("iri", self._found.iri.value), ("property", one.predicate.value)]
        return url(PATH, [*pairs, *([("inverse", "true")] if one.inverse else []), *self.version])


def _query(found: Thing, one: Property) -> str:
    statement = f"?thing {one.predicate} {found.iri}" if one.inverse else f"{found.iri} {one.predicate} ?value"
    return f"SELECT * {{ {statement} }}"


def _named(options: dict[str, str], name: str) -> ox.NamedNode:
    if not options.get(name):
        raise BadRequest(f"{name}: missing", advice="Name a thing by iri= and a property by property=.")
    return read_predicate(options[name])
