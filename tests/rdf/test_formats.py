from pathlib import PurePath

import pytest

from cnrs_kg.errors import UnsupportedFormat
from cnrs_kg.rdf.formats import rdf_syntax, result_syntax, syntax_of_file


@pytest.mark.parametrize("name", ["text/turtle", "TEXT/Turtle; charset=utf-8", "turtle", "ttl"])
def test_an_rdf_format_has_several_names(name: str) -> None:
    assert rdf_syntax(name).media_type == "text/turtle"


def test_a_result_format_has_several_names() -> None:
    assert result_syntax("csv") is result_syntax("text/csv")


def test_the_extension_tells_the_format() -> None:
    assert syntax_of_file(PurePath("data/places.NQ")).name == "nquads"


@pytest.mark.parametrize("find", [rdf_syntax, result_syntax])
def test_an_unknown_format_is_refused_with_the_known_ones(find) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnsupportedFormat) as caught:
        find("image/png")
    assert caught.value.advice and "json" in caught.value.advice


def test_an_unknown_extension_is_refused() -> None:
    with pytest.raises(UnsupportedFormat, match="notes.docx"):
        syntax_of_file(PurePath("notes.docx"))
