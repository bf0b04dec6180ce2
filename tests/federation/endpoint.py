"""A SPARQL endpoint for tests: the query of a URL asked of a few statements, answered as JSON."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from cnrs_kg.federation.registry import Registry


class Endpoint:
    """Answers with what the statements hold."""

    def __init__(self, turtle: str) -> None:
        self.store = ox.Store()
        self.store.load(turtle.encode(), ox.RdfFormat.TURTLE)

    def answer(self, url: str) -> bytes:
        (query,) = parse_qs(urlsplit(url).query)["query"]
        found = self.store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return bytes(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")

    def pages(self, registry: Registry) -> Iterator[bytes]:
        """The pages of a harvest."""
        origin = registry.origin
        assert origin.url and origin.starts and origin.look
        left = list(origin.starts(origin.url))
        while left:
            url = left.pop(0)
            data = self.answer(url)
            yield data
            following = origin.look(data, url).following
            left[:0] = [following] if following else []
