"""What is said to another engine: queries with their dataset, and updates.

https://www.w3.org/TR/sparql11-protocol/
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import JSON_RESULTS
from cnrs_kg.errors import OutboundAnswer, RdfError, ResultTooLarge
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.services.gateway import CUT, FORM
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.places import Place

ACCEPTED = (JSON_RESULTS, "application/json")
CONNECT = 2.0
"""Seconds until it is taken to be down."""
SECONDS = 300.0
"""For one update, or a question of ours."""
ANSWER_BYTES = 2**24
"""Bytes of an answer, which the server holds in memory."""
FEW = 10_000
"""Rows of the answer to a question of ours."""


class Dataset(NamedTuple):
    """The graphs that a query is about there: the one that stands for our default graph, and named ones."""

    default: str
    named: tuple[str, ...] = ()


class Remote:
    """The engine at an endpoint; whatever it does not do well is an `OutboundError`."""

    def __init__(self, endpoint: BackendEndpoint, pool: Pool, outbound: Outbound | None = None) -> None:
        self._endpoint, self._pool = endpoint, pool
        self._headers = {"Authorization": endpoint.authorization} if endpoint.authorization else {}
        # The operator wrote these URLs, so they may be of a network of one's own.
        self._outbound = outbound or Outbound(Place.of(url, private=True) for url in {endpoint.query, endpoint.update})

    def close(self) -> None:
        """Give the connections back."""
        self._outbound.close()

    def answer(self, text: str, dataset: Dataset | None, seconds: float) -> bytes:
        """The answer of a SELECT or ASK in JSON, which nobody has looked at yet; complete as far as it says so."""
        form = [("query", text)]
        if dataset is not None:
            form += [("default-graph-uri", dataset.default), *(("named-graph-uri", name) for name in dataset.named)]
        limits = Limits(connect=min(CONNECT, seconds), read=seconds, whole=seconds, bytes=ANSWER_BYTES, attempts=1)
        with self._outbound.post(
            self._endpoint.query,
            urlencode(form).encode(),
            FORM,
            accept=ACCEPTED,
            headers=self._headers,
            limits=limits,
        ) as reply:
            cut = next((name for name in CUT if name in reply.headers), None)
            if cut is not None:
                raise self.useless(f"cut its answer short ({cut}: {reply.headers[cut][:40]})")
            return reply.read()

    def rows(
        self, text: str, variables: Sequence[str], dataset: Dataset | None = None, seconds: float = SECONDS
    ) -> list[str]:
        """The few rows of the answer to a question of ours, as SPARQL writes them."""
        data = self.answer(text, dataset, seconds)
        try:
            return read(self._pool, data, text, variables)
        except (RdfError, ResultTooLarge) as error:
            raise self.useless(f"answered what cannot be read: {error.detail}") from error

    def update(self, operations: Sequence[str]) -> None:
        """Have it change what it holds, each operation after the one before."""
        limits = Limits(connect=CONNECT, read=SECONDS, whole=SECONDS, bytes=ANSWER_BYTES, attempts=1)
        form = urlencode({"update": " ;\n".join(operations)}).encode()
        with self._outbound.post(
            self._endpoint.update, form, FORM, headers=self._headers, statuses=range(200, 300), limits=limits
        ) as reply:
            reply.read()

    def useless(self, what: str) -> OutboundAnswer:
        """The failure of an engine that answered, but not what was asked for."""
        host = urlsplit(self._endpoint.query).hostname or ""
        return OutboundAnswer(f"{host} {what}", advice="Look into its log.", host=host)


def read(pool: Pool, data: bytes, text: str, variables: Sequence[str]) -> list[str]:
    """The rows of an answer in JSON, read in a worker."""
    lines = pool.solutions(data, JSON_RESULTS, tuple(variables), rows=FEW, scope=text)
    return [line[1:-1] for line in lines.decode().split("\n")[:-1]]
