import pytest

from cnrs_kg.engine.kind import outline, query_form, refuse_federation
from cnrs_kg.errors import LoadRefused, ServiceRefused


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("prefix select: <a> # ASK\nBASE <ASK> ask {}", "ASK"),
        ("CONSTRUCT WHERE {?s ?p ?o}", "CONSTRUCT"),
        ("VERSION '1.2' DESCRIBE <x>", "DESCRIBE"),
        ("PREFIX : <a> INSERT DATA { :a :b :c }", "UPDATE"),
        ("WITH <g> DELETE {} WHERE {}", "UPDATE"),
        ("LOAD <x>", "UPDATE"),
        ("DROP SILENT ALL", "UPDATE"),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_form_is_the_first_keyword_after_the_prologue(text, form):
    assert query_form(text) == form
    assert outline(text).form == form


def test_the_dataset_clauses():
    found = outline(
        "BASE <http://b/> PREFIX ex: <http://ex/> PREFIX : <http://d/>\n"
        "CONSTRUCT { ?from ex:from <http://not/> } FROM <http://a> from ex:b.c FROM NAMED <http://n> FROM named :m "
        "WHERE { GRAPH <http://no> { ?s ?p 'FROM <http://no>' } }"
    )
    assert found.default_graphs == ["http://a", "http://ex/b.c"]
    assert found.named_graphs == ["http://n", "http://d/m"]
    assert found.base == "http://b/"
    assert found.prefixes == {"ex": "http://ex/", "": "http://d/"}
    assert found.has_dataset


def test_a_query_without_dataset_clause():
    assert not outline("SELECT ?from { ?from <from> 'FROM' }").has_dataset


@pytest.mark.parametrize("word", ["SERVICE", "service SILENT", "Service"])
def test_service_is_refused_with_its_place(word):
    text = f"SELECT *\n{{ {word} <http://x/> {{ ?s ?p ?o }} }}"
    with pytest.raises(ServiceRefused) as caught:
        refuse_federation(text, outline(text))
    assert caught.value.position == (2, 3)


@pytest.mark.parametrize("text", ["SELECT ?service { ?s <SERVICE> 'SERVICE' } # SERVICE", "DESCRIBE service:load"])
def test_what_only_looks_like_service_passes(text):
    refuse_federation(text, outline(text))


def test_load_is_refused_in_an_update_only():
    text = "INSERT DATA {} ;\nLOAD <http://x/> INTO GRAPH <g>"
    with pytest.raises(LoadRefused) as caught:
        refuse_federation(text, outline(text))
    assert caught.value.position == (2, 1)
    refuse_federation("ASK { load }", outline("ASK { load }"))
