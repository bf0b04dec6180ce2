"""Citations: the forms are what their readers expect, whatever a title holds."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.publishing.citation import LICENCE_ID, Citation, bibtex, csl, datacite, text
from cnrs_kg.publishing.described import MAINTAINERS

from ..conftest import PROJECT

DAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
PLAIN = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
PLAIN |= {r"\textbraceleft{}": "{", r"\textbraceright{}": "}"} | {"\\" + one: one for one in "$&#%_"}
LATEX = re.compile("|".join(map(re.escape, PLAIN)))
CSL_KEYS = {"id", "type", "title", "author", "container-title", "publisher", "issued", "version", "URL", "language"}


def cited(
    title: str = "CINTRA", query: str | None = None, url: str = "https://kg.example/doc/unit/cintra?version=3"
) -> Any:
    return Citation("unit/cintra", url, 3, DAY, "abc", {"en": title, "fr": title}, query)


def entry(written: str) -> tuple[str, str, dict[str, str]]:
    """An entry of BibTeX by its grammar: type, key, fields; values in balanced braces, or bare words."""
    head = re.match(r"@(\w+)\{([A-Za-z0-9-]+),\n", written)
    assert head is not None and written.endswith("\n}\n")
    fields, place = {}, head.end()
    while written[place] != "}":
        name = re.compile(r"  (\w+) = ").match(written, place)
        assert name is not None, written[place:]
        end = closing(written, name.end()) if written[name.end()] == "{" else written.index(",", name.end())
        fields[name[1]] = written[name.end() : end]
        assert written[end : end + 2] == ",\n"
        place = end + 2
    return head[1], head[2], fields


def closing(written: str, place: int) -> int:
    """After the brace that closes the one here; TeX counts escaped ones too."""
    depth = 0
    while True:
        depth += {"{": 1, "}": -1}.get(written[place], 0)
        place += 1
        if depth == 0:
            return place


def plain(value: str) -> str:
    """What TeX prints; fails at a special character that is not escaped."""
    inner = value.removeprefix("{{").removesuffix("}}")
    assert not re.search(r"[{}$&#%_^~\\]", LATEX.sub("", inner)), inner
    return LATEX.sub(lambda found: PLAIN[found[0]], inner)


def test_an_entry_of_bibtex() -> None:
    kind, key, fields = entry(bibtex(cited(), "fr"))
    assert (kind, key) == ("misc", "cnrs-kg-unit-cintra-v3")
    assert fields == {
        "author": f"{{{{{MAINTAINERS}}}}}",
        "title": "{{CINTRA}}",
        "howpublished": "{Graphe de connaissances du CNRS}",
        "year": "{2026}",
        "month": "nov",
        "version": "{3}",
        "url": "{https://kg.example/doc/unit/cintra?version=3}",
        "copyright": "{CC BY 4.0}",
    }


def test_a_version_as_a_whole() -> None:
    whole = Citation("", "https://kg.example/versions/3", 3, DAY, "abc")
    assert entry(bibtex(whole, "en"))[1] == "cnrs-kg-v3"
    assert "container-title" not in csl(whole, "en")[0]
    assert text(whole, "en", "28 November 2026") == (
        f"{MAINTAINERS} (2026). CNRS Knowledge Graph, version 3 (28 November 2026). https://kg.example/versions/3 "
        "CC BY 4.0."
    )


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).map(lambda inner: f"a {inner} é"))
def test_any_title_is_escaped_for_tex(title: str) -> None:
    found = cited(title)
    assert plain(entry(bibtex(found, "en"))[2]["title"]) == found.title("en")
    assert found.title("en").isprintable()


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (
            "R&D 100 % #1 a_b $5 ~ ^ \\",
            r"R\&D 100 \% \#1 a\_b \$5 \textasciitilde{} \textasciicircum{} \textbackslash{}",
        ),
        ("Unité « Évry »", "Unité « Évry »"),
        ("a\nb\x00\tc {", r"a b c \textbraceleft{}"),
    ],
)
def test_titles_for_tex(title: str, written: str) -> None:
    assert entry(bibtex(cited(title), "en"))[2]["title"] == f"{{{{{written}}}}}"


def test_csl_has_the_members_of_its_schema() -> None:
    (found,) = csl(cited(query="ASK {}"), "fr")
    assert found.keys() == CSL_KEYS | {"note"}
    assert found["type"] == "dataset" and found["issued"] == {"date-parts": [[2026, 11, 28]]}
    assert found["author"] == [{"literal": MAINTAINERS}] and found["language"] == "fr"


def test_the_digest_of_a_query_is_told_in_each_form() -> None:
    found = cited(query="SELECT * { ?s ?p ?o }")
    digest = found.query_digest
    assert digest == sha256(b"SELECT * { ?s ?p ?o }").hexdigest()
    assert digest in text(found, "fr", "28 novembre 2026") and digest in entry(bibtex(found, "en"))[2]["note"]
    assert digest in [one["alternateIdentifier"] for one in datacite(found)["alternateIdentifiers"]]
    assert digest in csl(found, "en")[0]["note"]


def test_datacite_has_the_mandatory_members() -> None:
    found = datacite(cited())
    assert found["types"]["resourceTypeGeneral"] == "Dataset" and found["publicationYear"] == 2026
    assert found["creators"] and found["titles"][0]["lang"] == "en" and found["publisher"]["name"]
    assert found["identifiers"] == [{"identifier": found["url"], "identifierType": "URL"}]


def test_it_agrees_with_the_citation_file() -> None:
    file = yaml.safe_load(Path(PROJECT / "CITATION.cff").read_text())
    assert [one["name"] for one in file["authors"]] == [MAINTAINERS]
    assert "CC BY 4.0" in file["abstract"] and LICENCE_ID == "CC-BY-4.0"
