"""Queries that crash pyoxigraph 0.5.13, take all memory, or never end, and updates with the same patterns."""

NESTING = 100_000
CHAIN = 10_500
PREFIXES = "PREFIX : <http://example.org/> "


def select(pattern: str) -> str:
    return f"{PREFIXES}SELECT * WHERE {{ {pattern} }}"


def nested(opening: str, middle: str, closing: str, depth: int = NESTING) -> str:
    return select(opening * depth + middle + closing * depth)


def crossed(head: str, tail: str = "", factors: int = 12) -> str:
    pattern = " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(factors))
    return f"{PREFIXES}SELECT {head} WHERE {{ {pattern} }} {tail}"


def doubled(expression: str, times: int = 60) -> str:
    """A value that doubles `times` times."""
    steps = " ".join(f"BIND({expression.replace('?x', f'?x{i}')} AS ?x{i + 1})" for i in range(times))
    return select(f'BIND("abcdefgh" AS ?x0) {steps}')


REFUSED = {
    "groups": (nested("{", "?s ?p ?o", "}"), "query_nesting"),
    "groups, unclosed": (select("{" * NESTING), "query_nesting"),
    "parentheses": (nested("FILTER(" + "(" * 10, "1", ")" * 11, 2000), "query_nesting"),
    "parentheses after less-than": (select("FILTER(?s<" + "(" * 3000 + "1" + ")" * 3000 + ">2)"), "query_nesting"),
    "calls": (select("BIND(" + "STR(" * 3000 + "1" + ")" * 3000 + " AS ?x)"), "query_nesting"),
    "negations": (select("FILTER(" + "!" * NESTING + "true)"), "query_nesting"),
    "signs": (select("BIND(" + "- " * NESTING + "1 AS ?x)"), "query_nesting"),
    "sub-selects": (nested("{ SELECT * WHERE {", "?s ?p ?o", "}}", 3000), "query_nesting"),
    "EXISTS": (nested("?s ?p ?o FILTER EXISTS {", "", "}", 3000), "query_nesting"),
    "OPTIONAL inside OPTIONAL": (nested("?s ?p ?o OPTIONAL {", "", "}", 3000), "query_nesting"),
    "triple terms": (select("?s ?p " + "<<( ?a ?b " * 3000 + "1" + ")>>" * 3000), "query_nesting"),
    "paths": (select("?s " + "^(" * 3000 + ":p" + ")" * 3000 + " ?o"), "query_nesting"),
    "UNION": (select(" UNION ".join(["{}"] * 2 * CHAIN)), "query_operators"),
    "or": (select(f"FILTER({' || '.join(['?s=1'] * 2 * CHAIN)})"), "query_operators"),
    "plus": (select(f"BIND({'+'.join(['1'] * 2 * CHAIN)} AS ?x)"), "query_operators"),
    "bindings": (select(" ".join(f"BIND(1 AS ?x{i})" for i in range(CHAIN))), "query_operators"),
    "MINUS": (select("?s ?p ?o " + "MINUS{}" * 2 * CHAIN), "query_operators"),
    "two megabytes": (select("?s ?p ?o") + " " * 2_000_000, "query_bytes"),
    "SERVICE": (select("SERVICE <http://192.0.2.1/> { ?s ?p ?o }"), "service_allow"),
    "SERVICE SILENT": (select("SERVICE SILENT <http://192.0.2.1/> { ?s ?p ?o }"), "service_allow"),
    "SERVICE with a variable": (select("?s ?p ?e SERVICE ?e { ?s ?p ?o }"), "service_allow"),
    "too many merged graphs": (
        PREFIXES + "SELECT * " + "".join(f"FROM :g{i} " for i in range(300)) + "{ ?s ?p ?o }",
        "merge_triples",
    ),
}
"""Refused before pyoxigraph sees them, or while the dataset is made; with the limit that is named."""

HEAVY = {
    "lists in lists": select("?s ?p " + "(" * 300 + "1" + ")" * 300),
    "a long list": select("?s ?p (" + "1 " * 400 + ")"),
    "reified triples": select("?s ?p " + "<< ?a ?b " * 300 + "1" + " >>" * 300),
    "annotations": select("?s ?p ?o " + "{| :p 1 " * 300 + "|}" * 300),
    "a chain of UNION": select(" UNION ".join(["{?s ?p ?o}"] * 9_000)),
    "a chain of plus": select("BIND(" + "+".join(["1"] * 15_000) + " AS ?x)"),
    "a path of a thousand steps": select("?s " + "/".join([":p"] * 1000) + " ?o"),
    "a thousand joins": select(" ".join(f"?s{i} :p ?s{i + 1} ." for i in range(1000))),
    "four hundred objects": select("?s ?p " + ",".join(["?o"] * 400)),
    "hundreds of OPTIONAL": select("?s ?p ?o " + "OPTIONAL { ?s ?p ?o } " * 400),
    "hundreds of OPTIONAL with filters": select("?s ?p ?o " + "OPTIONAL { ?s ?q ?x FILTER(?x) } " * 400),
    "hundreds of VALUES": select("VALUES ?x { 1 } " * 400),
    "COUNT of a cross product": crossed("(COUNT(*) AS ?n)"),
    "COUNT DISTINCT of a cross product": crossed("(COUNT(DISTINCT *) AS ?n)"),
    "ORDER BY of a cross product": crossed("*", "ORDER BY ?o0"),
    "GROUP BY of a cross product": crossed(
        "?s0 ?s1 ?s2 ?s3 (COUNT(*) AS ?n) (SAMPLE(?o4) AS ?x)", "GROUP BY ?s0 ?s1 ?s2 ?s3"
    ),
    "GROUP_CONCAT of a cross product": crossed('(GROUP_CONCAT(?o0; separator="................") AS ?x)'),
    "DISTINCT of a cross product": crossed("DISTINCT *"),
    "a cross product that fails late": crossed("*").replace("}", "FILTER(STR(?o0) = CONCAT(STR(?o11), 'no')) }"),
    "OFFSET of a cross product": crossed("*", "OFFSET 100000000000 LIMIT 1"),
    "all of a cross product": crossed("*"),
    "CONSTRUCT of a cross product": crossed("*").replace(
        "SELECT *", "CONSTRUCT { ?s0 ?p1 ?o2 . ?o2 :q ?s0 . ?s3 ?p4 ?o5 }"
    ),
    "DESCRIBE of a cross product": crossed("*").replace("SELECT *", "DESCRIBE *"),
    "CONCAT doubling": doubled("CONCAT(?x, ?x)"),
    "CONCAT doubling with UCASE": doubled("CONCAT(UCASE(?x), LCASE(?x))"),
    "REPLACE multiplying": doubled('REPLACE(?x, "a", "aaaaaaaaaaaaaaaa")', 12),
    "ENCODE_FOR_URI multiplying": doubled("ENCODE_FOR_URI(CONCAT('é', ?x, ?x))", 40),
    "VALUES times VALUES": select(" ".join(f"VALUES ?v{i} {{ {'1 2 3 4 5 6 7 8 ' * 20} }}" for i in range(6))),
    "paths over cycles, both ways": PREFIXES + "SELECT (COUNT(*) AS ?n) { ?a (:p|^:p)* ?b . ?b (:p|^:p)* ?c }",
    "stars of stars": PREFIXES + "SELECT (COUNT(*) AS ?n) { ?a (((:p*)*/:p*)*)+ ?b . ?b ((:p+)+)* ?c . ?c :p* ?d }",
    "a path of stars": PREFIXES + "SELECT (COUNT(*) AS ?n) { ?a " + "/".join([":p*"] * 40) + " ?b }",
    "not-in paths": PREFIXES + "SELECT (COUNT(*) AS ?n) { ?a (!(:q|^:q))* ?b . ?b (!:q)* ?c . ?c (!^:q)* ?d }",
    "a regular expression that grows": doubled('IF(REGEX(?x, "(.*)*(.*)*(.*)*z"), 1, CONCAT(?x, ?x))'),
    "sub-selects side by side": select(
        " ".join(f"{{ SELECT (COUNT(*) AS ?n{i}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} }}" for i in range(50))
    ),
    "EXISTS for each row": crossed("*").replace("}", "FILTER NOT EXISTS { ?o0 :p ?y0 . ?x1 ?y1 ?z1 . ?x2 :q ?z2 } }"),
    "hashing what doubles": doubled("CONCAT(SHA512(?x), ?x, ?x)"),
}
"""Accepted by the guards; whoever gets them needs a deadline and a limit of memory and of results."""

COSTLY = {
    "a chain of or": select("?s ?p ?o FILTER(" + "||".join(["?s=1"] * 9_000) + ")"),
    "blank nodes in blank nodes": select("?s ?p " + "[ :p " * 300 + "1" + "]" * 300),
    "thousands of filters": select("?s ?p ?o " + "FILTER(?s != 1) " * 4000),
    "a regular expression of repetitions": crossed("*").replace(
        "}", 'FILTER(REGEX(STR(?o0), "((((a{0,30}){0,30}){0,30}x?)+)+$")) }'
    ),
}
"""Ended by the deadline on a slow machine, answered just before it on a fast one: preparing them is what takes time."""

HARMLESS = {
    "nothing": "",
    "a megabyte of comment": "#" * 1_000_000 + "\nASK {}",
    "a megabyte of quotes": select('?s ?p "' + '\\"' * 400_000),
    "a megabyte of dots": select("?s ?p " + "a." * 400_000),
    "many values": select("VALUES ?x { " + "1 " * 90_000 + "}"),
    "a long string": select(f'BIND("{"x" * 900_000}" AS ?x)'),
    "a null character": select('BIND("\x00" AS ?x)'),
    "half a surrogate pair": select('BIND("\ud800" AS ?x)'),
    "a long number": select("BIND(" + "9" * 100_000 + " * " + "9" * 100_000 + " AS ?x)"),
    "a hundred thousand group elements": select("{} " * 100_000),
    "a regular expression too large": select('BIND(REGEX("a", "((a{1000}){1000}){1000}") AS ?x)'),
    "groups within the limit": nested("{", "?s ?p ?o", "}", 990),
    "a wrong dataset": "SELECT * FROM <no iri> FROM <:> { ?s ?p ?o }",
    "an update": "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "a bomb of prefixes": "".join(f"PREFIX p{i}: <urn:{i}> " for i in range(20_000)) + "ASK {}",
}
"""Answered or refused at once; here so that they stay so."""
