"""Queries answered by an engine beside this one, where it is known to hold the very version that they are about.

Whatever it does not answer well, completely and in time is answered here, as all else is: it is a help, never a need.
"""

import logging
from collections import Counter
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any

from cnrs_kg.engine.kind import outline
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import Answer, QueryRequest
from cnrs_kg.errors import CnrsKgError, OutboundTimeout, OutboundUnavailable
from cnrs_kg.federation.backend.checking import Checking
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.backend.following import Follower, Held, Stopped
from cnrs_kg.federation.backend.remote import Remote
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.rdf.formats import RESULT_FORMATS
from cnrs_kg.rdf.sparql_lexer import Kind, tokens
from cnrs_kg.store.versions import Versions

LOG = logging.getLogger(__name__)
EVERY, SELDOM = 2.0, 60.0
"""Seconds between looks at the engine, and the most of them after looks that failed."""
MOST = 16
"""Queries that wait for it at a time."""
LONGEST = 2**15
"""Characters of a query that it is asked."""
JUDGING, LEAST = 1.0, 0.1
"""Seconds in which a query is judged; the fewest in which anything is asked."""
NOTHING = ("urn:nothing",)
"""A dataset without statements: over it a query is only judged."""
TSV = "text/tab-separated-values"
LEFT = "; it is left alone until the server starts again"
_FORMATS = frozenset(syntax.media_type for syntax in RESULT_FORMATS)


class Backend:
    """Answers as the pool does, with the help of another engine."""

    def __init__(
        self, endpoint: BackendEndpoint, pool: Pool, versions: Versions, *, outbound: Outbound | None = None
    ) -> None:
        self._pool = pool
        self._remote = Remote(endpoint, pool, outbound)
        self.follower = Follower(self._remote, versions, Checking(self._remote, pool))
        self._thread = Thread(target=self._run, name="query_backend", daemon=True)
        self._turns, self._lock = BoundedSemaphore(MOST), Lock()
        self._counts = Counter(answered=0, failed=0, embedded=0)

    def start(self) -> None:
        """Keep the engine at the current version from now on, in the background."""
        self._thread.start()

    def close(self) -> None:
        """Leave it where it is."""
        self.follower.stop.set()
        if self._thread.is_alive():
            self._thread.join(EVERY)
        self._remote.close()

    def status(self) -> dict[str, Any]:
        """The version that the engine is known to hold (0 if none), whether it cannot hold one, and how many queries
        it answered, failed to answer, and was not asked.
        """
        held, unfit = self.follower.held, self.follower.unfit
        with self._lock:
            return {"version": held.version.number if held else 0, "unfit": unfit, **self._counts}

    def query(
        self,
        request: QueryRequest,
        *,
        client: str = "",
        deadline: float | None = None,
        cancelled: Event | None = None,
    ) -> Answer:
        """What `Pool.query` says: the complete answer of a query, or one of the `QueryError`s."""
        deadline = now() + self._pool.limits.timeout if deadline is None else deadline
        held = self.follower.held
        answer = None
        if held is not None and request.store == held.version.path and may_go(request):
            answer = self._answer(held, request, client, deadline)
        else:
            self._count("embedded")
        return answer or self._pool.query(request, client=client, deadline=deadline, cancelled=cancelled)

    def _answer(self, held: Held, request: QueryRequest, client: str, deadline: float) -> Answer | None:
        """The engine's answer; None if there is none that can be given."""
        outcome = "embedded"
        if not self._turns.acquire(blocking=False):
            self._count(outcome)
            return None
        try:
            variables = self._variables(request, client, deadline)
            outcome = "failed"
            answer = self._asked(held, request, variables, client, deadline)
            outcome = "answered" if answer else outcome
            return answer
        except CnrsKgError as error:
            # A query that is at fault itself is told so by the engine here.
            if isinstance(error, OutboundUnavailable | OutboundTimeout):
                self.follower.lose(held)
            if outcome == "failed":
                LOG.warning("query_backend: %s", error.detail[:300])
            return None
        finally:
            self._turns.release()
            self._count(outcome)

    def _variables(self, request: QueryRequest, client: str, deadline: float) -> tuple[str, ...] | None:
        """The variables of the answer, None if it is true or false; an error if this is no query that can be asked."""
        judged = request._replace(default_graphs=NOTHING, result_format=TSV)
        answer = self._pool.query(judged, client=client, deadline=min(deadline, now() + JUDGING))
        head = next(answer.chunks()).partition(b"\n")[0].decode()
        if answer.file is not None:
            answer.file.close()
        return None if answer.form == "ASK" else tuple(name[1:] for name in head.split("\t") if name)

    def _asked(
        self, held: Held, request: QueryRequest, variables: tuple[str, ...] | None, client: str, deadline: float
    ) -> Answer | None:
        """The engine's answer in the format that was asked for, if it held the version all the time.

        Half of the time that is left is for it, so that the other half is for the one here.
        """
        until = (now() + deadline) / 2
        text = f"BASE <{request.base_iri}>\n{request.text}" if request.base_iri else request.text
        data = self._remote.answer(text, held.dataset, max(LEAST, until - now()))
        if not self.follower.still_holds(held, max(LEAST, until - now())):
            self.follower.lose(held)
            return None
        return self._pool.results(data, request, variables, client=client, deadline=deadline)

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._counts[outcome] += 1

    def _run(self) -> None:
        pause = 0.0
        while not self.follower.stop.wait(pause):
            try:
                self.follower.follow()
                pause = EVERY
            except Stopped:
                return
            except (CnrsKgError, OSError, SyntaxError) as error:
                LOG.warning("query_backend: %s%s", str(error)[:300], LEFT if self.follower.unfit else "")
                pause = min(max(EVERY, 2 * pause), SELDOM)


def may_go(request: QueryRequest) -> bool:
    """Whether another engine means the same by a query: SELECT or ASK over the whole dataset, without SERVICE, without
    functions that have IRIs, in a format of SPARQL's.
    """
    plain = (request.default_graphs, request.named_graphs, request.bindings) == (None, None, ())
    if not plain or request.result_format not in _FORMATS or len(request.text) > LONGEST:
        return False
    found = outline(request.text)
    if found.form not in ("SELECT", "ASK") or found.service is not None or found.has_dataset:
        return False
    before = None
    for token in tokens(request.text):
        if token.text == "(" and before in (Kind.IRI, Kind.PREFIXED_NAME):
            return False
        before = token.kind
    return True
