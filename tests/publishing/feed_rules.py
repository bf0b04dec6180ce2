"""What https://www.rfc-editor.org/rfc/rfc4287#section-4 asks of a feed, as assertions."""

import re

from lxml import etree

from cnrs_kg.publishing.atom import ATOM, XML

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ONCE = {"id", "title", "updated"}
FEED = {"id", "title", "updated", "author", "link", "entry"}
ENTRY = {"id", "title", "updated", "author", "link", "summary"}


def check(data: bytes) -> etree._Element:
    """The feed's root, once all rules were found to hold."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    assert root.tag == f"{{{ATOM}}}feed" and root.get(f"{{{XML}}}lang") in ("en", "fr")
    _check(root, FEED)
    assert "self" in _links(root) and root.find(f"{{{ATOM}}}author") is not None
    entries = root.findall(f"{{{ATOM}}}entry")
    for entry in entries:
        _check(entry, ENTRY)
        assert "alternate" in _links(entry)
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    return root


def _links(element: etree._Element) -> list[str | None]:
    return [link.get("rel") for link in element.findall(f"{{{ATOM}}}link")]


def _check(element: etree._Element, allowed: set[str]) -> None:
    names = [etree.QName(child).localname for child in element]
    assert all(etree.QName(child).namespace == ATOM for child in element) and set(names) <= allowed
    for name in ONCE:
        assert names.count(name) == 1, name
    assert names.count("summary") <= 1
    assert re.match(r"https?://[^\s<>\"{}|^`\\]+$", element.findtext(f"{{{ATOM}}}id") or "")
    assert MOMENT.fullmatch(element.findtext(f"{{{ATOM}}}updated") or "")
    kinds = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{{{ATOM}}}link")]
    assert len(set(kinds)) == len(kinds), "two links of the same relation, type and language"
    for link in element.findall(f"{{{ATOM}}}link"):
        assert re.match(r"https?://[^\s<>\"{}|^`\\]+$", link.get("href") or "")
    for author in element.findall(f"{{{ATOM}}}author"):
        assert len(author.findall(f"{{{ATOM}}}name")) == 1
