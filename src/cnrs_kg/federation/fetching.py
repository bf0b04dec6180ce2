"""A registry's records fetched from its own address into files, so that what was fetched is not fetched again.

A file that breaks off goes on where it ended, if the host knows that it is still the same (RFC 9110, sections 13.1.5
and 14); a whole one is asked for again only if it changed. A listing goes on at the page where it broke off.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registry import Origin
from cnrs_kg.outbound.bodies import Limits
from cnrs_kg.outbound.client import Outbound, Reply
from cnrs_kg.outbound.clock import Clock
from cnrs_kg.outbound.places import Place
from cnrs_kg.submissions.change import Progress

PAGES = 20_000
_DAY = 86_400.0
_FILE = Limits(read=60.0, whole=3600.0)
_PAGE = Limits(read=60.0, whole=300.0, bytes=2**26)
_TOLD = 2**20
Ask = Callable[[list[Place], Clock], Outbound]
"""What makes an `Outbound` for some places."""


class StaleCursor(HarvestError):
    """The host no longer knows where a listing broke off."""


@dataclass(frozen=True)
class Fetched:
    """The files that hold the records, and the URL that they came from in the end."""

    files: tuple[Path, ...]
    url: str


class Fetcher:
    """Fetches into a directory, which it remembers in: one at a time, or `HarvestError`."""

    def __init__(self, directory: Path, clock: Clock | None = None, ask: Ask | None = None) -> None:
        self._directory, self._clock = directory, clock or Clock()
        self._ask = ask or (lambda places, clock: Outbound(places, clock=clock))

    def fetch(
        self, origin: Origin, url: str | None = None, *, private: bool = False, progress: Progress = lambda stage: None
    ) -> Fetched:
        """The records of a URL, or of where the registry has them; `HarvestError` or an `OutboundError` if they cannot
        be had: then what came so far is kept.
        """
        wanted = url or origin.url
        if wanted is None:
            raise HarvestError("This source has no address of its own", advice="Name one with --from.")
        places = [Place.of(wanted, private=private, interval=origin.interval)]
        places += [Place(host, interval=origin.interval) for host in origin.hosts if host != places[0].host]
        with self._alone(), self._ask(places, self._clock) as outbound:
            if origin.look is not None:
                return Listing(self._directory, outbound, self._clock, progress).fetch(origin, wanted)
            located = origin.locate if wanted == origin.url else None
            if located is not None:
                with outbound.get(wanted, accept=origin.accept, limits=_PAGE) as reply:
                    wanted = located(reply.read())
            return Download(self._directory, outbound, progress).fetch(wanted)

    def forget(self) -> None:
        """Let go of what was fetched, so that it is fetched anew."""
        shutil.rmtree(self._directory, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with self._directory.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HarvestError(
                    "Somebody else is fetching from this registry", advice="Wait until they are done."
                ) from error
            yield


class Memory:
    """What is remembered of a fetch, in a file that is replaced whole."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "state.json"

    def recall(self) -> dict[str, Any]:
        """What was kept last; nothing if there is none that can be read."""
        try:
            found = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, state: Mapping[str, Any]) -> None:
        """Keep this instead of what was kept before."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(state), encoding="utf-8")
        os.replace(fresh, self._file)


class Download:
    """One file, which may be large."""

    def __init__(self, directory: Path, outbound: Outbound, progress: Progress) -> None:
        self._memory, self._outbound, self._progress = Memory(directory), outbound, progress
        self._whole, self._part = directory / "whole", directory / "part"

    def fetch(self, url: str) -> Fetched:
        """The file, from where it broke off, or as it was fetched last if it is still the same."""
        state = self._memory.recall()
        if state.get("url") != url:
            state = {"url": url}
            for file in (self._whole, self._part):
                file.unlink(missing_ok=True)
        with self._outbound.get(
            url,
            headers={"Accept-Encoding": "identity"} | self._conditions(state),
            statuses=(200, 206, 304, 416),
            limits=_FILE,
        ) as reply:
            if reply.status != 416:
                return self._taken(reply, state)
        self._part.unlink(missing_ok=True)
        return self.fetch(url)

    def _conditions(self, state: Mapping[str, Any]) -> dict[str, str]:
        etag, modified = str(state.get("etag") or ""), str(state.get("modified") or "")
        if self._whole.exists():
            wanted = {"If-None-Match": etag, "If-Modified-Since": modified}
            return {name: value for name, value in wanted.items() if value}
        if self._part.exists() and etag.startswith('"'):
            return {"Range": f"bytes={self._part.stat().st_size}-", "If-Range": etag}
        return {}

    def _taken(self, reply: Reply, state: dict[str, Any]) -> Fetched:
        if reply.status == 304:
            self._progress("it is what was fetched before")
            return Fetched((self._whole,), reply.url)
        size = self._part.stat().st_size if self._part.exists() else 0
        goes_on = reply.status == 206 and reply.headers.get("Content-Range", "").startswith(f"bytes {size}-")
        if reply.status == 206 and not goes_on:
            self._part.unlink(missing_ok=True)
            raise HarvestError(f"{state['url']} goes on elsewhere than asked", advice="Ask again.")
        self._whole.unlink(missing_ok=True)
        packed = reply.headers.get("Content-Encoding", "identity") != "identity"
        validators = {"etag": reply.headers.get("ETag"), "modified": reply.headers.get("Last-Modified")}
        self._memory.keep({"url": state["url"]} | ({} if packed else validators))
        size = size if goes_on else 0
        with self._part.open("ab" if goes_on else "wb") as file:
            for piece in reply:
                file.write(piece)
                if size // _TOLD != (size + len(piece)) // _TOLD:
                    self._progress(f"fetching: {size / 1e6:,.0f} MB")
                size += len(piece)
        os.replace(self._part, self._whole)
        return Fetched((self._whole,), reply.url)


class Listing:
    """Pages that lead from one to the next."""

    def __init__(self, directory: Path, outbound: Outbound, clock: Clock, progress: Progress) -> None:
        self._memory, self._outbound = Memory(directory), outbound
        self._clock, self._progress = clock, progress
        self._pages = directory / "pages"
        self._seen: set[str] = set()
        self._asked: set[str] = set()

    def fetch(self, origin: Origin, url: str) -> Fetched:
        """Every page, from the one where it broke off."""
        state = self._begun(origin, url)
        for number in range(state["pages"]):
            self._seen |= self._page(origin, self._file(number).read_bytes(), url).records
        try:
            self._rest(origin, state)
        except StaleCursor:
            if not state["resumed"]:
                raise
            self._progress("the host no longer knows where it broke off: from the beginning")
            self._memory.keep({})
            return Listing(self._pages.parent, self._outbound, self._clock, self._progress).fetch(origin, url)
        self._memory.keep({})
        return Fetched(tuple(self._file(number) for number in range(state["pages"])), url)

    def _begun(self, origin: Origin, url: str) -> dict[str, Any]:
        """Where it broke off less than a day ago, or the beginning."""
        state = self._memory.recall()
        now = self._clock.today()
        if state.get("url") == url and state.get("left") and now - state["begun"] < _DAY:
            return state | {"resumed": True}
        shutil.rmtree(self._pages, ignore_errors=True)
        self._pages.mkdir()
        starts = origin.starts(url) if origin.starts else [url]
        return {"url": url, "begun": now, "left": list(starts), "pages": 0, "resumed": False}

    def _rest(self, origin: Origin, state: dict[str, Any]) -> None:
        while state["left"]:
            url, *others = state["left"]
            if url in self._asked or state["pages"] >= PAGES:
                raise self._endless(url)
            self._asked.add(url)
            with self._outbound.get(url, accept=origin.accept, limits=_PAGE) as reply:
                data = reply.read()
            page = self._page(origin, data, url)
            if page.records and page.records <= self._seen:
                raise self._endless(url)
            self._seen |= page.records
            self._file(state["pages"]).write_bytes(data)
            state["pages"] += 1
            state["left"] = ([page.following] if page.following else []) + others
            self._memory.keep(state)
            self._progress(f"fetching: {len(self._seen):,} records on {state['pages']:,} pages")

    def _page(self, origin: Origin, data: bytes, url: str) -> Any:
        assert origin.look is not None
        return origin.look(data, url)

    def _file(self, number: int) -> Path:
        return self._pages / f"{number:06}"

    def _endless(self, url: str) -> HarvestError:
        self._memory.keep({})
        return HarvestError(
            f"{urlsplit(url).hostname} lists the same records again and again: its list has no end",
            limit="pages",
            advice="Tell its operator; nothing was changed.",
        )
