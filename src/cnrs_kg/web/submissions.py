"""`/submissions`: what stewards submit and curators decide, for programs and for people."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import ResultTooLarge, StaleSubmission, UnsupportedFormat
from cnrs_kg.rdf.formats import XLSX
from cnrs_kg.reviewing import wording
from cnrs_kg.reviewing.review import LONG
from cnrs_kg.submissions import diff
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import PATCH, SHEETS
from cnrs_kg.submissions.states import Action, State
from cnrs_kg.validation.report import verdict_of_json
from cnrs_kg.web import caching, changes, conditions, replies, reports, security, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, PreconditionFailed, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML, NotAcceptable, content_type, formats
from cnrs_kg.web.parameters import read
from cnrs_kg.web.problems import Refused, wants_page
from cnrs_kg.web.query_page import QueryPage
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.sign_in import Who, see_other, who
from cnrs_kg.web.sparql import client
from cnrs_kg.web.submission_pages import PATH, SubmissionPages

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.submissions.submission import Submission

PAGE_SIZE, MOST = 20, 100
_DECISIONS = (Action.REJECT, Action.WITHDRAW, Action.REQUEST_CHANGES)
Answer = Callable[[Incoming, int], Reply]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The queue and what is done with it."""
    found, resource = (
        Blueprint("submissions", __name__),
        Submissions(kg, SubmissionPages(kg, pages), QueryPage(kg, pages)),
    )

    @found.get(PATH)
    def listed() -> ResponseReturnValue:
        return response(resource.list(current_request()))

    @found.post(PATH)
    def submit() -> ResponseReturnValue:
        return response(resource.submit(current_request()))

    readers = {"": resource.show, "/report": resource.report, "/diff": resource.diff}
    readers |= {"/consequences": resource.consequences, "/impact": resource.impact, "/sparql": resource.sparql}
    writers = {"/sparql": resource.sparql, "/amend": resource.amend, "/accept": resource.accept}
    decisions = {f"/{action}": partial(resource.decide, action) for action in _DECISIONS}
    posts = writers | decisions | {"/revert": resource.revert}
    for method, answers in (("GET", readers), ("POST", posts)):
        for path, answer in answers.items():
            rule = f"{PATH}/<int:number>{path}"
            found.add_url_rule(rule, f"{method}{path}", _view(answer, resource), methods=[method])
    return found


def _view(answer: Answer, resource: "Submissions") -> Callable[..., ResponseReturnValue]:
    def view(number: int) -> ResponseReturnValue:
        incoming = current_request()
        try:
            return response(answer(incoming, number))
        except PreconditionFailed:
            if not wants_page(incoming):
                raise
            return response(resource.changed(incoming, number))

    return view


@dataclass(frozen=True)
class Submissions:
    """The resources below `/submissions`; each method answers a request."""

    kg: "KnowledgeGraph"
    pages: SubmissionPages
    query_page: QueryPage

    def list(self, incoming: Incoming) -> Reply:
        """The submissions, the newest first, by state, a page at a time."""
        found_who = who(self.kg, incoming)
        pairs = parameters(incoming.query_string)
        options = dict(pairs)
        states = [_state(text) for name, value in pairs if name == "state" for text in value.split(",") if text]
        limit = min(_number("limit", options.get("limit")) or PAGE_SIZE, MOST)
        found = self.kg.stewards.list(states, before=_number("before", options.get("before")), limit=limit + 1)
        more = None
        if len(found) > limit:
            found = found[:limit]
            kept = [pair for pair in pairs if pair[0] != "before"]
            more = url(PATH, [*kept, ("before", str(found[-1].number))])
        if page_wanted(incoming):
            return self.pages.queue(incoming, found_who, found, states, more)
        link = [("Link", f'<{more}>; rel="next"')] if more else []
        return _json([submission.to_json() for submission in found], headers=link)

    def show(self, incoming: Incoming, number: int) -> Reply:
        """A submission, judged again if its verdict is old."""
        found_who, found = who(self.kg, incoming), self.kg.stewards.judged(number)
        if page_wanted(incoming):
            return _tagged(incoming, found, self.pages.submission(incoming, found_who, found), found_who)
        return _tagged(incoming, found, _json(found.to_json()))

    def report(self, incoming: Incoming, number: int) -> Reply:
        """The verdict, in the forms of `/validate`."""
        found_who = who(self.kg, incoming)
        name = dict(parameters(incoming.query_string)).get("format")
        media_type = reports.media_type(name, incoming.header("Accept"))
        submission, language = self.kg.stewards.judged(number), language_of(incoming)[0]
        if media_type == HTML:
            page = self.pages.submission(incoming, found_who, submission, parts=("report",))
            return _tagged(incoming, submission, page, found_who)
        verdict = verdict_of_json(submission.content.verdict)
        documents = self.kg.stewards.documents(submission) if media_type in (XLSX, reports.TEXT) else ()
        if media_type == XLSX:
            sheet = next((one for one in documents if one.media_type in SHEETS), None)
            if sheet is None:
                raise NotAcceptable("No document of the submission is a spreadsheet", available=["json", "csv"])
            book = self.kg.sheets.marked(verdict, sheet, language)
            return _tagged(incoming, submission, reports.file(book, XLSX, "marked.xlsx"))
        sources = {one.name: one.data for one in documents}
        return _tagged(incoming, submission, reports.document(verdict, media_type, language, sources))

    def diff(self, incoming: Incoming, number: int) -> Reply:
        """What the submission adds and withdraws, by thing."""
        found_who, media_type = who(self.kg, incoming), changes.form(incoming)
        submission = self.kg.stewards.get(number)
        if media_type == HTML:
            page = self.pages.submission(incoming, found_who, submission, parts=("diff",))
            return _tagged(incoming, submission, page, found_who)
        if media_type == PATCH:
            return _tagged(incoming, submission, _reply(self.kg.review.patch(submission), PATCH))
        self._refuse_long(submission)
        return _things(incoming, submission, self.kg.review.diff(submission), media_type)

    def consequences(self, incoming: Incoming, number: int) -> Reply:
        """What follows from the submission, and what no longer follows, by thing."""
        found_who, media_type = who(self.kg, incoming), changes.form(incoming, ("json", "text", "html"))
        submission = self.kg.stewards.get(number)
        if media_type == HTML:
            page = self.pages.submission(incoming, found_who, submission, parts=("consequences",))
            return _tagged(incoming, submission, page, found_who)
        self._refuse_long(submission)
        return _things(incoming, submission, self.kg.review.consequences(submission), media_type)

    def impact(self, incoming: Incoming, number: int) -> Reply:
        """What changes elsewhere because of the submission: answers and exports."""
        found_who, media_type = who(self.kg, incoming), changes.form(incoming, ("json", "text", "html"))
        submission = self.kg.stewards.get(number)
        if media_type == HTML:
            page = self.pages.submission(incoming, found_who, submission, parts=("impact",))
            return _tagged(incoming, submission, page, found_who)
        self._refuse_long(submission)
        found = self.kg.review.impact(submission)
        if media_type == changes.TEXT:
            return _tagged(incoming, submission, _text(wording.text(found, language_of(incoming)[0])))
        return _tagged(incoming, submission, _json({"number": number} | found.to_json()))

    def _refuse_long(self, submission: "Submission") -> None:
        if self.kg.review.is_long(submission):
            raise ResultTooLarge(
                f"The patch of submission {submission.number} is larger than {LONG:,} bytes",
                limit="diff_bytes",
                advice="Download it as a patch (format=patch), or query what would be published.",
            )

    def sparql(self, incoming: Incoming, number: int) -> Reply:
        """A query on what would be published."""
        account = who(self.kg, incoming).account
        request = read(incoming, self.kg.settings)
        if request.update is not None or request.version is not None:
            raise BadRequest("A submission is only queried, and has no versions", advice="Amend it to change it.")
        wanted = formats(incoming.header("Accept"), request.format)
        if wanted.html:
            return self.query_page(incoming, number)
        if request.query is None:
            raise BadRequest("No query was sent", advice="Send the parameter query.")
        try:
            answer = self.kg.query(
                request.query,
                default_graphs=request.default_graphs,
                named_graphs=request.named_graphs,
                result_format=wanted.result,
                graph_format=wanted.graph,
                submission=number,
                client=client(incoming, account),
            )
        except UnsupportedFormat as error:
            raise NotAcceptable("The answer comes in none of the formats that you accept") from error
        return _reply(answer.read(), answer.media_type)

    def submit(self, incoming: Incoming) -> Reply:
        """A new submission."""
        found_who = who(self.kg, incoming)
        account = found_who.account
        self.kg.stewards.may_submit(account)  # before a body of any size is read
        found = sent.read(incoming, self.kg.settings.upload_bytes)
        found_who.check(found.fields)
        submission = self.kg.stewards.submit(found.proposal(), _about(found), account, client=client(incoming, account))
        return _done(incoming, submission, 201)

    def amend(self, incoming: Incoming, number: int) -> Reply:
        """Other documents in the place of a submission's own."""
        found_who = who(self.kg, incoming)
        account = found_who.account
        self.kg.stewards.may_decide(number, Action.AMEND, account)
        found = sent.read(incoming, self.kg.settings.upload_bytes)
        found_who.check(found.fields)
        submission = self.kg.stewards.amend(
            number,
            found.proposal(),
            _about(found),
            account,
            reason=found.fields.get("reason"),
            client=client(incoming, account),
            check=conditions.of_decision(incoming, found.fields.get("tag")),
        )
        return _done(incoming, submission)

    def decide(self, action: Action, incoming: Incoming, number: int) -> Reply:
        """A decision that publishes nothing."""
        found_who = who(self.kg, incoming)
        self.kg.stewards.may_decide(number, action, found_who.account)
        fields = sent.fields(incoming)
        found_who.check(fields)
        check = conditions.of_decision(incoming, fields.get("tag"))
        return _done(incoming, self.kg.stewards.decide(number, action, found_who.account, fields.get("reason"), check))

    def accept(self, incoming: Incoming, number: int) -> Reply:
        """The submission published; `Refused` if it does not conform on the current version."""
        found_who = who(self.kg, incoming)
        self.kg.stewards.may_decide(number, Action.ACCEPT, found_who.account)
        fields = sent.fields(incoming)
        found_who.check(fields)
        check = conditions.of_decision(incoming, fields.get("tag"))
        try:
            submission = self.kg.stewards.accept(number, found_who.account, fields.get("reason"), check)
        except StaleSubmission as error:
            if not wants_page(incoming):
                raise
            submission, found = self.kg.stewards.judged(number), error.extra["conflicts"]
            return self.pages.submission(
                incoming, found_who, submission, status=409, notice="conflict", conflicts=found
            )
        if submission.state is State.ACCEPTED:
            return _done(incoming, submission)
        if wants_page(incoming):
            return self.pages.submission(incoming, found_who, submission, status=422, notice="not_accepted")
        raise Refused(
            f"Submission {number} does not conform, so it stays open and nothing was changed",
            advice="See the results in 'verdict': each says what is wrong, and where.",
            verdict=submission.content.verdict,
        )

    def revert(self, incoming: Incoming, number: int) -> Reply:
        """A new submission that undoes an accepted one."""
        found_who = who(self.kg, incoming)
        account = found_who.account
        self.kg.stewards.may_submit(account)
        fields = sent.fields(incoming)
        found_who.check(fields)
        conditions.of_decision(incoming, fields.get("tag"))(self.kg.stewards.get(number))
        made = self.kg.stewards.revert(number, account, reason=fields.get("reason"), client=client(incoming, account))
        return _done(incoming, made, 201)

    def changed(self, incoming: Incoming, number: int) -> Reply:
        """The submission as it is by now, for who wanted to decide on what it was."""
        return self.pages.submission(
            incoming, who(self.kg, incoming), self.kg.stewards.judged(number), status=412, notice="changed"
        )


def _done(incoming: Incoming, submission: "Submission", status: int = 200) -> Reply:
    """What became of a submission: a browser is led to its page."""
    place = f"{PATH}/{submission.number}"
    if wants_page(incoming):
        return see_other(place)
    headers = [("Content-Location", place), *([("Location", place)] if status == 201 else [])]
    return _tagged(incoming, submission, _json(submission.to_json(), status, headers))


def _tagged(incoming: Incoming, submission: "Submission", reply: Reply, reader: Who | None = None) -> Reply:
    """The reply with its entity tag; a page of somebody's session is for nobody to keep."""
    is_secret = reader is not None and reader.csrf is not None
    return replies.of_state(incoming, reply, submission.tag, "no-store" if is_secret else "no-cache")


def _about(found: sent.Sent) -> About:
    return About(*(found.fields.get(name) for name in ("title", "message", "source")))


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


def _things(incoming: Incoming, submission: "Submission", things: Sequence[diff.Thing], media_type: str) -> Reply:
    if media_type == changes.TEXT:
        return _tagged(incoming, submission, _text(diff.text(things, language_of(incoming)[0])))
    told = {"number": submission.number, "basedOn": submission.content.based_on}
    return _tagged(incoming, submission, _json(told | diff.to_json(things)))


def _text(lines: Iterable[str]) -> Reply:
    return _reply("".join(f"{line}\n" for line in lines).encode(), "text/plain; charset=utf-8")


def _json(found: object, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    return _reply(json.dumps(found, ensure_ascii=False).encode(), changes.JSON, status, headers)


def _reply(body: bytes, media_type: str, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    content = (
        ("Content-Type", content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", caching.VARY),
    )
    return Reply(status, (*content, *headers, *security.CROSS_ORIGIN, *security.HEADERS), body)
