"""Feeds in Atom (https://www.rfc-editor.org/rfc/rfc4287), a page at a time (https://www.rfc-editor.org/rfc/rfc5005)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from cnrs_kg.publishing.described import LICENCE, MAINTAINERS

ATOM, XML = "http://www.w3.org/2005/Atom", "http://www.w3.org/XML/1998/namespace"
MEDIA_TYPE = "application/atom+xml"
_NO_CHARACTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("", ATOM)


@dataclass(frozen=True)
class Entry:
    """Something that happened: `id` stays the same for ever, `link` leads to more about it."""

    id: str
    title: str
    updated: datetime
    link: str
    summary: str
    author: str | None = None


@dataclass(frozen=True)
class Feed:
    """A page of a feed: `id` is the feed's own, `self` this page's URL, `pages` those of others by relation.

    `since` is when what the feed tells of began: it is as old as that while it has no entries.
    """

    id: str
    title: str
    language: str
    self: str
    alternate: str
    since: datetime
    entries: Sequence[Entry] = ()
    pages: Mapping[str, str] = field(default_factory=dict)

    @property
    def updated(self) -> datetime:
        """When something happened last that the page tells of."""
        return max((entry.updated for entry in self.entries), default=self.since)


def written(feed: Feed) -> bytes:
    """The feed as XML."""
    root = Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": feed.language})
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", _moment(feed.updated))
    _author(root, MAINTAINERS)
    _link(root, "self", feed.self, MEDIA_TYPE)
    _link(root, "alternate", feed.alternate, "text/html")
    _link(root, "license", LICENCE.value)
    for relation, href in feed.pages.items():
        _link(root, relation, href, MEDIA_TYPE)
    for entry in feed.entries:
        told = SubElement(root, f"{{{ATOM}}}entry")
        _say(told, "id", entry.id)
        _say(told, "title", entry.title)
        _say(told, "updated", _moment(entry.updated))
        if entry.author:
            _author(told, entry.author)
        _link(told, "alternate", entry.link, "text/html")
        _say(told, "summary", entry.summary)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()


def _say(parent: Element, name: str, text: str) -> None:
    # What XML has no way to hold is left out: a summary is for reading.
    SubElement(parent, f"{{{ATOM}}}{name}").text = _NO_CHARACTER.sub("", text)


def _author(parent: Element, name: str) -> None:
    _say(SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _link(parent: Element, relation: str, href: str, media_type: str | None = None) -> None:
    kind = {"type": media_type} if media_type else {}
    SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": href, **kind})


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
