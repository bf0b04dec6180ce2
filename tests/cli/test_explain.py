"""`cnrs-kg explain` on the published graph."""

import json
from pathlib import Path

import jsonschema
import pyoxigraph as ox
import pytest
from referencing import Registry, Resource

from cnrs_kg.errors import RdfSyntaxError

from .conftest import Run

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
MEMBER = ("id:unit/cintra", "org:hasMember", "id:institute/insis")


def test_a_proof_goes_down_to_lines_of_files(run: Run) -> None:
    done = run("explain", *MEMBER)
    assert done.exit_code == 0, done.output
    assert "prp-spo1" in done.stdout and "cnrs-claim" in done.stdout
    assert "data/steering-international-policy.ttl:" in done.stdout
    assert "ontology/alignments/org.ttl:" in done.stdout


def test_the_place_is_where_the_file_says_it(run: Run) -> None:
    found = json.loads(run("explain", *MEMBER, "--format", "json").stdout)
    places = []
    waiting = [found]
    while waiting:
        step = waiting.pop()
        waiting += step["premises"]
        if step["place"]:
            places.append((step["place"], step["statement"]["object"]["value"]))
    assert places
    for place, value in places:
        line = (Path(__file__).parents[2] / place["file"]).read_text(encoding="utf-8").splitlines()[place["line"] - 1]
        token = line[place["column"] - 1 : place["endColumn"] - 1]
        assert token.strip("<>").rpartition(":")[2].rpartition("/")[2].rpartition("#")[2] in value


def test_the_json_is_a_proof_of_the_contract(run: Run) -> None:
    registry = Registry().with_resources(
        (document["$id"], Resource.from_contents(document))
        for document in (json.loads(path.read_text()) for path in SCHEMAS.glob("*.json"))
    )
    schema = json.loads((SCHEMAS / "proof.schema.json").read_text())
    found = json.loads(run("explain", *MEMBER, "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema, registry=registry).validate(found)


def test_the_turtle_reifies_each_statement(run: Run) -> None:
    done = run("explain", *MEMBER, "--format", "turtle")
    quads = list(ox.parse(done.stdout, ox.RdfFormat.TURTLE))
    reified = [quad.object for quad in quads if quad.predicate.value.endswith("#reifies")]
    assert len(reified) > 5 and all(isinstance(term, ox.Triple) for term in reified)


def test_french_speaks_french(run: Run) -> None:
    assert "une affirmation valable ce jour" in run("explain", *MEMBER, "--lang", "fr").stdout


def test_what_does_not_hold_is_a_no_with_what_does(run: Run) -> None:
    done = run("explain", "id:unit/cintra", "org:hasMember", "id:institute/insb")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "id:institute/insis" in done.stderr


def test_several_proofs(run: Run) -> None:
    found = json.loads(
        run("explain", "id:unit/cintra", "a", "org:Organization", "--proofs", "5", "--format", "json").stdout
    )
    assert len(found) > 1 and len({json.dumps(one["premises"]) for one in found}) == len(found)


@pytest.mark.parametrize("subject", ["((((", "nobody:knows", ""])
def test_what_is_no_term_is_a_failure(run: Run, subject: str) -> None:
    done = run("explain", subject, "a", "org:Organization")
    assert isinstance(done.exception, RdfSyntaxError)
