"""What may be asked of the registries: their records harvested, and linked to each other."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.federation.attempts import Attempt, Attempts
from cnrs_kg.federation.fetching import Ask, Fetcher
from cnrs_kg.federation.harvest import REGISTRIES, Delivery, Harvested, harvest
from cnrs_kg.federation.linking.register import LinkRegister, Publish
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registry import Registry
from cnrs_kg.federation.states import State, states
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Progress

_LABEL = re.compile(r"[a-z][a-z0-9-]{0,40}")


@dataclass(frozen=True)
class Wanted:
    """Which records are wanted: those of a file or URL, or of where the registry has them; whether they are some of its
    records only; whether the host may be private; for whom. `label` tells sources of one kind apart.
    """

    place: Path | str | None = None
    partial: bool = False
    private: bool = False
    agent: str | None = None
    label: str | None = None


class Registries:
    """The registries beside the store, and `links` between their records, which `publish` publishes.

    What is fetched is kept below `directory`, and the last `attempts`; `published` is called after a harvest.
    """

    def __init__(
        self,
        store: Versions,
        directory: Path,
        publish: Publish,
        published: Callable[[], None],
        ask: Ask | None = None,
    ) -> None:
        self._store, self._directory, self._published, self._ask = store, directory, published, ask
        self.attempts = Attempts(directory)
        self.links = LinkRegister(store, publish)

    def harvest(self, name: str, wanted: Wanted, *, progress: Progress) -> Harvested:
        """Publish a registry's records as a new version, if they changed and conform.

        An `OutboundError` or `HarvestError` changes nothing. What was fetched until a connection broke is kept for the
        next time; what cannot be read is not.
        """
        registry, begun = _source(REGISTRIES[name], wanted), datetime.now(UTC)
        try:
            found = self._delivered(registry, wanted, begun, progress)
        except CnrsKgError as error:
            self._note(registry, wanted, "failed", error=error.detail)
            raise
        outcome = found.outcome
        said = "refused" if not outcome.conforms else "published" if outcome.changed else "unchanged"
        version = outcome.version.number if outcome.version else None
        self._note(registry, wanted, said, version=version, records=found.records)
        return found

    def states(self) -> list[State]:
        """How each registry stands in the current version."""
        version = self._store.current()
        store = ox.Store() if version is None else self._store.open(version)
        return states(store, REGISTRIES.values(), self.attempts.list())

    def _note(self, registry: Registry, wanted: Wanted, outcome: str, **told: Any) -> None:
        place = str(wanted.place or registry.origin.url or "")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.attempts.keep(Attempt(registry.name, at, place, outcome, **told))

    def _delivered(self, registry: Registry, wanted: Wanted, begun: datetime, progress: Progress) -> Harvested:
        """The records published from the file, or from what is fetched."""
        if isinstance(wanted.place, Path):
            return self._harvest(
                registry, Delivery((wanted.place,), None, wanted.partial, begun, wanted.agent), progress
            )
        fetcher = Fetcher(self._directory / registry.name, ask=self._ask)
        fetched = fetcher.fetch(registry.origin, wanted.place, private=wanted.private, progress=progress)
        delivery = Delivery(fetched.files, fetched.url, wanted.partial, begun, wanted.agent)
        try:
            return self._harvest(registry, delivery, progress)
        except HarvestError:
            fetcher.forget()
            raise

    def _harvest(self, registry: Registry, delivery: Delivery, progress: Progress) -> Harvested:
        found = harvest(self._store, registry, delivery, as_of=date.today(), progress=progress)
        self._published()
        return found


def _source(registry: Registry, wanted: Wanted) -> Registry:
    """The registry under the label that it is given; one without an address of its own is where its records are."""
    if registry.origin.url is None and isinstance(wanted.place, str):
        registry = replace(registry, home=wanted.place)
    if wanted.label is None:
        return registry
    if registry.origin.url is not None or not _LABEL.fullmatch(wanted.label):
        raise HarvestError(
            f"{registry.name} cannot be called {wanted.label[:80]!r}",
            advice="Labels are for openaire and rdf: small letters, digits and hyphens.",
        )
    return replace(registry, name=f"harvest/{wanted.label}")
