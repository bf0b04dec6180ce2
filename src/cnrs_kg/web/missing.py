"""What is not there: no longer, with its history and the last version that had it; or unknown, with near names."""

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.submissions.proposal import named
from cnrs_kg.web.memento import Asked
from cnrs_kg.web.messages import url
from cnrs_kg.web.problems import Gone, NotFound
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.browsing.index import Hit
    from cnrs_kg.knowledge_graph import KnowledgeGraph

_NEAR, _SHOWN = 60.0, 5


def missing(kg: "KnowledgeGraph", iri: str, asked: Asked) -> CnrsKgError:
    """Why a version says nothing of a thing: `Gone` if an earlier one did, else `NotFound` with near names."""
    withdrawn = kg.history.withdrawn(named(iri), asked.version.number)
    if withdrawn is not None:
        return Gone(
            f"<{iri}> is no longer published since version {withdrawn}",
            advice="Its history and the last version that had it can still be read.",
            withdrawn=withdrawn,
            history=url("/history", {"iri": iri}),
            last=url("/doc", {"iri": iri, "version": str(withdrawn - 1)}),
        )
    return NotFound(
        f"Nothing is published about <{iri}>",
        advice="Look for it by a name: /search.",
        near=[{"iri": hit.iri, "page": describe_url(hit.iri), "en": hit.en, "fr": hit.fr} for hit in _near(kg, iri)],
    )


def _near(kg: "KnowledgeGraph", iri: str) -> list["Hit"]:
    """Things of the same kind, by what their IRIs begin with, that end nearly alike."""
    end = _end(iri)
    hits = {hit.iri: hit for hit in kg.search.beginning(iri.removesuffix(end))} if end else {}
    chosen = process.extract(end, {iri: _end(iri) for iri in hits}, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_SHOWN)
    return [hits[iri] for _, _, iri in chosen]


def _end(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]
