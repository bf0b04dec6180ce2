"""`cnrs-kg submissions`"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Column, Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import AS, FORMAT, agent, documents, graph
from cnrs_kg.cli.submit import told
from cnrs_kg.errors import StaleSubmission
from cnrs_kg.rdf.terms import triple_of_json
from cnrs_kg.reviewing import wording
from cnrs_kg.submissions import diff as differences
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import propose
from cnrs_kg.submissions.states import PENDING, Action, State
from cnrs_kg.submissions.submission import Submission
from cnrs_kg.validation.report import verdict_of_json
from cnrs_kg.validation.text import print_verdict

STATES = [state.value for state in State]
REASON = click.option("--reason", help="Why.")


@click.group()
def submissions() -> None:
    """What was submitted, and what is decided."""


@submissions.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help="Only these (repeatable).",
)
@FORMAT
def list_(states: tuple[str, ...], format_: str) -> None:
    """The submissions, the newest first."""
    with graph() as kg:
        found = kg.stewards.list([State(state) for state in states])
    if format_ == "json":
        click.echo(json.dumps([submission.to_json() for submission in found], ensure_ascii=False, indent=2))
        return
    table = Table("number", Column("state", no_wrap=True), "title", "submitter", "created", "conforms", "version")
    for one in found:
        created, version = one.created.isoformat(timespec="minutes"), str(one.version or "")
        conforms = "yes" if one.content.conforms else "no"
        table.add_row(str(one.number), one.state, one.content.title, one.submitter, created, conforms, version)
    printer().print(table)


@submissions.command()
@click.argument("number", type=int)
@FORMAT
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
def show(number: int, format_: str, lang: str) -> None:
    """A submission with its verdict, its history and, while it is pending, what changes elsewhere because of it.

    Exit 0 whatever they say.
    """
    with graph(workers=1) as kg:
        found = kg.stewards.judged(number)
        sources = {document.name: document.data for document in kg.stewards.documents(found)}
        impact = kg.review.impact(found) if found.state in PENDING else None
    if format_ == "json":
        told = found.to_json() | ({} if impact is None else {"impact": impact.to_json()})
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name, value in found.to_json().items():
        if name not in ("verdict", "history", "links", "documents"):
            click.echo(f"{name}: {'–' if value is None else value}")
    for step in found.history:
        click.echo(f"{step.moment:%Y-%m-%d %H:%M} {step.action} by {step.agent or '–'}{_because(step.reason)}")
    print_verdict(verdict_of_json(found.content.verdict), printer(), sources=sources)
    for line in () if impact is None else wording.text(impact, lang):
        click.echo(line)


def _because(reason: str | None) -> str:
    return "" if reason is None else f": {reason}"


@submissions.command("diff")
@click.argument("number", type=int)
@click.option("--format", "format_", type=click.Choice(["text", "patch", "json"]), default="text", show_default=True)
@click.option("--inferred", is_flag=True, help="What follows and no longer follows instead (no patch).")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
def diff_(number: int, format_: str, inferred: bool, lang: str) -> None:
    """What a submission adds and withdraws, by the thing that it is about; `patch` can be submitted again."""
    with graph() as kg:
        found = kg.stewards.get(number)
        if format_ == "patch":
            click.echo(kg.review.patch(found), nl=False)
            return
        things = kg.review.consequences(found) if inferred else kg.review.diff(found)
    if format_ == "json":
        told = {"number": found.number, "basedOn": found.content.based_on} | differences.to_json(things)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in differences.text(things, lang):
            click.echo(line)


@submissions.command()
@click.argument("number", type=int)
@REASON
@AS
@FORMAT
def accept(number: int, reason: str | None, as_: str | None, format_: str) -> None:
    """Judge a submission on the current version and publish it; prints the version. Exit 1 if it is refused."""
    try:
        with graph() as kg, Console(stderr=True).status("judging"):
            found = kg.stewards.accept(number, agent(kg, as_), reason)
    except StaleSubmission as error:
        _say_no(error)
    print_verdict(verdict_of_json(found.content.verdict), Console(stderr=True))
    _print(found, format_, str(found.version or ""))
    if found.state is not State.ACCEPTED:
        sys.exit(1)


@submissions.command()
@click.argument("number", type=int)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--graph", "graph_", help="The graph that the files are for (default: the stewards' one).")
@click.option("--replace", is_flag=True, help="The files become the graph's whole content.")
@REASON
@AS
@FORMAT
def amend(number: int, files: tuple[Path, ...], graph_: str | None, replace: bool, **options: Any) -> None:
    """Put other files in the place of a submission's own; it is open again. Exit 1 if they do not conform."""
    sent = documents(files, short=True)
    with graph(workers=1) as kg, Console(stderr=True).status("judging"):
        proposal, who = propose(sent, graph_, replaces=replace), agent(kg, options["as_"])
        found = kg.stewards.amend(number, proposal, About(), who, reason=options["reason"])
    told(found, {document.name: document.data for document in sent}, options["format_"])


@submissions.command()
@click.argument("number", type=int)
@REASON
@AS
@FORMAT
def revert(number: int, reason: str | None, as_: str | None, format_: str) -> None:
    """Submit what undoes an accepted submission; prints the new number. Exit 1 if it does not conform, or conflicts."""
    try:
        with graph(workers=1) as kg, Console(stderr=True).status("judging"):
            found = kg.stewards.revert(number, agent(kg, as_), reason=reason)
    except StaleSubmission as error:
        _say_no(error)
    told(found, {}, format_)


def _say_no(error: StaleSubmission) -> NoReturn:
    click.echo(f"cnrs-kg: {error.detail}", err=True)
    for conflict in error.extra["conflicts"]:
        click.echo(f"  {triple_of_json(conflict['statement'])}, in version {conflict['version']}", err=True)
    sys.exit(1)


def _decision(action: Action, said: str) -> Callable[..., None]:
    @submissions.command(action.value, help=said)
    @click.argument("number", type=int)
    @REASON
    @AS
    @FORMAT
    def decide(number: int, reason: str | None, as_: str | None, format_: str) -> None:
        with graph() as kg:
            found = kg.stewards.decide(number, action, agent(kg, as_), reason)
        _print(found, format_, found.state)

    return decide


reject = _decision(Action.REJECT, "Decide that a submission is not published.")
withdraw = _decision(Action.WITHDRAW, "Take back a submission of one's own.")
request_changes = _decision(Action.REQUEST_CHANGES, "Ask the submitter to amend a submission.")


def _print(found: Submission, format_: str, said: str) -> None:
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if format_ == "json" else said)
