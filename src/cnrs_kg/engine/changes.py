"""Evaluating a SPARQL update in a worker: what it would add and remove, never doing it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.engine.evaluate import request_text
from cnrs_kg.engine.frames import Reply, Request, Status
from cnrs_kg.engine.kind import outline, refuse_federation
from cnrs_kg.engine.requests import WHERE_TOLD, Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.update import changes
from cnrs_kg.engine.update_view import PLAIN, PUBLISHED

_UPDATE_FORM = 5


def evaluate_changes(store: ox.Store, request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """The body of `requests.Changes`; `rows` holds where what is added ends."""
    text = request_text(request, limits)
    refuse_federation(text, outline(text))
    options = request.options()
    scratch = Path(options["scratch"]) / str(os.getpid())
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        found = changes(
            store,
            text,
            policy=PLAIN if options.get("plain") else PUBLISHED,
            base_iri=request.base_iri or None,
            using_default_graphs=options.get("using"),
            using_named_graphs=options.get("using_named"),
            scratch=scratch,
            limit=limits.update_quads,
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    spool = new_spool(limits.result_bytes)
    ox.serialize(found.added, output=spool.file, format=ox.RdfFormat.N_QUADS)
    end = spool.size
    ox.serialize(found.removed, output=spool.file, format=ox.RdfFormat.N_QUADS)
    removed_end = spool.size
    notices = [
        {"kind": one.kind, "detail": one.detail, "position": one.position, "triple": one.triple and str(one.triple)}
        for one in found.notices
    ]
    told = {"notices": notices, "missed": [f"{quad} ." for quad in found.missed]}
    spool.write(json.dumps(told).encode() + WHERE_TOLD.pack(removed_end))
    body = b"" if spool.descriptor is not None else spool.body()
    return Reply(Status.ANSWER, _UPDATE_FORM, end, spool.size, body, spool.descriptor)
