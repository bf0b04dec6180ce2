"""What a verdict says of the cells of a spreadsheet."""

from collections.abc import Iterator

from cnrs_kg.spreadsheets.marks import Mark
from cnrs_kg.submissions.proposal import Document
from cnrs_kg.validation.report import Verdict


def marks_of(verdict: Verdict, document: Document) -> Iterator[Mark]:
    """A mark for each result and cell of the document, in the order of the results."""
    for result in verdict.results:
        fixes = tuple(str(fix["replacement"]) for fix in result.fixes)
        for place in result.places:
            if place["file"] == document.name and "sheet" in place:
                yield Mark(place["sheet"], place["row"], place["column"], result.severity, result.message, fixes)
