"""`/versions`: the history of the graph, what each version changed, and its patch; as pages and as data."""

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.patch import rows
from cnrs_kg.rdf.reading import read_predicate
from cnrs_kg.submissions import diff
from cnrs_kg.submissions.proposal import PATCH
from cnrs_kg.web import changes, memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML
from cnrs_kg.web.paging import Paged
from cnrs_kg.web.parameters import flag
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of, page_wanted
from cnrs_kg.web.replies import file, tagged
from cnrs_kg.web.terms import describe_url

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.publishing.history import History
    from cnrs_kg.store.versions import Version

PATH, HISTORY = "/versions", "/history"
Answer = Callable[[Incoming, int], Reply]


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The history's resources."""
    found, resource = Blueprint("versions", __name__), Resources(kg, pages)

    @found.get(PATH)
    def listed() -> ResponseReturnValue:
        return response(resource.list(current_request()))

    @found.get(HISTORY)
    def history() -> ResponseReturnValue:
        return response(resource.history(current_request()))

    answers = {"": resource.show, "/diff": resource.diff, "/patch": resource.patch}
    for path, answer in answers.items():
        found.add_url_rule(f"{PATH}/<int:number>{path}", f"GET{path}", _view(answer))
    return found


def _view(answer: Answer) -> Callable[..., ResponseReturnValue]:
    def view(number: int) -> ResponseReturnValue:
        return response(answer(current_request(), number))

    return view


class Resources:
    """Answers about versions."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    @property
    def _history(self) -> "History":
        return self._kg.history

    def list(self, incoming: Incoming) -> Reply:
        """Every version, the newest first."""
        versions = self._history.list()
        if not page_wanted(incoming):
            state = ("versions", *map(_state, versions))
            return _json(incoming, state, lambda: [_told(version) for version in versions], _modified(versions[:1]))
        options = parameters(incoming.query_string)
        paged = Paged.of(versions, dict(options).get("page"), PATH, options)
        return self._pages.render(
            "versions.html",
            incoming,
            status=404 if paged.beyond else 200,
            etag_of=("versions", *map(_state, versions), paged.number),
            headers=_modified(versions[:1]),
            paged=paged,
            newest=versions[0].number if versions else 0,
        )

    def show(self, incoming: Incoming, number: int) -> Reply:
        """A version: its record, and for people what it changed."""
        version = self._history.version(number)
        if page_wanted(incoming):
            return self._page(incoming, version, None)
        return _json(incoming, ("version", _state(version)), lambda: _told(version), _modified([version]))

    def diff(self, incoming: Incoming, number: int) -> Reply:
        """What leads to a version from the one before it, or from the one named by `from`."""
        form, options = changes.form(incoming), dict(parameters(incoming.query_string))
        before = memento.version_number(options["from"], "from", empty=True) if "from" in options else None
        version = self._history.version(number)
        if form == PATCH:
            return self._difference(incoming, version, before)
        if form == HTML:
            return self._page(incoming, version, before)
        inferred = flag(options, "inferred")
        language = language_of(incoming)[0]

        def body() -> bytes:
            found = self._history.changes(number, before, inferred=inferred)
            if form == changes.TEXT:
                return "".join(f"{line}\n" for line in diff.text(found.things, language)).encode()
            told = {"after": found.after, "before": found.before, "inferred": inferred, "complete": found.complete}
            return json.dumps(told | diff.to_json(found.things), ensure_ascii=False).encode()

        state = ("diff", number, before, version.patch_sha256, inferred, self._published(), language)
        return tagged(incoming, state, form, body, headers=_modified([version]))

    def history(self, incoming: Incoming) -> Reply:
        """The versions that changed what is asserted of a thing, and what they changed."""
        iri = dict(parameters(incoming.query_string)).get("iri", "").strip()
        if not iri:
            raise BadRequest("No IRI was given", advice="Add ?iri= with the encoded IRI.")
        node, newest, language = read_predicate(iri), self._published(), language_of(incoming)[0]
        page = page_wanted(incoming)
        found = self._history.of(node)
        if not found:
            raise NotFound(f"No version has stated anything of {node}", advice="Look for it: /search.")
        last = _modified([version for version, _ in found])
        if not page:
            told = [_told(version) | diff.to_json(things) for version, things in found]
            return _json(incoming, ("history", node.value, newest), lambda: {"iri": node.value, "versions": told}, last)
        base_iri = self._kg.settings.base_iri
        return self._pages.render(
            "history.html",
            incoming,
            etag_of=("history", node.value, newest),
            headers=last,
            name=diff.said(self._history.called(node, found), node, language),
            thing=describe_url(node.value),
            steps=[
                (version, list(changes.parts(things, language, base_iri)), changes.more(things))
                for version, things in found
            ],
            feed=url("/feed", {"iri": node.value}),
            json_url=url(HISTORY, {"iri": node.value, "format": "json"}),
        )

    def patch(self, incoming: Incoming, number: int) -> Reply:
        """The RDF patch that made a version, as it was synced to disk before the version was published."""
        version = self._history.version(number)
        path, name = self._history.patch(number), f"version-{number}.rdfp"
        return file(incoming, path, PATCH, name, version.patch_sha256, _modified([version]))

    def _difference(self, incoming: Incoming, version: "Version", before: int | None) -> Reply:
        if before is None or before == version.number - 1:
            return self.patch(incoming, version.number)

        def body() -> bytes:
            return "".join(rows(self._history.difference(before, version.number))).encode()

        return tagged(incoming, ("patch", before, version.patch_sha256), PATCH, body, headers=_modified([version]))

    def _page(self, incoming: Incoming, version: "Version", before: int | None) -> Reply:
        inferred, language = flag(dict(parameters(incoming.query_string)), "inferred"), language_of(incoming)[0]
        newest, number = self._published(), version.number
        found = self._history.changes(number, before, inferred=inferred)
        pairs = [("from", str(before))] if before is not None else []
        return self._pages.render(
            "version.html",
            incoming,
            etag_of=("version", _state(version), found.before, inferred, newest),
            headers=_modified([version]),
            version=version,
            newest=newest,
            found=found,
            things=list(changes.parts(found.things, language, self._kg.settings.base_iri)),
            more=changes.more(found.things) or not found.complete,
            inferred=inferred,
            other_kind=url(incoming.path, pairs if inferred else [*pairs, ("inferred", "true")]),
            downloads=[
                (name, url(f"{PATH}/{number}/diff", [*pairs, *_kind(inferred, name), ("format", name)]))
                for name in ("json", "text", "patch")
            ],
            ask=url("/sparql", {"version": str(number)}),
        )

    def _published(self) -> int:
        current = self._kg.current()
        return current.number if current else 0


def _kind(inferred: bool, form: str) -> list[tuple[str, str]]:
    """A patch has both kinds of statements."""
    return [("inferred", "true")] if inferred and form != "patch" else []


def _modified(versions: Iterable["Version"]) -> list[tuple[str, str]]:
    """When the newest of these versions was published."""
    moments = [version.created for version in versions]
    return [memento.modified(max(moments))] if moments else []


def _state(version: "Version") -> tuple[int, str, bool]:
    return version.number, version.patch_sha256, version.kept


def _told(version: "Version") -> dict[str, Any]:
    """VERSION of the contract, whether it can still be asked, and where its parts are."""
    own = f"{PATH}/{version.number}"
    links = {"self": own, "diff": f"{own}/diff", "patch": f"{own}/patch"}
    links["sparql"] = url("/sparql", {"version": str(version.number)})
    if version.submission is not None:
        links["submission"] = f"/submissions/{version.submission}"
    return {**version.to_json(), "kept": version.kept, "links": links}


def _json(
    incoming: Incoming, state: Sequence[Hashable], told: Callable[[], object], headers: Sequence[tuple[str, str]]
) -> Reply:
    return tagged(
        incoming, state, changes.JSON, lambda: json.dumps(told(), ensure_ascii=False).encode(), headers=headers
    )
