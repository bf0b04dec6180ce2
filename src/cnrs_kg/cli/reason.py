"""`cnrs-kg reason`"""

import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import NoReturn

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from cnrs_kg.cli.proofs import tree
from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax, rdf_syntax, syntax_of_file
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.reasoning.files import Closed, read
from cnrs_kg.reasoning.files import reason as close_files
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.lint import ERROR, lint
from cnrs_kg.reasoning.owlrl_closure import reason_with_owlrl
from cnrs_kg.reasoning.rules.words import words

FORMATS = [syntax.name for syntax in RDF_FORMATS]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "output", type=click.Path(path_type=Path), help="Where to write the closure (default: standard output)."
)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: as the output's extension, else Turtle."
)
@click.option("--inferred", "only_inferred", is_flag=True, help="Write what is inferred only.")
@click.option("--check", is_flag=True, help="Write no closure: list the inconsistencies with their proofs.")
@click.option("--lint", "linted", is_flag=True, help="Judge the axioms alone; exit 1 on errors.")
@click.option("--stats", is_flag=True, help="By rule: conclusions, seconds of joins; on standard error.")
@click.option("--engine", type=click.Choice(["owl2rl", "owlrl"]), default="owl2rl", show_default=True)
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which claims are to hold (default: today)."
)
@click.option("--max-statements", type=click.IntRange(1), default=50_000_000, show_default=True)
@click.option("--max-seconds", type=click.FloatRange(0.001), default=3600.0, show_default=True)
def reason(files: tuple[Path, ...], **options: object) -> None:
    """Close files under OWL 2 RL; exit 1 if they contradict themselves, 2 if the closure exceeds its budget."""
    talk = Console(stderr=True, highlight=False)
    with talk.status("reading") as status:
        stated = read(files)
        if options["linted"]:
            _lint(stated, str(options["lang"]))
        closed = _closed(stated, options, status.update)
    for note in closed.notes:
        talk.print(f"note: {note}", markup=False)
    if options["stats"]:
        talk.print(_stats(closed, str(options["lang"])))
    if options["check"]:
        for proof in closed.proofs():
            Console(highlight=False).print(tree(proof, {}, str(options["lang"])))
    else:
        _write(closed, {} if options["only_inferred"] else stated, options)
    for one in closed.inconsistencies:
        talk.print(f"[bold red]{one.rule}[/bold red]", end=" ")
        talk.print(one.message[str(options["lang"])], markup=False)
    talk.print(
        f"{closed.asserted:,} asserted, {closed.count:,} inferred, {len(closed.inconsistencies):,} inconsistencies"
    )
    if closed.inconsistencies:
        sys.exit(1)


def _lint(stated: dict[ox.Triple, str], lang: str) -> NoReturn:
    """Print what is to be said of the axioms, and exit."""
    found = lint(stated)
    for one in found:
        click.echo(f"{one.severity}\t{one.kind}\t{one.message[lang]}")
    sys.exit(1 if any(one.severity == ERROR for one in found) else 0)


def _closed(stated: dict[ox.Triple, str], options: dict[str, object], progress: object) -> Closed:
    if options["engine"] == "owlrl":
        return reason_with_owlrl(stated, progress)  # type: ignore[arg-type]
    as_of = options["as_of"].date() if isinstance(options["as_of"], datetime) else date.today()
    budget = Budget(statements=options["max_statements"], seconds=options["max_seconds"])  # type: ignore[arg-type]
    return close_files(stated, as_of=as_of, budget=budget, progress=progress)  # type: ignore[arg-type]


def _write(closed: Closed, stated: dict[ox.Triple, str], options: dict[str, object]) -> None:
    output = options["output"]
    triples: Iterator[ox.Triple] = chain(stated, closed.inferred())
    syntax = _syntax(options["format_"], output)
    prefixes = PREFIXES if syntax.prefixes else None
    if not isinstance(output, Path):
        ox.serialize(triples, sys.stdout.buffer, syntax.format, prefixes=prefixes)
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")  # complete, or not there
    try:
        ox.serialize(triples, str(draft), syntax.format, prefixes=prefixes)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _syntax(name: object, output: object) -> RdfSyntax:
    if isinstance(name, str):
        return rdf_syntax(name)
    return syntax_of_file(output) if isinstance(output, Path) else rdf_syntax("turtle")


def _stats(closed: Closed, lang: str) -> Table:
    table = Table("rule", "", "conclusions", "seconds")
    for rule in sorted(closed.counts.keys() | closed.seconds.keys(), key=lambda name: -closed.counts.get(name, 0)):
        seconds = f"{closed.seconds[rule]:.3f}" if rule in closed.seconds else ""
        table.add_row(rule, words(rule, lang), f"{closed.counts.get(rule, 0):,}", seconds)
    return table
