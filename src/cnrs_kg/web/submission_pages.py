"""The stewards' pages: the queue, a submission with its report and its diff, and the forms to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnrs_kg.submissions import diff
from cnrs_kg.submissions.states import PENDING, Action, State
from cnrs_kg.validation.report import verdict_of_json
from cnrs_kg.web import changes, reports
from cnrs_kg.web.messages import Incoming, Reply, parameters, url
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sign_in import Who

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.submissions.submission import Submission

PATH = "/submissions"
_DECISIONS = (Action.ACCEPT, Action.REJECT, Action.REQUEST_CHANGES, Action.WITHDRAW)
LONGEST = 2000
"""Characters of a title or message that a link may bring into the form."""
SHOWN = 300
"""Results of a report that a page shows; the whole is a download away."""


@dataclass(frozen=True)
class SubmissionPages:
    """Writes the pages of the queue."""

    kg: "KnowledgeGraph"
    pages: Pages

    def queue(
        self, incoming: Incoming, who: Who, found: "Sequence[Submission]", states: Sequence[State], more: str | None
    ) -> Reply:
        """The submissions, the newest first, by state, and a form for a new one."""
        counts = self.kg.stewards.queue.count()
        return self.pages.render(
            "submissions.html",
            incoming,
            who=who,
            submissions=found,
            states=[(state, counts[state], url(PATH, {"state": state}), state in states) for state in State],
            total=sum(counts.values()),
            more=more,
            chosen=bool(states),
            prefilled={
                name: value[:LONGEST]
                for name, value in parameters(incoming.query_string)
                if name in ("title", "message")
            },
            may_submit=self.kg.stewards.allows_submitting(who.account),
            sign_in=_sign_in(incoming),
        )

    def submission(
        self,
        incoming: Incoming,
        who: Who,
        found: "Submission",
        *,
        parts: Sequence[str] = ("report", "diff", "history"),
        status: int = 200,
        notice: str | None = None,
        conflicts: Sequence[dict[str, Any]] = (),
    ) -> Reply:
        """A submission with these parts; `notice` names the text that says why it was not accepted."""
        language = language_of(incoming)[0]
        verdict = verdict_of_json(found.content.verdict)
        documents = self.kg.stewards.documents(found) if verdict.results else ()
        sources = {document.name: document.data for document in documents}
        things: Sequence[diff.Thing] = ()
        long = self.kg.review.is_long(found)
        if "diff" in parts and not long:
            things = self.kg.review.diff(found)
        elif "consequences" in parts and not long:
            things = self.kg.review.consequences(found)
        allowed = self.kg.stewards.allowed(found, who.account)
        # What takes longest is for those who review, and for whoever asks for it.
        reviewed = found.state in PENDING and who.account is not None and "diff" in parts
        impact = self.kg.review.impact(found) if not long and (reviewed or "impact" in parts) else None
        return self.pages.render(
            "submission.html",
            incoming,
            status=status,
            who=who,
            submission=found,
            verdict=verdict,
            results=reports.rows(verdict, sources, language, SHOWN),
            things=list(changes.parts(things, language, self.kg.settings.base_iri)),
            more=long or changes.more(things),
            impact=impact,
            answers=[] if impact is None else list(changes.answers(impact.answers, self.kg.settings.base_iri)),
            parts=parts,
            notice=notice,
            conflicts=[self._conflict(one) for one in conflicts],
            decisions=[one for one in allowed if one in _DECISIONS and (one is not Action.ACCEPT or verdict.conforms)],
            may_amend=Action.AMEND in allowed,
            may_revert=found.state is State.ACCEPTED and self.kg.stewards.allows_submitting(who.account),
            sign_in=_sign_in(incoming),
        )

    def _conflict(self, found: dict[str, Any]) -> dict[str, Any]:
        terms = found["statement"]
        return {
            "statement": [terms[name]["value"] for name in ("subject", "predicate", "object")],
            "submission": [one["value"] for one in found["submission"]],
            "published": [one["value"] for one in found["published"]],
            "version": found["version"],
        }


def _sign_in(incoming: Incoming) -> str:
    return url("/sign-in", {"to": incoming.path})
