"""Where connections may go: hosts with their ports, each put on the list by somebody."""

from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from cnrs_kg.errors import OutboundRefused

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Place:
    """A host and port that may be asked, not more often than every `interval` seconds.

    A `private` one may lie on this machine or in a network of one's own, and speak plain HTTP.
    """

    host: str
    port: int = 443
    private: bool = False
    interval: float = 0.0

    @classmethod
    def of(cls, url: str, *, private: bool = False, interval: float = 0.0) -> "Place":
        """The place of a URL; `OutboundRefused` if the text is none."""
        host, port = _address(_parsed(url))
        return cls(host, port, private, interval)


class Places:
    """The list: what is not on it is refused."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {(place.host, place.port): place for place in places}

    def find(self, host: str, port: int) -> Place:
        """The place with this name and port."""
        try:
            return self._places[host, port]
        except KeyError:
            raise OutboundRefused(
                f"{host}:{port} is not on the list of hosts that may be asked",
                advice="Name one of the list, or have its operator add this one.",
                host=host,
            ) from None

    def check(self, url: str, *, before: Place | None = None) -> Place:
        """The place that a URL leads to; `before` is the one that redirects there, and private places are not told
        of by others.
        """
        parsed = _parsed(url)
        place = self.find(*_address(parsed))
        if parsed.scheme != "https" and not place.private:
            raise OutboundRefused(
                f"{place.host}: {parsed.scheme} is not used with public hosts", advice="Take https.", host=place.host
            )
        if place.private and before is not None and before != place:
            raise OutboundRefused(
                f"{before.host} redirects to {place.host}, which is private",
                advice="Ask the private host itself if it is meant.",
                host=before.host,
            )
        return place


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise OutboundRefused(f"not a URL: {url[:200]!r}: {error}", advice="Check the address.") from error
    if parsed.scheme not in _PORTS or not parsed.host:
        raise OutboundRefused(f"not the URL of a web server: {url[:200]!r}", advice="Take one with https.")
    if parsed.userinfo:
        raise OutboundRefused(
            f"{parsed.host}: the URL has credentials in it", advice="Leave them out.", host=parsed.host
        )
    return parsed


def _address(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
