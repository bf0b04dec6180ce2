"""What asks other hosts: only those of a list, by checked addresses, within limits, politely.

outbound = Outbound([Place.of("https://api.ror.org/")])
with outbound.get("https://api.ror.org/v2/organizations", accept=("application/json",)) as reply:
    data = reply.read()
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version

import httpx

from cnrs_kg.errors import OutboundAnswer, OutboundError, OutboundRefused, OutboundTimeout, OutboundUnavailable
from cnrs_kg.outbound.bodies import Limits, unpacked
from cnrs_kg.outbound.clock import Clock, Deadline
from cnrs_kg.outbound.network import Transport, until
from cnrs_kg.outbound.pace import Pace, back_off, retry_after
from cnrs_kg.outbound.places import Place, Places

REDIRECTS = 5
_LATER = {429, 502, 503, 504}
"""Statuses that say that the same request may succeed later."""
_SHOWN = 300
"""Characters of a refusal that are passed on."""
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])


class Reply:
    """An answer; its body is read once, in pieces or whole."""

    def __init__(self, response: httpx.Response, host: str, deadline: Deadline, limits: Limits) -> None:
        self._response, self._host, self._deadline, self._limits = response, host, deadline, limits
        self.url = str(response.url)
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def __iter__(self) -> Iterator[bytes]:
        encoding = self.headers.get("Content-Encoding", "").strip().lower()
        yield from unpacked(self._pieces(), encoding, self._host, self._limits)

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self)

    def close(self) -> None:
        """Let the connection go; what was not read is not waited for."""
        self._response.close()

    def _pieces(self) -> Iterator[bytes]:
        pieces = self._response.iter_raw()
        while True:
            with _named(self._host), until(self._deadline):
                if self._deadline.left <= 0:
                    raise httpx.TimeoutException("the time for the whole exchange is over")
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece


@dataclass(frozen=True)
class _Exchange:
    """A request, what answer will do, and what it may cost."""

    request: httpx.Request
    accept: tuple[str, ...]
    statuses: frozenset[int]
    limits: Limits
    deadline: Deadline


class Outbound:
    """Asks the places of a list; one for all threads."""

    def __init__(
        self,
        places: Iterable[Place],
        *,
        limits: Limits | None = None,
        contact: str = "https://w3id.org/cnrs-kg/",
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._places = Places(places)
        self._limits, self._clock = limits or Limits(), clock or Clock()
        self._pace = Pace(self._clock)
        self._client = httpx.Client(
            transport=transport or Transport(self._places),
            headers={"User-Agent": f"cnrs-kg/{version('cnrs-kg')} (+{contact})", "Accept-Encoding": "gzip"},
            cookies=CookieJar(policy=_NO_COOKIES),
            trust_env=False,
        )

    def get(
        self,
        url: str,
        *,
        accept: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        statuses: Iterable[int] = (200,),
        limits: Limits | None = None,
    ) -> AbstractContextManager[Reply]:
        """The answer to a GET, open as long as the `with` block.

        `accept` lists the media types that will do; any other, or a status that is not one of `statuses`, is an
        `OutboundAnswer`. Every failure is an `OutboundError` that names the host.
        """
        made = self._request("GET", url, accept, dict(headers or {}))
        return self._open(made, accept, frozenset(statuses), limits or self._limits)

    def post(
        self,
        url: str,
        body: bytes,
        media_type: str,
        *,
        accept: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        statuses: Iterable[int] = (200,),
        limits: Limits | None = None,
    ) -> AbstractContextManager[Reply]:
        """The answer to a POST of something that may be asked again, as a query: it is, where a GET would be."""
        made = self._request("POST", url, accept, {"Content-Type": media_type, **(headers or {})}, body)
        return self._open(made, accept, frozenset(statuses), limits or self._limits)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def __enter__(self) -> "Outbound":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _request(
        self, method: str, url: str, accept: tuple[str, ...], headers: dict[str, str], body: bytes | None = None
    ) -> httpx.Request:
        self._places.check(url)
        wanted = {"Accept": ", ".join(accept)} if accept else {}
        return self._client.build_request(method, url, content=body, headers=wanted | headers)

    @contextmanager
    def _open(
        self, request: httpx.Request, accept: tuple[str, ...], statuses: frozenset[int], limits: Limits
    ) -> Iterator[Reply]:
        deadline = Deadline.after(limits.whole, self._clock)
        reply = self._answered(_Exchange(request, accept, statuses, limits, deadline))
        try:
            yield reply
        finally:
            reply.close()

    def _answered(self, exchange: _Exchange) -> Reply:
        """The first answer that will do; what may pass is waited for, as long as patience lasts."""
        patience = exchange.limits.patience
        for attempt in range(1, exchange.limits.attempts + 1):
            last = attempt == exchange.limits.attempts
            try:
                reply, place = self._followed(exchange)
            except OutboundUnavailable:
                if last:
                    raise
                place, pause = self._places.check(str(exchange.request.url)), back_off(attempt)
            else:
                if reply.status not in _LATER or reply.status in exchange.statuses:
                    return _fit(reply, place, exchange)
                reply.close()
                asked = retry_after(reply.headers.get("Retry-After", ""), self._clock)
                pause = back_off(attempt) if asked is None else asked
                if last or pause > patience:
                    raise _busy(place, reply.status, pause)
            patience -= pause
            self._pace.hold(place, pause)
        raise AssertionError("an exchange has at least one attempt")

    def _followed(self, exchange: _Exchange) -> tuple[Reply, Place]:
        """The answer that redirects lead to, each of them checked."""
        request, place = exchange.request, None
        for _ in range(REDIRECTS + 1):
            place = self._places.check(str(request.url), before=place)
            response = self._sent(request, place, exchange)
            following = response.next_request
            if following is None:
                return Reply(response, place.host, exchange.deadline, exchange.limits), place
            response.close()
            if following.method != request.method:
                raise OutboundRefused(
                    f"{place.host} redirects what was sent to it with {response.status_code}",
                    advice="Use the address that it redirects to.",
                    host=place.host,
                )
            request = following
        raise OutboundRefused(
            f"{exchange.request.url.host} redirects more than {REDIRECTS} times",
            limit="redirects",
            advice="Use the address that it ends at.",
            host=exchange.request.url.host,
        )

    def _sent(self, request: httpx.Request, place: Place, exchange: _Exchange) -> httpx.Response:
        self._pace.wait(place, exchange.deadline)
        limits = exchange.limits
        times = httpx.Timeout(limits.read, connect=limits.connect, pool=limits.whole)
        request.extensions = {**request.extensions, "timeout": times.as_dict()}
        with _named(place.host), until(exchange.deadline):
            return self._client.send(request, stream=True, follow_redirects=False)


@contextmanager
def _named(host: str) -> Iterator[None]:
    """Failures of the network, with the host that they are about."""
    try:
        yield
    except OutboundError:
        raise
    except httpx.TimeoutException as error:
        raise OutboundTimeout(
            f"{host} did not answer in time: {error}", limit="timeout", advice="Ask later, or for less.", host=host
        ) from error
    except httpx.TransportError as error:
        raise OutboundUnavailable(
            f"{host} cannot be asked: {error}", advice="Ask later; if it stays so, check the address.", host=host
        ) from error
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise OutboundAnswer(
            f"{host} answered what cannot be read: {error}", advice="Tell its operator.", host=host
        ) from error


def _fit(reply: Reply, place: Place, exchange: _Exchange) -> Reply:
    """The reply, if its status and media type are ones that will do."""
    if reply.status not in exchange.statuses:
        said = _beginning(reply)
        raise OutboundAnswer(
            f"{place.host} answered {reply.status} to {exchange.request.url}" + (f": {said}" if said else ""),
            advice="Check what was asked for.",
            host=place.host,
            answered=reply.status,
        )
    if exchange.accept and reply.status == 200 and reply.media_type not in exchange.accept:
        said = reply.media_type or "no media type"
        reply.close()
        raise OutboundAnswer(
            f"{place.host} answered {said[:80]} where {' or '.join(exchange.accept)} was asked for",
            advice="Check the address: this may be a page for people.",
            host=place.host,
            answered=reply.status,
        )
    return reply


def _beginning(reply: Reply) -> str:
    """How a refusal begins, on one line; nothing if that cannot be read either."""
    data = b""
    try:
        for piece in reply:
            data += piece
            if len(data) >= 4 * _SHOWN:
                break
    except OutboundError:
        pass
    finally:
        reply.close()
    text = data[: 4 * _SHOWN].decode("utf-8", "replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_SHOWN]


def _busy(place: Place, status: int, pause: float) -> OutboundUnavailable:
    return OutboundUnavailable(
        f"{place.host} has no time for us: it answered {status}",
        advice=f"Ask again in {pause:.0f} seconds or later.",
        host=place.host,
        answered=status,
        retry_after=round(pause),
    )
