"""HAL: the structures of AuréHAL, by the REST interface (https://api.archives-ouvertes.fr/docs/ref).

By default those that the CNRS supervises. Structures that somebody typed in and nobody checked are left out. Addresses
are not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import ADMS, STATUS, HarvestError, Notes, Statements, parsed_json
from cnrs_kg.federation.registry import Origin, Page, Record, Registry
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, SCHEMA, SKOS

RECORD = "https://data.hal.science/structure/{}"
_CNRS = 441569
_FIELDS = (
    "docid name_s acronym_s code_s type_s valid_s country_s url_s startDate_s endDate_s parentDocid_i "
    "ror_s isni_s wikidata_s rnsr_s idref_s"
).split()
_ID = re.compile(r"[1-9][0-9]*")
_RNSR = re.compile(r"[0-9]{9}[A-Z]")
_STATUS = {"VALID": None, "OLD": "Deprecated"}
_UNCHECKED = "INCOMING"


def _starts(url: str) -> Sequence[str]:
    """The first page of a query; cursors want an order."""
    return [_with(url, wt="json", sort="docid asc", cursorMark="*")]


def _look(data: bytes, url: str) -> Page:
    answer = parsed_json(data, "The page")
    records = frozenset(str(one.get("docid")) for one in _docs(answer, "the page"))
    following = answer.get("nextCursorMark")
    if not records or following in (None, dict(parse_qsl(urlsplit(url).query)).get("cursorMark")):
        return Page(records)
    return Page(records, _with(url, cursorMark=str(following)))


def _with(url: str, **parameters: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*query, *parameters.items()])))


def _docs(answer: Any, what: str) -> list[dict[str, Any]]:
    try:
        docs = answer["response"]["docs"]
        if all(isinstance(one, dict) for one in docs):
            return list(docs)
    except (KeyError, TypeError):
        pass
    raise HarvestError(
        f"{what}: it is no answer of HAL's", advice="Ask api.archives-ouvertes.fr/ref/structure/ in JSON."
    )


def _read(documents: Iterable[Document], notes: Notes) -> Iterator[Record]:
    for document in documents:
        for one in _docs(parsed_json(document.whole(), document.name), document.name):
            if one.get("valid_s") == _UNCHECKED:
                notes.leave_out("structures that nobody checked", str(one.get("docid")))
            else:
                yield _record(one, document.name, notes)


def _record(one: dict[str, Any], place: str, notes: Notes) -> Record:
    number = str(one.get("docid", ""))
    if not _ID.fullmatch(number):
        raise HarvestError(f"{place}: {number[:40]!r} is no number of a structure", advice="Ask for the field docid.")
    found = Statements(RECORD.format(number), notes)
    found.identifier(number)
    for field, predicate in _TEXTS.items():
        for text in _values(one, field):
            found.text(predicate, text)
    for field, predicate in _YEARS.items():
        for value in _values(one, field):
            found.year(predicate, value[:4])
    for field, state in _OTHERS.items():
        for value in dict.fromkeys(_values(one, field)):
            state(found, value.strip())
    _status(found, str(one.get("valid_s", "VALID")))
    return found.node, found.triples


def _rnsr(found: Statements, number: str) -> None:
    if _RNSR.fullmatch(number):
        found.text(CNRS("rnsrNumber"), number)
    else:
        found.notes.leave_out("RNSR numbers that are malformed", f"{number!r} of {found.node}")


def _parent(found: Statements, number: str) -> None:
    if _ID.fullmatch(number):
        found.part_of(RECORD.format(number))
    else:
        found.notes.leave_out("parents that are no number of a structure", number)


def _status(found: Statements, status: str) -> None:
    if status not in _STATUS:
        found.notes.leave_out("states of a structure that are not known", status)
    elif name := _STATUS[status]:
        found.say(ADMS("status"), STATUS(name))


_OTHERS: dict[str, Callable[[Statements, str], None]] = {
    "ror_s": lambda found, value: found.record_elsewhere("ror", value.rpartition("/")[2]),
    "isni_s": lambda found, value: found.record_elsewhere("isni", value.rpartition("/")[2]),
    "wikidata_s": lambda found, value: found.record_elsewhere("wikidata", value.rpartition("/")[2]),
    "country_s": lambda found, value: found.text(SCHEMA("addressCountry"), value.upper()),
    "url_s": Statements.site,
    "rnsr_s": _rnsr,
    "parentDocid_i": _parent,
}
_YEARS = {"startDate_s": SCHEMA("foundingDate"), "endDate_s": SCHEMA("dissolutionDate")}
_TEXTS = {
    "name_s": SKOS("prefLabel"),
    "acronym_s": CNRS("acronym"),
    "code_s": SKOS("notation"),
    "type_s": DCTERMS("type"),
}


def _values(one: dict[str, Any], field: str) -> list[str]:
    """The values of a field, which HAL gives alone or as a list."""
    value = one.get(field)
    return [str(item) for item in (value if isinstance(value, list) else [value]) if item not in (None, "")]


HAL = Registry(
    "hal",
    {"en": "Research structures of HAL (AuréHAL)", "fr": "Structures de recherche de HAL (AuréHAL)"},
    "https://aurehal.archives-ouvertes.fr/structure",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    _read,
    Origin(
        "https://api.archives-ouvertes.fr/ref/structure/?"
        + urlencode(
            {"q": f"parentDocid_i:{_CNRS}", "fq": "valid_s:(VALID OR OLD)", "fl": ",".join(_FIELDS), "rows": "500"}
        ),
        accept=("application/json", "text/json", "text/plain"),
        starts=_starts,
        look=_look,
    ),
)
