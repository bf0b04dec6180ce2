"""What changes elsewhere because of a submission, as lines for a terminal."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from cnrs_kg.reviewing.answers import Changed, Row
from cnrs_kg.reviewing.downstream import Downstream
from cnrs_kg.reviewing.review import Impact
from cnrs_kg.validation.labels import in_language, shortened

SHOWN = 20
"""Rows gained, and lost, of an answer that are shown; and records."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "answers": "Answers that change: {changed} of {asked} that it can touch (compared with version {version})",
        "unanswered": "not answered: {}",
        "more": "and {} more",
        "exports": "Exports that change",
        "members": "event stream: {} more members",
        "dumps": "dumps: {}",
        "graph": "{graph}: {added} added, {withdrawn} withdrawn",
        "record": "{thing} is {record} at {registry}",
        "+": "link added: {thing} is {record} at {registry}",
        "-": "link withdrawn: {thing} is {record} at {registry}",
    },
    "fr": {
        "answers": "Réponses qui changent : {changed} sur {asked} que cela peut toucher (version {version})",
        "unanswered": "sans réponse : {}",
        "more": "et {} de plus",
        "exports": "Exports qui changent",
        "members": "flux d'événements : {} membres de plus",
        "dumps": "copies : {}",
        "graph": "{graph} : {added} ajoutés, {withdrawn} retirés",
        "record": "{thing} est {record} chez {registry}",
        "+": "lien ajouté : {thing} est {record} chez {registry}",
        "-": "lien retiré : {thing} est {record} chez {registry}",
    },
}


def text(impact: Impact, language: str) -> Iterator[str]:
    """The impact as lines."""
    words = _WORDS[language]
    changed = sum(answer.unanswered is None for answer in impact.answers)
    yield words["answers"].format(changed=changed, asked=impact.asked, version=impact.version)
    for answer in impact.answers:
        yield from _answer(answer, words, language)
    if impact.exports.graphs:
        yield words["exports"]
        yield from _exports(impact.exports, words)


def _answer(answer: Changed, words: Mapping[str, str], language: str) -> Iterator[str]:
    yield f"  {in_language(answer.question.title, language)} [{answer.question.name}]"
    if answer.unanswered is not None:
        yield f"    {words['unanswered'].format(answer.unanswered)}"
    changes = (("-", answer.lost, answer.lost_total), ("+", answer.gained, answer.gained_total))
    for sign, rows, total in changes:
        for row in rows[:SHOWN]:
            yield f"    {sign} {said(row)}"
        if total > SHOWN:
            yield f"    {sign} {words['more'].format(total - SHOWN)}"


def said(row: Row) -> str:
    """A row's values as people read them."""
    return " · ".join(
        term.value if isinstance(term, ox.Literal) else "–" if term is None else shortened(term) for term in row
    )


def _exports(exports: Downstream, words: Mapping[str, str]) -> Iterator[str]:
    for graph in exports.graphs:
        numbers = {"added": graph.added, "withdrawn": graph.withdrawn}
        yield f"  {words['graph'].format(graph=shortened(ox.NamedNode(graph.graph)), **numbers)}"
    yield f"  {words['members'].format(exports.members)}"
    yield f"  {words['dumps'].format(', '.join(exports.dumps))}"
    for one in exports.records[:SHOWN]:
        thing = shortened(ox.NamedNode(one.thing))
        yield f"  {words[one.link or 'record'].format(thing=thing, record=one.record, registry=one.registry)}"
    if len(exports.records) > SHOWN:
        yield f"  {words['more'].format(len(exports.records) - SHOWN)}"
