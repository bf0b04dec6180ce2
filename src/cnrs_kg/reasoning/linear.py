"""Short cuts for the two most frequent forms of a rule over data: one premise, and transitivity."""

from collections.abc import Callable, Mapping

from cnrs_kg.reasoning.index import Index
from cnrs_kg.reasoning.joins import Handler, Instance
from cnrs_kg.reasoning.terms import Fact

Derive = Callable[[Fact, tuple[Instance, tuple[Fact, ...]]], None]


def linear(rule: Instance, known: Mapping[Fact, object], composed: set[Fact], derive: Derive) -> Handler | None:
    """What a fact of the rule's only atom sets off, or None when the rule has another form.

    The caller sees to it that the fact has the atom's predicate, and its object where that is a constant.
    """
    if len(rule.atoms) != 1 or len(rule.heads) != 1 or rule.different or rule.claims:
        return None
    (s, p, o), (head_s, head_p, head_o) = rule.atoms[0], rule.heads[0]
    constants = rule.constants
    if p not in constants or s in constants or s == o or head_p not in constants:
        return None
    position = {s: 0} if o in constants else {s: 0, o: 2}
    predicate = rule.slots[head_p]
    if head_s in position and head_o in position:
        return _moved(rule, (position[head_s], predicate, position[head_o]), known, composed, derive)
    if head_s in position and head_o in constants:
        return _classified(rule, (position[head_s], predicate, rule.slots[head_o]), known, derive)
    return None


def _moved(
    rule: Instance, shape: tuple[int, int, int], known: Mapping[Fact, object], composed: set[Fact], derive: Derive
) -> Handler:
    start, predicate, end = shape

    def run(fact: Fact) -> None:
        new = (fact[start], predicate, fact[end])
        if new not in known:
            derive(new, (rule, (fact,)))
            if fact in composed:
                composed.add(new)

    return run


def _classified(rule: Instance, shape: tuple[int, int, int], known: Mapping[Fact, object], derive: Derive) -> Handler:
    start, predicate, constant = shape

    def run(fact: Fact) -> None:
        new = (fact[start], predicate, constant)
        if new not in known:
            derive(new, (rule, (fact,)))

    return run


def transitive(
    rule: Instance, index: Index, known: Mapping[Fact, object], composed: set[Fact], derive: Derive
) -> Handler:
    """What a fact of a transitive property sets off: paths are lengthened by one edge at a time.

    An edge is a fact that is not itself composed of others; `composed` holds those that are, and what follows from
    them by rules with one premise: their paths are found by the edges that follow from the edges of the first path.
    """
    p = rule.atoms[0][1]
    predicate = rule.slots[p]
    edges: dict[int, list[Fact]] = {}
    before = index.objects_of(predicate)

    def run(fact: Fact) -> None:
        start, _, end = fact
        if fact not in composed:
            edges.setdefault(start, []).append(fact)
            for path in before.get(start, ()):
                _compose(path, fact)
        for edge in edges.get(end, ()):
            _compose(fact, edge)

    def _compose(path: Fact, edge: Fact) -> None:
        new = (path[0], predicate, edge[2])
        if new not in known:
            composed.add(new)
            derive(new, (rule, (path, edge)))

    return run
