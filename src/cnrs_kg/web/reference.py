"""`/ontology` and `/shapes`: what the terms and the shapes of our namespaces mean; as RDF, and as pages made from it.

https://www.w3.org/TR/swbp-vocab-pub/: a term's IRI leads to the place of the page that is about it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.namespaces import BASE, CNRS, DCTERMS, IN_DOCUMENTS, OWL, SHAPES, readable
from cnrs_kg.rdf.terms import Term
from cnrs_kg.rdf.writing import serialised
from cnrs_kg.validation.labels import in_language
from cnrs_kg.vocabulary.json_ld import compact, context
from cnrs_kg.vocabulary.ontology import ONTOLOGY, Entry, Ontology, Texts
from cnrs_kg.vocabulary.reference import Reference
from cnrs_kg.vocabulary.shapes import Rule, Shape
from cnrs_kg.web import diagram, memento, negotiation, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.problems import NotFound, wants_page
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import identity
from cnrs_kg.web.terms import place

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

JSON_LD = "application/ld+json"
_FORMS = ("turtle", "ntriples", "rdfxml", "jsonld")
_NODE = re.compile(r"<([^>]*)>")


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The namespaces' documents."""
    found, resource = Blueprint("reference", __name__), Resources(kg, pages)

    @found.get("/ontology")
    def ontology() -> ResponseReturnValue:
        return response(resource.ontology(current_request()))

    @found.get("/ontology/<path:name>")
    def module(name: str) -> ResponseReturnValue:
        return response(resource.module(current_request(), name))

    @found.get("/context")
    def context() -> ResponseReturnValue:
        return response(resource.context(current_request()))

    @found.get("/shapes")
    def shapes() -> ResponseReturnValue:
        return response(resource.shapes(current_request()))

    return found


class Resources:
    """Answers about terms and shapes."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def ontology(self, incoming: Incoming) -> Reply:
        """The ontology with its alignments and schemes."""
        return self._rdf(incoming, "ontology") or self._page(incoming, "ontology")

    def shapes(self, incoming: Incoming) -> Reply:
        """The shapes."""
        return self._rdf(incoming, "shapes") or self._page(incoming, "shapes")

    def context(self, incoming: Incoming) -> Reply:
        """The JSON-LD context by which our data can be written with the names of terms."""
        asked = memento.requested(self._kg, incoming)

        def body() -> bytes:
            return json.dumps({"@context": context(self._reference(asked).ontology)}, indent=1).encode()

        told = memento.headers(asked, incoming.path, incoming.query_string)
        state = ("context", identity(asked.version))
        return tagged(
            incoming, state, JSON_LD, body, fresh="public, max-age=86400", vary="Accept-Datetime", headers=told
        )

    def module(self, incoming: Incoming, name: str) -> Reply:
        """303 to the document that tells of a module, an alignment or the release that it is."""
        found = self._reference(memento.requested(self._kg, incoming)).ontology
        iri = f"{ONTOLOGY.value}/{name}"
        place = next((one.name for one in (*found.modules, *found.alignments) if one.node.value == iri), None)
        if place is None and iri != found.value(OWL("versionIRI")):
            raise NotFound(f"The ontology has no module {name[:80]}", advice="Its modules are listed on /ontology.")
        fragment = f"#{place}" if place and wants_page(incoming) else ""
        headers = (("Location", f"/ontology{fragment}"), ("Content-Length", "0"), ("Vary", "Accept"))
        return Reply(303, (*headers, *security.CROSS_ORIGIN, *security.HEADERS))

    def _rdf(self, incoming: Incoming, name: str) -> Reply | None:
        """The statements of the document; None where a page is wanted."""
        form = dict(parameters(incoming.query_string)).get("format")
        if form == "html" or (form is None and wants_page(incoming)):
            return None
        media_type = negotiation.graph_format(incoming.header("Accept"), form)
        asked = memento.requested(self._kg, incoming)

        def body() -> bytes:
            found = self._reference(asked)
            if media_type == JSON_LD:
                document = compact(found.documents[name], context(found.ontology))
                return json.dumps(document, ensure_ascii=False, indent=1).encode()
            return serialised(found.documents[name], media_type, IN_DOCUMENTS)

        return tagged(
            incoming,
            (name, identity(asked.version)),
            media_type,
            body,
            fresh="public, no-cache",
            headers=(
                ("Link", f'<{url(f"/{name}", {"format": "html"})}>; rel="alternate"; type="text/html"'),
                *memento.headers(asked, incoming.path, incoming.query_string),
            ),
        )

    def _page(self, incoming: Incoming, name: str) -> Reply:
        asked = memento.requested(self._kg, incoming)
        reference, words = self._reference(asked), _Words(language_of(incoming)[0])
        known = _Known(reference, words.language)
        data = [(form, url(f"/{name}", {"format": form})) for form in _FORMS]
        return self._pages.render(
            f"{name}.html",
            incoming,
            etag_of=(name, identity(asked.version)),
            headers=memento.headers(asked, incoming.path, incoming.query_string),
            reference=reference,
            data=data,
            said=words.said,
            also=words.also,
            known=known,
            diagram=diagram.drawn(reference, known.label) if name == "ontology" else None,
            head=_head(reference.ontology),
        )

    def _reference(self, asked: memento.Asked) -> Reference:
        return self._kg.references.of(asked.version)


@dataclass(frozen=True)
class _Words:
    """Texts in the reader's language, and in the other one."""

    language: str

    def said(self, texts: Texts) -> str:
        """In the reader's language, else in another."""
        return in_language(texts, self.language) or ""

    def also(self, texts: Texts) -> str | None:
        """In the other language, if it is there."""
        return texts.get("en" if self.language == "fr" else "fr")


@dataclass(frozen=True)
class _Known:
    """What the page calls a node, and where that leads."""

    reference: Reference
    language: str

    def label(self, entry: Entry) -> str:
        """What a term is called."""
        return in_language(entry.labels, self.language) or entry.name

    def name(self, node: Term, labels: Mapping[str, Mapping[str, str]] = {}) -> str:
        """What a node is called: by the ontology, else by `labels`, else its IRI with a prefix."""
        if not isinstance(node, ox.NamedNode):
            return node.value if isinstance(node, ox.Literal) else str(node)
        entry = self.reference.ontology.entries.get(node.value)
        if entry is not None:
            return self.label(entry)
        return in_language(labels.get(node.value, {}), self.language) or self.short(node)

    def short(self, node: ox.NamedNode) -> str:
        """The IRI with a prefix."""
        return readable(node.value)

    def link(self, node: Term) -> str | None:
        """Where a node leads: to its place in these pages, to its own page, or to the vocabulary that defines it."""
        if not isinstance(node, ox.NamedNode):
            return None
        return place(node.value) if node.value.startswith(BASE) else node.value

    def path(self, rule: Rule) -> Iterable[ox.NamedNode | str]:
        """A path as nodes and the marks between them."""
        for number, part in enumerate(_NODE.split(rule.path or "")):
            if part:
                yield ox.NamedNode(part) if number % 2 else part

    def judging(self, entry: Entry) -> Iterable[tuple[Shape, Rule | None]]:
        """The shapes that judge a term."""
        return self.reference.judging.get(entry.node.value, ())

    def said_of(self, entry: Entry) -> list[ox.NamedNode]:
        """The classes whose shapes take a property."""
        found = {target for shape, rule in self.judging(entry) if rule is not None for target in shape.targets}
        return sorted(found, key=str)

    def leads_to(self, entry: Entry) -> list[ox.NamedNode]:
        """What the shapes say that a property leads to, where it is the whole path."""
        rules = (rule for _, rule in self.judging(entry) if rule is not None and rule.path == str(entry.node))
        return sorted({value for rule in rules for value in rule.values}, key=str)


def _head(ontology: Ontology) -> Mapping[str, object]:
    return {
        "description": ontology.texts(ONTOLOGY, DCTERMS("description")),
        "release": ontology.value(OWL("versionInfo")),
        "licence": ontology.value(DCTERMS("license")),
        "namespace": CNRS.iri,
        "shapes": SHAPES.iri,
    }
