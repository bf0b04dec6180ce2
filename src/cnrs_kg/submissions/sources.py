"""The files that the graph is built from, and what each named graph's files contributed last.

A file is loaded as the difference from what the same graph's files contributed before, so that a correction made
since survives the next build. Where both sides changed what is said of one subject and predicate, the correction
stays and the conflict is listed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError, RdfError, RdfSyntaxError
from cnrs_kg.rdf.formats import syntax_of_file
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.rdf.positions import objects
from cnrs_kg.submissions.intake import Intake, merged, parse
from cnrs_kg.submissions.scrutiny import Placed, placed_intake, start, stranger

EXTENSIONS = {".ttl", ".nt", ".trig", ".nq", ".rdf", ".jsonld"}
ONTOLOGY, SHAPES = GRAPH("ontology"), GRAPH("shapes")


@dataclass(frozen=True)
class SourceFile:
    """A file: its name below the directory it was found in, and its bytes."""

    name: str
    path: Path
    data: bytes

    @property
    def shown(self) -> str:
        """The name with the directory's own, as a reader looks it up: `data/places.ttl`."""
        return f"{self.path.parents[len(Path(self.name).parts) - 1].name}/{self.name}"

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Inputs:
    """The files of each named graph, ontology first."""

    files: Mapping[ox.NamedNode, Sequence[SourceFile]] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """A digest of every file's graph, name and content: equal for equal input."""
        rows = (f"{graph.value} {file.name} {file.digest}" for graph, files in self.files.items() for file in files)
        return sha256("\n".join(sorted(rows)).encode()).hexdigest()


def find(ontology: Path, shapes: Path, data: Iterable[Path]) -> Inputs:
    """Every RDF file below the directories: one graph for the ontology, one for the shapes, one a data file's stem."""
    files: dict[ox.NamedNode, list[SourceFile]] = {ONTOLOGY: _below(ontology), SHAPES: _below(shapes)}
    for directory in data:
        for file in _below(directory):
            files.setdefault(GRAPH(file.path.stem), []).append(file)
    return Inputs(files)


def _below(directory: Path) -> list[SourceFile]:
    if not directory.is_dir():
        raise CnrsKgError(
            f"{directory} is not a directory",
            advice="Run it where ontology/, shapes/ and data/ are; --data names other directories of data.",
        )
    paths = sorted(path for path in directory.rglob("*") if path.suffix in EXTENSIONS and path.is_file())
    return [SourceFile(str(path.relative_to(directory)), path, path.read_bytes()) for path in paths]


def contribution(
    graph: ox.NamedNode, files: Sequence[SourceFile], claimable: frozenset[ox.NamedNode], base_iri: str
) -> Intake:
    """What the files of one graph state, as the graph keeps it; errors name the file."""
    taken: list[Intake] = []
    for file in files:
        syntax = syntax_of_file(file.path)
        try:
            parsed = parse(file.data, syntax, name=str(file.path), base_iri=base_iri)
            taken.append(_of_one_graph([(quad, None) for quad in parsed], graph, claimable))
        except RdfSyntaxError:
            raise
        except RdfError as error:
            placed = list(objects(file.data, syntax, base_iri=base_iri))
            raise _at_its_place(error, file, placed, graph, claimable) from None
    return merged(taken)


def _of_one_graph(placed: Sequence[Placed], graph: ox.NamedNode, claimable: frozenset[ox.NamedNode]) -> Intake:
    if other := stranger(placed, graph):
        raise RdfError(
            f"states {other[0].graph_name}, but a file holds one named graph, here {graph}",
            position=start(other[1]),
            advice="Move these statements to a file of their own, named after the graph.",
        )
    return placed_intake(placed, graph, claimable)


def _at_its_place(
    error: RdfError,
    file: SourceFile,
    placed: Sequence[Placed],
    graph: ox.NamedNode,
    claimable: frozenset[ox.NamedNode],
) -> RdfError:
    """The same refusal with the place in the file, which is looked for only now."""
    try:
        _of_one_graph(placed, graph, claimable)
    except RdfError as found:
        error = found
    error.detail = f"{file.path}: {error.detail}"
    error.args = (error.detail,)
    return error


@dataclass(frozen=True)
class Difference:
    """What a new contribution adds to and withdraws from a graph, and the quads left out as conflicts."""

    added: frozenset[ox.Quad]
    removed: frozenset[ox.Quad]
    conflicts: tuple[ox.Quad, ...] = ()


def difference(before: frozenset[ox.Quad], after: frozenset[ox.Quad], held: frozenset[ox.Quad]) -> Difference:
    """The change from one contribution to the next, applied to a graph that holds `held`.

    What somebody changed in the graph since (`held` against `before`) wins over what the files changed for the same
    subject and predicate.
    """
    corrected = {(quad.subject, quad.predicate) for quad in (held ^ before)}
    agreed = held & after | ((before - after) - held)

    def conflicts(quad: ox.Quad) -> bool:
        return (quad.subject, quad.predicate) in corrected and quad not in agreed

    added, removed = after - before, before - after
    return Difference(
        frozenset(quad for quad in added if not conflicts(quad)),
        frozenset(quad for quad in removed if not conflicts(quad)),
        tuple(sorted((quad for quad in added | removed if conflicts(quad)), key=str)),
    )
