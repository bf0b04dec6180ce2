"""A SPARQL update as a document: what it adds comes of its patterns, so its statements have no places of their own."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import BlankNodeRefused, RdfError
from cnrs_kg.rdf.sparql_lexer import Kind, line_and_column, tokens
from cnrs_kg.submissions.intake import Intake, take_in


@dataclass(frozen=True)
class Whole:
    """An update as a whole: where a statement that it makes comes from."""

    text: str

    def place(self, name: str) -> dict[str, Any]:
        """PLACE of the contract: the first line that is more than a comment or a prefix."""
        lines = enumerate(self.text.splitlines(), 1)
        heads = ("#", "prefix", "base")
        first = next((n for n, line in lines if line.strip() and not line.strip().lower().startswith(heads)), 1)
        return {"file": name, "line": first, "column": 1}

    def beside(self, predicate: str) -> None:
        """A text has no place for what it does not say."""

    def intake(self, added: Iterable[ox.Quad], graph: ox.NamedNode, claimable: frozenset[ox.NamedNode]) -> Intake:
        """What the graph keeps of what the update adds; a refusal has the place of the blank node, or the first line.

        A blank node that the update names is told by that name: evaluating it gave it another.
        """
        try:
            return take_in(added, graph, claimable)
        except RdfError as error:
            place = self.place("")
            error.position = (place["line"], place["column"])
            if isinstance(error, BlankNodeRefused):
                self._tell(error)
            raise

    def _tell(self, error: BlankNodeRefused) -> None:
        labels = [token for token in tokens(self.text) if token.kind is Kind.BLANK_NODE]
        counts = Counter(token.text for token in labels)
        repeated = [token for token in labels if counts[token.text] > 1]
        if repeated:
            error.position = line_and_column(self.text, repeated[0].start)
        node = error.extra.get("node")
        if node is not None and len({token.text for token in repeated}) == 1:
            known = repeated[0].text
            error.detail = error.detail.replace(node, known)
            error.args = (error.detail,)
            error.advice = (error.advice or "").replace(node.removeprefix("_:"), known.removeprefix("_:"))
            error.extra |= {"node": known, "suggestion": error.extra["suggestion"].replace(node[2:], known[2:])}
