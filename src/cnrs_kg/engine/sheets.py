"""Spreadsheets in a worker: read, marked, made; what is sent may be anything, so a confined process opens it."""

from collections.abc import Callable

import pyoxigraph as ox

from cnrs_kg.engine.frames import Reply, Request, Status
from cnrs_kg.engine.requests import Limits
from cnrs_kg.engine.spool import Spool
from cnrs_kg.engine.uploads import read_upload
from cnrs_kg.errors import RdfError
from cnrs_kg.rdf.formats import CSV
from cnrs_kg.spreadsheets.marks import read_marks
from cnrs_kg.spreadsheets.spots import written
from cnrs_kg.spreadsheets.statements import statements
from cnrs_kg.spreadsheets.template import Template, template_of
from cnrs_kg.spreadsheets.workbooks import marked, template_csv, template_workbook


def answer_sheet(store: ox.Store, request: Request, limits: Limits, new_spool: Callable[[int], Spool]) -> Reply:
    """Lines of statements and faults (`read`), a marked workbook (`mark`), or one to fill in (`template`)."""
    options = request.options()
    data = read_upload(request, limits.upload_bytes)
    spool = new_spool(limits.result_bytes)
    if options["action"] == "read":
        for line in written(statements(data, options["media_type"], template_of(store), store)):
            spool.write(line)
    elif options["action"] == "mark":
        spool.write(marked(*read_marks(data), options["lang"]))
    else:
        spool.write(_template(store, options["media_type"], options["names"]))
    body = b"" if spool.descriptor is not None else spool.body()
    return Reply(Status.ANSWER, 0, 0, spool.size, body, spool.descriptor)


def _template(store: ox.Store, media_type: str, names: list[str]) -> bytes:
    template = template_of(store)
    _check(template, names, one=media_type == CSV)
    if media_type == CSV:
        return template_csv(template, store, names[0])
    return template_workbook(template, store, names)


def _check(template: Template, names: list[str], *, one: bool) -> None:
    unknown = [name for name in names if name not in template.sheets]
    if unknown or (one and len(names) != 1):
        wrong = f"no class of the template is called {unknown[0][:80]!r}" if unknown else "CSV holds one class"
        raise RdfError(wrong, advice=f"Name one of: {', '.join(template.sheets)}.")
