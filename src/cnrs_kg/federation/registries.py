"""What may be asked of the registries: their records harvested, and linked to each other."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from cnrs_kg.errors import StoreError
from cnrs_kg.federation.harvest import REGISTRIES, Harvested, harvest
from cnrs_kg.federation.linking.harvested import records
from cnrs_kg.federation.linking.matching import Match, link
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.change import Progress


class Registries:
    """The registries beside the store; `published` is called after a harvest."""

    def __init__(self, store: Versions, published: Callable[[], None]) -> None:
        self._store, self._published = store, published

    def harvest(self, registry: str, file: Path, *, partial: bool = False, progress: Progress) -> Harvested:
        """Publish a registry's records from a file as a new version, if they changed and conform."""
        known = REGISTRIES[registry]
        found = harvest(self._store, known, file, partial=partial, as_of=date.today(), progress=progress)
        self._published()
        return found

    def links(self, source: str, target: str) -> list[Match]:
        """The links between two registries' harvested records that are sure or should be looked at."""
        version = self._store.current()
        if version is None:
            raise StoreError("nothing is published yet", advice="Run `cnrs-kg build`.")
        store = self._store.open(version)
        return link(records(store, GRAPH(source)), records(store, GRAPH(target)))
