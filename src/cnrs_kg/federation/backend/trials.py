"""A few statements and queries on them that tell whether an engine means by SPARQL what its specification says.

https://www.w3.org/TR/sparql11-query/
"""

from collections.abc import Iterator

import pyoxigraph as ox

GRAPH, NAMED = "urn:cnrs-kg:trial", "urn:cnrs-kg:trial:named"
"""The graphs there with the statements: one to be the default graph, one to be named."""
DATA = """
    <x:a> <x:p> <x:b> ; <x:n> 1, 2.25 ; <x:name> "Été"@fr, "summer"@en, "a\\nb" ; <x:on> "2016-01-01"^^xsd:date .
    <x:b> <x:p> <x:c> ; <x:n> 3 ; <x:on> "2016-06-15"^^xsd:date ; <x:q> true .
    <x:c> <x:p> <x:c>, <x:a> ; <x:name> "c" ; <x:q> false ; <x:at> "2016-06-15T12:30:00Z"^^xsd:dateTime .
"""
NAMED_DATA = "<x:a> <x:p> <x:b> . <x:z> <x:p> <x:a> ."
QUERIES = (
    "SELECT ?s { ?s <x:p> ?s }",
    "SELECT ?s ?p { ?s ?p ?s }",
    "SELECT ?s ?o { ?s <x:p> ?o . ?o <x:p> ?s }",
    "SELECT ?s ?n { ?s <x:p> ?o OPTIONAL { ?s <x:n> ?n FILTER(?n > 2) } }",
    "SELECT ?s ?n ?m { ?s <x:p> ?o OPTIONAL { ?o <x:n> ?n } OPTIONAL { ?s <x:n> ?m FILTER(?m < ?n) } }",
    "SELECT ?s { ?s <x:p> ?o MINUS { ?s <x:name> ?name } }",
    "SELECT ?s { ?s <x:p> ?o MINUS { ?x <x:name> ?y } }",
    "SELECT ?s { ?s <x:p> ?o FILTER NOT EXISTS { ?o <x:n> ?n FILTER(?n < 3) } }",
    "SELECT ?s ?o { VALUES (?s ?o) { (<x:a> UNDEF) (UNDEF <x:c>) } ?s <x:p> ?o }",
    "SELECT ?s ?v { ?s <x:p> ?s VALUES ?v { 1 UNDEF } VALUES ?v { 1 2 } }",
    "SELECT ?s ?n { ?s <x:p> ?o { SELECT ?s (MAX(?m) AS ?n) { ?s <x:n> ?m } GROUP BY ?s } }",
    "SELECT ?w ?s { ?w <x:p> ?w { SELECT ?s { ?v <x:n> 3 . ?s <x:p> ?v } } }",
    "SELECT (COUNT(*) AS ?n) (SUM(?x) AS ?s) { ?y <x:none> ?x }",
    "SELECT ?s (COUNT(?n) AS ?c) (AVG(?n) AS ?mean) { ?s <x:p> ?o OPTIONAL { ?s <x:n> ?n } } GROUP BY ?s",
    "SELECT ?s { ?s <x:n> ?n } GROUP BY ?s HAVING (COUNT(?n) > 1)",
    "SELECT (COUNT(DISTINCT ?o) AS ?n) { { ?s <x:p> ?o } UNION { ?s <x:n> ?o } }",
    "SELECT ?o { <x:a> <x:p>+ ?o }",
    "SELECT ?s ?o { ?s <x:p>* ?o . ?s <x:n> 3 }",
    "SELECT ?s ?o { ?s ^<x:p>/<x:n> ?o }",
    "SELECT ?s ?o { ?s (<x:n>|<x:q>) ?o }",
    "SELECT ?s ?o { ?s !(<x:n>|<x:name>|<x:on>|<x:at>) ?o }",
    "SELECT DISTINCT ?o { ?s <x:p>/<x:p> ?o }",
    "SELECT ?s { ?s <x:on> ?on FILTER(?on > '2016-01-01'^^<http://www.w3.org/2001/XMLSchema#date>) }",
    "SELECT ?s ?y ?m { ?s <x:at> ?t BIND(YEAR(?t) AS ?y) BIND(MONTH(?t) AS ?m) }",
    "SELECT ?s ?q { ?s <x:q> ?q FILTER(?q) }",
    "SELECT ?s { ?s <x:q> false }",
    "SELECT ?s ?name { ?s <x:name> ?name FILTER(LANGMATCHES(LANG(?name), 'FR')) }",
    "SELECT ?s ?l ?u { ?s <x:name> ?name BIND(STRLEN(?name) AS ?l) BIND(UCASE(?name) AS ?u) }",
    "SELECT ?s ?b { ?s <x:name> ?name BIND(STRBEFORE(?name, 'm') AS ?b) FILTER REGEX(?name, '^SU', 'i') }",
    "SELECT ?s ?r { ?s <x:name> ?name BIND(REPLACE(STR(?name), 'm+', '-') AS ?r) }",
    "SELECT ?s ?x { ?s <x:p> ?o OPTIONAL { ?s <x:n> ?n } BIND(COALESCE(?n / 2, 'none') AS ?x) }",
    "SELECT ?s ?x { ?s <x:n> ?n BIND(IF(?n IN (1, 3), ?n + 1, ?n + 10) AS ?x) }",
    "SELECT ?s ?e { ?s <x:n> ?n BIND(EXISTS { ?s <x:q> true } AS ?e) }",
    "SELECT ?g ?s { GRAPH ?g { ?s <x:p> ?o } ?s <x:n> ?n }",
    "SELECT ?s { ?s <x:p> ?o FILTER NOT EXISTS { GRAPH ?g { ?s <x:p> ?o } } }",
    "SELECT ?n { ?s <x:n> ?n } ORDER BY DESC(?n) LIMIT 2 OFFSET 1",
)


def statements() -> Iterator[ox.Quad]:
    """The statements, in the graphs in which they are to be there."""
    for data, graph in ((DATA, GRAPH), (NAMED_DATA, NAMED)):
        prefixed = f"@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . {data}"
        for quad in ox.parse(prefixed, ox.RdfFormat.TURTLE):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def answers() -> Iterator[tuple[str, tuple[str, ...], list[str]]]:
    """Each query with its variables and the rows that answer it, as SPARQL writes them."""
    store = ox.Store()
    store.extend(statements())
    graphs = {"default_graph": ox.NamedNode(GRAPH), "named_graphs": [ox.NamedNode(NAMED)]}
    for text in QUERIES:
        found = store.query(text, **graphs)  # type: ignore[arg-type]
        assert isinstance(found, ox.QuerySolutions)
        variables = tuple(variable.value for variable in found.variables)
        yield text, variables, [" ".join("UNDEF" if term is None else str(term) for term in row) for row in found]
