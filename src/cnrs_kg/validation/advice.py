"""What helps to mend a fault: what was expected, a valid example of the live data, and corrections that are mechanical.

Nothing here decides: a result says the same without it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.namespaces import ID, PREFIXES, RDF
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.corrections import Names, corrections
from cnrs_kg.validation.labels import told
from cnrs_kg.validation.paths import Step, read_path
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.words import Words

TYPE = RDF("type")
MOST = 500
"""Results that get advice: a reader of more mends the first ones first."""
_MET = 500
_TRIED = 10
_SHOWN = 8
_COUNTED = ("sh:MinCountConstraintComponent", "sh:MaxCountConstraintComponent")


@dataclass(frozen=True)
class Adviser:
    """Gives advice on results over the statements that were judged, by the shapes that judged them.

    `conforms` tells whether a node of the data conforms to a shape, which an example must.
    """

    statements: Statements
    shapes: rdflib.Graph
    conforms: Callable[[Node, Term], bool]

    def advise(self, results: Iterable[Result]) -> tuple[Result, ...]:
        """The results, the first 500 with advice."""
        results = tuple(results)
        known = _Known({result.focus_node for result in results})
        return tuple(self._advised(result, known) for result in results[:MOST]) + results[MOST:]

    def _advised(self, result: Result, known: "_Known") -> Result:
        found = replace(result, label=told(self.statements, result.focus_node))
        offered = corrections(result, self.shapes, self.statements, known.names)
        fixes = result.fixes or tuple(one.to_json() for one in offered)
        if result.shape is None or result.constraint is None:
            return replace(found, fixes=fixes)
        shape = rdflib.URIRef(result.shape)
        if result.shape not in known.examples and result.focus_node is not None:
            known.examples[result.shape] = self._example(shape, result.focus_node, known.faulty)
        return replace(
            found,
            expected=Words(self.shapes, self.statements).expected(shape, result.constraint),
            found=self._found(shape, result),
            example=known.examples.get(result.shape),
            fixes=fixes,
        )

    def _found(self, shape: Node, result: Result) -> str | None:
        """The value, or how many there are along a path of one step."""
        if result.value is not None:
            return str(result.value)
        step = self._step(shape)
        if step is None or result.constraint not in _COUNTED:
            return None
        ends = (None, result.focus_node) if step.inverse else (result.focus_node, None)
        values = self.statements.match(ends[0], step.predicate, ends[1])  # type: ignore[arg-type]
        return str(len(list(values)))

    def _example(self, shape: Node, focus: Term, faulty: set[Term | None]) -> str | None:
        """A node with values that conform, of the same classes if there is one; None if the first few do not."""
        step = self._step(shape)
        if step is None:
            return None
        kinds = self._kinds(focus)
        others = [node for node in self._having(step) if node not in faulty]
        alike = [node for node in others if kinds <= self._kinds(node)]
        for node in (*alike[:_TRIED], *others[:_TRIED]):
            if self.conforms(shape, node):
                return self._turtle(node, step, shape)
        return None

    def _kinds(self, node: Term) -> set[Term]:
        return {triple.object for triple in self.statements.match(node, TYPE, None)}  # type: ignore[arg-type]

    def _step(self, shape: Node) -> Step | None:
        path = next(self.shapes.objects(shape, SH.path), None)
        step = None if path is None else read_path(self.shapes, path)
        return step if isinstance(step, Step) and step.predicate is not None else None

    def _having(self, step: Step) -> Iterable[Term]:
        """The first nodes from which the path leads on, each once."""
        met = islice(self.statements.match(None, step.predicate, None), _MET)
        return dict.fromkeys(triple.object if step.inverse else triple.subject for triple in met)

    def _turtle(self, focus: Term, step: Step, shape: Node) -> str:
        if step.inverse:
            owners = [triple.subject for triple in self.statements.match(None, step.predicate, focus)]
            wanted = list(self.shapes.objects(shape, SH.qualifiedValueShape))
            fitting = (owner for owner in owners if all(self.conforms(inner, owner) for inner in wanted))
            found = list(self.statements.asserted.match(next(fitting, owners[0]), None, None))
        else:
            stated = list(self.statements.asserted.match(focus, step.predicate, None))  # type: ignore[arg-type]
            found = stated or list(self.statements.match(focus, step.predicate, None))  # type: ignore[arg-type]
        return turtle(found[:_SHOWN])


@dataclass(frozen=True)
class _Known:
    """What was found for earlier results: examples by shape, and the names of what shapes allow."""

    faulty: set[Term | None]
    examples: dict[str, str | None] = field(default_factory=dict)
    names: Names = field(default_factory=dict)


def turtle(triples: Iterable[ox.Triple]) -> str:
    """Statements as a person would write them; the prefixes are those of the project's files, and not declared."""
    triples = list(triples)
    prefixes = dict(PREFIXES)
    for term in (term for triple in triples for term in (triple.subject, triple.object)):
        if isinstance(term, ox.NamedNode) and term.value.startswith(ID.iri):
            namespace = term.value.rpartition("/")[0]
            prefixes[namespace.rpartition("/")[2]] = f"{namespace}/"
    text = ox.serialize(triples, None, ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return "\n".join(line for line in text.decode().splitlines() if not line.startswith("@prefix")).strip()
