"""Proofs for the terminal: a tree, statements by the names of their terms."""

from collections.abc import Mapping

import pyoxigraph as ox
from rich.markup import escape
from rich.tree import Tree

from cnrs_kg.reasoning.proof import ASSERTED, Proof
from cnrs_kg.reasoning.rules.words import words
from cnrs_kg.reasoning.terms import Node, shown
from cnrs_kg.validation.excerpts import place_name
from cnrs_kg.validation.labels import in_language

Labels = Mapping[str, Mapping[str, str]]
AGAIN = {"en": "shown above", "fr": "voir plus haut"}


def tree(proof: Proof, labels: Labels, lang: str) -> Tree:
    """The proof, its premises below it."""
    root = Tree(_line(proof, labels, lang))
    waiting = [(root, premise) for premise in proof.premises]
    while waiting:
        branch, step = waiting.pop(0)
        twig = branch.add(_line(step, labels, lang))
        waiting += [(twig, premise) for premise in step.premises]
    return root


def statement(terms: tuple[Node, Node, Node], labels: Labels, lang: str) -> str:
    """A statement by the names of its terms."""
    subject, predicate, value = terms
    return f"{name(subject, labels, lang)}  {shown(predicate)}  {name(value, labels, lang)}"


def name(node: Node, labels: Labels, lang: str) -> str:
    """What a reader knows a term by: its label in the language, its prefixed name, or its text."""
    if isinstance(node, ox.NamedNode):
        label = in_language(labels.get(node.value, {}), lang)
        return f"{shown(node)}" + (f" “{label}”" if label else "")
    return shown(node)


def _line(step: Proof, labels: Labels, lang: str) -> str:
    said = escape(statement(step.statement, labels, lang))
    if step.rule == ASSERTED:
        where = step.graph or ""
        if step.place:
            where = f"{place_name(step.place)}  {where}"
        return f"{said}\n[green]{words(ASSERTED, lang)}[/green] [dim]{escape(where)}[/dim]"
    again = f" [dim]({AGAIN[lang]})[/dim]" if step.repeated else ""
    return f"[bold]{said}[/bold]\n[cyan]{step.rule}[/cyan] [dim]{words(step.rule, lang)}[/dim]{again}"
