"""A graph in memory that answers as `KnowledgeGraph` does, without workers, versions on disk or judgement."""

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from cnrs_kg import errors
from cnrs_kg.accounts import Accounts
from cnrs_kg.browsing.lists import Lists
from cnrs_kg.config import Settings
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import JSON_RESULTS
from cnrs_kg.federation.linking.register import LinkRegister
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.publishing.history import History
from cnrs_kg.publishing.publication import Publication
from cnrs_kg.rdf.formats import TABLES, rdf_syntax, result_syntax
from cnrs_kg.sessions import Sessions
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.permissions import Rules
from cnrs_kg.submissions.stewards import Means, Stewards
from cnrs_kg.things import Thing, thing
from cnrs_kg.vocabulary.reference import References

EX = "https://w3id.org/cnrs-kg/id/unit/"
GRAPH = "https://w3id.org/cnrs-kg/graph/source"
FIRST = datetime(2026, 1, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    number: int
    statements: int
    inferred: int = 0
    digest: str = "d"
    created: datetime = FIRST

    @property
    def kept(self) -> bool:
        return self.number != 2


@dataclass
class Answer:
    form: str
    media_type: str
    body: bytes | None
    rows: int | None = None
    file: BinaryIO | None = None
    size: int = 0
    again: bool = True
    pin: str | None = None

    def read(self) -> bytes:
        if self.file is not None:
            with self.file:
                return self.file.read()
        return self.body or b""


@dataclass(frozen=True)
class Outcome:
    conforms: bool
    version: Version | None
    created: bool = False
    changed: bool = True

    def to_json(self) -> dict[str, Any]:
        number = self.version.number if self.version else None
        return {"conforms": self.conforms, "version": number, "results": []}


@dataclass(frozen=True)
class NamedGraph:
    iri: str
    statements: int
    role: str = "source"


@dataclass(frozen=True)
class Example:
    id: str
    question: dict[str, str]
    query: str


def _nothing(*_: object) -> Any:
    raise errors.StoreError("nothing is judged here")


@dataclass
class FakeGraph:
    """Three versions of a small graph; `fail` makes the next query raise, `spool` sends answers as files."""

    directory: Path
    settings: Settings = field(default_factory=Settings)
    plain: bool = False
    fail: errors.CnrsKgError | None = None
    spool: bool = False
    again: bool = True
    pin: str | None = None
    conforms: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    files: list[BinaryIO] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.directory / "app.sqlite")
        self.sessions = Sessions(self.directory / "app.sqlite", self.accounts)
        self._empty = Versions(self.directory / "var")
        self.stewards = Stewards(self.directory, self._empty, Means(_nothing, _nothing, _nothing, _nothing), Rules())
        self.store = ox.Store()
        self.references = References(lambda version: self.store, self.directory)
        self.history = History(self._empty, lambda: self.store)
        self.services = Services(cast(Pool, None), {}, self.directory / "pins")
        stored: Any = SimpleNamespace(current=self.current, open=lambda version: self.store)
        self.registries = SimpleNamespace(links=LinkRegister(stored, lambda change: None))
        self.publication = Publication(self.directory / "dumps", self._empty, self._rows, self.named_graphs)
        unit, whole = ox.NamedNode(EX + "cintra"), ox.NamedNode(EX + "x")
        label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
        for graph in (ox.DefaultGraph(), ox.NamedNode(GRAPH)):
            self.store.add(ox.Quad(unit, label, ox.Literal("CINTRA <script>", language="en"), graph))
            self.store.add(ox.Quad(unit, ox.NamedNode("http://www.w3.org/ns/org#unitOf"), whole, graph))
        self._versions = [Version(n, 2, created=FIRST + timedelta(days=n - 1)) for n in (1, 2, 3)]

    def close(self) -> None:
        self.stewards.close()
        self.services.close()
        self._empty.close()
        self.sessions.close()
        self.accounts.close()

    def _rows(self, text: str, _: Version) -> list[dict[str, str]]:
        found = self.store.query(text)
        answer = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON))
        return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]

    def current(self) -> Version | None:
        return self._versions[-1] if self._versions else None

    def version(self, number: int) -> Version:
        if number == 2:
            raise errors.VersionGone("version 2 is no longer kept", neighbours=[1, 3])
        for version in self._versions:
            if version.number == number:
                return version
        raise errors.VersionNotFound(f"there is no version {number}")

    def at(self, when: datetime) -> Version:
        return next((v for v in reversed(self._versions) if v.created <= when), self._versions[0])

    def versions(self) -> list[Version]:
        return list(self._versions)

    def form(self, text: str) -> str | None:
        words = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
        return next((word for word in words if word in text.upper()), None)

    def query(self, text: str, **options: Any) -> Answer:
        self.asked.append({"text": text, **options})
        if self.fail is not None:
            raise self.fail
        form = self.form(text) or "SELECT"
        wanted = options["result_format"] if form in ("SELECT", "ASK") else options["graph_format"]
        if wanted is None:
            raise errors.UnsupportedFormat(f"a {form} query has no such format")
        default, named = options.get("default_graphs"), options.get("named_graphs")
        try:
            results = self.store.query(
                text,
                default_graph=None if default is None else [ox.NamedNode(iri) for iri in default],
                named_graphs=None if named is None else [ox.NamedNode(iri) for iri in named],
            )
        except SyntaxError as error:
            raise errors.QuerySyntaxError(str(error), position=(1, 8)) from error
        if wanted in TABLES.values():
            return Answer(form, wanted, b"a table", size=7)
        syntax = result_syntax(wanted) if form in ("SELECT", "ASK") else rdf_syntax(wanted)
        body = results.serialize(format=syntax.format) or b""  # type: ignore[union-attr, call-overload]
        rows = None if form == "ASK" else body.count(b"\n")
        if self.spool:
            self.files.append(io.BytesIO(body))
            return Answer(form, wanted, None, rows, self.files[-1], len(body))
        return Answer(form, wanted, body, rows, size=len(body), again=self.again, pin=self.pin)

    def thing(self, iri: str, version: Version | None = None, *, client: str = "") -> Thing | None:
        return thing(ox.NamedNode(iri), lambda text: self.query(text, result_format=JSON_RESULTS).read())

    @property
    def lists(self) -> Lists:
        return Lists(lambda text, version: self.query(text, result_format=JSON_RESULTS).read())

    def named_graphs(self, version: Version | None = None) -> list[NamedGraph]:
        return [NamedGraph(graph.value, len(list(self.store.quads_for_pattern(None, None, None, graph))))
                for graph in self.store.named_graphs()]  # fmt: skip

    def figures(self, version: Version | None = None) -> dict[str, int]:
        return {"units": 1, "statements": 1234567, "unknown": 5}

    def examples(self) -> list[Example]:
        return [Example("cq-01", {"en": "Which units?", "fr": "Quelles unités ?"}, "SELECT * { ?s ?p ?o }")]

    @property
    def direct(self) -> "FakeGraph":
        return self

    def update(self, text: str, **options: Any) -> Outcome:
        options.pop("check")(self.current(), True)
        self.asked.append({"text": text, **options})
        if self.fail is not None:
            raise self.fail
        return Outcome(self.conforms, self.current())

    def graph(self, iri: str | None, **options: Any) -> Answer | None:
        if iri is not None and all(graph.iri != iri for graph in self.named_graphs()):
            return None
        default = None if iri is None else (iri,)
        return self.query(
            "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
            default_graphs=default,
            graph_format=options["media_type"],
            result_format=None,
            version=options["version"],
        )

    def replace(self, iri: str | None, parts: list[tuple[bytes, str]], **options: Any) -> Outcome:
        options["check"](self.current(), self._is_there(iri))
        options["check"] = lambda version, there: None
        existed = self.delete(iri, **options) is not None
        outcome = self.add(iri, parts, **options)
        return Outcome(outcome.conforms, outcome.version, created=not existed)

    def add(self, iri: str | None, parts: list[tuple[bytes, str]], **options: Any) -> Outcome:
        options.pop("check")(self.current(), self._is_there(iri))
        self.asked.append({"graph": iri, **options})
        if self.fail is not None:
            raise self.fail
        target = ox.NamedNode(iri) if iri else ox.DefaultGraph()
        created = iri is not None and not self.store.contains_named_graph(target)  # type: ignore[arg-type]
        for data, media_type in parts:
            self.store.load(data, rdf_syntax(media_type).format, base_iri=options["base_iri"], to_graph=target)
        return Outcome(self.conforms, self.current(), created)

    def _is_there(self, iri: str | None) -> bool:
        return iri is None or any(graph.iri == iri for graph in self.named_graphs())

    def delete(self, iri: str | None, **options: Any) -> Outcome | None:
        target = ox.NamedNode(iri) if iri else ox.DefaultGraph()
        if iri is not None and not self.store.contains_named_graph(target):  # type: ignore[arg-type]
            return None
        options["check"](self.current(), True)
        self.store.remove_graph(target) if iri else self.store.clear_graph(target)
        return Outcome(True, self.current())

    def status(self) -> dict[str, Any]:
        return {"pool": {"workers": 2, "busy": 0, "name": "text"}, "version": 3}

    def ready(self) -> bool:
        return self.current() is not None
