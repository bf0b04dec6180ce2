"""The list of places: what is not on it, not https, or not written as a plain URL is refused."""

import pytest

from cnrs_kg.errors import OutboundRefused
from cnrs_kg.outbound.places import Place, Places

PLACES = Places([Place("api.example.org"), Place("127.0.0.1", 8080, private=True), Place.of("https://é.example/x")])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://other.example.org/", "not on the list"),
        ("https://api.example.org:8443/", "8443 is not on the list"),
        ("https://api.example.org./", "not on the list"),
        ("https://127.1:8080/", "not on the list"),
        ("https://[::ffff:127.0.0.1]:8080/", "not on the list"),
        ("http://api.example.org:443/", "http is not used"),
        ("https://u:p@api.example.org/", "credentials"),
        ("https://api.example.org@evil.example/", "credentials"),
        ("file:///etc/passwd", "not the URL of a web server"),
        ("gopher://api.example.org/", "not the URL of a web server"),
        ("https:///x", "not the URL of a web server"),
        ("https://api.example.org:port/", "not a URL"),
        ("https://api.example.org/\x00", "not a URL"),
        ("api.example.org", "not the URL of a web server"),
    ],
)
def test_what_is_not_on_the_list_is_refused(url: str, said: str) -> None:
    with pytest.raises(OutboundRefused, match=said) as found:
        PLACES.check(url)
    assert found.value.advice


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.example.org/a?b=c", "api.example.org"),
        ("https://API.example.org:443/", "api.example.org"),
        ("http://127.0.0.1:8080/x", "127.0.0.1"),
        ("https://xn--9ca.example/", "xn--9ca.example"),
        ("https://É.example/", "xn--9ca.example"),
    ],
)
def test_what_is_on_the_list_is_found_however_it_is_written(url: str, host: str) -> None:
    assert PLACES.check(url).host == host


def test_others_do_not_lead_to_private_places() -> None:
    private = PLACES.check("http://127.0.0.1:8080/")
    with pytest.raises(OutboundRefused, match="redirects to 127.0.0.1, which is private"):
        PLACES.check("http://127.0.0.1:8080/", before=PLACES.check("https://api.example.org/"))
    assert PLACES.check("http://127.0.0.1:8080/x", before=private) == private
