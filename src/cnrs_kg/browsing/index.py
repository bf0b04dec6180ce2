"""The names of a version in SQLite, searched by FTS5 (https://www.sqlite.org/fts5.html).

A row's number begins with its tier (kind and quality of the name), so the first rows of a search are the best ones:
a search reads those and no more, whatever the size of the graph.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnrs_kg.browsing.names import Entry, Name, folded

SCHEMA = """
create table stamp (number integer not null, digest text not null) strict;
create table thing (
    id integer primary key, iri text not null unique, kind text not null, rank integer not null,
    en text not null, fr text not null
) strict;
create table name (id integer primary key, thing integer not null, text text not null, words text not null) strict;
create index name_words on name (words);
create index name_thing on name (thing);
create virtual table found using fts5(
    words, content = 'name', content_rowid = 'id', prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
"""
WORDS = 12
"""Words of a search that count."""
NEAR, READ = 60, 400
"""Names that are looked at: of those that are or begin with what was asked, and of those that contain it."""
_TIER = 40
_LAST = "\U0010ffff"
EXACT, BEGINS, CONTAINS, LOOSE = range(4)
_HIT = """select name.id, words, thing.iri, thing.kind, thing.en, thing.fr, text, kind.en, kind.fr
from {} join thing on thing.id = name.thing left join thing as kind on kind.iri = thing.kind"""
_STOP = frozenset("a au aux d de des du en et l la le les the of in and on for to un une".split())
"""Words that say nothing of a thing: a search with others does not insist on them."""


@dataclass(frozen=True)
class Hit:
    """A thing that was found: its class, its names in English and French, and the name that was found."""

    iri: str
    kind: str
    en: str
    fr: str
    matched: str
    kind_en: str | None = None
    kind_fr: str | None = None

    def label(self, language: str) -> str:
        """Its name in a language."""
        return self.fr if language == "fr" else self.en

    def kind_label(self, language: str) -> str:
        """The name of its class in a language; empty if that has none."""
        return (self.kind_fr if language == "fr" else self.kind_en) or ""


@dataclass(frozen=True)
class Hits:
    """What was found, the best first: no more than `READ` names are looked at (`complete` is then False).

    `loose` says that no thing has all the words, so these have some.
    """

    found: tuple[Hit, ...]
    complete: bool = True
    loose: bool = False


def build(file: Path, entries: Iterable[Entry], number: int, digest: str) -> None:
    """Write the index of a version in the place of the one in `file`, which no other process changes meanwhile."""
    new = file.with_suffix(".new")
    _remove(new)
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.executescript(f"pragma journal_mode = off; pragma synchronous = off; {SCHEMA} begin;")
        for _ in _insert(connection, entries, 1):
            pass
        connection.execute("insert into found (found) values ('rebuild')")
        connection.execute("insert into found (found) values ('optimize')")
        connection.execute("insert into stamp values (?, ?)", (number, digest))
        connection.execute("commit")
    finally:
        connection.close()
    _remove(file)  # its journal too, before another file has its name
    new.rename(file)


def update(file: Path, changed: Iterable[tuple[str, Entry | None]], number: int, digest: str) -> None:
    """Make the index that of a later version, in which these things have other names (or none)."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=30)
    try:
        connection.execute("begin immediate")
        entries = []
        for iri, entry in changed:
            _delete(connection, iri)
            entries += [entry] if entry else []
        (last,) = connection.execute("select coalesce(max(id), 0) from thing").fetchone()
        rows = sorted(_insert(connection, entries, last + 1))
        connection.executemany("insert into found (rowid, words) values (?, ?)", rows)
        connection.execute("update stamp set number = ?, digest = ?", (number, digest))
        connection.execute("commit")
    finally:
        connection.close()


def stamp(connection: sqlite3.Connection) -> tuple[int, str]:
    """The number and digest of the version whose names these are."""
    number, digest = connection.execute("select number, digest from stamp").fetchone()
    return number, digest


def opened(file: Path) -> sqlite3.Connection:
    """The index, to be read only; `sqlite3.Error` if there is none."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=5, check_same_thread=False)
    try:
        connection.execute("pragma cache_size = -8000")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def search(connection: sqlite3.Connection, text: str) -> Hits:
    """The things that have all the words of a text in a name, the last one perhaps unfinished; or an IRI."""
    by_iri = connection.execute(_HIT.format("name") + " where thing.iri = ? limit 1", (text.strip(),)).fetchone()
    if by_iri:
        return Hits((Hit(*by_iri[2:]),))
    words = folded(text).split()[:WORDS]
    if not words:
        return Hits(())
    whole = " ".join(words)
    names = _HIT.format("name")
    exact = connection.execute(f"{names} where words = ? order by name.id limit {NEAR}", (whole,)).fetchall()
    begins = connection.execute(
        f"{names} where words > ? and words < ? order by words limit {NEAR}", (whole, whole + _LAST)
    ).fetchall()
    words = [word for word in words if word not in _STOP] or words
    contains = _matches(connection, " AND ".join(f'"{word}"' for word in words) + "*")
    loose = []
    if len(words) > 1 and not (exact or begins or contains):
        loose = _matches(connection, " OR ".join(f'"{word}"' for word in words) + "*")
    return Hits(
        tuple(_best([(exact, EXACT), (begins, BEGINS), (contains, CONTAINS), (loose, LOOSE)], words)),
        complete=max(len(contains), len(loose)) < READ,
        loose=bool(loose),
    )


def beginning(connection: sqlite3.Connection, start: str, most: int) -> list[Hit]:
    """The first things by IRI, up to so many, whose IRIs begin like this, each with its name in English."""
    rows = "select iri, kind, en, fr, en from thing where iri >= ? and iri < ? order by iri limit ?"
    return [Hit(*row) for row in connection.execute(rows, (start, start + _LAST, most))]


Row = tuple[Any, ...]


def _matches(connection: sqlite3.Connection, expression: str) -> list[Row]:
    # The names are looked up after the rows are chosen: a join would sort them all.
    rows = f"(select rowid as row from found where found match ? order by rowid limit {READ})"
    return connection.execute(_HIT.format(f"{rows} join name on name.id = row"), (expression,)).fetchall()


def _best(groups: Iterable[tuple[list[Row], int]], words: list[str]) -> Iterator[Hit]:
    """The things of the rows, each by its best name, in their order."""
    best: dict[str, tuple[tuple[int, int, int, int, str], Hit]] = {}
    for rows, how in groups:
        for number, found, *hit in rows:
            missed = _missed(words, found.split()) if how == LOOSE else 0
            key = (how, missed, number >> _TIER, len(found), found)
            if hit[0] not in best or key < best[hit[0]][0]:
                best[hit[0]] = key, Hit(*hit)
    return (hit for _, hit in sorted(best.values(), key=lambda item: (item[0], item[1].iri)))


def _missed(words: list[str], found: list[str]) -> int:
    *whole, last = words
    return sum(word not in found for word in whole) + (not any(word.startswith(last) for word in found))


def _insert(connection: sqlite3.Connection, entries: Iterable[Entry], first: int) -> Iterator[tuple[int, str]]:
    """The rows for the full-text index: it takes them in the order of their numbers, or slowly."""
    for number, entry in enumerate(entries, first):
        values = (number, entry.iri, entry.kind, entry.rank, entry.label("en"), entry.label("fr"))
        connection.execute("insert into thing values (?, ?, ?, ?, ?, ?)", values)
        for place, (words, name) in enumerate(_by_words(entry).items()):
            row = ((entry.rank * 3 + name.quality) << _TIER) | (number << 8) | min(place, 255)
            connection.execute("insert into name values (?, ?, ?, ?)", (row, number, name.text, words))
            yield row, words


def _by_words(entry: Entry) -> dict[str, Name]:
    """The names of a thing that differ in their words; the number of a row has room for so many."""
    found: dict[str, Name] = {}
    for name in sorted(entry.names, key=lambda name: name.quality):
        found.setdefault(folded(name.text), name)
    return dict(list(found.items())[:256])


def _delete(connection: sqlite3.Connection, iri: str) -> None:
    known = connection.execute("select id from thing where iri = ?", (iri,)).fetchone()
    if known is None:
        return
    for row, words in connection.execute("select id, words from name where thing = ?", known).fetchall():
        connection.execute("insert into found (found, rowid, words) values ('delete', ?, ?)", (row, words))
    connection.execute("delete from name where thing = ?", known)
    connection.execute("delete from thing where id = ?", known)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    Path(f"{file}-journal").unlink(missing_ok=True)
