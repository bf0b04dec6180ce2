"""Links become statements with evidence; what a curator decides is kept, whatever is harvested and compared after."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnrs_kg.accounts import Account
from cnrs_kg.browsing.questions import questions
from cnrs_kg.errors import LinkNotFound, PermissionRefused, SubmissionError
from cnrs_kg.federation.linking.comparing import program
from cnrs_kg.federation.linking.links import Link, Standing
from cnrs_kg.federation.registries import Wanted
from cnrs_kg.knowledge_graph import KnowledgeGraph

from .world import CINTRA, LONELY, LPG, NTU, OTHER_TWIN, OURS, RECORDS, TWIN, ror, write

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CURATOR = Account("a", "anna", "curator", NOW)
MATCH = "http://www.w3.org/2004/02/skos/core#exactMatch"
ID = "https://w3id.org/cnrs-kg/id/"


def linked(kg: KnowledgeGraph) -> dict[str, Link]:
    """RNSR compared with ROR: the links by the record of ROR."""
    return {one.object: one for one in kg.registries.links.compare("rnsr", "ror").links}


def matches(kg: KnowledgeGraph, left: str, right: str) -> bool:
    return bool(kg.rows(f"SELECT ?x {{ BIND (1 AS ?x) <{left}> <{MATCH}> <{right}> }}"))


def said(kg: KnowledgeGraph, link: Link) -> dict[str, set[str]]:
    rows = kg.rows(f"SELECT ?p ?o {{ GRAPH <https://w3id.org/cnrs-kg/graph/links> {{ <{link.iri}> ?p ?o }} }}")
    return {
        row["p"].rpartition("#")[2].rpartition("/")[2]: {r["o"] for r in rows if r["p"] == row["p"]} for row in rows
    }


def test_a_sure_link_is_published_with_its_evidence_and_the_match_follows(graph: KnowledgeGraph) -> None:
    found = linked(graph)[LPG]
    assert (found.subject, found.standing, found.by) == (OURS, Standing.ACCEPTED, program()[0])
    assert {"name-same", "acronym-same", "city-same", "founded-same"} <= found.evidence
    assert matches(graph, OURS, LPG)
    told = said(graph, found)
    assert told["rank"] == {"https://w3id.org/cnrs-kg/ontology#normalRank"} and told["decidedAt"] and told["score"]
    assert told["hasEvidence"] == {f"{ID}concept/evidence/{one}" for one in found.evidence}
    assert graph.registries.links.get(found.slug) == found


def test_what_is_not_sure_is_kept_to_review_and_nothing_follows(graph: KnowledgeGraph) -> None:
    found = linked(graph)
    assert {found[TWIN].standing, found[OTHER_TWIN].standing} == {Standing.REVIEW}
    assert "rival-near" in found[TWIN].evidence
    assert not matches(graph, LONELY, TWIN) and not matches(graph, LONELY, OTHER_TWIN)


def test_the_competency_question_on_links_is_answered(graph: KnowledgeGraph) -> None:
    question = next(one.query for one in questions() if one.id.startswith("cq-28"))
    assert graph.rows(question) == []
    found = linked(graph)[LPG]
    (row,) = graph.rows(question)
    assert (row["structure"], row["organisation"]) == (OURS, LPG)
    assert float(row["score"]) == pytest.approx(found.score) and row["who"] == program()[0]


def test_the_publication_is_told_in_prov(graph: KnowledgeGraph) -> None:
    linked(graph)
    version = graph.current()
    assert version is not None and version.agent == program()[1]
    rows = graph.rows(
        f"SELECT ?who {{ <{ID}linking/{version.number}> <http://www.w3.org/ns/prov#wasAssociatedWith> ?who }}"
    )
    assert [row["who"] for row in rows] == [program()[0]]


def test_a_directory_of_structures_is_compared_with_our_units_alone(graph: KnowledgeGraph) -> None:
    """The institute of chemistry is not a laboratory of a similar name."""
    units = {one.subject for one in graph.registries.links.compare("own", "rnsr").links}
    assert units and all(iri.startswith(f"{ID}unit/") for iri in units)


def test_comparing_again_changes_nothing_in_either_direction(graph: KnowledgeGraph) -> None:
    linked(graph)
    before = graph.current()
    assert not graph.registries.links.compare("rnsr", "ror").outcome.changed
    assert graph.current() == before
    slugs = set(graph.registries.links.all())
    graph.registries.links.compare("ror", "rnsr")
    assert set(graph.registries.links.all()) == slugs


def test_our_own_things_are_linked_by_identifiers_first(graph: KnowledgeGraph) -> None:
    (ntu,) = [one for one in graph.registries.links.compare("own", "ror").links if one.object == NTU]
    assert ntu.subject == f"{ID}organisation/ntu" and "identifier-shared" in ntu.evidence
    (cintra,) = [one for one in graph.registries.links.compare("own", "rnsr").links if one.object == CINTRA]
    assert (cintra.subject, cintra.standing) == (f"{ID}unit/cintra", Standing.ACCEPTED)
    assert matches(graph, f"{ID}unit/cintra", CINTRA)


def test_an_accepted_link_says_who_and_why_and_leaves_its_rival_to_review(graph: KnowledgeGraph) -> None:
    links, twin = graph.registries.links, linked(graph)[TWIN]
    done = links.decide(twin.slug, Standing.ACCEPTED, CURATOR, "the address is the same")
    assert done.outcome.conforms and done.outcome.changed and matches(graph, LONELY, TWIN)
    told = said(graph, done.links[0])
    assert told["decisionReason"] == {"the address is the same"} and told["decidedBy"] == {f"{ID}agent/anna"}
    assert len(told["rank"]) == len(told["decidedAt"]) == 1
    after = linked(graph)
    assert after[TWIN] == done.links[0] and after[OTHER_TWIN].standing is Standing.REVIEW


def test_a_rejected_link_stays_rejected_whatever_comes(graph: KnowledgeGraph, tmp_path: Path) -> None:
    links, found = graph.registries.links, linked(graph)[LPG]
    done = links.decide(found.slug, Standing.REJECTED, CURATOR, "two laboratories")
    assert not matches(graph, OURS, LPG)
    again = write(tmp_path, (*RECORDS[1:], ror(LPG, "Laboratoire de planétologie et géosciences", "LPG")))
    assert graph.registries.harvest("ror", Wanted(again["ror"]), progress=lambda stage: None).outcome.changed
    for source, target in (("rnsr", "ror"), ("ror", "rnsr")):
        assert not [one for one in links.proposals(source, target) if LPG in (one.left, one.right)]
        links.compare(source, target)
    assert links.get(found.slug) == done.links[0] and not matches(graph, OURS, LPG)


def test_a_decision_can_be_revised_and_be_of_a_close_match(graph: KnowledgeGraph) -> None:
    links, found = graph.registries.links, linked(graph)[LPG]
    links.decide(found.slug, Standing.REJECTED, CURATOR, "no")
    done = links.decide(found.slug, Standing.ACCEPTED, CURATOR, close=True)
    told = said(graph, done.links[0])
    assert told["predicate"] == {"http://www.w3.org/2004/02/skos/core#closeMatch"} and "decisionReason" not in told
    assert not matches(graph, OURS, LPG)


def test_what_is_no_longer_found_is_withdrawn(graph: KnowledgeGraph, tmp_path: Path) -> None:
    found = linked(graph)
    kept = write(tmp_path, RECORDS[1:])["ror"]
    assert graph.registries.harvest("ror", Wanted(kept), progress=lambda stage: None).outcome.changed
    assert LPG not in linked(graph) and not matches(graph, OURS, LPG)
    with pytest.raises(LinkNotFound):
        graph.registries.links.get(found[LPG].slug)


def test_only_curators_decide(graph: KnowledgeGraph) -> None:
    found = linked(graph)[LPG]
    for agent in (None, Account("s", "stella", "steward", NOW)):
        with pytest.raises(PermissionRefused):
            graph.registries.links.decide(found.slug, Standing.REJECTED, agent)
    with pytest.raises(SubmissionError):
        graph.registries.links.decide(found.slug, Standing.REJECTED, CURATOR, "x" * 20_000)
    assert graph.registries.links.get(found.slug).standing is Standing.ACCEPTED


def test_the_list_goes_round(graph: KnowledgeGraph) -> None:
    links = graph.registries.links
    linked(graph)
    first = links.after(None)
    assert first is not None and first.standing is Standing.REVIEW and next(iter(links.all().values())) == first
    second = links.after(first.slug)
    assert second is not None and second != first and links.after(second.slug) == first
    assert {one.slug for one in links.beside(first)} == {second.slug}


def test_both_sides_are_told(graph: KnowledgeGraph) -> None:
    links = graph.registries.links
    ours, theirs = links.sides(linked(graph)[LPG])
    assert (ours.iri, ours.acronyms, ours.founded) == (OURS, ("LPG",), 2008)
    assert theirs.places[0].name == "Nantes" and theirs.places[0].latitude == 47.2
    (cintra,) = [one for one in links.compare("own", "rnsr").links if one.object == CINTRA]
    assert "IRL 3288" in links.sides(cintra)[0].codes and "Thales" in links.sides(cintra)[0].parents
