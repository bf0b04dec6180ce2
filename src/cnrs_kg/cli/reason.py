"""`cnrs-kg reason`"""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from rich.console import Console

from cnrs_kg.cli import findings
from cnrs_kg.cli.session import Telling
from cnrs_kg.errors import CnrsKgError, ReasoningBudget
from cnrs_kg.rdf.documents import Documents, read
from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax, rdf_syntax, syntax_of_file
from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS, XSD
from cnrs_kg.reasoning import files as closing
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.lint import ERROR, lint
from cnrs_kg.reasoning.owlrl_closure import reason_with_owlrl

SYNTAXES = [syntax.name for syntax in RDF_FORMATS]
LISTINGS = ["text", "json"]
PREFIXES = {namespace.prefix: namespace.iri for namespace in (OWL, RDF, RDFS, XSD)}
OPTIONS = (
    click.option("-o", "output", type=click.Path(path_type=Path), help="Where to write the closure (default: stdout)."),
    click.option(
        "--format",
        "form",
        type=click.Choice([*SYNTAXES, *LISTINGS]),
        help="Of the closure (default: as the output's extension, else Turtle); of --check and --lint text or json.",
    ),
    click.option("--inferred", "only_inferred", is_flag=True, help="Write what is inferred only."),
    click.option(
        "--check", is_flag=True, help="List the inconsistencies with their proofs; no closure is written but to -o."
    ),
    click.option("--lint", "linted", is_flag=True, help="Judge the axioms only; errors give exit 1, warnings do not."),
    click.option("--stats", is_flag=True, help="On standard error: conclusions and seconds by rule."),
    click.option("--engine", type=click.Choice(["owl2rl", "owlrl"]), default="owl2rl", show_default=True),
    click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True),
    click.option(
        "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which claims are to hold (default: today)."
    ),
    click.option(
        "--input-format", "read_as", type=click.Choice(SYNTAXES), help="Of every file (default: as its extension)."
    ),
    click.option("--max-statements", type=click.IntRange(1), default=50_000_000, show_default=True),
    click.option("--max-seconds", type=click.FloatRange(0.001), default=3600.0, show_default=True),
)


@dataclass(frozen=True)
class Asked:
    """What the options say."""

    output: Path | None
    form: str | None
    only_inferred: bool
    check: bool
    linted: bool
    stats: bool
    engine: str
    lang: str
    as_of: datetime | None
    read_as: str | None
    max_statements: int
    max_seconds: float

    @property
    def day(self) -> date:
        """The day on which claims are to hold."""
        return self.as_of.date() if self.as_of else date.today()

    @property
    def syntax(self) -> RdfSyntax:
        """In which the closure is to be written."""
        if self.form in SYNTAXES:
            return rdf_syntax(str(self.form))
        return syntax_of_file(self.output) if self.output else rdf_syntax("turtle")

    def refuse_nonsense(self, files: Collection[Path]) -> None:
        """Before anything is read."""
        if Path("-") in files and not self.read_as:
            raise click.UsageError("Standard input has no extension that tells its format: name it by --input-format.")
        listing = self.check or self.linted
        if self.form in LISTINGS and not listing:
            raise click.UsageError(f"--format {self.form} goes with --check or --lint.")
        if self.form in SYNTAXES and (self.linted or (self.check and not self.output)):
            raise click.UsageError(f"--check and --lint list text or json, not {self.form}.")
        if self.output and (self.output.is_dir() or not self.output.absolute().parent.is_dir()):
            raise CnrsKgError(f"{self.output}: cannot be written", advice="Name a file in a directory that exists.")
        if not self.linted:
            _ = self.syntax  # raises for an extension that tells no format


def _with_options(command: Any) -> Any:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command(cls=Telling)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_with_options
def reason(files: tuple[Path, ...], **given: Any) -> None:
    """Close files under OWL 2 RL: any RDF formats, `-` for standard input.

    Exit 1 if they contradict themselves, 2 if the closure exceeds its limits. The package owlrl can be asked instead,
    to compare on small files: it takes things to be the same that differ in the last property of their owl:hasKey,
    knows no AllDifferent and no AllDisjointProperties, and gives no proofs.
    """
    asked = Asked(**given)
    asked.refuse_nonsense(files)
    talk = Console(stderr=True, highlight=False, soft_wrap=True)
    with talk.status("reading") as status:
        documents = read(files, rdf_syntax(asked.read_as) if asked.read_as else None)
        if asked.linted:
            found = lint(documents.statements)
            findings.print_lint(found, asked.lang, as_json=asked.form == "json")
            sys.exit(1 if any(one.severity == ERROR for one in found) else 0)
        closed = _closed(documents, asked, talk, status.update)
        if asked.output or not asked.check:
            status.update("writing")
            _write(closed, documents, asked)
    if asked.stats:
        talk.print(findings.statistics(closed.counts, closed.seconds, asked.lang))
    if asked.check:
        findings.print_inconsistencies(closed, asked.lang, as_json=asked.form == "json")
    findings.print_summary(closed, asked.lang, talk, told=asked.check)
    if closed.inconsistencies:
        sys.exit(1)


def _closed(documents: Documents, asked: Asked, talk: Console, progress: closing.Progress) -> closing.Closed:
    if asked.engine == "owlrl":
        return reason_with_owlrl(documents, progress)
    budget = Budget(statements=asked.max_statements, seconds=asked.max_seconds)
    try:
        return closing.reason(documents, as_of=asked.day, budget=budget, progress=progress)
    except ReasoningBudget as error:
        talk.print(findings.statistics(error.extra.get("counts", {}), {}, asked.lang))
        error.advice = error.advice or "Mend the axiom, or allow more: --max-statements, --max-seconds."
        raise


def _write(closed: closing.Closed, documents: Documents, asked: Asked) -> None:
    stated = () if asked.only_inferred else chain(documents.statements, documents.quoting)
    triples, syntax = chain(stated, closed.inferred()), asked.syntax
    prefixes = {**PREFIXES, **documents.prefixes} if syntax.prefixes else None
    if asked.output is None:
        ox.serialize(triples, sys.stdout.buffer, syntax.format, prefixes=prefixes)
        return
    draft = asked.output.with_name(f".{asked.output.name}.{os.getpid()}")  # complete, or not there
    try:
        ox.serialize(triples, str(draft), syntax.format, prefixes=prefixes)
        draft.replace(asked.output)
    except OSError as error:
        raise CnrsKgError(f"{asked.output}: cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
