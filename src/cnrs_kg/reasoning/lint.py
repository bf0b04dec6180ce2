"""What an ontology says that the rules do not serve, or that may cost more than it says.

https://www.w3.org/TR/owl2-profiles/#OWL_2_RL_2: which expressions may stand below, and which above, a sub-class axiom.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, OWL, RDF, RDFS, XSD
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import FIRST, REST, compile_program, matching, schema_of
from cnrs_kg.reasoning.rules.model import EQUIVALENT_CLASS, ON_PROPERTY, SAME_AS, SUB_CLASS_OF, TYPE
from cnrs_kg.reasoning.terms import Node, shown

ERROR, WARNING = "error", "warning"
VOCABULARY = (OWL.iri, RDF.iri, RDFS.iri)
NIL, CHAIN, CLAIMABLE = RDF("nil"), OWL("propertyChainAxiom"), CNRS("claimable")
# Constructs that OWL 2 RL leaves out wherever they stand.
OUTSIDE = {
    OWL(name)
    for name in (
        "hasSelf minCardinality minQualifiedCardinality cardinality qualifiedCardinality disjointUnionOf"
        " datatypeComplementOf onDatatype onProperties bottomObjectProperty topObjectProperty"
    ).split()
}
OUTSIDE_TYPES = {OWL("ReflexiveProperty")}
OUTSIDE_DATATYPES = {OWL("real"), OWL("rational"), XSD("time")}
# What a class expression may be built with, below a sub-class axiom and above it.
BELOW = {OWL(name) for name in ("intersectionOf", "unionOf", "oneOf", "someValuesFrom", "hasValue")}
ABOVE = {OWL(n) for n in ("intersectionOf", "complementOf", "allValuesFrom", "hasValue", "maxCardinality")} | {
    OWL("maxQualifiedCardinality")
}
EXPRESSIONS = BELOW | ABOVE
RISKY_IF_CLAIMABLE = {OWL("FunctionalProperty"), OWL("InverseFunctionalProperty")}


@dataclass(frozen=True)
class Finding:
    """What was found: how grave, which kind, about which term, and a sentence in English (`en`) and French (`fr`)."""

    severity: str
    kind: str
    subject: Node
    message: Mapping[str, str]

    def to_json(self) -> dict[str, object]:
        """The finding as programs read it."""
        return {
            "severity": self.severity,
            "kind": self.kind,
            "subject": shown(self.subject),
            "message": dict(self.message),
        }


def lint(triples: Iterable[ox.Triple]) -> tuple[Finding, ...]:
    """The findings, errors first: what the rules do not serve is an error, what may cost much a warning."""
    stated = _Stated(triples)
    found = [finding for check in CHECKS for finding in check(stated)]
    return tuple(sorted(_each_once(found), key=lambda one: (one.severity, one.kind, str(one.subject))))


def _each_once(found: Iterable[Finding]) -> list[Finding]:
    return list({(one.kind, one.subject, one.message["en"]): one for one in found}.values())


class _Stated:
    """The statements, by subject and by predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.all = list(triples)
        self._values: dict[tuple[object, object], list[Node]] = {}
        self._pairs: dict[ox.NamedNode, list[tuple[Node, Node]]] = {}
        for triple in self.all:
            self._values.setdefault((triple.subject, triple.predicate), []).append(triple.object)  # type: ignore[arg-type]
            self._pairs.setdefault(triple.predicate, []).append((triple.subject, triple.object))  # type: ignore[arg-type]

    def values(self, subject: Node, predicate: ox.NamedNode) -> list[Node]:
        return self._values.get((subject, predicate), [])

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[Node, Node]]:
        return self._pairs.get(predicate, [])

    def members(self, head: Node) -> list[Node]:
        """The members of a list, as far as it can be read."""
        found: list[Node] = []
        seen: set[Node] = set()
        while head != NIL and head not in seen:
            seen.add(head)
            found += self.values(head, FIRST)[:1]
            head = next(iter(self.values(head, REST)), NIL)
        return found


def _finding(severity: str, kind: str, subject: Node, en: str, fr: str) -> Finding:
    return Finding(severity, kind, subject, {"en": f"{shown(subject)}: {en}", "fr": f"{shown(subject)} : {fr}"})


def outside(stated: _Stated) -> Iterator[Finding]:
    """Constructs that no rule of OWL 2 RL speaks of."""
    for predicate in OUTSIDE:
        for subject, _ in stated.pairs(predicate):
            name = shown(predicate)
            yield _finding(ERROR, "profile", subject, f"{name} is outside OWL 2 RL", f"{name} est hors d'OWL 2 RL")
    for subject, kind in stated.pairs(TYPE):
        if kind in OUTSIDE_TYPES:
            name = shown(kind)
            yield _finding(ERROR, "profile", subject, f"{name} is outside OWL 2 RL", f"{name} est hors d'OWL 2 RL")
    for predicate in (RDFS("range"), OWL("someValuesFrom"), OWL("allValuesFrom")):
        for subject, kind in stated.pairs(predicate):
            if kind in OUTSIDE_DATATYPES:
                name = shown(kind)
                yield _finding(
                    ERROR, "profile", subject, f"no datatype {name} in OWL 2 RL", f"pas de {name} en OWL 2 RL"
                )


def positions(stated: _Stated) -> Iterator[Finding]:
    """Class expressions on a side of an axiom where OWL 2 RL does not allow them."""
    sides: list[tuple[Node, bool]] = []
    for below, above in stated.pairs(SUB_CLASS_OF):
        sides += [(below, False), (above, True)]
    for one, other in stated.pairs(EQUIVALENT_CLASS):
        sides += [(node, side) for node in (one, other) for side in (False, True)]
    seen = set()
    while sides:
        node, is_above = sides.pop()
        if (node, is_above) in seen:
            continue
        seen.add((node, is_above))
        for construct in EXPRESSIONS:
            for value in stated.values(node, construct):
                yield from _misplaced(node, construct, value, is_above)
                sides += [(inner, is_above) for inner in _inner(stated, construct, value)]


def _misplaced(node: Node, construct: ox.NamedNode, value: Node, is_above: bool) -> Iterator[Finding]:
    name = shown(construct)
    if construct not in (ABOVE if is_above else BELOW):
        side, cote = ("above", "au-dessus") if is_above else ("below", "au-dessous")
        yield _finding(
            ERROR,
            "profile",
            node,
            f"{name} may not stand {side} a sub-class axiom in OWL 2 RL",
            f"{name} ne peut être {cote} d'un axiome de sous-classe en OWL 2 RL",
        )
    if construct in (OWL("maxCardinality"), OWL("maxQualifiedCardinality")) and isinstance(value, ox.Literal):
        if value.value.strip() not in ("0", "1"):
            yield _finding(
                ERROR, "profile", node, f"{name} may be 0 or 1 only in OWL 2 RL", f"{name} ne peut valoir que 0 ou 1"
            )


def _inner(stated: _Stated, construct: ox.NamedNode, value: Node) -> list[Node]:
    """The expressions inside one that stand on the same side."""
    if construct in (OWL("intersectionOf"), OWL("unionOf")):
        return stated.members(value)
    return [value] if construct in (OWL("someValuesFrom"), OWL("allValuesFrom")) else []


def vocabulary(stated: _Stated) -> Iterator[Finding]:
    """Axioms about the terms of RDF, RDFS and OWL themselves."""
    for triple in schema_of(matching(stated.all)):
        subject = triple.subject
        about = isinstance(subject, ox.NamedNode) and subject.value.startswith(VOCABULARY)
        if about and triple.predicate not in (FIRST, REST):
            yield _finding(
                WARNING,
                "vocabulary",
                subject,  # type: ignore[arg-type]
                "an axiom about the vocabulary of RDF or OWL; everything is closed fact by fact",
                "un axiome sur le vocabulaire de RDF ou d'OWL ; tout est clos énoncé par énoncé",
            )


def compiled(stated: _Stated) -> Iterator[Finding]:
    """Lists that cannot be read, and an ontology that cannot be compiled."""
    schema = schema_of(matching(stated.all))
    program = compile_program(schema, budget=Budget(seconds=60))
    if program.general is not None:
        yield _finding(
            WARNING,
            "general",
            CNRS("ontology"),
            f"cannot be compiled ({program.general})",
            f"ne peut être compilée ({program.general})",
        )
    for note in close((), schema, as_of=date.min, budget=Budget(seconds=60)).notes:
        node, _, what = note.partition(": ")
        yield Finding(ERROR, "list", ox.Literal(node), {"en": note, "fr": f"{node} : liste mal formée ({what})"})


def chains(stated: _Stated) -> Iterator[Finding]:
    """Chains that feed themselves, alone or through other axioms about properties."""
    ways = _ways(stated)
    for subject, head in stated.pairs(CHAIN):
        links = stated.members(head)
        through = _through(ways, subject, set(links)) if len(links) > 1 else None
        if through is not None:
            names = ", ".join(map(shown, through))
            en, fr = (f", through {names},", f", par {names},") if names else ("", "")
            yield _finding(
                WARNING,
                "chain",
                subject,
                f"a chain that feeds itself{en} grows with every path",
                f"une chaîne qui s'alimente elle-même{fr} croît avec chaque chemin",
            )


def _ways(stated: _Stated) -> Mapping[Node, list[Node]]:
    """From each property those of which its statements may give statements."""
    found: dict[Node, list[Node]] = {}
    pairs = list(stated.pairs(RDFS("subPropertyOf")))
    for predicate in (OWL("inverseOf"), OWL("equivalentProperty")):
        pairs += [way for one, other in stated.pairs(predicate) for way in ((one, other), (other, one))]
    for subject, head in stated.pairs(CHAIN):
        pairs += [(link, subject) for link in stated.members(head)]
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found


def _through(ways: Mapping[Node, list[Node]], start: Node, ends: set[Node]) -> list[Node] | None:
    """The shortest way from a property to one of others, without the start; None if there is none."""
    before: dict[Node, Node | None] = {start: None}
    waiting = [start]
    for node in waiting:
        if node in ends:
            found: list[Node] = []
            at: Node | None = node
            while at is not None and at != start:
                found.append(at)
                at = before[at]
            return found[::-1]
        for other in ways.get(node, []):
            if other not in before:
                before[other] = node
                waiting.append(other)
    return None


def contested(stated: _Stated) -> Iterator[Finding]:
    """Axioms that turn two opinions into a contradiction or into sameness."""
    claimable = {subject for subject, value in stated.pairs(CLAIMABLE) if value == ox.Literal(True)}
    keys = {member for _, head in stated.pairs(OWL("hasKey")) for member in stated.members(head)}
    for subject, kind in stated.pairs(TYPE):
        if subject in claimable and kind in RISKY_IF_CLAIMABLE:
            yield _contested(subject, shown(kind))
    for subject in sorted(claimable & keys, key=str):
        yield _contested(subject, "owl:hasKey")
    for predicate in (OWL("propertyDisjointWith"), OWL("disjointWith")):
        for pair in stated.pairs(predicate):
            yield from (_contested(subject, shown(predicate)) for subject in pair if subject in claimable)


def _contested(subject: Node, what: str) -> Finding:
    return _finding(
        ERROR,
        "contested",
        subject,
        f"{what} on a property that may be contested: two sources that disagree would contradict each other",
        f"{what} sur une propriété contestable : deux sources en désaccord se contrediraient",
    )


def sameness(stated: _Stated) -> Iterator[Finding]:
    """Things stated to be the same: all that is said of one is written for the other."""
    for subject, value in stated.pairs(SAME_AS):
        yield _finding(
            WARNING,
            "sameness",
            subject,
            f"owl:sameAs {shown(value)} repeats all that is said of either; skos:exactMatch does not",
            f"owl:sameAs {shown(value)} répète ce qui est dit de l'un et de l'autre ; skos:exactMatch non",
        )


def restrictions(stated: _Stated) -> Iterator[Finding]:
    """Restrictions without a property."""
    for construct in EXPRESSIONS - {OWL("intersectionOf"), OWL("unionOf"), OWL("oneOf"), OWL("complementOf")}:
        for subject, _ in stated.pairs(construct):
            if not stated.values(subject, ON_PROPERTY):
                yield _finding(ERROR, "restriction", subject, "lacks owl:onProperty", "n'a pas d'owl:onProperty")


CHECKS: tuple[Callable[[_Stated], Iterator[Finding]], ...] = (
    outside,
    positions,
    restrictions,
    vocabulary,
    compiled,
    chains,
    contested,
    sameness,
)
