"""What the suites ask of a service description, asked of the published graph."""

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from .description import CHECKS, VOCABULARY, described
from .exchange import Endpoint


@pytest.mark.skipif(not VOCABULARY.is_file(), reason=f"the vocabulary is not at {VOCABULARY}")
@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_the_description_of_the_published_graph(
    check: Callable[[ox.Store, Endpoint], None], kg: KnowledgeGraph
) -> None:
    authority = f"http://{kg.settings.host}:{kg.settings.port}"
    endpoint = Endpoint(create_app(kg).test_client(), {"/sparql/": "/sparql"}, authority, {})
    check(described(endpoint), endpoint)
