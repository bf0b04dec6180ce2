"""One shape for each feature of SHACL by which a change is traced back, over nodes a, b, c and properties p, q."""

import pyoxigraph as ox

PREFIXES = """
@prefix e: <http://example.org/> .
@prefix ours: <https://w3id.org/cnrs-kg/shapes#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_THING = "e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:property e:P . e:P "
_NODE = "e:S a sh:NodeShape ; sh:targetClass e:Thing ; "

FEATURES = {
    "class target": _NODE + "sh:nodeKind sh:Literal .",
    "subjects target": "e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:nodeKind sh:Literal .",
    "objects target": "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ; sh:nodeKind sh:Literal .",
    "node target": "e:S a sh:PropertyShape ; sh:targetNode e:a , 1 ; sh:path e:p ; sh:minCount 1 .",
    "implicit class target": """e:Thing a sh:NodeShape , <http://www.w3.org/2000/01/rdf-schema#Class> ;
        sh:property [ sh:path e:p ; sh:minCount 1 ] .""",
    "predicate": _THING + "sh:path e:p ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI .",
    "inverse": _THING + "sh:path [ sh:inversePath e:p ] ; sh:minCount 1 .",
    "sequence": _THING + "sh:path ( e:p e:q ) ; sh:minCount 1 ; sh:maxCount 1 .",
    "inverse of a sequence": _THING + "sh:path [ sh:inversePath ( e:p e:q ) ] ; sh:minCount 1 .",
    "sequence of inverses": _THING + "sh:path ( [ sh:inversePath e:p ] e:q ) ; sh:nodeKind sh:IRI .",
    "alternative": _THING + "sh:path [ sh:alternativePath ( e:p [ sh:inversePath e:q ] ) ] ; sh:maxCount 1 .",
    "zero or more": _THING + "sh:path [ sh:zeroOrMorePath e:p ] ; sh:maxCount 2 .",
    "one or more": _THING + "sh:path [ sh:oneOrMorePath e:p ] ; sh:class e:Part .",
    "zero or one": _THING + "sh:path ( [ sh:zeroOrOnePath e:p ] e:q ) ; sh:minCount 1 .",
    "repeated, then a step": _THING + "sh:path ( [ sh:zeroOrMorePath e:p ] e:q ) ; sh:minCount 1 .",
    "repeated backwards": _THING + "sh:path [ sh:oneOrMorePath [ sh:inversePath e:p ] ] ; sh:maxCount 1 .",
    "repeated sequence": _THING + "sh:path [ sh:oneOrMorePath ( e:p e:q ) ] ; sh:nodeKind sh:IRI .",
    "class": _THING + "sh:path e:p ; sh:class e:Part .",
    "class above": _THING + "sh:path e:p ; sh:class e:Thing .",
    "has value": _THING + "sh:path e:p ; sh:hasValue e:b .",
    "unique language": _THING + "sh:path e:p ; sh:uniqueLang true .",
    "equals": _THING + "sh:path e:p ; sh:equals e:q .",
    "equals over a path": _THING + "sh:path ( e:p e:p ) ; sh:equals e:q .",
    "disjoint": _THING + "sh:path e:p ; sh:disjoint e:q .",
    "less than": _THING + "sh:path e:p ; sh:lessThan e:q .",
    "node": _THING + "sh:path e:p ; sh:node [ sh:property [ sh:path e:q ; sh:minCount 1 ] ] .",
    "property in a property": _THING + "sh:path e:p ; sh:property [ sh:path e:q ; sh:maxCount 0 ] .",
    "not": _THING + "sh:path e:p ; sh:not [ sh:class e:Part ] .",
    "and": _NODE + "sh:and ( [ sh:property [ sh:path e:p ; sh:minCount 1 ] ] [ sh:class e:Part ] ) .",
    "or": _NODE + "sh:or ( [ sh:property [ sh:path e:p ; sh:minCount 1 ] ] [ sh:class e:Part ] ) .",
    "xone": _NODE + "sh:xone ( [ sh:property [ sh:path e:p ; sh:minCount 1 ] ] [ sh:class e:Part ] ) .",
    "closed": _NODE + "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path e:p ] .",
    "closed values": _THING
    + "sh:path e:p ; sh:node [ sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path e:p ] ] .",
    "closed property": _THING + "sh:path e:p ; sh:closed true ; sh:ignoredProperties ( rdf:type e:p ) .",
    "qualified": _THING
    + "sh:path e:p ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShape [ sh:class e:Part ] .",
    "qualified, disjoint from siblings": _NODE
    + """sh:property [ sh:path e:p ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ;
            sh:qualifiedValueShapesDisjoint true ; sh:qualifiedValueShape [ sh:class e:Thing ] ] ,
        [ sh:path e:r ; sh:qualifiedMaxCount 3 ;
            sh:qualifiedValueShape [ sh:property [ sh:path e:q ; sh:minCount 1 ] ] ] .""",
    "SPARQL, paths declared": _NODE
    + """sh:sparql [ ours:reads e:p , ( e:p e:q ) ;
        sh:select "SELECT $this ?value WHERE { $this <http://example.org/p>/<http://example.org/q> ?value }" ] .""",
    "SPARQL of value nodes": _THING
    + """sh:path e:p ; sh:node [ sh:sparql [ ours:reads [ sh:inversePath e:q ] ;
        sh:select "SELECT $this WHERE { ?other <http://example.org/q> $this }" ] ] .""",
    "SPARQL, paths unknown": _NODE
    + """sh:sparql [
        sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?other . ?other ?any ?value }" ] .""",
    "SPARQL target": """e:S a sh:NodeShape ; sh:nodeKind sh:Literal ;
        sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE { ?this <http://example.org/p> ?any }" ] .""",
}


def triples(text: str) -> tuple[ox.Triple, ...]:
    """The statements of Turtle with the prefixes of this module."""
    return tuple(quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE))


SHAPES = {name: triples(text) for name, text in FEATURES.items()}
