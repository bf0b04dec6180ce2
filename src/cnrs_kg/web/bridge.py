"""Between our requests and replies and Flask's."""

from typing import Any, cast

from flask import Response, request

from cnrs_kg.web.messages import Incoming, Reply

KEY = "cnrs_kg.incoming"


def incoming() -> Incoming:
    """The request that Flask is answering."""
    found: Any = request.environ.get(KEY)
    return found if found is not None else Incoming(request.environ)


def response(reply: Reply) -> Response:
    """A reply as Flask wants it."""
    made = Response(cast(Any, reply.body), status=reply.status, headers=list(reply.headers))
    if all(name != "Content-Type" for name, _ in reply.headers):
        del made.headers["Content-Type"]
    return made
