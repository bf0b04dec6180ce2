"""pySHACL's results as ours: terms of the store, messages in both languages, paths as text.

https://www.w3.org/TR/shacl/#results-validation-result
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import rdflib
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.rdflib_terms import from_rdflib
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.paths import HERE, Step, read_path, steps
from cnrs_kg.validation.patterns import Finding
from cnrs_kg.validation.report import Result

_MISSING = {SH.MinCountConstraintComponent, SH.QualifiedMinCountConstraintComponent, SH.HasValueConstraintComponent}
_VARIABLE = re.compile(r"\\\{\\[?$]\w+\\\}")


@dataclass(frozen=True)
class Found:
    """A result, with the first steps of its path; `missing` if values are too few rather than too many."""

    result: Result
    steps: frozenset[Step]
    missing: bool


def result(node: Node, triples: Iterable[tuple[Node, Node, Any]], shapes: rdflib.Graph) -> Found:
    """A result of pySHACL's, of which `node` is the name among the statements of it and of its details."""
    said: dict[Node, Node] = {}
    messages: list[Node] = []
    for subject, predicate, value in triples:
        if subject == node:
            value = value[1] if isinstance(value, tuple) else value
            if predicate == SH.resultMessage:
                messages.append(value)
            said[predicate] = value
    shape = said.get(SH.sourceConstraint) or said.get(SH.sourceShape)
    component = said.get(SH.sourceConstraintComponent)
    focus, value = said.get(SH.focusNode), said.get(SH.value)
    path = read_path(shapes, said[SH.resultPath]) if SH.resultPath in said else None
    found = Result(
        severity=str(said[SH.resultSeverity]).removeprefix(str(SH)),
        kind="shape",
        message=_by_language(messages, shapes, [said.get(SH.sourceConstraint), said.get(SH.sourceShape)]),
        focus_node=None if focus is None else from_rdflib(focus),
        shape=str(shape) if isinstance(shape, rdflib.URIRef) else None,
        constraint=f"sh:{str(component or '').rpartition('#')[2]}",
        path=None if path is None else str(path),
        value=None if value is None else from_rdflib(value),
    )
    first = frozenset(step for before, step in steps(path) if before == HERE) if path is not None else frozenset()
    return Found(found, first, component in _MISSING)


def listed(finding: Finding, nodes: Iterable[Term]) -> list[Result]:
    """The results of nodes that the screen knows to fail a component; which value fails is not said."""
    shape = finding.shape
    name = str(finding.parameter).rpartition("#")[2]
    messages = list(shape.sg.graph.objects(shape.node, SH.message))
    said = Result(
        severity=str(shape.severity).removeprefix(str(SH)),
        kind="shape",
        message={getattr(text, "language", None) or "en": str(text) for text in messages} or _FAILS,
        shape=str(shape.node) if isinstance(shape.node, rdflib.URIRef) else None,
        constraint=f"sh:{_COMPONENTS.get(name) or name[:1].upper() + name[1:]}ConstraintComponent",
        path=None if finding.path is None else str(finding.path),
    )
    return [replace(said, focus_node=node) for node in nodes]


_FAILS = {"en": "The constraint is not met.", "fr": "La contrainte n'est pas respectée."}
_COMPONENTS = {"qualifiedValueShape": "QualifiedMinCount"}


def _by_language(messages: Iterable[Node], shapes: rdflib.Graph, sources: Iterable[Node | None]) -> Mapping[str, str]:
    """The messages by language; one that lost its language when a query's values were put in gets it back."""
    templates = [text for source in sources if source is not None for text in shapes.objects(source, SH.message)]
    found: dict[str, str] = {}
    for message in sorted(messages, key=str):
        language = getattr(message, "language", None) or next(_languages(str(message), templates), "en")
        found.setdefault(language, str(message))
    return found


def _languages(message: str, templates: Iterable[Node]) -> Iterator[str]:
    for template in templates:
        language = getattr(template, "language", None)
        pattern = "(?s:.*)".join(_VARIABLE.split(re.escape(str(template))))
        if language and re.fullmatch(pattern, message):
            yield language
