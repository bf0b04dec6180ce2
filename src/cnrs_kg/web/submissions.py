"""`/submissions`: what stewards submit and curators decide."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.engine.requests import JSON_RESULTS, N_TRIPLES
from cnrs_kg.errors import UnsupportedFormat
from cnrs_kg.rdf.formats import XLSX
from cnrs_kg.rdf.patch import rows
from cnrs_kg.submissions import diff
from cnrs_kg.submissions.proposal import PATCH, SHEETS
from cnrs_kg.submissions.states import Action, State
from cnrs_kg.submissions.stewards import About
from cnrs_kg.validation.report import verdict_of_json
from cnrs_kg.web import caching, reports, security, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import NotAcceptable, best, content_type, formats
from cnrs_kg.web.parameters import read
from cnrs_kg.web.problems import Refused
from cnrs_kg.web.rendering import language_of
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/submissions"
JSON, TEXT = "application/json", "text/plain"
PAGE_SIZE, MOST = 20, 100
_DIFFS = {"json": JSON, "text": TEXT, "patch": PATCH}
Answer = Callable[["KnowledgeGraph", Incoming, int], Reply]
_DECISIONS = (Action.REJECT, Action.WITHDRAW, Action.REQUEST_CHANGES)


def blueprint(kg: "KnowledgeGraph") -> Blueprint:
    """The queue and what is done with it."""
    found = Blueprint("submissions", __name__)

    @found.get(PATH)
    def listed() -> ResponseReturnValue:
        return response(_list(kg, current_request()))

    @found.post(PATH)
    def submit() -> ResponseReturnValue:
        return response(_submit(kg, current_request()))

    readers = {"": _show, "/report": _report, "/diff": _diff, "/sparql": _sparql}
    writers = {"/sparql": _sparql, "/amend": _amend, "/accept": _accept, "/revert": _revert}
    decisions = {f"/{action}": partial(_decide, action) for action in _DECISIONS}
    for method, answers in (("GET", readers), ("POST", writers | decisions)):
        for path, answer in answers.items():
            rule = f"{PATH}/<int:number>{path}"
            found.add_url_rule(rule, f"{method}{path}", _view(kg, answer), methods=[method])
    return found


def _view(kg: "KnowledgeGraph", answer: Answer) -> Callable[..., ResponseReturnValue]:
    def view(number: int) -> ResponseReturnValue:
        return response(answer(kg, current_request(), number))

    return view


def _show(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    _account(kg, incoming)
    return _json(kg.stewards.judged(number).to_json())


def _decide(action: Action, kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    account = _account(kg, incoming)
    kg.stewards.may_decide(number, action, account)  # before a body of any size is read
    submission = kg.stewards.decide(number, action, account, sent.fields(incoming).get("reason"))
    return _json(submission.to_json())


def _account(kg: "KnowledgeGraph", incoming: Incoming) -> Any:
    """Who asks; `PermissionRefused` for a token that is not good, whatever it is asked for."""
    return security.account(incoming, kg.accounts)


def _list(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    _account(kg, incoming)
    pairs = parameters(incoming.query_string)
    options = dict(pairs)
    states = [_state(text) for name, value in pairs if name == "state" for text in value.split(",") if text]
    limit = min(_number("limit", options.get("limit")) or PAGE_SIZE, MOST)
    found = kg.stewards.list(states, before=_number("before", options.get("before")), limit=limit + 1)
    kept = [pair for pair in pairs if pair[0] != "before"]
    headers = []
    if len(found) > limit:
        found = found[:limit]
        headers = [("Link", f'<{url(PATH, [*kept, ("before", str(found[-1].number))])}>; rel="next"')]
    return _json([submission.to_json() for submission in found], headers=headers)


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        raise BadRequest(
            f"state: {text[:40]!r} is no state of a submission", advice=f"One of: {', '.join(State)}."
        ) from None


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) == 0:
        raise BadRequest(f"{name}: {text[:40]!r} is not a number from 1 on")
    return int(text)


def _submit(kg: "KnowledgeGraph", incoming: Incoming) -> Reply:
    account = _account(kg, incoming)
    kg.stewards.may_submit(account)  # before a body of any size is read
    found = sent.read(incoming, kg.settings.upload_bytes)
    submission = kg.stewards.submit(found.proposal(), _about(found), account, client=client(incoming, account))
    return _json(submission.to_json(), 201, [("Location", f"{PATH}/{submission.number}")])


def _amend(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    account = _account(kg, incoming)
    kg.stewards.may_decide(number, Action.AMEND, account)
    found = sent.read(incoming, kg.settings.upload_bytes)
    submission = kg.stewards.amend(
        number,
        found.proposal(),
        _about(found),
        account,
        reason=found.fields.get("reason"),
        client=client(incoming, account),
    )
    return _json(submission.to_json())


def _about(found: sent.Sent) -> About:
    return About(*(found.fields.get(name) for name in ("title", "message", "source")))


def _accept(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    account = _account(kg, incoming)
    kg.stewards.may_decide(number, Action.ACCEPT, account)
    submission = kg.stewards.accept(number, account, sent.fields(incoming).get("reason"))
    if submission.state is not State.ACCEPTED:
        raise Refused(
            f"Submission {number} does not conform, so it stays open and nothing was changed",
            advice="See the results in 'verdict': each says what is wrong, and where.",
            verdict=submission.content.verdict,
        )
    return _json(submission.to_json())


def _revert(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    account = _account(kg, incoming)
    kg.stewards.may_submit(account)
    reason = sent.fields(incoming).get("reason")
    made = kg.stewards.revert(number, account, reason=reason, client=client(incoming, account))
    return _json(made.to_json(), 201, [("Location", f"{PATH}/{made.number}")])


def _report(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    _account(kg, incoming)
    media_type = reports.media_type(dict(parameters(incoming.query_string)).get("format"), incoming.header("Accept"))
    submission, language = kg.stewards.judged(number), language_of(incoming)[0]
    verdict = verdict_of_json(submission.content.verdict)
    if media_type == XLSX:
        documents = kg.stewards.documents(submission)
        sheet = next((one for one in documents if one.media_type in SHEETS), None)
        if sheet is None:
            raise NotAcceptable("No document of the submission is a spreadsheet", available=["json", "csv"])
        return reports.file(kg.marked(verdict, sheet, language), XLSX, "marked.xlsx")
    return reports.document(verdict, media_type, language)


def _diff(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    _account(kg, incoming)
    media_type = _diff_type(dict(parameters(incoming.query_string)).get("format"), incoming.header("Accept"))
    submission = kg.stewards.get(number)
    if media_type == PATCH:
        return _reply("".join(rows(kg.stewards.patch(submission))).encode(), PATCH)
    things = kg.stewards.diff(submission)
    if media_type == TEXT:
        lines = diff.text(things, language_of(incoming)[0])
        return _reply("".join(f"{line}\n" for line in lines).encode(), "text/plain; charset=utf-8")
    return _json(diff.to_json(submission, things))


def _sparql(kg: "KnowledgeGraph", incoming: Incoming, number: int) -> Reply:
    """A query on what would be published."""
    account = _account(kg, incoming)
    request = read(incoming, kg.settings)
    if request.update is not None or request.version is not None:
        raise BadRequest("A submission is only queried, and has no versions", advice="Amend it to change it.")
    if request.query is None:
        raise BadRequest("No query was sent", advice="Send the parameter query.")
    wanted = formats(incoming.header("Accept"), request.format)
    try:
        answer = kg.query(
            request.query,
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
            result_format=JSON_RESULTS if wanted.html else wanted.result,
            graph_format=N_TRIPLES if wanted.html else wanted.graph,
            submission=number,
            client=client(incoming, account),
        )
    except UnsupportedFormat as error:
        raise NotAcceptable("The answer comes in none of the formats that you accept") from error
    return _reply(answer.read(), answer.media_type)


def _diff_type(name: str | None, accept: str | None) -> str:
    if name is not None:
        if name not in _DIFFS:
            raise NotAcceptable(f"format: {name[:80]!r} is none of the formats of a diff", available=list(_DIFFS))
        return _DIFFS[name]
    chosen, _ = best([(media_type, (media_type,)) for media_type in _DIFFS.values()], accept or "")
    if chosen is None:
        raise NotAcceptable("A diff comes in none of the formats that you accept", available=list(_DIFFS))
    return chosen


def _json(found: object, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    return _reply(json.dumps(found, ensure_ascii=False).encode(), JSON, status, headers)


def _reply(body: bytes, media_type: str, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    content = (
        ("Content-Type", content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", caching.VARY),
    )
    return Reply(status, (*content, *headers, *security.CROSS_ORIGIN, *security.HEADERS), body)
