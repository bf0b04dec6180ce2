"""OAI-PMH as a harvester speaks it: formats, tokens, errors, and XML that is none or worse."""

import pytest

from cnrs_kg.federation import oaipmh
from cnrs_kg.federation.fetching import StaleCursor
from cnrs_kg.federation.records import HarvestError

BASE = "https://cris.example.org/oai"
NAMESPACE = "https://www.openaire.eu/cerif-profile/1.2/"
NAME = "<metadataNamespace>{0}</metadataNamespace>"


def oai(body: str) -> bytes:
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{body}</OAI-PMH>'.encode()


def formats(*namespaces: str) -> bytes:
    entries = "".join(
        f"<metadataFormat><metadataPrefix>p{number}</metadataPrefix>{NAME.format(one)}</metadataFormat>"
        for number, one in enumerate(namespaces)
    )
    return oai(f"<ListMetadataFormats>{entries}</ListMetadataFormats>")


def listing(*names: str, token: str | None = None) -> bytes:
    rows = "".join(f"<record><header><identifier>{name}</identifier></header></record>" for name in names)
    more = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return oai(f"<ListRecords>{rows}{more}</ListRecords>")


def test_the_listing_of_each_set_follows_from_the_formats() -> None:
    first, second = oaipmh.starts(BASE, ["one", "two"])
    assert first != second and first.startswith(f"{BASE}?verb=ListMetadataFormats")
    page = oaipmh.look(formats("http://dublin/", NAMESPACE), second, NAMESPACE)
    assert page.following == f"{BASE}?verb=ListRecords&metadataPrefix=p1&set=two#two" and not page.records
    with pytest.raises(HarvestError, match="no format with the namespace"):
        oaipmh.look(formats("http://dublin/"), second, NAMESPACE)


def test_tokens_lead_to_the_end() -> None:
    page = oaipmh.look(listing("oai:a:1", "oai:a:2", token="a b&amp;c"), f"{BASE}?verb=ListRecords#one", NAMESPACE)
    assert page.records == {"oai:a:1", "oai:a:2"}
    assert page.following == f"{BASE}?verb=ListRecords&resumptionToken=a+b%26c#one"
    for last in (listing("oai:a:3", token=""), listing("oai:a:3")):
        assert oaipmh.look(last, page.following, NAMESPACE).following is None


def test_an_empty_set_is_no_error_and_a_token_that_is_too_old_is_told_as_such() -> None:
    empty = oaipmh.look(oai('<error code="noRecordsMatch"/>'), f"{BASE}#one", NAMESPACE)
    assert not empty.records and empty.following is None
    with pytest.raises(StaleCursor, match="no longer knows"):
        oaipmh.look(oai('<error code="badResumptionToken">expired</error>'), BASE, NAMESPACE)
    with pytest.raises(HarvestError, match="answers badArgument: what"):
        oaipmh.look(oai('<error code="badArgument">what</error>'), BASE, NAMESPACE)


BOMB = b"<!DOCTYPE a [" + b"".join(
    b'<!ENTITY e%d "%s">' % (number, b"&e%d;" % (number - 1) * 10 if number else b"x" * 10) for number in range(10)
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><p></html>",
        b"<!doctype html><html></html>",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE OAI-PMH SYSTEM "http://127.0.0.1/x.dtd">' + listing("oai:a:1"),
        b'<!DOCTYPE OAI-PMH [<!ENTITY b "c">]>' + listing("oai:a:&b;"),
        BOMB + b"]><a>&e9;</a>",
        b"<a>" * 100_000,
        listing("oai:a:1")[:-20],
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    ],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(HarvestError):
        oaipmh.answer(data, "the page")
