"""What reasoning found, for the terminal and for programs: inconsistencies with their proofs, lint, counts by rule."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.proofs import tree
from cnrs_kg.rdf.terms import term_json
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.files import Closed
from cnrs_kg.reasoning.lint import ERROR, Finding
from cnrs_kg.reasoning.program import is_schema_statement
from cnrs_kg.reasoning.proof import ASSERTED, Proof
from cnrs_kg.reasoning.rules.words import words
from cnrs_kg.reasoning.terms import shown
from cnrs_kg.validation.excerpts import place_name

Json = dict[str, Any]
WORDS = {
    "en": {
        "error": "error",
        "warning": "warning",
        "columns": ("rule", "says", "conclusions", "seconds"),
        "summary": "asserted: {asserted}, inferred: {inferred}, inconsistencies: {inconsistencies} ({seconds:.1f} s)",
    },
    "fr": {
        "error": "erreur",
        "warning": "avertissement",
        "columns": ("règle", "dit", "conclusions", "secondes"),
        "summary": "affirmés : {asserted}, déduits : {inferred}, contradictions : {inconsistencies} ({seconds:.1f} s)",
    },
}


def print_inconsistencies(closed: Closed, lang: str, *, as_json: bool) -> None:
    """Each with its sentence, the statements to blame, and its proof."""
    pairs = list(zip_longest(closed.inconsistencies, closed.proofs()))
    if as_json:
        document = {
            "consistent": not pairs,
            "asserted": closed.asserted,
            "inferred": closed.count,
            "inconsistencies": [_inconsistency_json(found, proof) for found, proof in pairs],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    console = printer()
    for found, proof in pairs:
        console.print(f"[bold red]{found.rule}[/] {escape(found.message[lang])}")
        if proof is not None:
            for culprit in culprits(proof):
                console.print(f"  {_where(culprit)}{escape(' '.join(map(shown, culprit.statement)))}")
            console.print(tree(proof, {}, lang))


def culprits(proof: Proof) -> list[Proof]:
    """The asserted statements that the proof rests on, axioms left out; the axioms, where there is nothing else."""
    leaves = list({leaf.statement: leaf for leaf in _leaves(proof)}.values())
    return [leaf for leaf in leaves if not is_schema_statement(*leaf.statement[1:])] or leaves


def _leaves(proof: Proof) -> Iterator[Proof]:
    waiting = [proof]
    while waiting:
        step = waiting.pop()
        if step.rule == ASSERTED:
            yield step
        waiting += reversed(step.premises)


def _where(leaf: Proof) -> str:
    if leaf.place:
        return escape(f"{place_name(leaf.place)}: ")
    return escape(f"{leaf.graph}: ") if leaf.graph else ""


def _inconsistency_json(found: Inconsistency, proof: Proof | None) -> Json:
    return {
        "rule": found.rule,
        "focusNode": term_json(found.focus_node),
        "message": found.message,
        "culprits": [] if proof is None else [_culprit_json(leaf) for leaf in culprits(proof)],
        "proof": None if proof is None else proof.to_json(),
    }


def _culprit_json(leaf: Proof) -> Json:
    terms = zip(("subject", "predicate", "object"), map(term_json, leaf.statement), strict=True)
    return {"statement": dict(terms), "file": leaf.graph, "place": None if leaf.place is None else dict(leaf.place)}


def print_lint(found: Iterable[Finding], lang: str, *, as_json: bool) -> None:
    """A line for each finding, or all as JSON."""
    found = list(found)
    if as_json:
        errors = sum(one.severity == ERROR for one in found)
        document = {
            "errors": errors,
            "warnings": len(found) - errors,
            "findings": [one.to_json() for one in found],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{WORDS[lang][one.severity]}\t{one.kind}\t{one.message[lang]}")


def statistics(counts: Mapping[str, int], seconds: Mapping[str, float], lang: str) -> Table:
    """Conclusions and seconds by rule, the most frequent first."""
    table = Table(*WORDS[lang]["columns"])
    for rule in sorted(counts.keys() | seconds.keys(), key=lambda name: (-counts.get(name, 0), name)):
        took = f"{seconds[rule]:.3f}" if rule in seconds else ""
        table.add_row(rule, words(rule, lang), f"{counts.get(rule, 0):,}", took)
    return table


def print_summary(closed: Closed, lang: str, talk: Console, *, told: bool) -> None:
    """How many of each, after what is to be noted; the sentence of each inconsistency unless it was `told`."""
    for note in closed.notes:
        talk.print(f"note: {note}", markup=False)
    for one in () if told else closed.inconsistencies:
        talk.print(f"[bold red]{one.rule}[/] {escape(one.message[lang])}")
    text = str(WORDS[lang]["summary"]).format(
        asserted=f"{closed.asserted:,}",
        inferred=f"{closed.count:,}",
        inconsistencies=f"{len(closed.inconsistencies):,}",
        seconds=closed.took,
    )
    talk.print(text, markup=False)
