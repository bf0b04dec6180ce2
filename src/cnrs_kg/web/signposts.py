"""Links in the header that lead machines on: what to cite, where the data are, its kind, author and licence.

https://signposting.org/FAIR/
"""

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from cnrs_kg.publishing.described import LICENCE
from cnrs_kg.rdf.namespaces import RDF, SCHEMA
from cnrs_kg.things import Thing

_LICENCE = ("Link", f'<{LICENCE.value}>; rel="license"')
_AUTHOR = ("Link", '</catalog#maintainers>; rel="author"')
_TYPES = 10


def of_page(found: Thing, data: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The links of the page about a thing, whose data are had by URL in a media type each."""
    yield "Link", f'<{found.iri.value}>; rel="cite-as"'
    for href, media_type in data.items():
        yield "Link", f'<{href}>; rel="describedby alternate"; type="{media_type}"'
    yield "Link", f'<{SCHEMA("AboutPage").value}>; rel="type"'
    for name in _types(found):
        yield "Link", f'<{name}>; rel="type"'
    yield "Link", '</catalog>; rel="collection"; type="text/html"'
    yield from (_LICENCE, _AUTHOR)


def of_data(page: str) -> Iterator[tuple[str, str]]:
    """The links of the data about a thing that has a page."""
    yield "Link", f'<{page}>; rel="describes"; type="text/html"'
    yield "Link", '</.well-known/void>; rel="describedby"'
    yield _LICENCE


def of_collection(items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The links of the catalogue, whose items are had by path in a media type each."""
    yield "Link", f'<{SCHEMA("DataCatalog").value}>; rel="type"'
    for path, media_type in items:
        yield "Link", f'</{path}>; rel="item"; type="{media_type}"'
    yield _AUTHOR


def _types(found: Thing) -> list[str]:
    """The classes of schema.org that a thing is in."""
    values = (value.term for one in found.properties if one.predicate == RDF("type") for value in one.values)
    names = (term.value for term in values if isinstance(term, ox.NamedNode))
    return sorted(name for name in names if name.startswith(SCHEMA.iri))[:_TYPES]
