"""Proposals as changes: RDF that adds, patches and updates that withdraw."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import ProtectedGraph, RdfError
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.proposal import PATCH, UPDATE, Document, media_type_of, media_type_of_file, propose
from cnrs_kg.validation.report import Verdict

from ..validated_project import write_validated_project

BASE = "https://w3id.org/cnrs-kg"
CNRS = f"{BASE}/ontology#"
PREFIX = f"PREFIX cnrs: <{CNRS}> "
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("read")
    settings = Settings(data_dir=directory / "var", workers=1)
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield kg


def judged(kg: KnowledgeGraph, text: str, media_type: str = "text/turtle", graph: str | None = None) -> Verdict:
    return kg.validate(propose([Document("sent", text.encode(), media_type)], graph))


TYPED = f"<{BASE}/id/unit/one> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CNRS}Unit>"
PAGE = f"<{BASE}/graph/page>"


def test_a_patch_adds_and_withdraws(kg: KnowledgeGraph) -> None:
    verdict = judged(kg, f"TX .\nD {TYPED} {PAGE} .\nA {TYPED} .\nTC .\n", PATCH)
    assert (verdict.conforms, verdict.added, verdict.withdrawn) == (True, 1, 1)


def test_a_withdrawal_without_a_graph_is_meant_of_each_that_may_be_written(kg: KnowledgeGraph) -> None:
    row = f"D {TYPED} .\n"
    assert judged(kg, row, PATCH).withdrawn == 1
    elsewhere = judged(kg, row, PATCH, f"{BASE}/graph/other")
    assert elsewhere.withdrawn == 0
    assert any("sent:1" in note and "nothing to withdraw" in note for note in elsewhere.notes)


def test_a_refusal_of_a_patch_names_row_and_column(kg: KnowledgeGraph) -> None:
    text = f'TX .\n\nA <urn:u> <{CNRS}name> "U"@en .\n  A <urn:u> <{CNRS}partner> <urn:x> .\nA <urn:u> a .\nTC .'
    (fault,) = judged(kg, text, PATCH).results
    assert fault.kind == "syntax" and fault.places[0]["line"] == 5
    rows = text.replace("A <urn:u> a .\n", "").replace("<urn:u> ", f"<{BASE}/id/unit/one> ")
    wrong, info = judged(kg, rows, PATCH).results
    assert (wrong.severity, info.severity) == ("Violation", "Info")
    assert wrong.places == (
        {"file": "sent", "line": 4, "column": rows.splitlines()[3].index("<urn:x>") + 1}
        | {"endColumn": rows.splitlines()[3].index("<urn:x>") + 8},
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("X <urn:a> .", 1), ("TX .\nA <urn:a> <urn:b> <urn:c> .\n", None), ("D _:b <urn:p> <urn:o> .", 1), ("A \n", 1)],
    ids=["no row", "cut short", "a blank node withdrawn", "an empty row"],
)
def test_what_is_no_patch(kg: KnowledgeGraph, text: str, line: int | None) -> None:
    (fault,) = judged(kg, text, PATCH).results
    assert fault.kind == "syntax" and fault.places[0]["file"] == "sent"
    assert line is None or fault.places[0]["line"] == line


def test_a_claimable_statement_is_withdrawn_with_the_claim_that_it_became(kg: KnowledgeGraph) -> None:
    row = f'D <{BASE}/id/unit/one> <{CNRS}name> "One"@en .'
    verdict = judged(kg, row, PATCH)
    assert not verdict.conforms and verdict.withdrawn == 4
    (nameless,) = verdict.results
    assert nameless.constraint == "sh:MinCountConstraintComponent" and nameless.places[0]["line"] == 1


def test_a_statement_that_becomes_a_claim_is_told_where_it_stands(kg: KnowledgeGraph) -> None:
    text = f'<{BASE}/id/unit/one> <{CNRS}name> "Number one"@en .'
    for sent, media_type in ((text, "text/turtle"), (f"A {text}", PATCH), (f"INSERT DATA {{ {text} }}", UPDATE)):
        verdict = judged(kg, sent, media_type)
        (info,) = verdict.results
        assert verdict.conforms and (info.severity, info.shape) == ("Info", f"{BASE}/shapes#Claim")
        assert (info.path, str(info.value)) == (f"<{CNRS}name>", '"Number one"@en')
        assert "undated claim" in info.message["en"] and "sans date" in info.message["fr"]
        assert info.places[0]["line"] == 1


def test_of_many_claims_a_hundred_are_told_and_the_rest_counted(kg: KnowledgeGraph) -> None:
    verdict = judged(kg, "".join(f'<{BASE}/id/unit/one> <{CNRS}name> "{n}"@en .\n' for n in range(102)))
    assert len(verdict.results) == 100 and verdict.notes == ("2 more direct statements became undated claims",)


def test_a_graph_of_ours_needs_no_base(kg: KnowledgeGraph) -> None:
    assert propose([], "graph/other").graph == propose([], f"{BASE}/graph/other").graph
    with pytest.raises(RdfError, match="not an IRI"):
        propose([], "graph/no <name>")


def test_an_update_is_tried(kg: KnowledgeGraph) -> None:
    text = f"{PREFIX} DELETE {{ ?s a cnrs:Unit }} INSERT {{ ?s a cnrs:Organisation }} WHERE {{ ?s a cnrs:Unit }}"
    verdict = judged(kg, text, UPDATE)
    assert (verdict.conforms, verdict.added, verdict.withdrawn) == (True, 1, 1)


def test_a_refused_update_leads_to_its_text(kg: KnowledgeGraph) -> None:
    verdict = judged(kg, f"{PREFIX}\n# why\nINSERT DATA {{ <{BASE}/id/unit/one> cnrs:partner <urn:x> }}", UPDATE)
    (wrong,) = verdict.results
    assert wrong.places == ({"file": "sent", "line": 3, "column": 1},)
    (fault,) = judged(kg, "INSERT DATA { <urn:a> <urn:b> }", UPDATE).results
    assert fault.kind == "syntax" and fault.places[0]["line"] == 1 and "column" in fault.places[0]


def test_protected_graphs_are_refused_where_they_are_named(kg: KnowledgeGraph) -> None:
    text = f"<{BASE}/graph/ontology> {{\n <urn:a> <urn:b> <urn:c> }}"
    (fault,) = judged(kg, text, "application/trig").results
    assert "ontology" in fault.message["en"] and fault.places[0]["line"] == 2
    with pytest.raises(ProtectedGraph):
        judged(kg, "<urn:a> <urn:b> <urn:c> .", graph=f"{BASE}/graph/shapes")


def test_a_shared_blank_node_is_refused_where_it_stands(kg: KnowledgeGraph) -> None:
    (fault,) = judged(kg, "<urn:a> <urn:p> 1 ;\n <urn:q> _:x ;\n <urn:r> _:x .").results
    assert fault.places[0]["line"] == 2 and "IRI of its own" in fault.message["en"]


def test_replacing_takes_rdf_alone(kg: KnowledgeGraph) -> None:
    documents = [Document("sent.rdfp", b"A <urn:a> <urn:b> <urn:c> .", PATCH)]
    (fault,) = kg.validate(propose(documents, replaces=True)).results
    assert "replace" in fault.message["en"]


def test_names_and_types_of_documents() -> None:
    assert media_type_of("application/sparql-update; charset=utf-8") == UPDATE
    assert media_type_of_file(Path("change.rdfp")) == PATCH and media_type_of_file(Path("a.ttl")) == "text/turtle"
    with pytest.raises(RdfError, match="image/png"):
        media_type_of("image/png")
    with pytest.raises(RdfError, match="not an IRI"):
        propose([], "no iri")


def test_a_misspelt_property_is_warned_of_with_the_nearest(kg: KnowledgeGraph) -> None:
    verdict = judged(
        kg, f"PREFIX cnrs: <{CNRS}>\n<{BASE}/id/unit/one> cnrs:parnter <{BASE}/id/unit/one> ;\n a cnrs:Unti ."
    )
    assert verdict.conforms
    found = {result.places[0]["line"]: [fix["replacement"] for fix in result.fixes] for result in verdict.results}
    assert found == {2: [f"<{CNRS}partner>"], 3: [f"<{CNRS}Unit>"]}
    assert {result.severity for result in verdict.results} == {"Warning"}


@pytest.mark.parametrize(
    ("text", "media_type", "place", "said"),
    [
        ("<urn:a> <urn:p> 1 ;\n <urn:q> <<( <urn:a> <urn:p> 1 )>> .", "text/turtle", (2, 10), "triple term"),
        ("<urn:a> <urn:p> 1 .\n<< <urn:a> <urn:p> 1 >> <urn:q> 2 .", "text/turtle", (2, None), "triple term"),
        ("<urn:a> <urn:p> 1 {| <urn:q> 2 |} .", "text/turtle", (1, None), "triple term"),
        ("<urn:a> <urn:p> <<( <urn:a> <urn:p> <urn:b> )>> .", "application/n-triples", (1, 17), "triple term"),
        ('<urn:a> <urn:p> "x"@fr--ltr .', "text/turtle", (1, 17), "direction (ltr)"),
        (
            '{"@id": "urn:a",\n "urn:p": {"@value": "x", "@language": "fr", "@direction": "ltr"}}',
            "application/ld+json",
            (2, None),
            "direction (ltr)",
        ),
        ('<urn:a> <urn:p> "a\\u0000b" .', "text/turtle", (1, 17), "U+0000"),
        ('{"@id": "urn:a", "urn:p": "a\\u0007b"}', "application/ld+json", (1, 27), "U+0007"),
    ],
)
def test_what_cannot_be_kept_is_refused_where_it_stands(
    kg: KnowledgeGraph, text: str, media_type: str, place: tuple[int, int | None], said: str
) -> None:
    verdict = judged(kg, text, media_type)
    (fault,) = verdict.results
    assert not verdict.conforms and fault.kind == "syntax" and said in fault.message["en"]
    assert "RDF" in fault.message["fr"] or "caractère" in fault.message["fr"]
    line, column = place
    assert fault.places[0]["line"] == line and column in (None, fault.places[0]["column"])


@pytest.mark.parametrize(
    ("text", "media_type", "read"),
    [
        ("<a/b> <urn:p> <#c> .", "text/turtle", ["a/b", "#c"]),
        ("@base <urn:x:> . <urn:a> <urn:p> <urn:c> .", "text/turtle", []),
        ('{"@id": "thing", "urn:p": {"@id": "other"}}', "application/ld+json", ["thing", "other"]),
    ],
)
def test_relative_iris_are_read_from_our_base_and_noted(
    kg: KnowledgeGraph, text: str, media_type: str, read: list[str]
) -> None:
    verdict = judged(kg, text, media_type)
    noted = [note for note in verdict.notes if "a relative IRI was read as" in note]
    assert sorted(note.rpartition("<")[2].rstrip(">") for note in noted) == sorted(f"{BASE}/{end}" for end in read)
    assert all(note.startswith("sent:1: ") for note in noted)


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-quads", "application/ld+json", "text/csv"])
def test_a_document_that_says_nothing_is_noted(kg: KnowledgeGraph, media_type: str) -> None:
    text = "[]" if media_type.endswith("json") else "\n"
    verdict = judged(kg, text, media_type)
    assert verdict.conforms and verdict.told() == [
        {"en": "sent: there is no statement in it", "fr": "sent : aucun énoncé n’y figure"}
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"<{BASE}/shapes#Unit> sh:deactivated true", "judges nothing"),
        ("<urn:s> a sh:NodeShape", "judges nothing"),
        ("<urn:o> owl:imports <http://127.0.0.1:1/o.ttl>", "fetched"),
        (f"<{CNRS}partner> a owl:TransitiveProperty", "axiom"),
        (f"<{CNRS}Place> rdfs:subClassOf <{CNRS}Unit>", "axiom"),
    ],
)
def test_shapes_imports_and_axioms_among_data_are_warned_of(kg: KnowledgeGraph, statement: str, said: str) -> None:
    prefixes = (
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    )
    found = [one for one in judged(kg, f"{prefixes}\n{statement} .").results if said in one.message["en"]]
    assert [(one.severity, one.places[0]["line"]) for one in found] == [("Warning", 2)]


CONTEXT = '"@context": {"p": "urn:p", "langs": {"@id": "urn:l", "@container": "@language"}, "none": null}'


def test_keys_of_json_ld_that_say_nothing_are_noted(kg: KnowledgeGraph) -> None:
    node = '"@id": "urn:a", "p": {"@id": "urn:b",\n"q": 1}, "langs": {"fr": "x"}, "none": 1, "_:r": 1'
    text = f'{{{CONTEXT},\n{node},\n"@annotation": {{}}}}'
    found = judged(kg, text, "application/ld+json")
    keys = [(2, "_:r"), (3, "q"), (4, "@annotation")]
    assert found.added == 2
    assert sorted(note for note in found.notes if "says nothing" in note) == sorted(
        f"sent:{line}: the key {key!r} says nothing, since no @context gives it an IRI"
        for line, key in ((3, "_:r"), *keys[1:])
    )


@pytest.mark.parametrize("text", ['{"@context": {"@vocab": "urn:"}, "@id": "urn:a", "q": 1}', "[]"])
def test_keys_of_json_ld_that_say_something_are_not_noted(kg: KnowledgeGraph, text: str) -> None:
    assert not any("says nothing" in note for note in judged(kg, text, "application/ld+json").notes)


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("_:g { <urn:a> <urn:b> <urn:c> }", "application/trig"),
        ("<urn:a> <urn:b> <urn:c> _:g .", "application/n-quads"),
        ("<urn:a> <urn:b> { <urn:a> <urn:b> <urn:c> } .", "text/n3"),
        ("A <urn:a> <urn:b> <urn:c> _:g .", PATCH),
    ],
)
def test_graphs_without_a_name_are_refused(kg: KnowledgeGraph, text: str, media_type: str) -> None:
    (fault,) = judged(kg, text, media_type).results
    assert fault.kind == "syntax" and "no name" in fault.message["en"] and fault.places[0]["line"] == 1


@pytest.mark.parametrize("update", ["'x'@fr--ltr", "'a\\u0007'", "<<( <urn:a> <urn:p> 1 )>>"])
def test_an_update_keeps_no_more_than_a_file(kg: KnowledgeGraph, update: str) -> None:
    verdict = judged(kg, f"INSERT DATA {{ <urn:a> <urn:p> {update} }}", UPDATE)
    assert [one.kind for one in verdict.results] == ["syntax"]


def test_a_patch_may_have_a_byte_order_mark(kg: KnowledgeGraph) -> None:
    assert judged(kg, f"\ufeffTX .\nD {TYPED} {PAGE} .\nTC .\n", PATCH).withdrawn == 1


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("<rdf:Description rdf:about='urn:a'>\n<e:p>x</e:q></rdf:Description>", 3, "Close each element"),
        ("\n<rdf:Description rdf:about='urn:a'>\n<f:p>x</f:p></rdf:Description>", 4, "xmlns:"),
    ],
)
def test_a_fault_of_rdf_xml_has_its_line(kg: KnowledgeGraph, body: str, line: int, said: str) -> None:
    head = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='urn:e:'>"
    (fault,) = judged(kg, f"{head}\n{body}</rdf:RDF>", "application/rdf+xml").results
    assert fault.places[0]["line"] == line and said in fault.message["en"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\xff\xff", ".xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "an image"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        ("<urn:a> <urn:b> 'c' .".encode("utf-16-be"), "UTF-16"),
        ("<urn:a> <urn:b> 'é' .".encode("cp1252"), "“é”"),
    ],
)
def test_what_is_no_text_is_named(kg: KnowledgeGraph, data: bytes, said: str) -> None:
    (fault,) = kg.validate(propose([Document("sent", data, "text/turtle")])).results
    assert said in fault.message["en"] and fault.message["fr"] != fault.message["en"]
