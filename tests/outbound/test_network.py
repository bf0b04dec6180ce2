"""Names are resolved once, every answer is judged, and the connection goes to what was judged."""

from collections.abc import Sequence
from threading import Event

import httpcore
import pytest

from cnrs_kg.errors import OutboundRefused, OutboundTimeout, OutboundUnavailable
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.network import Transport
from cnrs_kg.outbound.places import Place, Places

from .hosts import Hand, Remembering, http

NAME = Place("registry.example")
GOOD, BAD = "93.184.216.34", "127.0.0.1"


def outbound(network: Remembering, *answers: Sequence[str], places: Sequence[Place] = (NAME,)) -> Outbound:
    left = list(answers)
    transport = Transport(Places(places), resolver=lambda host, port: left.pop(0), network=network)
    return Outbound(places, transport=transport, clock=Hand())


def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    network = Remembering(http(200, b"data"))
    with outbound(network, [GOOD], [BAD]).get("https://registry.example/") as reply:
        assert reply.read() == b"data"
    assert network.connected == [(GOOD, 443)]


def test_an_answer_that_changes_is_judged_again() -> None:
    network = Remembering(http(200, b"data"), http(200, b"secret"))
    asked = outbound(network, [GOOD], [BAD])
    with asked.get("https://registry.example/"):
        pass
    with pytest.raises(OutboundRefused, match=f"registry.example leads to {BAD}"):
        with asked.get("https://registry.example/"):
            pass
    assert network.connected == [(GOOD, 443)]


@pytest.mark.parametrize("bad", [BAD, "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:10.0.0.1", "169.254.169.254"])
def test_one_bad_address_among_good_ones_refuses_the_name(bad: str) -> None:
    network = Remembering(http(200))
    with pytest.raises(OutboundRefused, match="no public address") as found:
        with outbound(network, [GOOD, bad]).get("https://registry.example/"):
            pass
    assert network.connected == [] and found.value.extra["host"] == "registry.example"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    network = Remembering(http(200, b"data"), refusing=["93.184.216.35"])
    with outbound(network, ["93.184.216.35", GOOD]).get("https://registry.example/") as reply:
        assert reply.read() == b"data"
    assert network.connected == [("93.184.216.35", 443), (GOOD, 443)]


def test_a_name_without_addresses_is_unavailable_after_some_attempts() -> None:
    def nothing(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    clock = Hand()
    transport = Transport(Places([NAME]), resolver=nothing, network=Remembering())
    with pytest.raises(OutboundUnavailable, match="registry.example has no address: Name or service"):
        with Outbound([NAME], transport=transport, clock=clock).get("https://registry.example/"):
            pass
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    over = Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        over.wait()
        return [GOOD]

    network = Remembering(http(200))
    transport = Transport(Places([NAME]), resolver=hanging, network=network)
    try:
        with pytest.raises(OutboundTimeout, match=r"registry\.example did not answer in time: no address"):
            with Outbound([NAME], transport=transport, limits=Limits(connect=0.05)).get("https://registry.example/"):
                pass
    finally:
        over.set()
    assert network.connected == []


class Dripping(httpcore.MockStream):
    """A connection on which a piece comes every ten seconds."""

    def __init__(self, clock: Hand, pieces: list[bytes]) -> None:
        super().__init__(pieces)
        self.clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.clock.time += 10
        return super().read(max_bytes, timeout)


@pytest.mark.parametrize("head", [False, True], ids=["body", "head"])
def test_a_host_that_drips_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch, head: bool) -> None:
    clock, network = Hand(), Remembering()
    begin = [b"HTTP/1.1 200 OK\r\n"] if head else [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"]
    stream = Dripping(clock, begin + ([b"X: y\r\n"] if head else [b"x"]) * 1000)
    monkeypatch.setattr(network, "connect_tcp", lambda *_: stream)
    transport = Transport(Places([NAME]), resolver=lambda host, port: [GOOD], network=network)
    with pytest.raises(OutboundTimeout, match="the time for the whole exchange is over"):
        with Outbound([NAME], transport=transport, clock=clock).get("https://registry.example/") as reply:
            reply.read()
    assert clock.time == 1600


def test_the_transport_itself_keeps_to_the_list() -> None:
    network = Remembering(http(200))
    transport = Transport(Places([]), resolver=lambda host, port: [GOOD], network=network)
    with pytest.raises(OutboundRefused, match="not on the list"):
        with Outbound([NAME], transport=transport).get("https://registry.example/"):
            pass
    assert network.connected == []


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://127.0.0.1/", "127.0.0.1:443 is not on the list"),
        ("http://registry.example/", "registry.example:80 is not on the list"),
        ("https://169.254.169.254/latest/meta-data", "not on the list"),
        ("http://localhost:8080/", "redirects to localhost, which is private"),
        ("file:///etc/passwd", "not the URL of a web server"),
        ("//evil.example/", "evil.example:443 is not on the list"),
        ("https://inside.example/", "inside.example leads to 10.0.0.7"),
    ],
)
def test_redirects_are_judged_each(location: str, said: str) -> None:
    places = (NAME, Place("inside.example"), Place("localhost", 8080, private=True))
    network = Remembering(http(302, Location=location), http(200, b"secret"))
    with pytest.raises(OutboundRefused, match=said):
        with outbound(network, [GOOD], ["10.0.0.7"], places=places).get("https://registry.example/"):
            pass
    assert network.connected == [(GOOD, 443)]


def test_redirects_are_followed_within_a_limit() -> None:
    network = Remembering(*(http(302, Location=f"/{hop}") for hop in range(5)), http(200, b"end"))
    with outbound(network, *[[GOOD]] * 6).get("https://registry.example/") as reply:
        assert (reply.url, reply.read()) == ("https://registry.example/4", b"end")
    network = Remembering(*(http(302, Location=f"/{hop}") for hop in range(7)))
    with pytest.raises(OutboundRefused, match="more than 5 times"):
        with outbound(network, *[[GOOD]] * 7).get("https://registry.example/"):
            pass


def test_what_is_posted_is_not_sent_elsewhere_as_something_else() -> None:
    asked = outbound(Remembering(http(302, Location="/other")), [GOOD])
    with pytest.raises(OutboundRefused, match="redirects what was sent to it with 302"):
        with asked.post("https://registry.example/", b"query", "application/sparql-query"):
            pass
    network = Remembering(http(307, Location="/other"), http(200, b"answer"))
    with outbound(network, [GOOD], [GOOD]).post("https://registry.example/", b"q", "application/sparql-query") as reply:
        assert reply.read() == b"answer"
