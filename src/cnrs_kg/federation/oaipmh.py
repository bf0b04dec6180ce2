"""OAI-PMH 2.0 as a harvester speaks it (https://www.openarchives.org/OAI/openarchivesprotocol.html).

XML from outside is read without document types, entities or network.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree

from cnrs_kg.federation.fetching import StaleCursor
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registry import Page

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_EMPTY = {"noRecordsMatch"}


@dataclass(frozen=True)
class OaiRecord:
    """A record: its identifier, and the root of its metadata; None if it was deleted."""

    identifier: str
    metadata: Any


def parsed_xml(data: bytes, what: str) -> Any:
    """The root of an XML document without a document type; `HarvestError` if it is none."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise HarvestError(f"{what} is not XML: {error}", advice="Fetch it again.") from error
    if root is None or root.getroottree().docinfo.doctype:
        raise HarvestError(f"{what} has a document type, or is HTML", advice="Check the address.")
    return root


def answer(data: bytes, what: str) -> Any:
    """The OAI-PMH answer that a document is; `HarvestError` if it is none, or tells of an error."""
    root = parsed_xml(data, what)
    if root.tag != f"{OAI}OAI-PMH":
        raise HarvestError(f"{what} is no answer by OAI-PMH", advice="Check the base URL of the repository.")
    for error in root.findall(f"{OAI}error"):
        code, said = error.get("code", ""), (error.text or "").strip()[:200]
        if code == "badResumptionToken":
            raise StaleCursor(f"{what}: the repository no longer knows the resumption token: {said}")
        if code not in _EMPTY:
            raise HarvestError(f"{what}: the repository answers {code}: {said}", advice="Check the base URL.")
    return root


def records(root: Any) -> Iterator[OaiRecord]:
    """The records of an answer to ListRecords or GetRecord; of other answers none."""
    for record in root.iterfind(f"{OAI}*/{OAI}record"):
        header = record.find(f"{OAI}header")
        identifier = "" if header is None else (header.findtext(f"{OAI}identifier") or "").strip()
        metadata = record.find(f"{OAI}metadata")
        deleted = header is not None and header.get("status") == "deleted"
        yield OaiRecord(identifier, None if deleted or metadata is None or not len(metadata) else metadata[0])


def starts(base: str, sets: Sequence[str]) -> Sequence[str]:
    """For each set a request of the formats, from which its listing follows; the fragment remembers the set."""
    return [f"{base}?verb=ListMetadataFormats#{one}" for one in sets]


def look(data: bytes, url: str, namespace: str) -> Page:
    """What a page holds and the one after it: of the formats, the listing in the one of this namespace."""
    root = answer(data, f"The answer of {urlsplit(url).hostname}")
    base, _, set_ = url.partition("?")[0], *url.partition("#")[1:]
    formats = root.find(f"{OAI}ListMetadataFormats")
    if formats is not None:
        wanted = {"verb": "ListRecords", "metadataPrefix": _prefix(formats, namespace), "set": set_}
        return Page(frozenset(), f"{base}?{urlencode(wanted)}#{set_}")
    found = frozenset(one.identifier for one in records(root))
    token = (root.findtext(f"{OAI}ListRecords/{OAI}resumptionToken") or "").strip()
    if not token:
        return Page(found)
    return Page(found, f"{base}?{urlencode({'verb': 'ListRecords', 'resumptionToken': token})}#{set_}")


def _prefix(formats: Any, namespace: str) -> str:
    for one in formats.iterfind(f"{OAI}metadataFormat"):
        if (one.findtext(f"{OAI}metadataNamespace") or "").strip() == namespace:
            return (one.findtext(f"{OAI}metadataPrefix") or "").strip()
    raise HarvestError(
        f"The repository has no format with the namespace {namespace}",
        advice="Ask its operator for OpenAIRE's CERIF profile 1.2.",
    )
