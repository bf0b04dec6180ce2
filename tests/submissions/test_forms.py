"""Forms made from the shapes: what they show of a thing, and the patch that what is filled in asks for."""

from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import BadParameter
from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, SKOS
from cnrs_kg.submissions.forms import IDENTIFIER, MOST, NAME, Form, Forms
from cnrs_kg.submissions.reading import Reader
from cnrs_kg.validation.report import Result, Verdict

from ..spreadsheets.small import store

ONE, NTU, NUS = ID("unit/one"), ID("organisation/ntu"), ID("organisation/nus")
CLAIM = ID("claim/dated")


class Version:
    number = 7


def nothing(*_: object) -> Any:
    raise AssertionError("no document is read")


@pytest.fixture
def data() -> ox.Store:
    """The small graph; the unit has a partner that a dated claim makes."""
    found = store()
    for graph in (ox.DefaultGraph(), ox.NamedNode("https://w3id.org/cnrs-kg/graph/page")):
        for part, value in (("subject", ONE), ("predicate", CNRS("partner")), ("object", NTU)):
            found.add(ox.Quad(CLAIM, RDF(part), value, graph))
    found.add(ox.Quad(ONE, CNRS("partner"), NTU))
    return found


@pytest.fixture
def forms(data: ox.Store) -> Forms:
    reader = Reader(data, frozenset())
    return Forms(lambda: (Version(), reader), None)  # type: ignore[arg-type, return-value]


@pytest.fixture
def form(forms: Forms) -> Form:
    found = forms.of(ONE, "en")
    assert found is not None
    return found


def rows(form: Form, **given: list[str]) -> set[str]:
    draft = form.draft({name.replace("_", "-"): texts for name, texts in given.items()})
    assert not draft.faults
    return {step.row for step in draft.steps}


def test_a_thing_has_the_form_of_the_class_that_says_most_of_it(forms: Forms, form: Form) -> None:
    assert form.sheet.name == "Unit"
    assert {name: [entry.text for entry in one.values] for name, one in form.by_name.items() if one.values} == {
        "prefLabel-en": ["One"],
        "prefLabel-fr": ["Un"],
        "code": ["a|b"],
    }
    assert [choice.label for choice in form.by_name["kind"].choices] == ["IRL", "UMI"]
    assert forms.of(ID("kind/umi"), "en") is None


def test_what_holds_for_another_reason_is_shown_with_its_claims(form: Form) -> None:
    (entry,) = form.by_name["partner"].others
    assert (entry.label, entry.term, entry.claims) == ("Nanyang University", NTU, (CLAIM.value,))


def test_what_is_left_as_it_is_changes_nothing(form: Form) -> None:
    assert rows(form) == set()
    assert rows(form, prefLabel_en=["One"], prefLabel_fr=["Un", ""], code=["a|b"], founded=[""]) == set()


def test_another_value_withdraws_the_one_before_and_an_empty_field_all(form: Form) -> None:
    label = SKOS("prefLabel")
    assert rows(form, prefLabel_en=["Uno"]) == {f'D {ONE} {label} "One"@en .', f'A {ONE} {label} "Uno"@en .'}
    assert rows(form, code=[""]) == {f'D {ONE} {CNRS("code")} "a|b" .'}


def test_things_are_named_as_in_spreadsheets(form: Form) -> None:
    given = ["NTU", "organisation/nus", NUS.value]
    assert rows(form, partner=given) == {f"A {ONE} {CNRS('partner')} {one} ." for one in (NTU, NUS)}
    assert rows(form, code=["x|y"]) == {f'D {ONE} {CNRS("code")} "a|b" .', f'A {ONE} {CNRS("code")} "x|y" .'}


def test_what_cannot_be_read_is_told_at_its_field_which_then_changes_nothing(form: Form) -> None:
    draft = form.draft({"founded": ["last year"], "partner": ["Nobody", "x" * 301], "staff": ["many"], "code": ["c"]})
    assert set(draft.faults) == {"founded", "partner", "staff"} and len(draft.faults["partner"]) == 2
    assert {step.field for step in draft.steps} == {"code"}
    assert all(set(fault) == {"en", "fr"} for faults in draft.faults.values() for fault in faults)


def test_a_new_thing_has_a_type_and_a_name_of_its_own(forms: Forms) -> None:
    new = forms.new("Unit", "fr")
    draft = new.draft({"prefLabel-en": ["Two Units"]})
    assert (draft.thing, draft.steps[0].row) == (
        ID("unit/two-units"),
        f"A {draft.thing} {RDF('type')} {CNRS('Unit')} .",
    )
    assert new.draft({IDENTIFIER: ["unit/three"]}).thing == ID("unit/three")
    for given in ({}, {IDENTIFIER: ["Not an id!"]}, {IDENTIFIER: ["one"]}):
        assert set(new.draft(given).faults) == {IDENTIFIER}
    with pytest.raises(BadParameter):
        forms.new("Nothing", "en")


def test_too_much_is_refused(form: Form) -> None:
    for texts in (["x"] * (MOST + 1), ["x" * 10_001]):
        with pytest.raises(BadParameter):
            form.draft({"code": texts})


def result(path: str | None = None, line: int | None = None, **more: Any) -> Result:
    places = () if line is None else ({"file": NAME, "line": line},)
    return Result("Violation", "shape", {"en": "no"}, path=path, places=places, **more)


def test_results_stand_at_the_field_that_they_are_about(form: Form) -> None:
    draft = form.draft({"prefLabel-fr": [""], "code": ["c"], "staff": ["5"]})
    lines = {step.field: number for number, step in enumerate(draft.steps, 1)}
    label = str(SKOS("prefLabel"))
    missing = result(label, lines["code"], focus_node=ONE)
    wrong = result(None, lines["staff"], focus_node=ONE)
    other = result(label, None, focus_node=NTU)
    found = form.placed(Verdict((missing, wrong, other)), draft)
    assert found == {"prefLabel-fr": [missing], "staff": [wrong], "": [other]}
