"""Things under several names, as shapes judge them (decision 9)."""

import pytest

from cnrs_kg.validation.judge import judge

from .test_judge import triples

SHAPES = """
e:Unit a sh:NodeShape ; sh:targetClass e:Unit ; sh:property e:Unit-one , e:Unit-own , e:Unit-side .
e:Unit-one sh:path e:host ; sh:maxCount 1 .
e:Unit-own sh:path e:record ; sh:pattern "^urn:record:" .
e:Unit-side sh:path e:member ; sh:node e:Side .
e:Side a sh:NodeShape ; sh:in ( e:cnrs ) .
"""
SAME = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
e:cnrs owl:sameAs <urn:record:1> . <urn:record:1> owl:sameAs e:cnrs .
"""


@pytest.mark.parametrize(
    "text",
    ["e:host e:cnrs , <urn:record:1>", "e:record <urn:record:1> , e:cnrs", "e:member e:cnrs , <urn:record:1>"],
    ids=["count", "pattern", "node"],
)
def test_a_thing_counts_once_and_conforms_by_one_of_its_names(text: str) -> None:
    assert judge(triples(f"e:u a e:Unit ; {text} ."), triples(SHAPES))
    assert judge(triples(f"e:u a e:Unit ; {text} . {SAME}"), triples(SHAPES)) == ()


@pytest.mark.parametrize(
    "text",
    ["e:host e:cnrs , e:other", "e:host 'a' , 'b'", "e:record e:cnrs", "e:record e:other", "e:member <urn:record:1>"],
)
def test_what_no_name_mends_is_told(text: str) -> None:
    assert judge(triples(f"e:u a e:Unit ; {text} . {SAME}"), triples(SHAPES))
