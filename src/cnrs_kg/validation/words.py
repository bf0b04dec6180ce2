"""Constraints in words, in both languages: what each parameter of a shape asks for, around its value.

https://www.w3.org/TR/shacl/#core-components
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rdflib
from rdflib.collection import Collection as RdfList
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.rdflib_terms import from_rdflib
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.validation.labels import name

Text = Mapping[str, str]
LANGUAGES = ("en", "fr")
_DEEPEST = 4
_WORDS: Mapping[Node, Text] = {
    SH.minCount: {"en": "at least {}", "fr": "au moins {}"},
    SH.maxCount: {"en": "at most {}", "fr": "au plus {}"},
    SH.qualifiedMinCount: {"en": "at least {} of this kind", "fr": "au moins {} de ce genre"},
    SH.qualifiedMaxCount: {"en": "at most {} of this kind", "fr": "au plus {} de ce genre"},
    SH.qualifiedValueShape: {"en": "this kind: {}", "fr": "ce genre : {}"},
    SH.datatype: {"en": "a literal of datatype {}", "fr": "un littéral du type {}"},
    SH["class"]: {"en": "an instance of: {}", "fr": "une instance de : {}"},
    SH.nodeKind: {"en": "a node of kind {}", "fr": "un nœud du genre {}"},
    SH.pattern: {"en": "text that matches {}", "fr": "un texte conforme à {}"},
    SH.hasValue: {"en": "the value: {}", "fr": "la valeur : {}"},
    SH["in"]: {"en": "one of: {}", "fr": "l'une de ces valeurs : {}"},
    SH.languageIn: {"en": "a language among: {}", "fr": "une langue parmi : {}"},
    SH.uniqueLang: {"en": "each language at most once", "fr": "chaque langue au plus une fois"},
    SH.minInclusive: {"en": "no less than {}", "fr": "pas moins que {}"},
    SH.maxInclusive: {"en": "no more than {}", "fr": "pas plus que {}"},
    SH.minExclusive: {"en": "more than {}", "fr": "plus que {}"},
    SH.maxExclusive: {"en": "less than {}", "fr": "moins que {}"},
    SH.minLength: {"en": "at least {} characters", "fr": "au moins {} caractères"},
    SH.maxLength: {"en": "at most {} characters", "fr": "au plus {} caractères"},
    SH.equals: {"en": "the same values as: {}", "fr": "les mêmes valeurs que : {}"},
    SH.disjoint: {"en": "no value of: {}", "fr": "aucune valeur de : {}"},
    SH.lessThan: {"en": "less than each value of: {}", "fr": "moins que chaque valeur de : {}"},
    SH.lessThanOrEquals: {"en": "no more than each value of: {}", "fr": "pas plus que chaque valeur de : {}"},
    SH.closed: {
        "en": "no other property than those of the shape",
        "fr": "aucune autre propriété que celles de la forme",
    },
    SH.node: {"en": "{}", "fr": "{}"},
    SH["not"]: {"en": "not: {}", "fr": "pas : {}"},
    SH["and"]: {"en": "all of: {}", "fr": "tout cela : {}"},
    SH["or"]: {"en": "any of: {}", "fr": "l'un ou l'autre : {}"},
    SH.xone: {"en": "exactly one of: {}", "fr": "un seul de : {}"},
}
"""What a parameter asks for, around its value; the component's name is that of the parameter."""


def component(parameter: Node) -> str:
    """The name of the constraint component that a parameter belongs to."""
    local = str(parameter).rpartition("#")[2]
    return f"sh:{local[0].upper()}{local[1:]}ConstraintComponent"


@dataclass(frozen=True)
class Words:
    """Says the constraints of a shapes graph, calling things as the statements do."""

    shapes: rdflib.Graph
    statements: Statements

    def expected(self, shape: Node, name_of_component: str) -> Text | None:
        """What the parameter of a component asks for, in both languages."""
        return next((said for known, said in self.constraints(shape) if component(known) == name_of_component), None)

    def constraints(self, shape: Node, depth: int = 0) -> Iterator[tuple[Node, Text]]:
        """The parameters of a shape, the first value of each in words in both languages."""
        for parameter, said in _WORDS.items():
            for value in self.shapes.objects(shape, parameter):
                yield parameter, {lang: said[lang].format(self._written(value, lang, depth)) for lang in LANGUAGES}
                break

    def _written(self, value: Node, lang: str, depth: int) -> str:
        if (value, rdflib.RDF.first, None) in self.shapes:
            return ", ".join(self._named(member, lang, depth) for member in RdfList(self.shapes, value))
        return self._named(value, lang, depth)

    def _named(self, value: Node, lang: str, depth: int) -> str:
        if isinstance(value, rdflib.Literal):
            return str(value)
        for said in (SH.description, SH.name):
            for text in self.shapes.objects(value, said):
                if isinstance(text, rdflib.Literal) and text.language == lang:
                    return str(text)
        if isinstance(value, rdflib.BNode) and depth < _DEEPEST:
            return ", ".join(text[lang] for _, text in self.constraints(value, depth + 1))
        return name(self.statements, from_rdflib(value), lang)
