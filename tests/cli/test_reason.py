"""`cnrs-kg reason` on files that carry their own axioms."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import CnrsKgError, RdfError, ReasoningBudget

from .conftest import Run

PROLOGUE = """@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
RULES = ":A rdfs:subClassOf :B . :B owl:disjointWith :C . :p rdfs:domain :A ; a owl:TransitiveProperty ."


def write(directory: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (directory / f"{name}.ttl").write_text(PROLOGUE + text)
    return [str(directory / f"{name}.ttl") for name in files]


def triples(text: str, syntax: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(text, syntax)}


def test_the_closure_of_several_files_goes_to_standard_output(run: Run, tmp_path: Path) -> None:
    done = run(
        "reason", *write(tmp_path, rules=RULES, data=":x :p :y . :y :p :z ."), "--format", "ntriples", "--inferred"
    )
    assert done.exit_code == 0
    assert triples(done.stdout) == triples(
        PROLOGUE + ":x :p :z ; a :A , :B . :y a :A , :B . :p rdfs:domain :B .", ox.RdfFormat.TURTLE
    )
    assert "4 asserted" in done.stderr or "asserted" in done.stderr


def test_the_output_s_extension_tells_the_format_and_nothing_is_left_half_written(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "closed.nt"
    assert run("reason", *write(tmp_path, rules=RULES), "-o", str(output)).exit_code == 0
    assert triples(output.read_text()) and not list(tmp_path.glob(".closed*"))


def test_a_contradiction_is_a_no_with_its_proof(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, rules=RULES, data=":x :p :y ; a :C .")
    done = run("reason", *files, "--check")
    assert done.exit_code == 1
    assert "cax-dw" in done.stdout and "prp-dom" in done.stdout and files[1] in done.stdout
    french = run("reason", *files, "--check", "--lang", "fr")
    assert "disjointes" in french.stderr


def test_what_cannot_be_compiled_is_closed_all_the_same(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, all=":kind rdfs:subPropertyOf rdf:type . :x :kind :A . :A rdfs:subClassOf :B .")
    done = run("reason", *files, "--format", "ntriples", "--inferred")
    assert "closed fact by fact" in done.stderr
    assert triples(PROLOGUE + ":x a :A , :B .", ox.RdfFormat.TURTLE) <= triples(done.stdout)


def test_owlrl_can_be_asked_instead(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, all="[] a :A . :A rdfs:subClassOf :B .")
    done = run("reason", *files, "--engine", "owlrl", "--format", "ntriples", "--inferred")
    assert done.exit_code == 0 and "<http://e/B>" in done.stdout


def test_statistics_name_the_rules(run: Run, tmp_path: Path) -> None:
    done = run("reason", *write(tmp_path, rules=RULES, data=":x :p :y ."), "--stats")
    assert "prp-dom" in done.stderr


@pytest.mark.parametrize("option", [("--max-statements", "10"), ("--max-seconds", "0.001")])
def test_an_explosion_ends_and_names_the_axiom(run: Run, tmp_path: Path, option: tuple[str, str]) -> None:
    chain = "".join(f":n{number} :p :n{number + 1} . " for number in range(400))
    done = run("reason", *write(tmp_path, rules=RULES, data=chain), *option)
    assert isinstance(done.exception, ReasoningBudget)
    assert option[0] != "--max-statements" or "the axiom behind it" in done.exception.detail


@pytest.mark.parametrize(
    "text",
    [
        ":C owl:intersectionOf _:a . _:a rdf:first :A ; rdf:rest _:a . :x a :A .",
        ":C owl:unionOf _:a . _:a rdf:first :A . :x a :A .",
        ":p owl:propertyChainAxiom ( :p :p ) . :a :p :b . :b :p :c .",
        ":p owl:propertyChainAxiom ( :p ) . :a :p :b .",
        ":p rdfs:subPropertyOf owl:sameAs . :a :p :b .",
        "rdfs:subClassOf rdfs:subPropertyOf rdfs:subClassOf . rdf:type a owl:TransitiveProperty . :x a :A .",
        ":p owl:inverseOf :q . :a :p 'literal' .",
        "owl:sameAs owl:sameAs :p .",
    ],
)
def test_strange_axioms_never_hang(run: Run, tmp_path: Path, text: str) -> None:
    done = run("reason", *write(tmp_path, all=text), "--max-seconds", "20", "--format", "ntriples")
    assert done.exit_code in (0, 1) or isinstance(done.exception, ReasoningBudget), done.exception


def test_an_ill_typed_literal_is_told(run: Run, tmp_path: Path) -> None:
    done = run("reason", *write(tmp_path, all=":x :p 'one'^^xsd:integer ."), "--check")
    assert done.exit_code == 1 and "dt-not-type" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.ttl", "@prefix : <http://e/> .\n:a :b ;;; .\n:c", "broken.ttl"),
        ("bomb.rdf", '<!DOCTYPE x [<!ENTITY a "aaaa">]><rdf:RDF/>', "bomb.rdf"),
        ("deep.jsonld", "[" * 5_000, "deep.jsonld"),
        ("what.docx", "x", "what.docx"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    done = run("reason", str(tmp_path / name))
    assert isinstance(done.exception, CnrsKgError) and said in done.exception.detail
    assert name != "broken.ttl" or (isinstance(done.exception, RdfError) and done.exception.position)


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    done = run("reason", str(tmp_path / "none.ttl"))
    assert isinstance(done.exception, CnrsKgError) and "none.ttl" in done.exception.detail


def test_axioms_can_be_linted(run: Run, tmp_path: Path) -> None:
    done = run("reason", "--lint", *write(tmp_path, all=":p a owl:ReflexiveProperty ."), "--lang", "fr")
    assert done.exit_code == 1 and "hors d'OWL 2 RL" in done.stdout
    assert run("reason", "--lint", *write(tmp_path, good=RULES)).exit_code == 0
