"""A form for each class, made from the shapes as spreadsheets are: what is published of a thing, and the patch that
what is filled in asks for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import BadParameter
from cnrs_kg.rdf.namespaces import ID, RDF, SKOS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term
from cnrs_kg.spreadsheets.conversion import Text, Wrong, iri_of, terms
from cnrs_kg.spreadsheets.statements import slug
from cnrs_kg.spreadsheets.template import Column, Kind, Sheet, Template, template_of
from cnrs_kg.spreadsheets.things import Things
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.form_sources import cited, left_over, stated
from cnrs_kg.submissions.intake import held
from cnrs_kg.submissions.proposal import PATCH, Document, Proposal, propose
from cnrs_kg.submissions.reading import Reader
from cnrs_kg.validation.report import Result, Verdict

NAME, IDENTIFIER, SOURCE = "form.rdfp", "id", "source"
_TAKEN_NAMES = frozenset({IDENTIFIER, SOURCE, "title", "message"})
CHOICES = 200
"""Things to choose from, up to which a field is a list of them."""
MOST, LONGEST, LONGEST_NAME = 150, 10_000, 300
"""Values of a form; characters of one, and of one that names a thing."""
_TYPE, _LABEL = RDF("type"), SKOS("prefLabel")
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Entry:
    """A value as a field shows it: its text, the term that it stands for, what that is called, claims that make it."""

    text: str
    term: Term
    label: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """A property: what is published and can be changed here, what holds for another reason, what there is to choose.

    `others` follow from something else, or are dated claims.
    """

    name: str
    column: Column
    values: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()
    choices: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Step:
    """A statement that what was filled in adds (`+`) or withdraws (`-`): its field and value."""

    sign: str
    field: str
    text: str
    quad: ox.Quad

    @property
    def row(self) -> str:
        """The row of an RDF patch."""
        return f"{'A' if self.sign == '+' else 'D'} {self.quad.triple} ."


@dataclass(frozen=True)
class Draft:
    """What was filled in: the thing (None if it has no name), texts and faults by field, the steps that it asks for."""

    thing: ox.NamedNode | None
    texts: Given
    faults: Mapping[str, tuple[Text, ...]]
    steps: tuple[Step, ...] = ()

    def proposal(self) -> Proposal:
        """The steps as a patch to be judged or submitted."""
        rows = "".join(f"{step.row}\n" for step in self.steps)
        return propose([Document(NAME, rows.encode(), PATCH)])


@dataclass(frozen=True)
class Form:
    """The form of a class, for a new thing or for one that is published, as a version says."""

    sheet: Sheet
    thing: ox.NamedNode | None
    fields: tuple[Field, ...]
    things: Things
    version: int
    claimable: frozenset[ox.NamedNode] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by name."""
        return {one.name: one for one in self.fields}

    def draft(self, given: Given) -> Draft:
        """What is filled in, read; fields that are not given stay as they are. `BadParameter` if it is too much."""
        _check(given)
        return _Reading(self, given).draft()

    def placed(self, verdict: Verdict, draft: Draft) -> Mapping[str, Sequence[Result]]:
        """The results of a verdict on a draft by field; under "" those of none."""
        found: dict[str, list[Result]] = {}
        for result in verdict.results:
            found.setdefault(self._field_of(result, draft), []).append(result)
        return found

    def _field_of(self, result: Result, draft: Draft) -> str:
        """The field of the value at fault, else of the property that lacks one, else of a statement that made it."""
        lines = [place["line"] for place in result.places if place.get("file") == NAME and "line" in place]
        stepped = [draft.steps[line - 1].field for line in lines if line <= len(draft.steps)]
        path = (result.path or "").strip("<>")
        of_path = [one.name for one in self.fields if one.column.predicate.value == path]
        if result.focus_node == draft.thing and of_path:
            empty = [name for name in of_path if not any(draft.texts[name])]
            likely = empty if result.value is None else stepped
            return next((name for name in likely if name in of_path), of_path[0])
        return next((name for name in stepped if name not in (IDENTIFIER, SOURCE)), "")


class Forms:
    """The forms of the current version."""

    def __init__(self, opened: Callable[[], tuple[Version, Reader]], versions: Versions) -> None:
        self._opened, self._versions = opened, versions
        self._template = lru_cache(maxsize=2)(self._read)

    def sheets(self) -> Mapping[str, Sheet]:
        """The classes that have a form, by name."""
        version, _ = self._opened()
        return self._template(version.number).sheets

    def new(self, name: str, language: str) -> Form:
        """The form of a class, empty; `BadParameter` if it has none."""
        sheet = self.sheets().get(name)
        if sheet is None:
            raise BadParameter(f"{name[:80]!r} has no form", advice=f"Name one of: {', '.join(self.sheets())}.")
        return self._form(sheet, None, language)

    def of(self, thing: ox.NamedNode, language: str, version: int | None = None) -> Form | None:
        """The form of the class of a published thing that says most of it; None if it has none.

        With the `version` on which a form was filled in, what others published since is none of its changes.
        """
        store = self._opened()[1].store
        kinds = {quad.object for quad in store.quads_for_pattern(thing, _TYPE, None, DEFAULT_GRAPH)}
        found = [sheet for sheet in self.sheets().values() if sheet.kind in kinds]
        if not found:
            return None
        return self._form(max(found, key=lambda one: len(one.columns)), thing, language, version)

    def _read(self, number: int) -> Template:
        return template_of(self._opened()[1].store)

    def _form(self, sheet: Sheet, thing: ox.NamedNode | None, language: str, number: int | None = None) -> Form:
        version, reader = self._opened()
        if number is not None and number != version.number:
            version = self._versions.version(number)
            reader = replace(reader, store=self._versions.open(version))
        making = _Making(reader, Things(reader.store), language)
        fields = tuple(making.fields(sheet, thing))
        return Form(sheet, thing, fields, making.things, version.number, reader.claimable)


@dataclass(frozen=True)
class _Making:
    """Makes the fields of a form, in a language."""

    reader: Reader
    things: Things
    language: str

    def fields(self, sheet: Sheet, thing: ox.NamedNode | None) -> Iterator[Field]:
        names = set(_TAKEN_NAMES)
        for column in sheet.columns:
            local = column.predicate.value.rpartition("#")[2].rpartition("/")[2]
            name = local + (f"-{column.language}" if column.language else "")
            name = name if name not in names else f"{name}-{len(names)}"
            names.add(name)
            listed = column.options if len(column.options) <= CHOICES else ()
            choices = tuple(sorted((self._choice(term) for term in listed), key=lambda one: one.label.casefold()))
            found = Field(name, column, choices=choices)
            yield found if thing is None else self._filled(found, thing)

    def _filled(self, one: Field, thing: ox.NamedNode) -> Field:
        column = one.column
        values, others = [], []
        for quad in self.reader.store.quads_for_pattern(thing, column.predicate, None, DEFAULT_GRAPH):
            if column.language and getattr(quad.object, "language", None) != column.language:
                continue
            entry = self._entry(quad.object, one)
            if held(quad, None, self.reader.store, self.reader.claimable):
                values.append(entry)
            else:
                others.append(replace(entry, claims=tuple(self._claims(quad))))
        values, others = (sorted(found, key=lambda entry: entry.label.casefold()) for found in (values, others))
        listed = {entry.term for entry in one.choices}
        more = tuple(self._choice(entry.term) for entry in values if one.choices and entry.term not in listed)
        return replace(one, values=tuple(values), others=tuple(others), choices=(*one.choices, *more))

    def _claims(self, quad: ox.Quad) -> Iterator[str]:
        """The claims that make a statement."""
        store = self.reader.store
        for found in store.quads_for_pattern(None, RDF("subject"), quad.subject, DEFAULT_GRAPH):
            parts = ((RDF("predicate"), quad.predicate), (RDF("object"), quad.object))
            holds = all(ox.Quad(found.subject, part, value, DEFAULT_GRAPH) in store for part, value in parts)
            if holds and isinstance(found.subject, ox.NamedNode):
                yield found.subject.value

    def _choice(self, term: Term) -> Entry:
        return Entry(_written(term), term, self._label(term))

    def _label(self, term: Term) -> str:
        return self.things.labels([term], self.language)[0] if isinstance(term, ox.NamedNode) else _written(term)

    def _entry(self, term: Term, one: Field) -> Entry:
        """A thing goes by its name where that is its alone, else by its IRI."""
        label = self._label(term)
        if one.column.kind is Kind.THING and not one.choices and isinstance(term, ox.NamedNode):
            named = self.things.by_label(label, one.column) == (term,)
            return Entry(label if named else _written(term), term, label)
        return Entry(_written(term), term, label)


class _Reading:
    """Reads what was filled in."""

    def __init__(self, form: Form, given: Given) -> None:
        self._form, self._given = form, given
        self._texts = {
            one.name: tuple(text.strip() for text in given.get(one.name, [entry.text for entry in one.values]))
            for one in form.fields
        }
        self._faults: dict[str, list[Text]] = {}

    def draft(self) -> Draft:
        thing = self._form.thing or self._new()
        steps: list[Step] = []
        subject = thing or ox.NamedNode(ID.iri)
        if self._form.thing is None:
            kind = self._form.sheet.kind
            steps.append(Step("+", IDENTIFIER, subject.value, ox.Quad(subject, _TYPE, kind)))
        for one in self._form.fields:
            steps += self._steps(one, subject)
        steps += [*self._withdrawn(steps), *self._sourced(steps)]
        texts = {**self._texts, **{name: tuple(self._given.get(name, ())) for name in (IDENTIFIER, SOURCE)}}
        faults = {name: tuple(found) for name, found in self._faults.items()}
        return Draft(thing, texts, faults, tuple(steps))

    def _steps(self, one: Field, subject: ox.NamedNode) -> Iterator[Step]:
        before = {entry.term: entry.text for entry in one.values}
        after = dict(self._terms(one))
        if one.name in self._faults:
            return
        for sign, mine, theirs in (("-", before, after), ("+", after, before)):
            for term, text in mine.items():
                if term not in theirs:
                    yield Step(sign, one.name, text, ox.Quad(subject, one.column.predicate, term))

    def _withdrawn(self, steps: Sequence[Step]) -> Iterator[Step]:
        """What goes with the claims that are withdrawn."""
        for step in steps:
            if step.sign == "-":
                for quad in left_over(step.quad, self._form.things.store, self._form.claimable):
                    yield Step("-", step.field, step.text, quad)

    def _sourced(self, steps: Sequence[Step]) -> Iterator[Step]:
        """That the source that was named states what is added."""
        text = next(iter(self._given.get(SOURCE, ())), "").strip()
        added = [step.quad for step in steps if step.sign == "+"]
        if not text:
            return
        try:
            found = cited(text, self._form.things, date.today())
        except Wrong as wrong:
            self._fault(SOURCE, wrong.message)
            return
        told = [stated(quad, found.source, self._form.claimable) for quad in added]
        for quad in dict.fromkeys([*found.new, *told] if added else []):
            if quad not in self._form.things.store:
                yield Step("+", SOURCE, text, quad)

    def _terms(self, one: Field) -> Iterator[tuple[Any, str]]:
        known = {entry.text: entry.term for entry in one.values}
        single = replace(one.column, many=False)
        for text in filter(None, self._texts[one.name]):
            if text in known:
                yield known[text], text
                continue
            try:
                if one.column.kind is Kind.THING and len(text) > LONGEST_NAME:
                    raise Wrong(_TOO_LONG)
                for term in terms(text, single, self._form.things):
                    yield term, text
            except Wrong as wrong:
                self._fault(one.name, wrong.message)

    def _new(self) -> ox.NamedNode | None:
        """The IRI of a new thing, by what its identifier says, else by its name."""
        sheet, text = self._form.sheet, next(iter(self._given.get(IDENTIFIER, ())), "").strip()
        if not text:
            labels = [one for one in self._form.fields if one.column.predicate == _LABEL]
            text = slug(next((text for one in labels for text in self._texts[one.name] if text), ""))
        found = (iri_of(text) or iri_of(f"{sheet.path}/{text}")) if text else None
        if found is None:
            self._fault(IDENTIFIER, _NO_IDENTIFIER)
        elif any(self._form.things.store.quads_for_pattern(found, None, None, DEFAULT_GRAPH)):
            self._fault(IDENTIFIER, {lang: said.format(found.value) for lang, said in _TAKEN.items()})
        return found

    def _fault(self, name: str, message: Text) -> None:
        self._faults.setdefault(name, []).append(message)


def _check(given: Given) -> None:
    count = sum(len(texts) for texts in given.values())
    if count > MOST:
        raise BadParameter(f"{count} values are too many for a form", advice=f"Fill in at most {MOST}, or send a file.")
    if any(len(text) > LONGEST for texts in given.values() for text in texts):
        raise BadParameter("A value is too long for a form", advice=f"Keep to {LONGEST:,} characters, or send a file.")


def _written(term: Term) -> str:
    """A term as it may be written into a field: the end of the IRI of a thing of ours, any other IRI whole."""
    if not isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    local = term.value.removeprefix(ID.iri)
    return local if isinstance(term, ox.NamedNode) and iri_of(local) == term else term.value


_TOO_LONG = {"en": "This is too long for a name.", "fr": "C'est trop long pour un nom."}
_NO_IDENTIFIER = {
    "en": "A new thing needs an identifier: small letters, digits and hyphens.",
    "fr": "Une chose nouvelle demande un identifiant : des minuscules, des chiffres et des tirets.",
}
_TAKEN = {
    "en": "{} is published already: choose another identifier, or edit that thing.",
    "fr": "{} est déjà publié : choisir un autre identifiant, ou modifier cette chose.",
}
