"""Saved queries with parameters: SELECT queries in files of the package, whose comments say what they ask and take.

    # en: Members of a joint unit            what it answers, by language
    # param: body thing unit/cintra | The unit | L'unité
    # param: lang language en = en | ...     name, type, example; `?` for one that may be left out, `= VALUE` a default

A parameter is a variable of the projection. Its value is bound by the engine; it never becomes text of the query.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from cnrs_kg.browsing.questions import title
from cnrs_kg.errors import BadParameter, RdfSyntaxError
from cnrs_kg.rdf.namespaces import BASE, ID
from cnrs_kg.rdf.reading import read_term

LANGUAGES = ("en", "fr")
LONGEST = 1_000
"""Characters of a value."""
_PARAMETER = re.compile(r"# param: (\w+) (\w+) (\S+)(?: (\?)| = (\S+))? \| (.+) \| (.+)")
_PATH = re.compile(r"[a-z][a-z-]*/[^\s<>\"{}|^`\\]+|ontology#\w+")


@dataclass(frozen=True)
class Parameter:
    """A parameter: its type (thing, text, language), what it means by language, and whether it must be given."""

    name: str
    type: str
    example: str
    description: Mapping[str, str]
    required: bool = True
    default: str | None = None

    def read(self, text: str) -> ox.NamedNode | ox.Literal:
        """The value that a text stands for; `BadParameter`."""
        if len(text) > LONGEST:
            raise BadParameter(f"{self.name}: {len(text)} characters are too many", advice=f"At most {LONGEST}.")
        if self.type == "language":
            if text not in LANGUAGES:
                raise BadParameter(f"{self.name}: {text[:40]!r} is no language of the graph", advice="One of: en, fr.")
            return ox.Literal(text)
        return ox.Literal(text) if self.type == "text" else self._thing(text)

    def _thing(self, text: str) -> ox.NamedNode:
        """An IRI in full, with a usual prefix, or its part after that of our own things."""
        advice = f"Give an IRI, or what follows {ID.iri} as in {self.example}."
        if _PATH.fullmatch(text):
            text = (BASE if text.startswith("ontology#") else ID.iri) + text
        try:
            found = read_term(text)
        except RdfSyntaxError as error:
            raise BadParameter(f"{self.name}: {text[:200]!r} names no thing", advice=advice) from error
        if not isinstance(found, ox.NamedNode):
            raise BadParameter(f"{self.name}: {text[:200]!r} is a literal, no thing", advice=advice)
        return found


@dataclass(frozen=True)
class SavedQuery:
    """A query with a name, what it answers by language, and its parameters."""

    name: str
    title: Mapping[str, str]
    text: str
    parameters: tuple[Parameter, ...]

    def bind(self, given: Mapping[str, str]) -> dict[str, ox.NamedNode | ox.Literal]:
        """The values of the parameters by variable; `BadParameter` for one that is missing, unknown or malformed."""
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                names = ", ".join(sorted(known)) or "none"
                raise BadParameter(f"{name[:80]!r} is no parameter of {self.name}", advice=f"Its parameters: {names}.")
        return dict(self._bound(given))

    def _bound(self, given: Mapping[str, str]) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
        for parameter in self.parameters:
            text = given.get(parameter.name, parameter.default or "").strip()
            if text:
                yield parameter.name, parameter.read(text)
            elif parameter.required:
                raise BadParameter(
                    f"{parameter.name} was not given", advice=f"Give it, as in {parameter.name}={parameter.example}."
                )


@cache
def saved_queries() -> Mapping[str, SavedQuery]:
    """All saved queries by name."""
    found = files("cnrs_kg.browsing") / "queries"
    names = sorted(file.name for file in found.iterdir() if file.name.endswith(".rq"))
    return {name[:-3]: _read(name[:-3], (found / name).read_text(encoding="utf-8")) for name in names}


def _read(name: str, text: str) -> SavedQuery:
    parameters = tuple(
        Parameter(
            match[1], match[2], match[3], {"en": match[6], "fr": match[7]}, not match[4] and not match[5], match[5]
        )
        for line in text.splitlines()
        if (match := _PARAMETER.fullmatch(line))
    )
    return SavedQuery(name, title(text), text, parameters)
