"""What every command starts from: the settings, the project's directory, the graph."""

import getpass
import os
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cnrs_kg.accounts import Account
from cnrs_kg.config import Settings, load
from cnrs_kg.errors import CnrsKgError
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.proposal import Document, media_type_of_file
from cnrs_kg.telling.french import french

AS = click.option("--as", "as_", metavar="NAME", help="Who acts (default: the system's user).")
FORMAT = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
CHECKOUT = Path(__file__).parents[3]
INSTALLED = Path(sysconfig.get_path("data")) / "share" / "cnrs-kg"


class Telling(click.Command):
    """A command whose failures are told in the language of its `--lang`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except CnrsKgError as error:
            if ctx.params.get("lang") == "fr":
                error.detail = french(error.detail) or error.detail
                error.advice = error.advice and (french(error.advice) or error.advice)
            raise


def settings() -> Settings:
    """The settings of the working directory and the environment."""
    return load(Path.cwd(), os.environ)


def project() -> Path:
    """The directory with ontology/, shapes/ and data/: the working one, else this checkout or what is installed."""
    places = (Path.cwd(), CHECKOUT, INSTALLED)
    return next((place for place in places if (place / "ontology").is_dir()), Path.cwd())


def graph(*, workers: int | None = None) -> KnowledgeGraph:
    """The graph as configured; `workers` overrides how many query workers are started."""
    found = settings()
    if workers is not None:
        found = Settings(**{**vars(found), "workers": workers})
    return KnowledgeGraph(found, project=project())


def agent(kg: KnowledgeGraph, name: str | None) -> Account:
    """Who acts: the account of this name, or of the system's user; a steward where there is no such account."""
    return kg.accounts.agent(name or _user())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        return f"user {os.getuid()}"


def documents(paths: Iterable[Path], *, short: bool = False) -> list[Document]:
    """The files as documents; their extensions tell the formats. `short` names them without their directories."""
    return [_document(path, path.name if short else str(path)) for path in paths]


def _document(path: Path, name: str) -> Document:
    try:
        return Document(name, path.read_bytes(), media_type_of_file(path))
    except OSError as error:
        raise CnrsKgError(f"{path}: {error.strerror}", advice="Name a file that can be read.") from error
