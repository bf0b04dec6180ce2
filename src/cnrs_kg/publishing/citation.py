"""How to cite what was read: a permanent link with its version, as BibTeX, CSL-JSON, DataCite metadata and plain text.

https://github.com/citation-style-language/schema (csl-data) and https://schema.datacite.org/meta/kernel-4/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cnrs_kg.publishing.described import DESCRIPTION, LICENCE, MAINTAINERS, TITLE

LICENCE_NAME, LICENCE_ID = "CC BY 4.0", "CC-BY-4.0"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # TeX would count a brace with a backslash as well
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{one: "\\" + one for one in "$&#%_"},
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "whole": "{authors} ({year}). {title}, version {number} ({day}). {url} {licence}.",
        "part": "{authors} ({year}). {part}. In {title}, version {number} ({day}). {url} {licence}.",
        "query": "SHA-256 of the query: {digest}.",
    },
    "fr": {
        "whole": "{authors} ({year}). {title}, version {number} ({day}). {url} {licence}.",
        "part": "{authors} ({year}). {part}. Dans {title}, version {number} ({day}). {url} {licence}.",
        "query": "SHA-256 de la requête : {digest}.",
    },
}


@dataclass(frozen=True)
class Citation:
    """What is cited: a part of the graph by its title in each language, or the whole (no `part`), in a version."""

    key: str
    url: str
    number: int
    created: datetime
    digest: str
    part: Mapping[str, str] | None = None
    query: str | None = None

    @property
    def query_digest(self) -> str | None:
        """The SHA-256 of the query's text, if it is the answer of a query."""
        return None if self.query is None else sha256(self.query.encode()).hexdigest()

    def title(self, language: str) -> str:
        """What it is called: the part, else the graph."""
        return _plain((self.part or TITLE)[language])


def text(citation: Citation, language: str, day: str) -> str:
    """A sentence for a list of references; `day` is the version's, as the language writes it."""
    texts, digest = _TEXTS[language], citation.query_digest
    sentence = texts["part" if citation.part else "whole"].format(
        authors=MAINTAINERS,
        year=citation.created.year,
        part=citation.title(language),
        title=TITLE[language],
        number=citation.number,
        day=day,
        url=citation.url,
        licence=LICENCE_NAME,
    )
    return f"{sentence} {texts['query'].format(digest=digest)}" if digest else sentence


def bibtex(citation: Citation, language: str) -> str:
    """An entry for BibTeX and biblatex, in UTF-8."""
    digest = citation.query_digest
    fields = {
        "author": f"{{{_latex(MAINTAINERS)}}}",
        "title": f"{{{_latex(citation.title(language))}}}",
        "howpublished": _latex(TITLE[language]) if citation.part else None,
        "year": str(citation.created.year),
        "month": _MONTHS[citation.created.month - 1],
        "version": str(citation.number),
        "url": citation.url,
        "note": _latex(_TEXTS[language]["query"].format(digest=digest)) if digest else None,
        "copyright": LICENCE_NAME,
    }
    lines = (f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(citation)},\n{''.join(lines)}}}\n"


def csl(citation: Citation, language: str) -> list[dict[str, Any]]:
    """An item of CSL-JSON, which Zotero, Pandoc and citeproc read."""
    created, digest = citation.created, citation.query_digest
    found = {
        "id": _key(citation),
        "type": "dataset",
        "title": citation.title(language),
        "author": [{"literal": MAINTAINERS}],
        "container-title": TITLE[language] if citation.part else None,
        "publisher": TITLE[language],
        "issued": {"date-parts": [[created.year, created.month, created.day]]},
        "version": str(citation.number),
        "URL": citation.url,
        "language": language,
        "note": _TEXTS[language]["query"].format(digest=digest) if digest else None,
    }
    return [{name: value for name, value in found.items() if value is not None}]


def datacite(citation: Citation) -> dict[str, Any]:
    """The metadata in DataCite's JSON; without a DOI, since none is registered."""
    digests = [("digest of the version", citation.digest), ("SHA-256 of the query", citation.query_digest)]
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "RDF"},
        "creators": [{"name": MAINTAINERS, "nameType": "Organizational"}],
        "titles": [{"title": citation.title(language), "lang": language} for language in TITLE],
        "publisher": {"name": TITLE["en"], "lang": "en"},
        "publicationYear": citation.created.year,
        "dates": [{"date": citation.created.date().isoformat(), "dateType": "Issued"}],
        "version": str(citation.number),
        "url": citation.url,
        "identifiers": [{"identifier": citation.url, "identifierType": "URL"}],
        "alternateIdentifiers": [
            {"alternateIdentifier": digest, "alternateIdentifierType": kind} for kind, digest in digests if digest
        ],
        "rightsList": [
            {
                "rights": LICENCE_NAME,
                "rightsUri": LICENCE.value,
                "rightsIdentifier": LICENCE_ID,
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "descriptions": [
            {"description": description, "descriptionType": "Abstract", "lang": language}
            for language, description in DESCRIPTION.items()
        ],
    }


def _key(citation: Citation) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", citation.key)[:60].strip("-")
    return f"cnrs-kg-{name}-v{citation.number}" if name else f"cnrs-kg-v{citation.number}"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(one, one) for one in text)


def _plain(text: str) -> str:
    """The text on one line, without what no printer shows."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())
