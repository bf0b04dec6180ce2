import pytest

from cnrs_kg.web.views.chart import MOST, drawn

from .tables import table


def test_bars_are_as_long_as_their_numbers():
    found = drawn(table("name units", '"Japan"@en | 8', '"Chile"@en | 2', "| 0"))
    assert (found.label, found.value, found.complete) == ("name", "units", True)
    assert [(bar.start, bar.length) for bar in found.bars] == [(0, 100), (0, 25), (0, 0)]
    assert found.bars[0].label.text == "Japan" and found.bars[2].label is None


def test_negative_numbers_lead_the_other_way():
    found = drawn(table("name change", '"a" | 3', '"b" | -1'))
    assert [(bar.start, bar.length) for bar in found.bars] == [(25, 75), (0, 25)]


def test_a_name_is_preferred_to_an_iri():
    assert drawn(table("thing name units", "<urn:a> | 'a' | 1".replace("'", '"'))).label == "name"
    assert drawn(table("thing units", "<urn:a> | 1")).label == "thing"


@pytest.mark.parametrize(
    "answer",
    [table("name", '"a"'), table("units", "1"), table("name units", '"a" | "b"'), table("name units")],
    ids=["no number", "no name", "texts", "empty"],
)
def test_no_chart(answer):
    assert drawn(answer) is None


def test_only_the_first_rows_are_drawn():
    found = drawn(table("name units", *(f'"{number}" | {number}' for number in range(MOST + 1))))
    assert len(found.bars) == MOST and not found.complete


def test_zeros_and_what_is_not_finite():
    found = drawn(table("name units", '"a" | 0', '"b" | "INF"^^<http://www.w3.org/2001/XMLSchema#double>'))
    assert [(bar.start, bar.length) for bar in found.bars] == [(0, 0)]
