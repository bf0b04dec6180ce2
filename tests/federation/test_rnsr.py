"""RNSR's rows as statements: lists by position, cells with more than an address, codes of panels."""

import pyoxigraph as ox
import pytest

from cnrs_kg.federation.records import HarvestError, Notes
from cnrs_kg.federation.rnsr import COLUMNS, RECORD, RNSR
from cnrs_kg.rdf.namespaces import DCTERMS, ORG, SCHEMA, SKOS

from . import reading

HEAD = ";".join(COLUMNS)


def read(**cells: str) -> tuple[set[ox.Triple], Notes]:
    made = {"numero_national_de_structure": "199612400A", "libelle": "Laboratoire de tout", **cells}
    row = ";".join(f'"{made.get(name, "")}"' for name in COLUMNS)
    return reading.read(RNSR, f"\ufeff{HEAD}\r\n{row}\r\n".encode())


def texts(triples: set[ox.Triple], predicate: ox.NamedNode) -> set[str]:
    return {triple.object.value for triple in triples if triple.predicate == predicate}  # type: ignore[union-attr]


def test_items_of_lists_are_taken_once_and_empty_ones_left() -> None:
    found, _ = read(label_numero="UMR 7;UMR 7;;EA 12;", tutelles="CNRS;;Université Angers", code_panel_erc="PE1;;SH2")
    assert texts(found, SKOS("notation")) == {"UMR 7", "EA 12"}
    assert texts(found, SCHEMA("parentOrganization")) == {"CNRS", "Université Angers"}
    assert texts(found, DCTERMS("subject")) == {"PE1", "SH2"}


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("http://www.fpl.math.cnrs.fr/", True),
        ("www.lab.fr", True),
        ("voir http://a.fr et http://b.fr", False),
        ("jean.dupont@lab.fr", False),
        ("http://a.fr\thttp://b.fr", False),
        ("http://a.fr/?mail=jean@lab.fr", False),
        ("en cours", False),
    ],
)
def test_a_site_is_one_address_and_nothing_personal(cell: str, kept: bool) -> None:
    found, notes = read(site_web=cell)
    assert bool(texts(found, SCHEMA("url"))) == kept
    assert "dupont" not in " ".join(map(str, found)) and "dupont" not in " ".join(notes.lines())


def test_the_post_office_is_no_town() -> None:
    found, _ = read(commune="NANTES CEDEX 3", code_postal="44322")
    assert texts(found, SCHEMA("addressLocality")) == {"NANTES"} and texts(found, SCHEMA("postalCode")) == {"44322"}


def test_blanks_in_a_town_are_one() -> None:
    """As many as a cell may have are looked at once: from each to the end it would take minutes."""
    found, _ = read(commune=" SAINT" + " \n" * 60_000 + "MALO  CEDEX \t 3 ")
    assert texts(found, SCHEMA("addressLocality")) == {"SAINT MALO"}


def test_parents_may_be_missing_and_what_is_no_number_is_left_out() -> None:
    found, notes = read(numero_de_structure_parent="200014561G;x;199612400A")
    assert texts(found, ORG("subOrganizationOf")) == {RECORD.format("200014561G")}
    assert sum(notes.counts.values()) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([b"<html>\n"], "HTML"),
        ([b"a;b\n"], "lacks the columns numero_national"),
        ([HEAD.encode() + b"\n", b"x;y\n"], "not as many cells"),
        ([HEAD.encode() + b"\n", b"x" + b";" * (len(COLUMNS) - 1) + b"\n"], "no number of a structure"),
        ([HEAD.encode() + b"\n", b"\xff\n"], "not UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(lines: list[bytes], said: str) -> None:
    with pytest.raises(HarvestError, match=said):
        reading.read(RNSR, b"".join(lines))
