"""The use cases: what the web application and the command line may ask of the graph."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Event
from typing import IO, Any

import pyoxigraph as ox

from cnrs_kg.accounts import Accounts
from cnrs_kg.browsing import search
from cnrs_kg.browsing.completion import Completion
from cnrs_kg.browsing.lists import Lists
from cnrs_kg.browsing.questions import Question, questions
from cnrs_kg.config import Settings
from cnrs_kg.engine.kind import query_form
from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import JSON_RESULTS, N_TRIPLES, Answer, QueryRequest
from cnrs_kg.errors import StoreError
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.federation.registries import Registries
from cnrs_kg.federation.services.queries import Services
from cnrs_kg.notifying.notices import Notices
from cnrs_kg.overview import FIGURES, GRAPHS, NamedGraph, counted, listed
from cnrs_kg.publishing.history import History
from cnrs_kg.publishing.publication import Publication
from cnrs_kg.rdf.formats import RdfSyntax
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.reasons import Statement
from cnrs_kg.reviewing.review import Review
from cnrs_kg.reviewing.watched import watched
from cnrs_kg.sessions import Sessions
from cnrs_kg.store.current import CurrentVersion
from cnrs_kg.store.versions import Retention, Version
from cnrs_kg.submissions import explaining
from cnrs_kg.submissions.blame import Blame, Blaming
from cnrs_kg.submissions.build import build
from cnrs_kg.submissions.change import Change, Outcome, Progress
from cnrs_kg.submissions.direct import WHOLE, DirectWrites
from cnrs_kg.submissions.explaining import Explaining, Explanation
from cnrs_kg.submissions.forms import Forms
from cnrs_kg.submissions.hearing import HeardProposal, heard
from cnrs_kg.submissions.marking import Sheets
from cnrs_kg.submissions.permissions import Rules
from cnrs_kg.submissions.proposal import Proposal, named
from cnrs_kg.submissions.reading import Reader, reader_of
from cnrs_kg.submissions.rollback import rollback
from cnrs_kg.submissions.sources import find
from cnrs_kg.submissions.stewards import Means, Stewards
from cnrs_kg.submissions.validate import Asked, Judged
from cnrs_kg.submissions.writer import Task, Writer
from cnrs_kg.things import Thing, facts, known, thing
from cnrs_kg.validation.report import Verdict
from cnrs_kg.vocabulary.reference import References


class KnowledgeGraph:
    """The published graph: queries go to the pool, changes through judgement to a new version."""

    def __init__(self, settings: Settings, *, project: Path | None = None, plain: bool = False) -> None:
        """`project` holds ontology/, shapes/, data/; `plain` is an ordinary dataset: nothing merged, nothing judged."""
        self.settings = settings
        self.project = project or Path.cwd()
        self.plain = plain
        task = Task(
            settings.data_dir,
            Retention(settings.keep_versions, timedelta(days=settings.keep_days)),
            base_iri=settings.base_iri,
            lock_timeout=settings.lock_timeout,
            merged=not plain,
        )
        self.store = task.versions()
        self.writer = Writer(task)
        self._judging = Writer(task)
        self._explaining = Explaining(
            explaining.Task(settings.data_dir, settings.base_iri, settings.query_timeout, settings.query_memory)
        )
        self._current = CurrentVersion(self.store)
        self.accounts = Accounts(settings.data_dir / "app.sqlite")
        self.sessions = Sessions(settings.data_dir / "app.sqlite", self.accounts)

    @cached_property
    def pool(self) -> Pool:
        """The query workers, started when first asked for."""
        settings = self.settings
        pool = Pool(settings.workers, settings.limits, settings.data_dir / "spool", cache_bytes=settings.cache_bytes)
        current = self.current()
        if current is not None:
            pool.prepare(current.path)
        return pool

    @cached_property
    def services(self) -> Services:
        """Queries, the engine beside this one that may answer them, and the other endpoints that they may ask."""
        settings, endpoint = self.settings, self.settings.query_backend
        backend = Backend(endpoint, self.pool, self.store) if endpoint else None
        return Services(self.pool, dict(settings.service_allow), settings.data_dir / "pins", backend=backend)

    @cached_property
    def stewards(self) -> Stewards:
        """The stewards' workflow: submissions and decisions."""
        settings = self.settings
        means = Means(self._opened, self._heard, self._judge, self._publish)
        return Stewards(settings.data_dir, self.store, means, Rules.of(settings), self.notices.note)

    @cached_property
    def notices(self) -> Notices:
        """What webhooks are told."""
        return Notices(self.settings.data_dir / "app.sqlite", self.settings.webhooks, self.store)

    @cached_property
    def forms(self) -> Forms:
        """Forms for things, made from the shapes."""
        return Forms(self._opened, self.store)

    @cached_property
    def review(self) -> Review:
        """What reviewers look at: diffs, consequences, changed answers and exports."""
        return Review(self.stewards, self.store, self.pool, watched(), self.publication.dumps.of)

    @cached_property
    def direct(self) -> DirectWrites:
        """Curators' own writes: SPARQL updates and the Graph Store Protocol."""
        settings = self.settings
        return DirectWrites(
            self.store, self.pool, settings.base_iri, self._publish, settings.lock_timeout, plain=self.plain
        )

    @cached_property
    def search(self) -> search.Search:
        """Things by their names."""
        return search.Search(search.Task(self.settings.data_dir, self.settings.base_iri), self.current)

    @cached_property
    def completion(self) -> Completion:
        """What fits at a place in a query that is being written."""
        return Completion(
            lambda text, cancelled, client: self.query(text, cancelled=cancelled, client=client).read(),
            lambda words: self.search.find(words).hits.found,
        )

    @cached_property
    def lists(self) -> Lists:
        """Units, offices, partners, institutes and countries."""
        return Lists(lambda text, version: self.query(text, version=version).read())

    @cached_property
    def history(self) -> History:
        """The versions with what each changed."""
        return History(self.store, lambda: self.store.open(self._published(None)))

    @cached_property
    def registries(self) -> Registries:
        """The registries: harvested, and linked."""
        return Registries(self.store, self.settings.data_dir / "harvests", self._publish, self._current.forget)

    @cached_property
    def publication(self) -> Publication:
        """The graph described for machines, its dumps, and its changes as an event stream."""
        return Publication(self.settings.data_dir / "dumps", self.store, self.rows, self.named_graphs)

    @cached_property
    def references(self) -> References:
        """Ontology and shapes as people read them."""
        return References(self.store.open, self.project / "tests" / "shapes" / "examples")

    def close(self) -> None:
        """Stop the query workers and give the files back."""
        for name in ("notices", "search", "services", "pool", "stewards"):
            if name in vars(self):
                getattr(self, name).close()
        self.writer.close()
        self._judging.close()
        self._explaining.close()
        self.store.close()
        self.sessions.close()
        self.accounts.close()

    def __enter__(self) -> "KnowledgeGraph":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Versions

    def current(self) -> Version | None:
        """The version that is published now."""
        return self._current.get()

    def version(self, number: int) -> Version:
        """A version by number; `VersionNotFound`, or `VersionGone` with its neighbours."""
        return self.store.version(number)

    def at(self, when: datetime) -> Version:
        """The version that was current at a time; before the first, the first (RFC 7089, section 4.5.3)."""
        return self.store.at(when)

    def versions(self) -> list[Version]:
        """Every version that can still be asked, oldest first."""
        return self.store.list()

    def diff(self, first: int, second: int) -> Patch:
        """What changed between two versions; a quad of the default graph is an inferred statement."""
        return self.store.diff(first, second)

    def rollback(self, number: int, *, message: str | None = None, agent: str | None = None) -> Outcome:
        """Publish what a version stated as a new version, judged like any change."""
        return self._publish(rollback(self.store, self._published(None), number, message, agent))

    def export(
        self, output: IO[bytes], syntax: RdfSyntax, *, graph: str | None, version: Version | None = None
    ) -> None:
        """Write a version whole: every named graph and the inferences; or one graph ("default" for the default one)."""
        store = self.store.open(self._published(version))
        source = None if graph is None else DEFAULT_GRAPH if graph == "default" else ox.NamedNode(graph)
        store.dump(output, syntax.format, from_graph=source, prefixes=PREFIXES if syntax.prefixes else None)

    def _published(self, version: Version | None) -> Version:
        found = version or self.current()
        if found is None:
            raise StoreError("nothing is published yet", advice="Run `cnrs-kg build`.")
        return found

    # Reading

    def query(
        self,
        text: str,
        *,
        default_graphs: tuple[str, ...] | None = None,
        named_graphs: tuple[str, ...] | None = None,
        result_format: str | None = JSON_RESULTS,
        graph_format: str | None = N_TRIPLES,
        version: Version | None = None,
        submission: int | None = None,
        bindings: tuple[tuple[str, str], ...] = (),
        client: str = "",
        cancelled: Event | None = None,
    ) -> Answer:
        """The complete answer of a SPARQL query, or one of the `QueryError`s.

        With a `submission` it is answered as if that were published. `bindings` put terms (N-Triples) in the places of
        variables of the projection.

        A format of None says that the caller takes none of that family: `UnsupportedFormat` if the query needs it.
        """
        base_iri, number, again = self.settings.base_iri, None, None
        if submission is None:
            published = self._published(version)
            store, number = published.path, published.number
        else:
            again = partial(self.stewards.preview, submission)
            store = again()
        request = QueryRequest(
            text, store, default_graphs, named_graphs, result_format, graph_format, base_iri, bindings
        )
        return self.services.query(request, number, again=again, client=client, cancelled=cancelled)

    def explain(self, statement: Statement, *, version: Version | None = None, proofs: int = 1) -> Explanation:
        """Why a statement holds, with up to `proofs` proofs; an explanation without proofs if it does not hold.

        `QueryTimeout` if no proof is found in the time that a query has.
        """
        subject, predicate, value = statement
        question = explaining.Question(self._published(version).number, subject, predicate, value, proofs)
        return self._explaining.explain(question)

    def blame(self, statement: Statement, *, version: Version | None = None) -> Blame:
        """Which changes are behind a statement: submission, who, when, and the place in what they sent."""
        found = self._published(version)
        explain = partial(self.explain, version=found)
        return Blaming(self.store, self.stewards.queue, self.settings.base_iri, explain).blame(statement, found)

    def form(self, text: str) -> str | None:
        """SELECT, ASK, CONSTRUCT, DESCRIBE or UPDATE, by the request's tokens alone; None if it is none of them."""
        return query_form(text)

    def rows(self, text: str, version: Version | None = None) -> list[dict[str, str]]:
        """The solutions of a query of ours, each a mapping from variable to the term's text."""
        answer = json.loads(self.query(text, version=version).read())
        return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]

    def thing(self, iri: str, version: Version | None = None, *, client: str = "") -> Thing | None:
        """What a version says of a thing; None if nothing, `RdfError` if the name is no IRI."""
        return thing(named(iri), lambda text: self.query(text, version=version, client=client).read())

    def facts(
        self, iri: str, of: str, version: Version | None = None, *, inverse: bool, client: str = ""
    ) -> Thing | None:
        """A thing with the values of one property alone; None if it has none, `RdfError` if a name is no IRI."""
        ask = partial(self.query, version=version, client=client)
        return facts(named(iri), named(of), lambda text: ask(text).read(), inverse=inverse)

    def knows(self, iri: str, version: Version | None = None, *, client: str = "") -> bool:
        """Whether a version says anything of a thing; `RdfError` if the name is no IRI."""
        return known(named(iri), lambda text: self.query(text, version=version, client=client).read())

    def description(self, iri: str, media_type: str, version: Version | None = None, *, client: str = "") -> bytes:
        """The statements about a thing as RDF, none of them if there are none."""
        return self.query(f"DESCRIBE {named(iri)}", graph_format=media_type, version=version, client=client).read()

    def named_graphs(self, version: Version | None = None) -> list[NamedGraph]:
        """The named graphs with their sizes and roles, by IRI."""
        return listed(self.rows(GRAPHS, version))

    def figures(self, version: Version | None = None) -> dict[str, int]:
        """How many things of each main kind the graph holds (offices: those that have a site), and its statements."""
        found = self._published(version)
        own = {"statements": found.statements, "inferred": found.inferred, "graphs": len(self.named_graphs(found))}
        return counted(self.rows(FIGURES, found)) | own

    def graph(
        self, iri: str | None, *, media_type: str, version: Version | None = None, client: str = ""
    ) -> Answer | None:
        """The triples of a named graph, or of the default graph; None if there is no such named graph."""
        if iri is not None and all(graph.iri != iri for graph in self.named_graphs(version)):
            return None
        default = None if iri is None else (iri,)
        return self.query(WHOLE, default_graphs=default, graph_format=media_type, version=version, client=client)

    def examples(self) -> Sequence[Question]:
        """The competency questions as queries in standard terms, in order, then those in our own terms."""
        return questions()

    def validate(self, proposal: Proposal, *, alone: bool = False, complete: bool = False, client: str = "") -> Verdict:
        """What would happen if the proposal were submitted: `alone` beside ontology and shapes only, `complete` with
        every fault in detail, however many.
        """
        with self._heard(proposal, client) as found:
            verdict = self._judge(Asked(found, alone=alone, complete=complete)).verdict
        return verdict if verdict.version is not None else replace(verdict, version=found.number)

    def _judge(self, asked: Asked) -> Judged:
        return self._judging.judge(asked, patience=self.settings.lock_timeout)

    def _heard(self, proposal: Proposal, client: str) -> AbstractContextManager[HeardProposal]:
        return heard(self.pool, proposal, self._published(None), self.settings.base_iri, client)

    @property
    def sheets(self) -> Sheets:
        """Spreadsheets by the template of the published version: to fill in, and filled in with faults marked."""
        return Sheets(self.pool, self._published(None).path)

    def _opened(self) -> tuple[Version, Reader]:
        base = self._published(None)
        return base, reader_of(self.store.open(base))

    # Writing

    def build(
        self, data: Sequence[Path] = (), *, as_of: date | None = None, force: bool = False, progress: Progress
    ) -> Outcome:
        """Publish the project's files as a new version, if they changed and conform."""
        inputs = find(self.project / "ontology", self.project / "shapes", data or [self.project / "data"])
        outcome = build(
            self.store,
            inputs,
            base_iri=self.settings.base_iri,
            as_of=as_of or date.today(),
            budget=Budget(),
            force=force,
            progress=progress,
        )
        self._current.forget()
        return outcome

    def _publish(self, change: Change) -> Outcome:
        outcome = self.writer.publish(change)
        self._current.forget()
        if outcome.changed and outcome.version is not None:
            self.pool.prepare(outcome.version.path)
        return outcome

    # Operation

    def status(self) -> dict[str, Any]:
        """The state of the pool and of a backend, and the version that is published."""
        version = current.number if (current := self.current()) else None
        return {"pool": self.pool.status(), "backend": self.services.status(), "version": version}

    def ready(self) -> bool:
        """Whether queries can be answered."""
        return self.current() is not None
