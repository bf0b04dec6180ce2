"""Quad templates."""

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.update_syntax import parse_update
from cnrs_kg.engine.update_template import Template, read_template, solution_values
from cnrs_kg.rdf.terms import stored_quad

XSD = "http://www.w3.org/2001/XMLSchema#"


def template(block: str) -> Template:
    (operation,) = parse_update(f"PREFIX : <urn:> INSERT {block} WHERE {{}}")
    return read_template(operation.blocks["INSERT"], operation.prologue)


def fill(found: Template, select: str) -> list[list[ox.Quad]]:
    solutions = ox.Store().query(select)
    assert isinstance(solutions, ox.QuerySolutions)
    return [list(found.fill(solution_values(solution, found.variables))) for solution in solutions]


def test_variables_stand_in_every_place() -> None:
    found = template("{ GRAPH ?g { ?s $p <<( ?s ?p ?o )>> } }")
    assert found.variables == {"g", "s", "p", "o"}
    ((quad,),) = fill(found, "SELECT * { VALUES (?g ?s ?p ?o) { (<urn:g> <urn:s> <urn:p> 1) } }")
    one = ox.Literal("1", datatype=ox.NamedNode(XSD + "integer"))
    s, p, g = map(ox.NamedNode, ("urn:s", "urn:p", "urn:g"))
    assert quad == ox.Quad(s, p, ox.Triple(s, p, one), g)


def test_blank_nodes_are_new_for_each_solution() -> None:
    first, second = fill(template("{ _:b :p [ :q _:b ] }"), "SELECT * { VALUES ?x { 1 2 } }")
    assert len({quad.subject for quad in first}) == len({quad.subject for quad in second}) == 2
    assert not {quad.subject for quad in first} & {quad.subject for quad in second}


@pytest.mark.parametrize(
    "value",
    [
        f"STRDT('01', <{XSD}integer>)",
        f"'+5'^^<{XSD}int>",
        "STRLANG('a', 'en-GB')",
        f"STRDT('1', <{XSD}boolean>)",
        f"'2020-01-01T00:00:00+00:00'^^<{XSD}dateTime>",
        "1.50 + 1",
        "<<( <urn:a> <urn:b> 01 )>>",
    ],
)
def test_values_are_stored_forms(value: str) -> None:
    ((quad,),) = fill(template("{ :s :p ?x }"), f"SELECT ({value} AS ?x) {{}}")
    assert quad == stored_quad(quad)


def test_a_literal_is_no_subject_predicate_or_graph() -> None:
    assert fill(
        template("{ ?x :p 1 . :s ?x 1 . GRAPH ?x { :s :p 1 } :s :p <<( ?x :p 1 )>> }"), "SELECT (1 AS ?x) {}"
    ) == [[]]
