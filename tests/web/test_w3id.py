"""The rules for w3id.org lead each kind of IRI to where the server answers.

The rules are read as mod_rewrite reads them in a directory: https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html
"""

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import BASE
from cnrs_kg.web.problems import KINDS

FILE = Path(__file__).parents[2] / "tools" / "w3id" / ".htaccess"
SERVER = "https://cnrs-kg.example.org"


def redirected(path: str, text: str) -> str | None:
    """Where a path below the directory is redirected; fails on what is no rule of the few kinds that are used."""
    environment: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        directive, *words = shlex.split(line, posix=False)
        if directive != "RewriteRule":
            assert (directive, words) in (("Options", ["+FollowSymLinks"]), ("RewriteEngine", ["on"])), line
            continue
        pattern, target, flags = words
        match = re.search(pattern, unquote(path.partition("?")[0]))
        if match is None:
            continue
        if target == "-":
            assert (setting := re.fullmatch(r"\[E=(\w+):(\S+)\]", flags)), line
            environment[setting[1]] = setting[2]
            continue
        assert flags == "[R=302,L]", line
        for number, group in enumerate(match.groups(), 1):
            target = target.replace(f"${number}", group)
        found = re.sub(r"%\{ENV:(\w+)\}", lambda found: environment[found[1]], target)
        query = path.partition("?")[2]  # kept, unless the target has one of its own
        return found if "?" in found or not query else f"{found}?{query}"
    return None


def answered(iri: str, browser: Any, accept: str) -> int:
    location = redirected(iri.removeprefix(BASE).partition("#")[0], FILE.read_text())
    assert location is not None, iri
    parts = urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}" == SERVER
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return int(browser.get(target, headers={"Accept": accept}, follow_redirects=True).status_code)


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json"])
@pytest.mark.parametrize(
    "name",
    [
        "id/unit/cintra",
        "id/claim/cintra-hasPartner-thales",
        "id/concept/unit-type/umi",
        "graph/cnrs-units",
        "ontology#OfficeAbroad",
        "ontology/office",
        "ontology/alignments/org",
        "ontology/0.1.0",
        "shapes#OfficeAbroad",
        "context",
        "catalog",
        ".well-known/void",
        "id/unit/cintra?version=1",
    ],
)
def test_an_iri_leads_to_an_answer(browser: Any, name: str, accept: str) -> None:
    assert answered(BASE + name, browser, accept if name != "context" else "application/ld+json") == 200


def test_every_kind_of_iri_in_the_graph_leads_to_an_answer(browser: Any, published: ox.Store) -> None:
    kinds: dict[str, str] = {}
    for quad in published.quads_for_pattern(None, None, None, None):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                name = term.value.removeprefix(BASE).partition("#")[0]
                kinds.setdefault("/".join(name.split("/")[: -1 if "/" in name else 1]), term.value)
    assert len(kinds) > 20
    assert {iri: answered(iri, browser, "text/turtle") for iri in kinds.values()} == dict.fromkeys(kinds.values(), 200)


def test_problems_lead_to_the_page_that_explains_them(browser: Any) -> None:
    for kind in KINDS.values():
        assert answered(f"{BASE}problems#{kind.name}", browser, "text/html") == 200


@pytest.mark.parametrize(
    "name", ["admin", "submissions", "idx/unit", ".well-known/genid/../../sparql", "static/query.js"]
)
def test_nothing_else_is_redirected(name: str) -> None:
    assert redirected(name, FILE.read_text()) is None
