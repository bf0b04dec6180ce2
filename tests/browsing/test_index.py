"""The index finds names by words, codes and beginnings, and stays equal to one that is built anew."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.browsing.index import READ, Hits, build, opened, search, stamp, update
from cnrs_kg.browsing.names import IDENTIFIER, OTHER, PREFERRED, Entry, Name
from cnrs_kg.rdf.namespaces import CNRS

UNIT, SITE = CNRS("InternationalJointUnit").value, CNRS("Site").value


def thing(iri: str, *names: str, kind: str = UNIT, quality: int = PREFERRED) -> Entry:
    return Entry(f"urn:x:{iri}", kind, tuple(Name(text, "en", quality) for text in names))


CINTRA = Entry(
    "urn:x:cintra",
    UNIT,
    (
        Name("CNRS International NTU Thales Research Alliance", "en", PREFERRED),
        Name("CINTRA", "", OTHER),
        Name("UMI 3288", "", OTHER),
        Name("IRL 3288", "", OTHER),
        Name("200919745C", "", IDENTIFIER),
    ),
)
ENTRIES = [
    CINTRA,
    thing("ipal", "Image and Pervasive Access Lab", "Laboratoire d'image"),
    thing("tokyo", "CNRS office in Tokyo", "Bureau du CNRS à Tokyo"),
    thing("site", "Tokyo, site", kind=SITE),
    thing("city", "Tokyo", kind=CNRS("City").value),
    thing("medicine", "Médecine expérimentale"),
]


@pytest.fixture
def index(tmp_path: Path) -> sqlite3.Connection:
    build(tmp_path / "names.sqlite", ENTRIES, 7, "d")
    return opened(tmp_path / "names.sqlite")


def found(index: sqlite3.Connection, text: str) -> list[str]:
    return [hit.iri.removeprefix("urn:x:") for hit in search(index, text).found]


@pytest.mark.parametrize("text", ["UMI 3288", "umi3288", "IRL3288", "3288", "cintra", "cint", "200919745c", "thal"])
def test_codes_acronyms_and_unfinished_words_are_found(index: sqlite3.Connection, text: str) -> None:
    assert found(index, text) == ["cintra"]


@pytest.mark.parametrize("text", ["medecine", "MÉDECINE", "experimentale médecine", "medec"])
def test_accents_case_and_order_do_not_matter(index: sqlite3.Connection, text: str) -> None:
    assert found(index, text) == ["medicine"]


def test_the_thing_of_that_name_comes_first_then_telling_kinds(index: sqlite3.Connection) -> None:
    assert found(index, "tokyo") == ["city", "site", "tokyo"]  # named so, beginning so, containing it
    assert found(index, "bureau de tokyo") == ["tokyo"]  # small words do not count


def test_an_iri_finds_its_thing(index: sqlite3.Connection) -> None:
    assert found(index, " urn:x:ipal ") == ["ipal"]


def test_where_nothing_has_all_words_some_do(index: sqlite3.Connection) -> None:
    hits = search(index, "nonsense pervasive tokyo")
    assert hits.loose and {hit.iri for hit in hits.found} > {"urn:x:ipal", "urn:x:tokyo"}
    assert not search(index, "nonsense").found


@pytest.mark.parametrize("text", ['"', "*", "a*", "tokyo AND", "NEAR(tokyo)", "words:tokyo", "-tokyo", "'; drop", ""])
def test_the_syntax_of_a_search_has_no_power(index: sqlite3.Connection, text: str) -> None:
    assert isinstance(search(index, text), Hits)


@given(text=st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_searched(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.sqlite"
    if not file.exists():
        build(file, ENTRIES, 1, "d")
    connection = opened(file)
    try:
        assert isinstance(search(connection, text), Hits)
    finally:
        connection.close()


def test_no_more_names_are_read_than_there_is_use_for(tmp_path: Path) -> None:
    many = [thing(str(number), f"unit {number}") for number in range(READ + 50)]
    build(tmp_path / "names.sqlite", many, 1, "d")
    hits = search(opened(tmp_path / "names.sqlite"), "u")
    assert not hits.complete and len(hits.found) <= READ + 60


changes = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from(["Alpha", "Bêta", "beta 2", "gamma"]), unique=True), max_size=6
)


@given(first=changes, then=st.lists(changes, max_size=3))
@settings(max_examples=30, deadline=None)
def test_an_index_brought_up_to_date_finds_what_a_new_one_finds(
    first: dict[str, list[str]], then: list[dict[str, list[str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("index")
    state = {iri: thing(iri, *names) for iri, names in first.items() if names}
    build(directory / "one", state.values(), 1, "1")
    for number, step in enumerate(then, 2):
        changed = {iri: thing(iri, *names) if names else None for iri, names in step.items()}
        update(directory / "one", [(f"urn:x:{iri}", entry) for iri, entry in changed.items()], number, str(number))
        state = {iri: entry for iri, entry in (state | changed).items() if entry is not None}
    build(directory / "other", state.values(), 1 + len(then), str(1 + len(then)))
    one, other = opened(directory / "one"), opened(directory / "other")
    assert stamp(one) == stamp(other)
    for text in ("alpha", "b", "beta", "2", "gam", "beta alpha"):
        assert search(one, text) == search(other, text)
    for connection in (one, other):
        connection.close()
