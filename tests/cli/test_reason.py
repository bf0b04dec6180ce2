"""`cnrs-kg reason` on files that carry their own axioms."""

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from cnrs_kg.cli.main import cnrs_kg
from cnrs_kg.errors import CnrsKgError, RdfError, ReasoningBudget
from cnrs_kg.rdf.formats import RDF_FORMATS, RdfSyntax

from ..test_schemas import validator
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


def assert_valid(schema: str, document: object) -> None:
    validator(schema).validate(document)


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
    assert "asserted: 6, inferred: 6" in done.stderr


def test_the_output_s_extension_tells_the_format_and_nothing_is_left_half_written(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "closed.nt"
    assert run("reason", *write(tmp_path, rules=RULES), "-o", str(output)).exit_code == 0
    assert triples(output.read_text()) and not list(tmp_path.glob(".closed*"))


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda syntax: syntax.name)
def test_every_format_is_read_and_written(run: Run, tmp_path: Path, syntax: RdfSyntax) -> None:
    stated = [quad.triple for quad in ox.parse(PROLOGUE + ":x a :A . :A rdfs:subClassOf :B .", ox.RdfFormat.TURTLE)]
    file, closed = tmp_path / f"in.{syntax.extension}", tmp_path / f"out.{syntax.extension}"
    ox.serialize(stated, str(file), syntax.format)
    assert run("reason", str(file), "-o", str(closed)).exit_code == 0
    assert {str(quad.triple) for quad in ox.parse(path=str(closed))} == {
        *map(str, stated),
        "<http://e/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/B>",
    }


def test_blank_nodes_stay_blank_and_each_file_s_own(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, one="_:n a :A . :A rdfs:subClassOf :B .", two="_:n a :C . [] a :C .")
    said = [run("reason", *files, "--format", "ntriples").stdout for _ in range(2)]
    assert said[0] == said[1], "the same files give the same closure"
    typed = [line.split() for line in said[0].splitlines() if line.startswith("_:")]
    assert sorted(line[2] for line in typed) == ["<http://e/A>", "<http://e/B>", "<http://e/C>", "<http://e/C>"]
    assert len({line[0] for line in typed}) == 3


def test_statements_about_triple_terms_are_written_as_they_are(run: Run, tmp_path: Path) -> None:
    done = run("reason", *write(tmp_path, all=":r rdf:reifies <<( :a :b _:c )>> . _:c a :D ."), "--format", "ntriples")
    assert "<<( <http://e/a> <http://e/b> _:b0 )>>" in done.stdout and "_:b0 <http" in done.stdout
    assert "1 statements about triple terms" in done.stderr


def test_what_an_n3_formula_says_is_not_asserted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.n3").write_text("@prefix : <http://e/> . :a :says { :x :p :y } .")
    done = run("reason", str(tmp_path / "a.n3"), "--format", "ntriples")
    assert "<http://e/says>" in done.stdout and "<http://e/p>" not in done.stdout


def test_standard_input_is_read_too(tmp_path: Path) -> None:
    done = CliRunner().invoke(cnrs_kg, ["reason", "-", "--input-format", "turtle"], input=PROLOGUE + ":x a :A .")
    assert done.exit_code == 0 and ":x a :A" in done.stdout, "in the prefixes of the input"


def test_standard_input_needs_a_format(run: Run) -> None:
    done = run("reason", "-")
    assert done.exit_code == 2 and "--input-format" in done.stderr


def test_a_contradiction_is_a_no_with_its_proof(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, rules=RULES, data=":x :p :y ;\n   a :C .")
    done = run("reason", *files, "--check")
    assert done.exit_code == 1
    said = done.stdout.splitlines()
    assert said[0] == "cax-dw <http://e/x> belongs to <http://e/B> and to <http://e/C>, which are disjoint."
    assert f"  {files[1]}:5:6: <http://e/x> rdf:type <http://e/C>" in said, "line and column"
    assert "prp-dom" in done.stdout and f"{files[0]}:4:" in done.stdout
    french = run("reason", *files, "--check", "--lang", "fr")
    assert "disjointes" in french.stdout and "contradictions : 1" in french.stderr


def test_a_contradiction_is_told_without_check_too(run: Run, tmp_path: Path) -> None:
    done = run("reason", *write(tmp_path, rules=RULES, data=":x a :A , :C ."))
    assert done.exit_code == 1 and "which are disjoint" in done.stderr and "a :B" in done.stdout


def test_contradictions_as_json(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, rules=RULES, data=":x a :A , :C . :x :n '01'^^xsd:integer .")
    done = run("reason", *files, "--check", "--format", "json")
    document = json.loads(done.stdout)
    assert_valid("contradictions", document)
    (found,) = document["inconsistencies"]
    assert not document["consistent"] and found["rule"] == "cax-dw"
    assert [one["place"]["line"] for one in found["culprits"]] == [4, 4]
    consistent = json.loads(run("reason", files[0], "--check", "--format", "json").stdout)
    assert consistent["consistent"] and consistent["inconsistencies"] == []


def test_a_literal_that_a_store_would_rewrite_is_found_in_its_file(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, all=":p a owl:FunctionalProperty . :x :p 01 , 02 .")
    done = run("reason", *files, "--check")
    assert done.stdout.count(f"{files[0]}:4:") >= 4, done.stdout


def test_check_and_closure_in_one_run(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "closed.ttl"
    done = run("reason", *write(tmp_path, rules=RULES), "--check", "--format", "json", "-o", str(output))
    assert done.exit_code == 0 and json.loads(done.stdout)["consistent"] and output.exists()


@pytest.mark.parametrize(
    "options",
    [("--format", "json"), ("--check", "--format", "turtle"), ("--lint", "--format", "ntriples")],
)
def test_options_that_do_not_go_together(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run("reason", *write(tmp_path, rules=RULES), *options).exit_code == 2


@pytest.mark.parametrize("name", ["none/closed.ttl", "closed.docx", "."])
def test_an_output_that_cannot_be_written_is_told_before_the_work(run: Run, tmp_path: Path, name: str) -> None:
    done = run("reason", str(tmp_path / "missing.ttl"), "-o", str(tmp_path / name))
    assert isinstance(done.exception, CnrsKgError) and "missing" not in done.exception.detail


def test_what_cannot_be_compiled_is_closed_all_the_same(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, all=":kind rdfs:subPropertyOf rdf:type . :x :kind :A . :A rdfs:subClassOf :B .")
    done = run("reason", *files, "--format", "ntriples", "--inferred")
    assert "closed fact by fact" in done.stderr
    assert triples(PROLOGUE + ":x a :A , :B .", ox.RdfFormat.TURTLE) <= triples(done.stdout)


def test_owlrl_tells_contradictions_in_its_own_words(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, rules=RULES, data=":x a :A , :C .")
    done = run("reason", *files, "--engine", "owlrl", "--check")
    assert done.exit_code == 1 and "Disjoint classes" in done.stdout
    listed = json.loads(run("reason", *files, "--engine", "owlrl", "--check", "--format", "json").stdout)
    assert_valid("contradictions", listed)


def test_owlrl_can_be_asked_instead(run: Run, tmp_path: Path) -> None:
    files = write(tmp_path, all="[] a :A . :A rdfs:subClassOf :B .")
    done = run("reason", *files, "--engine", "owlrl", "--format", "ntriples", "--inferred")
    assert done.exit_code == 0 and "<http://e/B>" in done.stdout


def test_statistics_name_the_rules(run: Run, tmp_path: Path) -> None:
    done = run("reason", *write(tmp_path, rules=RULES, data=":x :p :y ."), "--stats")
    assert "prp-dom" in done.stderr
    one_by_one = write(tmp_path, odd=":kind rdfs:subPropertyOf rdf:type . :x :kind :A .")
    done = run("reason", *one_by_one, "--stats", "--lang", "fr")
    (row,) = [line for line in done.stderr.splitlines() if "│ prp-spo1" in line]
    assert re.search(r"\d\.\d{3}", row) and "secondes" in done.stderr


@pytest.mark.parametrize("option", [("--max-statements", "10"), ("--max-seconds", "0.001")])
def test_an_explosion_ends_and_names_the_axiom(run: Run, tmp_path: Path, option: tuple[str, str]) -> None:
    chain = "".join(f":n{number} :p :n{number + 1} . " for number in range(400))
    done = run("reason", *write(tmp_path, rules=RULES, data=chain), *option)
    assert isinstance(done.exception, ReasoningBudget)
    assert option[0] != "--max-statements" or "the axiom behind it" in done.exception.detail
    assert option[0] in str(done.exception.advice)
    assert option[0] != "--max-statements" or "prp-dom" in done.stderr, "counts by rule"


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
