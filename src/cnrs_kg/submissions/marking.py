"""Spreadsheets for stewards: those to fill in, and what a verdict says of the cells of filled ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnrs_kg.engine.pool import Pool
from cnrs_kg.spreadsheets.marks import Mark, with_marks
from cnrs_kg.submissions.proposal import Document
from cnrs_kg.validation.report import Verdict


def marks_of(verdict: Verdict, document: Document) -> Iterator[Mark]:
    """A mark for each result and cell of the document, in the order of the results; infos leave cells as they are."""
    for result in verdict.results:
        if result.severity == "Info":
            continue
        fixes = tuple(str(fix["replacement"]) for fix in result.fixes)
        for place in result.places:
            if place["file"] == document.name and "sheet" in place:
                yield Mark(place["sheet"], place["row"], place["column"], result.severity, result.message, fixes)


@dataclass(frozen=True)
class Sheets:
    """Spreadsheets by the template that a version's shapes make; the workers read and write them."""

    pool: Pool
    store: Path

    def marked(self, verdict: Verdict, document: Document, lang: str, *, client: str = "") -> bytes:
        """A spreadsheet that was judged as a workbook with its faults marked, or a workbook of the faults alone."""
        body = with_marks(document.data, marks_of(verdict, document))
        return self.pool.sheet("mark", self.store, body, options={"lang": lang}, client=client).read()

    def template(self, media_type: str, names: Sequence[str] = (), *, client: str = "") -> bytes:
        """A spreadsheet to fill in: XLSX with the sheets of these classes, or of all; CSV with the one."""
        options = {"media_type": media_type, "names": list(names)}
        return self.pool.sheet("template", self.store, options=options, client=client).read()
