"""Links as RFC 8288 and RFC 6690 write them, read strictly."""

import re
from typing import NamedTuple

_LINK = re.compile(
    r"\s*<([^<>\"{}|\\^`\x00-\x20\x7f-\uffff]+)>((?:\s*;\s*[a-z*]+=(?:\"[^\"\\\r\n]*\"|[\w.-]+))*)\s*(,|$)"
)
_PARAMETER = re.compile(r";\s*([a-z*]+)=(?:\"([^\"]*)\"|([\w.-]+))")


class Link(NamedTuple):
    """A link: where it leads, and its parameters."""

    target: str
    parameters: dict[str, str]

    @property
    def relations(self) -> list[str]:
        """What it is of the context."""
        return self.parameters["rel"].split()


def links(text: str) -> list[Link]:
    """All links of a header or a document; fails where the grammar is broken."""
    found, place = [], 0
    while place < len(text.rstrip()):
        match = _LINK.match(text, place)
        assert match, text[place : place + 100]
        pairs = [(name, quoted or plain) for name, quoted, plain in _PARAMETER.findall(match[2])]
        assert len({name for name, _ in pairs}) == len(pairs) and "rel" in dict(pairs)
        found.append(Link(match[1], dict(pairs)))
        place = match.end()
        assert match[3] == "," or place >= len(text.rstrip())
    return found


def of_reply(reply) -> list[Link]:
    """The links of a reply's headers."""
    return [link for header in reply.headers.getlist("Link") for link in links(header)]


def targets(reply, relation: str) -> list[str]:
    """Where the links of a relation lead."""
    return [link.target for link in of_reply(reply) if relation in link.relations]
