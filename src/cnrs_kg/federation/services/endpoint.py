"""The endpoints that SERVICE may name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceEndpoint:
    """A SPARQL endpoint that SERVICE may name: URL, whether private addresses are meant, limits."""

    url: str
    private: bool = False
    timeout: float = 10.0
    """Seconds for one answer of it."""
    rows: int = 10_000
    """Most rows that one SERVICE sends to it, or takes from it."""
