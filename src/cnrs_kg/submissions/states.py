"""The states of a submission, and the steps that lead from one to another."""

from enum import StrEnum

from cnrs_kg.errors import IllegalTransition


class State(StrEnum):
    """Where a submission stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CHANGES_REQUESTED = "changes-requested"


class Action(StrEnum):
    """What somebody does with a submission."""

    SUBMIT = "submit"
    AMEND = "amend"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REQUEST_CHANGES = "request-changes"


PENDING = (State.OPEN, State.CHANGES_REQUESTED)
"""States in which something is still to be decided."""

_STEPS = {
    Action.AMEND: (PENDING, State.OPEN),
    Action.ACCEPT: ((State.OPEN,), State.ACCEPTED),
    Action.REJECT: (PENDING, State.REJECTED),
    Action.WITHDRAW: (PENDING, State.WITHDRAWN),
    Action.REQUEST_CHANGES: ((State.OPEN,), State.CHANGES_REQUESTED),
}


def after(number: int, state: State, action: Action) -> State:
    """The state that the action leads to; `IllegalTransition` if it is none from this state."""
    sources, target = _STEPS[action]
    if state not in sources:
        raise IllegalTransition(
            f"submission {number} is {state}: it cannot be the object of {action}",
            advice=f"{action} is for submissions that are {' or '.join(sources)}.",
            state=state,
        )
    return target


def actions(state: State) -> tuple[Action, ...]:
    """The actions that are possible from a state."""
    return tuple(action for action, (sources, _) in _STEPS.items() if state in sources)
