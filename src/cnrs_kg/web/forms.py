"""`/form`: a form for each class, made from the shapes; what is filled in is judged and becomes a submission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.namespaces import CNRS
from cnrs_kg.rdf.reading import read_predicate
from cnrs_kg.submissions.about import LONGEST as TEXTS
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.forms import IDENTIFIER, SOURCE, Draft, Field, Form
from cnrs_kg.submissions.proposal import named
from cnrs_kg.validation.forms import said
from cnrs_kg.validation.report import Verdict
from cnrs_kg.web import sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of, texts_of
from cnrs_kg.web.sign_in import see_other, who
from cnrs_kg.web.sparql import client
from cnrs_kg.web.submission_pages import LONGEST
from cnrs_kg.web.submission_pages import PATH as SUBMISSIONS
from cnrs_kg.web.terms import describe_url, short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/form"
OWN = 8
"""Fields that the form of a new thing shows at once: its name, and what its class has of its own."""
_KNOWN_BY = (CNRS("acronym"), CNRS("code"))
"""By which a thing is known besides its name, so that they are always shown."""
_ABOUT = ("title", "message", "source")


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The forms."""
    found, resource = Blueprint("forms", __name__), Resource(kg, pages)

    @found.get(PATH)
    def form() -> ResponseReturnValue:
        return response(resource.get(current_request()))

    @found.post(PATH)
    def fill() -> ResponseReturnValue:
        return response(resource.post(current_request()))

    return found


@dataclass(frozen=True)
class Said:
    """What is said against a value; a warning refuses nothing."""

    text: str
    refuses: bool = True


@dataclass(frozen=True)
class Shown:
    """A field as the page shows it: texts of its inputs, and what is wrong with them."""

    field: Field
    texts: tuple[str, ...]
    faults: tuple[Said, ...] = ()
    here: bool = False
    own: bool = False

    @property
    def refused(self) -> bool:
        """Whether what is said against it refuses it."""
        return any(fault.refuses for fault in self.faults)

    @property
    def first(self) -> bool:
        """Whether it stands before those that are rarely filled in."""
        filled = any(self.texts) or bool(self.field.others)
        return self.here or self.own or filled or bool(self.faults) or self.field.column.required


class Resource:
    """Answers requests for forms."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg, self._pages = kg, pages

    def get(self, incoming: Incoming) -> Reply:
        """The classes that have a form; a new form of one; or the form of a thing."""
        options = dict(parameters(incoming.query_string))
        if not options.get("class") and not options.get("thing"):
            language = language_of(incoming)[0]
            sheets = sorted(self._kg.forms.sheets().values(), key=lambda one: one.label[language].casefold())
            return self._pages.render("forms.html", incoming, sheets=sheets, path_of=self._new_url)
        form = self._form(incoming, options)
        if form is None:  # a thing that no shape speaks of: statements are written for it
            about = [(name, text[:LONGEST]) for name, text in _about(options).items()]
            return see_other(url(SUBMISSIONS, about) + "#submit")
        return self._page(incoming, form, form.draft({}), options)

    def post(self, incoming: Incoming) -> Reply:
        """What was filled in: one more input, a preview of the verdict, or a submission."""
        pairs = sent.pairs(incoming)
        options = dict(pairs)
        form = self._form(incoming, options)
        if form is None:
            raise NotFound("This thing has no form", advice="Send statements instead: /submissions.")
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            if name in form.by_name or name in (IDENTIFIER, SOURCE):
                given.setdefault(name, []).append(value)
        draft = form.draft(given)
        if options.get("more"):
            return self._page(incoming, form, draft, options)
        submitting = options.get("do") == "submit"
        found = who(self._kg, incoming)
        if submitting:
            self._kg.stewards.may_submit(found.account)
            found.check(options)
        verdict = None
        if draft.thing is not None and not draft.faults and draft.steps:
            verdict = self._kg.validate(draft.proposal(), client=client(incoming, found.account))
        if not submitting or verdict is None or not verdict.conforms:
            return self._page(incoming, form, draft, options, verdict, status=422 if submitting else 200)
        about = About(*(options.get(name) for name in _ABOUT))
        if not (about.title or "").strip():
            about = replace(about, title=self._title(form, draft, language_of(incoming)[0]))
        made = self._kg.stewards.submit(draft.proposal(), about, found.account, client=client(incoming, found.account))
        return see_other(f"{SUBMISSIONS}/{made.number}")

    def _title(self, form: Form, draft: Draft, language: str) -> str:
        """What a submission is called that has no title: the thing and the properties that change."""
        labels = (form.by_name[step.field].column.label[language] for step in draft.steps if step.field in form.by_name)
        name = form.things.labels([form.thing], language)[0] if form.thing else form.sheet.label[language]
        return f"{name} – {', '.join(dict.fromkeys(labels))}"[: TEXTS["title"]]

    def _form(self, incoming: Incoming, options: Mapping[str, str]) -> Form | None:
        language = language_of(incoming)[0]
        if options.get("thing"):
            return self._kg.forms.of(named(options["thing"]), language, _version(options.get("version")))
        if not options.get("class"):
            raise BadRequest("Neither class nor thing was given", advice="See the forms: /form.")
        return self._kg.forms.new(options["class"], language)

    def _page(
        self,
        incoming: Incoming,
        form: Form,
        draft: Draft,
        options: Mapping[str, str],
        verdict: Verdict | None = None,
        *,
        status: int = 200,
    ) -> Reply:
        found, language = who(self._kg, incoming), language_of(incoming)[0]
        faults = self._faults(form, draft, verdict, language)
        own = {one.name for one in form.fields[:OWN]} if form.thing is None else set()
        own |= {one.name for one in form.fields if one.column.predicate in _KNOWN_BY}
        fields = [_shown(one, draft, faults, options, own=one.name in own) for one in form.fields]
        thing = None if form.thing is None else form.thing.value
        back = url(PATH, {"thing": thing} if thing else {"class": form.sheet.name})
        labels = {one.name: one.column.label[language] for one in form.fields} | {SOURCE: texts_of(language)["source"]}
        return self._pages.render(
            "form.html",
            incoming,
            status=status,
            pairs=[("thing", thing)] if thing else [("class", form.sheet.name)],
            who=found,
            form=form,
            thing=thing,
            version=form.version,
            name=form.things.labels([form.thing], language)[0] if form.thing else None,
            describe=describe_url,
            fields=[one for one in fields if one.first],
            rare=[one for one in fields if not one.first],
            identifier=next(iter(draft.texts[IDENTIFIER]), ""),
            identifier_faults=faults.get(IDENTIFIER, ()) if options.get("do") else (),
            verdict=verdict,
            general=faults.get("", ()),
            faulty=bool(draft.faults),
            steps=dict.fromkeys((one.sign, labels.get(one.field, ""), one.text) for one in draft.steps)
            if options.get("do")
            else (),
            source_faults=faults.get(SOURCE, ()) if options.get("do") else (),
            about={name: options.get(name, "")[:LONGEST] for name in _ABOUT},
            asked=bool(options.get("do")),
            elsewhere=self._elsewhere(form, options, language),
            why=lambda one, value: _why(form, one, value),
            claim=lambda iri: url(PATH, {"thing": iri}),
            may_submit=self._kg.stewards.allows_submitting(found.account),
            sign_in=url("/sign-in", {"to": back}),
        )

    def _faults(self, form: Form, draft: Draft, verdict: Verdict | None, language: str) -> Mapping[str, Sequence[Said]]:
        """What is said of each field, once; under "" of none."""
        found = {name: [Said(fault[language]) for fault in faults] for name, faults in draft.faults.items()}
        if verdict is not None:
            for name, results in form.placed(verdict, draft).items():
                told = (
                    Said(said(one, language), one.severity == "Violation") for one in results if one.severity != "Info"
                )
                found.setdefault(name, []).extend(told)
        return {name: list(dict.fromkeys(faults)) for name, faults in found.items()}

    def _elsewhere(self, form: Form, options: Mapping[str, str], language: str) -> str | None:
        """Where a statement that is to be corrected is explained, if the form has no field for it."""
        predicate, value = _property(options), options.get("value")
        if predicate is None or not value or form.thing is None:
            return None
        if any(one.column.predicate == predicate for one in form.fields):
            return None
        return url("/explain", {"s": str(form.thing), "p": str(predicate), "o": value})

    def _new_url(self, name: str) -> str:
        return url(PATH, {"class": name})


def _property(options: Mapping[str, str]) -> ox.NamedNode | None:
    """The property of a statement that is to be corrected."""
    return read_predicate(options["property"]) if options.get("property") else None


def _about(options: Mapping[str, str]) -> dict[str, str]:
    """What is said of a submission: what was given, or the statement that is to be corrected."""
    given = {name: options[name] for name in _ABOUT if name in options}
    predicate, thing = _property(options), named(options["thing"])
    if predicate is None:
        return given
    message = f"{thing} {predicate} {options.get('value', '')}"
    return {"title": f"{short(thing.value)} {short(predicate.value)}", "message": message} | given


def _version(text: str | None) -> int | None:
    """The version that a form was filled in on."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest(f"version: {text[:40]!r} is not a number")
    return int(text)


def _shown(
    one: Field, draft: Draft, faults: Mapping[str, Sequence[Said]], options: Mapping[str, str], *, own: bool
) -> Shown:
    texts = tuple(text for text in draft.texts[one.name] if text)
    more = options.get("more") == one.name
    wanted = len(draft.texts[one.name]) + 1 if more else max(1, len(texts))
    here = more or _property(options) == one.column.predicate
    return Shown(one, texts + ("",) * (wanted - len(texts)), tuple(faults.get(one.name, ())), here, own)


def _why(form: Form, one: Field, value: Any) -> str:
    assert isinstance(form.thing, ox.NamedNode)
    return url("/explain", {"s": str(form.thing), "p": str(one.column.predicate), "o": str(value)})
