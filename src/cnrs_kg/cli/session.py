"""What every command starts from: the settings, the project's directory, the graph."""

import os
from pathlib import Path

from cnrs_kg.config import Settings, load
from cnrs_kg.knowledge_graph import KnowledgeGraph

CHECKOUT = Path(__file__).parents[3]


def settings() -> Settings:
    """The settings of the working directory and the environment."""
    return load(Path.cwd(), os.environ)


def project() -> Path:
    """The directory that holds ontology/, shapes/ and data/: the working directory, else this checkout."""
    return Path.cwd() if (Path.cwd() / "ontology").is_dir() else CHECKOUT


def graph(*, workers: int | None = None) -> KnowledgeGraph:
    """The graph as configured; `workers` overrides how many query workers are started."""
    found = settings()
    if workers is not None:
        found = Settings(**{**vars(found), "workers": workers})
    return KnowledgeGraph(found, project=project())
