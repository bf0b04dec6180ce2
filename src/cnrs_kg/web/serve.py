"""Runs the application under granian: one server process, blocking threads (decision 14)."""

import gc
import logging
import sys
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web import caching
from cnrs_kg.web.app import create_app

LOG = logging.getLogger(__name__)
SPARE_THREADS = 16
"""Threads beyond what the pool lets wait, so that what needs no query is answered, and the pool says 503 itself."""

LONGEST_HEAD = 2**20
"""Bytes of a request's line and headers: a query sent by GET has room."""

GRACE = 10
"""Seconds that requests under way have when the server stops."""


def serve(settings: Settings, project: Path) -> None:
    """Serve the published graph until a signal says to stop."""
    configure_logging()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    LOG.info("serving at http://%s:%d", host, settings.port)
    server = Granian(
        "cnrs_kg",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.workers + settings.backlog + SPARE_THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=LONGEST_HEAD, header_read_timeout=30_000),
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=GRACE,
    )
    server.serve(target_loader=partial(application, settings, project), wrap_loader=False)


def application(settings: Settings, project: Path) -> Any:
    """The WSGI application, made in the process that serves it; the graph is closed when that process ends."""
    configure_logging()
    kg = KnowledgeGraph(settings, project=project)
    Finalize(None, kg.close, exitpriority=10)
    kg.status()  # starts the query workers now, not with the first query
    caching.build()
    app = create_app(kg)
    # What is loaded by now stays: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    return app.wsgi_app


def configure_logging() -> None:
    """One line for each event on standard error, unless the process already logs somewhere."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(handler)
        root.setLevel(logging.INFO)
