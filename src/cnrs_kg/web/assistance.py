"""What helps to write a query: `/sparql/check`, whether it is well formed; `/sparql/complete`, what fits at a place."""

import json
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg import errors
from cnrs_kg.browsing.completion import Suggestion
from cnrs_kg.web import security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters
from cnrs_kg.web.parameters import read
from cnrs_kg.web.problems import problem
from cnrs_kg.web.rendering import language_of
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

CHECK, COMPLETE = "/sparql/check", "/sparql/complete"
LONGEST = 20_000
"""Characters of a query that is completed."""
NOTHING = ("urn:nothing",)
"""A dataset without statements: a query over it is judged as any other, and has nothing to look up."""


def blueprint(kg: "KnowledgeGraph") -> Blueprint:
    """What helps to write a query."""
    found = Blueprint("assistance", __name__)

    @found.route(CHECK, methods=["GET", "POST"])
    def check() -> ResponseReturnValue:
        return response(_check(kg, current_request()))

    @found.get(COMPLETE)
    def complete() -> ResponseReturnValue:
        return response(_complete(kg, current_request()))

    return found


def _check(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    """`problem` is what the endpoint would say of the query itself, null if it would run it.

    With SERVICE it is not run, which would ask somebody else at each key.
    """
    text = read(incoming, kg.settings).query or ""
    found = None
    try:
        if not kg.services.check(text, kg.settings.base_iri, client=client(incoming, None)):
            answer = kg.query(text, default_graphs=NOTHING, client=client(incoming, None))
            if answer.file is not None:
                answer.file.close()
    except (errors.QuerySyntaxError, errors.QueryTooComplex, errors.ServiceRefused) as error:
        found = problem(error, kg.settings.base_iri).to_json(language_of(incoming)[0])
    except errors.QueryError:
        pass  # what else may stop it is no fault of its form
    return _json({"problem": found})


def _complete(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    """What fits between the texts `before` and `after`: in the place of `word`, the end of the one before."""
    options = dict(parameters(incoming.query_string))
    before, after = options.get("before", ""), options.get("after", "")
    if len(before) + len(after) > LONGEST:
        raise BadRequest(
            f"The query has {len(before) + len(after)} characters", advice=f"At most {LONGEST} are completed."
        )
    language, asking = language_of(incoming)[0], client(incoming, None)
    word, suggestions = kg.completion.at(before, after, language, asking)
    return _json({"word": word, "suggestions": [_told(one) for one in suggestions]})


def _told(one: Suggestion) -> dict[str, object]:
    told: dict[str, object] = {"text": one.text, "label": one.label, "comment": one.comment}
    if one.prefix:
        told["prefix"] = {"name": one.prefix[0], "iri": one.prefix[1]}
    return told


def _json(found: object) -> Reply:
    body = json.dumps(found, ensure_ascii=False).encode()
    content = (
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    )
    return Reply(200, (*content, *security.CROSS_ORIGIN, *security.HEADERS), body)
