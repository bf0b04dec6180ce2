"""What a spreadsheet may hold: a sheet for each class that shapes speak of, a column for each of its properties.

Made from the published shapes and ontology alone, by look-ups; see https://www.w3.org/TR/shacl/#property-shapes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, GRAPH, ID, OWL, RDF, RDFS, SH, SKOS, XSD
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term

SHAPES = GRAPH("shapes")
LANGUAGES = ("en", "fr")
HIDDEN = ox.NamedNode("http://datashapes.org/dash#hidden")
"""Said of a property shape that forms leave out (https://datashapes.org/dash)."""
IDENTIFIER = {"en": "identifier", "fr": "identifiant"}
_TYPE = RDF("type")
_TRUE = ox.Literal("true", datatype=XSD("boolean"))
_LANG_STRING = RDF("langString")
_DATES = frozenset({XSD("date"), XSD("gYear"), XSD("gYearMonth")})
_DEEPEST = 8


class Kind(Enum):
    """What the cells of a column hold."""

    THING = "thing"
    """Something of the graph, by IRI, by the end of its IRI, or by a label."""
    IRI = "iri"
    DATE = "date"
    """A year, a month or a day."""
    LITERAL = "literal"
    ANY = "any"


@dataclass(frozen=True)
class Column:
    """A property of a sheet: `classes` of its things, `options` to choose from, `datatype` or `language` of its text.

    `label` and `definition` are by language; `many` says that a cell may hold several values.
    """

    predicate: ox.NamedNode
    label: Mapping[str, str]
    definition: Mapping[str, str]
    kind: Kind
    classes: frozenset[Term] = frozenset()
    options: tuple[Term, ...] = ()
    datatype: ox.NamedNode = field(default_factory=lambda: XSD("string"))
    language: str | None = None
    required: bool = False
    many: bool = True

    @property
    def header(self) -> str:
        """`has partner / a pour partenaire`, with `@fr` for a language and `*` where a value is required."""
        both = " / ".join(dict.fromkeys(self.label[lang] for lang in LANGUAGES))
        return f"{both}{f' @{self.language}' if self.language else ''}{' *' if self.required else ''}"


@dataclass(frozen=True)
class Sheet:
    """A class: `name` is the sheet's, `path` the part of an IRI between `id/` and the slug of its things."""

    name: str
    kind: ox.NamedNode
    label: Mapping[str, str]
    path: str
    columns: tuple[Column, ...]

    @property
    def identifier(self) -> str:
        """The header of the first column, which names the class, so that a CSV file says what it is about."""
        return f"{IDENTIFIER['en']} / {IDENTIFIER['fr']} [{self.name}] *"


@dataclass(frozen=True)
class Template:
    """The sheets by name."""

    sheets: Mapping[str, Sheet]


def template_of(store: ox.Store) -> Template:
    """The template that the shapes and the ontology of a published version make."""
    return _Maker(store).template()


@dataclass(frozen=True)
class _Maker:
    store: ox.Store

    def template(self) -> Template:
        by_class: dict[Term, list[Term]] = {}
        for quad in self._said(None, SH("targetClass"), None):
            by_class.setdefault(quad.object, []).append(quad.subject)
        own = (kind for kind in by_class if isinstance(kind, ox.NamedNode) and kind.value.startswith(CNRS.iri))
        found = sorted((self._sheet(kind, by_class) for kind in own), key=lambda sheet: sheet.name)
        return Template({sheet.name: sheet for sheet in found if not _is_of_ontology(sheet)})

    def _sheet(self, kind: ox.NamedNode, by_class: Mapping[Term, list[Term]]) -> Sheet:
        shapes = [shape for above in self._above(kind) for shape in sorted(by_class.get(above, ()), key=str)]
        parts: dict[ox.NamedNode, list[Term]] = {}
        for shape in shapes:
            for part in sorted(self._values(shape, SH("property")), key=str):
                path = self._first_step(next(iter(self._values(part, SH("path"))), None))
                if path is not None and not any(self._said(part, HIDDEN, _TRUE)):
                    parts.setdefault(path, []).append(part)
        labelled = [path for path in parts if path == SKOS("prefLabel")]
        order = [*labelled, *(path for path in parts if path not in labelled)]
        columns = (column for path in order for column in self._columns(path, parts[path]))
        name = kind.value.rpartition("#")[2].rpartition("/")[2][:31]
        return Sheet(name, kind, self._texts(kind, RDFS("label"), name), self._id_path(kind, name), tuple(columns))

    def _first_step(self, path: Term | None) -> ox.NamedNode | None:
        """The property that a path begins with: itself, or the first of its alternatives."""
        if path is None or not self._blank(path):
            return path if isinstance(path, ox.NamedNode) else None
        for members in self._values(path, SH("alternativePath")):
            first = next(iter(self._values(members, RDF("first"))), None)
            return first if isinstance(first, ox.NamedNode) and not self._blank(first) else None
        return None

    def _columns(self, path: ox.NamedNode, parts: list[Term]) -> Iterator[Column]:
        """A column, or one for each language; the constraints of all property shapes of the path together."""
        datatypes = {value for part in parts for value in self._values(part, SH("datatype"))}
        required = any(_number(value) > 0 for part in parts for value in self._values(part, SH("minCount")))
        many = not any(_number(value) == 1 for part in parts for value in self._values(part, SH("maxCount")))
        violated = any(SH("Violation") in self._values(part, SH("severity")) or not self._values(part, SH("severity"))
                       for part in parts)  # fmt: skip
        label, definition = self._names(path, parts), self._texts(path, SKOS("definition"), "")
        shared = {"required": required and violated, "many": many}
        if _LANG_STRING in datatypes:
            for language in LANGUAGES:
                yield Column(path, label, definition, Kind.LITERAL, datatype=_LANG_STRING, language=language, **shared)  # type: ignore[arg-type]
            return
        classes, options, dated = self._allowed(parts)
        classes = classes or ({*self._ontology(path, RDFS("range"))} if not options else set())
        kinds = {value for part in parts for value in self._values(part, SH("nodeKind"))}
        is_relation = OWL("ObjectProperty") in self._ontology(path, _TYPE)
        datatype = next((one for one in sorted(datatypes, key=str) if isinstance(one, ox.NamedNode)), XSD("string"))
        if dated or datatypes & _DATES:
            yield Column(path, label, definition, Kind.DATE, **shared)  # type: ignore[arg-type]
        elif SH("IRI") in kinds:
            yield Column(path, label, definition, Kind.IRI, **shared)  # type: ignore[arg-type]
        elif is_relation or self._allowed(parts)[0] or options:
            yield Column(path, label, definition, Kind.THING, frozenset(classes), tuple(options), **shared)  # type: ignore[arg-type]
        elif path == RDF("object"):
            yield Column(path, label, definition, Kind.ANY, **shared)  # type: ignore[arg-type]
        else:
            yield Column(path, label, definition, Kind.LITERAL, datatype=datatype, **shared)  # type: ignore[arg-type]

    def _allowed(self, parts: Iterable[Term], depth: int = 0) -> tuple[set[Term], list[Term], bool]:
        """The classes and the single things that shapes allow as values, and whether they ask for a date."""
        classes: set[Term] = set()
        options: list[Term] = []
        dated = False
        for part in parts if depth < _DEEPEST else ():
            classes |= set(self._values(part, SH("class")))
            dated |= bool(set(self._values(part, SH("datatype"))) & _DATES)
            for members in self._values(part, SH("in")):
                options += self._list(members)
            for inner in self._values(part, SH("property")) if depth else ():
                for wanted in self._values(inner, SH("hasValue")):
                    path = next(iter(self._values(inner, SH("path"))), None)
                    if isinstance(path, ox.NamedNode):
                        options += self._subjects(path, wanted)
            below = [
                *self._values(part, SH("node")),
                *(m for each in self._values(part, SH("or")) for m in self._list(each)),
            ]
            more = self._allowed(below, depth + 1)
            classes, options, dated = classes | more[0], options + more[1], dated or more[2]
        return classes, list(dict.fromkeys(options)), dated

    def _id_path(self, kind: ox.NamedNode, name: str) -> str:
        """The part of an IRI that most of the class's things have; the class's name if there are none."""
        counts: dict[str, int] = {}
        for _, thing in zip(range(200), self._subjects(_TYPE, kind), strict=False):
            if isinstance(thing, ox.NamedNode) and thing.value.startswith(ID.iri):
                path = thing.value.removeprefix(ID.iri).rpartition("/")[0]
                counts[path] = counts.get(path, 0) + 1
        return max(counts, key=lambda path: counts[path], default=name[:1].lower() + name[1:])

    def _above(self, kind: Term) -> list[Term]:
        found = [kind]
        for one in found:  # grows while it is walked
            found += [above for above in self._ontology(one, RDFS("subClassOf")) if above not in found]
        return found

    def _texts(self, term: ox.NamedNode, predicate: ox.NamedNode, default: str) -> dict[str, str]:
        known = {
            value.language: value.value for value in self._ontology(term, predicate) if isinstance(value, ox.Literal)
        }
        fallback = known.get("en") or term.value.rpartition("#")[2].rpartition("/")[2] if default else default
        return {lang: known.get(lang) or fallback for lang in LANGUAGES}

    def _names(self, path: ox.NamedNode, parts: Iterable[Term]) -> dict[str, str]:
        """What the ontology calls a property; else what a property shape calls it."""
        if any(self._ontology(path, RDFS("label"))):
            return self._texts(path, RDFS("label"), path.value)
        typed = sorted(parts, key=lambda part: not self._values(part, SH("datatype")))
        named = [text for part in typed for text in self._values(part, SH("name")) if isinstance(text, ox.Literal)]
        known = {text.language: text.value for text in reversed(named)}
        return {lang: known.get(lang) or known.get("en") or path.value.rpartition("#")[2] for lang in LANGUAGES}

    def _list(self, head: Term) -> list[Term]:
        found: list[Term] = []
        while head != RDF("nil") and len(found) < 10_000:
            found += self._values(head, RDF("first"))
            head = next(iter(self._values(head, RDF("rest"))), RDF("nil"))
        return found

    def _said(self, subject: Term | None, predicate: ox.NamedNode, value: Term | None) -> Iterator[ox.Quad]:
        return self.store.quads_for_pattern(subject, predicate, value, SHAPES)  # type: ignore[arg-type]

    def _values(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        return [quad.object for quad in self._said(subject, predicate, None)]

    def _blank(self, node: Term) -> bool:
        """Whether a node of the shapes is a path with a structure of its own."""
        return (
            any(self._said(node, SH("alternativePath"), None))
            or any(self._said(node, SH("inversePath"), None))
            or any(self._said(node, RDF("first"), None))
        )

    def _ontology(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        return [quad.object for quad in self.store.quads_for_pattern(subject, predicate, None, DEFAULT_GRAPH)]  # type: ignore[arg-type]

    def _subjects(self, predicate: ox.NamedNode, value: Term) -> Iterator[Term]:
        return (quad.subject for quad in self.store.quads_for_pattern(None, predicate, value, DEFAULT_GRAPH))


def _is_of_ontology(sheet: Sheet) -> bool:
    """Whether the things of a sheet are terms of the ontology, which nobody sends in a spreadsheet."""
    return not sheet.columns or any(column.predicate == RDFS("isDefinedBy") for column in sheet.columns)


def _number(term: Term) -> int:
    try:
        return int(term.value) if isinstance(term, ox.Literal) else 0
    except ValueError:
        return 0
