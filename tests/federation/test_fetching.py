"""What is fetched from loopback: what broke off goes on, what did not change stays, no list is endless."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cnrs_kg.errors import OutboundAnswer, OutboundError, OutboundRefused, OutboundUnavailable
from cnrs_kg.federation import fetching
from cnrs_kg.federation.fetching import Fetched, Fetcher, StaleCursor
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registry import Origin, Page

from ..outbound.hosts import Hand, Handler, reply, serving

DATA = bytes(range(256)) * 400
Fetch = Callable[..., Fetched]


@contextmanager
def host(tmp_path: Path, answer: Handler, clock: Hand | None = None) -> Iterator[tuple[Fetch, str]]:
    with serving(answer) as url:

        def fetch(origin: Origin | None = None, path: str = "dump", **options: object) -> Fetched:
            fetcher = Fetcher(tmp_path / "harvests" / "registry", clock or Hand())
            return fetcher.fetch(origin or Origin(), url + path, **{"private": True} | options)  # type: ignore[arg-type]

        yield fetch, url


class Files:
    """A host with one file, which breaks off after some bytes as long as it is told to."""

    def __init__(self, etag: str = '"one"') -> None:
        self.etag, self.breaks, self.ranges = etag, 0, list[str | None]()
        self.statuses: list[int] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.ranges.append(wanted)
        if handler.headers.get("If-None-Match") == self.etag:
            return reply(handler, 304)
        if handler.headers.get("If-Range") != self.etag:
            wanted = None
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.statuses.append(206 if wanted else 200)
        handler.send_response(self.statuses[-1])
        if wanted:
            handler.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
        handler.send_header("Content-Length", str(len(DATA) - start))
        handler.send_header("ETag", self.etag)
        handler.end_headers()
        end = start + self.breaks if self.breaks else len(DATA)
        handler.wfile.write(DATA[start:end])
        handler.close_connection = True


def test_a_file_that_broke_off_goes_on_where_it_ended(tmp_path: Path) -> None:
    files = Files()
    files.breaks = 50_000
    with host(tmp_path, files) as (fetch, url):
        with pytest.raises(OutboundUnavailable):
            fetch()
        files.breaks = 0
        found = fetch()
    assert found.files[0].read_bytes() == DATA and found.url == url + "dump"
    assert files.ranges == [None, "bytes=50000-"] and files.statuses == [200, 206]


def test_a_file_that_changed_meanwhile_is_fetched_whole(tmp_path: Path) -> None:
    files = Files()
    files.breaks = 50_000
    with host(tmp_path, files) as (fetch, _):
        with pytest.raises(OutboundUnavailable):
            fetch()
        files.breaks, files.etag = 0, '"two"'
        assert fetch().files[0].read_bytes() == DATA
    assert files.ranges == [None, "bytes=50000-"] and files.statuses == [200, 200]


@pytest.mark.parametrize("etag", ['W/"weak"', ""])
def test_a_file_that_may_have_changed_is_fetched_whole(tmp_path: Path, etag: str) -> None:
    files = Files(etag)
    files.breaks = 50_000
    with host(tmp_path, files) as (fetch, _):
        with pytest.raises(OutboundUnavailable):
            fetch()
        files.breaks = 0
        assert fetch().files[0].read_bytes() == DATA
    assert files.ranges == [None, None]


def test_a_file_that_did_not_change_is_not_fetched_again(tmp_path: Path) -> None:
    told: list[str] = []
    with host(tmp_path, Files()) as (fetch, _):
        first = fetch()
        assert fetch(progress=told.append) == first
        assert told == ["it is what was fetched before"]
        assert fetch(path="other").files[0].read_bytes() == DATA


def test_a_part_that_is_longer_than_the_file_is_dropped(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Range"):
            return reply(handler, 416)
        reply(handler, 200, DATA, ETag='"one"')

    with host(tmp_path, answer) as (fetch, _):
        whole = fetch().files[0]
        whole.rename(whole.with_name("part"))
        assert fetch().files[0].read_bytes() == DATA


def test_a_part_that_goes_on_elsewhere_is_no_file(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        reply(handler, 206 if wanted else 200, DATA, ETag='"one"', Content_Range="bytes 0-9/10")

    with host(tmp_path, answer) as (fetch, _):
        whole = fetch().files[0]
        whole.rename(whole.with_name("part"))
        with pytest.raises(HarvestError, match="goes on elsewhere than asked"):
            fetch()
        assert fetch().files[0].read_bytes() == DATA


def test_an_index_says_where_the_file_is(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, b"dump" if handler.path == "/index" else DATA, Content_Type="application/json")

    with serving(answer) as url:
        origin = Origin(url + "index", accept=("application/json",), locate=lambda index: url + index.decode())
        found = Fetcher(tmp_path / "registry", Hand()).fetch(origin, private=True)
        assert found.files[0].read_bytes() == DATA and found.url == url + "dump"
        elsewhere = Origin(url + "index", locate=lambda index: "https://elsewhere.example/dump")
        with pytest.raises(OutboundRefused, match=r"elsewhere\.example:443 is not on the list"):
            Fetcher(tmp_path / "registry", Hand()).fetch(elsewhere, private=True)


def test_a_source_without_an_address_has_to_be_given_one(tmp_path: Path) -> None:
    with pytest.raises(HarvestError, match="no address of its own"):
        Fetcher(tmp_path / "registry").fetch(Origin())


def test_two_do_not_fetch_at_once(tmp_path: Path) -> None:
    with host(tmp_path, Files()) as (fetch, _), Fetcher(tmp_path / "harvests" / "registry")._alone():
        with pytest.raises(HarvestError, match="Somebody else is fetching"):
            fetch()


class Pages:
    """A host with pages of numbers: three of two, unless it is told to fail or not to end."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.fails: int | None = None
        self.end = 3
        self.text: Callable[[int], str] = lambda page: f"{2 * page},{2 * page + 1}"

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        page = int(parse_qs(urlsplit(handler.path).query).get("page", ["0"])[0])
        self.asked.append(page)
        if page == self.fails:
            return reply(handler, 500)
        following = f"{page + 1}" if page + 1 < self.end else ""
        reply(handler, 200, f"{self.text(page)};{following}".encode(), Content_Type="text/plain")


def look(data: bytes, url: str) -> Page:
    records, _, following = data.decode().partition(";")
    if records == "stale":
        raise StaleCursor("no longer known")
    base = url.partition("?")[0]
    return Page(frozenset(filter(None, records.split(","))), f"{base}?page={following}" if following else None)


LISTING = Origin(accept=("text/plain",), look=look)


def contents(fetched: Fetched) -> list[bytes]:
    return [file.read_bytes() for file in fetched.files]


def test_a_listing_is_fetched_page_by_page_and_politely(tmp_path: Path) -> None:
    clock, pages = Hand(), Pages()
    with host(tmp_path, pages, clock) as (fetch, _):
        assert contents(fetch(LISTING)) == [b"0,1;1", b"2,3;2", b"4,5;"]
    assert clock.slept == [1.0, 1.0]


def test_a_listing_goes_on_at_the_page_where_it_broke_off(tmp_path: Path) -> None:
    pages = Pages()
    pages.fails = 2
    with host(tmp_path, pages) as (fetch, _):
        with pytest.raises(OutboundAnswer, match="answered 500"):
            fetch(LISTING)
        pages.fails = None
        assert len(fetch(LISTING).files) == 3 and pages.asked == [0, 1, 2, 2]
        assert len(fetch(LISTING).files) == 3 and pages.asked[4:] == [0, 1, 2]


def test_after_a_day_a_listing_begins_anew(tmp_path: Path) -> None:
    clock, pages = Hand(), Pages()
    pages.fails = 2
    with host(tmp_path, pages, clock) as (fetch, _):
        with pytest.raises(OutboundError):
            fetch(LISTING)
        clock.time += 90_000
        pages.fails = None
        assert len(fetch(LISTING).files) == 3 and pages.asked == [0, 1, 2, 0, 1, 2]


def test_a_cursor_that_is_no_longer_known_begins_anew_once(tmp_path: Path) -> None:
    pages = Pages()
    pages.fails = 2
    with host(tmp_path, pages) as (fetch, _):
        with pytest.raises(OutboundError):
            fetch(LISTING)
        pages.fails = None
        numbers = pages.text
        pages.text = lambda page: "stale" if len(pages.asked) == 4 else numbers(page)
        assert len(fetch(LISTING).files) == 3 and pages.asked == [0, 1, 2, 2, 0, 1, 2]
        pages.text = lambda page: "stale"
        with pytest.raises(StaleCursor):
            fetch(LISTING)


def test_several_listings_are_fetched_one_after_the_other(tmp_path: Path) -> None:
    origin = Origin(accept=("text/plain",), look=look, starts=lambda url: [f"{url}?page=1", f"{url}?page=7"])
    with host(tmp_path, Pages()) as (fetch, _):
        assert contents(fetch(origin)) == [b"2,3;2", b"4,5;", b"14,15;"]


@pytest.mark.parametrize("text", [lambda page: "1,2", lambda page: f"{page % 2}"], ids=["same", "in turns"])
def test_a_list_without_end_is_left(tmp_path: Path, text: Callable[[int], str]) -> None:
    pages = Pages()
    pages.end, pages.text = 10**9, text
    with (
        host(tmp_path, pages) as (fetch, _),
        pytest.raises(HarvestError, match=r"127\.0\.0\.1 lists the same") as found,
    ):
        fetch(LISTING)
    assert len(pages.asked) < 5 and found.value.limit == "pages"


def test_a_list_that_makes_up_records_is_left_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAGES", 10)
    pages = Pages()
    pages.end = 10**9
    with host(tmp_path, pages) as (fetch, _), pytest.raises(HarvestError, match="no end"):
        fetch(LISTING)
    assert len(pages.asked) == 10


def test_a_page_for_people_is_no_page_of_a_listing(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, b"<html>", Content_Type="text/html")

    with host(tmp_path, answer) as (fetch, _), pytest.raises(OutboundAnswer, match="text/html where text/plain"):
        fetch(LISTING)


def test_what_is_forgotten_is_fetched_anew(tmp_path: Path) -> None:
    files = Files()
    with host(tmp_path, files) as (fetch, _):
        fetch()
        Fetcher(tmp_path / "harvests" / "registry").forget()
        fetch()
    assert files.ranges == [None, None]
