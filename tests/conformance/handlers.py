"""What each type of test asks: one function a type; a type without a function is a failure."""

import re
from collections.abc import Callable
from datetime import date

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.service import plan_of
from cnrs_kg.engine.update import PLAIN, changes
from cnrs_kg.engine.update_syntax import parse_update
from cnrs_kg.errors import QueryCrashed, QuerySyntaxError, ServiceRefused
from cnrs_kg.rdf.namespaces import RDFS, SD
from cnrs_kg.reasoning.closure import close

from . import results
from .compare import same_bag
from .known import ENTAILMENT, SERVICE
from .manifest import QT, UT, Entry, Node, local_path
from .subject import answer, federated

Handler = Callable[[Entry], None]
SERVED = frozenset({"RDFS", "D", "OWL-RDF-Based"})
"""Entailment regimes whose data are closed by the rules of OWL 2 RL/RDF before the query is asked."""
_ORDERED = re.compile(r"\bORDER\s+BY\b[^{}]*$", re.IGNORECASE)


def query_evaluation(entry: Entry) -> None:
    text, base = _text(entry, QT("query"))
    assert entry.result is not None
    data = _query_data(entry)
    if _is_entailed(entry):
        _close(data)
    if entry.iri in SERVICE:
        with pytest.raises(ServiceRefused):
            plan_of(text, base)
        pytest.skip(SERVICE[entry.iri])
    endpoints = _endpoints(entry)
    form, body = federated(data, text, base, endpoints) if "SERVICE" in text else answer(data, text, base)
    found = results.of_body(form, body, ordered=_ORDERED.search(text) is not None)
    wanted = results.expected(entry.result.value)
    assert results.same(found, wanted), f"{text}\nfound {found}\nexpected {wanted}"


def csv_result(entry: Entry) -> None:
    text, base = _text(entry, QT("query"))
    assert entry.result is not None
    _, body = answer(_query_data(entry), text, base, ox.QueryResultsFormat.CSV)
    found, wanted = results.of_csv(body), results.expected(entry.result.value)
    assert results.same(found, wanted), f"{body!r} for {text}"


def positive_syntax(entry: Entry) -> None:
    text, base = _file(entry.action)
    try:
        answer(ox.Store(), text, base)
    except QueryCrashed as error:  # a function that nobody defined: known after parsing only
        assert "custom function" in error.detail, error
    except ServiceRefused:
        plan_of(text, base)


def negative_syntax(entry: Entry) -> None:
    text, base = _file(entry.action)
    with pytest.raises(QuerySyntaxError):
        answer(ox.Store(), text, base)


def positive_update_syntax(entry: Entry) -> None:
    text, base = _file(entry.action)
    parse_update(text, base_iri=base)


def negative_update_syntax(entry: Entry) -> None:
    text, base = _file(entry.action)
    with pytest.raises(QuerySyntaxError):
        parse_update(text, base_iri=base)


def update_evaluation(entry: Entry) -> None:
    text, base = _text(entry, UT("request"))
    store = _update_data(entry, entry.action)
    change = changes(store, text, policy=PLAIN, base_iri=base)
    for quad in change.removed:
        store.remove(quad)
    store.extend(change.added)
    found, wanted = list(store), list(_update_data(entry, entry.result))
    assert same_bag(_rows(found), _rows(wanted)), f"{text}\nfound {found}\nexpected {wanted}"


HANDLERS: dict[str, Handler] = {
    "QueryEvaluationTest": query_evaluation,
    "CSVResultFormatTest": csv_result,
    "PositiveSyntaxTest": positive_syntax,
    "PositiveSyntaxTest11": positive_syntax,
    "NegativeSyntaxTest": negative_syntax,
    "NegativeSyntaxTest11": negative_syntax,
    "UpdateEvaluationTest": update_evaluation,
    "PositiveUpdateSyntaxTest": positive_update_syntax,
    "PositiveUpdateSyntaxTest11": positive_update_syntax,
    "NegativeUpdateSyntaxTest": negative_update_syntax,
    "NegativeUpdateSyntaxTest11": negative_update_syntax,
}


def _rows(quads: list[ox.Quad]) -> list[tuple[Node | ox.Triple | ox.DefaultGraph, ...]]:
    return [(quad.subject, quad.predicate, quad.object, quad.graph_name) for quad in quads]


def _file(node: Node | None) -> tuple[str, str]:
    assert node is not None
    return local_path(node.value).read_text(encoding="utf-8"), node.value


def _is_entailed(entry: Entry) -> bool:
    """Whether the data are to be closed first; skips what asks for a regime that rules do not serve."""
    found = entry.manifest.value(entry.action, SD("entailmentRegime"))
    regimes = {regime.value.rsplit("/", 1)[1] for regime in entry.manifest.items(found)}
    if not regimes or "RDF" in regimes:
        return False
    if regimes.isdisjoint(SERVED):
        pytest.skip(ENTAILMENT.format(regimes=" or ".join(sorted(regimes))))
    return True


def _close(data: ox.Store) -> None:
    """Add what follows under the rules of OWL 2 RL/RDF, among which are those of RDFS that say something."""
    stated = [quad.triple for quad in data.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    closure = close((), stated, as_of=date(2026, 1, 1))
    data.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in closure.inferred)


def _text(entry: Entry, predicate: ox.NamedNode) -> tuple[str, str]:
    return _file(entry.manifest.value(entry.action, predicate))


def _query_data(entry: Entry) -> ox.Store:
    store = ox.Store()
    manifest, action = entry.manifest, entry.action
    assert action is not None
    for data in manifest.values(action, QT("data")):
        store.extend(results.read_quads(data.value))
    for data in manifest.values(action, QT("graphData")):
        name = ox.NamedNode(data.value)
        store.extend(ox.Quad(q.subject, q.predicate, q.object, name) for q in results.read_quads(data.value))
    return store


def _endpoints(entry: Entry) -> dict[str, ox.Store]:
    """The endpoints of a test with what they hold."""
    manifest, action, found = entry.manifest, entry.action, dict[str, ox.Store]()
    assert action is not None
    for service in manifest.values(action, QT("serviceData")):
        endpoint = manifest.value(service, QT("endpoint"))
        assert endpoint is not None
        found[endpoint.value] = ox.Store()
        for data in manifest.values(service, QT("data")):
            found[endpoint.value].extend(results.read_quads(data.value))
    return found


def _update_data(entry: Entry, node: Node | None) -> ox.Store:
    store = ox.Store()
    manifest = entry.manifest
    assert node is not None
    for data in manifest.values(node, UT("data")):
        store.extend(results.read_quads(data.value))
    for data in manifest.values(node, UT("graphData")):
        label, file = manifest.value(data, RDFS("label")), manifest.value(data, UT("graph"))
        assert label is not None
        assert file is not None
        name = ox.NamedNode(label.value)
        store.extend(ox.Quad(q.subject, q.predicate, q.object, name) for q in results.read_quads(file.value))
    return store
