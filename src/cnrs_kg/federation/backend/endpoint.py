"""Where another engine is reached."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BackendEndpoint:
    """A SPARQL engine that is ours to fill: the URL of its queries and that of its updates, often the same."""

    query: str
    update: str
    authorization: str = field(default="", repr=False)
    """What stands in the header Authorization, if anything."""
