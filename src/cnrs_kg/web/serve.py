"""Runs the application under granian: one server process, blocking threads (decision 14)."""

import contextlib
import ctypes
import gc
import logging
import os
import resource
import signal
import socket
import stat
import sys
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, TextIO

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cnrs_kg.config import Settings
from cnrs_kg.engine.pool import most_at_once
from cnrs_kg.federation.services import queries
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions import explaining, writer
from cnrs_kg.web import caching
from cnrs_kg.web.app import create_app
from cnrs_kg.web.bodies import MOST
from cnrs_kg.web.request_log import RequestLog
from cnrs_kg.web.static_files import built

LOG = logging.getLogger(__name__)
SPARE_THREADS = 8 + writer.WAITING + explaining.WAITING + queries.MOST + 2 * MOST
"""Threads beyond what the pool lets in, so that what needs no query is answered, and the pool says 503 itself."""

LONGEST_HEAD = 2**18
"""Bytes of a request's line and headers. The line alone may take 64 KiB (hyper's own limit, answered by 414)."""

GARBAGE = 5_000
"""New objects after which the collector looks: requests leave no cycles behind, and it is in the way of each."""

FILES, OTHER_FILES = 2**16, 2_000
"""Files that the server wants to have open, each connection being one, and those that are no connections."""

UNREAD = 120_000
"""Milliseconds after which a connection ends whose client has taken nothing of what was sent to it."""

GRACE = 10
"""Seconds that requests under way have when the server stops."""


_PR_SET_PDEATHSIG = 1
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
GRANIAN_LOG = {
    "formatters": {"generic": {"format": FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}
"""granian would write to standard output, which is for data."""


def serve(settings: Settings, project: Path) -> None:
    """Serve the published graph until a signal says to stop."""
    configure_logging()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if built("editor.js") is None:
        LOG.info("the query page is a plain form: its editor is not built (make web, which needs npm)")
    LOG.info("serving at http://%s:%d", host, settings.port)
    server = Granian(
        "cnrs_kg",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=most_at_once(settings.workers, settings.limits) + SPARE_THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=LONGEST_HEAD, header_read_timeout=30_000),
        backpressure=_connections(),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=GRANIAN_LOG,
        workers_kill_timeout=GRACE,
    )
    server.serve(target_loader=partial(application, settings, project), wrap_loader=False)


def _connections() -> int:
    """Connections that there may be at a time, as many as the machine allows: one beyond waits until another ends.

    Those that ask nothing hold no thread; granian would take 1,024, and then nobody else.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = max(soft, min(hard, FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - min(OTHER_FILES, allowed // 2)


def application(settings: Settings, project: Path) -> Any:
    """The WSGI application, made in the process that serves it; the graph is closed when that process ends."""
    configure_logging()
    _end_with_parent()
    _let_workers_finish()
    kg = KnowledgeGraph(settings, project=project)
    Finalize(None, kg.close, exitpriority=10)
    kg.pool.start()
    kg.services.start()
    kg.search.prepare()
    kg.notices.start()
    caching.build()
    log = RequestLog()
    Finalize(None, log.close, exitpriority=5)
    app = create_app(kg, log=log)
    # What is loaded by now stays: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    return _listening(app.wsgi_app)


def _listening(inner: Any) -> Any:
    """The application, which sees to the socket that listens when the first request comes: granian opens it late."""
    seen = False

    def answer(environ: Any, start_response: Any) -> Any:
        nonlocal seen
        if not seen:
            seen = True
            _leave_who_reads_nothing()
        return inner(environ, start_response)

    return answer


def configure_logging() -> None:
    """One line on standard error for each event and each request, whatever the process does with other logs."""
    ours = logging.getLogger("cnrs_kg")
    if not any(isinstance(handler, _Handler) for handler in ours.handlers):
        handler = _Handler(sys.stderr)
        handler.setFormatter(logging.Formatter(FORMAT))
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)
        ours.propagate = False


def _end_with_parent() -> None:
    """Stop when the process that supervises this one is gone, so that nobody else's port is kept."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))


def _leave_who_reads_nothing() -> None:
    """Connections end whose clients take nothing for `UNREAD`: they get the option from the socket that listens."""
    if sys.platform == "linux":
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                    with socket.socket(fileno=os.dup(int(name))) as found:
                        if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD)


def _let_workers_finish() -> None:
    """This thread, and those that it starts, interrupt no process that computes: they wait until it pauses, or its turn
    is over (docs/decisions/0022). Where the machine does not allow that, they do.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


class _Handler(logging.StreamHandler[TextIO]):
    """Told apart from handlers that others set."""
