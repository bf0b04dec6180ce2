"""Updates where the default graph is a merge, against a model: sets of triples by graph."""

from dataclasses import dataclass, field

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.engine.update import Policy, changes

TARGET, PROTECTED, HIDDEN = "urn:steward", "urn:ontology", "urn:hidden"
POLICY = Policy(ox.NamedNode(TARGET), lambda graph: graph.value == PROTECTED, lambda graph: graph.value != HIDDEN)
Triple = tuple[str, str, str]
Quad = tuple[str | None, Triple]
Step = tuple[str, list[Quad] | str]


@dataclass
class Model:
    """The dataset by hand: what each graph asserts, and what the default graph shows."""

    graphs: dict[str, set[Triple]] = field(default_factory=dict)
    shown: set[Triple] = field(default_factory=set)

    def add(self, graph: str | None, triple: Triple) -> None:
        graph = graph or TARGET
        self.graphs.setdefault(graph, set()).add(triple)
        if graph != HIDDEN:
            self.shown.add(triple)

    def withdraw(self, graph: str | None, triple: Triple) -> None:
        for name in [graph] if graph else [name for name in self.graphs if name != PROTECTED]:
            if triple in self.graphs.get(name, ()):
                self.graphs[name].remove(triple)
                if not any(triple in held for other, held in self.graphs.items() if other != HIDDEN):
                    self.shown.discard(triple)

    def run(self, kind: str, what: list[Quad] | str) -> None:
        if kind == "CLEAR":
            assert isinstance(what, str)
            names = [what[7:-1]] if what.startswith("GRAPH") else list(self.graphs)
            for name in names:
                for triple in list(self.graphs.get(name, ())) if name != PROTECTED else ():
                    self.withdraw(name, triple)
            return
        assert not isinstance(what, str)
        for graph, triple in what:
            if kind == "COPY":
                for s, _, o in [found for found in self.shown if found[1] == triple[1]]:
                    self.add(graph, (s, triple[0], o))
            elif kind == "FORGET":
                for found in [found for found in self.shown if found[1] == triple[1]]:
                    self.withdraw(None, found)
            else:
                (self.add if kind == "INSERT" else self.withdraw)(graph, triple)

    def quads(self) -> set[Quad]:
        return {(graph, triple) for graph, held in self.graphs.items() for triple in held}


def block(graph: str | None, pattern: str) -> str:
    return f"{{ GRAPH <{graph}> {{ {pattern} }} }}" if graph else f"{{ {pattern} }}"


def text(kind: str, what: list[Quad] | str) -> str:
    if isinstance(what, str):
        return f"CLEAR SILENT {what}"
    operations = []
    for graph, (s, p, o) in what:
        if kind == "COPY":
            operations.append(f"INSERT {block(graph, f'?s <{s}> ?o')} WHERE {{ ?s <{p}> ?o }}")
        elif kind == "FORGET":
            operations.append(f"DELETE WHERE {{ ?s <{p}> ?o }}")
        else:
            operations.append(f"{kind} DATA {block(graph, f'<{s}> <{p}> <{o}>')}")
    return " ; ".join(operations)


TERMS = st.sampled_from(["urn:a", "urn:b", "urn:c"])
TRIPLES = st.tuples(TERMS, TERMS, TERMS)
WRITABLE = st.sampled_from([None, "urn:g", "urn:h", TARGET, HIDDEN])
HELD = st.tuples(st.sampled_from(["urn:g", "urn:h", TARGET, HIDDEN, PROTECTED]), TRIPLES)
CLEARED = st.sampled_from(["ALL", "NAMED", "DEFAULT", "GRAPH <urn:g>", f"GRAPH <{HIDDEN}>"])
KINDS = st.sampled_from(["INSERT", "DELETE", "COPY", "FORGET"])
CHANGES = st.lists(st.tuples(WRITABLE, TRIPLES), min_size=1, max_size=3)
STEPS = st.one_of(st.tuples(KINDS, CHANGES), st.tuples(st.just("CLEAR"), CLEARED))


@settings(max_examples=200, deadline=None)
@given(st.lists(HELD, max_size=6), st.lists(TRIPLES, max_size=2), st.lists(STEPS, min_size=1, max_size=4))
def test_the_change_is_that_of_the_model(held: list[Quad], inferred: list[Triple], steps: list[Step]) -> None:
    model = Model()
    for graph, triple in held:
        model.add(graph, triple)
    model.shown.update(inferred)
    store = ox.Store()
    for graph, triple in model.quads():
        store.add(quad(triple, ox.NamedNode(graph or TARGET)))
    for triple in model.shown:
        store.add(quad(triple, ox.DefaultGraph()))
    before = model.quads()
    found = changes(store, " ;\n".join(text(*step) for step in steps), policy=POLICY)
    for step in steps:
        model.run(*step)
    assert _plain(found.added) == model.quads() - before
    assert _plain(found.removed) == before - model.quads()


def quad(triple: Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    subject, predicate, value = map(ox.NamedNode, triple)
    return ox.Quad(subject, predicate, value, graph)


def _plain(quads: list[ox.Quad]) -> set[Quad]:
    assert all(isinstance(quad.graph_name, ox.NamedNode) for quad in quads)
    return {
        (quad.graph_name.value, (quad.subject.value, quad.predicate.value, quad.object.value))  # type: ignore[union-attr]
        for quad in quads
    }
